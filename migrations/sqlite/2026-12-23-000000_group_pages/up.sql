-- The page on which a customer saves one card for several bookings of a group. Each of them has a payment of its own, which is taken from
-- this card when its booking is confirmed; it has no identifier of the provider before.
ALTER TABLE card_payments ADD COLUMN group_session_id TEXT
    CHECK (group_session_id IS NULL OR (saves_card AND session_id IS NULL));
CREATE INDEX card_payments_by_group_session ON card_payments (group_session_id) WHERE group_session_id IS NOT NULL;

-- The content of the table stays as it is, so SQLite allows this way to change a constraint
-- (https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(
    replace(
        sql,
        'CHECK (state <> ''open'' OR session_id IS NOT NULL)',
        'CHECK (state <> ''open'' OR session_id IS NOT NULL OR group_session_id IS NOT NULL)'
    ),
    'CHECK (state NOT IN (''authorized'', ''paid'') OR intent_id IS NOT NULL)',
    'CHECK (state NOT IN (''authorized'', ''paid'') OR intent_id IS NOT NULL OR (state = ''authorized'' AND group_session_id IS NOT NULL))'
)
WHERE type = 'table' AND name = 'card_payments';
PRAGMA writable_schema = RESET;

DROP INDEX card_payments_by_card_owner;
CREATE UNIQUE INDEX card_payments_by_card_owner ON card_payments (card_owner_id)
WHERE card_owner_id IS NOT NULL AND group_session_id IS NULL;
