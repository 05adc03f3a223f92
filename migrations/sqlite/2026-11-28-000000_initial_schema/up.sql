-- Instants are UTC: whole microseconds since the Unix epoch. The tables of claims are STRICT, so that an instant cannot be
-- a text. Columns with JSON hold it in the form of the API.

-- People and their sign-ins.

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE, -- in lower case
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    email_verified_at TIMESTAMP,
    is_operator BOOLEAN NOT NULL DEFAULT FALSE,
    reminder_minutes TEXT NOT NULL DEFAULT '[1440]', -- JSON: how long before a booking starts the user is reminded
    mail_preferences TEXT NOT NULL DEFAULT '{}', -- JSON: the categories of mail that the user has turned off or on; by default all are on
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP -- the account is deleted; its bookings still refer to the row
);

-- Secrets that were sent by mail. Only the SHA-256 is kept, so that a stolen database opens no account.
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

-- One sign-in and the refresh tokens that were issued for it, one after the other.
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

-- Organizations and their members.

CREATE TABLE organizations (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('firm', 'startup', 'makerspace')),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    website TEXT NOT NULL,
    contact_email TEXT NOT NULL,
    contact_verified_at TIMESTAMP, -- when a reader of `contact_email` agreed to get mail; until then none is sent there
    has_terms BOOLEAN NOT NULL DEFAULT FALSE, -- whether it has any terms; if not, a booking makes no query for terms
    source TEXT UNIQUE, -- data set and key, if it was imported
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

-- Secrets that were sent to contact addresses. One is valid as long as the organization keeps that contact.
CREATE TABLE contact_tokens (
    token_hash TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- the member that entered the address
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX contact_tokens_by_organization ON contact_tokens (organization_id);
CREATE INDEX contact_tokens_by_user ON contact_tokens (user_id, created_at);

CREATE TABLE members (
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'booker')),
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX members_by_user ON members (user_id);

-- Terms: documents of a host that a customer accepts before it books.

