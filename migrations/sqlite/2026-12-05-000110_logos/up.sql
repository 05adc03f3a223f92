-- The logos of organizations, for their invoices. One that is on an invoice stays, because a document is always the same file.
CREATE TABLE logos (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    sha256 TEXT NOT NULL, -- of the content, in hexadecimal digits
    media_type TEXT NOT NULL CHECK (media_type IN ('image/png', 'image/jpeg')),
    width BIGINT NOT NULL, -- pixels
    height BIGINT NOT NULL,
    content BLOB NOT NULL CHECK (length(content) <= 262144),
    is_on_invoice BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (organization_id, sha256)
);

-- The current logo of an organization.
ALTER TABLE organizations ADD COLUMN logo_sha256 TEXT;
