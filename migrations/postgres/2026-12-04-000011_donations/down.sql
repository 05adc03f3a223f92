ALTER TABLE booking_charges DROP COLUMN donated_minutes;
