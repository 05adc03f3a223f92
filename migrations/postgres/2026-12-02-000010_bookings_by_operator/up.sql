-- The live bookings of an operator: nobody can operate two machines of a host at once.
CREATE INDEX bookings_live_by_operator ON bookings (operated_by, host_organization_id, starts_at) WHERE is_live;
