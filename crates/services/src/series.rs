//! Explaining which occurrences of a series were refused because they are taken.

use crate::Services;
use actions::Caller;
use actions::bookings::{NewBooking, due};
use actions::error::Error;
use actions::series::{self, LeftOut};
use domain::ids::{ResourceId, SeriesId};
use domain::series::Occurrence;
use domain::time::UtcTime;

impl Services {
    /// Sweeps the resource of a refused series, and finds what could be booked instead of the first occurrences that are taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn explain_series(
        &self,
        now: UtcTime,
        caller: Caller,
        first: NewBooking,
        refused: Vec<Occurrence>,
    ) -> Result<Vec<Occurrence>, Error> {
        let resource = first.resource_id;
        self.sweep(now, move |tx| due::catch_up(tx, resource)).await?;
        self.db.read(now, move |tx| series::explain(tx, caller, &first, refused)).await
    }

    /// Sweeps the resource of a series after dates that were left out of it were refused again, and finds what could be booked instead
    /// of the first that are taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn explain_left_out(
        &self,
        now: UtcTime,
        caller: Caller,
        id: SeriesId,
        new: LeftOut,
        refused: Vec<Occurrence>,
    ) -> Result<Vec<Occurrence>, Error> {
        self.sweep_series(now, id, None).await?;
        self.db.read(now, move |tx| series::explain_left_out(tx, caller, id, &new, refused)).await
    }

    /// Sweeps the resources of a series after its move was refused, and the one to which it was to move.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_series(&self, now: UtcTime, id: SeriesId, target: Option<ResourceId>) -> Result<(), Error> {
        self.sweep(now, move |tx| series::expire_and_offer(tx, id, target)).await
    }
}
