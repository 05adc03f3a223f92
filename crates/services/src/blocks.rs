//! Explaining why a block was refused because its time is taken.

use crate::Services;
use actions::blocks::{self, NewBlock};
use actions::bookings::Clash;
use actions::error::Error;
use domain::fields::InvalidFields;
use domain::ids::{BlockId, ResourceId};
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
