//! Explaining which bookings of a group were refused because their slots are taken.

use crate::Services;
use actions::Caller;
use actions::booking_groups::{self, NewBookingGroup};
use actions::error::Error;
use domain::booking_group::RefusedBooking;
use domain::time::UtcTime;

impl Services {
    /// Sweeps the resources of a refused group, and finds what could be booked instead of the first slots that are taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn explain_booking_group(
        &self,
        now: UtcTime,
        caller: Caller,
        new: NewBookingGroup,
        refused: Vec<RefusedBooking>,
    ) -> Result<Vec<RefusedBooking>, Error> {
        let swept = new.clone();
        self.sweep(now, move |tx| booking_groups::expire_and_offer(tx, &swept)).await?;
        self.db.read(now, move |tx| booking_groups::explain(tx, caller, &new, refused)).await
    }
}
