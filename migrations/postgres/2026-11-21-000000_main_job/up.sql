-- Instants are UTC. Texts that hold JSON hold what the API shows.

CREATE TABLE users (
    id TEXT COLLATE "C" PRIMARY KEY,
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
    id TEXT COLLATE "C" PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
    token_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX one_time_tokens_by_user ON one_time_tokens (user_id, purpose);

-- One sign-in and the family of refresh tokens that grew from it.
CREATE TABLE sessions (
    id TEXT COLLATE "C" PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_agent TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE refresh_tokens (
    token_hash TEXT PRIMARY KEY,
    session_id TEXT COLLATE "C" NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE organizations (
    id TEXT COLLATE "C" PRIMARY KEY,
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
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'booker')),
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX members_by_user ON members (user_id);

CREATE TABLE sites (
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
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
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the site's, kept here for lists
    site_id TEXT COLLATE "C" NOT NULL REFERENCES sites (id),
    kind TEXT NOT NULL CHECK (kind IN ('machine', 'floor_space', 'storage')),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    capacity INTEGER NOT NULL CHECK (capacity > 0),
    unit TEXT NOT NULL CHECK (unit IN ('unit', 'm2', 'pallet', 'shelf', 'm3')),
    status TEXT NOT NULL CHECK (status IN ('draft', 'listed', 'paused', 'retired')),
    is_private BOOLEAN NOT NULL, -- shown to the host's members only
    booking_rules_id TEXT COLLATE "C" NOT NULL,
    tariff_id TEXT COLLATE "C" NOT NULL,
    search_text TEXT NOT NULL, -- name, category, description and place, folded for search
    -- An upper bound on how long its allocations last; kept by the guard. It bounds where in
    -- (resource_id, ends_at) an allocation that overlaps a span can lie.
    longest_allocation_minutes BIGINT NOT NULL DEFAULT 0,
    claims BIGINT NOT NULL DEFAULT 0, -- bumped before each claim: the lock
    has_links BOOLEAN NOT NULL DEFAULT FALSE, -- whether resource_links names it; kept by the guard
    source TEXT UNIQUE,
    revision BIGINT NOT NULL DEFAULT 1, -- bumped by each edit: the ETag
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    search_words TSVECTOR NOT NULL GENERATED ALWAYS AS (to_tsvector('simple', search_text)) STORED
);
CREATE INDEX resources_by_site ON resources (site_id, id);
CREATE INDEX resources_by_organization ON resources (organization_id, id);

-- Versions: rows are added, never changed; a booking names the ones it was made under.
CREATE TABLE booking_rules (
    id TEXT COLLATE "C" PRIMARY KEY,
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id) DEFERRABLE INITIALLY DEFERRED,
    rules TEXT NOT NULL, -- JSON, as over the API
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX booking_rules_by_resource ON booking_rules (resource_id, id);

CREATE TABLE tariffs (
    id TEXT COLLATE "C" PRIMARY KEY,
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id) DEFERRABLE INITIALLY DEFERRED,
    tariff TEXT NOT NULL, -- JSON, as over the API
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX tariffs_by_resource ON tariffs (resource_id, id);

CREATE TABLE bookings (
    id TEXT COLLATE "C" PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('held', 'requested', 'confirmed', 'in_use', 'completed', 'no_show', 'cancelled', 'declined', 'expired')),
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the customer
    host_organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    site_id TEXT COLLATE "C" NOT NULL REFERENCES sites (id),
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id),
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    claim_starts_at TIMESTAMP NOT NULL CHECK (claim_starts_at >= '2000-01-01'), -- with the buffer before
    claim_ends_at TIMESTAMP NOT NULL CHECK (claim_ends_at <= '2200-01-01'), -- with the buffer after
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    price_amount BIGINT NOT NULL, -- minor units
    price_currency TEXT NOT NULL,
    price_lines TEXT NOT NULL, -- JSON, as over the API
    booking_rules_id TEXT COLLATE "C" NOT NULL REFERENCES booking_rules (id),
    tariff_id TEXT COLLATE "C" NOT NULL REFERENCES tariffs (id),
    note TEXT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    cancelled_at TIMESTAMP,
    cancelled_by TEXT COLLATE "C" REFERENCES users (id),
    reason TEXT NOT NULL, -- why it was cancelled or declined
    lapses_at TIMESTAMP, -- when a hold or request expires, or a customer who has not come is missed
    checked_in_at TIMESTAMP, -- the usage, beside the time that was booked
    checked_out_at TIMESTAMP,
    is_overrun BOOLEAN NOT NULL DEFAULT FALSE, -- still in use after its time, and all have been told
    calendar_sequence INTEGER NOT NULL DEFAULT 0, -- RFC 5545 SEQUENCE
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK (claim_starts_at <= starts_at AND starts_at < ends_at AND ends_at <= claim_ends_at)
);
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
    id TEXT COLLATE "C" PRIMARY KEY,
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id),
    starts_at TIMESTAMP NOT NULL CHECK (starts_at >= '2000-01-01'),
    ends_at TIMESTAMP NOT NULL CHECK (ends_at <= '2200-01-01'),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    reason TEXT NOT NULL,
    is_over BOOLEAN NOT NULL DEFAULT FALSE, -- takes no capacity any more
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    CHECK (starts_at < ends_at)
);
CREATE INDEX blocks_by_resource ON blocks (resource_id, starts_at, id);
CREATE INDEX blocks_not_over_by_end ON blocks (ends_at) WHERE NOT is_over;

