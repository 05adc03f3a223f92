-- The fee of a booking: for a late cancellation, for a no-show, or for time beyond its end. Only the last change of a booking can cause
-- one, so that there is one at most.
CREATE TABLE booking_fees (
    booking_id TEXT PRIMARY KEY REFERENCES bookings (id),
    kind TEXT NOT NULL CHECK (kind IN ('late_cancellation', 'no_show', 'overrun')),
    amount BIGINT NOT NULL CHECK (amount > 0), -- minor units
    currency TEXT NOT NULL,
    waived_at TIMESTAMP,
    waived_by TEXT REFERENCES users (id),
    waiver_reason TEXT,
    CHECK ((waived_at IS NULL) = (waived_by IS NULL) AND (waived_at IS NULL) = (waiver_reason IS NULL))
);

-- Payments between customers and hosts that a manager has recorded. One that was recorded by mistake is reversed.
CREATE TABLE payments (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the host
    customer_id TEXT NOT NULL REFERENCES organizations (id),
    booking_id TEXT REFERENCES bookings (id),
    is_refund BOOLEAN NOT NULL, -- from the host to the customer
    amount BIGINT NOT NULL CHECK (amount > 0), -- minor units
    currency TEXT NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('bank_transfer', 'cash', 'card', 'other')),
    paid_on TEXT NOT NULL, -- an ISO 8601 date
    reference TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    reversed_at TIMESTAMP,
    reversed_by TEXT REFERENCES users (id),
    reversal_reason TEXT,
    revision BIGINT NOT NULL DEFAULT 1,
    CHECK (organization_id <> customer_id),
    CHECK ((reversed_at IS NULL) = (reversed_by IS NULL) AND (reversed_at IS NULL) = (reversal_reason IS NULL))
);
CREATE INDEX payments_by_organization ON payments (organization_id, id);
CREATE INDEX payments_by_customer ON payments (customer_id, id);

-- The ledger of each host. A row moves an amount from one account to another, so that the ledger balances by construction. Rows are
-- added in the transaction of the change that causes them, and never changed or deleted.
CREATE TABLE ledger_rows (
    id TEXT PRIMARY KEY,
    entry_id TEXT NOT NULL, -- the rows of one change have the same
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the host
    customer_id TEXT NOT NULL REFERENCES organizations (id),
    booking_id TEXT REFERENCES bookings (id),
    payment_id TEXT REFERENCES payments (id),
    debit TEXT NOT NULL CHECK (debit IN ('receivable', 'income', 'fees', 'vat', 'bank')),
    credit TEXT NOT NULL CHECK (credit IN ('receivable', 'income', 'fees', 'vat', 'bank')),
    amount BIGINT NOT NULL CHECK (amount > 0), -- minor units
    currency TEXT NOT NULL,
    -- The VAT that was charged on the amount, or of which the amount consists.
    tax_category TEXT CHECK (tax_category IN ('standard', 'zero', 'exempt', 'reverse_charge')),
    tax_rate BIGINT, -- hundredths of a percent
    purpose TEXT NOT NULL CHECK (purpose IN ('price', 'late_cancellation_fee', 'no_show_fee', 'overrun_fee', 'payment', 'refund', 'vat_rounding')),
    created_at TIMESTAMP NOT NULL,
    CHECK (debit <> credit),
    CHECK (organization_id <> customer_id),
    CHECK ((tax_category IS NULL) = (tax_rate IS NULL)),
    CHECK (tax_rate IS NOT NULL OR 'vat' NOT IN (debit, credit))
);
CREATE INDEX ledger_rows_by_organization ON ledger_rows (organization_id, id);
CREATE INDEX ledger_rows_by_customer ON ledger_rows (customer_id, organization_id, id);
CREATE INDEX ledger_rows_by_booking ON ledger_rows (booking_id, id) WHERE booking_id IS NOT NULL;

-- The sums of the rows up to a position, derived from them so that a balance is quick. Sums are decimal texts, because they can be
-- larger than an integer.
CREATE TABLE ledger_sums (
    organization_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    debits TEXT NOT NULL,
    credits TEXT NOT NULL,
    PRIMARY KEY (organization_id, customer_id, account, currency)
);
CREATE INDEX ledger_sums_by_customer ON ledger_sums (customer_id, organization_id);

-- The identifier of the last row in the sums.
CREATE TABLE ledger_position (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    row_id TEXT NOT NULL
);
INSERT INTO ledger_position (id, row_id) VALUES (1, '');

-- The bookings that were agreed before there was a ledger owe their prices. Their identifiers serve as those of their rows.
INSERT INTO ledger_rows
    (id, entry_id, organization_id, customer_id, booking_id, debit, credit, amount, currency, purpose, created_at)
SELECT id, id, host_organization_id, organization_id, id, 'receivable', 'income', price_amount, price_currency, 'price', created_at
FROM bookings
WHERE status IN ('confirmed', 'in_use', 'completed') AND price_amount > 0 AND organization_id <> host_organization_id;

CREATE TRIGGER ledger_rows_no_update BEFORE UPDATE ON ledger_rows
BEGIN
    SELECT RAISE(ABORT, 'ledger_rows_stay');
END;

CREATE TRIGGER ledger_rows_no_delete BEFORE DELETE ON ledger_rows
BEGIN
    SELECT RAISE(ABORT, 'ledger_rows_stay');
END;

CREATE TRIGGER ledger_rows_no_replace BEFORE INSERT ON ledger_rows
WHEN EXISTS (SELECT 1 FROM ledger_rows WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'ledger_rows_stay');
END;
