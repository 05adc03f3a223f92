DROP TABLE audit_checkpoints;
DROP TABLE audit_nodes;
DROP TABLE audit_leaves;
DROP TABLE audit_tree;
CREATE TABLE old_audit (
    id TEXT PRIMARY KEY,
    at TIMESTAMP NOT NULL,
    user_id TEXT,
    organization_id TEXT,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    object_id TEXT NOT NULL,
    detail TEXT NOT NULL,
    api_key_id TEXT CHECK (api_key_id IS NULL OR user_id IS NULL)
);
INSERT INTO old_audit (id, at, user_id, organization_id, action, object, object_id, detail, api_key_id)
SELECT id, at, user_id, organization_id, action, object, object_id, detail, api_key_id FROM audit ORDER BY position;
DROP TABLE audit;
ALTER TABLE old_audit RENAME TO audit;
CREATE INDEX audit_by_organization ON audit (organization_id, id);
CREATE INDEX audit_by_object ON audit (object_id, id);
CREATE INDEX audit_by_user ON audit (user_id, id);
