DROP INDEX card_payments_by_card_owner;
ALTER TABLE card_payments DROP COLUMN saved_card_id;
ALTER TABLE card_payments DROP COLUMN card_owner_id;
ALTER TABLE card_payments DROP COLUMN saves_card;
