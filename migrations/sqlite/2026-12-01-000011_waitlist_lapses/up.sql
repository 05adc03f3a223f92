-- An entry keeps its place when its first offer expires, if its window then leaves time for another offer. This is decided with the
-- offer, so that readers know at the instant at which it expires.
ALTER TABLE waitlist_entries ADD COLUMN returned_at INTEGER; -- when that was written
ALTER TABLE waitlist_entries ADD COLUMN returns_when_lapsed INTEGER NOT NULL DEFAULT FALSE
    CHECK (NOT returns_when_lapsed OR (status = 'offered' AND returned_at IS NULL));
