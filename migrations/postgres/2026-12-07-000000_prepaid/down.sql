DROP INDEX ledger_rows_by_invoice;
ALTER TABLE booking_charges DROP COLUMN prepaid;
DROP TABLE prepaid_entries;
DROP FUNCTION count_prepaid();
DROP TABLE prepaid;
DROP TABLE packages;
