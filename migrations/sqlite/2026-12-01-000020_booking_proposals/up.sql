-- A proposal of one party of a booking to move it to another slot. It takes no capacity, and the booking stays as it is until the
-- other party accepts. There is one open proposal for each booking at most.
CREATE TABLE booking_proposals (
    id TEXT PRIMARY KEY,
    booking_id TEXT NOT NULL REFERENCES bookings (id) ON DELETE CASCADE,
    side TEXT NOT NULL CHECK (side IN ('customer', 'host')), -- the party that proposes
    status TEXT NOT NULL CHECK (status IN ('open', 'accepted', 'declined', 'withdrawn', 'replaced', 'lapsed', 'obsolete')),
    resource_id TEXT NOT NULL REFERENCES resources (id),
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL CHECK (ends_at > starts_at),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    price_amount BIGINT NOT NULL CHECK (price_amount >= 0),
    price_currency TEXT NOT NULL,
    tariff_id TEXT NOT NULL REFERENCES tariffs (id), -- the version by which the price was computed
    violations TEXT NOT NULL, -- JSON: the rules that a manager of the host overrides
    override_reason TEXT,
    message TEXT NOT NULL,
    reason TEXT NOT NULL, -- why it was declined or withdrawn
    proposed_by TEXT NOT NULL REFERENCES users (id),
    lapses_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK (lapses_at > created_at AND lapses_at <= starts_at),
    CHECK (override_reason IS NULL OR side = 'host')
);
CREATE UNIQUE INDEX booking_proposals_open ON booking_proposals (booking_id) WHERE status = 'open';
CREATE INDEX booking_proposals_due ON booking_proposals (lapses_at) WHERE status = 'open';
CREATE INDEX booking_proposals_by_booking ON booking_proposals (booking_id, id);
