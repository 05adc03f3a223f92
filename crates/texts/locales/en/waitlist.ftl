# Mails to those whose waitlist entry has ended without an offer.

wait-expired = No slot came free
    .intro = You were on the waitlist for { $resource } at { $host }, but no slot came free in time. You are no longer on the waitlist.
    .call = To look for another time or place:

wait-withdrawn = No longer offered
    .intro = You were on the waitlist for { $resource } at { $host }, which is no longer offered to you. You are no longer on the waitlist.
    .call = To look for another time or place:
