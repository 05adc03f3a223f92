//! Mails leave, several at a time: one slow server or recipient does not hold up the others.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::task::{self, JoinError, JoinSet};

use super::invoices;
use domain::ids::MailId;
use domain::mail::pause_after;
use domain::time::UtcTime;
use environment::clock::Clock;
use mail::letter::Letter;
use mail::{Envelope, Mailer, Undelivered};
use storage::db::{Db, Tx};
use storage::error::StorageError;
use storage::mails::{self, Mail};

/// How many mails leave at a time.
const AT_A_TIME: usize = 4;

/// In how many turns those leave that are taken from the queue together. Taking one by one would
/// cost the database more than all else about a mail.
const TURNS: i64 = 4;

/// The shortest time for which mails are claimed. If this server is killed, the mails wait for so long.
const SHORTEST_LEASE: TimeDelta = TimeDelta::seconds(15);

/// The mails that this server has taken from the queue.
pub(super) struct Delivery {
    db: Db,
    clock: Clock,
    mailer: Arc<Mailer>,
    max_attempts: i32,
    /// How long mails are claimed. A server that lives claims them again when a third of this time has passed.
    lease: TimeDelta,
    claimed_at: UtcTime,
    waiting: VecDeque<Mail>,
    under_way: JoinSet<Outcome>,
    /// The mail of each task that is under way.
    sending: HashMap<task::Id, MailId>,
}

/// The outcome of sending a mail.
pub(super) struct Outcome {
    mail: Mail,
    /// The context without its secret, if it had one.
    kept: Option<String>,
    result: Result<(), Undelivered>,
}

impl Delivery {
    /// Creates a delivery without any mails. [`Self::begin`] is called after each `poll` at the latest.
    pub(super) fn new(db: Db, clock: Clock, mailer: Mailer, max_attempts: i32, poll: Duration) -> Self {
        let lease = TimeDelta::from_std(poll * 3).unwrap_or(SHORTEST_LEASE).max(SHORTEST_LEASE);
        let (waiting, under_way, sending) = (VecDeque::new(), JoinSet::new(), HashMap::new());
        let claimed_at = UtcTime::EARLIEST;
        Self { db, clock, mailer: Arc::new(mailer), max_attempts, lease, claimed_at, waiting, under_way, sending }
    }

    /// Sends off as many mails whose time has come as may leave now, and keeps the claim on those that are not sent yet.
    pub(super) async fn begin(&mut self) -> Result<(), StorageError> {
        self.keep_claim().await?;
        while self.under_way.len() < AT_A_TIME {
            if self.waiting.is_empty() {
                self.claim().await?;
            }
            let Some(mail) = self.waiting.pop_front() else { break };
            let id = mail.id;
            let task = self.under_way.spawn(deliver(self.db.clone(), self.clock.now(), self.mailer.clone(), mail));
            self.sending.insert(task.id(), id);
        }
        if self.under_way.is_empty() {
            self.mailer.rest().await;
        }
        Ok(())
    }

    async fn claim(&mut self) -> Result<(), StorageError> {
        let now = self.clock.now();
        // Looking is cheap, while a write waits for the disk.
        if self.db.read(now, move |tx| mails::has_due(&mut tx.conn, now)).await? {
            let until = now + self.lease;
            let claim = move |tx: &mut Tx<'_>| mails::claim_due(tx.conn, now, until, TURNS * AT_A_TIME as i64);
            if self.sending.is_empty() {
                self.claimed_at = now;
            }
            self.waiting.extend(self.db.write(now, claim).await?);
        }
        Ok(())
    }

    async fn keep_claim(&mut self) -> Result<(), StorageError> {
        let (now, waiting) = (self.clock.now(), self.waiting.iter().map(|mail| mail.id));
        let mails: Vec<_> = self.sending.values().copied().chain(waiting).collect();
        if !mails.is_empty() && now >= self.claimed_at + self.lease / 3 {
            let until = now + self.lease;
            self.db.write(now, move |tx| mails::update_claimed(tx.conn, &mails, until)).await?;
            self.claimed_at = now;
        }
        Ok(())
    }