CREATE TABLE terms (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the host
    kind TEXT NOT NULL CHECK (kind IN ('house_rules', 'safety', 'confidentiality', 'general')),
    name TEXT NOT NULL,
    applies_to TEXT NOT NULL, -- JSON: a list of resources, or null for all resources of the host
    is_retired BOOLEAN NOT NULL,
    version INTEGER NOT NULL, -- the current one
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX terms_by_organization ON terms (organization_id, id);

-- Rows are added, never changed or deleted.
CREATE TABLE terms_versions (
    terms_id TEXT NOT NULL REFERENCES terms (id),
    number INTEGER NOT NULL CHECK (number > 0),
    text TEXT NOT NULL,
    sha256 TEXT NOT NULL, -- of the text in UTF-8, in hexadecimal digits
    created_by TEXT NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (terms_id, number)
);

-- Rows are added, never changed or deleted.
CREATE TABLE terms_acceptances (
    id TEXT PRIMARY KEY,
    terms_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    host_organization_id TEXT NOT NULL REFERENCES organizations (id), -- the organization of the terms, copied here for lists
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the customer
    user_id TEXT NOT NULL REFERENCES users (id),
    accepted_at TIMESTAMP NOT NULL,
    FOREIGN KEY (terms_id, version) REFERENCES terms_versions (terms_id, number),
    UNIQUE (terms_id, version, organization_id, user_id)
);
CREATE INDEX terms_acceptances_by_customer ON terms_acceptances (organization_id, id);
CREATE INDEX terms_acceptances_by_host ON terms_acceptances (host_organization_id, id);
CREATE INDEX terms_acceptances_by_user ON terms_acceptances (user_id, id);

-- Sites and resources.

CREATE TABLE sites (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    line1 TEXT NOT NULL,
    line2 TEXT NOT NULL,
    city TEXT NOT NULL,
    folded_city TEXT NOT NULL DEFAULT '', -- the city without case and accents, for searches
    postal_code TEXT NOT NULL,
    country TEXT NOT NULL, -- ISO 3166-1 alpha-2
    latitude DOUBLE PRECISION NOT NULL CHECK (latitude BETWEEN -90 AND 90), -- WGS 84; this position is public
    longitude DOUBLE PRECISION NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    discloses_address TEXT NOT NULL DEFAULT 'everyone' CHECK (discloses_address IN ('everyone', 'confirmed')),
    exact_latitude DOUBLE PRECISION CHECK (exact_latitude BETWEEN -90 AND 90), -- only where confirmed customers alone see it
    exact_longitude DOUBLE PRECISION CHECK (exact_longitude BETWEEN -180 AND 180),
    access_notes TEXT NOT NULL DEFAULT '',
    contact TEXT NOT NULL DEFAULT '',
    timezone TEXT NOT NULL, -- IANA
    opening_hours TEXT NOT NULL, -- JSON
    exceptions TEXT NOT NULL, -- JSON
    source TEXT UNIQUE, -- data set and key, if it was imported
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX sites_by_organization ON sites (organization_id, id);
CREATE INDEX sites_by_position ON sites (latitude, longitude);

CREATE TABLE resources (
    number INTEGER PRIMARY KEY, -- the full-text index refers to it; a plain rowid may change with VACUUM
    id TEXT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the organization of the site, copied here for lists
    site_id TEXT NOT NULL REFERENCES sites (id),
    kind TEXT NOT NULL CHECK (kind IN ('machine', 'floor_space', 'storage')),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    capacity INTEGER NOT NULL CHECK (typeof(capacity) = 'integer' AND capacity > 0),
    unit TEXT NOT NULL CHECK (unit IN ('unit', 'm2', 'pallet', 'shelf', 'm3')),
    status TEXT NOT NULL CHECK (status IN ('draft', 'listed', 'paused', 'retired')),
    is_private BOOLEAN NOT NULL, -- only members of the host see it
    booking_rules_id TEXT NOT NULL, -- the current versions
    tariff_id TEXT NOT NULL,
    out_of_order_since TIMESTAMP, -- no new booking can start before `out_of_order_until`; without it, none can be made
    out_of_order_until TIMESTAMP,
    out_of_order_reason TEXT NOT NULL DEFAULT '',
    has_links BOOLEAN NOT NULL DEFAULT FALSE, -- whether resource_links names it; the triggers keep it
    -- An upper bound on how long its allocations last; the triggers keep it. It bounds the range of
    -- (resource_id, ends_at) in which an allocation that overlaps a given time can lie.
    longest_allocation_minutes BIGINT NOT NULL DEFAULT 0 CHECK (typeof(longest_allocation_minutes) = 'integer'),
    claims BIGINT NOT NULL DEFAULT 0, -- incremented before each claim, which locks the row
    search_text TEXT NOT NULL, -- name, category, description and place, folded for searches
    source TEXT UNIQUE, -- data set and key, if it was imported
    revision BIGINT NOT NULL DEFAULT 1, -- incremented by each edit: the ETag
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX resources_by_site ON resources (site_id, id);
CREATE INDEX resources_by_organization ON resources (organization_id, id);
CREATE INDEX resources_out_of_order ON resources (id) WHERE out_of_order_since IS NOT NULL;

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

-- Versions of booking rules and tariffs: rows are added, never changed. A booking names those that it was made under.
CREATE TABLE booking_rules (
    id TEXT PRIMARY KEY,
    resource_id TEXT NOT NULL REFERENCES resources (id) DEFERRABLE INITIALLY DEFERRED,
    rules TEXT NOT NULL, -- JSON
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX booking_rules_by_resource ON booking_rules (resource_id, id);

CREATE TABLE tariffs (
    id TEXT PRIMARY KEY,
    resource_id TEXT NOT NULL REFERENCES resources (id) DEFERRABLE INITIALLY DEFERRED,
    tariff TEXT NOT NULL, -- JSON
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX tariffs_by_resource ON tariffs (resource_id, id);

-- The effect of a claim on a resource on another one. `takes`: each unit claimed takes this quantity of the other along (a
-- machine takes the room in which it stands). `excludes`: the two cannot be claimed at the same time.
CREATE TABLE resource_links (
    resource_id TEXT NOT NULL REFERENCES resources (id),
    other_id TEXT NOT NULL REFERENCES resources (id),
    kind TEXT NOT NULL CHECK (kind IN ('takes', 'excludes')),
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 1000), -- 1 for `excludes`
    PRIMARY KEY (resource_id, other_id),
    CHECK (resource_id <> other_id)
) STRICT;
CREATE INDEX resource_links_by_other ON resource_links (other_id);

-- Certifications and trainings.

CREATE TABLE certification_kinds (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the host that defines it
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    valid_days INTEGER CHECK (valid_days > 0), -- none: forever
    is_retired BOOLEAN NOT NULL, -- can no longer be granted or newly required
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX certification_kinds_by_organization ON certification_kinds (organization_id, id);

-- Other hosts that may require and grant a kind as if it were their own.
CREATE TABLE certification_partners (
    certification_kind_id TEXT NOT NULL REFERENCES certification_kinds (id) ON DELETE CASCADE,
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    PRIMARY KEY (certification_kind_id, organization_id)
);
CREATE INDEX certification_partners_by_organization ON certification_partners (organization_id);

CREATE TABLE trainings (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the organization of the site
    site_id TEXT NOT NULL REFERENCES sites (id),
    certification_kind_id TEXT NOT NULL REFERENCES certification_kinds (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    trainer TEXT NOT NULL, -- the trainer's name
    price_amount INTEGER CHECK (price_amount >= 0), -- of a seat that is taken now, in minor units; none where it is free
    price_currency TEXT,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    seats INTEGER NOT NULL CHECK (seats > 0),
    status TEXT NOT NULL CHECK (status IN ('scheduled', 'held', 'cancelled')),
    reason TEXT NOT NULL, -- of the cancellation
    created_by TEXT NOT NULL REFERENCES users (id),
    calendar_sequence INTEGER NOT NULL DEFAULT 0, -- RFC 5545 SEQUENCE
    revision INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    CHECK (starts_at < ends_at),
    CHECK ((price_amount IS NULL) = (price_currency IS NULL))
) STRICT;
CREATE INDEX trainings_by_organization ON trainings (organization_id, starts_at, id);
CREATE INDEX trainings_scheduled ON trainings (starts_at, id) WHERE status = 'scheduled';
CREATE INDEX trainings_to_hold ON trainings (ends_at) WHERE status = 'scheduled';

CREATE TABLE training_seats (
    id TEXT PRIMARY KEY,
    training_id TEXT NOT NULL REFERENCES trainings (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    status TEXT NOT NULL CHECK (status IN ('booked', 'attended', 'absent', 'cancelled')),
    price_amount INTEGER, -- as it was when the seat was taken
    price_currency TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX training_seats_by_training ON training_seats (training_id, id);
CREATE INDEX training_seats_by_user ON training_seats (user_id, id);
-- A person takes at most one seat.
CREATE UNIQUE INDEX training_seats_taken ON training_seats (training_id, user_id) WHERE status <> 'cancelled';

-- One grant of a kind to a person. A renewal is a new row; the older row stays as it was.
CREATE TABLE certifications (
    id TEXT PRIMARY KEY,
    certification_kind_id TEXT NOT NULL REFERENCES certification_kinds (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    training_id TEXT REFERENCES trainings (id), -- the training in which it was earned, if any
    granted_by TEXT NOT NULL REFERENCES users (id),
    granted_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP,
    next_warning_at TIMESTAMP, -- when the holder is warned that it expires
    revoked_at TIMESTAMP,
    revoked_by TEXT REFERENCES users (id),
    reason TEXT NOT NULL -- of the revocation
);
CREATE INDEX certifications_by_user ON certifications (user_id, id);
CREATE INDEX certifications_by_kind ON certifications (certification_kind_id, id);
CREATE INDEX certifications_by_granter ON certifications (granted_by, granted_at);
CREATE INDEX certifications_to_warn ON certifications (next_warning_at) WHERE next_warning_at IS NOT NULL;

-- Claims: bookings, alone, in a series or in a group; offers, the waitlist, and blocks.

-- A recurrence rule, as the customer entered it. The bookings made from it say whether and when each occurrence takes place.
CREATE TABLE series (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the customer
    host_organization_id TEXT NOT NULL REFERENCES organizations (id),
    site_id TEXT NOT NULL REFERENCES sites (id),
    resource_id TEXT NOT NULL REFERENCES resources (id),
    rule TEXT NOT NULL, -- RFC 5545 RRULE
    starts_at INTEGER NOT NULL, -- of the first occurrence
    ends_at INTEGER NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    note TEXT NOT NULL,
    skipped TEXT NOT NULL, -- JSON: the occurrences that could not be booked
    created_by TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    CHECK (starts_at < ends_at)
) STRICT;
CREATE INDEX series_by_customer ON series (organization_id, id);
CREATE INDEX series_by_host ON series (host_organization_id, id);

-- Bookings that were made together, all or nothing.
CREATE TABLE booking_groups (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the customer
    note TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX booking_groups_by_customer ON booking_groups (organization_id, id);

CREATE TABLE bookings (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('held', 'requested', 'confirmed', 'in_use', 'completed', 'no_show', 'cancelled', 'declined', 'expired')),
    is_live INTEGER NOT NULL GENERATED ALWAYS AS (status IN ('held', 'requested', 'confirmed', 'in_use')) VIRTUAL, -- takes capacity
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the customer
    host_organization_id TEXT NOT NULL REFERENCES organizations (id),
    site_id TEXT NOT NULL REFERENCES sites (id),
    resource_id TEXT NOT NULL REFERENCES resources (id),
    series_id TEXT REFERENCES series (id),
    group_id TEXT REFERENCES booking_groups (id),
    -- Why it was held first; none if it never was. It stays for ever.
    hold_reason TEXT CHECK (hold_reason IN ('customer', 'payment', 'waitlist', 'host_offer')),
    -- The party that must confirm the hold. It stays if the booking ends as a hold, and is removed when it is confirmed or
    -- requested: a booking that is over was a hold to its end if this is set.
    hold_awaits TEXT CHECK (hold_awaits IN ('customer', 'host')),
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    claim_starts_at INTEGER NOT NULL CHECK (claim_starts_at >= 946684800000000), -- with the buffer before
    claim_ends_at INTEGER NOT NULL CHECK (claim_ends_at <= 7258118400000000), -- with the buffer after
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    price_amount INTEGER NOT NULL, -- minor units
    price_currency TEXT NOT NULL,
    price_lines TEXT NOT NULL, -- JSON
    booking_rules_id TEXT NOT NULL REFERENCES booking_rules (id), -- the versions that it was made under
    tariff_id TEXT NOT NULL REFERENCES tariffs (id),
    terms TEXT NOT NULL DEFAULT '[]', -- JSON: the versions of terms that it was made under
    note TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES users (id),
    operated_by TEXT REFERENCES users (id), -- the person that works at the machine and must hold the certifications
    lapses_at INTEGER, -- when a hold or request expires, or a customer that has not come counts as a no-show
    calendar_sequence INTEGER NOT NULL DEFAULT 0, -- RFC 5545 SEQUENCE
    revision INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (claim_starts_at <= starts_at AND starts_at < ends_at AND ends_at <= claim_ends_at),
    CHECK (hold_awaits IS NOT NULL OR status <> 'held'),
    CHECK (hold_awaits IS NULL OR status IN ('held', 'cancelled', 'expired')),
    CHECK (hold_awaits IS NULL OR hold_reason IS NOT NULL),
    CHECK (hold_reason <> 'customer' OR hold_awaits = 'customer' OR hold_awaits IS NULL),
    CHECK (hold_reason <> 'payment' OR hold_awaits = 'host' OR hold_awaits IS NULL)
) STRICT;
CREATE INDEX bookings_by_customer ON bookings (organization_id, starts_at, id);
CREATE INDEX bookings_by_host ON bookings (host_organization_id, starts_at, id);
CREATE INDEX bookings_by_resource ON bookings (resource_id, starts_at, id);
CREATE INDEX bookings_by_series ON bookings (series_id, starts_at) WHERE series_id IS NOT NULL;
CREATE INDEX bookings_by_group ON bookings (group_id, starts_at) WHERE group_id IS NOT NULL;
CREATE INDEX bookings_by_host_and_group ON bookings (host_organization_id, group_id) WHERE group_id IS NOT NULL;
-- For the jobs that end bookings and remind of them: live bookings only.
CREATE INDEX bookings_live_by_start ON bookings (starts_at, claim_ends_at) WHERE is_live;
CREATE INDEX bookings_lapsing ON bookings (lapses_at) WHERE lapses_at IS NOT NULL;
CREATE INDEX bookings_in_use ON bookings (ends_at) WHERE status = 'in_use';
-- The host's queue of requests.
CREATE INDEX bookings_requested ON bookings (host_organization_id, id) WHERE status = 'requested';
-- For quotas.
CREATE INDEX bookings_active_by_customer ON bookings (resource_id, organization_id) WHERE is_live;

-- The actual usage, beside the time that was booked. The row is added at the check-in.
CREATE TABLE booking_usage (
    booking_id TEXT PRIMARY KEY REFERENCES bookings (id) ON DELETE CASCADE,
    checked_in_at INTEGER NOT NULL,
    checked_out_at INTEGER,
    is_overrun INTEGER NOT NULL DEFAULT FALSE -- still in use after its time, and everybody concerned was notified
) STRICT;

-- Cancellations and refusals.
CREATE TABLE booking_endings (
    booking_id TEXT PRIMARY KEY REFERENCES bookings (id) ON DELETE CASCADE,
    ended_at INTEGER NOT NULL,
    ended_by TEXT REFERENCES users (id),
    reason TEXT NOT NULL
) STRICT;

-- Bookings that a manager of the host has made for a customer, for the customer to confirm.
CREATE TABLE booking_offers (
    booking_id TEXT PRIMARY KEY REFERENCES bookings (id) ON DELETE CASCADE,
    overridden TEXT NOT NULL, -- JSON: the codes of the rules that the manager has overridden
    offered_by TEXT NOT NULL REFERENCES users (id)
);

-- A wish for a slot that is taken. Entries are served by time of arrival, then by identifier.
CREATE TABLE waitlist_entries (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL CHECK (
        status IN ('waiting', 'offered', 'taken', 'declined', 'lapsed', 'left', 'expired')
    ),
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the customer
    host_organization_id TEXT NOT NULL REFERENCES organizations (id),
    resource_id TEXT NOT NULL REFERENCES resources (id),
    user_id TEXT NOT NULL REFERENCES users (id), -- the requester
    operated_by TEXT REFERENCES users (id), -- the person that would work at the machine, if not the requester
    starts_at INTEGER NOT NULL, -- the window in which the slot must lie
    ends_at INTEGER NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes > 0), -- the length of the slot
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    booking_id TEXT REFERENCES bookings (id), -- the hold that was offered
    lapses_at INTEGER, -- when that hold expires
    revision INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (starts_at < ends_at),
    CHECK ((status IN ('offered', 'taken', 'declined', 'lapsed')) = (booking_id IS NOT NULL)),
    CHECK ((booking_id IS NULL) = (lapses_at IS NULL))
) STRICT;
CREATE INDEX waitlist_line ON waitlist_entries (resource_id, status, created_at, id);
CREATE UNIQUE INDEX waitlist_by_offer ON waitlist_entries (booking_id);
CREATE INDEX waitlist_by_customer ON waitlist_entries (organization_id, id);
CREATE INDEX waitlist_by_host ON waitlist_entries (host_organization_id, id);

CREATE TABLE blocks (
    id TEXT PRIMARY KEY,
    resource_id TEXT NOT NULL REFERENCES resources (id),
    block_series_id TEXT, -- shared by the blocks that were made by one recurrence rule
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
CREATE INDEX blocks_by_series ON blocks (block_series_id, starts_at) WHERE block_series_id IS NOT NULL;
CREATE INDEX blocks_not_over_by_end ON blocks (ends_at) WHERE NOT is_over;

-- The bookings of which both parties were warned that their resource is out of order. Removed when it works again.
CREATE TABLE out_of_order_warnings (
    resource_id TEXT NOT NULL REFERENCES resources (id),
    booking_id TEXT NOT NULL REFERENCES bookings (id),
    PRIMARY KEY (resource_id, booking_id)
) STRICT;

-- Capacity that is taken from a resource, now or later. Nothing else takes capacity; see law 1 below.
CREATE TABLE allocations (
    id TEXT NOT NULL, -- of the booking or block that it belongs to
    claimed_by TEXT NOT NULL CHECK (claimed_by IN ('booking', 'block')),
    resource_id TEXT NOT NULL REFERENCES resources (id), -- the resource that is claimed, or one linked to it
    starts_at INTEGER NOT NULL CHECK (starts_at >= 946684800000000),
    ends_at INTEGER NOT NULL CHECK (ends_at <= 7258118400000000),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    lapses_at INTEGER, -- its booking lapses then; from then on readers ignore the allocation
    PRIMARY KEY (id, resource_id),
    CHECK (starts_at < ends_at)
) STRICT;
CREATE INDEX allocations_by_end ON allocations (resource_id, ends_at, starts_at, quantity, lapses_at);
CREATE INDEX allocations_lapsing ON allocations (resource_id, lapses_at) WHERE lapses_at IS NOT NULL;

-- Facts, their deliveries, and mails.

-- What happened, for every subscriber. A fact is written in the transaction of the change that it reports.
CREATE TABLE facts (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL, -- of the format; a server reads no later version than it knows
    body TEXT NOT NULL, -- JSON
    created_at TIMESTAMP NOT NULL
);

-- What a subscriber has to do about a fact, and has done. Mail is a subscriber; others need no other table.
CREATE TABLE deliveries (
    fact_id TEXT NOT NULL REFERENCES facts (id) ON DELETE CASCADE,
    subscriber TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMP NOT NULL,
    done_at TIMESTAMP,
    position BIGINT, -- in the order of the subscriber, if it has one
    PRIMARY KEY (fact_id, subscriber),
    CHECK ((state = 'done') = (done_at IS NOT NULL))
);
CREATE INDEX deliveries_pending ON deliveries (subscriber, fact_id) WHERE state = 'pending';

-- One message to one person, made from a fact.
CREATE TABLE mails (
    id TEXT PRIMARY KEY,
    fact_id TEXT NOT NULL REFERENCES facts (id) ON DELETE CASCADE,
    recipient TEXT NOT NULL,
    template TEXT NOT NULL,
    context TEXT NOT NULL, -- JSON
    status TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMP NOT NULL,
    last_error TEXT,
    created_at TIMESTAMP NOT NULL,
    sent_at TIMESTAMP,
    UNIQUE (fact_id, recipient, template)
);
CREATE INDEX mails_due ON mails (next_attempt_at) WHERE status = 'queued';
CREATE INDEX mails_failed ON mails (id) WHERE status = 'failed';
CREATE INDEX mails_by_recipient ON mails (recipient, id); -- for the export of an account

-- Every lead time that a user has ever chosen. The job looks for bookings that start in so many minutes.
CREATE TABLE reminder_leads (
    minutes INTEGER PRIMARY KEY CHECK (minutes > 0)
);
INSERT INTO reminder_leads VALUES (1440);

-- All reminders that were due until this instant are written. One row, as soon as the job has run once.
CREATE TABLE reminder_progress (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    done_until TIMESTAMP NOT NULL
);

-- History and replies.

CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at TIMESTAMP NOT NULL,
    user_id TEXT, -- none where the system acted
    organization_id TEXT, -- the organization in whose history it appears
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    object_id TEXT NOT NULL,
    detail TEXT NOT NULL -- JSON
);
CREATE INDEX audit_by_organization ON audit (organization_id, id);
CREATE INDEX audit_by_object ON audit (object_id, id);
CREATE INDEX audit_by_user ON audit (user_id, id); -- for the export of an account

-- Replies that are repeated to a request that comes again with the same key.
CREATE TABLE idempotency_keys (
    scope TEXT NOT NULL, -- the caller
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL, -- SHA-256 of method, path and body
    status INTEGER NOT NULL,
    headers TEXT NOT NULL, -- JSON
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- Law 1: at every instant the quantities of a resource's allocations add up to at most its capacity. These triggers
-- refuse every write that would break the law, whoever makes it and by whatever statement:
--
-- 1. A write that would exceed the capacity is refused (`capacity_exceeded`): an allocation that is added, moved or
--    enlarged, and a capacity that is lowered.
-- 2. Every live booking and every block that is not over has an allocation with its identifier, resource, time (a
--    booking's with its buffers) and quantity, and one on each resource that its own resource takes along. The triggers
--    make, move and remove them together with the claim. An allocation of a live claim cannot be changed or deleted
--    alone (`claim_without_allocation`).
-- 3. Two resources that exclude each other are never allocated at the same instant, except by one claim.
-- 4. An allocation without a claim, written by hand, takes capacity like any other until it is deleted by hand.
--
-- Therefore bookings and blocks together never exceed the capacity. The tables are STRICT: a text
-- cannot be compared with a time and adds nothing to a sum. An OR REPLACE, OR IGNORE or OR FAIL of the statement also
-- applies to everything that the triggers write; therefore a claim checks its allocations again after it has made them.

-- The allocations that live claims must have.
CREATE VIEW live_claims AS
SELECT id, 'booking' AS claimed_by, resource_id, claim_starts_at AS starts_at, claim_ends_at AS ends_at, quantity, lapses_at
FROM bookings
WHERE is_live
UNION ALL
SELECT bookings.id, 'booking', other_id, claim_starts_at, claim_ends_at, bookings.quantity * resource_links.quantity, lapses_at
FROM bookings JOIN resource_links USING (resource_id)
WHERE is_live AND kind = 'takes'
UNION ALL
SELECT id, 'block', resource_id, starts_at, ends_at, quantity, NULL
FROM blocks
WHERE NOT is_over
UNION ALL
SELECT blocks.id, 'block', other_id, starts_at, ends_at, blocks.quantity * resource_links.quantity, NULL
FROM blocks JOIN resource_links USING (resource_id)
WHERE NOT is_over AND kind = 'takes';

-- Pairs of resources that exclude each other, in both orders.
CREATE VIEW exclusions AS
SELECT resource_id, other_id FROM resource_links WHERE kind = 'excludes'
UNION ALL
SELECT other_id, resource_id FROM resource_links WHERE kind = 'excludes';

-- Pairs of allocations that exclude each other and overlap, in both orders.
CREATE VIEW exclusion_clashes AS
SELECT ours.id, ours.resource_id, theirs.id AS other_claim, theirs.resource_id AS other_id
FROM allocations AS ours
JOIN exclusions ON exclusions.resource_id = ours.resource_id
JOIN resources AS other ON other.id = exclusions.other_id
JOIN allocations AS theirs ON theirs.resource_id = other.id
    AND theirs.ends_at > ours.starts_at AND theirs.starts_at < ours.ends_at
    AND theirs.ends_at < ours.ends_at + other.longest_allocation_minutes * 60000000
-- One claim may take both along. Another claim may have the same identifier: a block and a booking, or a row written by hand.
WHERE (theirs.id, theirs.claimed_by) <> (ours.id, ours.claimed_by) OR 2 > (
    SELECT count(*)
    FROM live_claims AS claim
    WHERE claim.id = ours.id AND claim.claimed_by = ours.claimed_by
        AND claim.resource_id IN (ours.resource_id, theirs.resource_id)
);

-- The allocated quantity of each resource from each instant at which it changes: a running sum over starts
-- and ends. At the same instant ends come first, because intervals are half-open.
CREATE VIEW loads AS
SELECT resource_id, at, sum(change) OVER (PARTITION BY resource_id ORDER BY at, change) AS quantity
FROM (
    SELECT resource_id, starts_at AS at, quantity AS change FROM allocations
    UNION ALL
    SELECT resource_id, ends_at, -quantity FROM allocations
);

-- Identifiers never change.
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

-- SQLite has one writer at a time, so the triggers see every allocation. The highest sum during an allocation is
-- reached at its start or at another start inside it, so the running sum covers this time only.
CREATE TRIGGER allocations_guard_insert AFTER INSERT ON allocations
BEGIN
    UPDATE resources
    SET claims = claims + 1,
        longest_allocation_minutes = max(longest_allocation_minutes, (NEW.ends_at - NEW.starts_at + 59999999) / 60000000)
    WHERE id = NEW.resource_id;
    -- A temporary trigger of the session may have prevented this update.
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
    -- A temporary trigger of the session may have prevented this update.
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

-- A resource that is inserted has allocations and links already if it replaces another one, at once or while foreign
-- keys are deferred.
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

-- A claim makes, moves and removes its allocations.
CREATE TRIGGER bookings_allocate_insert AFTER INSERT ON bookings WHEN NEW.is_live
BEGIN
    INSERT INTO allocations
    VALUES (NEW.id, 'booking', NEW.resource_id, NEW.claim_starts_at, NEW.claim_ends_at, NEW.quantity, NEW.lapses_at);
    INSERT INTO allocations
    SELECT NEW.id, 'booking', other_id, NEW.claim_starts_at, NEW.claim_ends_at, NEW.quantity * resource_links.quantity, NEW.lapses_at
    FROM resource_links
    WHERE resource_id = NEW.resource_id AND kind = 'takes';

    -- The check does not use the view live_claims, which would cost more than the rest of the trigger.
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
WHEN NEW.is_live
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

CREATE TRIGGER bookings_release_update AFTER UPDATE OF status ON bookings WHEN NOT NEW.is_live
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

    -- The check does not use the view live_claims, which would cost more than the rest of the trigger.
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

-- A new link applies to existing claims, too. It is refused where their allocations are not possible.
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

-- A training never has more seats taken than it has (`training_full`), whoever writes.
CREATE TRIGGER training_seats_guard_insert AFTER INSERT ON training_seats WHEN NEW.status <> 'cancelled'
BEGIN
    SELECT RAISE(ABORT, 'training_full')
    FROM trainings
    WHERE id = NEW.training_id
        AND seats < (SELECT count(*) FROM training_seats WHERE training_id = NEW.training_id AND status <> 'cancelled');
END;

CREATE TRIGGER training_seats_guard_update AFTER UPDATE OF training_id, status ON training_seats WHEN NEW.status <> 'cancelled'
BEGIN
    SELECT RAISE(ABORT, 'training_full')
    FROM trainings
    WHERE id = NEW.training_id
        AND seats < (SELECT count(*) FROM training_seats WHERE training_id = NEW.training_id AND status <> 'cancelled');
END;

-- A training that is inserted has seats taken already if it replaces another one.
CREATE TRIGGER trainings_guard_insert AFTER INSERT ON trainings
BEGIN
    SELECT RAISE(ABORT, 'training_full')
    WHERE NEW.seats < (SELECT count(*) FROM training_seats WHERE training_id = NEW.id AND status <> 'cancelled');
END;

CREATE TRIGGER trainings_guard_update AFTER UPDATE OF seats ON trainings WHEN NEW.seats < OLD.seats
BEGIN
    SELECT RAISE(ABORT, 'training_full')
    WHERE NEW.seats < (SELECT count(*) FROM training_seats WHERE training_id = NEW.id AND status <> 'cancelled');
END;

-- Versions of terms and their acceptances are never changed or deleted.
CREATE TRIGGER terms_versions_no_update BEFORE UPDATE ON terms_versions
BEGIN
    SELECT RAISE(ABORT, 'versions_stay');
END;

CREATE TRIGGER terms_versions_no_delete BEFORE DELETE ON terms_versions
BEGIN
    SELECT RAISE(ABORT, 'versions_stay');
END;

CREATE TRIGGER terms_versions_no_replace BEFORE INSERT ON terms_versions
WHEN EXISTS (SELECT 1 FROM terms_versions WHERE terms_id = NEW.terms_id AND number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'versions_stay');
END;

CREATE TRIGGER terms_acceptances_no_update BEFORE UPDATE ON terms_acceptances
BEGIN
    SELECT RAISE(ABORT, 'acceptances_stay');
END;

CREATE TRIGGER terms_acceptances_no_delete BEFORE DELETE ON terms_acceptances
BEGIN
    SELECT RAISE(ABORT, 'acceptances_stay');
END;

CREATE TRIGGER terms_acceptances_no_replace BEFORE INSERT ON terms_acceptances
WHEN EXISTS (
    SELECT 1 FROM terms_acceptances
    WHERE id = NEW.id
        OR (terms_id, version, organization_id, user_id) = (NEW.terms_id, NEW.version, NEW.organization_id, NEW.user_id)
)
BEGIN
    SELECT RAISE(ABORT, 'acceptances_stay');
END;
