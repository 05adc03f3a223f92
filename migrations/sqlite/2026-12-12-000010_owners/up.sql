-- An organization that has had an owner keeps one until it is closed.
CREATE TRIGGER members_keep_an_owner_on_change BEFORE UPDATE ON members
WHEN OLD.role = 'owner' AND (NEW.role <> 'owner' OR NEW.organization_id <> OLD.organization_id OR NEW.user_id <> OLD.user_id)
    AND EXISTS (SELECT 1 FROM organizations WHERE id = OLD.organization_id AND closed_at IS NULL)
    AND NOT EXISTS (
        SELECT 1 FROM members WHERE organization_id = OLD.organization_id AND role = 'owner' AND user_id <> OLD.user_id
    )
BEGIN
    SELECT RAISE(ABORT, 'last_owner');
END;
CREATE TRIGGER members_keep_an_owner_on_removal BEFORE DELETE ON members
WHEN OLD.role = 'owner'
    AND EXISTS (SELECT 1 FROM organizations WHERE id = OLD.organization_id AND closed_at IS NULL)
    AND NOT EXISTS (
        SELECT 1 FROM members WHERE organization_id = OLD.organization_id AND role = 'owner' AND user_id <> OLD.user_id
    )
BEGIN
    SELECT RAISE(ABORT, 'last_owner');
END;
