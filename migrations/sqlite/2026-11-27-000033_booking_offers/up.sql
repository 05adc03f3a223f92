-- Bookings that a manager of the host has made for a customer, who alone can confirm them.
CREATE TABLE booking_offers (
    booking_id TEXT PRIMARY KEY REFERENCES bookings (id) ON DELETE CASCADE,
    offered_by TEXT NOT NULL REFERENCES users (id)
);
