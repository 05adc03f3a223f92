DROP INDEX bookings_by_group;
DROP INDEX bookings_by_host_and_group;
ALTER TABLE bookings DROP COLUMN group_id;
DROP TABLE booking_groups;
