//! The parts of the service that all handlers share.

use std::sync::Arc;
use std::time::Instant;

use chrono::TimeDelta;
use tokio::sync::{Mutex, Notify};

use super::access_token::Keys;
use super::ended_sessions::EndedSessions;
use super::event_streams::Streams;
use super::known_keys::KnownKeys;
use super::passwords::Passwords;
use super::turns::Turns;
use super::wrong_passwords::WrongPasswords;
use actions::written_events::WrittenEvents;
use domain::time::UtcTime;
use environment::checkpoint_key::CheckpointKey;
use environment::clock::Clock;
use environment::config::Config;
use environment::link_key::LinkKey;
use environment::seal_key::SealKey;
use environment::second_factor_key::SecondFactorKey;
use services::Services;
use services::card_payments::CardPayments;
use services::openid::OpenId;
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
    /// The key that signs the links in mails.
    pub links: LinkKey,
    /// The key of second factors.
    pub second_factors: SecondFactorKey,
    /// The key that encrypts the secrets of webhooks.
    pub secrets: SealKey,
    /// The key that signs checkpoints of the audit log.
    pub checkpoint_key: CheckpointKey,
    /// Payments by card.
    pub card_payments: CardPayments,
    /// The providers with which people can sign in.
    pub openid: OpenId,
    /// Told when something was put into the outbox.
    pub outbox: Arc<Notify>,
    /// Where passwords are hashed and checked.
    pub passwords: Passwords,
    /// Tells how the jobs are doing, for the metrics.
    pub report_jobs: ReportJobs,
    /// The time of the last write by which the readiness check found that the database can be written.
    pub last_write: Mutex<Option<Instant>>,
    /// The turns of operations that take long.
    pub turns: Turns,
    /// The API keys that were good lately.
    pub known_keys: Arc<KnownKeys>,
    /// The sessions whose access tokens are not valid any more.
    pub ended_sessions: EndedSessions,
    /// The open event streams.
    pub streams: Arc<Streams>,
    /// Reads events as JSON, for streams and webhooks.
    pub events: Arc<WrittenEvents>,
    /// The recent wrong passwords of all accounts.
    pub wrong_passwords: WrongPasswords,
}

impl State {
    /// The work that takes several transactions.
    pub fn services(&self) -> Services {
        Services { db: self.db.clone(), outbox: self.outbox.clone() }
    }

    /// How long a token that verifies an address is valid.
    pub fn verification_lifetime(&self) -> TimeDelta {
        TimeDelta::hours(self.config.auth.verification_hours.into())
    }

    /// How long a token that sets a password is valid.
    pub fn reset_lifetime(&self) -> TimeDelta {
        TimeDelta::minutes(self.config.auth.reset_minutes.into())
    }
}
