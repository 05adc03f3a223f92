ALTER TABLE ledger_rows DROP CONSTRAINT ledger_rows_words;
ALTER TABLE ledger_rows ADD CONSTRAINT ledger_rows_words CHECK (
    debit IN ('receivable', 'income', 'fees', 'vat', 'bank', 'prepaid', 'deposits', 'provider', 'commission', 'platform', 'authorized',
        'pending')
    AND credit IN ('receivable', 'income', 'fees', 'vat', 'bank', 'prepaid', 'deposits', 'provider', 'commission', 'platform',
        'authorized', 'pending')
    AND purpose IN ('price', 'late_cancellation_fee', 'no_show_fee', 'overrun_fee', 'payment', 'refund', 'vat_rounding', 'deposit',
        'kept_deposit', 'prepayment', 'prepaid_use', 'prepaid_expiry', 'authorization', 'authorization_end', 'commission', 'payout',
        'dispute', 'dispute_end')
);

ALTER TABLE prepaid_entries DROP CONSTRAINT prepaid_entries_price;
ALTER TABLE prepaid_entries ADD CONSTRAINT prepaid_entries_check CHECK (price BETWEEN 0 AND credit);

ALTER TABLE prepaid DROP CONSTRAINT prepaid_credit;
ALTER TABLE prepaid DROP CONSTRAINT prepaid_price_left;
ALTER TABLE prepaid ADD CONSTRAINT prepaid_check CHECK (credit > 0 AND credit >= price);
ALTER TABLE prepaid ADD CONSTRAINT prepaid_check2 CHECK (price_left BETWEEN 0 AND price AND price_left <= credit_left);
ALTER TABLE prepaid DROP COLUMN hours;

ALTER TABLE packages DROP CONSTRAINT packages_credit;
ALTER TABLE packages ADD CONSTRAINT packages_check CHECK (credit >= price);
ALTER TABLE packages DROP COLUMN hours;
