//! What every handler shares.

use std::sync::Arc;

use tokio::sync::{Notify, Semaphore};

use super::access_token::Keys;
use super::passwords::Passwords;
use environment::clock::Clock;
use environment::config::Config;
use storage::db::Db;

/// The parts of the running service that handlers use.
pub struct State {
    /// The database.
    pub db: Db,
    /// What time it is.
    pub clock: Clock,
    /// How the service is configured.
    pub config: Config,
    /// What access tokens are signed with.
    pub keys: Keys,
    /// Told when something was put into the outbox.
    pub outbox: Arc<Notify>,
    /// Where passwords are hashed and checked.
    pub passwords: Passwords,
    /// What is only tried, and undone, is so one after the other: whoever books waits for one of them at most.
    pub trials: Semaphore,
}
