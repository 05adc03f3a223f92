-- One row, written to find out whether the database can be written, such as by the readiness check.
CREATE TABLE write_probe (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    written_at TIMESTAMP NOT NULL
);
