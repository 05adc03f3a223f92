-- Nobody issues a document that the service issues itself.
ALTER TABLE invoices ALTER COLUMN issued_by DROP NOT NULL;

-- The date on which the service issues the next monthly invoices of a host; none if it issues its invoices itself.
ALTER TABLE organizations ADD COLUMN monthly_invoices_on TEXT; -- an ISO 8601 date
