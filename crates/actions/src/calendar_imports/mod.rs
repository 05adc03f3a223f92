//! Calendar imports: managers of a host name calendars whose events become blocks of a resource.

pub mod refreshing;

use serde_json::json;

use super::bookings::due;
use super::error::Error;
use super::precondition::IfMatch;
use super::record::{audit, publish};
use super::resources::visible::get_as;
use super::{Caller, authorize_in, standing_of};
use domain::booking::Booking;
use domain::calendar_import::{
    CalendarClash, CalendarImport, CalendarImportFields, MOST_IMPORTS, REFRESH_PAUSE, Report, host_of,
};
use domain::fact::Event;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{CalendarImportId, OrganizationId, ResourceId};
use domain::order::{CreationOrder, StartOrder};
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::principal::Principal;
use domain::problem::Code;
use domain::resource::Resource;
use domain::said::said;
use storage::db::{ReadTx, Tx};
use storage::resource_locks::LockedResources;
use storage::{blocks, bookings, calendar_clashes, calendar_imports, organizations, resource_links, resources};

/// The largest number of bookings that are named in the way of an event.
const MOST_IN_THE_WAY: usize = 20;

/// The largest number of blocks that one transaction changes, so that no request waits long for it.
pub const BATCH: usize = 50;

/// Makes an import for a resource. The calendar is read for the first time at once, in the background.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` for more than the capacity, `invalid_transition` if the organization has
/// the largest number of imports.
pub fn create(tx: &mut Tx<'_>, caller: Caller, id: ResourceId, fields: CalendarImportFields) -> Result<CalendarImport, Error> {
    let resource = get_as(tx, caller, id, Permission::ManageCalendar)?;
    check_quantity(&resource, &fields)?;
    // Of two requests at the same time, the second one counts the import of the first.
    organizations::lock(tx.conn, resource.organization_id)?;
    let count = calendar_imports::count(tx.conn, resource.organization_id)?;
    if usize::try_from(count).is_ok_and(|count| count >= MOST_IMPORTS) {
        let detail =
            said!("An organization can have at most {most} calendar imports. Delete one that nobody needs.", most = MOST_IMPORTS);
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    let import = CalendarImport {
        id: tx.new_id(),
        resource_id: id,
        fields,
        refreshed_at: None,
        attempted_at: None,
        next_attempt_at: tx.now,
        error: String::new(),
        failures: 0,
        failing_since: None,
        report: Report::default(),
        created_by: caller.user_id,
        created_at: tx.now,
        updated_at: tx.now,
        revision: 1,
    };
    calendar_imports::insert(tx.conn, &import)?;
    note(tx, caller.principal(), (&import, resource.organization_id), "create")?;
    Ok(import)
}

fn check_quantity(resource: &Resource, fields: &CalendarImportFields) -> Result<(), InvalidFields> {
    let most = resource.fields.capacity.quantity;
    let mut wrong = Fields::default();
    if fields.quantity.is_some_and(|quantity| quantity > most) {
        wrong.refuse("/quantity", "out_of_range", said!("must be at most {most}, the capacity of the resource", most));
    }
    wrong.finish(|| Some(()))
}

/// Lists the imports of a resource for managers of the host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    id: ResourceId,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<CalendarImport>, Error> {
    get_as(tx, caller, id, Permission::ManageCalendar)?;
    let rows = calendar_imports::list(&mut tx.conn, id, paging.by_id(order))?;
    Ok(paging.page(rows, |import| import.id.to_string()))
}

/// Returns an import to managers of the host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: CalendarImportId) -> Result<CalendarImport, Error> {
    Ok(get_with_resource(tx, caller, id)?.0)
}

fn get_with_resource(tx: &mut ReadTx, caller: Caller, id: CalendarImportId) -> Result<(CalendarImport, Resource), Error> {
    let import = calendar_imports::get(&mut tx.conn, id)?;
    let resource = resources::get(&mut tx.conn, import.resource_id)?;
    let standing = standing_of(tx, caller, resource.organization_id)?;
    if !caller.may(standing.as_ref(), Permission::ManageCalendar) {
        return Err(Error::not_found());
    }
    authorize_in(tx, caller, resource.organization_id, Permission::ManageCalendar)?;
    Ok((import, resource))
}

/// Changes the fields of an import. The calendar is read again at once, in the background.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_fields` for more than the capacity, and the errors of
/// `edit`.
pub fn update(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: CalendarImportId,
    if_match: &IfMatch,
    edit: impl FnOnce(CalendarImportFields) -> Result<CalendarImportFields, InvalidFields>,
) -> Result<CalendarImport, Error> {
    let (import, resource) = get_with_resource(tx, caller, id)?;
    if_match.check(import.revision)?;
    let fields = edit(import.fields.clone())?;
    check_quantity(&resource, &fields)?;
    let changed = CalendarImport { fields, updated_at: tx.now, ..import };
    calendar_imports::update(tx.conn, &changed)?;
    note(tx, caller.principal(), (&changed, resource.organization_id), "update")?;
    Ok(calendar_imports::get(tx.conn, id)?)
}

