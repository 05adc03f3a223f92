-- Instants are UTC. Columns with JSON hold it in the form of the API. Identifiers are compared byte by byte (COLLATE "C").

-- People and their sign-ins.

CREATE TABLE users (
    id TEXT COLLATE "C" PRIMARY KEY,
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
    id TEXT COLLATE "C" PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
    token_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX one_time_tokens_by_user ON one_time_tokens (user_id, purpose);

-- One sign-in and the refresh tokens that were issued for it, one after the other.
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

-- Organizations and their members.

CREATE TABLE organizations (
    id TEXT COLLATE "C" PRIMARY KEY,
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
    token_hash TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- the member that entered the address
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX contact_tokens_by_organization ON contact_tokens (organization_id);
CREATE INDEX contact_tokens_by_user ON contact_tokens (user_id, created_at);

CREATE TABLE members (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'booker')),
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX members_by_user ON members (user_id);

-- Terms: documents of a host that a customer accepts before it books.

CREATE TABLE terms (
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the host
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
    terms_id TEXT COLLATE "C" NOT NULL REFERENCES terms (id),
    number INTEGER NOT NULL CHECK (number > 0),
    text TEXT NOT NULL,
    sha256 TEXT NOT NULL, -- of the text in UTF-8, in hexadecimal digits
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (terms_id, number)
);

-- Rows are added, never changed or deleted.
CREATE TABLE terms_acceptances (
    id TEXT COLLATE "C" PRIMARY KEY,
    terms_id TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    host_organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the organization of the terms, copied here for lists
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the customer
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    accepted_at TIMESTAMP NOT NULL,
    FOREIGN KEY (terms_id, version) REFERENCES terms_versions (terms_id, number),
    UNIQUE (terms_id, version, organization_id, user_id)
);
CREATE INDEX terms_acceptances_by_customer ON terms_acceptances (organization_id, id);
CREATE INDEX terms_acceptances_by_host ON terms_acceptances (host_organization_id, id);
CREATE INDEX terms_acceptances_by_user ON terms_acceptances (user_id, id);

-- Sites and resources.

CREATE TABLE sites (
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
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
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the organization of the site, copied here for lists
    site_id TEXT COLLATE "C" NOT NULL REFERENCES sites (id),
    kind TEXT NOT NULL CHECK (kind IN ('machine', 'floor_space', 'storage')),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL,
    capacity INTEGER NOT NULL CHECK (capacity > 0),
    unit TEXT NOT NULL CHECK (unit IN ('unit', 'm2', 'pallet', 'shelf', 'm3')),
    status TEXT NOT NULL CHECK (status IN ('draft', 'listed', 'paused', 'retired')),
    is_private BOOLEAN NOT NULL, -- only members of the host see it
    booking_rules_id TEXT COLLATE "C" NOT NULL, -- the current versions
    tariff_id TEXT COLLATE "C" NOT NULL,
    out_of_order_since TIMESTAMP, -- no new booking can start before `out_of_order_until`; without it, none can be made
    out_of_order_until TIMESTAMP,
    out_of_order_reason TEXT NOT NULL DEFAULT '',
    has_links BOOLEAN NOT NULL DEFAULT FALSE, -- whether resource_links names it; the triggers keep it
    -- An upper bound on how long its allocations last; the triggers keep it. It bounds the range of
    -- (resource_id, ends_at) in which an allocation that overlaps a given time can lie.
    longest_allocation_minutes BIGINT NOT NULL DEFAULT 0,
    claims BIGINT NOT NULL DEFAULT 0, -- incremented before each claim, which locks the row
    search_text TEXT NOT NULL, -- name, category, description and place, folded for searches
    search_words TSVECTOR NOT NULL GENERATED ALWAYS AS (to_tsvector('simple', search_text)) STORED,
    source TEXT UNIQUE, -- data set and key, if it was imported
    revision BIGINT NOT NULL DEFAULT 1, -- incremented by each edit: the ETag
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX resources_by_site ON resources (site_id, id);
CREATE INDEX resources_by_organization ON resources (organization_id, id);
CREATE INDEX resources_out_of_order ON resources (id) WHERE out_of_order_since IS NOT NULL;
CREATE INDEX resources_by_words ON resources USING gin (search_words);

-- Versions of booking rules and tariffs: rows are added, never changed. A booking names those that it was made under.
CREATE TABLE booking_rules (
    id TEXT COLLATE "C" PRIMARY KEY,
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id) DEFERRABLE INITIALLY DEFERRED,
    rules TEXT NOT NULL, -- JSON
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX booking_rules_by_resource ON booking_rules (resource_id, id);

CREATE TABLE tariffs (
    id TEXT COLLATE "C" PRIMARY KEY,
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id) DEFERRABLE INITIALLY DEFERRED,
    tariff TEXT NOT NULL, -- JSON
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX tariffs_by_resource ON tariffs (resource_id, id);

-- The effect of a claim on a resource on another one. `takes`: each unit claimed takes this quantity of the other along (a
-- machine takes the room in which it stands). `excludes`: the two cannot be claimed at the same time.
CREATE TABLE resource_links (
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id),
    other_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id),
    kind TEXT NOT NULL CHECK (kind IN ('takes', 'excludes')),
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 1000), -- 1 for `excludes`
    PRIMARY KEY (resource_id, other_id),
    CHECK (resource_id <> other_id)
);
CREATE INDEX resource_links_by_other ON resource_links (other_id);

