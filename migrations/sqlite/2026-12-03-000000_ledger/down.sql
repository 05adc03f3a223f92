DROP TABLE ledger_position;
DROP TABLE ledger_sums;
DROP TABLE ledger_rows;
DROP TABLE payments;
DROP TABLE booking_fees;
