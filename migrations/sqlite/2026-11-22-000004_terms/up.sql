-- Documents of a host that a customer accepts before it books.

CREATE TABLE terms (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the host
    kind TEXT NOT NULL CHECK (kind IN ('house_rules', 'safety', 'confidentiality', 'general')),
    name TEXT NOT NULL,
    applies_to TEXT NOT NULL, -- JSON: a list of resources, or null for all of the host's
    is_retired BOOLEAN NOT NULL,
    version INTEGER NOT NULL, -- the current one
    revision BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX terms_by_organization ON terms (organization_id, id);

CREATE TABLE terms_versions (
    terms_id TEXT NOT NULL REFERENCES terms (id),
    number INTEGER NOT NULL CHECK (number > 0),
    text TEXT NOT NULL,
    sha256 TEXT NOT NULL, -- of the text in UTF-8, in hexadecimal digits
    created_by TEXT NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (terms_id, number)
);

CREATE TABLE terms_acceptances (
    id TEXT PRIMARY KEY,
    terms_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    host_organization_id TEXT NOT NULL REFERENCES organizations (id), -- whose terms they are, kept here for lists
    organization_id TEXT NOT NULL REFERENCES organizations (id), -- the customer
    user_id TEXT NOT NULL REFERENCES users (id),
    accepted_at TIMESTAMP NOT NULL,
    FOREIGN KEY (terms_id, version) REFERENCES terms_versions (terms_id, number),
    UNIQUE (terms_id, version, organization_id, user_id)
);
CREATE INDEX terms_acceptances_by_customer ON terms_acceptances (organization_id, id);
CREATE INDEX terms_acceptances_by_host ON terms_acceptances (host_organization_id, id);
CREATE INDEX terms_acceptances_by_user ON terms_acceptances (user_id, id);

-- What was accepted, and that it was, stays: rows are added, never changed.
CREATE TRIGGER terms_versions_no_update BEFORE UPDATE ON terms_versions
BEGIN
    SELECT RAISE(ABORT, 'versions_stay');
END;
CREATE TRIGGER terms_versions_no_delete BEFORE DELETE ON terms_versions
BEGIN
    SELECT RAISE(ABORT, 'versions_stay');
END;
CREATE TRIGGER terms_versions_no_replace BEFORE INSERT ON terms_versions
WHEN EXISTS (SELECT 1 FROM terms_versions WHERE terms_id = NEW.terms_id AND number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'versions_stay');
END;
CREATE TRIGGER terms_acceptances_no_update BEFORE UPDATE ON terms_acceptances
BEGIN
    SELECT RAISE(ABORT, 'acceptances_stay');
END;
CREATE TRIGGER terms_acceptances_no_delete BEFORE DELETE ON terms_acceptances
BEGIN
    SELECT RAISE(ABORT, 'acceptances_stay');
END;
CREATE TRIGGER terms_acceptances_no_replace BEFORE INSERT ON terms_acceptances
WHEN EXISTS (
    SELECT 1 FROM terms_acceptances
    WHERE id = NEW.id
        OR (terms_id, version, organization_id, user_id) = (NEW.terms_id, NEW.version, NEW.organization_id, NEW.user_id)
)
BEGIN
    SELECT RAISE(ABORT, 'acceptances_stay');
END;

-- Whether there is anything to accept: a booking with a host that has nothing asks no more.
ALTER TABLE organizations ADD COLUMN has_terms BOOLEAN NOT NULL DEFAULT FALSE;

-- The versions that a booking was made under, JSON, as over the API.
ALTER TABLE bookings ADD COLUMN terms TEXT NOT NULL DEFAULT '[]';
