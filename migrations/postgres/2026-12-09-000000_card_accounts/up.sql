-- The accounts of hosts at the provider of payments by card. A row is added before the provider is told.
CREATE TABLE card_accounts (
    organization_id TEXT COLLATE "C" PRIMARY KEY REFERENCES organizations (id), -- the host
    provider_id TEXT COLLATE "C" UNIQUE, -- none until the provider has made the account
    attempt BIGINT NOT NULL CHECK (attempt > 0), -- in the keys of commands to the provider
    can_charge BOOLEAN NOT NULL DEFAULT FALSE,
    can_pay_out BOOLEAN NOT NULL DEFAULT FALSE,
    is_submitted BOOLEAN NOT NULL DEFAULT FALSE,
    requirements TEXT NOT NULL DEFAULT '[]', -- JSON
    disabled_reason TEXT,
    next_check_at TIMESTAMP, -- when the provider is asked again; none: not before the host connects it
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL DEFAULT 1,
    UNIQUE (organization_id, provider_id),
    CHECK (provider_id IS NOT NULL OR NOT (can_charge OR can_pay_out OR is_submitted))
);
CREATE INDEX card_accounts_by_check ON card_accounts (next_check_at) WHERE next_check_at IS NOT NULL;

-- The account of the host that a payment is for; none: the payment stays on the account of the operator.
ALTER TABLE card_payments ADD COLUMN account_id TEXT COLLATE "C";
-- The account in which an object has changed; none: that of the operator.
ALTER TABLE stripe_events ADD COLUMN account_id TEXT COLLATE "C";

-- No payment is for the account of another host.
ALTER TABLE card_payments ADD CONSTRAINT card_payments_own_account
    FOREIGN KEY (organization_id, account_id) REFERENCES card_accounts (organization_id, provider_id);

CREATE FUNCTION keep_card_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'card_accounts_stay';
END $$;
CREATE TRIGGER card_accounts_stay BEFORE UPDATE OF organization_id, provider_id ON card_accounts FOR EACH ROW
WHEN (OLD.provider_id IS NOT NULL
    AND (OLD.provider_id, OLD.organization_id) IS DISTINCT FROM (NEW.provider_id, NEW.organization_id))
EXECUTE FUNCTION keep_card_account();
