-- For the list of both organizations SQLite built a table in memory with each booking, which took 27,000 instructions.
DROP TRIGGER bookings_refuse_suspended;
CREATE TRIGGER bookings_refuse_suspended BEFORE INSERT ON bookings
WHEN EXISTS (SELECT 1 FROM organizations WHERE id = NEW.organization_id AND suspended_at IS NOT NULL)
    OR EXISTS (SELECT 1 FROM organizations WHERE id = NEW.host_organization_id AND suspended_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'suspended');
END;
