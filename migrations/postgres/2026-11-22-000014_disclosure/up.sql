-- From here on latitude and longitude are what everybody may know. Where the host tells the exact place to confirmed
-- customers only, it is kept beside.
ALTER TABLE sites ADD COLUMN discloses_address TEXT NOT NULL DEFAULT 'everyone' CHECK (discloses_address IN ('everyone', 'confirmed'));
ALTER TABLE sites ADD COLUMN exact_latitude DOUBLE PRECISION CHECK (exact_latitude BETWEEN -90 AND 90);
ALTER TABLE sites ADD COLUMN exact_longitude DOUBLE PRECISION CHECK (exact_longitude BETWEEN -180 AND 180);
ALTER TABLE sites ADD COLUMN access_notes TEXT NOT NULL DEFAULT '';
ALTER TABLE sites ADD COLUMN contact TEXT NOT NULL DEFAULT '';
