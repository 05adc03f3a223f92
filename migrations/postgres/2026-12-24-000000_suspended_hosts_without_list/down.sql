-- Only SQLite builds tables for lists of values.
SELECT 1;
