DROP INDEX training_seats_by_invoice;
ALTER TABLE training_seats DROP COLUMN charge;
ALTER TABLE training_seats DROP COLUMN credit_note_id;
ALTER TABLE training_seats DROP COLUMN invoice_id;
ALTER TABLE training_seats DROP COLUMN customer_id;
