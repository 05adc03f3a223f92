ALTER TABLE organizations DROP COLUMN monthly_invoices_on;
ALTER TABLE invoices ALTER COLUMN issued_by SET NOT NULL;
