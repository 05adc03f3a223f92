//! The work that the service does without a request. Each job is a task of its own, so that a slow job delays no other.

mod alternatives;
mod audit;
pub mod calendar_imports;
mod card_payments;
mod cleanup;
mod delivery;
mod deposits;
mod digests;
mod disclosure;
mod due;
mod events;
mod invoices;
mod ledger;
mod monthly_invoices;
mod outbox;
mod payment_reminders;
mod pending;
mod places;
mod prepaid;
pub mod progress;
mod readers;
mod reminders;
mod standing;
mod timed;
mod warnings;
pub mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior};
use tracing::Instrument as _;

use self::calendar_imports::{CalendarImports, Refreshing};
use self::delivery::Delivery;
use self::digests::Digests;
use self::places::InPlaces;
use self::progress::Progress;
use self::timed::Timed;
use self::webhooks::{Sending, Webhooks};
use actions::error::Error;
use domain::time::UtcTime;
use environment::checkpoint_key::CheckpointKey;
use environment::clock::Clock;
use environment::config;
use mail::Mailer;
use services::card_payments::CardPayments;
use storage::db::Db;

/// How long the work under way may take to end when the service stops.
const GRACE: Duration = Duration::from_secs(5);

/// All jobs of one server. Any number of servers may run them over one database.
pub struct Runner {
    db: Db,
    clock: Clock,
    poll: Duration,
    /// Notified when a transaction that may have written events has committed.
    outbox: Arc<Notify>,
    outbox_progress: Arc<Progress>,
    digests: Digests,
    delivery: Delivery,
    delivery_progress: Arc<Progress>,
    webhooks: Sending,
    webhooks_progress: Arc<Progress>,
    /// Notified when there may be something to send to webhooks.
    webhooks_woken: Arc<Notify>,
    /// Notified when events were made of facts.
    told: Arc<Notify>,
    imports: Refreshing,
    imports_progress: Arc<Progress>,
    /// Notified when there is a place for an import.
    imports_woken: Arc<Notify>,
    card_payments: CardPayments,
    checkpoint_key: CheckpointKey,
    retention: config::Retention,
    timed: Vec<(Timed, Arc<Progress>)>,
}

impl Runner {
    /// The jobs look for work whenever `outbox` is notified, and every `poll_seconds`.
    pub fn new(
        (db, clock): (Db, Clock),
        mailer: Mailer,
        (card_payments, webhooks, imports): (CardPayments, Webhooks, CalendarImports),
        checkpoint_key: CheckpointKey,
        outbox: Arc<Notify>,
        (config, retention): (&config::Mail, config::Retention),
    ) -> Self {
        let (poll, now) = (Duration::from_secs(config.poll_seconds), clock.now());
        let delivery = Delivery::new(db.clone(), clock.clone(), mailer, config.max_attempts, poll);
        let progress = |job, every| Arc::new(Progress::new(job, every, now));
        let every_poll = TimeDelta::from_std(poll).unwrap_or(TimeDelta::MAX);
        let (outbox_progress, delivery_progress) = (progress("outbox", every_poll), progress("delivery", every_poll));
        let (webhooks_progress, webhooks_woken) = (progress("webhooks", every_poll), Arc::new(Notify::new()));
        let told = webhooks.told.clone();
        let webhooks = Sending::new(db.clone(), clock.clone(), webhooks, webhooks_woken.clone());
        let (imports_progress, imports_woken) = (progress("calendar_imports", every_poll), Arc::new(Notify::new()));
        let imports = Refreshing::new(db.clone(), clock.clone(), imports, imports_woken.clone());
        let timed = Timed::ALL.iter().map(|&job| (job, progress(job.name(), job.every()))).collect();
        let digests = Digests::new(config);
        Self {
            db,
            clock,
            poll,
            outbox,
            outbox_progress,
            digests,
            delivery,
            delivery_progress,
            webhooks,
            webhooks_progress,
            webhooks_woken,
            told,
            imports,
            imports_progress,
            imports_woken,
            card_payments,
            checkpoint_key,
            retention,
            timed,
        }
    }

