-- The network from which the user signed in: an IPv4 address, or the first 64 bits of an IPv6 address. Empty: not known.
ALTER TABLE sessions ADD COLUMN network TEXT NOT NULL DEFAULT '';
