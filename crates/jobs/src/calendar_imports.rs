//! Reads the calendars that hosts have named, and makes their events blocks. A calendar is asked for and read outside of any transaction,
//! and the blocks change in small ones.

use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::Notify;

use super::places::{InPlaces, Places};
use actions::calendar_imports::BATCH;
use actions::calendar_imports::refreshing::{self, Said};
use actions::error::Error;
use calendars::read::{Busy, read};
use domain::calendar_import::{READ_WHOLE_AFTER, Report, plain_url};
use domain::email::Email;
use domain::ids::CalendarImportId;
use domain::problem::Code;
use domain::time::UtcTime;
use environment::clock::Clock;
use mail::calendar_import::CalendarImportLetter;
use mail::letter::LetterContent;
use outgoing::{Clients, Failure, Received};
use storage::calendar_imports::{self, Due, Version};
use storage::connection::Conn;
use storage::db::{Db, ReadTx, Tx};
use storage::error::StorageError;
use storage::{members, organizations, resources};

/// How many calendars this server reads at a time.
const PLACES: usize = 8;

/// How many more servers can be late at a time. When all these places are taken, a late server keeps its first place.
const LATE_PLACES: usize = 32;

/// The largest size of a calendar, in bytes.
const MOST_BYTES: usize = 2_000_000;

/// The longest text of a server that names a version of a calendar. A longer one is not used.
const LONGEST_VERSION: usize = 200;

/// How long an import is claimed. If this server is killed, the import waits for so long.
const LEASE: TimeDelta = TimeDelta::minutes(10);

/// How often a refresh is planned anew, if bookings are made meanwhile.
const MOST_PLANS: usize = 3;

/// The parts with which calendars are read.
#[derive(Clone)]
pub struct CalendarImports {
    /// The clients that ask for calendars.
    pub clients: Clients,
    /// The usual time between two refreshes.
    pub every: TimeDelta,
}

/// The imports that this server refreshes.
pub(super) struct Refreshing {
    db: Db,
    clock: Clock,
    parts: CalendarImports,
    places: Places,
}

impl Refreshing {
    /// `woken` is notified when a place is free.
    pub(super) fn new(db: Db, clock: Clock, parts: CalendarImports, woken: Arc<Notify>) -> Self {
        Self { db, clock, parts, places: Places::new("calendar_imports", PLACES, LATE_PLACES, woken) }
    }
}

impl InPlaces for Refreshing {
    async fn begin(&mut self) -> Result<(), StorageError> {
        let now = self.clock.now();
        loop {
            let free = self.places.free();
            let has_due = move |tx: &mut ReadTx| calendar_imports::has_due(&mut tx.conn, now);
            if free == 0 || !self.db.read(now, has_due).await? {
                return Ok(());
            }
            let limit = i64::try_from(free).unwrap_or(i64::MAX);
            let claim = move |tx: &mut Tx<'_>| calendar_imports::claim_due(tx.conn, now, now + LEASE, limit);
            let claimed = self.db.write(now, claim).await?;
            if claimed.is_empty() {
                return Ok(()); // Another server does it.
            }
            for due in claimed {
                let turn = Turn { db: self.db.clone(), clock: self.clock.clone(), parts: self.parts.clone(), until: now + LEASE };
                self.places.spawn(Box::pin(turn.run(due))).await;
            }
        }
    }

    async fn ended(&mut self) -> bool {
        self.places.ended().await
    }
}

/// The document at the address of a calendar.
enum Found {
    /// The calendar, in this version.
    Calendar(Busy, Version),
    /// The version that was read last.
    Unchanged,
}

/// The turn of an import, which is claimed until `until`.
struct Turn {
    db: Db,
    clock: Clock,
    parts: CalendarImports,
    until: UtcTime,
}

impl Turn {
    async fn run(self, due: Due) -> Result<(), Error> {
        if due.is_deleted {
            while !self.write(&due, refreshing::remove).await? {}
            return Ok(());
        }
        match self.look(&due).await? {
            Ok(found) => self.apply(due, found).await,
            Err(error) => {
                let (until, every) = (self.until, self.parts.every);
                self.write(&due, move |tx, due| refreshing::note_failed(tx, (due.id, until), due, every, &error)).await
            }
        }
    }

    /// Runs a transaction about an import.
    async fn write<T: Send + 'static>(
        &self,
        due: &Due,
        action: impl Fn(&mut Tx<'_>, &Due) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let due = due.clone();
        self.db.write(self.clock.now(), move |tx| action(tx, &due)).await
    }

