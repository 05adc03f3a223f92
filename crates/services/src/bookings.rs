//! Explaining why a booking was refused because its slot is taken.

use crate::Services;
use actions::Caller;
use actions::bookings::{self, Clash, NewBooking, Reschedule};
use actions::error::Error;
use domain::ids::{BookingId, BookingProposalId};
use domain::time::UtcTime;

impl Services {
    /// Explains why the slot of a new booking is taken, and finds what could be booked instead.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn explain_booking(&self, now: UtcTime, caller: Caller, new: NewBooking) -> Result<Clash, Error> {
        self.explain(now, move |tx| bookings::explain(tx, caller, &new)).await
    }

    /// Explains why the new slot of a booking is taken, and finds what could be booked instead.
    ///
    /// # Errors
    /// `not_found`, or when the database fails.
    pub async fn explain_move(&self, now: UtcTime, caller: Caller, id: BookingId, new: Reschedule) -> Result<Clash, Error> {
        self.explain(now, move |tx| bookings::explain_move(tx, caller, id, &new)).await
    }

    /// Explains why the slot of a proposal is taken, and finds what could be proposed instead.
    ///
    /// # Errors
    /// `not_found`, or when the database fails.
    pub async fn explain_proposal(
        &self,
        now: UtcTime,
        caller: Caller,
        (id, proposal): (BookingId, BookingProposalId),
    ) -> Result<Clash, Error> {
        self.explain(now, move |tx| bookings::explain_proposal(tx, caller, id, proposal)).await
    }
}
