-- Bookings that a manager of the host has made for a customer, who alone can confirm them.
CREATE TABLE booking_offers (
    booking_id TEXT COLLATE "C" PRIMARY KEY REFERENCES bookings (id) ON DELETE CASCADE,
    offered_by TEXT COLLATE "C" NOT NULL REFERENCES users (id)
);