    /// When each job last succeeded, kept up to date while the jobs run.
    pub fn progress(&self) -> Vec<Arc<Progress>> {
        let timed = self.timed.iter().map(|(_, progress)| progress.clone());
        let first = [&self.outbox_progress, &self.delivery_progress, &self.webhooks_progress, &self.imports_progress];
        first.map(Arc::clone).into_iter().chain(timed).collect()
    }

    /// Runs all jobs until `stopped`, then lets the work under way end. Work that is not done by then stays in the
    /// database for the next start or for another server.
    pub async fn run(self, stopped: impl Future<Output = ()>) {
        let (stop, is_stopped) = watch::channel(());
        let queued = Arc::new(Notify::new());
        let mut tasks = JoinSet::new();
        for (job, progress) in &self.timed {
            let task = Task { db: self.db.clone(), clock: self.clock.clone(), poll: self.poll, progress: progress.clone() };
            let parts = (self.card_payments.clone(), self.checkpoint_key.clone(), self.retention);
            tasks.spawn(task.repeat_by_the_clock(*job, parts, is_stopped.clone()));
        }
        let fan_out = Task { db: self.db, clock: self.clock.clone(), poll: self.poll, progress: self.outbox_progress };
        let notified = [queued.clone(), self.webhooks_woken.clone(), self.told];
        tasks.spawn(fan_out.repeat_fan_out((self.outbox, self.digests), notified, is_stopped.clone()));
        let (clock, progress) = (self.clock.clone(), self.webhooks_progress);
        tasks.spawn(work_in_places(self.webhooks, progress, clock, self.poll, self.webhooks_woken, is_stopped.clone()));
        let (clock, progress) = (self.clock.clone(), self.imports_progress);
        tasks.spawn(work_in_places(self.imports, progress, clock, self.poll, self.imports_woken, is_stopped.clone()));
        tasks.spawn(deliver(self.delivery, self.delivery_progress, self.clock, self.poll, queued, is_stopped));
        stopped.await;
        drop(stop);
        let all_end = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all_end).await.is_err() {
            tracing::warn!(jobs = tasks.len(), "some jobs did not end in time; their work is left for later");
        }
    }

    /// Runs every job once that is due now, one after the other, and returns when all mails have left that could leave.
    ///
    /// # Errors
    /// The first error of a job; the other jobs have been run all the same.
    pub async fn run_once(&mut self) -> Result<(), Error> {
        let Self {
            db,
            clock,
            outbox_progress,
            digests,
            delivery,
            delivery_progress,
            card_payments,
            checkpoint_key,
            retention,
            timed,
            ..
        } = self;
        let (webhooks, webhooks_progress) = (&mut self.webhooks, &self.webhooks_progress);
        let (imports, imports_progress) = (&mut self.imports, &self.imports_progress);
        let mut done = outbox_progress.note(clock, fan_out(db, clock.now(), *digests).await);
        done = done.and(delivery_progress.note(clock, delivery.begin().await));
        for (job, progress) in timed {
            let now = clock.now();
            if progress.begin_if_due(now) {
                done = done.and(progress.note(clock, job.run(db, (card_payments, checkpoint_key, *retention), now).await));
            }
        }
        while let Some(ended) = delivery.ended().await {
            delivery.note(ended).await;
            done = done.and(delivery_progress.note(clock, delivery.begin().await));
        }
        done = done.and(webhooks_progress.note(clock, webhooks.begin().await));
        while webhooks.ended().await {
            done = done.and(webhooks_progress.note(clock, webhooks.begin().await));
        }
        done = done.and(imports_progress.note(clock, imports.begin().await));
        while imports.ended().await {
            done = done.and(imports_progress.note(clock, imports.begin().await));
        }
        done
    }
}

