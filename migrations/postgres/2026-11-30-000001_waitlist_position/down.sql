DROP INDEX waitlist_by_position;
DROP INDEX waitlist_line;
CREATE INDEX waitlist_line ON waitlist_entries (resource_id, status, created_at, id);
ALTER TABLE waitlist_entries DROP COLUMN position;
