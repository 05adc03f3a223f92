-- Blocks that were made by one recurrence rule share it.
ALTER TABLE blocks ADD COLUMN block_series_id TEXT;
CREATE INDEX blocks_by_series ON blocks (block_series_id, starts_at) WHERE block_series_id IS NOT NULL;

-- What cannot be used for now takes no new bookings: before `out_of_order_until`, or until somebody says so.
ALTER TABLE resources ADD COLUMN out_of_order_since TIMESTAMP;
ALTER TABLE resources ADD COLUMN out_of_order_until TIMESTAMP;
ALTER TABLE resources ADD COLUMN out_of_order_reason TEXT NOT NULL DEFAULT '';
CREATE INDEX resources_out_of_order ON resources (id) WHERE out_of_order_since IS NOT NULL;

-- The bookings whose parties were warned of it, until it is back in order.
CREATE TABLE out_of_order_warnings (
    resource_id TEXT NOT NULL REFERENCES resources (id),
    booking_id TEXT NOT NULL REFERENCES bookings (id),
    PRIMARY KEY (resource_id, booking_id)
) STRICT;