-- What a claim on a resource means for another: it takes so much of the other for each one of its own
-- (the machine takes the room that it stands in), or the two exclude each other, whichever is claimed.
CREATE TABLE resource_links (
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id),
    other_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id),
    kind TEXT NOT NULL CHECK (kind IN ('takes', 'excludes')),
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 1000), -- 1 where they exclude each other
    PRIMARY KEY (resource_id, other_id),
    CHECK (resource_id <> other_id)
);
CREATE INDEX resource_links_by_other ON resource_links (other_id);

-- What takes capacity from a resource, now or later, and the only thing that does; see Law 1 at the end.
CREATE TABLE allocations (
    id TEXT COLLATE "C" NOT NULL, -- of the booking or block that it belongs to
    claimed_by TEXT NOT NULL CHECK (claimed_by IN ('booking', 'block')),
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id), -- the one that is claimed, or one linked to it
    starts_at TIMESTAMP NOT NULL CHECK (starts_at >= '2000-01-01'),
    ends_at TIMESTAMP NOT NULL CHECK (ends_at <= '2200-01-01'),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    lapses_at TIMESTAMP, -- from then on nobody need respect it: its booking lapses
    PRIMARY KEY (id, resource_id),
    CHECK (starts_at < ends_at)
);
CREATE INDEX allocations_by_end ON allocations (resource_id, ends_at, starts_at, quantity, lapses_at);
CREATE INDEX allocations_lapsing ON allocations (resource_id, lapses_at) WHERE lapses_at IS NOT NULL;

-- What the outside must hear of, written with the fact that it reports.
CREATE TABLE outbox (
    id TEXT COLLATE "C" PRIMARY KEY,
    event TEXT NOT NULL,
    payload TEXT NOT NULL, -- JSON
    created_at TIMESTAMP NOT NULL,
    processed_at TIMESTAMP
);
CREATE INDEX outbox_pending ON outbox (id) WHERE processed_at IS NULL;

