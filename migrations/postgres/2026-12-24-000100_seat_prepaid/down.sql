DROP INDEX prepaid_entries_by_training_seat;
ALTER TABLE prepaid_entries DROP CONSTRAINT prepaid_entries_user;
ALTER TABLE prepaid_entries ADD CONSTRAINT prepaid_entries_check1 CHECK ((kind IN ('use', 'return')) = (booking_id IS NOT NULL));
ALTER TABLE prepaid_entries DROP COLUMN training_seat_id;
ALTER TABLE training_seats DROP COLUMN prepaid;
