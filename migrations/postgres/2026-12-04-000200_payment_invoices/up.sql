-- The invoice that a payment pays first. A payment without one pays the invoices that are due first.
ALTER TABLE payments ADD COLUMN invoice_id TEXT COLLATE "C" REFERENCES invoices (id);
CREATE INDEX invoices_by_due_date ON invoices (organization_id, due_on);
