DROP TABLE stripe_events;
DROP TABLE card_disputes;
DROP TABLE card_refunds;
DROP TABLE card_payments;
ALTER TABLE organizations DROP COLUMN ways_to_pay;