    /// Asks for the calendar and reads it. The inner error says why that is not possible, to the managers of the host.
    async fn look(&self, due: &Due) -> Result<Result<Found, String>, Error> {
        let (now, resource) = (self.clock.now(), due.resource_id);
        let timezone = self.db.read(now, move |tx| Ok::<_, Error>(resources::get(&mut tx.conn, resource)?.site.timezone)).await?;
        let mut headers = vec![("accept", "text/calendar, text/plain;q=0.5, */*;q=0.1")];
        if due.read_at.is_some_and(|at| now < at + READ_WHOLE_AFTER) {
            headers.extend(due.etag.as_deref().map(|etag| ("if-none-match", etag)));
            headers.extend(due.last_modified.as_deref().map(|at| ("if-modified-since", at)));
        }
        let received = match self.parts.clients.get(&plain_url(&due.url), &headers, MOST_BYTES).await {
            Ok(received) => received,
            Err(failure) => return Ok(Err(describe(failure).to_owned())),
        };
        let is_conditional = headers.len() > 1;
        match received.status {
            200 if received.is_whole => {}
            200 if received.body.len() >= MOST_BYTES => return Ok(Err("The calendar is larger than 2 MB.".to_owned())),
            200 => return Ok(Err(describe(Failure::Broken).to_owned())),
            304 if is_conditional => return Ok(Ok(Found::Unchanged)),
            status @ 300..400 => {
                let detail = "Redirects are not followed: use the address to which it leads.";
                return Ok(Err(format!("The server responded with the redirect {status}. {detail}")));
            }
            status => return Ok(Err(format!("The server responded with the status {status}."))),
        }
        let version = Version { etag: text(&received, "etag"), last_modified: text(&received, "last-modified") };
        let read = tokio::task::spawn_blocking(move || read(&received.body, timezone, now)).await;
        Ok(match read {
            Ok(Ok(busy)) => Ok(Found::Calendar(busy, version)),
            Ok(Err(error)) => Err(error.to_string()),
            Err(error) => {
                tracing::error!(%error, calendar_import = %due.id, "a calendar could not be read");
                Err("The calendar could not be read.".to_owned())
            }
        })
    }

    /// Makes the blocks what the calendar says.
    async fn apply(&self, due: Due, found: Found) -> Result<(), Error> {
        let (said, read) = match found {
            Found::Unchanged => (Said::Unchanged, None),
            Found::Calendar(Busy { times, problems, left_out }, version) => {
                let report = Report { times: times.len(), left_out, problems };
                (Said::Whole(times), Some((version, report)))
            }
        };
        let (said, claim) = (Arc::new(said), (due.id, self.until));
        for _ in 0..MOST_PLANS {
            let plan = {
                let said = said.clone();
                self.db.read(self.clock.now(), move |tx| refreshing::plan(tx, due.id, &said)).await
            };
            let plan = match plan {
                Err(Error::Refused(Code::NotFound, _)) => return Ok(()), // It was deleted meanwhile.
                plan => plan?,
            };
            let mut failed = 0;
            for steps in plan.steps.chunks(BATCH) {
                let (parts, steps) = (plan.parts.clone(), steps.to_vec());
                match self.db.write(self.clock.now(), move |tx| refreshing::take(tx, claim, &parts, &steps)).await? {
                    Some(count) => failed += count,
                    None => return Ok(()), // Another server has it, or it was changed: it is read again.
                }
            }
            if failed == 0 {
                break;
            }
        }
        let every = self.parts.every;
        let note = move |tx: &mut Tx<'_>, _: &Due| {
            let read = read.as_ref().map(|(version, report)| (version, report));
            refreshing::note_refreshed(tx, claim, every, read)
        };
        self.write(&due, note).await
    }
}

/// A header that names a version, if it can be sent back.
fn text(received: &Received, name: &str) -> Option<String> {
    received.header(name).filter(|value| value.len() <= LONGEST_VERSION).map(str::to_owned)
}

/// Why there was no response, for the managers of the host.
const fn describe(failure: Failure) -> &'static str {
    match failure {
        Failure::Invalid => "The address is not valid.",
        Failure::Refused => "The address is not on the internet.",
        Failure::Late => "The server did not respond in time.",
        Failure::Unreachable => "The server could not be reached.",
        Failure::Broken => "The connection broke before the calendar was complete.",
    }
}

/// The letters about a calendar that cannot be read for long: to the managers of the host.
///
/// # Errors
/// When the database fails.
pub(super) fn address(conn: &mut Conn, id: CalendarImportId, reason: &str) -> Result<Vec<(Email, LetterContent)>, StorageError> {
    let import = calendar_imports::get(conn, id)?;
    let resource = resources::get(conn, import.resource_id)?;
    let organization = organizations::get(conn, resource.organization_id)?.fields().name;
    let letter = |name| {
        let letter = CalendarImportLetter {
            calendar_import_id: id,
            name,
            organization: organization.clone(),
            resource: resource.fields.name.clone(),
            calendar: import.fields.name.clone(),
            reason: reason.to_owned(),
        };
        LetterContent::CalendarImport(Box::new(letter))
    };
    let managers = members::list_managers(conn, resource.organization_id)?.into_iter();
    Ok(managers.filter_map(|manager| Some((manager.email.parse().ok()?, letter(manager.name)))).collect())
}
