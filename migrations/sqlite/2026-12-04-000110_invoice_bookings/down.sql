DROP TABLE invoice_bookings;
