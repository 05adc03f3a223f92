-- In which city a site is as it is searched for: without case and accents, whatever the database makes of them.
ALTER TABLE sites ADD COLUMN folded_city TEXT NOT NULL DEFAULT '';
UPDATE sites SET folded_city = lower(city);
