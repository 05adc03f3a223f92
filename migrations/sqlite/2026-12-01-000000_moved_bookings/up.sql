-- The slot in its series (JSON: resource, times, quantity) that a booking left when it was rescheduled alone. A move of the series
-- leaves such a booking as it is. None for bookings that were rescheduled before this column existed.
ALTER TABLE bookings ADD COLUMN moved_from TEXT CHECK (moved_from IS NULL OR series_id IS NOT NULL);