-- Certifications and trainings.

CREATE TABLE certification_kinds (
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the host that defines it
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
    certification_kind_id TEXT COLLATE "C" NOT NULL REFERENCES certification_kinds (id) ON DELETE CASCADE,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    PRIMARY KEY (certification_kind_id, organization_id)
);
CREATE INDEX certification_partners_by_organization ON certification_partners (organization_id);

CREATE TABLE trainings (
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the organization of the site
    site_id TEXT COLLATE "C" NOT NULL REFERENCES sites (id),
    certification_kind_id TEXT COLLATE "C" NOT NULL REFERENCES certification_kinds (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    trainer TEXT NOT NULL, -- the trainer's name
    price_amount BIGINT CHECK (price_amount >= 0), -- of a seat that is taken now, in minor units; none where it is free
    price_currency TEXT,
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    seats INTEGER NOT NULL CHECK (seats > 0),
    status TEXT NOT NULL CHECK (status IN ('scheduled', 'held', 'cancelled')),
    reason TEXT NOT NULL, -- of the cancellation
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    calendar_sequence INTEGER NOT NULL DEFAULT 0, -- RFC 5545 SEQUENCE
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    CHECK (starts_at < ends_at),
    CHECK ((price_amount IS NULL) = (price_currency IS NULL))
);
CREATE INDEX trainings_by_organization ON trainings (organization_id, starts_at, id);
CREATE INDEX trainings_scheduled ON trainings (starts_at, id) WHERE status = 'scheduled';
CREATE INDEX trainings_to_hold ON trainings (ends_at) WHERE status = 'scheduled';

CREATE TABLE training_seats (
    id TEXT COLLATE "C" PRIMARY KEY,
    training_id TEXT COLLATE "C" NOT NULL REFERENCES trainings (id),
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    status TEXT NOT NULL CHECK (status IN ('booked', 'attended', 'absent', 'cancelled')),
    price_amount BIGINT, -- as it was when the seat was taken
    price_currency TEXT,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX training_seats_by_training ON training_seats (training_id, id);
CREATE INDEX training_seats_by_user ON training_seats (user_id, id);
-- A person takes at most one seat.
CREATE UNIQUE INDEX training_seats_taken ON training_seats (training_id, user_id) WHERE status <> 'cancelled';

-- One grant of a kind to a person. A renewal is a new row; the older row stays as it was.
CREATE TABLE certifications (
    id TEXT COLLATE "C" PRIMARY KEY,
    certification_kind_id TEXT COLLATE "C" NOT NULL REFERENCES certification_kinds (id),
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    training_id TEXT COLLATE "C" REFERENCES trainings (id), -- the training in which it was earned, if any
    granted_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    granted_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP,
    next_warning_at TIMESTAMP, -- when the holder is warned that it expires
    revoked_at TIMESTAMP,
    revoked_by TEXT COLLATE "C" REFERENCES users (id),
    reason TEXT NOT NULL -- of the revocation
);
CREATE INDEX certifications_by_user ON certifications (user_id, id);
CREATE INDEX certifications_by_kind ON certifications (certification_kind_id, id);
CREATE INDEX certifications_by_granter ON certifications (granted_by, granted_at);
CREATE INDEX certifications_to_warn ON certifications (next_warning_at) WHERE next_warning_at IS NOT NULL;

-- Claims: bookings, alone, in a series or in a group; offers, the waitlist, and blocks.

-- A recurrence rule, as the customer entered it. The bookings made from it say whether and when each occurrence takes place.
CREATE TABLE series (
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the customer
    host_organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    site_id TEXT COLLATE "C" NOT NULL REFERENCES sites (id),
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id),
    rule TEXT NOT NULL, -- RFC 5545 RRULE
    starts_at TIMESTAMP NOT NULL, -- of the first occurrence
    ends_at TIMESTAMP NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    note TEXT NOT NULL,
    skipped TEXT NOT NULL, -- JSON: the occurrences that could not be booked
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    CHECK (starts_at < ends_at)
);
CREATE INDEX series_by_customer ON series (organization_id, id);
CREATE INDEX series_by_host ON series (host_organization_id, id);

-- Bookings that were made together, all or nothing.
CREATE TABLE booking_groups (
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the customer
    note TEXT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX booking_groups_by_customer ON booking_groups (organization_id, id);

-- Whether a booking in this state takes capacity.
CREATE FUNCTION takes_capacity(status TEXT) RETURNS BOOLEAN LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN status IN ('held', 'requested', 'confirmed', 'in_use');

CREATE TABLE bookings (
    id TEXT COLLATE "C" PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('held', 'requested', 'confirmed', 'in_use', 'completed', 'no_show', 'cancelled', 'declined', 'expired')),
    is_live BOOLEAN NOT NULL GENERATED ALWAYS AS (takes_capacity(status)) STORED,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the customer
    host_organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    site_id TEXT COLLATE "C" NOT NULL REFERENCES sites (id),
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id),
    series_id TEXT COLLATE "C" REFERENCES series (id),
    group_id TEXT COLLATE "C" REFERENCES booking_groups (id),
    -- Why it was held first; none if it never was. It stays for ever.
    hold_reason TEXT CHECK (hold_reason IN ('customer', 'payment', 'waitlist', 'host_offer')),
    -- The party that must confirm the hold. It stays if the booking ends as a hold, and is removed when it is confirmed or
    -- requested: a booking that is over was a hold to its end if this is set.
    hold_awaits TEXT CHECK (hold_awaits IN ('customer', 'host')),
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    claim_starts_at TIMESTAMP NOT NULL CHECK (claim_starts_at >= '2000-01-01'), -- with the buffer before
    claim_ends_at TIMESTAMP NOT NULL CHECK (claim_ends_at <= '2200-01-01'), -- with the buffer after
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    price_amount BIGINT NOT NULL, -- minor units
    price_currency TEXT NOT NULL,
    price_lines TEXT NOT NULL, -- JSON
    booking_rules_id TEXT COLLATE "C" NOT NULL REFERENCES booking_rules (id), -- the versions that it was made under
    tariff_id TEXT COLLATE "C" NOT NULL REFERENCES tariffs (id),
    terms TEXT NOT NULL DEFAULT '[]', -- JSON: the versions of terms that it was made under
    note TEXT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    operated_by TEXT COLLATE "C" REFERENCES users (id), -- the person that works at the machine and must hold the certifications
    lapses_at TIMESTAMP, -- when a hold or request expires, or a customer that has not come counts as a no-show
    calendar_sequence INTEGER NOT NULL DEFAULT 0, -- RFC 5545 SEQUENCE
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK (claim_starts_at <= starts_at AND starts_at < ends_at AND ends_at <= claim_ends_at),
    CHECK (hold_awaits IS NOT NULL OR status <> 'held'),
    CHECK (hold_awaits IS NULL OR status IN ('held', 'cancelled', 'expired')),
    CHECK (hold_awaits IS NULL OR hold_reason IS NOT NULL),
    CHECK (hold_reason <> 'customer' OR hold_awaits = 'customer' OR hold_awaits IS NULL),
    CHECK (hold_reason <> 'payment' OR hold_awaits = 'host' OR hold_awaits IS NULL)
);
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
    booking_id TEXT COLLATE "C" PRIMARY KEY REFERENCES bookings (id) ON DELETE CASCADE,
    checked_in_at TIMESTAMP NOT NULL,
    checked_out_at TIMESTAMP,
    is_overrun BOOLEAN NOT NULL DEFAULT FALSE -- still in use after its time, and everybody concerned was notified
);

