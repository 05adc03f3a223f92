UPDATE sites SET latitude = exact_latitude, longitude = exact_longitude WHERE exact_latitude IS NOT NULL;
ALTER TABLE sites DROP COLUMN contact;
ALTER TABLE sites DROP COLUMN access_notes;
ALTER TABLE sites DROP COLUMN exact_longitude;
ALTER TABLE sites DROP COLUMN exact_latitude;
ALTER TABLE sites DROP COLUMN discloses_address;
