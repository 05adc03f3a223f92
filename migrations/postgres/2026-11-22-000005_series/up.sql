-- What bookings were made from by one recurrence rule, as it was asked for. When and whether each takes
-- place, its booking tells.
CREATE TABLE series (
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the customer
    host_organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    site_id TEXT COLLATE "C" NOT NULL REFERENCES sites (id),
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id),
    rule TEXT NOT NULL, -- RFC 5545 RRULE
    starts_at TIMESTAMP NOT NULL, -- the first occurrence
    ends_at TIMESTAMP NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    note TEXT NOT NULL,
    skipped TEXT NOT NULL, -- JSON, as over the API: the occurrences that could not be booked
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    CHECK (starts_at < ends_at)
);
CREATE INDEX series_by_customer ON series (organization_id, id);
CREATE INDEX series_by_host ON series (host_organization_id, id);

ALTER TABLE bookings ADD COLUMN series_id TEXT COLLATE "C" REFERENCES series (id);
CREATE INDEX bookings_by_series ON bookings (series_id, starts_at) WHERE series_id IS NOT NULL;
