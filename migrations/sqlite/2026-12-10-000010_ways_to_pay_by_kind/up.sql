-- The ways in which customers of each kind can pay; those of other kinds as `ways_to_pay` says.
ALTER TABLE organizations ADD COLUMN ways_to_pay_by_kind TEXT NOT NULL DEFAULT '[]'; -- JSON
