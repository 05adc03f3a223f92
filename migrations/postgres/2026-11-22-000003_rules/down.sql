DROP INDEX bookings_by_user;
