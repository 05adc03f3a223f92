-- The part of each payment by card that the operator of the service keeps, in hundredths of a percent. None: that of the configuration.
ALTER TABLE card_accounts ADD COLUMN commission_rate BIGINT CHECK (commission_rate BETWEEN 0 AND 10000);
-- A payment keeps the rate that it was started with.
ALTER TABLE card_payments ADD COLUMN commission_rate BIGINT NOT NULL DEFAULT 0 CHECK (commission_rate BETWEEN 0 AND 10000);
-- The commission on what the host has of the payment now, in minor units.
ALTER TABLE card_payments ADD COLUMN commission BIGINT NOT NULL DEFAULT 0
    CHECK (commission BETWEEN 0 AND captured AND (commission = 0 OR account_id IS NOT NULL));

CREATE FUNCTION keep_commission_rate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'card_payments_keep_rate';
END $$;
CREATE TRIGGER card_payments_keep_rate BEFORE UPDATE OF commission_rate ON card_payments FOR EACH ROW
WHEN (NEW.commission_rate <> OLD.commission_rate) EXECUTE FUNCTION keep_commission_rate();
