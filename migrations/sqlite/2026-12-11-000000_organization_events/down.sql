DROP TABLE organization_events;
