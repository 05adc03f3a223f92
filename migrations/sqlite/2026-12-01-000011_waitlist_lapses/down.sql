ALTER TABLE waitlist_entries DROP COLUMN returns_when_lapsed;
ALTER TABLE waitlist_entries DROP COLUMN returned_at;
