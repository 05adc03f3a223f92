DROP INDEX bookings_by_series;
ALTER TABLE bookings DROP COLUMN series_id;
DROP TABLE series;
