//! Refreshing imports: the events of a calendar become the blocks of a resource.

use std::collections::HashMap;

use chrono::TimeDelta;
use serde_json::json;

use crate::allocations;
use crate::bookings::due;
use crate::error::Error;
use crate::record::{audit, publish};
use domain::calendar_import::{
    AHEAD, BlockChange, BusyTime, CalendarClash, FAILS_LONG, ImportedBlock, Report, WantedBlock, changes, pause, wanted,
};
use domain::fact::Event;
use domain::ids::{CalendarImportId, ResourceId, UserId};
use domain::interval::Interval;
use domain::principal::Principal;
use domain::slot::Slot;
use domain::time::UtcTime;
use storage::blocks::{self, Block};
use storage::calendar_imports::{Due, Failed, Version};
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::resource_locks::LockedResources;
use storage::{calendar_clashes, calendar_imports, resources};

/// The claim of a server on an import, until an instant.
pub type Claim = (CalendarImportId, UtcTime);

/// The content of a calendar.
#[derive(Debug, Clone)]
pub enum Said {
    /// All of it, in order.
    Whole(Vec<BusyTime>),
    /// It has not changed since it was read last.
    Unchanged,
}

/// A step of a refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A clash is over.
    Forget(String),
    /// An event blocks nothing, because bookings are in the way.
    Clash(BusyTime),
    /// A change of a block.
    Block(BlockChange),
}

/// The steps that make the blocks and clashes of an import what its calendar says, with what the blocks are made of.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The steps, to be taken in order.
    pub steps: Vec<Step>,
    /// The parts of new blocks.
    pub parts: Parts,
}

/// The parts that all blocks of an import have in common.
#[derive(Debug, Clone)]
pub struct Parts {
    import: CalendarImportId,
    resource: ResourceId,
    quantity: i32,
    reason: String,
    created_by: UserId,
}

/// Plans a refresh. When the calendar has not changed, only the events are tried that bookings were in the way of.
///
/// # Errors
/// `not_found` if the import was deleted, or when the database fails.
pub fn plan(tx: &mut ReadTx, id: CalendarImportId, said: &Said) -> Result<Plan, Error> {
    let import = calendar_imports::get(&mut tx.conn, id)?;
    let resource = resources::get(&mut tx.conn, import.resource_id)?;
    let capacity = resource.fields.capacity.quantity;
    let quantity = import.fields.quantity.map_or(capacity, |quantity| quantity.min(capacity));
    let known_clashes = calendar_clashes::list_all(&mut tx.conn, id)?;
    let (times, own) = match said {
        Said::Whole(times) => (times.clone(), Some(id)),
        Said::Unchanged => (known_clashes.iter().map(of_clash).collect(), None),
    };
    let within = times.iter().map(|time| time.interval).reduce(Interval::hull);
    let within = within.or_else(|| Interval::new(tx.now, tx.now + AHEAD).ok());
    let beside = match within {
        Some(within) => allocations::beside_import(tx, &resource, within, own)?,
        None => Default::default(),
    };
    let (mut wanted, clashes) = wanted(&times, &beside, (capacity, quantity), tx.now);
    let known = blocks::list_of_import(&mut tx.conn, id, tx.now, i64::MAX)?;
    let mut known: Vec<_> = known.into_iter().filter_map(imported).collect();
    if matches!(said, Said::Unchanged) {
        // All other blocks stay as they are.
        wanted.retain(|wanted| !known.iter().any(|known| known.key == wanted.key));
        known.clear();
    }
    let mut steps = clash_steps(&known_clashes, clashes);
    steps.extend(changes(&known, wanted, quantity, &import.fields.name).into_iter().map(Step::Block));
    let (reason, created_by) = (import.fields.name, import.created_by);
    Ok(Plan { steps, parts: Parts { import: id, resource: resource.id, quantity, reason, created_by } })
}

fn of_clash(clash: &CalendarClash) -> BusyTime {
    BusyTime { interval: clash.interval, key: clash.key.clone(), title: clash.title.clone() }
}

