DROP TABLE resource_pictures;
DROP FUNCTION resource_pictures_count();
DROP FUNCTION resource_pictures_keep_files();
ALTER TABLE resources DROP COLUMN picture_count;