/// Makes events and mails of facts. If one of the two fails, the other is done all the same.
async fn fan_out(db: &Db, now: UtcTime, digests: Digests) -> Result<(), Error> {
    let told = events::fan_out(db, now).await;
    outbox::fan_out(db, now, digests).await.and(told).map_err(Error::from)
}

/// The parts that the task of a job uses.
struct Task {
    db: Db,
    clock: Clock,
    poll: Duration,
    progress: Arc<Progress>,
}

impl Task {
    /// Runs a job whenever its time has come.
    async fn repeat_by_the_clock(
        self,
        job: Timed,
        parts: (CardPayments, CheckpointKey, config::Retention),
        mut is_stopped: watch::Receiver<()>,
    ) {
        let mut poll = every(self.poll);
        loop {
            tokio::select! {
                biased;
                _ = is_stopped.changed() => return,
                _ = poll.tick() => {}
            }
            let (db, (card_payments, key, kept), now) = (self.db.clone(), parts.clone(), self.clock.now());
            if self.progress.begin_if_due(now) {
                self.attempt(async move { job.run(&db, (&card_payments, &key, kept), now).await }).await;
            }
        }
    }

    /// Makes events and mails of facts whenever `outbox` is notified, and notifies the jobs that send them.
    async fn repeat_fan_out(
        self,
        (outbox, digests): (Arc<Notify>, Digests),
        notified: [Arc<Notify>; 3],
        mut is_stopped: watch::Receiver<()>,
    ) {
        let mut poll = every(self.poll);
        loop {
            tokio::select! {
                biased;
                _ = is_stopped.changed() => return,
                () = outbox.notified() => {}
                _ = poll.tick() => {}
            }
            let (db, now) = (self.db.clone(), self.clock.now());
            self.attempt(async move { fan_out(&db, now, digests).await }).await;
            notified.iter().for_each(|notified| notified.notify_one());
        }
    }

    /// Runs a job once, in a task of its own: a panic ends this run, and the job runs again later.
    async fn attempt(&self, run: impl Future<Output = Result<(), Error>> + Send + 'static) {
        // Dropped with this attempt, the set aborts the run.
        let mut running = JoinSet::new();
        running.spawn(run.instrument(self.progress.span()));
        match running.join_next().await {
            Some(Ok(result)) => drop(self.progress.note(&self.clock, result)),
            Some(Err(error)) => tracing::error!(%error, job = self.progress.job, "a job has panicked; it runs again later"),
            None => {}
        }
    }
}

/// Sends mails whenever some are queued or a delivery has ended.
async fn deliver(
    mut delivery: Delivery,
    progress: Arc<Progress>,
    clock: Clock,
    poll: Duration,
    queued: Arc<Notify>,
    mut is_stopped: watch::Receiver<()>,
) {
    let mut poll = every(poll);
    loop {
        drop(progress.note(&clock, delivery.begin().instrument(progress.span()).await));
        tokio::select! {
            biased;
            _ = is_stopped.changed() => break,
            Some(ended) = delivery.ended() => delivery.note(ended).instrument(progress.span()).await,
            () = queued.notified() => {}
            _ = poll.tick() => {}
        }
    }
    if let Err(error) = delivery.stop().await {
        tracing::warn!(%error, "mails that wait could not be given back; they are sent later");
    }
}

/// Does the work of a job in places whenever there is some, or some has ended.
async fn work_in_places(
    mut job: impl InPlaces,
    progress: Arc<Progress>,
    clock: Clock,
    poll: Duration,
    woken: Arc<Notify>,
    mut is_stopped: watch::Receiver<()>,
) {
    let mut poll = every(poll);
    loop {
        drop(progress.note(&clock, job.begin().instrument(progress.span()).await));
        tokio::select! {
            biased;
            _ = is_stopped.changed() => break,
            true = job.ended() => {}
            () = woken.notified() => {}
            _ = poll.tick() => {}
        }
    }
    // Work that does not end in time is repeated by another server.
    while job.ended().await {}
}

fn every(poll: Duration) -> Interval {
    let mut interval = tokio::time::interval(poll);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}
