-- Operators of the installation suspend organizations and users, for a reason.
ALTER TABLE organizations ADD COLUMN suspended_at TIMESTAMP;
ALTER TABLE organizations ADD COLUMN suspension_reason TEXT NOT NULL DEFAULT '' CHECK ((suspended_at IS NULL) = (suspension_reason = ''));
ALTER TABLE users ADD COLUMN suspended_at TIMESTAMP;
ALTER TABLE users ADD COLUMN suspension_reason TEXT NOT NULL DEFAULT '' CHECK ((suspended_at IS NULL) = (suspension_reason = ''));

-- What a suspended organization lists is hidden. The column follows its organization, for the sake of searches.
ALTER TABLE resources ADD COLUMN is_suspended BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TRIGGER resources_follow_suspension AFTER UPDATE OF suspended_at ON organizations
WHEN (NEW.suspended_at IS NULL) <> (OLD.suspended_at IS NULL)
BEGIN
    UPDATE resources SET is_suspended = NEW.suspended_at IS NOT NULL WHERE organization_id = NEW.id;
END;
CREATE TRIGGER resources_begin_suspended AFTER INSERT ON resources
WHEN EXISTS (SELECT 1 FROM organizations WHERE id = NEW.organization_id AND suspended_at IS NOT NULL)
BEGIN
    UPDATE resources SET is_suspended = TRUE WHERE id = NEW.id;
END;

-- A suspended organization neither makes nor gets new bookings, and a suspended user does not sign in.
CREATE TRIGGER bookings_refuse_suspended BEFORE INSERT ON bookings
WHEN EXISTS (SELECT 1 FROM organizations WHERE id IN (NEW.organization_id, NEW.host_organization_id) AND suspended_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'suspended');
END;
CREATE TRIGGER sessions_refuse_suspended BEFORE INSERT ON sessions
WHEN EXISTS (SELECT 1 FROM users WHERE id = NEW.user_id AND suspended_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'suspended');
END;

-- Why a subscriber could not read a fact at its latest attempt, for operators.
ALTER TABLE deliveries ADD COLUMN last_error TEXT;
