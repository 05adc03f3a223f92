//! Work that takes several transactions, for each way into the program: the API today, pages and jobs later.

pub mod blocks;
pub mod booking_groups;
pub mod bookings;
mod card_accounts;
pub mod card_payments;
pub mod openid;
pub mod series;

mod sweeping;

use std::sync::Arc;

use storage::db::Db;
use tokio::sync::Notify;

/// The parts of the running program that work over several transactions uses.
#[derive(Clone)]
pub struct Services {
    /// The database.
    pub db: Db,
    /// Wakes the job that reads the outbox.
    pub outbox: Arc<Notify>,
}
