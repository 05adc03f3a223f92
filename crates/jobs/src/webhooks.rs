//! Sends the events of organizations to their webhooks: to each webhook one event after the other, to many webhooks at a time. An event
//! that fails delays only the later events of the same booking or other object.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use tokio::sync::Notify;

use super::places::{InPlaces, Places};
use ::webhooks::{Message, Sender};
use actions::error::Error;
use actions::webhooks::{Sent, Turn, note_turn};
use actions::written_events::{WrittenEvent, WrittenEvents};
use domain::email::Email;
use domain::ids::{EventId, OrganizationId, WebhookId};
use domain::order::{CreationOrder, Rows};
use domain::organization_event::EventType;
use domain::time::UtcTime;
use domain::webhook::{Attempt, Condition};
use environment::clock::Clock;
use environment::seal_key::SealKey;
use mail::letter::LetterContent;
use mail::webhook::WebhookLetter;
use storage::connection::Conn;
use storage::db::{Db, ReadTx};
use storage::error::StorageError;
use storage::organization_events;
use storage::webhook_delays::{self, Delay};
use storage::webhook_deliveries::{self, Asked};
use storage::webhooks::{self, Due};
use storage::{members, organizations};

/// To how many webhooks this server sends at a time.
const PLACES: usize = 64;

/// How many more receivers can be late at a time. When all these places are taken, a late receiver keeps its first place.
const LATE_PLACES: usize = 256;

/// How many new events, and how many delayed ones, are read at once for a webhook.
const AT_ONCE: i64 = 20;

/// For how long events are sent to a webhook before it is written how far it has come. One delayed event is tried after that.
const LONGEST_TURN: Duration = Duration::from_secs(10);

/// How long a webhook is claimed: longer than a turn and the two longest requests. If this server is killed, the webhook waits for so long.
const LEASE: TimeDelta = TimeDelta::seconds(90);

/// The parts with which events are sent.
#[derive(Clone)]
pub struct Webhooks {
    /// The clients.
    pub sender: Sender,
    /// The key that decrypts the secrets of webhooks.
    pub secrets: SealKey,
    /// Writes events as JSON.
    pub events: Arc<WrittenEvents>,
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
                Ok::<_, StorageError>((
                    webhooks::has_due(&mut tx.conn, now)?,
                    webhook_deliveries::has_pending(&mut tx.conn, now)?,
                ))
            };
            let (is_due, is_asked) = self.db.read(now, look).await?;
            if !is_due && !is_asked {
                return Ok(());
            }
            let claimed = self.db.write(now, move |tx| {
                let limit = |taken| i64::try_from(free.saturating_sub(taken)).unwrap_or(i64::MAX);
                let due = if is_due { webhooks::claim_due(tx.conn, now, now + LEASE, limit(0))? } else { Vec::new() };
                let left = limit(due.len());
                let asked =
                    if is_asked { webhook_deliveries::claim_pending(tx.conn, now, now + LEASE, left)? } else { Vec::new() };
                Ok::<_, StorageError>((due, asked))
            });
            let (due, asked) = claimed.await?;
            let count = due.len() + asked.len();
            let written = self.parts.events.clone();
            let load = move |tx: &mut ReadTx| {
                let mut lists = Lists::default();
                Ok::<_, StorageError>(due.into_iter().map(|due| (Waiting::load(tx, &due, &mut lists, &written), due)).collect())
            };
            let loaded: Vec<_> = if count > asked.len() { self.db.read(now, load).await? } else { Vec::new() };
            for (waiting, due) in loaded {
                let task = Task { db: self.db.clone(), clock: self.clock.clone(), parts: self.parts.clone() };
                self.places.spawn(Box::pin(async move { task.send_next((due, now + LEASE), waiting?).await })).await;
            }
            for asked in asked {
                let task = Task { db: self.db.clone(), clock: self.clock.clone(), parts: self.parts.clone() };
                self.places.spawn(Box::pin(async move { task.send_asked(asked).await })).await;
            }
            if count < free {
                return Ok(());
            }
        }
    }

    async fn ended(&mut self) -> bool {
        self.places.ended().await
    }
}

/// The next events of an organization after another event.
struct List {
    events: Vec<Arc<WrittenEvent>>,
    /// The last one that was read. None if there is none.
    last: Option<EventId>,
    /// Whether there are no more.
    is_end: bool,
}

/// Lists of events that were read for webhooks, by the organization, the event before and the types: most webhooks of an organization
/// get the same events.
type Lists = HashMap<(OrganizationId, EventId, Vec<EventType>), Arc<List>>;

