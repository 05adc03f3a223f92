ALTER TABLE series DROP COLUMN extras;
ALTER TABLE booking_charges DROP COLUMN extras;
