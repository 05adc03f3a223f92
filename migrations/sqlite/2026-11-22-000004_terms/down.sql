ALTER TABLE bookings DROP COLUMN terms;
ALTER TABLE organizations DROP COLUMN has_terms;
DROP TABLE terms_acceptances;
DROP TABLE terms_versions;
DROP TABLE terms;
