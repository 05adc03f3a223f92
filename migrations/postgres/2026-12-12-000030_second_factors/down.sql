ALTER TABLE organizations DROP COLUMN requires_second_factor;
DROP TABLE recovery_codes;
DROP FUNCTION recovery_codes_stay_used;
DROP TRIGGER second_factors_go_on ON users;
DROP FUNCTION second_factors_go_on;
ALTER TABLE users DROP COLUMN second_factor_step;
ALTER TABLE users DROP COLUMN second_factor_since;
ALTER TABLE users DROP COLUMN second_factor_salt;
