//! Sweeping resources after a refusal: the sweep of a refused action was undone together with the action.

use crate::Services;
use actions::bookings::{Clash, due};
use actions::error::Error;
use domain::time::UtcTime;
use storage::db::{ReadTx, Tx};

impl Services {
    /// Sweeps in a transaction of its own, and wakes the job that reads the outbox.
    pub(crate) async fn sweep(
        &self,
        now: UtcTime,
        sweep: impl Fn(&mut Tx<'_>) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        self.db.write(now, sweep).await?;
        self.outbox.notify_one();
        Ok(())
    }

    /// Explains why a slot is taken.
    pub(crate) async fn explain(
        &self,
        now: UtcTime,
        explain: impl Fn(&mut ReadTx) -> Result<Clash, Error> + Clone + Send + 'static,
    ) -> Result<Clash, Error> {
        let clash = self.db.read(now, explain.clone()).await?;
        if !clash.conflicts.is_empty() {
            return Ok(clash);
        }
        // The slot is offered to an entry of the waitlist. The offer was undone together with the refused action.
        self.sweep(now, move |tx| due::catch_up(tx, clash.resource_id)).await?;
        self.db.read(now, explain).await
    }
}
