-- Where the host can decide after a reservation on a card would have ended, the card is saved, and charged when the booking is confirmed.
ALTER TABLE card_payments ADD COLUMN saves_card BOOLEAN NOT NULL DEFAULT FALSE;
-- The identifiers of the provider: whose card it is, and the card. Each payment has its own.
ALTER TABLE card_payments ADD COLUMN card_owner_id TEXT CHECK (card_owner_id IS NULL OR saves_card);
ALTER TABLE card_payments ADD COLUMN saved_card_id TEXT
    CHECK ((saved_card_id IS NULL OR card_owner_id IS NOT NULL) AND (NOT saves_card OR capture_before IS NULL)
        AND (NOT saves_card OR state NOT IN ('authorized', 'paid') OR saved_card_id IS NOT NULL));
CREATE UNIQUE INDEX card_payments_by_card_owner ON card_payments (card_owner_id) WHERE card_owner_id IS NOT NULL;
