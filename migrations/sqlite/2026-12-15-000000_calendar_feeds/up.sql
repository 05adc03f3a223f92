-- The addresses from which calendar programs read bookings. Only the hash of the secret in the address is stored.
CREATE TABLE calendar_feeds (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id), -- the feed shows what this user may see
    -- The object whose bookings it contains; none of them: those of the user.
    organization_id TEXT REFERENCES organizations (id),
    site_id TEXT REFERENCES sites (id),
    resource_id TEXT REFERENCES resources (id),
    token_hash TEXT NOT NULL UNIQUE, -- SHA-256
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP, -- to the hour
    CHECK ((organization_id IS NOT NULL) + (site_id IS NOT NULL) + (resource_id IS NOT NULL) <= 1)
);
CREATE INDEX calendar_feeds_by_user ON calendar_feeds (user_id, id);
