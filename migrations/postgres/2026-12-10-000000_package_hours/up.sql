-- Packages of hours: `credit` and `credit_left` are minutes where `hours` says the resources on which they can be used. The price is then
-- without VAT, and can be a larger number than that of the minutes.
ALTER TABLE packages ADD COLUMN hours TEXT; -- JSON
ALTER TABLE packages DROP CONSTRAINT packages_check;
ALTER TABLE packages ADD CONSTRAINT packages_credit CHECK (credit > 0 AND (hours IS NOT NULL OR credit >= price));

ALTER TABLE prepaid ADD COLUMN hours TEXT; -- JSON
ALTER TABLE prepaid DROP CONSTRAINT prepaid_check;
ALTER TABLE prepaid DROP CONSTRAINT prepaid_check2;
ALTER TABLE prepaid ADD CONSTRAINT prepaid_credit CHECK (credit > 0 AND (hours IS NOT NULL OR credit >= price));
ALTER TABLE prepaid ADD CONSTRAINT prepaid_price_left CHECK (
    price_left BETWEEN 0 AND price AND (price_left <= credit_left OR hours IS NOT NULL AND credit_left > 0)
);

ALTER TABLE prepaid_entries DROP CONSTRAINT prepaid_entries_check;
ALTER TABLE prepaid_entries ADD CONSTRAINT prepaid_entries_price CHECK (price >= 0);

ALTER TABLE ledger_rows DROP CONSTRAINT ledger_rows_words;
ALTER TABLE ledger_rows ADD CONSTRAINT ledger_rows_words CHECK (
    debit IN ('receivable', 'income', 'fees', 'vat', 'bank', 'prepaid', 'deposits', 'provider', 'commission', 'platform', 'authorized',
        'pending')
    AND credit IN ('receivable', 'income', 'fees', 'vat', 'bank', 'prepaid', 'deposits', 'provider', 'commission', 'platform',
        'authorized', 'pending')
    AND purpose IN ('price', 'late_cancellation_fee', 'no_show_fee', 'overrun_fee', 'payment', 'refund', 'vat_rounding', 'deposit',
        'kept_deposit', 'prepayment', 'prepaid_use', 'prepaid_expiry', 'hours_sale', 'hours_cover', 'hours_use', 'training_seat', 'authorization',
        'authorization_end', 'commission', 'payout', 'dispute', 'dispute_end')
);
