ALTER TABLE resources DROP COLUMN has_shared_quotas;
DROP TABLE shared_quota_resources;
DROP TABLE shared_quotas;
