-- The payouts of the provider to the bank accounts of hosts, with the identifiers of the provider.
CREATE TABLE card_payouts (
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES card_accounts (organization_id), -- the host
    provider_id TEXT COLLATE "C" NOT NULL UNIQUE,
    amount BIGINT NOT NULL, -- minor units; negative if the provider takes money from the bank account
    currency TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'in_transit', 'paid', 'failed', 'canceled')),
    failure TEXT, -- the reason as the provider names it
    arrives_on TEXT NOT NULL, -- an ISO 8601 date
    made_at TIMESTAMP NOT NULL,
    is_itemized BOOLEAN NOT NULL, -- whether its items are stored
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL DEFAULT 1,
    CHECK (failure IS NULL OR state IN ('failed', 'canceled'))
);
CREATE INDEX card_payouts_by_organization ON card_payouts (organization_id, id);

-- The payments, refunds and other amounts in a payout.
CREATE TABLE card_payout_items (
    id TEXT COLLATE "C" PRIMARY KEY,
    payout_id TEXT COLLATE "C" NOT NULL REFERENCES card_payouts (id),
    provider_id TEXT COLLATE "C" NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('payment', 'refund', 'commission_return', 'other')),
    provider_kind TEXT NOT NULL,
    amount BIGINT NOT NULL, -- minor units of the currency of the payout
    commission BIGINT NOT NULL, -- minor units; negative if it is returned
    object_id TEXT COLLATE "C", -- the object in the account of the host
    made_at TIMESTAMP NOT NULL
);
CREATE INDEX card_payout_items_by_payout ON card_payout_items (payout_id, id);

-- The payments by card that the objects in the accounts of hosts belong to.
CREATE TABLE card_payment_objects (
    object_id TEXT COLLATE "C" PRIMARY KEY,
    card_payment_id TEXT COLLATE "C" NOT NULL REFERENCES card_payments (id)
);

-- A payout has what it had.
CREATE FUNCTION keep_card_payout_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'card_payout_items_stay';
END $$;
CREATE TRIGGER card_payout_items_stay BEFORE UPDATE OR DELETE ON card_payout_items
FOR EACH ROW EXECUTE FUNCTION keep_card_payout_items();
CREATE TRIGGER card_payout_items_no_truncate BEFORE TRUNCATE ON card_payout_items
EXECUTE FUNCTION keep_card_payout_items();
