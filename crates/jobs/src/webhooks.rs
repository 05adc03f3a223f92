//! Sends the events of organizations to their webhooks: to each webhook one event after the other, to many webhooks at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use tokio::sync::Notify;

use super::places::{InPlaces, Places};
use ::webhooks::{Message, Sender};
use actions::error::Error;
use actions::organization_events::WrittenEvent;
use actions::webhooks::{Sent, note_sent};
use domain::email::Email;
use domain::ids::{EventId, WebhookId};
use domain::order::{CreationOrder, Rows};
use domain::time::UtcTime;
use domain::webhook::Attempt;
use environment::clock::Clock;
use environment::seal_key::SealKey;
use mail::letter::LetterContent;
use mail::webhook::WebhookLetter;
use storage::connection::Conn;
use storage::db::{Db, ReadTx};
use storage::error::StorageError;
use storage::organization_events::{self, StoredEvent};
use storage::webhook_deliveries::{self, Asked};
use storage::webhooks::{self, Due};
use storage::{members, organizations};

/// To how many webhooks this server sends at a time.
const PLACES: usize = 64;

/// How many more receivers can be late at a time. When all these places are taken, a late receiver keeps its first place.
const LATE_PLACES: usize = 256;

/// How many events are read at once for a webhook.
const AT_ONCE: i64 = 20;

/// For how long events are sent to a webhook before it is written how far it has come.
const LONGEST_TURN: Duration = Duration::from_secs(10);

/// How long a webhook is claimed: longer than a turn and the longest request. If this server is killed, the webhook waits for so long.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// Writes events as JSON, as the API shows them to the organization.
pub type WriteEvents = fn(&mut ReadTx, Vec<StoredEvent>) -> Result<Vec<WrittenEvent>, Error>;

/// The parts with which events are sent.
#[derive(Clone)]
pub struct Webhooks {
    /// The clients.
    pub sender: Sender,
    /// The key that decrypts the secrets of webhooks.
    pub secrets: SealKey,
    /// Writes events as JSON.
    pub write: WriteEvents,
    /// Notified when events were made of facts.
    pub told: Arc<Notify>,
}

/// The webhooks to which this server sends.
pub(super) struct Sending {
    db: Db,
    clock: Clock,
    parts: Webhooks,
    places: Places,
}

impl Sending {
    /// `woken` is notified when there may be something to send, and when a place is free.
    pub(super) fn new(db: Db, clock: Clock, parts: Webhooks, woken: Arc<Notify>) -> Self {
        Self { db, clock, parts, places: Places::new("webhooks", PLACES, LATE_PLACES, woken) }
    }
}

impl InPlaces for Sending {
    async fn begin(&mut self) -> Result<(), StorageError> {
        let now = self.clock.now();
        loop {
            let free = self.places.free();
            if free == 0 {
                return Ok(());
            }
            // Looking is cheap, while a write waits for the disk.
            let look = move |tx: &mut ReadTx| {
                Ok::<_, StorageError>(
                    webhooks::has_due(&mut tx.conn, now)? || webhook_deliveries::has_pending(&mut tx.conn, now)?,
                )
            };
            if !self.db.read(now, look).await? {
                return Ok(());
            }
            let claimed = self.db.write(now, move |tx| {
                let due = webhooks::claim_due(tx.conn, now, now + LEASE, i64::try_from(free).unwrap_or(i64::MAX))?;
                let left = i64::try_from(free.saturating_sub(due.len())).unwrap_or(i64::MAX);
                Ok::<_, StorageError>((due, webhook_deliveries::claim_pending(tx.conn, now, now + LEASE, left)?))
            });
            let (due, asked) = claimed.await?;
            if due.is_empty() && asked.is_empty() {
                return Ok(()); // Another server does it.
            }
            for due in due {
                let turn = Turn { db: self.db.clone(), clock: self.clock.clone(), parts: self.parts.clone() };
                self.places.spawn(async move { turn.send_next(due, now + LEASE).await }).await;
            }
            for asked in asked {
                let turn = Turn { db: self.db.clone(), clock: self.clock.clone(), parts: self.parts.clone() };
                self.places.spawn(async move { turn.send_asked(asked).await }).await;
            }
        }
    }

    async fn ended(&mut self) -> bool {
        self.places.ended().await
    }
}

