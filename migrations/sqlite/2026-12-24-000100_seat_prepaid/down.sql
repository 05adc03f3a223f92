DROP INDEX prepaid_entries_by_training_seat;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(
    sql,
    'CHECK ((kind IN (''use'', ''return'')) = (booking_id IS NOT NULL) + (training_seat_id IS NOT NULL))',
    'CHECK ((kind IN (''use'', ''return'')) = (booking_id IS NOT NULL))'
)
WHERE type = 'table' AND name = 'prepaid_entries';
PRAGMA writable_schema = RESET;
ALTER TABLE prepaid_entries DROP COLUMN training_seat_id;
ALTER TABLE training_seats DROP COLUMN prepaid;
