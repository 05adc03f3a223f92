DROP TRIGGER card_payments_keep_rate ON card_payments;
DROP FUNCTION keep_commission_rate();
ALTER TABLE card_payments DROP COLUMN commission;
ALTER TABLE card_payments DROP COLUMN commission_rate;
ALTER TABLE card_accounts DROP COLUMN commission_rate;
