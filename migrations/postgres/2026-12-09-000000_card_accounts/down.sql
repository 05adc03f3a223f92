ALTER TABLE stripe_events DROP COLUMN account_id;
ALTER TABLE card_payments DROP COLUMN account_id;
DROP TABLE card_accounts;
DROP FUNCTION keep_card_account();
