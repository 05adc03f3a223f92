-- The identities at OpenID Connect providers with which users sign in. Issuer and subject name one person for ever.
CREATE TABLE identities (
    id TEXT COLLATE "C" PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    issuer TEXT COLLATE "C" NOT NULL CHECK (issuer <> ''),
    subject TEXT COLLATE "C" NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    email TEXT COLLATE "C" NOT NULL, -- the address that the provider proved when the identity was linked
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP NOT NULL,
    UNIQUE (issuer, subject)
);
CREATE INDEX identities_by_user ON identities (user_id, id);

-- An identity stays with its user.
CREATE FUNCTION identities_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an identity stays with its user' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER identities_stay BEFORE UPDATE OF id, user_id, issuer, subject ON identities FOR EACH ROW
WHEN (NEW.id <> OLD.id OR NEW.user_id <> OLD.user_id OR NEW.issuer <> OLD.issuer OR NEW.subject <> OLD.subject)
EXECUTE FUNCTION identities_stay();

-- The attempts to sign in that have begun. Only the hash of the handle is stored; an attempt is deleted when it is used.
CREATE TABLE openid_attempts (
    handle_hash TEXT COLLATE "C" PRIMARY KEY, -- SHA-256
    provider TEXT COLLATE "C" NOT NULL, -- its name in the configuration
    redirect_uri TEXT COLLATE "C" NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX openid_attempts_by_end ON openid_attempts (expires_at);
