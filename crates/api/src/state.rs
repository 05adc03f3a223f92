//! The parts of the service that all handlers share.

use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::{Notify, Semaphore};

use super::access_token::Keys;
use super::passwords::Passwords;
use domain::time::UtcTime;
use environment::clock::Clock;
use environment::config::Config;
use services::Services;
use storage::db::Db;

/// How a job of this server is doing.
#[derive(Debug, Clone, Copy)]
pub struct JobFigures {
    /// The name of the job.
    pub job: &'static str,
    /// The instant of its last success, if there was one since the server started.
    pub last_success: Option<UtcTime>,
    /// How much later it is than it should be; zero for a job that is on time.
    pub lag: TimeDelta,
}

/// Tells how each job is doing at an instant.
pub type ReportJobs = Box<dyn Fn(UtcTime) -> Vec<JobFigures> + Send + Sync>;

/// The parts of the running service that handlers use.
pub struct State {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// How the service is configured.
    pub config: Config,
    /// The keys that sign access tokens.
    pub keys: Keys,
    /// Told when something was put into the outbox.
    pub outbox: Arc<Notify>,
    /// Where passwords are hashed and checked.
    pub passwords: Passwords,
    /// Tells how the jobs are doing, for the metrics.
    pub report_jobs: ReportJobs,
    /// Lets one trial run at a time: a trial is rolled back, and a booking waits for at most one of them.
    pub trials: Semaphore,
}

impl State {
    /// The work that takes several transactions.
    pub fn services(&self) -> Services {
        Services { db: self.db.clone(), outbox: self.outbox.clone() }
    }
}
