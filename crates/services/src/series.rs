//! Explaining which occurrences of a series were refused because they are taken.

use crate::Services;
use actions::Caller;
use actions::bookings::due;
use actions::error::Error;
use actions::series::{self, NewSeries};
use domain::ids::SeriesId;
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
        new: NewSeries,
        refused: Vec<Occurrence>,
    ) -> Result<Vec<Occurrence>, Error> {
        let resource = new.first.resource_id;
        self.sweep(now, move |tx| due::catch_up(tx, resource)).await?;
        self.db.read(now, move |tx| series::explain(tx, caller, &new, refused)).await
    }

    /// Sweeps the resources of a series after its move was refused.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_series(&self, now: UtcTime, id: SeriesId) -> Result<(), Error> {
        self.sweep(now, move |tx| series::expire_and_offer(tx, id)).await
    }
}
