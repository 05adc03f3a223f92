-- Coupons of hosts. A booking with one is cheaper.
CREATE TABLE coupons (
    id TEXT COLLATE "C" PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id), -- the host
    code TEXT COLLATE "C" NOT NULL, -- capital letters, digits and hyphens
    name TEXT NOT NULL,
    percent BIGINT CHECK (percent BETWEEN 1 AND 100),
    amount BIGINT CHECK (amount > 0), -- minor units
    currency TEXT, -- of the amount
    valid_from TIMESTAMP,
    valid_until TIMESTAMP,
    most_uses BIGINT CHECK (most_uses > 0),
    most_uses_per_customer BIGINT CHECK (most_uses_per_customer > 0),
    resource_ids TEXT, -- JSON; none: all resources of the host
    created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    revision BIGINT NOT NULL DEFAULT 1,
    UNIQUE (organization_id, code),
    CHECK ((percent IS NULL) <> (amount IS NULL)),
    CHECK ((amount IS NULL) = (currency IS NULL))
);
CREATE INDEX coupons_by_organization ON coupons (organization_id, id);

-- The coupon of a booking: its terms, which the booking keeps, and the coupon, whose uses are counted by it.
ALTER TABLE booking_charges ADD COLUMN coupon TEXT; -- JSON
ALTER TABLE booking_charges ADD COLUMN coupon_id TEXT COLLATE "C" REFERENCES coupons (id);
CREATE INDEX booking_charges_by_coupon ON booking_charges (coupon_id) WHERE coupon_id IS NOT NULL;
