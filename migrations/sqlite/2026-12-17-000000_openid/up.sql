-- The identities at OpenID Connect providers with which users sign in. Issuer and subject name one person for ever.
CREATE TABLE identities (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    issuer TEXT NOT NULL CHECK (issuer <> ''),
    subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    email TEXT NOT NULL, -- the address that the provider proved when the identity was linked
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP NOT NULL,
    UNIQUE (issuer, subject)
);
CREATE INDEX identities_by_user ON identities (user_id, id);

-- An identity stays with its user.
CREATE TRIGGER identities_stay BEFORE UPDATE OF id, user_id, issuer, subject ON identities
WHEN NEW.id <> OLD.id OR NEW.user_id <> OLD.user_id OR NEW.issuer <> OLD.issuer OR NEW.subject <> OLD.subject
BEGIN
    SELECT RAISE(ABORT, 'an identity stays with its user');
END;

-- The attempts to sign in that have begun. Only the hash of the handle is stored; an attempt is deleted when it is used.
CREATE TABLE openid_attempts (
    handle_hash TEXT PRIMARY KEY, -- SHA-256
    provider TEXT NOT NULL, -- its name in the configuration
    redirect_uri TEXT NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX openid_attempts_by_end ON openid_attempts (expires_at);
