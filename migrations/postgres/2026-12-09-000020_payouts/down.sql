DROP TABLE card_payment_objects;
DROP TABLE card_payout_items;
DROP TABLE card_payouts;
DROP FUNCTION keep_card_payout_items();
