-- Prepaid credit pays for seats in trainings. SQLite allows this way to change a constraint
-- (https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
ALTER TABLE training_seats ADD COLUMN prepaid TEXT CHECK (prepaid IS NULL OR charge IS NOT NULL); -- JSON: the prepaid credit that it uses

ALTER TABLE prepaid_entries ADD COLUMN training_seat_id TEXT REFERENCES training_seats (id);
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(
    sql,
    'CHECK ((kind IN (''use'', ''return'')) = (booking_id IS NOT NULL))',
    'CHECK ((kind IN (''use'', ''return'')) = (booking_id IS NOT NULL) + (training_seat_id IS NOT NULL))'
)
WHERE type = 'table' AND name = 'prepaid_entries';
PRAGMA writable_schema = RESET;
CREATE INDEX prepaid_entries_by_training_seat ON prepaid_entries (training_seat_id) WHERE training_seat_id IS NOT NULL;
