-- The billing data of an organization, as customer and as host.
ALTER TABLE organizations ADD COLUMN country TEXT COLLATE "C"; -- ISO 3166-1 alpha-2
ALTER TABLE organizations ADD COLUMN vat_number TEXT COLLATE "C"; -- of this country
ALTER TABLE organizations ADD COLUMN billing_address TEXT; -- JSON: name, street, postal code, city
ALTER TABLE organizations ADD COLUMN billing_email TEXT COLLATE "C";
ALTER TABLE organizations ADD COLUMN vat TEXT; -- JSON: the VAT that it charges as host; none if it charges no VAT

-- The terms of a booking beside its tariff, and the taxes in its price. Only bookings that have any have a row.
CREATE TABLE booking_charges (
    booking_id TEXT COLLATE "C" PRIMARY KEY REFERENCES bookings (id) ON DELETE CASCADE,
    vat TEXT, -- JSON: the terms on which it is taxed, which it keeps; none if the host charged no VAT
    taxes TEXT NOT NULL DEFAULT '[]' -- JSON: the taxes in its price
);
