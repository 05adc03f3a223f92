DROP TABLE booking_charges;
ALTER TABLE organizations DROP COLUMN vat;
ALTER TABLE organizations DROP COLUMN billing_email;
ALTER TABLE organizations DROP COLUMN billing_address;
ALTER TABLE organizations DROP COLUMN vat_number;
ALTER TABLE organizations DROP COLUMN country;
