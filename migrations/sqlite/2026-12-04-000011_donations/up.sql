-- The time of a booking that its host donates.
ALTER TABLE booking_charges ADD COLUMN donated_minutes INTEGER NOT NULL DEFAULT 0 CHECK (donated_minutes >= 0);
