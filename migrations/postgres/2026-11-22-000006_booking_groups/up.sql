-- Bookings that were made together, all or nothing. What they are, they tell themselves.
CREATE TABLE booking_groups (
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the customer
    note TEXT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX booking_groups_by_customer ON booking_groups (organization_id, id);

ALTER TABLE bookings ADD COLUMN group_id TEXT COLLATE "C" REFERENCES booking_groups (id);
CREATE INDEX bookings_by_group ON bookings (group_id, starts_at) WHERE group_id IS NOT NULL;
CREATE INDEX bookings_by_host_and_group ON bookings (host_organization_id, group_id) WHERE group_id IS NOT NULL;
