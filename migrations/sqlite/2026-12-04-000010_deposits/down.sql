DROP INDEX booking_charges_with_deposit;
ALTER TABLE booking_charges DROP COLUMN deposit_return;
ALTER TABLE booking_charges DROP COLUMN deposit;
