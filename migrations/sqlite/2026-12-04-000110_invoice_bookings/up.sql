-- The bookings without a price that a document names. They have no row in the ledger. Each is on one document at most.
CREATE TABLE invoice_bookings (
    booking_id TEXT PRIMARY KEY REFERENCES bookings (id),
    invoice_id TEXT NOT NULL REFERENCES invoices (id)
);

CREATE TRIGGER invoice_bookings_no_update BEFORE UPDATE ON invoice_bookings
BEGIN
    SELECT RAISE(ABORT, 'invoices_stay');
END;

CREATE TRIGGER invoice_bookings_no_delete BEFORE DELETE ON invoice_bookings
BEGIN
    SELECT RAISE(ABORT, 'invoices_stay');
END;

CREATE TRIGGER invoice_bookings_no_replace BEFORE INSERT ON invoice_bookings
WHEN EXISTS (SELECT 1 FROM invoice_bookings WHERE booking_id = NEW.booking_id)
BEGIN
    SELECT RAISE(ABORT, 'invoices_stay');
END;
