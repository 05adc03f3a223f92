-- The quotas of users count by this, and an export of what somebody did finds their bookings.
CREATE INDEX bookings_by_user ON bookings (created_by, starts_at, id);
