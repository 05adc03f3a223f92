-- Packages of hours: `credit` and `credit_left` are minutes where `hours` says the resources on which they can be used. The price is then
-- without VAT, and can be a larger number than that of the minutes. SQLite cannot change a constraint, so the tables are made anew.
ALTER TABLE prepaid_entries RENAME TO old_prepaid_entries;
ALTER TABLE prepaid RENAME TO old_prepaid;
ALTER TABLE packages RENAME TO old_packages;

CREATE TABLE packages (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the host
    name TEXT NOT NULL,
    price BIGINT NOT NULL CHECK (price > 0), -- minor units
    credit BIGINT NOT NULL CHECK (credit > 0), -- minor units, or minutes of a package of hours
    currency TEXT NOT NULL,
    valid_days BIGINT NOT NULL CHECK (valid_days > 0), -- from the sale
    withdrawn_at TIMESTAMP,
    created_by TEXT NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL DEFAULT 1,
    hours TEXT, -- JSON: the resources on which the minutes can be used
    CONSTRAINT packages_credit CHECK (hours IS NOT NULL OR credit >= price)
);
INSERT INTO packages
    (id, organization_id, name, price, credit, currency, valid_days, withdrawn_at, created_by, created_at, updated_at, revision)
SELECT id, organization_id, name, price, credit, currency, valid_days, withdrawn_at, created_by, created_at, updated_at, revision
FROM old_packages;

CREATE TABLE prepaid (
    id TEXT PRIMARY KEY,
    package_id TEXT NOT NULL REFERENCES packages (id),
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the host
    customer_id TEXT NOT NULL REFERENCES organizations (id),
    invoice_id TEXT REFERENCES invoices (id), -- none if the host has given it for nothing
    name TEXT NOT NULL,
    price BIGINT NOT NULL CHECK (price >= 0), -- minor units
    credit BIGINT NOT NULL CHECK (credit > 0), -- minor units, or minutes of a package of hours
    currency TEXT NOT NULL,
    credit_left BIGINT NOT NULL CHECK (credit_left BETWEEN 0 AND credit),
    price_left BIGINT NOT NULL CHECK (price_left BETWEEN 0 AND price),
    expires_at TIMESTAMP NOT NULL,
    released_at TIMESTAMP, -- the host lets the customer use it before it is paid
    reminded_at TIMESTAMP,
    created_by TEXT NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL DEFAULT 1,
    hours TEXT, -- JSON: the resources on which the minutes can be used, and the VAT of the sale
    CONSTRAINT prepaid_credit CHECK (hours IS NOT NULL OR credit >= price),
    CONSTRAINT prepaid_price_left CHECK (price_left <= credit_left OR hours IS NOT NULL AND credit_left > 0),
    CHECK (organization_id <> customer_id),
    CHECK ((price = 0) = (invoice_id IS NULL))
);
INSERT INTO prepaid
    (id, package_id, organization_id, customer_id, invoice_id, name, price, credit, currency, credit_left, price_left, expires_at,
        released_at, reminded_at, created_by, created_at, updated_at, revision)
SELECT id, package_id, organization_id, customer_id, invoice_id, name, price, credit, currency, credit_left, price_left, expires_at,
        released_at, reminded_at, created_by, created_at, updated_at, revision
FROM old_prepaid;

CREATE TABLE prepaid_entries (
    id TEXT PRIMARY KEY,
    prepaid_id TEXT NOT NULL REFERENCES prepaid (id),
    kind TEXT NOT NULL CHECK (kind IN ('use', 'return', 'expiry', 'refund')),
    booking_id TEXT REFERENCES bookings (id),
    credit BIGINT NOT NULL CHECK (credit > 0), -- minor units
    price BIGINT NOT NULL CHECK (price >= 0), -- the part of the credit that was paid for
    created_at TIMESTAMP NOT NULL,
    CHECK ((kind IN ('use', 'return')) = (booking_id IS NOT NULL))
);
INSERT INTO prepaid_entries
    (id, prepaid_id, kind, booking_id, credit, price, created_at)
SELECT id, prepaid_id, kind, booking_id, credit, price, created_at
FROM old_prepaid_entries;

DROP TABLE old_prepaid_entries;
DROP TABLE old_prepaid;
DROP TABLE old_packages;

CREATE INDEX packages_by_organization ON packages (organization_id, id);
CREATE INDEX prepaid_by_organization ON prepaid (organization_id, id);
CREATE INDEX prepaid_by_customer ON prepaid (customer_id, id);
CREATE INDEX prepaid_by_parties ON prepaid (customer_id, organization_id, expires_at) WHERE credit_left > 0;
CREATE INDEX prepaid_by_expiry ON prepaid (expires_at) WHERE credit_left > 0;
CREATE INDEX prepaid_entries_by_prepaid ON prepaid_entries (prepaid_id, id);
CREATE INDEX prepaid_entries_by_booking ON prepaid_entries (booking_id) WHERE booking_id IS NOT NULL;

-- Each entry changes what is left; the constraints of the row refuse more than there is, whoever adds it.
CREATE TRIGGER prepaid_entries_count AFTER INSERT ON prepaid_entries
BEGIN
    UPDATE prepaid
    SET credit_left = credit_left + CASE NEW.kind WHEN 'return' THEN NEW.credit ELSE -NEW.credit END,
        price_left = price_left + CASE NEW.kind WHEN 'return' THEN NEW.price ELSE -NEW.price END,
        updated_at = NEW.created_at,
        revision = revision + 1
    WHERE id = NEW.prepaid_id;
END;

CREATE TRIGGER prepaid_entries_no_update BEFORE UPDATE ON prepaid_entries
BEGIN
    SELECT RAISE(ABORT, 'prepaid_entries_stay');
END;

CREATE TRIGGER prepaid_entries_no_delete BEFORE DELETE ON prepaid_entries
BEGIN
    SELECT RAISE(ABORT, 'prepaid_entries_stay');
END;

CREATE TRIGGER prepaid_entries_no_replace BEFORE INSERT ON prepaid_entries
WHEN EXISTS (SELECT 1 FROM prepaid_entries WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'prepaid_entries_stay');
END;

DROP TRIGGER ledger_rows_words;
CREATE TRIGGER ledger_rows_words BEFORE INSERT ON ledger_rows
WHEN NEW.debit NOT IN ('receivable', 'income', 'fees', 'vat', 'bank', 'prepaid', 'deposits', 'provider', 'commission', 'platform',
    'authorized', 'pending')
    OR NEW.credit NOT IN ('receivable', 'income', 'fees', 'vat', 'bank', 'prepaid', 'deposits', 'provider', 'commission', 'platform',
        'authorized', 'pending')
    OR NEW.purpose NOT IN ('price', 'late_cancellation_fee', 'no_show_fee', 'overrun_fee', 'payment', 'refund', 'vat_rounding',
        'deposit', 'kept_deposit', 'prepayment', 'prepaid_use', 'prepaid_expiry', 'hours_sale', 'hours_cover', 'hours_use', 'training_seat', 'authorization',
        'authorization_end', 'commission', 'payout', 'dispute', 'dispute_end')
BEGIN
    SELECT RAISE(ABORT, 'ledger_rows_words');
END;
