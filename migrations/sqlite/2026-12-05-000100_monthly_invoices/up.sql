-- Nobody issues a document that the service issues itself. The content of the table stays as it is, so SQLite allows this way to change a
-- constraint (https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(sql, 'issued_by TEXT NOT NULL REFERENCES', 'issued_by TEXT REFERENCES')
WHERE type = 'table' AND name = 'invoices';
PRAGMA writable_schema = RESET;

-- The date on which the service issues the next monthly invoices of a host; none if it issues its invoices itself.
ALTER TABLE organizations ADD COLUMN monthly_invoices_on TEXT; -- an ISO 8601 date
