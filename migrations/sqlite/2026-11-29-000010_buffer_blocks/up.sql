-- The booking after which a block keeps the resource free, as its buffer; none for a block that a manager made.
ALTER TABLE blocks ADD COLUMN booking_id TEXT REFERENCES bookings (id);
