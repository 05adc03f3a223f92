-- An invitation by mail: to become a member with a role, or to receive a certification of a kind. The address counts as verified
-- when the invitation is accepted with the token from the mail.
CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    role TEXT CHECK (role IN ('owner', 'manager', 'booker')),
    certification_kind_id TEXT REFERENCES certification_kinds (id),
    certification_expires_at TIMESTAMP, -- none: the certification is valid for as long as its kind says
    invited_by TEXT NOT NULL REFERENCES users (id),
    token_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    sent_at TIMESTAMP NOT NULL, -- when the latest mail was sent
    expires_at TIMESTAMP NOT NULL CHECK (expires_at > sent_at),
    accepted_at TIMESTAMP,
    withdrawn_at TIMESTAMP,
    CHECK ((role IS NULL) <> (certification_kind_id IS NULL)),
    CHECK (certification_expires_at IS NULL OR certification_kind_id IS NOT NULL),
    CHECK (accepted_at IS NULL OR withdrawn_at IS NULL)
);
CREATE UNIQUE INDEX invitations_to_members ON invitations (organization_id, email)
    WHERE role IS NOT NULL AND accepted_at IS NULL AND withdrawn_at IS NULL;
CREATE UNIQUE INDEX invitations_to_holders ON invitations (certification_kind_id, email)
    WHERE certification_kind_id IS NOT NULL AND accepted_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX invitations_by_organization ON invitations (organization_id, id);
CREATE INDEX invitations_by_email ON invitations (email, created_at);
CREATE INDEX invitations_by_inviter ON invitations (invited_by, created_at);
CREATE INDEX invitations_by_expiry ON invitations (expires_at);

-- A user's wish to have another e-mail address. The account gets the address when it is verified with the token from the mail.
CREATE TABLE email_changes (
    token_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX email_changes_by_user ON email_changes (user_id, created_at);
CREATE INDEX email_changes_by_expiry ON email_changes (expires_at);

-- An organization that was closed has no members and lists nothing. Its row stays for the bookings that name it.
ALTER TABLE organizations ADD COLUMN closed_at TIMESTAMP;
