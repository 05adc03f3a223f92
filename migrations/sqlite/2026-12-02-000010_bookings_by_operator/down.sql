DROP INDEX bookings_live_by_operator;
