-- The organization that pays for a seat, the invoice over its price, and the credit note that takes it back.
ALTER TABLE training_seats ADD COLUMN customer_id TEXT REFERENCES organizations (id);
ALTER TABLE training_seats ADD COLUMN invoice_id TEXT REFERENCES invoices (id);
ALTER TABLE training_seats ADD COLUMN credit_note_id TEXT REFERENCES invoices (id);
ALTER TABLE training_seats ADD COLUMN charge TEXT CHECK (
    (charge IS NULL) = (customer_id IS NULL) AND (charge IS NULL) = (invoice_id IS NULL)
    AND (credit_note_id IS NULL OR invoice_id IS NOT NULL AND status = 'cancelled')
); -- JSON
CREATE UNIQUE INDEX training_seats_by_invoice ON training_seats (invoice_id) WHERE invoice_id IS NOT NULL;
