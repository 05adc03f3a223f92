-- The language of mails and pages. NULL: that of the request.
ALTER TABLE users ADD COLUMN language TEXT CHECK (language IN ('en', 'nl', 'fr', 'de'));

-- A mail to an address of an organization is in the language of its owner.
CREATE INDEX organizations_contact_email ON organizations (contact_email);
CREATE INDEX organizations_billing_email ON organizations (billing_email);
