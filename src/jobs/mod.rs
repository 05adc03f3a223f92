//! What happens without being asked for: events are told, mails leave, what is over is put away.

mod cleanup;
mod completion;
mod delivery;
mod outbox;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use self::delivery::Delivery;
use crate::actions::error::Error;
use crate::clock::Clock;
use crate::config;
use crate::domain::time::UtcTime;
use crate::mail::Mailer;
use crate::storage::db::Db;

/// How long deliveries under way may take to end when the service stops.
const GRACE: Duration = Duration::from_secs(5);

/// Does what has to be done, again and again. Any number of servers may do so over one database.
pub struct Runner {
    delivery: Delivery,
    outbox: Arc<Notify>,
    poll: Duration,
    next_completion: UtcTime,
    next_cleanup: UtcTime,
    under_way: JoinSet<()>,
}

impl Runner {
    /// A runner that looks whenever `outbox` is told, and every so often.
    pub fn new(db: Db, clock: Clock, mailer: Mailer, outbox: Arc<Notify>, config: &config::Mail) -> Self {
        // A delivery ends within the timeout; what became of it is noted soon after.
        let lease = TimeDelta::seconds(i64::from(config.smtp.timeout_seconds) + 60);
        let now = clock.now();
        let delivery = Delivery { db, clock, mailer: Arc::new(mailer), lease, max_attempts: config.max_attempts };
        let poll = Duration::from_secs(config.poll_seconds);
        Self { delivery, outbox, poll, next_completion: now, next_cleanup: now, under_way: JoinSet::new() }
    }

    /// Runs until `stopped`, and lets deliveries under way end. What is left undone stays in the
    /// database for the next start or another server.
    pub async fn run(mut self, stopped: impl Future<Output = ()>) {
        tokio::pin!(stopped);
        loop {
            if let Err(error) = self.round().await {
                tracing::warn!(%error, "the jobs are put off");
            }
            tokio::select! {
                () = &mut stopped => break,
                Some(_) = self.under_way.join_next() => {}
                () = self.outbox.notified() => {}
                () = tokio::time::sleep(self.poll) => {}
            }
        }
        let rest = async { while self.under_way.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, rest).await.is_err() {
            tracing::warn!("mails under way are left for the next start");
        }
    }

    /// Does all that is due now, and answers when it is done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run_once(&mut self) -> Result<(), Error> {
        loop {
            self.round().await?;
            if self.under_way.join_next().await.is_none() {
                return Ok(());
            }
        }
    }

    /// Does what is due now; deliveries it only begins.
    async fn round(&mut self) -> Result<(), Error> {
        let Delivery { db, clock, mailer, .. } = &self.delivery;
        outbox::fan_out(db, clock.now()).await?;
        self.delivery.begin(&mut self.under_way).await?;
        if self.under_way.is_empty() {
            mailer.rest().await;
        }
        let now = clock.now();
        if self.next_completion <= now {
            completion::run(db, now).await?;
            self.next_completion = now + completion::EVERY;
        }
        if self.next_cleanup <= now {
            cleanup::run(db, now).await?;
            self.next_cleanup = now + cleanup::EVERY;
        }
        Ok(())
    }
}