impl List {
    fn load(tx: &mut ReadTx, due: &Due, lists: &mut Lists, written: &WrittenEvents) -> Result<Arc<Self>, Error> {
        let key = (due.organization_id, due.position, due.event_types.0.clone());
        if let Some(known) = lists.get(&key) {
            return Ok(known.clone());
        }
        let rows = Rows { order: CreationOrder::CreatedAt, after: Some(due.position.as_str()), limit: AT_ONCE };
        let rows = organization_events::list(&mut tx.conn, due.organization_id, &due.event_types.0, rows)?;
        let is_end = i64::try_from(rows.len()).is_ok_and(|count| count < AT_ONCE);
        let last = rows.last().map(|row| row.id);
        let list = Arc::new(Self { events: written.load(tx, rows)?, last, is_end });
        lists.insert(key, list.clone());
        Ok(list)
    }
}

/// The events that a turn of a webhook can send.
struct Waiting {
    /// The first delayed events of objects whose time has come.
    delayed: Vec<(Delay, Arc<WrittenEvent>)>,
    /// Delayed events that the webhook no longer gets.
    dropped: Vec<EventId>,
    /// The next events that the webhook has not come to.
    new: Arc<List>,
    /// The objects of these that have delayed events.
    held_up: HashSet<String>,
    /// The last event that was looked at.
    passed: EventId,
}

impl Waiting {
    fn load(tx: &mut ReadTx, due: &Due, lists: &mut Lists, written: &WrittenEvents) -> Result<Self, Error> {
        let mut waiting = Self {
            delayed: Vec::new(),
            dropped: Vec::new(),
            new: List::load(tx, due, lists, written)?,
            held_up: HashSet::new(),
            passed: due.position,
        };
        // Events that were not found before the end are of other types, or deleted.
        let last = waiting.new.last.filter(|last| !waiting.new.is_end || *last > due.newest);
        waiting.passed = last.unwrap_or(due.newest.max(due.position));
        if due.has_delays() {
            waiting.load_delays(tx, due, written)?;
        }
        Ok(waiting)
    }

    fn load_delays(&mut self, tx: &mut ReadTx, due: &Due, written: &WrittenEvents) -> Result<(), Error> {
        let types = &due.event_types.0;
        let delays = webhook_delays::list_first(&mut tx.conn, due.id, Some(tx.now), AT_ONCE)?;
        let ids: Vec<_> = delays.iter().map(|delay| delay.event_id).collect();
        let rows = organization_events::list_of(&mut tx.conn, &ids)?;
        let mut events = written.load(tx, rows)?;
        events.retain(|event| types.is_empty() || types.contains(&event.kind));
        for delay in delays {
            match events.iter().position(|event| event.id == delay.event_id) {
                Some(at) => self.delayed.push((delay, events.swap_remove(at))),
                None => self.dropped.push(delay.event_id),
            }
        }
        let objects: Vec<_> = self.new.events.iter().map(|event| event.object.clone()).collect();
        self.held_up = webhook_delays::list_objects(&mut tx.conn, due.id, &objects)?.into_iter().collect();
        Ok(())
    }
}

/// Work for one webhook.
struct Task {
    db: Db,
    clock: Clock,
    parts: Webhooks,
}

impl Task {
    /// Sends events to a webhook that is claimed until `until`, one after the other: new ones first, then those that are delayed.
    async fn send_next(self, (due, until): (Due, UtcTime), waiting: Waiting) -> Result<(), Error> {
        let began_at = Instant::now();
        let Waiting { delayed, dropped, new, mut held_up, passed } = waiting;
        let secrets = self.secrets((&due.secret, due.previous_secret.as_ref(), due.previous_secret_until));
        let condition = Condition::new(due.failed_in_a_row);
        let mut turn = Turn { sent: Vec::new(), behind: Vec::new(), dropped, position: due.position, condition };
        let mut is_cut = false;
        for event in &new.events {
            is_cut = turn.condition.is_over() || began_at.elapsed() > LONGEST_TURN;
            if is_cut {
                break;
            }
            turn.position = event.id;
            if held_up.contains(&event.object) {
                turn.behind.push((event.id, event.object.clone()));
                continue;
            }
            let sent = self.send((&due.url, &secrets), event.clone(), None).await;
            turn.condition.note(&sent.attempt, 0);
            if !sent.attempt.is_success() {
                held_up.insert(sent.event.object.clone());
            }
            turn.sent.push(sent);
        }
        if !is_cut {
            turn.position = passed;
        }
        for (number, (delay, event)) in delayed.into_iter().enumerate() {
            if turn.condition.is_over() || (number > 0 && began_at.elapsed() > LONGEST_TURN) {
                break;
            }
            let sent = self.send((&due.url, &secrets), event, Some((delay.failures, delay.failing_since))).await;
            turn.condition.note(&sent.attempt, delay.failures);
            turn.sent.push(sent);
        }
        self.db.write(self.clock.now(), move |tx| note_turn(tx, (&due, until), &turn)).await
    }

    /// Sends an event, and returns what becomes of it.
    async fn send(&self, receiver: (&str, &[String]), event: Arc<WrittenEvent>, delayed: Option<(i32, Option<UtcTime>)>) -> Sent {
        let sent_at = self.clock.now();
        let attempt = self.attempt(receiver, event.id, sent_at, &event.json).await;
        Sent { event, delayed, sent_at, attempt }
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
