-- The page on which a customer saves one card for several bookings of a group. Each of them has a payment of its own, which is taken from
-- this card when its booking is confirmed; it has no identifier of the provider before.
ALTER TABLE card_payments ADD COLUMN group_session_id TEXT COLLATE "C"
    CHECK (group_session_id IS NULL OR (saves_card AND session_id IS NULL));
CREATE INDEX card_payments_by_group_session ON card_payments (group_session_id) WHERE group_session_id IS NOT NULL;

ALTER TABLE card_payments DROP CONSTRAINT card_payments_check2;
ALTER TABLE card_payments ADD CONSTRAINT card_payments_have_page
    CHECK (state <> 'open' OR session_id IS NOT NULL OR group_session_id IS NOT NULL);
ALTER TABLE card_payments DROP CONSTRAINT card_payments_check3;
ALTER TABLE card_payments ADD CONSTRAINT card_payments_have_intent CHECK (
    state NOT IN ('authorized', 'paid') OR intent_id IS NOT NULL OR (state = 'authorized' AND group_session_id IS NOT NULL)
);

DROP INDEX card_payments_by_card_owner;
CREATE UNIQUE INDEX card_payments_by_card_owner ON card_payments (card_owner_id)
WHERE card_owner_id IS NOT NULL AND group_session_id IS NULL;
