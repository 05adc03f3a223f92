DROP TABLE openid_attempts;
DROP TABLE identities;
