-- Each server asks for the sessions that ended lately: their access tokens are not valid any more.
CREATE INDEX sessions_by_end ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;

-- A session that has ended never begins again.
CREATE TRIGGER sessions_stay_ended BEFORE UPDATE ON sessions
WHEN OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NOT OLD.revoked_at
BEGIN
    SELECT RAISE(ABORT, 'a session that has ended stays so');
END;
