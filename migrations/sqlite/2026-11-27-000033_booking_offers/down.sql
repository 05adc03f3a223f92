DROP TABLE booking_offers;
