-- What hosts train people in.
CREATE TABLE certification_kinds (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- who defines it
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    valid_days INTEGER CHECK (valid_days > 0), -- none: for ever
    is_retired BOOLEAN NOT NULL, -- neither granted nor required anew
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX certification_kinds_by_organization ON certification_kinds (organization_id, id);

-- Other hosts that require and grant a kind as if it were their own.
CREATE TABLE certification_partners (
    certification_kind_id TEXT NOT NULL REFERENCES certification_kinds (id) ON DELETE CASCADE,
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    PRIMARY KEY (certification_kind_id, organization_id)
);
CREATE INDEX certification_partners_by_organization ON certification_partners (organization_id);

CREATE TABLE trainings (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the site's
    site_id TEXT NOT NULL REFERENCES sites (id),
    certification_kind_id TEXT NOT NULL REFERENCES certification_kinds (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    trainer TEXT NOT NULL, -- the name of whoever teaches
    price_amount INTEGER CHECK (price_amount >= 0), -- of a seat that is taken now, in minor units; none where it is free
    price_currency TEXT,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    seats INTEGER NOT NULL CHECK (seats > 0),
    status TEXT NOT NULL CHECK (status IN ('scheduled', 'held', 'cancelled')),
    reason TEXT NOT NULL, -- why it was cancelled
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
-- Nobody sits on two.
CREATE UNIQUE INDEX training_seats_taken ON training_seats (training_id, user_id) WHERE status <> 'cancelled';

-- One grant of a kind to a person. Another one renews it; each row is kept as it was.
CREATE TABLE certifications (
    id TEXT PRIMARY KEY,
    certification_kind_id TEXT NOT NULL REFERENCES certification_kinds (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    training_id TEXT REFERENCES trainings (id), -- where it was earned, if here
    granted_by TEXT NOT NULL REFERENCES users (id),
    granted_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP,
    next_warning_at TIMESTAMP, -- when its holder hears that it expires
    revoked_at TIMESTAMP,
    revoked_by TEXT REFERENCES users (id),
    reason TEXT NOT NULL -- why it was revoked
);
CREATE INDEX certifications_by_user ON certifications (user_id, id);
CREATE INDEX certifications_by_kind ON certifications (certification_kind_id, id);
CREATE INDEX certifications_by_granter ON certifications (granted_by, granted_at);
CREATE INDEX certifications_to_warn ON certifications (next_warning_at) WHERE next_warning_at IS NOT NULL;

-- A training has no more seats taken than it has, whoever writes (`training_full`).
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
-- One that is inserted has seats taken if it replaces one.
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

-- Who works at the machine, and so must hold what it requires.
ALTER TABLE bookings ADD COLUMN operated_by TEXT REFERENCES users (id);
