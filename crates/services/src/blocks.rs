//! Explaining why a block was refused because its time is taken, and finding alternatives to the bookings that it displaced.

use std::collections::HashMap;

use crate::Services;
use actions::blocks::{self, NewBlock};
use actions::bookings::Clash;
use actions::error::Error;
use actions::search;
use domain::alternatives::Alternative;
use domain::fields::InvalidFields;
use domain::ids::{BlockId, BookingId, ResourceId};
use domain::time::UtcTime;
use storage::blocks::Block;

impl Services {
    /// Explains why the time of a new block is taken.
    ///
    /// # Errors
    /// `not_found`, or when the database fails.
    pub async fn explain_block(&self, now: UtcTime, resource: ResourceId, new: NewBlock) -> Result<Clash, Error> {
        self.explain(now, move |tx| blocks::explain(tx, resource, &new)).await
    }

    /// Finds alternatives to bookings that a new block displaced.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alternatives_to_displaced(
        &self,
        now: UtcTime,
        displaced: Vec<BookingId>,
    ) -> Result<HashMap<BookingId, Vec<Alternative>>, Error> {
        self.db.read(now, move |tx| search::alternatives_to_displaced(tx, &displaced)).await
    }

    /// Explains why the time of a block is taken after an edit.
    ///
    /// # Errors
    /// `not_found`, the errors of `edit`, or when the database fails.
    pub async fn explain_block_update(
        &self,
        now: UtcTime,
        (resource, block): (ResourceId, BlockId),
        edit: impl Fn(Block) -> Result<Block, InvalidFields> + Clone + Send + 'static,
    ) -> Result<Clash, Error> {
        self.explain(now, move |tx| blocks::explain_update(tx, resource, block, &edit)).await
    }
}
