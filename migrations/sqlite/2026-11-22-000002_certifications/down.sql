ALTER TABLE bookings DROP COLUMN operated_by;
DROP TABLE certifications;
DROP TABLE training_seats;
DROP TABLE trainings;
DROP TABLE certification_partners;
DROP TABLE certification_kinds;
