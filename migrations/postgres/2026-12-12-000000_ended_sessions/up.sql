-- Each server asks for the sessions that ended lately: their access tokens are not valid any more.
CREATE INDEX sessions_by_end ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;

-- A session that has ended never begins again.
CREATE FUNCTION sessions_stay_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a session that has ended stays so' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER sessions_stay_ended BEFORE UPDATE ON sessions FOR EACH ROW
WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) EXECUTE FUNCTION sessions_stay_ended();
