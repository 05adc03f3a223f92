-- The bookings that use a resource now decide about the next check-in and about bookings that would start soon.
CREATE INDEX bookings_in_use_by_resource ON bookings (resource_id, ends_at) WHERE status = 'in_use';
