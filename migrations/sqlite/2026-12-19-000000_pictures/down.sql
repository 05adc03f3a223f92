DROP TABLE resource_pictures;
ALTER TABLE resources DROP COLUMN picture_count;
