DROP TABLE out_of_order_warnings;
DROP INDEX resources_out_of_order;
DROP INDEX blocks_by_series;
ALTER TABLE blocks DROP COLUMN block_series_id;
ALTER TABLE resources DROP COLUMN out_of_order_since;
ALTER TABLE resources DROP COLUMN out_of_order_until;
ALTER TABLE resources DROP COLUMN out_of_order_reason;