-- One message to one person, made from an entry of the outbox.
CREATE TABLE mails (
    id TEXT COLLATE "C" PRIMARY KEY,
    outbox_id TEXT COLLATE "C" NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
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
    id TEXT COLLATE "C" PRIMARY KEY,
    at TIMESTAMP NOT NULL,
    user_id TEXT COLLATE "C", -- none where the system acted
    organization_id TEXT COLLATE "C", -- whose history it belongs to
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

CREATE INDEX resources_by_words ON resources USING gin (search_words);

-- Law 1: at every instant the allocations of a resource sum to at most its capacity. Whoever writes, by
-- whatever statement, at any isolation level, as long as the triggers are enabled:
--
-- 1. What would exceed the capacity is refused (`capacity_exceeded`, 23P01): an allocation that is
--    added, moved or enlarged, and a capacity that is lowered.
-- 2. Every live booking and every block that is not over has its allocation, with its id, resource,
--    span (a booking's with its buffers) and quantity, and one on each resource that its own takes along.
--    The triggers make, move and remove them with their maker; nobody takes one away or changes one alone
--    (`claim_without_allocation`).
-- 3. Two resources that exclude each other are never allocated at the same instant, but by one claim.
-- 4. An allocation that nobody claims, written by hand, takes capacity like any other until it is
--    removed by hand.
--
-- So what is booked and blocked never exceeds the capacity either.

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
SELECT id, 'block', resource_id, starts_at, ends_at, quantity, NULL::TIMESTAMP
FROM blocks
WHERE NOT is_over
UNION ALL
SELECT blocks.id, 'block', other_id, starts_at, ends_at, blocks.quantity * resource_links.quantity, NULL::TIMESTAMP
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
    AND theirs.ends_at < ours.ends_at + other.longest_allocation_minutes * INTERVAL '1 minute'
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
    SELECT resource_id, starts_at AS at, quantity::BIGINT AS change FROM allocations
    UNION ALL
    SELECT resource_id, ends_at, -quantity::BIGINT FROM allocations
) AS changes;

-- The UPDATE is the lock: two claims on one resource wait for each other here, at any isolation level,
-- and the query after it sees what the first has written. The peak of what overlaps an allocation
-- lies at its start or at a start inside it: the running sum goes over that span only.
CREATE FUNCTION guard_allocation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most BIGINT;
    longest BIGINT;
    is_linked BOOLEAN;
    peak BIGINT;
BEGIN
    UPDATE resources
    SET claims = claims + 1,
        longest_allocation_minutes = greatest(longest_allocation_minutes, ceil(extract(epoch FROM NEW.ends_at - NEW.starts_at) / 60)::BIGINT)
    WHERE id = NEW.resource_id
    RETURNING capacity, longest_allocation_minutes, has_links INTO most, longest, is_linked;
    -- One that was replaced meanwhile is not the row that was waited for.
    IF NOT FOUND THEN
        RAISE EXCEPTION 'resource_is_gone' USING ERRCODE = 'serialization_failure', TABLE = 'resources';
    END IF;

    SELECT max(running) INTO peak
    FROM (
        SELECT sum(change) OVER (ORDER BY at, change) AS running
        FROM (
            SELECT greatest(starts_at, NEW.starts_at) AS at, quantity::BIGINT AS change
            FROM allocations
            WHERE resource_id = NEW.resource_id AND ends_at > NEW.starts_at
                AND ends_at < NEW.ends_at + longest * INTERVAL '1 minute' AND starts_at < NEW.ends_at
            UNION ALL
            SELECT ends_at, -quantity::BIGINT
            FROM allocations
            WHERE resource_id = NEW.resource_id AND ends_at > NEW.starts_at
                AND ends_at < NEW.ends_at + longest * INTERVAL '1 minute' AND starts_at < NEW.ends_at
        ) AS changes
    ) AS sums;

    IF peak > most THEN
        RAISE EXCEPTION 'capacity_exceeded' USING ERRCODE = 'exclusion_violation', TABLE = 'allocations';
    END IF;

    IF is_linked THEN
        UPDATE resources SET claims = claims + 1
        WHERE id IN (SELECT other_id FROM exclusions WHERE resource_id = NEW.resource_id);
        IF EXISTS (SELECT FROM exclusion_clashes WHERE id = NEW.id AND resource_id = NEW.resource_id) THEN
            RAISE EXCEPTION 'capacity_exceeded' USING ERRCODE = 'exclusion_violation', TABLE = 'allocations';
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER allocations_guard_insert AFTER INSERT ON allocations
FOR EACH ROW EXECUTE FUNCTION guard_allocation();
-- When it lapses is no matter of how much there is.
CREATE TRIGGER allocations_guard_update AFTER UPDATE ON allocations FOR EACH ROW
WHEN ((OLD.claimed_by, OLD.starts_at, OLD.ends_at, OLD.quantity) <> (NEW.claimed_by, NEW.starts_at, NEW.ends_at, NEW.quantity))
EXECUTE FUNCTION guard_allocation();

CREATE FUNCTION keep_allocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT * FROM live_claims WHERE id = OLD.id AND resource_id = OLD.resource_id
        EXCEPT
        SELECT * FROM allocations WHERE id = OLD.id AND resource_id = OLD.resource_id
    ) THEN
        RAISE EXCEPTION 'claim_without_allocation' USING ERRCODE = 'integrity_constraint_violation', TABLE = 'allocations';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER allocations_keep AFTER UPDATE OR DELETE ON allocations
FOR EACH ROW EXECUTE FUNCTION keep_allocation();

