-- Fails if there are rows with newer words, which the older version cannot read.
ALTER TABLE ledger_rows DROP CONSTRAINT ledger_rows_have_a_cause;
ALTER TABLE ledger_rows DROP CONSTRAINT ledger_rows_words;
ALTER TABLE ledger_rows ADD CHECK (debit IN ('receivable', 'income', 'fees', 'vat', 'bank'));
ALTER TABLE ledger_rows ADD CHECK (credit IN ('receivable', 'income', 'fees', 'vat', 'bank'));
ALTER TABLE ledger_rows ADD CHECK (purpose IN ('price', 'late_cancellation_fee', 'no_show_fee', 'overrun_fee', 'payment', 'refund',
    'vat_rounding'));
ALTER TABLE payments ALTER COLUMN recorded_by SET NOT NULL;
ALTER TABLE payments DROP CONSTRAINT payments_words;
ALTER TABLE payments ADD CHECK (method IN ('bank_transfer', 'cash', 'card', 'other'));
