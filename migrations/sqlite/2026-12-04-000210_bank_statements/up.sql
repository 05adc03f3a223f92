-- Files from banks that a host has imported. A file is stored in one transaction, or not at all.
CREATE TABLE bank_statements (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the host
    format TEXT NOT NULL CHECK (format IN ('camt053', 'mt940', 'csv')),
    lines INTEGER NOT NULL CHECK (lines >= 0),
    known_lines INTEGER NOT NULL CHECK (known_lines BETWEEN 0 AND lines), -- those that an earlier file had
    first_on TEXT, -- ISO 8601 dates of the lines; none without lines
    last_on TEXT,
    imported_by TEXT NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX bank_statements_by_organization ON bank_statements (organization_id, id);

-- The amounts in these files. The identity is the same for the same amount in any file, so that none is stored twice.
CREATE TABLE bank_statement_lines (
    id TEXT PRIMARY KEY,
    bank_statement_id TEXT NOT NULL REFERENCES bank_statements (id),
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the host
    identity TEXT NOT NULL,
    account TEXT NOT NULL,
    booked_on TEXT NOT NULL, -- an ISO 8601 date
    amount BIGINT NOT NULL CHECK (amount <> 0), -- minor units; positive if the host received it
    currency TEXT NOT NULL,
    name TEXT NOT NULL,
    counter_account TEXT NOT NULL,
    reference TEXT NOT NULL,
    bank_reference TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'ignored', 'outgoing')),
    open_amount BIGINT NOT NULL, -- minor units; the part that is neither recorded as a payment nor ignored
    reason TEXT, -- why it is ignored
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL DEFAULT 1,
    UNIQUE (organization_id, identity),
    CHECK ((state = 'outgoing') = (amount < 0)),
    CHECK ((state = 'open') = (open_amount > 0)),
    CHECK (open_amount = 0 OR open_amount BETWEEN 1 AND amount),
    CHECK ((state = 'ignored') = (reason IS NOT NULL))
);
CREATE INDEX bank_statement_lines_by_state ON bank_statement_lines (organization_id, state, id);
CREATE INDEX bank_statement_lines_by_organization ON bank_statement_lines (organization_id, id);
CREATE INDEX bank_statement_lines_by_statement ON bank_statement_lines (bank_statement_id, id);

-- The payments that were recorded of a line. One that is reversed is kept.
CREATE TABLE bank_line_payments (
    payment_id TEXT PRIMARY KEY REFERENCES payments (id),
    line_id TEXT NOT NULL REFERENCES bank_statement_lines (id)
);
CREATE INDEX bank_line_payments_by_line ON bank_line_payments (line_id);
