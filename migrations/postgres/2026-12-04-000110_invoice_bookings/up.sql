-- The bookings without a price that a document names. They have no row in the ledger. Each is on one document at most.
CREATE TABLE invoice_bookings (
    booking_id TEXT COLLATE "C" PRIMARY KEY REFERENCES bookings (id),
    invoice_id TEXT COLLATE "C" NOT NULL REFERENCES invoices (id)
);

CREATE TRIGGER invoice_bookings_stay BEFORE UPDATE OR DELETE ON invoice_bookings
FOR EACH ROW EXECUTE FUNCTION refuse('invoices_stay');
CREATE TRIGGER invoice_bookings_no_truncate BEFORE TRUNCATE ON invoice_bookings EXECUTE FUNCTION refuse('invoices_stay');
