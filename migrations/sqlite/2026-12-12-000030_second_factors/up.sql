-- Second factors: codes by time (RFC 6238). The secret follows from the salt and a key that is not in the database.
ALTER TABLE users ADD COLUMN second_factor_salt TEXT;
ALTER TABLE users ADD COLUMN second_factor_since TIMESTAMP CHECK (second_factor_since IS NULL OR second_factor_salt IS NOT NULL); -- confirmed: needed to sign in
ALTER TABLE users ADD COLUMN second_factor_step BIGINT; -- that of the latest accepted code

-- No code is accepted twice.
CREATE TRIGGER second_factors_go_on BEFORE UPDATE OF second_factor_step ON users
WHEN NEW.second_factor_salt = OLD.second_factor_salt AND OLD.second_factor_step >= COALESCE(NEW.second_factor_step, 0)
BEGIN
    SELECT RAISE(ABORT, 'a code of a second factor is good once');
END;

-- Codes that stand in for those of an authenticator, each once. Only the SHA-256 is kept.
CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash TEXT NOT NULL,
    used_at TIMESTAMP,
    PRIMARY KEY (user_id, code_hash)
);
CREATE TRIGGER recovery_codes_stay_used BEFORE UPDATE ON recovery_codes
WHEN OLD.used_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a recovery code is good once');
END;

-- An organization can demand a second factor of its members.
ALTER TABLE organizations ADD COLUMN requires_second_factor BOOLEAN NOT NULL DEFAULT FALSE;