-- Cancellations and refusals.
CREATE TABLE booking_endings (
    booking_id TEXT COLLATE "C" PRIMARY KEY REFERENCES bookings (id) ON DELETE CASCADE,
    ended_at TIMESTAMP NOT NULL,
    ended_by TEXT COLLATE "C" REFERENCES users (id),
    reason TEXT NOT NULL
);

-- Bookings that a manager of the host has made for a customer, for the customer to confirm.
CREATE TABLE booking_offers (
    booking_id TEXT COLLATE "C" PRIMARY KEY REFERENCES bookings (id) ON DELETE CASCADE,
    overridden TEXT NOT NULL, -- JSON: the codes of the rules that the manager has overridden
    offered_by TEXT COLLATE "C" NOT NULL REFERENCES users (id)
);

-- A wish for a slot that is taken. Entries are served by time of arrival, then by identifier.
CREATE TABLE waitlist_entries (
    id TEXT COLLATE "C" PRIMARY KEY,
    status TEXT NOT NULL CHECK (
        status IN ('waiting', 'offered', 'taken', 'declined', 'lapsed', 'left', 'expired')
    ),
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the customer
    host_organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id),
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id), -- the requester
    operated_by TEXT COLLATE "C" REFERENCES users (id), -- the person that would work at the machine, if not the requester
    starts_at TIMESTAMP NOT NULL, -- the window in which the slot must lie
    ends_at TIMESTAMP NOT NULL,
    minutes BIGINT NOT NULL CHECK (minutes > 0), -- the length of the slot
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    booking_id TEXT COLLATE "C" REFERENCES bookings (id), -- the hold that was offered
    lapses_at TIMESTAMP, -- when that hold expires
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