/// Lets the calendar be read again in the background: at once, or a minute after it was last asked for.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn refresh(tx: &mut Tx<'_>, caller: Caller, id: CalendarImportId) -> Result<CalendarImport, Error> {
    let import = get(tx, caller, id)?;
    let next = import.attempted_at.map_or(tx.now, |at| tx.now.max(at + REFRESH_PAUSE));
    // A server that reads it at this moment goes on.
    if import.next_attempt_at > next {
        calendar_imports::update_next(tx.conn, id, next)?;
    }
    Ok(calendar_imports::get(tx.conn, id)?)
}

/// Deletes an import with its blocks that are not over. If these are many, the service removes them in the background.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn delete(tx: &mut Tx<'_>, caller: Caller, id: CalendarImportId) -> Result<(), Error> {
    let (import, resource) = get_with_resource(tx, caller, id)?;
    // Before the import, as each refresh does.
    let locked = due::lock(tx, [resource.id])?;
    calendar_imports::update_deleted(tx.conn, id, tx.now)?;
    note(tx, caller.principal(), (&import, resource.organization_id), "delete")?;
    remove(tx, locked, id)?;
    Ok(())
}

/// Removes [`BATCH`] blocks of a deleted import, and the import with the last of them. Returns whether that was all.
fn remove(tx: &mut Tx<'_>, mut locked: LockedResources, id: CalendarImportId) -> Result<bool, Error> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let removed = blocks::list_of_import(tx.conn, id, tx.now, limit)?;
    for block in &removed {
        blocks::delete(tx.conn, &locked, block)?;
    }
    if let Some(block) = removed.first() {
        publish(tx, Principal::System, Event::ResourceChanged { resource_id: block.resource_id })?;
    }
    due::offer_freed(tx, &mut locked)?;
    let is_all = removed.len() < BATCH;
    if is_all {
        blocks::update_without_import(tx.conn, id)?;
        calendar_imports::delete(tx.conn, id)?;
    }
    Ok(is_all)
}

/// The address can contain a secret: only its host is recorded.
fn note(
    tx: &mut Tx<'_>,
    principal: Principal,
    (import, organization): (&CalendarImport, OrganizationId),
    action: &str,
) -> Result<(), Error> {
    let CalendarImportFields { name, url, quantity } = &import.fields;
    let detail = json!({ "resource_id": import.resource_id, "name": name, "host": host_of(url), "quantity": quantity });
    let object = ("calendar_import", import.id.as_str());
    audit(tx, principal, Some(organization), &format!("calendar_import.{action}"), object, &detail)
}

/// An event that blocks nothing, and the bookings of the host in its way.
#[derive(Debug, Clone, PartialEq)]
pub struct ClashWithBookings {
    /// The event.
    pub clash: CalendarClash,
    /// The first bookings, by identifier.
    pub bookings: Vec<Booking>,
}

/// Lists the events of an import that block nothing, because bookings are in the way, for managers of the host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` for an invalid cursor.
pub fn list_clashes(
    tx: &mut ReadTx,
    caller: Caller,
    id: CalendarImportId,
    order: StartOrder,
    paging: &Paging,
) -> Result<Page<ClashWithBookings>, Error> {
    let (_, resource) = get_with_resource(tx, caller, id)?;
    let now = tx.now;
    let rows = calendar_clashes::list(&mut tx.conn, id, now, paging.by_instant(order)?)?;
    let linked: Vec<_> = resource_links::list_linked(&mut tx.conn, &[resource.id])?.into_iter().collect();
    let mut clashes = Vec::new();
    for clash in rows {
        let mut bookings = bookings::list_overlapping(&mut tx.conn, &linked, clash.interval)?;
        bookings.retain(|booking| booking.host_organization_id == resource.organization_id);
        bookings.truncate(MOST_IN_THE_WAY);
        let bookings = bookings.into_iter().map(|booking| booking.at(now)).collect();
        clashes.push(ClashWithBookings { clash, bookings });
    }
    Ok(paging.page(clashes, |one| Paging::instant_key(one.clash.interval.starts_at(), one.clash.id)))
}

/// Counts the events of an import that block nothing, because bookings are in the way.
///
/// # Errors
/// When the database fails.
pub fn count_clashes(tx: &mut ReadTx, id: CalendarImportId) -> Result<i64, Error> {
    Ok(calendar_clashes::count(&mut tx.conn, id, tx.now)?)
}