/// The turn of a webhook.
struct Turn {
    db: Db,
    clock: Clock,
    parts: Webhooks,
}

impl Turn {
    /// Sends the next events to a webhook that is claimed until `until`, one after the other, until one fails.
    async fn send_next(self, due: Due, until: UtcTime) -> Result<(), Error> {
        let (began_at, write) = (Instant::now(), self.parts.write);
        let (organization, types, after) = (due.organization_id, due.event_types.0.clone(), due.position);
        let look = move |tx: &mut ReadTx| {
            let rows = Rows { order: CreationOrder::CreatedAt, after: Some(after.as_str()), limit: AT_ONCE };
            let rows = organization_events::list(&mut tx.conn, organization, &types, rows)?;
            let (count, last) = (rows.len(), rows.last().map(|row| row.id));
            Ok::<_, Error>((write(tx, rows)?, count, last))
        };
        let (events, count, last) = self.db.read(self.clock.now(), look).await?;
        let secrets = self.secrets((&due.secret, due.previous_secret.as_ref(), due.previous_secret_until));
        let mut sent: Vec<Sent> = Vec::new();
        // Events that were not found before the end are of other types, or deleted.
        let is_end = i64::try_from(count).is_ok_and(|count| count < AT_ONCE);
        let mut passed = last.filter(|last| !is_end || *last > due.newest).unwrap_or(due.newest);
        for WrittenEvent { id, kind, json } in events {
            if began_at.elapsed() > LONGEST_TURN {
                passed = sent.last().map_or(due.position, |last| last.event_id);
                break;
            }
            let sent_at = self.clock.now();
            let attempt = self.attempt((&due.url, &secrets), id, sent_at, &json).await;
            let is_accepted = attempt.is_success();
            sent.push(Sent { event_id: id, event_type: kind, body: json, sent_at, attempt });
            if !is_accepted {
                break;
            }
        }
        self.db.write(self.clock.now(), move |tx| note_sent(tx, (&due, until), &sent, passed)).await
    }

    /// Sends what somebody has asked for.
    async fn send_asked(self, asked: Asked) -> Result<(), Error> {
        let secrets = self.secrets((&asked.secret, asked.previous_secret.as_ref(), asked.previous_secret_until));
        let attempt = self.attempt((&asked.url, &secrets), asked.event_id, self.clock.now(), &asked.body).await;
        let note = move |tx: &mut storage::db::Tx<'_>| webhook_deliveries::update_done(tx.conn, asked.id, &attempt);
        Ok(self.db.write(self.clock.now(), note).await?)
    }

    /// The secrets that sign now: the present one first.
    fn secrets(&self, (secret, previous, until): (&String, Option<&String>, Option<UtcTime>)) -> Vec<String> {
        let previous = previous.filter(|_| until.is_some_and(|until| self.clock.now() < until));
        [Some(secret), previous].into_iter().flatten().filter_map(|sealed| self.parts.secrets.open(sealed)).collect()
    }

    async fn attempt(&self, (url, secrets): (&str, &[String]), id: EventId, at: UtcTime, body: &str) -> Attempt {
        if secrets.is_empty() {
            let error =
                "The secret cannot be decrypted, because the service has another signing key now. Rotate the secret.".to_owned();
            return Attempt { status: None, response: String::new(), error, millis: 0 };
        }
        let timestamp = at.to_chrono().timestamp();
        self.parts.sender.send(&Message { url, secrets, id: id.as_str(), timestamp, body }).await
    }
}

/// The letters about a webhook that was disabled: to the managers of its organization.
///
/// # Errors
/// When the database fails.
pub(super) fn address(conn: &mut Conn, id: WebhookId, reason: &str) -> Result<Vec<(Email, LetterContent)>, StorageError> {
    let webhook = webhooks::get(conn, id)?;
    let organization = organizations::get(conn, webhook.organization_id)?.fields().name;
    let letter = |name| {
        let (organization, url, reason) = (organization.clone(), webhook.fields.url.clone(), reason.to_owned());
        LetterContent::Webhook(Box::new(WebhookLetter { webhook_id: id, name, organization, url, reason }))
    };
    let managers = members::list_managers(conn, webhook.organization_id)?.into_iter();
    Ok(managers.filter_map(|manager| Some((manager.email.parse().ok()?, letter(manager.name)))).collect())
}
