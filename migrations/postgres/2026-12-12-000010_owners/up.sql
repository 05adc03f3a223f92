-- An organization that has had an owner keeps one until it is closed. The lock lets one owner leave at a time.
CREATE FUNCTION members_keep_an_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM organizations WHERE id = OLD.organization_id AND closed_at IS NULL FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (
        SELECT FROM members
        WHERE organization_id = OLD.organization_id AND role = 'owner' AND user_id <> OLD.user_id
    ) THEN
        RAISE EXCEPTION 'last_owner' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER members_keep_an_owner_on_change BEFORE UPDATE ON members FOR EACH ROW
WHEN (OLD.role = 'owner' AND (NEW.role <> 'owner' OR NEW.organization_id <> OLD.organization_id OR NEW.user_id <> OLD.user_id))
EXECUTE FUNCTION members_keep_an_owner();
CREATE TRIGGER members_keep_an_owner_on_removal BEFORE DELETE ON members FOR EACH ROW
WHEN (OLD.role = 'owner') EXECUTE FUNCTION members_keep_an_owner();
