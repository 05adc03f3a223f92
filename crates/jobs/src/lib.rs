//! What happens without being asked for: events are told, mails leave, what is over is put away.

mod cleanup;
mod completion;
mod delivery;
mod outbox;
mod reminders;
mod warnings;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;

use self::delivery::Delivery;
use actions::error::Error;
use domain::time::UtcTime;
use environment::clock::Clock;
use environment::config;
use mail::Mailer;
use storage::db::Db;

/// How long deliveries under way may take to end when the service stops.
const GRACE: Duration = Duration::from_secs(5);

/// Does what has to be done, again and again. Any number of servers may do so over one database.
pub struct Runner {
    db: Db,
    clock: Clock,
    delivery: Delivery,
    outbox: Arc<Notify>,
    poll: Duration,
    next_completion: UtcTime,
    next_cleanup: UtcTime,
    next_warnings: UtcTime,
    next_reminders: UtcTime,
}

impl Runner {
    /// A runner that looks whenever `outbox` is told, and every so often.
    pub fn new(db: Db, clock: Clock, mailer: Mailer, outbox: Arc<Notify>, config: &config::Mail) -> Self {
        let now = clock.now();
        let delivery = Delivery::new(db.clone(), clock.clone(), mailer, config.max_attempts, config.smtp.timeout_seconds);
        let poll = Duration::from_secs(config.poll_seconds);
        let (next_completion, next_cleanup, next_warnings, next_reminders) = (now, now, now, now);
        Self { db, clock, delivery, outbox, poll, next_completion, next_cleanup, next_warnings, next_reminders }
    }

    /// Runs until `stopped`, and lets deliveries under way end. What is left undone stays in the
    /// database for the next start or another server.
    pub async fn run(mut self, stopped: impl Future<Output = ()>) {
        tokio::pin!(stopped);
        let mut poll = tokio::time::interval(self.poll);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_called = true;
        loop {
            // What is put off has been logged, and its time comes again.
            drop(self.round(is_called).await);
            let ended = tokio::select! {
                () = &mut stopped => break,
                () = self.outbox.notified() => None,
                _ = poll.tick() => None,
                Some(ended) = self.delivery.ended() => Some(ended),
            };
            is_called = ended.is_none();
            if let Some(ended) = ended {
                self.delivery.note(ended).await;
            }
        }
        match tokio::time::timeout(GRACE, self.delivery.stop()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "mails that wait are left for later"),
            Err(_) => tracing::warn!("mails under way are left for later"),
        }
    }

    /// Does all that is due now, and answers when it is done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run_once(&mut self) -> Result<(), Error> {
        self.round(true).await?;
        while let Some(ended) = self.delivery.ended().await {
            self.delivery.note(ended).await;
            self.round(false).await?;
        }
        Ok(())
    }

    /// Does what is due now; deliveries it only begins. Unless it is called for, the outbox is not
    /// looked through: a delivery has ended, and the next may begin. Where one thing fails the others are done all the same.
    async fn round(&mut self, is_called: bool) -> Result<(), Error> {
        let now = self.clock.now();
        let mut done = Ok(());
        if is_called {
            done = done.and(logged("outbox", outbox::fan_out(&self.db, now).await));
        }
        done = done.and(logged("delivery", self.delivery.begin().await));
        if is_time(&mut self.next_completion, now, completion::EVERY) {
            done = done.and(logged("completion", completion::run(&self.db, now).await));
        }
        if is_time(&mut self.next_warnings, now, warnings::EVERY) {
            done = done.and(logged("warnings", warnings::run(&self.db, now).await));
        }
        if is_time(&mut self.next_reminders, now, reminders::EVERY) {
            done = done.and(logged("reminders", reminders::run(&self.db, now).await));
        }
        if is_time(&mut self.next_cleanup, now, cleanup::EVERY) {
            done = done.and(logged("cleanup", cleanup::run(&self.db, now).await));
        }
        done
    }
}

/// Whether it is time for what happens every so often, and when it is time again.
fn is_time(next: &mut UtcTime, now: UtcTime, every: TimeDelta) -> bool {
    let is_time = *next <= now;
    if is_time {
        *next = now + every;
    }
    is_time
}

fn logged(job: &str, result: Result<(), impl Into<Error>>) -> Result<(), Error> {
    result.map_err(Into::into).inspect_err(|error| tracing::warn!(%error, job, "a job is put off"))
}
