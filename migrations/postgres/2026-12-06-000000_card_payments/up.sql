-- The ways in which the customers of a host can pay.
ALTER TABLE organizations ADD COLUMN ways_to_pay TEXT NOT NULL DEFAULT '["invoice"]'; -- JSON

-- Payments by card. A row is added before the provider is told, so that nothing is charged without a row.
CREATE TABLE card_payments (
    id TEXT COLLATE "C" PRIMARY KEY,
    booking_id TEXT COLLATE "C" NOT NULL REFERENCES bookings (id),
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the host
    customer_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    amount BIGINT NOT NULL CHECK (amount > 0), -- minor units
    currency TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('started', 'open', 'authorized', 'paid', 'ended')),
    attempt BIGINT NOT NULL CHECK (attempt > 0), -- in the keys of commands to the provider
    session_id TEXT COLLATE "C" UNIQUE, -- the identifiers of the provider
    session_url TEXT,
    session_expires_at TIMESTAMP NOT NULL,
    intent_id TEXT COLLATE "C" UNIQUE,
    capture_before TIMESTAMP,
    captured BIGINT NOT NULL DEFAULT 0 CHECK (captured BETWEEN 0 AND amount), -- minor units
    payment_id TEXT COLLATE "C" UNIQUE REFERENCES payments (id),
    ending TEXT CHECK (ending IN ('unpaid', 'released', 'lapsed', 'refused')),
    next_check_at TIMESTAMP, -- when the provider is asked again; none: never
    failures BIGINT NOT NULL DEFAULT 0, -- of the last calls, one after the other
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL DEFAULT 1,
    CHECK (organization_id <> customer_id),
    CHECK (state <> 'open' OR session_id IS NOT NULL),
    CHECK (state NOT IN ('authorized', 'paid') OR intent_id IS NOT NULL),
    CHECK ((state = 'paid') = (captured > 0)),
    CHECK ((state = 'paid') = (payment_id IS NOT NULL)),
    CHECK ((state = 'ended') = (ending IS NOT NULL))
);
-- Nobody can pay for a booking twice at a time.
CREATE UNIQUE INDEX card_payments_one_at_a_time ON card_payments (booking_id) WHERE state IN ('started', 'open', 'authorized');
CREATE INDEX card_payments_by_booking ON card_payments (booking_id, id);
CREATE INDEX card_payments_by_check ON card_payments (next_check_at) WHERE next_check_at IS NOT NULL;

-- Refunds to cards. A row is added before the provider is told.
CREATE TABLE card_refunds (
    id TEXT COLLATE "C" PRIMARY KEY,
    card_payment_id TEXT COLLATE "C" NOT NULL REFERENCES card_payments (id),
    amount BIGINT NOT NULL CHECK (amount > 0), -- minor units of the currency of the payment
    state TEXT NOT NULL CHECK (state IN ('started', 'sent', 'failed')),
    attempt BIGINT NOT NULL CHECK (attempt > 0),
    provider_id TEXT COLLATE "C" UNIQUE,
    payment_id TEXT COLLATE "C" UNIQUE REFERENCES payments (id), -- the refund in the ledger
    return_id TEXT COLLATE "C" UNIQUE REFERENCES payments (id), -- takes it back, if it failed
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK ((payment_id IS NULL) = (state = 'started' OR (state = 'failed' AND return_id IS NULL))),
    CHECK (return_id IS NULL OR state = 'failed')
);
CREATE INDEX card_refunds_by_payment ON card_refunds (card_payment_id, id);

-- Disputes about payments by card, with the identifiers of the provider.
CREATE TABLE card_disputes (
    id TEXT COLLATE "C" PRIMARY KEY,
    card_payment_id TEXT COLLATE "C" NOT NULL REFERENCES card_payments (id),
    amount BIGINT NOT NULL CHECK (amount > 0), -- minor units of the currency of the payment
    state TEXT NOT NULL CHECK (state IN ('open', 'won', 'lost')),
    payment_id TEXT COLLATE "C" UNIQUE REFERENCES payments (id), -- the refund in the ledger, if it was lost
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK ((state = 'lost') = (payment_id IS NOT NULL))
);
CREATE INDEX card_disputes_by_payment ON card_disputes (card_payment_id, id);

-- The messages of the provider, stored before they are worked on. One that arrives twice has the same identifier.
CREATE TABLE stripe_events (
    id TEXT COLLATE "C" PRIMARY KEY,
    kind TEXT NOT NULL,
    object_id TEXT COLLATE "C" NOT NULL,
    intent_id TEXT COLLATE "C",
    received_at TIMESTAMP NOT NULL,
    done_at TIMESTAMP
);
CREATE INDEX stripe_events_by_state ON stripe_events (received_at) WHERE done_at IS NULL;
CREATE INDEX stripe_events_done ON stripe_events (done_at) WHERE done_at IS NOT NULL;

-- No payment is paid back in part or whole more than once.
CREATE FUNCTION check_card_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most BIGINT;
    refunded NUMERIC;
BEGIN
    SELECT captured INTO most FROM card_payments WHERE id = NEW.card_payment_id FOR UPDATE;
    SELECT COALESCE(sum(amount), 0) INTO refunded FROM card_refunds
    WHERE card_payment_id = NEW.card_payment_id AND state <> 'failed' AND id <> NEW.id;
    IF NEW.state <> 'failed' AND refunded + NEW.amount > most THEN
        RAISE EXCEPTION 'card_refunds_exceed_payment';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER card_refunds_exceed_payment BEFORE INSERT OR UPDATE ON card_refunds
FOR EACH ROW EXECUTE FUNCTION check_card_refund();
