-- The words for accounts, purposes and ways to pay, as constraints with names, so that later versions can add some.
ALTER TABLE payments DROP CONSTRAINT payments_method_check;
ALTER TABLE payments ADD CONSTRAINT payments_words CHECK (
    method IN ('bank_transfer', 'cash', 'card', 'other', 'online_card')
);
-- Nobody records a payment that the service receives itself.
ALTER TABLE payments ALTER COLUMN recorded_by DROP NOT NULL;

ALTER TABLE ledger_rows DROP CONSTRAINT ledger_rows_debit_check;
ALTER TABLE ledger_rows DROP CONSTRAINT ledger_rows_credit_check;
ALTER TABLE ledger_rows DROP CONSTRAINT ledger_rows_purpose_check;
ALTER TABLE ledger_rows ADD CONSTRAINT ledger_rows_words CHECK (
    debit IN ('receivable', 'income', 'fees', 'vat', 'bank', 'prepaid', 'deposits', 'provider', 'commission', 'platform', 'authorized',
        'pending')
    AND credit IN ('receivable', 'income', 'fees', 'vat', 'bank', 'prepaid', 'deposits', 'provider', 'commission', 'platform',
        'authorized', 'pending')
    AND purpose IN ('price', 'late_cancellation_fee', 'no_show_fee', 'overrun_fee', 'payment', 'refund', 'vat_rounding', 'deposit',
        'kept_deposit', 'prepayment', 'prepaid_use', 'prepaid_expiry', 'authorization', 'authorization_end', 'commission', 'payout',
        'dispute', 'dispute_end')
);
ALTER TABLE ledger_rows ADD CONSTRAINT ledger_rows_have_a_cause
    CHECK (booking_id IS NOT NULL OR payment_id IS NOT NULL OR invoice_id IS NOT NULL);
