DROP INDEX card_payments_by_card_owner;
ALTER TABLE card_payments DROP CONSTRAINT card_payments_have_page, DROP CONSTRAINT card_payments_have_intent;
ALTER TABLE card_payments ADD CONSTRAINT card_payments_check2 CHECK (state <> 'open' OR session_id IS NOT NULL);
ALTER TABLE card_payments ADD CONSTRAINT card_payments_check3 CHECK (state NOT IN ('authorized', 'paid') OR intent_id IS NOT NULL);
ALTER TABLE card_payments DROP COLUMN group_session_id;
CREATE UNIQUE INDEX card_payments_by_card_owner ON card_payments (card_owner_id) WHERE card_owner_id IS NOT NULL;
