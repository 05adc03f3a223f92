-- Prepaid credit pays for seats in trainings.
ALTER TABLE training_seats ADD COLUMN prepaid TEXT CHECK (prepaid IS NULL OR charge IS NOT NULL); -- JSON: the prepaid credit that it uses

ALTER TABLE prepaid_entries ADD COLUMN training_seat_id TEXT COLLATE "C" REFERENCES training_seats (id);
ALTER TABLE prepaid_entries DROP CONSTRAINT prepaid_entries_check1;
ALTER TABLE prepaid_entries ADD CONSTRAINT prepaid_entries_user CHECK (
    num_nonnulls(booking_id, training_seat_id) = CASE WHEN kind IN ('use', 'return') THEN 1 ELSE 0 END
);
CREATE INDEX prepaid_entries_by_training_seat ON prepaid_entries (training_seat_id) WHERE training_seat_id IS NOT NULL;