fn imported(block: Block) -> Option<ImportedBlock> {
    let (_, key) = block.import?;
    Some(ImportedBlock { id: block.id, key, slot: block.slot, reason: block.reason })
}

fn clash_steps(known: &[CalendarClash], found: Vec<BusyTime>) -> Vec<Step> {
    let mut left: HashMap<&str, &CalendarClash> = known.iter().map(|clash| (clash.key.as_str(), clash)).collect();
    let new: Vec<_> = found
        .into_iter()
        .filter(|time| left.remove(time.key.as_str()).is_none_or(|known| of_clash(known) != *time))
        .map(Step::Clash)
        .collect();
    let mut over: Vec<_> = left.into_keys().map(|key| Step::Forget(key.to_owned())).collect();
    over.sort_unstable_by(|one, other| format!("{one:?}").cmp(&format!("{other:?}")));
    over.into_iter().chain(new).collect()
}

/// Takes some steps of a plan, at most [`super::BATCH`] at a time. Returns the number of events that now clash because a booking was made since the
/// plan, or that another step of the plan was in the way of. None: another server has claimed the import, or it was changed or deleted.
///
/// # Errors
/// When the database fails.
pub fn take(tx: &mut Tx<'_>, claim: Claim, parts: &Parts, steps: &[Step]) -> Result<Option<usize>, Error> {
    let mut locked = due::lock(tx, [parts.resource])?;
    if !calendar_imports::lock_claimed(tx.conn, claim)? {
        return Ok(None);
    }
    let resource = resources::get(tx.conn, parts.resource)?;
    due::expire_and_offer(tx, &locked, &resource)?;
    let mut pending = Vec::new();
    for step in steps {
        match step {
            Step::Forget(key) => calendar_clashes::delete(tx.conn, parts.import, key)?,
            Step::Clash(time) => insert_clash(tx, parts, time)?,
            Step::Block(change) => pending.push(change.clone()),
        }
    }
    let count = pending.len();
    let failed = change_blocks(tx, &locked, parts, pending)?;
    for wanted in &failed {
        insert_clash(tx, parts, &wanted.time)?;
    }
    if count > 0 {
        let object = ("calendar_import", parts.import.as_str());
        audit(tx, Principal::System, Some(resource.organization_id), "calendar_import.refresh", object, &counts(steps))?;
        publish(tx, Principal::System, Event::ResourceChanged { resource_id: resource.id })?;
    }
    due::offer_freed(tx, &mut locked)?;
    Ok(Some(failed.len()))
}

fn insert_clash(tx: &mut Tx<'_>, parts: &Parts, time: &BusyTime) -> Result<(), Error> {
    let BusyTime { interval, key, title } = time.clone();
    let clash = CalendarClash { id: tx.new_id(), calendar_import_id: parts.import, key, interval, title, created_at: tx.now };
    Ok(calendar_clashes::insert(tx.conn, &clash)?)
}

/// Changes blocks. A block whose new time another block is yet to leave is tried again after that one; if they wait for each other, all of
/// them leave first. Returns the blocks that could not be made.
fn change_blocks(
    tx: &mut Tx<'_>,
    locked: &LockedResources,
    parts: &Parts,
    mut pending: Vec<BlockChange>,
) -> Result<Vec<WantedBlock>, Error> {
    loop {
        let before = pending.len();
        let mut waiting = Vec::new();
        for change in pending {
            match tx.attempt(|tx| change_block(tx, locked, parts, &change)) {
                Ok(()) => {}
                Err(StorageError::CapacityExceeded) => waiting.push(change),
                Err(error) => return Err(error.into()),
            }
        }
        if waiting.len() == before || waiting.is_empty() {
            let mut are_all_gone = true;
            pending = Vec::new();
            for change in waiting {
                pending.push(match change {
                    BlockChange::Move(id, wanted) => {
                        are_all_gone = false;
                        change_block(tx, locked, parts, &BlockChange::Remove(id))?;
                        BlockChange::Add(wanted)
                    }
                    other => other,
                });
            }
            if are_all_gone {
                let wanted = |change| if let BlockChange::Add(wanted) = change { Some(wanted) } else { None };
                return Ok(pending.into_iter().filter_map(wanted).collect());
            }
        } else {
            pending = waiting;
        }
    }
}

