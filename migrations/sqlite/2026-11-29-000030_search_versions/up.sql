-- The version of the program's folding in which the texts for searches are stored. A program that opens the database writes those
-- of every other version anew. 0: before there were versions.
ALTER TABLE resources ADD COLUMN search_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sites ADD COLUMN search_version INTEGER NOT NULL DEFAULT 0;
