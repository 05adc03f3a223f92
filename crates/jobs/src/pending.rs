//! Facts that a subscriber has claimed, in the order of the changes of each booking.

use std::collections::HashMap;

use domain::fact::Event;
use domain::ids::{BookingId, FactId};
use domain::time::UtcTime;

/// An event that a subscriber is to be told.
pub(super) struct Pending {
    pub(super) fact_id: FactId,
    pub(super) event: Event,
    pub(super) happened_at: UtcTime,
    /// The revision of each of its bookings after the event.
    revisions: HashMap<BookingId, i64>,
}

impl Pending {
    pub(super) fn new(fact_id: FactId, event: Event, happened_at: UtcTime) -> Self {
        let changes = if let Event::Bookings(event) = &event { event.changes.as_slice() } else { &[] };
        let revisions = changes.iter().map(|change| (change.after.id, change.after.revision)).collect();
        Self { fact_id, event, happened_at, revisions }
    }

    /// Takes in another event of which the same people are to be notified at once; false if there is no such reason.
    pub(super) fn absorb(&mut self, other: &Self) -> bool {
        let is_absorbed = self.event.absorb(&other.event);
        if is_absorbed {
            self.revisions.extend(&other.revisions);
        }
        is_absorbed
    }

    /// Puts the event among others, before the first that changed one of its bookings later. Facts are read in the order of their
    /// identifiers, which follow the clocks of the servers; the revisions of a booking follow its changes.
    pub(super) fn put_in_order(self, events: &mut Vec<Self>) {
        let later = events.iter().position(|known| known.is_after(&self));
        events.insert(later.unwrap_or(events.len()), self);
    }

    /// Whether it changed a booking after the other event.
    fn is_after(&self, other: &Self) -> bool {
        let later = |(booking, revision): (&BookingId, &i64)| self.revisions.get(booking).is_some_and(|own| own > revision);
        other.revisions.iter().any(later)
    }
}
