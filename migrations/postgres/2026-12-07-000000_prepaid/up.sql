-- Packages of credit that hosts offer.
CREATE TABLE packages (
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the host
    name TEXT NOT NULL,
    price BIGINT NOT NULL CHECK (price > 0), -- minor units
    credit BIGINT NOT NULL CHECK (credit >= price), -- minor units
    currency TEXT NOT NULL,
    valid_days BIGINT NOT NULL CHECK (valid_days > 0), -- from the sale
    withdrawn_at TIMESTAMP,
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX packages_by_organization ON packages (organization_id, id);

-- The credit of customers, one row for each sale. The columns with what is left are written by the entries alone.
CREATE TABLE prepaid (
    id TEXT COLLATE "C" PRIMARY KEY,
    package_id TEXT COLLATE "C" NOT NULL REFERENCES packages (id),
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the host
    customer_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    invoice_id TEXT COLLATE "C" REFERENCES invoices (id), -- none if the host has given it for nothing
    name TEXT NOT NULL,
    price BIGINT NOT NULL CHECK (price >= 0), -- minor units
    credit BIGINT NOT NULL CHECK (credit > 0 AND credit >= price), -- minor units
    currency TEXT NOT NULL,
    credit_left BIGINT NOT NULL CHECK (credit_left BETWEEN 0 AND credit),
    price_left BIGINT NOT NULL CHECK (price_left BETWEEN 0 AND price AND price_left <= credit_left),
    expires_at TIMESTAMP NOT NULL,
    released_at TIMESTAMP, -- the host lets the customer use it before it is paid
    reminded_at TIMESTAMP,
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL DEFAULT 1,
    CHECK (organization_id <> customer_id),
    CHECK ((price = 0) = (invoice_id IS NULL))
);
CREATE INDEX prepaid_by_organization ON prepaid (organization_id, id);
CREATE INDEX prepaid_by_customer ON prepaid (customer_id, id);
CREATE INDEX prepaid_by_parties ON prepaid (customer_id, organization_id, expires_at) WHERE credit_left > 0;
CREATE INDEX prepaid_by_expiry ON prepaid (expires_at) WHERE credit_left > 0;

-- The changes of what is left. They are only added.
CREATE TABLE prepaid_entries (
    id TEXT COLLATE "C" PRIMARY KEY,
    prepaid_id TEXT COLLATE "C" NOT NULL REFERENCES prepaid (id),
    kind TEXT NOT NULL CHECK (kind IN ('use', 'return', 'expiry', 'refund')),
    booking_id TEXT COLLATE "C" REFERENCES bookings (id),
    credit BIGINT NOT NULL CHECK (credit > 0), -- minor units
    price BIGINT NOT NULL CHECK (price BETWEEN 0 AND credit), -- the part of the credit that was paid for
    created_at TIMESTAMP NOT NULL,
    CHECK ((kind IN ('use', 'return')) = (booking_id IS NOT NULL))
);
CREATE INDEX prepaid_entries_by_prepaid ON prepaid_entries (prepaid_id, id);
CREATE INDEX prepaid_entries_by_booking ON prepaid_entries (booking_id) WHERE booking_id IS NOT NULL;

CREATE INDEX ledger_rows_by_invoice ON ledger_rows (invoice_id) WHERE invoice_id IS NOT NULL;

-- The prepaid credit that a booking uses, or that its customer refuses to use.
ALTER TABLE booking_charges ADD COLUMN prepaid TEXT; -- JSON

-- Each entry changes what is left; the constraints of the row refuse more than there is, whoever adds it.
CREATE FUNCTION count_prepaid() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sign BIGINT := CASE NEW.kind WHEN 'return' THEN 1 ELSE -1 END;
BEGIN
    UPDATE prepaid
    SET credit_left = credit_left + sign * NEW.credit,
        price_left = price_left + sign * NEW.price,
        updated_at = NEW.created_at,
        revision = revision + 1
    WHERE id = NEW.prepaid_id;
    RETURN NULL;
END $$;
CREATE TRIGGER prepaid_entries_count AFTER INSERT ON prepaid_entries FOR EACH ROW EXECUTE FUNCTION count_prepaid();
CREATE TRIGGER prepaid_entries_stay BEFORE UPDATE OR DELETE ON prepaid_entries
FOR EACH ROW EXECUTE FUNCTION refuse('prepaid_entries_stay');
CREATE TRIGGER prepaid_entries_no_truncate BEFORE TRUNCATE ON prepaid_entries EXECUTE FUNCTION refuse('prepaid_entries_stay');
