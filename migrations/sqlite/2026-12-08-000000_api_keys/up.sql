-- API keys: a program acts for one organization with one, within its scopes. Only the hash of a key is stored.
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL CHECK (length(name) > 0),
    scopes TEXT NOT NULL, -- JSON, a list
    prefix TEXT NOT NULL CHECK (length(prefix) <= 12), -- the first characters of the key, by which people recognise it
    token_hash TEXT NOT NULL UNIQUE, -- SHA-256
    created_by TEXT NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP, -- none: never
    last_used_at TIMESTAMP, -- to the minute
    revoked_at TIMESTAMP,
    revoked_by TEXT REFERENCES users (id), -- none where the organization was closed
    CHECK (expires_at > created_at),
    CHECK (revoked_by IS NULL OR revoked_at IS NOT NULL)
);
CREATE INDEX api_keys_by_organization ON api_keys (organization_id, id);

-- A key never gets other scopes or another organization, and is never valid again.
CREATE TRIGGER api_keys_keep BEFORE UPDATE ON api_keys
WHEN NEW.organization_id IS NOT OLD.organization_id OR NEW.scopes IS NOT OLD.scopes OR NEW.token_hash IS NOT OLD.token_hash
    OR NEW.created_by IS NOT OLD.created_by OR NEW.expires_at IS NOT OLD.expires_at
    OR OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NOT OLD.revoked_at
BEGIN
    SELECT RAISE(ABORT, 'an API key keeps its organization, scopes, secret and end');
END;

-- The key by which somebody acted, in place of a user.
ALTER TABLE audit ADD COLUMN api_key_id TEXT CHECK (api_key_id IS NULL OR user_id IS NULL);
