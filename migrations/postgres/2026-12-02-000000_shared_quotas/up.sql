-- The names by which resources of a host share quotas. A name stays when no resource has it any more.
CREATE TABLE shared_quotas (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the host
    name TEXT COLLATE "C" NOT NULL,
    -- PostgreSQL: each transaction that claims capacity under the quota writes this column, so that one waits for the other. It
    -- then sees all that the other wrote, or, above READ COMMITTED, must begin again.
    claims BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (organization_id, name)
);

-- The shared quotas in the current rules of each resource.
CREATE TABLE shared_quota_resources (
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id),
    organization_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (resource_id, name),
    FOREIGN KEY (organization_id, name) REFERENCES shared_quotas (organization_id, name)
);
CREATE INDEX shared_quota_resources_by_name ON shared_quota_resources (organization_id, name, resource_id);

-- Whether the current rules have a shared quota.
ALTER TABLE resources ADD COLUMN has_shared_quotas BOOLEAN NOT NULL DEFAULT FALSE;
