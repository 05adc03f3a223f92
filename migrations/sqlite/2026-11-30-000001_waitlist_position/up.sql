-- The order of the queue is that in which entries were committed: the lock of their resource gives each a number above all others.
-- The clocks of two servers may differ, and a clock may be set back.
ALTER TABLE waitlist_entries ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
UPDATE waitlist_entries SET position = ranked.position
    FROM (SELECT id, row_number() OVER (ORDER BY created_at, id) AS position FROM waitlist_entries) AS ranked
    WHERE ranked.id = waitlist_entries.id;
DROP INDEX waitlist_line;
CREATE INDEX waitlist_line ON waitlist_entries (resource_id, status, position, id);
CREATE INDEX waitlist_by_position ON waitlist_entries (position);
