ALTER TABLE organizations DROP COLUMN ways_to_pay_by_kind;
