-- The extras of a tariff that are booked: JSON, names and quantities.
ALTER TABLE booking_charges ADD COLUMN extras TEXT NOT NULL DEFAULT '[]';
ALTER TABLE series ADD COLUMN extras TEXT NOT NULL DEFAULT '[]'; -- of each of its bookings
