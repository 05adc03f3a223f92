ALTER TABLE organizations DROP COLUMN closed_at;
DROP TABLE email_changes;
DROP TABLE invitations;
