DROP INDEX organizations_billing_email;
DROP INDEX organizations_contact_email;
ALTER TABLE users DROP COLUMN language;
