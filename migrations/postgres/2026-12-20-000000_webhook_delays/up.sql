-- Events that a webhook has not got, although it has got later ones: each has failed, or waits behind another one of the same object.
CREATE TABLE webhook_delays (
    webhook_id TEXT COLLATE "C" NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event_id TEXT COLLATE "C" NOT NULL REFERENCES organization_events (id) ON DELETE CASCADE,
    object TEXT COLLATE "C" NOT NULL CHECK (length(object) > 0), -- the booking or other object that the event is about
    failures INTEGER NOT NULL CHECK (failures >= 0), -- 0: it waits behind another one, or is tried anew
    failing_since TIMESTAMP,
    next_attempt_at TIMESTAMP NOT NULL, -- of no meaning while it waits behind another one
    PRIMARY KEY (event_id, webhook_id),
    CHECK ((failures = 0) = (failing_since IS NULL))
);
CREATE INDEX webhook_delays_by_object ON webhook_delays (webhook_id, object, event_id);

-- How many different events have failed since the receiver accepted one: it is down if there are several.
ALTER TABLE webhooks ADD COLUMN failed_in_a_row INTEGER NOT NULL DEFAULT 0 CHECK (failed_in_a_row >= 0);
-- When the first of its delayed events is tried again; none: it has none.
ALTER TABLE webhooks ADD COLUMN retry_at TIMESTAMP;
CREATE INDEX webhooks_retry ON webhooks (retry_at) WHERE is_enabled AND retry_at IS NOT NULL;
