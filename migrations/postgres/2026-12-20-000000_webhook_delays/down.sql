DROP INDEX webhooks_retry;
ALTER TABLE webhooks DROP COLUMN retry_at;
ALTER TABLE webhooks DROP COLUMN failed_in_a_row;
DROP TABLE webhook_delays;