CREATE TABLE blocks (
    id TEXT COLLATE "C" PRIMARY KEY,
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id),
    block_series_id TEXT COLLATE "C", -- shared by the blocks that were made by one recurrence rule
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
CREATE INDEX blocks_by_series ON blocks (block_series_id, starts_at) WHERE block_series_id IS NOT NULL;
CREATE INDEX blocks_not_over_by_end ON blocks (ends_at) WHERE NOT is_over;

-- The bookings of which both parties were warned that their resource is out of order. Removed when it works again.
CREATE TABLE out_of_order_warnings (
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id),
    booking_id TEXT COLLATE "C" NOT NULL REFERENCES bookings (id),
    PRIMARY KEY (resource_id, booking_id)
);

-- Capacity that is taken from a resource, now or later. Nothing else takes capacity; see law 1 below.
CREATE TABLE allocations (
    id TEXT COLLATE "C" NOT NULL, -- of the booking or block that it belongs to
    claimed_by TEXT NOT NULL CHECK (claimed_by IN ('booking', 'block')),
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id), -- the resource that is claimed, or one linked to it
    starts_at TIMESTAMP NOT NULL CHECK (starts_at >= '2000-01-01'),
    ends_at TIMESTAMP NOT NULL CHECK (ends_at <= '2200-01-01'),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    lapses_at TIMESTAMP, -- its booking lapses then; from then on readers ignore the allocation
    PRIMARY KEY (id, resource_id),
    CHECK (starts_at < ends_at)
);
CREATE INDEX allocations_by_end ON allocations (resource_id, ends_at, starts_at, quantity, lapses_at);
CREATE INDEX allocations_lapsing ON allocations (resource_id, lapses_at) WHERE lapses_at IS NOT NULL;

-- Facts, their deliveries, and mails.

-- What happened, for every subscriber. A fact is written in the transaction of the change that it reports.
CREATE TABLE facts (
    id TEXT COLLATE "C" PRIMARY KEY,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL, -- of the format; a server reads no later version than it knows
    body TEXT NOT NULL, -- JSON
    created_at TIMESTAMP NOT NULL
);

