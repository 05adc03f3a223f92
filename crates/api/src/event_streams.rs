//! The open event streams of this server. One task looks for new events and wakes the streams of the concerned organizations, so that a
//! stream that waits costs the database nothing. The same task ends the streams of callers that have lost their right.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::http::header;
use tokio::sync::{Notify, mpsc};
use tokio::time::MissedTickBehavior;

use super::problem::Problem;
use super::turns::Asker;
use actions::error::Error;
use actions::{Caller, organization_events};
use domain::ids::{EventId, OrganizationId};
use domain::problem::Code;
use domain::said::said;
use environment::clock::Clock;
use storage::db::{Db, ReadTx};

/// The largest number of streams of one caller.
const MOST_OF_ONE: usize = 10;

/// The largest number of streams of this server.
const MOST: usize = 2000;

/// How often the task looks for events that other servers have made. Those of this server are told at once.
const POLL: Duration = Duration::from_secs(1);

/// After how many looks the rights of all callers are checked.
const LOOKS_BETWEEN_CHECKS: u32 = 3;

/// How many new events are read at once.
const BATCH: i64 = 1000;

/// The open streams.
#[derive(Default)]
pub struct Streams(Mutex<Open>);

#[derive(Default)]
struct Open {
    streams: Vec<Stream>,
    /// The number of the latest stream.
    latest: u64,
    /// Whether the server stops.
    is_closed: bool,
}

struct Stream {
    number: u64,
    asker: Asker,
    caller: Caller,
    organization: OrganizationId,
    wake: mpsc::Sender<()>,
}

/// A stream, from its beginning to its end.
pub(super) struct Listening {
    number: u64,
    woken: mpsc::Receiver<()>,
    streams: Arc<Streams>,
}

impl Listening {
    /// Waits until there may be events. Returns false when the stream must end.
    pub(super) async fn woken(&mut self) -> bool {
        self.woken.recv().await.is_some()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.streams.open().streams.retain(|stream| stream.number != self.number);
    }
}

impl Streams {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of streams.
    pub(super) fn count(&self) -> usize {
        self.open().streams.len()
    }

    /// Opens a stream of a caller that may read the events of an organization.
    ///
    /// # Errors
    /// `too_many_requests` if the caller or the server has too many.
    pub(super) fn add(
        self: &Arc<Self>,
        asker: Asker,
        caller: Caller,
        organization: OrganizationId,
    ) -> Result<Listening, Problem> {
        let mut open = self.open();
        let own = open.streams.iter().filter(|stream| stream.asker == asker).count();
        if own >= MOST_OF_ONE || open.streams.len() >= MOST || open.is_closed {
            let problem =
                Problem::new(Code::TooManyRequests, said!("You can have {most} event streams at a time.", most = MOST_OF_ONE));
            return Err(problem.with_header(header::RETRY_AFTER, 5));
        }
        let (wake, woken) = mpsc::channel(1);
        open.latest += 1;
        let number = open.latest;
        open.streams.push(Stream { number, asker, caller, organization, wake });
        Ok(Listening { number, woken, streams: self.clone() })
    }

    /// Ends all streams, because the server stops.
    pub fn close(&self) {
        let mut open = self.open();
        open.is_closed = true;
        open.streams.clear();
    }

    /// Wakes the streams of some organizations.
    fn wake(&self, is_concerned: impl Fn(&OrganizationId) -> bool) {
        for stream in self.open().streams.iter().filter(|stream| is_concerned(&stream.organization)) {
            // A stream that is awake already reads these events, too.
            let _ = stream.wake.try_send(());
        }
    }

    /// Wakes and ends streams until `stopped`, and then ends all. `told` is notified when this server has made events.
    pub async fn run(&self, db: Db, clock: Clock, told: Arc<Notify>, stopped: impl Future<Output = ()>) {
        let serve = async {
            let (mut last, mut looks) = (None, 0_u32);
            let mut poll = tokio::time::interval(POLL);
            poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                let is_tick = tokio::select! {
                    () = told.notified() => false,
                    _ = poll.tick() => true,
                };
                looks += u32::from(is_tick);
                if self.count() == 0 {
                    last = None;
                    continue;
                }
                if let Err(error) = self.look(&db, &clock, &mut last).await {
                    tracing::warn!(%error, "new events could not be looked for");
                }
                if is_tick && looks.is_multiple_of(LOOKS_BETWEEN_CHECKS) {
                    self.check_rights(&db, &clock).await;
                }
            }
        };
        tokio::select! {
            () = serve => {}
            () = stopped => {}
        }
        self.close();
    }

    /// Wakes the streams for which there are events after `last`.
    async fn look(&self, db: &Db, clock: &Clock, last: &mut Option<EventId>) -> Result<(), Error> {
        let Some(known) = *last else {
            // The first look since there are streams: each reads what it has missed.
            *last = Some(db.read(clock.now(), organization_events::find_last).await?);
            self.wake(|_| true);
            return Ok(());
        };
        let new = db.read(clock.now(), move |tx| organization_events::list_concerned(tx, known, BATCH)).await?;
        if let Some((newest, _)) = new.last() {
            *last = Some(*newest);
            let concerned: BTreeSet<OrganizationId> = new.iter().map(|(_, organization)| *organization).collect();
            self.wake(|organization| concerned.contains(organization));
        }
        Ok(())
    }

    /// Ends the streams of callers that may no longer read the events.
    async fn check_rights(&self, db: &Db, clock: &Clock) {
        let all: Vec<_> = self.open().streams.iter().map(|stream| (stream.number, stream.caller, stream.organization)).collect();
        let look = move |tx: &mut ReadTx| {
            let may = |(number, caller, organization): (u64, Caller, OrganizationId)| match organization_events::check_right(
                tx,
                caller,
                organization,
            ) {
                Ok(()) => Ok(None),
                Err(Error::Storage(error)) => Err(Error::Storage(error)),
                Err(_) => Ok(Some(number)),
            };
            all.into_iter().map(may).collect::<Result<Vec<_>, Error>>()
        };
        match db.read(clock.now(), look).await {
            Ok(ended) => {
                let ended: BTreeSet<u64> = ended.into_iter().flatten().collect();
                self.open().streams.retain(|stream| !ended.contains(&stream.number));
            }
            Err(error) => tracing::warn!(%error, "the rights of the callers of event streams could not be checked"),
        }
    }
}
