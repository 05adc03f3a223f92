-- Instants are UTC, as whole microseconds since the Unix epoch. Texts that hold JSON hold what
-- the API shows.

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE, -- lower case
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    email_verified_at TIMESTAMP,
    is_operator BOOLEAN NOT NULL DEFAULT FALSE,
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP -- the person is gone; bookings keep the row
);

-- A secret that was sent by mail; only its SHA-256 is kept, so that a stolen database opens no account.
CREATE TABLE one_time_tokens (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
    token_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX one_time_tokens_by_user ON one_time_tokens (user_id, purpose);

-- One sign-in and the family of refresh tokens that grew from it.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_agent TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE refresh_tokens (
    token_hash TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE organizations (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('firm', 'startup', 'makerspace')),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    website TEXT NOT NULL,
    contact_email TEXT NOT NULL,
    source TEXT UNIQUE, -- where an import took it from: data set and key
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE members (
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'booker')),
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX members_by_user ON members (user_id);

CREATE TABLE sites (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    line1 TEXT NOT NULL,
    line2 TEXT NOT NULL,
    city TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    country TEXT NOT NULL, -- ISO 3166-1 alpha-2
    latitude DOUBLE PRECISION NOT NULL CHECK (latitude BETWEEN -90 AND 90), -- WGS 84
    longitude DOUBLE PRECISION NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    timezone TEXT NOT NULL, -- IANA
    opening_hours TEXT NOT NULL, -- JSON, as over the API
    exceptions TEXT NOT NULL, -- JSON, as over the API
    source TEXT UNIQUE,
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX sites_by_organization ON sites (organization_id, id);
CREATE INDEX sites_by_position ON sites (latitude, longitude);

CREATE TABLE resources (
    number INTEGER PRIMARY KEY, -- what the full-text index calls it; a plain rowid may change with VACUUM
    id TEXT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the site's, kept here for lists
    site_id TEXT NOT NULL REFERENCES sites (id),
    kind TEXT NOT NULL CHECK (kind IN ('machine', 'floor_space', 'storage')),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    capacity INTEGER NOT NULL CHECK (typeof(capacity) = 'integer' AND capacity > 0),
    unit TEXT NOT NULL CHECK (unit IN ('unit', 'm2', 'pallet', 'shelf', 'm3')),
    status TEXT NOT NULL CHECK (status IN ('draft', 'listed', 'paused', 'retired')),
    is_private BOOLEAN NOT NULL, -- shown to the host's members only
    booking_rules_id TEXT NOT NULL,
    tariff_id TEXT NOT NULL,
    search_text TEXT NOT NULL, -- name, category, description and place, folded for search
    -- An upper bound on how long its allocations last; kept by the guard. It bounds where in
    -- (resource_id, ends_at) an allocation that overlaps a span can lie.
    longest_allocation_minutes BIGINT NOT NULL DEFAULT 0 CHECK (typeof(longest_allocation_minutes) = 'integer'),
    claims BIGINT NOT NULL DEFAULT 0, -- bumped before each claim: the lock
    has_links BOOLEAN NOT NULL DEFAULT FALSE, -- whether resource_links names it; kept by the guard
    source TEXT UNIQUE,
    revision BIGINT NOT NULL DEFAULT 1, -- bumped by each edit: the ETag
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX resources_by_site ON resources (site_id, id);
CREATE INDEX resources_by_organization ON resources (organization_id, id);

-- Versions: rows are added, never changed; a booking names the ones it was made under.
CREATE TABLE booking_rules (
    id TEXT PRIMARY KEY,
    resource_id TEXT NOT NULL REFERENCES resources (id) DEFERRABLE INITIALLY DEFERRED,
    rules TEXT NOT NULL, -- JSON, as over the API
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX booking_rules_by_resource ON booking_rules (resource_id, id);

CREATE TABLE tariffs (
    id TEXT PRIMARY KEY,
    resource_id TEXT NOT NULL REFERENCES resources (id) DEFERRABLE INITIALLY DEFERRED,
    tariff TEXT NOT NULL, -- JSON, as over the API
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX tariffs_by_resource ON tariffs (resource_id, id);

CREATE TABLE bookings (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('held', 'requested', 'confirmed', 'in_use', 'completed', 'no_show', 'cancelled', 'declined', 'expired')),
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the customer
    host_organization_id TEXT NOT NULL REFERENCES organizations (id),
    site_id TEXT NOT NULL REFERENCES sites (id),
    resource_id TEXT NOT NULL REFERENCES resources (id),
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    claim_starts_at INTEGER NOT NULL CHECK (claim_starts_at >= 946684800000000), -- with the buffer before
    claim_ends_at INTEGER NOT NULL CHECK (claim_ends_at <= 7258118400000000), -- with the buffer after
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    price_amount INTEGER NOT NULL, -- minor units
    price_currency TEXT NOT NULL,
    price_lines TEXT NOT NULL, -- JSON, as over the API
    booking_rules_id TEXT NOT NULL REFERENCES booking_rules (id),
    tariff_id TEXT NOT NULL REFERENCES tariffs (id),
    note TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES users (id),
    cancelled_at INTEGER,
    cancelled_by TEXT REFERENCES users (id),
    reason TEXT NOT NULL, -- why it was cancelled or declined
    lapses_at INTEGER, -- when a hold or request expires, or a customer who has not come is missed
    checked_in_at INTEGER, -- the usage, beside the time that was booked
    checked_out_at INTEGER,
    is_overrun INTEGER NOT NULL DEFAULT FALSE, -- still in use after its time, and all have been told
    calendar_sequence INTEGER NOT NULL DEFAULT 0, -- RFC 5545 SEQUENCE
    revision INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (claim_starts_at <= starts_at AND starts_at < ends_at AND ends_at <= claim_ends_at)
) STRICT;
CREATE INDEX bookings_by_customer ON bookings (organization_id, starts_at, id);
CREATE INDEX bookings_by_host ON bookings (host_organization_id, starts_at, id);
CREATE INDEX bookings_by_resource ON bookings (resource_id, starts_at, id);
-- What the jobs end and remind of: only bookings that still run.
CREATE INDEX bookings_live_by_start ON bookings (starts_at, claim_ends_at) WHERE status IN ('held', 'requested', 'confirmed', 'in_use');
CREATE INDEX bookings_lapsing ON bookings (lapses_at) WHERE lapses_at IS NOT NULL;
CREATE INDEX bookings_in_use ON bookings (ends_at) WHERE status = 'in_use' AND NOT is_overrun;
-- The queue of those who answer requests.
CREATE INDEX bookings_requested ON bookings (host_organization_id, id) WHERE status = 'requested';
-- What the quotas count.
CREATE INDEX bookings_active_by_customer ON bookings (resource_id, organization_id) WHERE status IN ('held', 'requested', 'confirmed', 'in_use');

CREATE TABLE blocks (
    id TEXT PRIMARY KEY,
    resource_id TEXT NOT NULL REFERENCES resources (id),
    starts_at INTEGER NOT NULL CHECK (starts_at >= 946684800000000),
    ends_at INTEGER NOT NULL CHECK (ends_at <= 7258118400000000),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    reason TEXT NOT NULL,
    is_over INTEGER NOT NULL DEFAULT FALSE, -- takes no capacity any more
    created_by TEXT NOT NULL REFERENCES users (id),
    revision INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    CHECK (starts_at < ends_at)
) STRICT;
CREATE INDEX blocks_by_resource ON blocks (resource_id, starts_at, id);
CREATE INDEX blocks_not_over_by_end ON blocks (ends_at) WHERE NOT is_over;

-- What a claim on a resource means for another: it takes so much of the other for each one of its own
-- (the machine takes the room that it stands in), or the two exclude each other, whichever is claimed.
CREATE TABLE resource_links (
    resource_id TEXT NOT NULL REFERENCES resources (id),
    other_id TEXT NOT NULL REFERENCES resources (id),
    kind TEXT NOT NULL CHECK (kind IN ('takes', 'excludes')),
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 1000), -- 1 where they exclude each other
    PRIMARY KEY (resource_id, other_id),
    CHECK (resource_id <> other_id)
) STRICT;
CREATE INDEX resource_links_by_other ON resource_links (other_id);

-- What takes capacity from a resource, now or later, and the only thing that does; see Law 1 at the end.
CREATE TABLE allocations (
    id TEXT NOT NULL, -- of the booking or block that it belongs to
    claimed_by TEXT NOT NULL CHECK (claimed_by IN ('booking', 'block')),
    resource_id TEXT NOT NULL REFERENCES resources (id), -- the one that is claimed, or one linked to it
    starts_at INTEGER NOT NULL CHECK (starts_at >= 946684800000000),
    ends_at INTEGER NOT NULL CHECK (ends_at <= 7258118400000000),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    lapses_at INTEGER, -- from then on nobody need respect it: its booking lapses
    PRIMARY KEY (id, resource_id),
    CHECK (starts_at < ends_at)
) STRICT;
CREATE INDEX allocations_by_end ON allocations (resource_id, ends_at, starts_at, quantity, lapses_at);
CREATE INDEX allocations_lapsing ON allocations (resource_id, lapses_at) WHERE lapses_at IS NOT NULL;

-- What the outside must hear of, written with the fact that it reports.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    event TEXT NOT NULL,
    payload TEXT NOT NULL, -- JSON
    created_at TIMESTAMP NOT NULL,
    processed_at TIMESTAMP
);
CREATE INDEX outbox_pending ON outbox (id) WHERE processed_at IS NULL;

-- One message to one person, made from an entry of the outbox.
CREATE TABLE mails (
    id TEXT PRIMARY KEY,
    outbox_id TEXT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
    recipient TEXT NOT NULL,
    template TEXT NOT NULL,
    context TEXT NOT NULL, -- JSON
    status TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMP NOT NULL,
    last_error TEXT,
    created_at TIMESTAMP NOT NULL,
    sent_at TIMESTAMP,
    UNIQUE (outbox_id, recipient, template)
);
CREATE INDEX mails_due ON mails (next_attempt_at) WHERE status = 'queued';
CREATE INDEX mails_failed ON mails (id) WHERE status = 'failed';

CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at TIMESTAMP NOT NULL,
    user_id TEXT, -- none where the system acted
    organization_id TEXT, -- whose history it belongs to
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    object_id TEXT NOT NULL,
    detail TEXT NOT NULL -- JSON
);
CREATE INDEX audit_by_organization ON audit (organization_id, id);
CREATE INDEX audit_by_object ON audit (object_id, id);

CREATE TABLE idempotency_keys (
    scope TEXT NOT NULL, -- who asked
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL, -- SHA-256 of method, path and body
    status INTEGER NOT NULL,
    headers TEXT NOT NULL, -- JSON
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

CREATE VIRTUAL TABLE resource_words USING fts5 (search_text, content = 'resources', content_rowid = 'number', tokenize = 'unicode61');
CREATE TRIGGER resources_words_insert AFTER INSERT ON resources
BEGIN
    INSERT INTO resource_words (rowid, search_text) VALUES (NEW.number, NEW.search_text);
END;
CREATE TRIGGER resources_words_update AFTER UPDATE OF search_text ON resources
BEGIN
    INSERT INTO resource_words (resource_words, rowid, search_text) VALUES ('delete', OLD.number, OLD.search_text);
    INSERT INTO resource_words (rowid, search_text) VALUES (NEW.number, NEW.search_text);
END;
CREATE TRIGGER resources_words_delete AFTER DELETE ON resources
BEGIN
    INSERT INTO resource_words (resource_words, rowid, search_text) VALUES ('delete', OLD.number, OLD.search_text);
END;

-- Law 1: at every instant the allocations of a resource sum to at most its capacity. Whoever writes, by
-- whatever statement, as long as the triggers are there:
--
-- 1. What would exceed the capacity is refused (`capacity_exceeded`): an allocation that is added, moved
--    or enlarged, and a capacity that is lowered.
-- 2. Every live booking and every block that is not over has its allocation, with its id, resource,
--    span (a booking's with its buffers) and quantity, and one on each resource that its own takes along.
--    The triggers make, move and remove them with their maker; nobody takes one away or changes one alone
--    (`claim_without_allocation`).
-- 3. Two resources that exclude each other are never allocated at the same instant, but by one claim.
-- 4. An allocation that nobody claims, written by hand, takes capacity like any other until it is
--    removed by hand.
--
-- So what is booked and blocked never exceeds the capacity either. The tables are STRICT, for a text
-- compares with no time and adds nothing to a sum. A statement's own OR REPLACE, OR IGNORE or OR FAIL holds
-- for all that the triggers write, too: what claims is checked as an allocation is, so that no half is
-- skipped, and what came of it is checked again.

-- What must have an allocation, as the allocation must be.
CREATE VIEW live_claims AS
SELECT id, 'booking' AS claimed_by, resource_id, claim_starts_at AS starts_at, claim_ends_at AS ends_at, quantity, lapses_at
FROM bookings
WHERE status IN ('held', 'requested', 'confirmed', 'in_use')
UNION ALL
SELECT bookings.id, 'booking', other_id, claim_starts_at, claim_ends_at, bookings.quantity * resource_links.quantity, lapses_at
FROM bookings JOIN resource_links USING (resource_id)
WHERE status IN ('held', 'requested', 'confirmed', 'in_use') AND kind = 'takes'
UNION ALL
SELECT id, 'block', resource_id, starts_at, ends_at, quantity, NULL
FROM blocks
WHERE NOT is_over
UNION ALL
SELECT blocks.id, 'block', other_id, starts_at, ends_at, blocks.quantity * resource_links.quantity, NULL
FROM blocks JOIN resource_links USING (resource_id)
WHERE NOT is_over AND kind = 'takes';

-- What excludes what, told from both sides.
CREATE VIEW exclusions AS
SELECT resource_id, other_id FROM resource_links WHERE kind = 'excludes'
UNION ALL
SELECT other_id, resource_id FROM resource_links WHERE kind = 'excludes';

-- Allocations that may not be at once, told from both sides.
CREATE VIEW exclusion_clashes AS
SELECT ours.id, ours.resource_id, theirs.id AS other_claim, theirs.resource_id AS other_id
FROM allocations AS ours
JOIN exclusions ON exclusions.resource_id = ours.resource_id
JOIN resources AS other ON other.id = exclusions.other_id
JOIN allocations AS theirs ON theirs.resource_id = other.id
    AND theirs.ends_at > ours.starts_at AND theirs.starts_at < ours.ends_at
    AND theirs.ends_at < ours.ends_at + other.longest_allocation_minutes * 60000000
-- One claim may take both along. Another may have its name: a block that of a booking, or what is written by hand.
WHERE (theirs.id, theirs.claimed_by) <> (ours.id, ours.claimed_by) OR 2 > (
    SELECT count(*)
    FROM live_claims AS claim
    WHERE claim.id = ours.id AND claim.claimed_by = ours.claimed_by
        AND claim.resource_id IN (ours.resource_id, theirs.resource_id)
);

-- How much of each resource is allocated, from each instant at which that changes: a running sum over
-- starts and ends. At the same instant ends come first, for spans are half-open.
CREATE VIEW loads AS
SELECT resource_id, at, sum(change) OVER (PARTITION BY resource_id ORDER BY at, change) AS quantity
FROM (
    SELECT resource_id, starts_at AS at, quantity AS change FROM allocations
    UNION ALL
    SELECT resource_id, ends_at, -quantity FROM allocations
);

-- What is one and the same stays under its name.
CREATE TRIGGER resources_keep_id BEFORE UPDATE OF id ON resources WHEN NEW.id <> OLD.id
BEGIN
    SELECT RAISE(ABORT, 'identifiers_stay');
END;
CREATE TRIGGER bookings_keep_id BEFORE UPDATE OF id ON bookings WHEN NEW.id <> OLD.id
BEGIN
    SELECT RAISE(ABORT, 'identifiers_stay');
END;
CREATE TRIGGER blocks_keep_id BEFORE UPDATE OF id ON blocks WHEN NEW.id <> OLD.id
BEGIN
    SELECT RAISE(ABORT, 'identifiers_stay');
END;
CREATE TRIGGER allocations_keep_id BEFORE UPDATE OF id, resource_id ON allocations
WHEN NEW.id <> OLD.id OR NEW.resource_id <> OLD.resource_id
BEGIN
    SELECT RAISE(ABORT, 'identifiers_stay');
END;

CREATE TRIGGER allocations_no_replace BEFORE INSERT ON allocations
WHEN EXISTS (SELECT 1 FROM allocations WHERE id = NEW.id AND resource_id = NEW.resource_id)
BEGIN
    SELECT RAISE(ABORT, 'allocation_exists');
END;

-- SQLite has one writer at a time, so what the triggers see is all there is. The peak of what overlaps
-- an allocation lies at its start or at a start inside it: the running sum goes over that span only.
CREATE TRIGGER allocations_guard_insert AFTER INSERT ON allocations
BEGIN
    UPDATE resources
    SET claims = claims + 1,
        longest_allocation_minutes = max(longest_allocation_minutes, (NEW.ends_at - NEW.starts_at + 59999999) / 60000000)
    WHERE id = NEW.resource_id;
    -- A trigger of a session's own may have it left out.
    SELECT RAISE(ABORT, 'longest_allocation_is_longer')
    FROM resources
    WHERE id = NEW.resource_id AND longest_allocation_minutes * 60000000 < NEW.ends_at - NEW.starts_at;

    SELECT RAISE(ABORT, 'capacity_exceeded')
    FROM resources
    WHERE id = NEW.resource_id AND capacity < (
        SELECT max(running)
        FROM (
            SELECT sum(change) OVER (ORDER BY at, change) AS running
            FROM (
                SELECT max(starts_at, NEW.starts_at) AS at, quantity AS change
                FROM allocations
                WHERE resource_id = NEW.resource_id AND ends_at > NEW.starts_at
                    AND ends_at < NEW.ends_at + (SELECT longest_allocation_minutes FROM resources WHERE id = NEW.resource_id) * 60000000
                    AND starts_at < NEW.ends_at
                UNION ALL
                SELECT ends_at, -quantity
                FROM allocations
                WHERE resource_id = NEW.resource_id AND ends_at > NEW.starts_at
                    AND ends_at < NEW.ends_at + (SELECT longest_allocation_minutes FROM resources WHERE id = NEW.resource_id) * 60000000
                    AND starts_at < NEW.ends_at
            )
        )
    );

    SELECT RAISE(ABORT, 'capacity_exceeded') FROM exclusion_clashes WHERE id = NEW.id AND resource_id = NEW.resource_id;
END;

CREATE TRIGGER allocations_guard_update AFTER UPDATE ON allocations
BEGIN
    UPDATE resources
    SET claims = claims + 1,
        longest_allocation_minutes = max(longest_allocation_minutes, (NEW.ends_at - NEW.starts_at + 59999999) / 60000000)
    WHERE id = NEW.resource_id;
    -- A trigger of a session's own may have it left out.
    SELECT RAISE(ABORT, 'longest_allocation_is_longer')
    FROM resources
    WHERE id = NEW.resource_id AND longest_allocation_minutes * 60000000 < NEW.ends_at - NEW.starts_at;

    SELECT RAISE(ABORT, 'capacity_exceeded')
    FROM resources
    WHERE id = NEW.resource_id AND capacity < (
        SELECT max(running)
        FROM (
            SELECT sum(change) OVER (ORDER BY at, change) AS running
            FROM (
                SELECT max(starts_at, NEW.starts_at) AS at, quantity AS change
                FROM allocations
                WHERE resource_id = NEW.resource_id AND ends_at > NEW.starts_at
                    AND ends_at < NEW.ends_at + (SELECT longest_allocation_minutes FROM resources WHERE id = NEW.resource_id) * 60000000
                    AND starts_at < NEW.ends_at
                UNION ALL
                SELECT ends_at, -quantity
                FROM allocations
                WHERE resource_id = NEW.resource_id AND ends_at > NEW.starts_at
                    AND ends_at < NEW.ends_at + (SELECT longest_allocation_minutes FROM resources WHERE id = NEW.resource_id) * 60000000
                    AND starts_at < NEW.ends_at
            )
        )
    );

    SELECT RAISE(ABORT, 'capacity_exceeded') FROM exclusion_clashes WHERE id = NEW.id AND resource_id = NEW.resource_id;

    SELECT RAISE(ABORT, 'claim_without_allocation')
    WHERE EXISTS (
        SELECT * FROM live_claims WHERE id = NEW.id AND resource_id = NEW.resource_id
        EXCEPT
        SELECT * FROM allocations WHERE id = NEW.id AND resource_id = NEW.resource_id
    );
END;

CREATE TRIGGER allocations_guard_delete AFTER DELETE ON allocations
BEGIN
    SELECT RAISE(ABORT, 'claim_without_allocation') FROM live_claims WHERE id = OLD.id AND resource_id = OLD.resource_id;
END;

-- A resource that is inserted has allocations and links if it replaces one, at once or after a while for
-- which foreign keys were put off.
CREATE TRIGGER resources_guard_insert AFTER INSERT ON resources
BEGIN
    SELECT RAISE(ABORT, 'has_links_is_kept')
    WHERE NEW.has_links <> EXISTS (SELECT 1 FROM resource_links WHERE NEW.id IN (resource_id, other_id));
    SELECT RAISE(ABORT, 'capacity_exceeded') FROM loads WHERE resource_id = NEW.id AND quantity > NEW.capacity;
    SELECT RAISE(ABORT, 'longest_allocation_is_longer')
    FROM allocations
    WHERE resource_id = NEW.id AND ends_at - starts_at > NEW.longest_allocation_minutes * 60000000;
    SELECT RAISE(ABORT, 'capacity_exceeded') FROM exclusion_clashes WHERE resource_id = NEW.id;
END;

CREATE TRIGGER resources_guard_links AFTER UPDATE OF has_links ON resources
WHEN NEW.has_links <> EXISTS (SELECT 1 FROM resource_links WHERE NEW.id IN (resource_id, other_id))
BEGIN
    SELECT RAISE(ABORT, 'has_links_is_kept');
END;

CREATE TRIGGER resources_guard_update AFTER UPDATE OF capacity, longest_allocation_minutes ON resources
WHEN NEW.capacity < OLD.capacity OR NEW.longest_allocation_minutes < OLD.longest_allocation_minutes
BEGIN
    SELECT RAISE(ABORT, 'capacity_exceeded') FROM loads WHERE resource_id = NEW.id AND quantity > NEW.capacity;
    SELECT RAISE(ABORT, 'longest_allocation_is_longer')
    FROM allocations
    WHERE resource_id = NEW.id AND ends_at - starts_at > NEW.longest_allocation_minutes * 60000000;
END;

-- Each claim makes, moves or removes its allocations.
CREATE TRIGGER bookings_allocate_insert AFTER INSERT ON bookings WHEN NEW.status IN ('held', 'requested', 'confirmed', 'in_use')
BEGIN
    INSERT INTO allocations
    VALUES (NEW.id, 'booking', NEW.resource_id, NEW.claim_starts_at, NEW.claim_ends_at, NEW.quantity, NEW.lapses_at);
    INSERT INTO allocations
    SELECT NEW.id, 'booking', other_id, NEW.claim_starts_at, NEW.claim_ends_at, NEW.quantity * resource_links.quantity, NEW.lapses_at
    FROM resource_links
    WHERE resource_id = NEW.resource_id AND kind = 'takes';

    -- What must be there, said without the view, which costs more than all the rest.
    SELECT RAISE(ABORT, 'claim_without_allocation')
    WHERE NOT EXISTS (
        SELECT 1
        FROM allocations
        WHERE id = NEW.id AND resource_id = NEW.resource_id AND (claimed_by, starts_at, ends_at, quantity, lapses_at)
            IS ('booking', NEW.claim_starts_at, NEW.claim_ends_at, NEW.quantity, NEW.lapses_at)
    );
    SELECT RAISE(ABORT, 'claim_without_allocation')
    FROM resource_links
    WHERE resource_id = NEW.resource_id AND kind = 'takes' AND NOT EXISTS (
        SELECT 1
        FROM allocations
        WHERE id = NEW.id AND resource_id = other_id AND (claimed_by, starts_at, ends_at, quantity, lapses_at)
            IS ('booking', NEW.claim_starts_at, NEW.claim_ends_at, NEW.quantity * resource_links.quantity, NEW.lapses_at)
    );
END;
CREATE TRIGGER bookings_allocate_update AFTER UPDATE OF status, resource_id, claim_starts_at, claim_ends_at, quantity, lapses_at ON bookings
WHEN NEW.status IN ('held', 'requested', 'confirmed', 'in_use')
BEGIN
    DELETE FROM allocations
    WHERE id = NEW.id AND claimed_by = 'booking' AND resource_id NOT IN (SELECT resource_id FROM live_claims WHERE id = NEW.id);
    UPDATE allocations
    SET (starts_at, ends_at, quantity, lapses_at) = (
        SELECT starts_at, ends_at, quantity, lapses_at
        FROM live_claims
        WHERE id = allocations.id AND resource_id = allocations.resource_id
    )
    WHERE id = NEW.id AND claimed_by = 'booking';
    INSERT INTO allocations
    SELECT *
    FROM live_claims
    WHERE id = NEW.id AND claimed_by = 'booking' AND resource_id NOT IN (
        SELECT resource_id FROM allocations WHERE id = NEW.id AND claimed_by = 'booking'
    );

    SELECT RAISE(ABORT, 'claim_without_allocation')
    WHERE EXISTS (SELECT * FROM live_claims WHERE id = NEW.id EXCEPT SELECT * FROM allocations WHERE id = NEW.id);
END;
CREATE TRIGGER bookings_release_update AFTER UPDATE OF status ON bookings WHEN NEW.status NOT IN ('held', 'requested', 'confirmed', 'in_use')
BEGIN
    DELETE FROM allocations WHERE id = OLD.id AND claimed_by = 'booking';
END;
CREATE TRIGGER bookings_release_delete AFTER DELETE ON bookings
BEGIN
    DELETE FROM allocations WHERE id = OLD.id AND claimed_by = 'booking';
END;

CREATE TRIGGER blocks_allocate_insert AFTER INSERT ON blocks WHEN NOT NEW.is_over
BEGIN
    INSERT INTO allocations
    VALUES (NEW.id, 'block', NEW.resource_id, NEW.starts_at, NEW.ends_at, NEW.quantity, NULL);
    INSERT INTO allocations
    SELECT NEW.id, 'block', other_id, NEW.starts_at, NEW.ends_at, NEW.quantity * resource_links.quantity, NULL
    FROM resource_links
    WHERE resource_id = NEW.resource_id AND kind = 'takes';

    -- What must be there, said without the view, which costs more than all the rest.
    SELECT RAISE(ABORT, 'claim_without_allocation')
    WHERE NOT EXISTS (
        SELECT 1
        FROM allocations
        WHERE id = NEW.id AND resource_id = NEW.resource_id AND (claimed_by, starts_at, ends_at, quantity, lapses_at)
            IS ('block', NEW.starts_at, NEW.ends_at, NEW.quantity, NULL)
    );
    SELECT RAISE(ABORT, 'claim_without_allocation')
    FROM resource_links
    WHERE resource_id = NEW.resource_id AND kind = 'takes' AND NOT EXISTS (
        SELECT 1
        FROM allocations
        WHERE id = NEW.id AND resource_id = other_id AND (claimed_by, starts_at, ends_at, quantity, lapses_at)
            IS ('block', NEW.starts_at, NEW.ends_at, NEW.quantity * resource_links.quantity, NULL)
    );
END;
CREATE TRIGGER blocks_allocate_update AFTER UPDATE OF resource_id, starts_at, ends_at, quantity, is_over ON blocks
WHEN NOT NEW.is_over
BEGIN
    DELETE FROM allocations
    WHERE id = NEW.id AND claimed_by = 'block' AND resource_id NOT IN (SELECT resource_id FROM live_claims WHERE id = NEW.id);
    UPDATE allocations
    SET (starts_at, ends_at, quantity, lapses_at) = (
        SELECT starts_at, ends_at, quantity, lapses_at
        FROM live_claims
        WHERE id = allocations.id AND resource_id = allocations.resource_id
    )
    WHERE id = NEW.id AND claimed_by = 'block';
    INSERT INTO allocations
    SELECT *
    FROM live_claims
    WHERE id = NEW.id AND claimed_by = 'block' AND resource_id NOT IN (
        SELECT resource_id FROM allocations WHERE id = NEW.id AND claimed_by = 'block'
    );

    SELECT RAISE(ABORT, 'claim_without_allocation')
    WHERE EXISTS (SELECT * FROM live_claims WHERE id = NEW.id EXCEPT SELECT * FROM allocations WHERE id = NEW.id);
END;
CREATE TRIGGER blocks_release_update AFTER UPDATE OF is_over ON blocks WHEN NEW.is_over
BEGIN
    DELETE FROM allocations WHERE id = OLD.id AND claimed_by = 'block';
END;
CREATE TRIGGER blocks_release_delete AFTER DELETE ON blocks
BEGIN
    DELETE FROM allocations WHERE id = OLD.id AND claimed_by = 'block';
END;

-- A link holds for what is claimed already, too: it is refused where that is not possible.
CREATE TRIGGER resource_links_no_replace BEFORE INSERT ON resource_links
WHEN EXISTS (SELECT 1 FROM resource_links WHERE resource_id = NEW.resource_id AND other_id = NEW.other_id)
BEGIN
    SELECT RAISE(ABORT, 'link_exists');
END;
CREATE TRIGGER resource_links_no_update BEFORE UPDATE ON resource_links
BEGIN
    SELECT RAISE(ABORT, 'links_are_replaced');
END;
CREATE TRIGGER resource_links_insert AFTER INSERT ON resource_links
BEGIN
    UPDATE resources SET has_links = TRUE WHERE id IN (NEW.resource_id, NEW.other_id);

    INSERT INTO allocations
    SELECT *
    FROM live_claims
    WHERE NEW.kind = 'takes' AND resource_id = NEW.other_id AND id IN (
        SELECT id FROM bookings WHERE resource_id = NEW.resource_id
        UNION ALL
        SELECT id FROM blocks WHERE resource_id = NEW.resource_id
    );

    SELECT RAISE(ABORT, 'claim_without_allocation')
    WHERE EXISTS (SELECT * FROM live_claims WHERE resource_id = NEW.other_id EXCEPT SELECT * FROM allocations);
    SELECT RAISE(ABORT, 'capacity_exceeded')
    FROM exclusion_clashes
    WHERE NEW.kind = 'excludes' AND resource_id = NEW.resource_id AND other_id = NEW.other_id;
END;
CREATE TRIGGER resource_links_delete AFTER DELETE ON resource_links
BEGIN
    DELETE FROM allocations
    WHERE OLD.kind = 'takes' AND resource_id = OLD.other_id AND id IN (
        SELECT id FROM bookings WHERE resource_id = OLD.resource_id
        UNION ALL
        SELECT id FROM blocks WHERE resource_id = OLD.resource_id
    );

    UPDATE resources
    SET has_links = EXISTS (SELECT 1 FROM resource_links WHERE resources.id IN (resource_id, other_id))
    WHERE id IN (OLD.resource_id, OLD.other_id);
END;
