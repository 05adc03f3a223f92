DROP TABLE invoice_rows;
ALTER TABLE ledger_rows DROP COLUMN invoice_id;
DROP TABLE invoices;
DROP TABLE invoice_counters;
