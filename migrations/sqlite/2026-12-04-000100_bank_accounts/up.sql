-- The account to which the customers of an organization transfer money, its tax number, and whether its address for invoices receives
-- any. Addresses that were entered before are confirmed first: until then the managers receive the invoices.
ALTER TABLE organizations ADD COLUMN tax_number TEXT;
ALTER TABLE organizations ADD COLUMN bank_account TEXT; -- JSON: IBAN, BIC, holder
ALTER TABLE organizations ADD COLUMN billing_email_verified_at TIMESTAMP; -- when a reader of `billing_email` agreed to receive mail
