-- Until this instant the customer can leave a confirmed booking in spite of the cut-off: it was made, or the host has moved it, a
-- short time ago. None for bookings that were confirmed before this column existed.
ALTER TABLE bookings ADD COLUMN grace_until TIMESTAMP;