-- A resource that is inserted has allocations and links if it replaces one, in one statement.
CREATE FUNCTION guard_resource() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM loads WHERE resource_id = NEW.id AND quantity > NEW.capacity)
        OR TG_OP = 'INSERT' AND EXISTS (SELECT FROM exclusion_clashes WHERE resource_id = NEW.id) THEN
        RAISE EXCEPTION 'capacity_exceeded' USING ERRCODE = 'exclusion_violation', TABLE = 'allocations';
    END IF;
    IF EXISTS (
        SELECT FROM allocations
        WHERE resource_id = NEW.id AND ends_at - starts_at > NEW.longest_allocation_minutes * INTERVAL '1 minute'
    ) THEN
        RAISE EXCEPTION 'longest_allocation_is_longer' USING ERRCODE = 'integrity_constraint_violation', TABLE = 'resources';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER resources_guard_insert AFTER INSERT ON resources
FOR EACH ROW EXECUTE FUNCTION guard_resource();
CREATE TRIGGER resources_guard_update AFTER UPDATE OF capacity, longest_allocation_minutes ON resources
FOR EACH ROW WHEN (NEW.capacity < OLD.capacity OR NEW.longest_allocation_minutes < OLD.longest_allocation_minutes)
EXECUTE FUNCTION guard_resource();

-- What a claim has, or gives up, depends on the links of its resource: they must stay as they are read. A
-- claim that changes locks its resource before it changes, and the one that it moves to, in the order in which
-- all lock them, and with the same UPDATE as a link that comes or goes: the second sees what the first has
-- written, or fails. A new claim locks it with its allocation.
CREATE FUNCTION lock_claimed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.resource_id <> OLD.resource_id THEN
        PERFORM FROM resources WHERE id IN (OLD.resource_id, NEW.resource_id) ORDER BY id FOR NO KEY UPDATE;
    END IF;
    UPDATE resources SET claims = claims + 1 WHERE id IN (OLD.resource_id, NEW.resource_id);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'resource_is_gone' USING ERRCODE = 'serialization_failure', TABLE = 'resources';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

-- Each claim makes, moves or removes its allocations.
CREATE FUNCTION allocate_booking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.status NOT IN ('held', 'requested', 'confirmed', 'in_use') THEN
        DELETE FROM allocations WHERE id = OLD.id AND claimed_by = 'booking';
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM allocations
        WHERE id = NEW.id AND claimed_by = 'booking' AND resource_id NOT IN (SELECT resource_id FROM live_claims WHERE id = NEW.id);
        UPDATE allocations
        SET starts_at = claim.starts_at, ends_at = claim.ends_at, quantity = claim.quantity, lapses_at = claim.lapses_at
        FROM live_claims AS claim
        WHERE allocations.id = NEW.id AND allocations.claimed_by = 'booking'
            AND claim.id = NEW.id AND claim.resource_id = allocations.resource_id;
    END IF;
    IF TG_OP = 'INSERT' OR NOT EXISTS (
        SELECT FROM allocations WHERE id = NEW.id AND claimed_by = 'booking' AND resource_id = NEW.resource_id
    ) THEN
        INSERT INTO allocations VALUES (NEW.id, 'booking', NEW.resource_id, NEW.claim_starts_at, NEW.claim_ends_at, NEW.quantity, NEW.lapses_at);
    END IF;
    -- Now the resource is locked, so its links stay as they are read. Most have none.
    IF EXISTS (SELECT FROM resource_links WHERE resource_id = NEW.resource_id AND kind = 'takes') THEN
        INSERT INTO allocations
        SELECT claim.*
        FROM resource_links JOIN live_claims AS claim ON claim.id = NEW.id AND claim.resource_id = other_id
        WHERE resource_links.resource_id = NEW.resource_id AND kind = 'takes' AND claim.claimed_by = 'booking'
            -- One that somebody has written by hand is not taken for this one: the claim is refused.
            AND (TG_OP = 'INSERT' OR NOT EXISTS (
                SELECT FROM allocations WHERE id = NEW.id AND resource_id = other_id AND claimed_by = 'booking'
            ));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER bookings_lock_delete BEFORE DELETE ON bookings
