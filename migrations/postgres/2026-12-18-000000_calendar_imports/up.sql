-- Calendar imports: calendars of hosts outside of this service, whose events become blocks of a resource.
CREATE TABLE calendar_imports (
    id TEXT COLLATE "C" PRIMARY KEY,
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id),
    name TEXT NOT NULL CHECK (length(name) > 0), -- the reason of its blocks
    url TEXT NOT NULL CHECK (length(url) > 0),
    quantity INTEGER CHECK (quantity > 0), -- that each block takes; none: the whole capacity
    etag TEXT, -- of the last response
    last_modified TEXT, -- of the last response
    read_at TIMESTAMP, -- when the calendar was last read as a whole
    refreshed_at TIMESTAMP, -- when the last attempt succeeded
    attempted_at TIMESTAMP,
    next_attempt_at TIMESTAMP NOT NULL,
    claimed_until TIMESTAMP, -- by the server that reads it
    error TEXT NOT NULL DEFAULT '', -- why the last attempt failed
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0), -- since the last success
    failing_since TIMESTAMP,
    is_reported BOOLEAN NOT NULL DEFAULT FALSE, -- whether the managers were told that it fails
    report TEXT NOT NULL, -- JSON, what the calendar said
    is_deleted BOOLEAN NOT NULL DEFAULT FALSE, -- its blocks are yet to be removed, and then this row
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL DEFAULT 1,
    UNIQUE (id, resource_id),
    CHECK ((failures = 0) = (failing_since IS NULL)),
    CHECK ((failures = 0) = (error = '')),
    CHECK (failures > 0 OR NOT is_reported)
);
CREATE INDEX calendar_imports_by_resource ON calendar_imports (resource_id, id);
CREATE INDEX calendar_imports_due ON calendar_imports (next_attempt_at);

-- Events that block nothing, because bookings are in the way.
CREATE TABLE calendar_clashes (
    id TEXT COLLATE "C" PRIMARY KEY,
    calendar_import_id TEXT COLLATE "C" NOT NULL REFERENCES calendar_imports (id) ON DELETE CASCADE,
    event_key TEXT COLLATE "C" NOT NULL,
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    title TEXT NOT NULL, -- for the managers of the host
    created_at TIMESTAMP NOT NULL,
    UNIQUE (calendar_import_id, event_key),
    CHECK (starts_at < ends_at)
);
CREATE INDEX calendar_clashes_by_start ON calendar_clashes (calendar_import_id, starts_at, id);

-- The import that made a block, and the key of its event. Such a block is changed by the import alone.
ALTER TABLE blocks ADD COLUMN calendar_import_id TEXT COLLATE "C" REFERENCES calendar_imports (id);
ALTER TABLE blocks ADD COLUMN event_key TEXT COLLATE "C" CHECK ((calendar_import_id IS NULL) = (event_key IS NULL))
    CHECK (calendar_import_id IS NULL OR booking_id IS NULL AND block_series_id IS NULL);
CREATE UNIQUE INDEX blocks_by_event ON blocks (calendar_import_id, event_key) WHERE calendar_import_id IS NOT NULL AND NOT is_over;
CREATE INDEX blocks_by_calendar_import ON blocks (calendar_import_id, ends_at) WHERE calendar_import_id IS NOT NULL;

-- An import blocks only its resource.
ALTER TABLE blocks ADD CONSTRAINT blocks_of_the_resource_of_the_import
    FOREIGN KEY (calendar_import_id, resource_id) REFERENCES calendar_imports (id, resource_id);
