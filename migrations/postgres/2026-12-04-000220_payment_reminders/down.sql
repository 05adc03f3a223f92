DROP TABLE payment_reminders;
ALTER TABLE organizations DROP COLUMN reminder_days;
ALTER TABLE organizations DROP COLUMN payment_days;
