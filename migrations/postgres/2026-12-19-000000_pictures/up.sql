-- The pictures of resources: two JPEGs for each, made by the service. The files are last, so that lists read none of them.
CREATE TABLE resource_pictures (
    id TEXT COLLATE "C" PRIMARY KEY,
    resource_id TEXT COLLATE "C" NOT NULL REFERENCES resources (id),
    position INTEGER NOT NULL CHECK (position BETWEEN 1 AND 12), -- among those of the resource
    description TEXT NOT NULL CHECK (length(description) <= 300), -- for people who do not see the picture
    sha256 TEXT COLLATE "C" NOT NULL CHECK (length(sha256) = 64), -- of the content, in hexadecimal digits
    width INTEGER NOT NULL CHECK (width BETWEEN 1 AND 1280), -- pixels
    height INTEGER NOT NULL CHECK (height BETWEEN 1 AND 1280),
    thumbnail_sha256 TEXT COLLATE "C" NOT NULL CHECK (length(thumbnail_sha256) = 64),
    thumbnail_width INTEGER NOT NULL CHECK (thumbnail_width BETWEEN 1 AND 400),
    thumbnail_height INTEGER NOT NULL CHECK (thumbnail_height BETWEEN 1 AND 400),
    created_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL DEFAULT 1,
    thumbnail BYTEA NOT NULL CHECK (length(thumbnail) BETWEEN 1 AND 131072),
    content BYTEA NOT NULL CHECK (length(content) BETWEEN 1 AND 1048576)
);
CREATE INDEX resource_pictures_by_resource ON resource_pictures (resource_id, position, id);

-- The number of pictures of a resource, which the triggers below keep.
ALTER TABLE resources ADD COLUMN picture_count INTEGER NOT NULL DEFAULT 0 CHECK (picture_count BETWEEN 0 AND 12);

CREATE FUNCTION resource_pictures_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE resources SET picture_count = picture_count + 1 WHERE id = NEW.resource_id;
    ELSE
        UPDATE resources SET picture_count = picture_count - 1 WHERE id = OLD.resource_id;
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER resource_pictures_count AFTER INSERT OR DELETE ON resource_pictures
    FOR EACH ROW EXECUTE FUNCTION resource_pictures_count();

-- The address of a file has its hash: browsers and proxies keep the file.
CREATE FUNCTION resource_pictures_keep_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'picture_is_fixed' USING ERRCODE = 'integrity_constraint_violation';
END;
$$;
CREATE TRIGGER resource_pictures_keep_files
    BEFORE UPDATE OF id, resource_id, sha256, width, height, thumbnail_sha256, thumbnail_width, thumbnail_height, thumbnail, content
    ON resource_pictures FOR EACH ROW EXECUTE FUNCTION resource_pictures_keep_files();
