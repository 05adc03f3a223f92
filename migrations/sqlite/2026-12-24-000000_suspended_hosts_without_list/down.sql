DROP TRIGGER bookings_refuse_suspended;
CREATE TRIGGER bookings_refuse_suspended BEFORE INSERT ON bookings
WHEN EXISTS (SELECT 1 FROM organizations WHERE id IN (NEW.organization_id, NEW.host_organization_id) AND suspended_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'suspended');
END;
