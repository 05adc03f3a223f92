ALTER TABLE sites DROP COLUMN search_version;
ALTER TABLE resources DROP COLUMN search_version;
