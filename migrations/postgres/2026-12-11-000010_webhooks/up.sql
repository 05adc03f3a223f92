-- Webhooks: the addresses to which the events of an organization are sent.
CREATE TABLE webhooks (
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    url TEXT NOT NULL CHECK (length(url) > 0),
    event_types TEXT NOT NULL, -- JSON, a list; empty: all types
    is_enabled BOOLEAN NOT NULL,
    secret TEXT NOT NULL, -- encrypted
    previous_secret TEXT, -- encrypted; signs too until `previous_secret_until`
    previous_secret_until TIMESTAMP,
    position TEXT COLLATE "C" NOT NULL, -- the last event that was sent or passed over
    newest TEXT COLLATE "C" NOT NULL, -- the newest event that is to be sent
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0), -- of the next event
    failing_since TIMESTAMP,
    next_attempt_at TIMESTAMP NOT NULL,
    claimed_until TIMESTAMP, -- by the server that sends to it
    disabled_at TIMESTAMP, -- by the service
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL DEFAULT 1,
    CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL)),
    CHECK ((failures = 0) = (failing_since IS NULL)),
    CHECK (disabled_at IS NULL OR NOT is_enabled)
);
CREATE INDEX webhooks_by_organization ON webhooks (organization_id, id);
CREATE INDEX webhooks_due ON webhooks (next_attempt_at) WHERE is_enabled AND newest > position;

-- Attempts to send events to webhooks, and those that somebody has asked for and that wait.
CREATE TABLE webhook_deliveries (
    id TEXT COLLATE "C" PRIMARY KEY,
    webhook_id TEXT COLLATE "C" NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event_id TEXT COLLATE "C" NOT NULL, -- the event may be deleted before
    event_type TEXT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('event', 'replay', 'test')),
    body TEXT NOT NULL, -- JSON
    status INTEGER, -- of the response
    response TEXT NOT NULL, -- its first characters
    error TEXT NOT NULL, -- why there was none
    millis INTEGER, -- until the response or the error; none: it waits
    next_attempt_at TIMESTAMP, -- while it waits; a server that sends moves it on
    created_at TIMESTAMP NOT NULL,
    CHECK ((millis IS NULL) = (next_attempt_at IS NOT NULL)),
    CHECK (status IS NULL OR millis IS NOT NULL),
    CHECK ((millis IS NULL OR status IS NOT NULL) = (error = ''))
);
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
