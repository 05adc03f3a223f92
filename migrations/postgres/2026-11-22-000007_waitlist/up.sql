-- A wish for a slot that is taken. Who came first is served first: by the time of arrival, then by name.
CREATE TABLE waitlist_entries (
    id TEXT COLLATE "C" PRIMARY KEY,
    status TEXT NOT NULL CHECK (
        status IN ('waiting', 'offered', 'taken', 'declined', 'lapsed', 'left', 'expired')
    ),
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the customer
    host_organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id),
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id), -- who waits
    operated_by TEXT COLLATE "C" REFERENCES users (id), -- who would work at the machine, if not who waits
    starts_at TIMESTAMP NOT NULL, -- the window in which a slot would do
    ends_at TIMESTAMP NOT NULL,
    minutes BIGINT NOT NULL CHECK (minutes > 0), -- how long the slot must be
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    booking_id TEXT COLLATE "C" REFERENCES bookings (id), -- the hold that was offered,
    lapses_at TIMESTAMP, -- and when it runs out
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK (starts_at < ends_at),
    CHECK ((status IN ('offered', 'taken', 'declined', 'lapsed')) = (booking_id IS NOT NULL)),
    CHECK ((booking_id IS NULL) = (lapses_at IS NULL))
);
CREATE INDEX waitlist_line ON waitlist_entries (resource_id, status, created_at, id);
CREATE UNIQUE INDEX waitlist_by_offer ON waitlist_entries (booking_id);
CREATE INDEX waitlist_by_customer ON waitlist_entries (organization_id, id);
CREATE INDEX waitlist_by_host ON waitlist_entries (host_organization_id, id);
