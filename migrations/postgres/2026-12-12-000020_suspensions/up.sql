-- Operators of the installation suspend organizations and users, for a reason.
ALTER TABLE organizations ADD COLUMN suspended_at TIMESTAMP;
ALTER TABLE organizations ADD COLUMN suspension_reason TEXT NOT NULL DEFAULT '' CHECK ((suspended_at IS NULL) = (suspension_reason = ''));
ALTER TABLE users ADD COLUMN suspended_at TIMESTAMP;
ALTER TABLE users ADD COLUMN suspension_reason TEXT NOT NULL DEFAULT '' CHECK ((suspended_at IS NULL) = (suspension_reason = ''));

-- What a suspended organization lists is hidden. The column follows its organization, for the sake of searches.
ALTER TABLE resources ADD COLUMN is_suspended BOOLEAN NOT NULL DEFAULT FALSE;
CREATE FUNCTION resources_follow_suspension() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE resources SET is_suspended = NEW.suspended_at IS NOT NULL WHERE organization_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER resources_follow_suspension AFTER UPDATE OF suspended_at ON organizations FOR EACH ROW
WHEN ((NEW.suspended_at IS NULL) <> (OLD.suspended_at IS NULL)) EXECUTE FUNCTION resources_follow_suspension();
CREATE FUNCTION resources_begin_suspended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The lock keeps the organization from being suspended before the resource is there.
    SELECT suspended_at IS NOT NULL INTO NEW.is_suspended FROM organizations WHERE id = NEW.organization_id FOR SHARE;
    RETURN NEW;
END $$;
CREATE TRIGGER resources_begin_suspended BEFORE INSERT ON resources FOR EACH ROW EXECUTE FUNCTION resources_begin_suspended();

-- A suspended organization neither makes nor gets new bookings, and a suspended user does not sign in.
CREATE FUNCTION bookings_refuse_suspended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM organizations
        WHERE id IN (NEW.organization_id, NEW.host_organization_id) AND suspended_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'suspended' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bookings_refuse_suspended BEFORE INSERT ON bookings FOR EACH ROW EXECUTE FUNCTION bookings_refuse_suspended();
CREATE FUNCTION sessions_refuse_suspended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM users WHERE id = NEW.user_id AND suspended_at IS NOT NULL) THEN
        RAISE EXCEPTION 'suspended' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sessions_refuse_suspended BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION sessions_refuse_suspended();

-- Why a subscriber could not read a fact at its latest attempt, for operators.
ALTER TABLE deliveries ADD COLUMN last_error TEXT;
