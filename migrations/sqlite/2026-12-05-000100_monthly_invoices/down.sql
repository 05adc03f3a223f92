ALTER TABLE organizations DROP COLUMN monthly_invoices_on;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(sql, 'issued_by TEXT REFERENCES', 'issued_by TEXT NOT NULL REFERENCES')
WHERE type = 'table' AND name = 'invoices';
PRAGMA writable_schema = RESET;
