DROP INDEX card_payments_by_card_owner;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(
    replace(
        sql,
        'CHECK (state <> ''open'' OR session_id IS NOT NULL OR group_session_id IS NOT NULL)',
        'CHECK (state <> ''open'' OR session_id IS NOT NULL)'
    ),
    'CHECK (state NOT IN (''authorized'', ''paid'') OR intent_id IS NOT NULL OR (state = ''authorized'' AND group_session_id IS NOT NULL))',
    'CHECK (state NOT IN (''authorized'', ''paid'') OR intent_id IS NOT NULL)'
)
WHERE type = 'table' AND name = 'card_payments';
PRAGMA writable_schema = RESET;
DROP INDEX card_payments_by_group_session;
ALTER TABLE card_payments DROP COLUMN group_session_id;
CREATE UNIQUE INDEX card_payments_by_card_owner ON card_payments (card_owner_id) WHERE card_owner_id IS NOT NULL;
