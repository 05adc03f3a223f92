-- The addresses from which calendar programs read bookings. Only the hash of the secret in the address is stored.
CREATE TABLE calendar_feeds (
    id TEXT COLLATE "C" PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id), -- the feed shows what this user may see
    -- The object whose bookings it contains; none of them: those of the user.
    organization_id TEXT COLLATE "C" REFERENCES organizations (id),
    site_id TEXT COLLATE "C" REFERENCES sites (id),
    resource_id TEXT COLLATE "C" REFERENCES resources (id),
    token_hash TEXT COLLATE "C" NOT NULL UNIQUE, -- SHA-256
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP, -- to the hour
    CHECK (num_nonnulls(organization_id, site_id, resource_id) <= 1)
);
CREATE INDEX calendar_feeds_by_user ON calendar_feeds (user_id, id);
