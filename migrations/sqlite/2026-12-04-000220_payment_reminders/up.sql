-- The terms of payment of a host.
ALTER TABLE organizations ADD COLUMN payment_days BIGINT; -- until an invoice is due; none: 30
ALTER TABLE organizations ADD COLUMN reminder_days TEXT NOT NULL DEFAULT '[]'; -- JSON: the days after the due date on which it reminds

-- The reminders of payment that were sent. A step is claimed by adding its row, so that it is sent once.
CREATE TABLE payment_reminders (
    invoice_id TEXT NOT NULL REFERENCES invoices (id),
    step_days BIGINT NOT NULL CHECK (step_days > 0),
    open_amount BIGINT NOT NULL CHECK (open_amount > 0), -- minor units, in the currency of the invoice
    sent_at TIMESTAMP NOT NULL,
    PRIMARY KEY (invoice_id, step_days)
);
