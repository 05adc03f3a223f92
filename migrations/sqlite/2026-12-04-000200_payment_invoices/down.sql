DROP INDEX invoices_by_due_date;
ALTER TABLE payments DROP COLUMN invoice_id;