-- What a subscriber has to do about a fact, and has done. Mail is a subscriber; others need no other table.
CREATE TABLE deliveries (
    fact_id TEXT COLLATE "C" NOT NULL REFERENCES facts (id) ON DELETE CASCADE,
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
    id TEXT COLLATE "C" PRIMARY KEY,
    fact_id TEXT COLLATE "C" NOT NULL REFERENCES facts (id) ON DELETE CASCADE,
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
    id TEXT COLLATE "C" PRIMARY KEY,
    at TIMESTAMP NOT NULL,
    user_id TEXT COLLATE "C", -- none where the system acted
    organization_id TEXT COLLATE "C", -- the organization in whose history it appears
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
-- refuse every write that would break the law, whoever makes it and by whatever statement, at any isolation level:
--
-- 1. A write that would exceed the capacity is refused (`capacity_exceeded`, 23P01): an allocation that is added, moved or
--    enlarged, and a capacity that is lowered.
-- 2. Every live booking and every block that is not over has an allocation with its identifier, resource, time (a
--    booking's with its buffers) and quantity, and one on each resource that its own resource takes along. The triggers
--    make, move and remove them together with the claim. An allocation of a live claim cannot be changed or deleted
--    alone (`claim_without_allocation`).
-- 3. Two resources that exclude each other are never allocated at the same instant, except by one claim.
-- 4. An allocation without a claim, written by hand, takes capacity like any other until it is deleted by hand.
--
-- Therefore bookings and blocks together never exceed the capacity.

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
SELECT id, 'block', resource_id, starts_at, ends_at, quantity, NULL::TIMESTAMP
FROM blocks
WHERE NOT is_over
UNION ALL
SELECT blocks.id, 'block', other_id, starts_at, ends_at, blocks.quantity * resource_links.quantity, NULL::TIMESTAMP
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
    AND theirs.ends_at < ours.ends_at + other.longest_allocation_minutes * INTERVAL '1 minute'
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
    SELECT resource_id, starts_at AS at, quantity::BIGINT AS change FROM allocations
    UNION ALL
    SELECT resource_id, ends_at, -quantity::BIGINT FROM allocations
) AS changes;

-- The UPDATE is the lock: two claims on one resource wait for each other here, at any isolation level, and the query
-- after it sees what the first claim has written, or fails. The highest sum during an allocation is reached at its
-- start or at another start inside it, so the running sum covers this time only.
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
    -- The row that this transaction waited for was replaced by another one.
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

-- A change of lapses_at alone takes no capacity.
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

-- A resource that is inserted has allocations and links already if it replaces another one in one statement.
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

-- The allocations that a claim makes or removes depend on the links of its resource, which must not change meanwhile.
-- Therefore a claim that changes locks its resource first, and the resource to which it moves, in the common order of
-- identifiers, by the same UPDATE that a new or deleted link makes: the second of the two sees what the first has
-- written, or fails. A new claim locks its resource with its allocation.
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

-- A claim makes, moves and removes its allocations.
CREATE FUNCTION allocate_booking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NOT NEW.is_live THEN
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
    -- The resource is locked now, so its links cannot change. Most resources have none.
    IF EXISTS (SELECT FROM resource_links WHERE resource_id = NEW.resource_id AND kind = 'takes') THEN
        INSERT INTO allocations
        SELECT claim.*
        FROM resource_links JOIN live_claims AS claim ON claim.id = NEW.id AND claim.resource_id = other_id
        WHERE resource_links.resource_id = NEW.resource_id AND kind = 'takes' AND claim.claimed_by = 'booking'
            -- An allocation that was written by hand does not count as this one: the claim is refused.
            AND (TG_OP = 'INSERT' OR NOT EXISTS (
                SELECT FROM allocations WHERE id = NEW.id AND resource_id = other_id AND claimed_by = 'booking'
            ));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER bookings_lock_delete BEFORE DELETE ON bookings
FOR EACH ROW WHEN (OLD.is_live) EXECUTE FUNCTION lock_claimed();

-- A generated column has no value yet before the UPDATE.
CREATE TRIGGER bookings_lock_update BEFORE UPDATE ON bookings
FOR EACH ROW WHEN (
    OLD.is_live <> takes_capacity(NEW.status)
    OR takes_capacity(NEW.status)
    AND (OLD.resource_id, OLD.claim_starts_at, OLD.claim_ends_at, OLD.quantity, OLD.lapses_at)
        IS DISTINCT FROM (NEW.resource_id, NEW.claim_starts_at, NEW.claim_ends_at, NEW.quantity, NEW.lapses_at)
) EXECUTE FUNCTION lock_claimed();

CREATE TRIGGER bookings_allocate AFTER INSERT OR DELETE ON bookings
FOR EACH ROW EXECUTE FUNCTION allocate_booking();

CREATE TRIGGER bookings_allocate_update AFTER UPDATE ON bookings
FOR EACH ROW WHEN (
    OLD.is_live <> NEW.is_live
    OR NEW.is_live
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
    -- The resource is locked now, so its links cannot change. Most resources have none.
    IF EXISTS (SELECT FROM resource_links WHERE resource_id = NEW.resource_id AND kind = 'takes') THEN
        INSERT INTO allocations
        SELECT claim.*
        FROM resource_links JOIN live_claims AS claim ON claim.id = NEW.id AND claim.resource_id = other_id
        WHERE resource_links.resource_id = NEW.resource_id AND kind = 'takes' AND claim.claimed_by = 'block'
            -- An allocation that was written by hand does not count as this one: the claim is refused.
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

-- A new link applies to existing claims, too. It is refused where their allocations are not possible.
CREATE FUNCTION link_resources() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    link resource_links := coalesce(NEW, OLD);
BEGIN
    -- Both resources are locked in the order in which claims lock them.
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

-- Identifiers never change. TRUNCATE is refused because it fires no trigger for the rows that it removes.
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

-- A training never has more seats taken than it has (`training_full`), whoever writes. The UPDATE is the lock: two
-- people that want the last seat wait for each other here, and the second counts the first.
CREATE FUNCTION guard_training_seat() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most INTEGER;
BEGIN
    UPDATE trainings SET seats = seats WHERE id = NEW.training_id RETURNING seats INTO most;
    -- The row that this transaction waited for was replaced by another one.
    IF NOT FOUND THEN
        RAISE EXCEPTION 'training_is_gone' USING ERRCODE = 'serialization_failure', TABLE = 'trainings';
    END IF;
    IF (SELECT count(*) FROM training_seats WHERE training_id = NEW.training_id AND status <> 'cancelled') > most THEN
        RAISE EXCEPTION 'training_full' USING ERRCODE = 'integrity_constraint_violation', TABLE = 'training_seats';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER training_seats_guard AFTER INSERT OR UPDATE OF training_id, status ON training_seats
FOR EACH ROW WHEN (NEW.status <> 'cancelled') EXECUTE FUNCTION guard_training_seat();

CREATE FUNCTION guard_training() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM training_seats WHERE training_id = NEW.id AND status <> 'cancelled') > NEW.seats THEN
        RAISE EXCEPTION 'training_full' USING ERRCODE = 'integrity_constraint_violation', TABLE = 'training_seats';
    END IF;
    RETURN NULL;
END $$;

-- A training that is inserted has seats taken already if it replaces another one in one statement.
CREATE TRIGGER trainings_guard_insert AFTER INSERT ON trainings
FOR EACH ROW EXECUTE FUNCTION guard_training();

CREATE TRIGGER trainings_guard_update AFTER UPDATE OF seats ON trainings
FOR EACH ROW WHEN (NEW.seats < OLD.seats) EXECUTE FUNCTION guard_training();

-- Versions of terms and their acceptances are never changed or deleted.
CREATE TRIGGER terms_versions_stay BEFORE UPDATE OR DELETE ON terms_versions
FOR EACH ROW EXECUTE FUNCTION refuse('versions_stay');

CREATE TRIGGER terms_acceptances_stay BEFORE UPDATE OR DELETE ON terms_acceptances
FOR EACH ROW EXECUTE FUNCTION refuse('acceptances_stay');

CREATE TRIGGER terms_versions_no_truncate BEFORE TRUNCATE ON terms_versions EXECUTE FUNCTION refuse('versions_stay');
CREATE TRIGGER terms_acceptances_no_truncate BEFORE TRUNCATE ON terms_acceptances EXECUTE FUNCTION refuse('acceptances_stay');

-- The names in these functions mean the tables above, whatever temporary tables a session has made.
DO $$
DECLARE
    guard REGPROCEDURE;
BEGIN
    FOREACH guard IN ARRAY ARRAY[
        'guard_allocation()', 'keep_allocation()', 'guard_resource()', 'lock_claimed()', 'allocate_booking()',
        'allocate_block()', 'link_resources()', 'keep_has_links()', 'guard_training_seat()', 'guard_training()'
    ]::REGPROCEDURE[] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard, current_schema());
    END LOOP;
END $$;
