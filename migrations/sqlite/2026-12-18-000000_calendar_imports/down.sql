DROP TRIGGER calendar_imports_keep_resource;
DROP TRIGGER blocks_of_the_resource_of_the_import_update;
DROP TRIGGER blocks_of_the_resource_of_the_import_insert;
DROP INDEX blocks_by_calendar_import;
DROP INDEX blocks_by_event;
ALTER TABLE blocks DROP COLUMN event_key;
ALTER TABLE blocks DROP COLUMN calendar_import_id;
DROP TABLE calendar_clashes;
DROP TABLE calendar_imports;
