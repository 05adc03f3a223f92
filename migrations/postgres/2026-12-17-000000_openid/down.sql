DROP TABLE openid_attempts;
DROP TABLE identities;
DROP FUNCTION identities_stay;
