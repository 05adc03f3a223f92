ALTER TABLE sites DROP COLUMN folded_city;
