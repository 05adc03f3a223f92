ALTER TABLE organizations DROP COLUMN logo_sha256;
DROP TABLE logos;