FOR EACH ROW WHEN (OLD.status IN ('held', 'requested', 'confirmed', 'in_use')) EXECUTE FUNCTION lock_claimed();
CREATE TRIGGER bookings_lock_update BEFORE UPDATE ON bookings
FOR EACH ROW WHEN (
    (OLD.status IN ('held', 'requested', 'confirmed', 'in_use')) <> (NEW.status IN ('held', 'requested', 'confirmed', 'in_use'))
    OR NEW.status IN ('held', 'requested', 'confirmed', 'in_use')
    AND (OLD.resource_id, OLD.claim_starts_at, OLD.claim_ends_at, OLD.quantity, OLD.lapses_at)
        IS DISTINCT FROM (NEW.resource_id, NEW.claim_starts_at, NEW.claim_ends_at, NEW.quantity, NEW.lapses_at)
) EXECUTE FUNCTION lock_claimed();
CREATE TRIGGER bookings_allocate AFTER INSERT OR DELETE ON bookings
FOR EACH ROW EXECUTE FUNCTION allocate_booking();
CREATE TRIGGER bookings_allocate_update AFTER UPDATE ON bookings
FOR EACH ROW WHEN (
    (OLD.status IN ('held', 'requested', 'confirmed', 'in_use')) <> (NEW.status IN ('held', 'requested', 'confirmed', 'in_use'))
    OR NEW.status IN ('held', 'requested', 'confirmed', 'in_use')
    AND (OLD.resource_id, OLD.claim_starts_at, OLD.claim_ends_at, OLD.quantity, OLD.lapses_at)
        IS DISTINCT FROM (NEW.resource_id, NEW.claim_starts_at, NEW.claim_ends_at, NEW.quantity, NEW.lapses_at)
) EXECUTE FUNCTION allocate_booking();

CREATE FUNCTION allocate_block() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.is_over THEN
        DELETE FROM allocations WHERE id = OLD.id AND claimed_by = 'block';
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM allocations
        WHERE id = NEW.id AND claimed_by = 'block' AND resource_id NOT IN (SELECT resource_id FROM live_claims WHERE id = NEW.id);
        UPDATE allocations
        SET starts_at = claim.starts_at, ends_at = claim.ends_at, quantity = claim.quantity, lapses_at = claim.lapses_at
        FROM live_claims AS claim
        WHERE allocations.id = NEW.id AND allocations.claimed_by = 'block'
            AND claim.id = NEW.id AND claim.resource_id = allocations.resource_id;
    END IF;
    IF TG_OP = 'INSERT' OR NOT EXISTS (
        SELECT FROM allocations WHERE id = NEW.id AND claimed_by = 'block' AND resource_id = NEW.resource_id
    ) THEN
        INSERT INTO allocations VALUES (NEW.id, 'block', NEW.resource_id, NEW.starts_at, NEW.ends_at, NEW.quantity, NULL);
    END IF;
    -- Now the resource is locked, so its links stay as they are read. Most have none.
    IF EXISTS (SELECT FROM resource_links WHERE resource_id = NEW.resource_id AND kind = 'takes') THEN
        INSERT INTO allocations
        SELECT claim.*
        FROM resource_links JOIN live_claims AS claim ON claim.id = NEW.id AND claim.resource_id = other_id
        WHERE resource_links.resource_id = NEW.resource_id AND kind = 'takes' AND claim.claimed_by = 'block'
            -- One that somebody has written by hand is not taken for this one: the claim is refused.
            AND (TG_OP = 'INSERT' OR NOT EXISTS (
                SELECT FROM allocations WHERE id = NEW.id AND resource_id = other_id AND claimed_by = 'block'
            ));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER blocks_lock_delete BEFORE DELETE ON blocks
FOR EACH ROW WHEN (NOT OLD.is_over) EXECUTE FUNCTION lock_claimed();
CREATE TRIGGER blocks_lock_update BEFORE UPDATE ON blocks
FOR EACH ROW WHEN (
    OLD.is_over <> NEW.is_over
    OR NOT NEW.is_over
    AND (OLD.resource_id, OLD.starts_at, OLD.ends_at, OLD.quantity) <> (NEW.resource_id, NEW.starts_at, NEW.ends_at, NEW.quantity)
) EXECUTE FUNCTION lock_claimed();
CREATE TRIGGER blocks_allocate AFTER INSERT OR DELETE ON blocks
FOR EACH ROW EXECUTE FUNCTION allocate_block();
CREATE TRIGGER blocks_allocate_update AFTER UPDATE ON blocks
FOR EACH ROW WHEN (
    OLD.is_over <> NEW.is_over
    OR NOT NEW.is_over
    AND (OLD.resource_id, OLD.starts_at, OLD.ends_at, OLD.quantity) <> (NEW.resource_id, NEW.starts_at, NEW.ends_at, NEW.quantity)
) EXECUTE FUNCTION allocate_block();