    /// Waits until a delivery ends, and returns its outcome and those of the deliveries that have ended meanwhile; none if no
    /// delivery is under way. Nothing is lost if the wait is cancelled.
    pub(super) async fn ended(&mut self) -> Option<Vec<Outcome>> {
        let first = self.under_way.join_next_with_id().await?;
        let more = std::iter::from_fn(|| self.under_way.try_join_next_with_id());
        let ended: Vec<_> = std::iter::once(first).chain(more).collect();
        for one in &ended {
            self.sending.remove(&one.as_ref().map_or_else(JoinError::id, |(id, _)| *id));
        }
        Some(ended.into_iter().filter_map(|ended| ended.inspect_err(log_panic).ok()).map(|(_, outcome)| outcome).collect())
    }

    /// Writes down what became of mails.
    pub(super) async fn note(&self, outcomes: Vec<Outcome>) {
        outcomes.iter().for_each(log);
        let (now, max_attempts) = (self.clock.now(), self.max_attempts);
        let note = move |tx: &mut Tx<'_>| {
            let sent = outcomes.iter().filter(|outcome| outcome.result.is_ok());
            mails::update_sent(tx.conn, &sent.map(|outcome| outcome.mail.id).collect::<Vec<_>>(), now)?;
            outcomes.iter().try_for_each(|outcome| outcome.note_details(tx, max_attempts))
        };
        if let Err(error) = self.db.write::<_, StorageError>(now, note).await {
            tracing::error!(%error, "what became of some mails could not be noted; they will be sent again");
        }
    }

    /// Lets the deliveries under way end, and gives the mails back that still wait.
    pub(super) async fn stop(&mut self) -> Result<(), StorageError> {
        let now = self.clock.now();
        let waiting: Vec<MailId> = self.waiting.drain(..).map(|mail| mail.id).collect();
        if !waiting.is_empty() {
            self.db.write(now, move |tx| mails::update_released(tx.conn, &waiting, now)).await?;
        }
        while let Some(outcomes) = self.ended().await {
            self.note(outcomes).await;
        }
        Ok(())
    }
}

async fn deliver(db: Db, now: UtcTime, mailer: Arc<Mailer>, mail: Mail) -> Outcome {
    let letter: Letter = match serde_json::from_str(&mail.context) {
        Ok(letter) => letter,
        Err(error) => {
            // A newer server may have queued it, so it is not given up: that server sends it.
            let result = Err(Undelivered::Delayed(format!("this version cannot read its context: {error}")));
            return Outcome { mail, kept: None, result };
        }
    };
    let result = match invoices::attachments(&db, now, &letter).await {
        Ok(attachments) => {
            let (recipient, written_at, attachments) = (&mail.recipient, mail.created_at, attachments.as_slice());
            mailer.send(&Envelope { id: mail.id, recipient, written_at, attachments }, &letter).await
        }
        Err(error) => Err(error),
    };
    let kept = letter.without_secret().and_then(|kept| serde_json::to_string(&kept).ok());
    Outcome { mail, kept, result }
}

impl Outcome {
    /// Writes down why it was not sent, and forgets what it must not keep.
    fn note_details(&self, tx: &mut Tx<'_>, max_attempts: i32) -> Result<(), StorageError> {
        let Self { mail, kept, result } = self;
        match result {
            Ok(()) => {}
            Err(Undelivered::Delayed(error)) if mail.attempts < max_attempts => {
                let again: UtcTime = tx.now + pause_after(mail.attempts);
                return mails::update_delayed(tx.conn, mail, error, again);
            }
            Err(Undelivered::Delayed(error) | Undelivered::Refused(error)) => mails::update_failed(tx.conn, mail, error)?,
        }
        kept.as_ref().map_or(Ok(()), |kept| mails::update_context(tx.conn, mail.id, kept))
    }
}

fn log(Outcome { mail, result, .. }: &Outcome) {
    let (mail_id, attempts) = (mail.id, mail.attempts);
    match result {
        Ok(()) => tracing::debug!(%mail_id, attempts, "a mail was sent"),
        Err(error) => tracing::warn!(%mail_id, attempts, %error, "a mail was not sent"),
    }
}

fn log_panic(error: &JoinError) {
    tracing::error!(%error, "a delivery has broken off; the mail will be tried again");
}
