-- Entries of the audit log are only added. What must be erasable about people is in `personal`, which can be set to null and never
-- again to a value. The position is in the order of the insertions; that of an entry whose transaction commits late is lower than that
-- of entries that others have seen already.
ALTER TABLE audit
    ADD COLUMN personal TEXT, -- JSON
    ADD COLUMN position BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY;
CREATE UNIQUE INDEX audit_by_position ON audit (position);

CREATE TRIGGER audit_stays BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse('audit_stays');
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit EXECUTE FUNCTION refuse('audit_stays');
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit FOR EACH ROW
WHEN (NEW.personal IS NOT NULL
    OR (NEW.id, NEW.at, NEW.user_id, NEW.organization_id, NEW.action, NEW.object, NEW.object_id, NEW.detail, NEW.api_key_id,
        NEW.position)
    IS DISTINCT FROM (OLD.id, OLD.at, OLD.user_id, OLD.organization_id, OLD.action, OLD.object, OLD.object_id, OLD.detail,
        OLD.api_key_id, OLD.position))
EXECUTE FUNCTION refuse('audit_stays');

-- How far the job that makes a tree of the entries has come. It holds the lock of this row while it adds to the tree.
CREATE TABLE audit_tree (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    settled BIGINT NOT NULL, -- all entries up to this position are in the tree
    reached BIGINT NOT NULL, -- the last position that the job saw at `reached_at`
    reached_at TIMESTAMP NOT NULL,
    CHECK (settled <= reached)
);
INSERT INTO audit_tree (id, settled, reached, reached_at) VALUES (1, 0, 0, TIMESTAMP '2000-01-01 00:00:00');

-- The leaves of the tree: the entries in the order in which the job found them. The salt is erased together with what is personal.
CREATE TABLE audit_leaves (
    sequence BIGINT PRIMARY KEY CHECK (sequence >= 0),
    entry_id TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES audit (id),
    salt BYTEA CHECK (octet_length(salt) = 16),
    commitment BYTEA CHECK (octet_length(commitment) = 32), -- SHA-256 of the salt and what is personal
    hash BYTEA NOT NULL CHECK (octet_length(hash) = 32),
    CHECK (salt IS NULL OR commitment IS NOT NULL)
);

-- The hashes of complete subtrees: of 256 leaves at level 1, of 256 of these at level 2, and so on.
CREATE TABLE audit_nodes (
    level INTEGER NOT NULL CHECK (level >= 1),
    number BIGINT NOT NULL CHECK (number >= 0),
    hash BYTEA NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, number)
);

-- The signed checkpoints: each is a text with the number of leaves, the root and a signature.
CREATE TABLE audit_checkpoints (
    size BIGINT PRIMARY KEY CHECK (size >= 1),
    note TEXT NOT NULL,
    signed_at TIMESTAMP NOT NULL
);

CREATE FUNCTION audit_leaves_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sequence <> COALESCE((SELECT max(sequence) + 1 FROM audit_leaves), 0) THEN
        RAISE EXCEPTION 'audit_leaves_follow';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER audit_leaves_follow BEFORE INSERT ON audit_leaves FOR EACH ROW EXECUTE FUNCTION audit_leaves_follow();
CREATE TRIGGER audit_leaves_stay BEFORE DELETE ON audit_leaves FOR EACH ROW EXECUTE FUNCTION refuse('audit_leaves_stay');
CREATE TRIGGER audit_leaves_no_truncate BEFORE TRUNCATE ON audit_leaves EXECUTE FUNCTION refuse('audit_leaves_stay');
CREATE TRIGGER audit_leaves_no_update BEFORE UPDATE ON audit_leaves FOR EACH ROW
WHEN (NEW.salt IS NOT NULL
    OR (NEW.sequence, NEW.entry_id, NEW.commitment, NEW.hash)
    IS DISTINCT FROM (OLD.sequence, OLD.entry_id, OLD.commitment, OLD.hash))
EXECUTE FUNCTION refuse('audit_leaves_stay');

CREATE TRIGGER audit_nodes_stay BEFORE UPDATE OR DELETE ON audit_nodes FOR EACH ROW EXECUTE FUNCTION refuse('audit_nodes_stay');
CREATE TRIGGER audit_nodes_no_truncate BEFORE TRUNCATE ON audit_nodes EXECUTE FUNCTION refuse('audit_nodes_stay');

CREATE FUNCTION audit_checkpoints_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM audit_checkpoints WHERE size >= NEW.size)
        OR NOT EXISTS (SELECT 1 FROM audit_leaves WHERE sequence = NEW.size - 1) THEN
        RAISE EXCEPTION 'audit_checkpoints_follow';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER audit_checkpoints_follow BEFORE INSERT ON audit_checkpoints
FOR EACH ROW EXECUTE FUNCTION audit_checkpoints_follow();
CREATE TRIGGER audit_checkpoints_stay BEFORE UPDATE OR DELETE ON audit_checkpoints
FOR EACH ROW EXECUTE FUNCTION refuse('audit_checkpoints_stay');
CREATE TRIGGER audit_checkpoints_no_truncate BEFORE TRUNCATE ON audit_checkpoints EXECUTE FUNCTION refuse('audit_checkpoints_stay');
