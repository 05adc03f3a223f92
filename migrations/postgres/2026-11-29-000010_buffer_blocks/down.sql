ALTER TABLE blocks DROP COLUMN booking_id;
