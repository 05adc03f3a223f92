ALTER TABLE organizations DROP COLUMN billing_email_verified_at;
ALTER TABLE organizations DROP COLUMN bank_account;
ALTER TABLE organizations DROP COLUMN tax_number;
