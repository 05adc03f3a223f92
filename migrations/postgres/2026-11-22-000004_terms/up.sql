-- Documents of a host that a customer accepts before it books.

CREATE TABLE terms (
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the host
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
    terms_id TEXT COLLATE "C" NOT NULL REFERENCES terms (id),
    number INTEGER NOT NULL CHECK (number > 0),
    text TEXT NOT NULL,
    sha256 TEXT NOT NULL, -- of the text in UTF-8, in hexadecimal digits
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (terms_id, number)
);

CREATE TABLE terms_acceptances (
    id TEXT COLLATE "C" PRIMARY KEY,
    terms_id TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    host_organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- whose terms they are, kept here for lists
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the customer
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    accepted_at TIMESTAMP NOT NULL,
    FOREIGN KEY (terms_id, version) REFERENCES terms_versions (terms_id, number),
    UNIQUE (terms_id, version, organization_id, user_id)
);
CREATE INDEX terms_acceptances_by_customer ON terms_acceptances (organization_id, id);
CREATE INDEX terms_acceptances_by_host ON terms_acceptances (host_organization_id, id);
CREATE INDEX terms_acceptances_by_user ON terms_acceptances (user_id, id);

-- What was accepted, and that it was, stays: rows are added, never changed.
CREATE TRIGGER terms_versions_stay BEFORE UPDATE OR DELETE ON terms_versions
FOR EACH ROW EXECUTE FUNCTION refuse('versions_stay');
CREATE TRIGGER terms_acceptances_stay BEFORE UPDATE OR DELETE ON terms_acceptances
FOR EACH ROW EXECUTE FUNCTION refuse('acceptances_stay');
CREATE TRIGGER terms_versions_no_truncate BEFORE TRUNCATE ON terms_versions EXECUTE FUNCTION refuse('versions_stay');
CREATE TRIGGER terms_acceptances_no_truncate BEFORE TRUNCATE ON terms_acceptances EXECUTE FUNCTION refuse('acceptances_stay');

-- Whether there is anything to accept: a booking with a host that has nothing asks no more.
ALTER TABLE organizations ADD COLUMN has_terms BOOLEAN NOT NULL DEFAULT FALSE;

-- The versions that a booking was made under, JSON, as over the API.
ALTER TABLE bookings ADD COLUMN terms TEXT NOT NULL DEFAULT '[]';
