-- Events of organizations: the changes in facts that concern them, in the order in which they were committed. They go with their facts.
CREATE TABLE organization_events (
    id TEXT COLLATE "C" PRIMARY KEY, -- each is larger than all before
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    fact_id TEXT COLLATE "C" NOT NULL REFERENCES facts (id) ON DELETE CASCADE,
    change INTEGER NOT NULL CHECK (change >= 0), -- its number in the fact
    kind TEXT NOT NULL,
    UNIQUE (fact_id, change, organization_id)
);
CREATE INDEX organization_events_by_organization ON organization_events (organization_id, id);
