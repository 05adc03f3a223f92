-- Entries of the audit log are only added. What must be erasable about people is in `personal`, which can be set to null and never
-- again to a value. The position is in the order of the insertions. (SQLite adds no column that it counts by itself, so the table is
-- written again.)
CREATE TABLE new_audit (
    position INTEGER PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE,
    at TIMESTAMP NOT NULL,
    user_id TEXT, -- none where the system acted
    organization_id TEXT, -- the organization in whose history it appears
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    object_id TEXT NOT NULL,
    detail TEXT NOT NULL, -- JSON
    api_key_id TEXT CHECK (api_key_id IS NULL OR user_id IS NULL),
    personal TEXT -- JSON
);
INSERT INTO new_audit (id, at, user_id, organization_id, action, object, object_id, detail, api_key_id)
SELECT id, at, user_id, organization_id, action, object, object_id, detail, api_key_id FROM audit ORDER BY rowid;
DROP TABLE audit;
ALTER TABLE new_audit RENAME TO audit;
CREATE INDEX audit_by_organization ON audit (organization_id, id);
CREATE INDEX audit_by_object ON audit (object_id, id);
CREATE INDEX audit_by_user ON audit (user_id, id); -- for the export of an account

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit_stays');
END;

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
WHEN NEW.personal IS NOT NULL OR NEW.position IS NOT OLD.position OR NEW.id IS NOT OLD.id OR NEW.at IS NOT OLD.at
    OR NEW.user_id IS NOT OLD.user_id OR NEW.organization_id IS NOT OLD.organization_id OR NEW.action IS NOT OLD.action
    OR NEW.object IS NOT OLD.object OR NEW.object_id IS NOT OLD.object_id OR NEW.detail IS NOT OLD.detail
    OR NEW.api_key_id IS NOT OLD.api_key_id
BEGIN
    SELECT RAISE(ABORT, 'audit_stays');
END;

-- How far the job that makes a tree of the entries has come. It holds the lock of this row while it adds to the tree.
CREATE TABLE audit_tree (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    settled BIGINT NOT NULL, -- all entries up to this position are in the tree
    reached BIGINT NOT NULL, -- the last position that the job saw at `reached_at`
    reached_at TIMESTAMP NOT NULL,
    CHECK (settled <= reached)
);
INSERT INTO audit_tree (id, settled, reached, reached_at) VALUES (1, 0, 0, 946684800000000);

-- The leaves of the tree: the entries in the order in which the job found them. The salt is erased together with what is personal.
-- RESTRICT also refuses `INSERT OR REPLACE` in the audit log: a trigger there would cost each booking 16,000 instructions.
CREATE TABLE audit_leaves (
    sequence INTEGER PRIMARY KEY NOT NULL CHECK (sequence >= 0),
    entry_id TEXT NOT NULL UNIQUE REFERENCES audit (id) ON DELETE RESTRICT ON UPDATE RESTRICT,
    salt BLOB CHECK (length(salt) = 16),
    commitment BLOB CHECK (length(commitment) = 32), -- SHA-256 of the salt and what is personal
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    CHECK (salt IS NULL OR commitment IS NOT NULL)
);

-- The hashes of complete subtrees: of 256 leaves at level 1, of 256 of these at level 2, and so on.
CREATE TABLE audit_nodes (
    level INTEGER NOT NULL CHECK (level >= 1),
    number BIGINT NOT NULL CHECK (number >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, number)
);

-- The signed checkpoints: each is a text with the number of leaves, the root and a signature.
CREATE TABLE audit_checkpoints (
    size INTEGER PRIMARY KEY NOT NULL CHECK (size >= 1),
    note TEXT NOT NULL,
    signed_at TIMESTAMP NOT NULL
);

CREATE TRIGGER audit_leaves_follow BEFORE INSERT ON audit_leaves
WHEN NEW.sequence <> COALESCE((SELECT max(sequence) + 1 FROM audit_leaves), 0)
    OR EXISTS (SELECT 1 FROM audit_leaves WHERE entry_id = NEW.entry_id)
BEGIN
    SELECT RAISE(ABORT, 'audit_leaves_follow');
END;

CREATE TRIGGER audit_leaves_no_delete BEFORE DELETE ON audit_leaves
BEGIN
    SELECT RAISE(ABORT, 'audit_leaves_stay');
END;

CREATE TRIGGER audit_leaves_no_update BEFORE UPDATE ON audit_leaves
WHEN NEW.salt IS NOT NULL OR NEW.sequence IS NOT OLD.sequence OR NEW.entry_id IS NOT OLD.entry_id
    OR NEW.commitment IS NOT OLD.commitment OR NEW.hash IS NOT OLD.hash
BEGIN
    SELECT RAISE(ABORT, 'audit_leaves_stay');
END;

CREATE TRIGGER audit_nodes_no_replace BEFORE INSERT ON audit_nodes
WHEN EXISTS (SELECT 1 FROM audit_nodes WHERE level = NEW.level AND number = NEW.number)
BEGIN
    SELECT RAISE(ABORT, 'audit_nodes_stay');
END;

CREATE TRIGGER audit_nodes_no_update BEFORE UPDATE ON audit_nodes
BEGIN
    SELECT RAISE(ABORT, 'audit_nodes_stay');
END;

CREATE TRIGGER audit_nodes_no_delete BEFORE DELETE ON audit_nodes
BEGIN
    SELECT RAISE(ABORT, 'audit_nodes_stay');
END;

CREATE TRIGGER audit_checkpoints_follow BEFORE INSERT ON audit_checkpoints
WHEN EXISTS (SELECT 1 FROM audit_checkpoints WHERE size >= NEW.size)
    OR NOT EXISTS (SELECT 1 FROM audit_leaves WHERE sequence = NEW.size - 1)
BEGIN
    SELECT RAISE(ABORT, 'audit_checkpoints_follow');
END;

CREATE TRIGGER audit_checkpoints_no_update BEFORE UPDATE ON audit_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'audit_checkpoints_stay');
END;

CREATE TRIGGER audit_checkpoints_no_delete BEFORE DELETE ON audit_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'audit_checkpoints_stay');
END;
