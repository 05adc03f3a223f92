-- The last number of each host and year. It is taken in the transaction that issues the document, so that no number is left out.
CREATE TABLE invoice_counters (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the host
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (organization_id, year)
);

-- Invoices and credit notes. They are never changed or deleted; a credit note corrects an invoice.
CREATE TABLE invoices (
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the host
    customer_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
    year INTEGER NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    currency TEXT NOT NULL,
    total BIGINT NOT NULL CHECK (total >= 0), -- minor units
    issued_on TEXT NOT NULL, -- ISO 8601 dates
    due_on TEXT NOT NULL,
    content TEXT NOT NULL, -- JSON: the parties, the lines and the taxes as they were
    issued_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    UNIQUE (organization_id, year, sequence)
);
CREATE INDEX invoices_by_organization ON invoices (organization_id, id);
CREATE INDEX invoices_by_customer ON invoices (customer_id, id);

-- The document that moves the difference between its VAT and that of its bookings.
ALTER TABLE ledger_rows ADD COLUMN invoice_id TEXT COLLATE "C" REFERENCES invoices (id);

-- The rows of the ledger that a document is about. Each row is on one document at most.
CREATE TABLE invoice_rows (
    ledger_row_id TEXT COLLATE "C" PRIMARY KEY REFERENCES ledger_rows (id),
    invoice_id TEXT COLLATE "C" NOT NULL REFERENCES invoices (id)
);
CREATE INDEX invoice_rows_by_invoice ON invoice_rows (invoice_id);

CREATE TRIGGER invoices_stay BEFORE UPDATE OR DELETE ON invoices
FOR EACH ROW EXECUTE FUNCTION refuse('invoices_stay');
CREATE TRIGGER invoices_no_truncate BEFORE TRUNCATE ON invoices EXECUTE FUNCTION refuse('invoices_stay');

CREATE TRIGGER invoice_rows_stay BEFORE UPDATE OR DELETE ON invoice_rows
FOR EACH ROW EXECUTE FUNCTION refuse('invoices_stay');
CREATE TRIGGER invoice_rows_no_truncate BEFORE TRUNCATE ON invoice_rows EXECUTE FUNCTION refuse('invoices_stay');
