-- Bookings that a manager of the host has made for a customer, who is to confirm them.
CREATE TABLE booking_offers (
    booking_id TEXT PRIMARY KEY REFERENCES bookings (id) ON DELETE CASCADE,
    overridden TEXT NOT NULL, -- JSON: the codes of the rules that give way
    offered_by TEXT NOT NULL REFERENCES users (id)
);
