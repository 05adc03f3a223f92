ALTER TABLE bookings DROP COLUMN grace_until;
