DROP TRIGGER card_payments_own_account;
DROP TRIGGER card_payments_keep_own_account;
ALTER TABLE stripe_events DROP COLUMN account_id;
ALTER TABLE card_payments DROP COLUMN account_id;
DROP TABLE card_accounts;
