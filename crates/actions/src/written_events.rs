//! Events as JSON. The webhooks and streams of an organization need an event within moments of each other, so it is written once for them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;

use super::error::Error;
use super::organization_events::{EventObject, OrganizationEvent, load};
use domain::ids::EventId;
use domain::organization_event::EventType;
use domain::time::UtcTime;
use storage::db::ReadTx;
use storage::error::StorageError;
use storage::organization_events::StoredEvent;

/// For how long an event of a booking is kept. Later it is read again: a name in it may have been erased.
const KEPT_FOR: TimeDelta = TimeDelta::seconds(10);

/// How many events are kept: some megabytes.
const MOST: usize = 1000;

/// An event as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenEvent {
    /// Its identifier.
    pub id: EventId,
    /// Its type.
    pub kind: EventType,
    /// The identifier of the object that it is about.
    pub object: String,
    /// It as JSON.
    pub json: String,
}

/// Writes an event as JSON.
pub type ToJson = fn(OrganizationEvent) -> serde_json::Result<String>;

/// Reads events as JSON.
pub struct WrittenEvents {
    to_json: ToJson,
    recent: Mutex<Recent>,
}

/// The events of bookings that were written last.
#[derive(Default)]
struct Recent {
    events: HashMap<EventId, Arc<WrittenEvent>>,
    /// In the order in which they were written.
    written: VecDeque<(UtcTime, EventId)>,
}

impl Recent {
    fn keep(&mut self, event: Arc<WrittenEvent>, now: UtcTime) {
        self.written.push_back((now, event.id));
        self.events.insert(event.id, event);
    }

    fn forget_old(&mut self, now: UtcTime) {
        while self.written.front().is_some_and(|(at, _)| now - *at >= KEPT_FOR) || self.written.len() > MOST {
            if let Some((_, id)) = self.written.pop_front() {
                self.events.remove(&id);
            }
        }
    }
}

impl WrittenEvents {
    /// Events are written by `to_json`.
    pub fn new(to_json: ToJson) -> Self {
        Self { to_json, recent: Mutex::default() }
    }

    /// Returns events as JSON. Leaves out those that this version of the service does not know.
    ///
    /// # Errors
    /// When the database fails.
    pub fn load(&self, tx: &mut ReadTx, rows: Vec<StoredEvent>) -> Result<Vec<Arc<WrittenEvent>>, Error> {
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let mut found: HashMap<EventId, Arc<WrittenEvent>> =
            self.with_recent(tx.now, |recent| ids.iter().filter_map(|id| Some((*id, recent.events.get(id)?.clone()))).collect());
        let unknown = rows.into_iter().filter(|row| !found.contains_key(&row.id)).collect();
        let mut kept = Vec::new();
        for event in load(tx, unknown)? {
            let (id, kind, object) = (event.id, event.kind, event.object.id());
            // The others are as they are at the time of reading.
            let is_lasting = matches!(event.object, EventObject::Booking(_));
            let json = (self.to_json)(event).map_err(StorageError::from)?;
            let event = Arc::new(WrittenEvent { id, kind, object, json });
            if is_lasting {
                kept.push(event.clone());
            }
            found.insert(id, event);
        }
        self.with_recent(tx.now, |recent| kept.into_iter().for_each(|event| recent.keep(event, tx.now)));
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    fn with_recent<T>(&self, now: UtcTime, work: impl FnOnce(&mut Recent) -> T) -> T {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let done = work(&mut recent);
        recent.forget_old(now);
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::Identifier as _;

    fn event(number: u64) -> Arc<WrittenEvent> {
        let (id, kind) = (EventId::new(number, [0; 10]), EventType::BookingCreate);
        Arc::new(WrittenEvent { id, kind, object: String::new(), json: String::new() })
    }

    #[test]
    fn an_event_is_kept_for_ten_seconds_and_no_more_than_a_thousand_are() {
        let start = UtcTime::EARLIEST;
        let mut recent = Recent::default();
        recent.keep(event(0), start);
        recent.forget_old(start + TimeDelta::milliseconds(9_999));
        assert_eq!(recent.events.len(), 1);
        recent.forget_old(start + TimeDelta::seconds(10));
        assert_eq!((recent.events.len(), recent.written.len()), (0, 0));

        (0..1001).for_each(|number| recent.keep(event(number), start));
        recent.forget_old(start);
        assert_eq!((recent.events.len(), recent.written.len()), (1000, 1000));
        assert!(!recent.events.contains_key(&event(0).id), "the oldest goes first");
    }
}
