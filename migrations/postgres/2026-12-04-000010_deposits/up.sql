-- The deposit of a booking, and what became of it.
ALTER TABLE booking_charges ADD COLUMN deposit BIGINT NOT NULL DEFAULT 0 CHECK (deposit >= 0); -- minor units of the currency of the price
ALTER TABLE booking_charges ADD COLUMN deposit_return TEXT; -- JSON; none while the host holds the deposit
CREATE INDEX booking_charges_with_deposit ON booking_charges (booking_id) WHERE deposit > 0 AND deposit_return IS NULL;
