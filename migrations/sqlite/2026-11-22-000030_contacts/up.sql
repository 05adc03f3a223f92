-- Mail goes to the contact of an organization once whoever reads it has said that it is wanted there.
ALTER TABLE organizations ADD COLUMN contact_verified_at TIMESTAMP; -- none: no mail goes there

-- Secrets that were sent to such addresses. One is good as long as the organization has that contact.
CREATE TABLE contact_tokens (
    token_hash TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- who named the address
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX contact_tokens_by_organization ON contact_tokens (organization_id);
CREATE INDEX contact_tokens_by_user ON contact_tokens (user_id, created_at);
