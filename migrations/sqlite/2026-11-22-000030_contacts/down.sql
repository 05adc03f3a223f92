DROP TABLE contact_tokens;
ALTER TABLE organizations DROP COLUMN contact_verified_at;
