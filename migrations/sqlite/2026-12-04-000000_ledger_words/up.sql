-- The words for accounts, purposes and ways to pay move from the tables, where SQLite cannot change a constraint, to triggers, so that
-- later versions can add some.
ALTER TABLE invoice_rows RENAME TO old_invoice_rows;
ALTER TABLE ledger_rows RENAME TO old_ledger_rows;
ALTER TABLE payments RENAME TO old_payments;

CREATE TABLE payments (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the host
    customer_id TEXT NOT NULL REFERENCES organizations (id),
    booking_id TEXT REFERENCES bookings (id),
    is_refund BOOLEAN NOT NULL, -- from the host to the customer
    amount BIGINT NOT NULL CHECK (amount > 0), -- minor units
    currency TEXT NOT NULL,
    method TEXT NOT NULL,
    paid_on TEXT NOT NULL, -- an ISO 8601 date
    reference TEXT NOT NULL,
    recorded_by TEXT REFERENCES users (id), -- none if the service received it itself
    created_at TIMESTAMP NOT NULL,
    reversed_at TIMESTAMP,
    reversed_by TEXT REFERENCES users (id),
    reversal_reason TEXT,
    revision BIGINT NOT NULL DEFAULT 1,
    CHECK (organization_id <> customer_id),
    CHECK ((reversed_at IS NULL) = (reversed_by IS NULL) AND (reversed_at IS NULL) = (reversal_reason IS NULL))
);
INSERT INTO payments
    (id, organization_id, customer_id, booking_id, is_refund, amount, currency, method, paid_on, reference, recorded_by, created_at,
        reversed_at, reversed_by, reversal_reason, revision)
SELECT id, organization_id, customer_id, booking_id, is_refund, amount, currency, method, paid_on, reference, recorded_by, created_at,
    reversed_at, reversed_by, reversal_reason, revision
FROM old_payments;

CREATE TABLE ledger_rows (
    id TEXT PRIMARY KEY,
    entry_id TEXT NOT NULL, -- the rows of one change have the same
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the host
    customer_id TEXT NOT NULL REFERENCES organizations (id),
    booking_id TEXT REFERENCES bookings (id),
    payment_id TEXT REFERENCES payments (id),
    debit TEXT NOT NULL,
    credit TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0), -- minor units
    currency TEXT NOT NULL,
    -- The VAT that was charged on the amount, or of which the amount consists.
    tax_category TEXT CHECK (tax_category IN ('standard', 'zero', 'exempt', 'reverse_charge')),
    tax_rate BIGINT, -- hundredths of a percent
    purpose TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    invoice_id TEXT REFERENCES invoices (id),
    CHECK (debit <> credit),
    CHECK (organization_id <> customer_id),
    CONSTRAINT ledger_rows_have_a_cause CHECK (booking_id IS NOT NULL OR payment_id IS NOT NULL OR invoice_id IS NOT NULL),
    CHECK ((tax_category IS NULL) = (tax_rate IS NULL)),
    CHECK (tax_rate IS NOT NULL OR 'vat' NOT IN (debit, credit))
);
INSERT INTO ledger_rows
    (id, entry_id, organization_id, customer_id, booking_id, payment_id, debit, credit, amount, currency, tax_category, tax_rate,
        purpose, created_at, invoice_id)
SELECT id, entry_id, organization_id, customer_id, booking_id, payment_id, debit, credit, amount, currency, tax_category, tax_rate,
    purpose, created_at, invoice_id
FROM old_ledger_rows;

CREATE TABLE invoice_rows (
    ledger_row_id TEXT PRIMARY KEY REFERENCES ledger_rows (id),
    invoice_id TEXT NOT NULL REFERENCES invoices (id)
);
INSERT INTO invoice_rows
    (ledger_row_id, invoice_id)
SELECT ledger_row_id, invoice_id
FROM old_invoice_rows;

DROP TABLE old_invoice_rows;
DROP TABLE old_ledger_rows;
DROP TABLE old_payments;

CREATE INDEX payments_by_organization ON payments (organization_id, id);
CREATE INDEX payments_by_customer ON payments (customer_id, id);
CREATE INDEX ledger_rows_by_organization ON ledger_rows (organization_id, id);
CREATE INDEX ledger_rows_by_customer ON ledger_rows (customer_id, organization_id, id);
CREATE INDEX ledger_rows_by_booking ON ledger_rows (booking_id, id) WHERE booking_id IS NOT NULL;
CREATE INDEX invoice_rows_by_invoice ON invoice_rows (invoice_id);

CREATE TRIGGER payments_words BEFORE INSERT ON payments
WHEN NEW.method NOT IN ('bank_transfer', 'cash', 'card', 'other', 'online_card')
BEGIN
    SELECT RAISE(ABORT, 'payments_words');
END;

CREATE TRIGGER payments_keep_words BEFORE UPDATE OF method ON payments
WHEN NEW.method NOT IN ('bank_transfer', 'cash', 'card', 'other', 'online_card')
BEGIN
    SELECT RAISE(ABORT, 'payments_words');
END;

CREATE TRIGGER ledger_rows_words BEFORE INSERT ON ledger_rows
WHEN NEW.debit NOT IN ('receivable', 'income', 'fees', 'vat', 'bank', 'prepaid', 'deposits', 'provider', 'commission', 'platform',
    'authorized', 'pending')
    OR NEW.credit NOT IN ('receivable', 'income', 'fees', 'vat', 'bank', 'prepaid', 'deposits', 'provider', 'commission', 'platform',
        'authorized', 'pending')
    OR NEW.purpose NOT IN ('price', 'late_cancellation_fee', 'no_show_fee', 'overrun_fee', 'payment', 'refund', 'vat_rounding',
        'deposit', 'kept_deposit', 'prepayment', 'prepaid_use', 'prepaid_expiry', 'authorization', 'authorization_end', 'commission',
        'payout', 'dispute', 'dispute_end')
BEGIN
    SELECT RAISE(ABORT, 'ledger_rows_words');
END;

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

CREATE TRIGGER invoice_rows_no_update BEFORE UPDATE ON invoice_rows
BEGIN
    SELECT RAISE(ABORT, 'invoices_stay');
END;

CREATE TRIGGER invoice_rows_no_delete BEFORE DELETE ON invoice_rows
BEGIN
    SELECT RAISE(ABORT, 'invoices_stay');
END;

CREATE TRIGGER invoice_rows_no_replace BEFORE INSERT ON invoice_rows
WHEN EXISTS (SELECT 1 FROM invoice_rows WHERE ledger_row_id = NEW.ledger_row_id)
BEGIN
    SELECT RAISE(ABORT, 'invoices_stay');
END;