fn change_block(tx: &mut Tx<'_>, locked: &LockedResources, parts: &Parts, change: &BlockChange) -> Result<(), StorageError> {
    let known = |tx: &mut Tx<'_>, id| blocks::get(tx.conn, parts.resource, id);
    let slot = |wanted: &WantedBlock| Slot { interval: wanted.interval, quantity: parts.quantity };
    let import = |wanted: &WantedBlock| Some((parts.import, wanted.key.clone()));
    match change {
        BlockChange::Remove(id) => {
            let block = known(tx, *id)?;
            blocks::delete(tx.conn, locked, &block)
        }
        BlockChange::Move(id, wanted) => {
            let (import, slot, reason) = (import(wanted), slot(wanted), parts.reason.clone());
            let block = Block { import, slot, reason, ..known(tx, *id)? };
            blocks::update(tx.conn, locked, &block, tx.now)
        }
        BlockChange::Add(wanted) => {
            let block = Block {
                id: tx.new_id(),
                block_series_id: None,
                booking_id: None,
                import: import(wanted),
                resource_id: parts.resource,
                slot: slot(wanted),
                reason: parts.reason.clone(),
                created_by: parts.created_by,
                revision: 1,
                created_at: tx.now,
            };
            blocks::insert(tx.conn, locked, &block)
        }
    }
}

/// Writes that an import was refreshed, with the version and the report if the calendar was read as a whole, and ends the claim.
///
/// # Errors
/// When the database fails.
pub fn note_refreshed(tx: &mut Tx<'_>, claim: Claim, every: TimeDelta, read: Option<(&Version, &Report)>) -> Result<(), Error> {
    if calendar_imports::lock_claimed(tx.conn, claim)? {
        let next = tx.now + pause(every, 0, rand::random());
        let read = read.map(|(version, report)| (version, report.clone()));
        calendar_imports::update_refreshed(tx.conn, claim.0, (tx.now, next), read)?;
    }
    Ok(())
}

/// Writes that a calendar could not be read, and ends the claim. Its blocks stay. After a day the managers of the host are told, once.
///
/// # Errors
/// When the database fails.
pub fn note_failed(tx: &mut Tx<'_>, claim: Claim, due: &Due, every: TimeDelta, error: &str) -> Result<(), Error> {
    if !calendar_imports::lock_claimed(tx.conn, claim)? {
        return Ok(());
    }
    let failing_since = due.failing_since.unwrap_or(tx.now);
    let is_long = tx.now - failing_since >= FAILS_LONG;
    let failures = due.failures.saturating_add(1);
    let failed = Failed { error: error.to_owned(), failures, failing_since, is_reported: due.is_reported || is_long };
    let next = tx.now + pause(every, failures, rand::random());
    calendar_imports::update_failed(tx.conn, due.id, (tx.now, next), &failed)?;
    if is_long && !due.is_reported {
        let event = Event::CalendarImportFailing { calendar_import_id: due.id, reason: error.to_owned() };
        publish(tx, Principal::System, event)?;
    }
    Ok(())
}

/// Removes some blocks of a deleted import, and the import with the last of them. Returns whether that was all.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &mut Tx<'_>, import: &Due) -> Result<bool, Error> {
    let locked = due::lock(tx, [import.resource_id])?;
    super::remove(tx, locked, import.id)
}

/// The numbers of blocks that the steps change, for the audit.
fn counts(steps: &[Step]) -> serde_json::Value {
    let count =
        |is: fn(&BlockChange) -> bool| steps.iter().filter(|step| matches!(step, Step::Block(change) if is(change))).count();
    json!({
        "added": count(|change| matches!(change, BlockChange::Add(_))),
        "changed": count(|change| matches!(change, BlockChange::Move(..))),
        "removed": count(|change| matches!(change, BlockChange::Remove(_))),
    })
}