-- A link holds for what is claimed already, too: it is refused where that is not possible.
CREATE FUNCTION link_resources() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    link resource_links := coalesce(NEW, OLD);
BEGIN
    -- Both are locked, in the order in which claims lock them.
    PERFORM FROM resources WHERE id IN (link.resource_id, link.other_id) ORDER BY id FOR UPDATE;
    UPDATE resources
    SET claims = claims + 1,
        has_links = EXISTS (SELECT FROM resource_links WHERE resources.id IN (resource_id, other_id))
    WHERE id IN (link.resource_id, link.other_id);

    IF link.kind = 'takes' AND TG_OP = 'DELETE' THEN
        DELETE FROM allocations
        WHERE resource_id = link.other_id AND id IN (
            SELECT id FROM bookings WHERE resource_id = link.resource_id
            UNION ALL
            SELECT id FROM blocks WHERE resource_id = link.resource_id
        );
    ELSIF link.kind = 'takes' THEN
        INSERT INTO allocations
        SELECT *
        FROM live_claims
        WHERE resource_id = link.other_id AND id IN (
            SELECT id FROM bookings WHERE resource_id = link.resource_id
            UNION ALL
            SELECT id FROM blocks WHERE resource_id = link.resource_id
        );
    ELSIF TG_OP = 'INSERT' AND EXISTS (
        SELECT FROM exclusion_clashes WHERE resource_id = link.resource_id AND other_id = link.other_id
    ) THEN
        RAISE EXCEPTION 'capacity_exceeded' USING ERRCODE = 'exclusion_violation', TABLE = 'allocations';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER resource_links_guard AFTER INSERT OR DELETE ON resource_links
FOR EACH ROW EXECUTE FUNCTION link_resources();

CREATE FUNCTION keep_has_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.has_links <> EXISTS (SELECT FROM resource_links WHERE NEW.id IN (resource_id, other_id)) THEN
        RAISE EXCEPTION 'has_links_is_kept' USING ERRCODE = 'integrity_constraint_violation', TABLE = 'resources';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER resources_keep_has_links_insert AFTER INSERT ON resources
FOR EACH ROW EXECUTE FUNCTION keep_has_links();
CREATE TRIGGER resources_keep_has_links_update AFTER UPDATE OF has_links ON resources
FOR EACH ROW WHEN (NEW.has_links <> OLD.has_links) EXECUTE FUNCTION keep_has_links();

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
END $$;

-- What is one and the same stays under its name. TRUNCATE fires no trigger for the rows that it removes.
CREATE TRIGGER resources_keep_id BEFORE UPDATE OF id ON resources
FOR EACH ROW WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION refuse('identifiers_stay');
CREATE TRIGGER bookings_keep_id BEFORE UPDATE OF id ON bookings
FOR EACH ROW WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION refuse('identifiers_stay');
CREATE TRIGGER blocks_keep_id BEFORE UPDATE OF id ON blocks
FOR EACH ROW WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION refuse('identifiers_stay');
CREATE TRIGGER allocations_keep_id BEFORE UPDATE OF id, resource_id ON allocations
FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.resource_id <> OLD.resource_id) EXECUTE FUNCTION refuse('identifiers_stay');
CREATE TRIGGER resource_links_no_update BEFORE UPDATE ON resource_links
FOR EACH ROW EXECUTE FUNCTION refuse('links_are_replaced');
CREATE TRIGGER resource_links_no_truncate BEFORE TRUNCATE ON resource_links EXECUTE FUNCTION refuse('use DELETE');
CREATE TRIGGER bookings_no_truncate BEFORE TRUNCATE ON bookings EXECUTE FUNCTION refuse('use DELETE');
CREATE TRIGGER blocks_no_truncate BEFORE TRUNCATE ON blocks EXECUTE FUNCTION refuse('use DELETE');
CREATE TRIGGER allocations_no_truncate BEFORE TRUNCATE ON allocations EXECUTE FUNCTION refuse('use DELETE');

-- The names in these functions mean the tables above, whatever temporary tables a session has made.
DO $$
DECLARE
    guard REGPROCEDURE;
BEGIN
    FOREACH guard IN ARRAY ARRAY[
        'guard_allocation()', 'keep_allocation()', 'guard_resource()', 'lock_claimed()', 'allocate_booking()',
        'allocate_block()', 'link_resources()', 'keep_has_links()'
    ]::REGPROCEDURE[] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard, current_schema());
    END LOOP;
END $$;
