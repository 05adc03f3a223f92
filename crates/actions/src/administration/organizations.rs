//! Operators find, suspend and reinstate organizations.

use serde_json::json;

use super::{authorize_operator, check_text, in_other_state, record_look, record_search};
use crate::Caller;
use crate::error::Error;
use crate::record::{audit, publish};
use domain::fact::Event;
use domain::ids::OrganizationId;
use domain::order::{CreationOrder, Rows};
use domain::paging::{Page, Paging};
use domain::permissions::Role;
use domain::said::said;
use domain::standing::StandingChange;
use storage::administration::{self, Filter, Organization};
use storage::db::Tx;
use storage::members::{self, Member};
use storage::organizations;

/// An organization with its owners.
#[derive(Debug)]
pub struct OrganizationDetails {
    /// The organization.
    pub organization: Organization,
    /// The number of its members.
    pub members: i64,
    /// The number of its resources, in every state.
    pub resources: i64,
    /// Its owners.
    pub owners: Vec<Member>,
}

/// Lists the organizations that a filter finds.
///
/// # Errors
/// `forbidden`, `invalid_fields`.
pub fn list(
    tx: &mut Tx<'_>,
    caller: Caller,
    filter: &Filter,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<Organization>, Error> {
    let detail = json!({ "is_suspended": filter.is_suspended });
    record_search(tx, caller, "admin.list_organizations", &detail, ("q", filter.text.as_deref()))?;
    let filter = Filter { text: check_text(filter.text.as_deref())?, ..filter.clone() };
    let rows = administration::list_organizations(tx.conn, &filter, paging.by_id(order))?;
    Ok(paging.page(rows, |row| row.id.to_string()))
}

/// Returns an organization.
///
/// # Errors
/// `forbidden`, `not_found`.
pub fn get(tx: &mut Tx<'_>, caller: Caller, id: OrganizationId) -> Result<OrganizationDetails, Error> {
    authorize_operator(tx, caller)?;
    let found = find(tx, id)?;
    record_look(tx, caller, Some(id), "admin.view_organization", ("organization", id.as_str()), &json!({}))?;
    Ok(found)
}

fn find(tx: &mut Tx<'_>, id: OrganizationId) -> Result<OrganizationDetails, Error> {
    let (organization, members, resources) = administration::get_organization(tx.conn, id)?;
    let all = Rows { order: CreationOrder::CreatedAt, after: None, limit: i64::MAX };
    let owners = members::list(tx.conn, id, &[Role::Owner], all)?;
    Ok(OrganizationDetails { organization, members, resources, owners })
}

/// Suspends an organization: what it offers is hidden, and it gets and makes no new bookings. Its managers get a mail with the reason.
///
/// # Errors
/// `forbidden`, `not_found`, `invalid_transition` if it is suspended or closed.
pub fn suspend(tx: &mut Tx<'_>, caller: Caller, id: OrganizationId, reason: &str) -> Result<OrganizationDetails, Error> {
    authorize_operator(tx, caller)?;
    organizations::lock(tx.conn, id)?;
    let (found, ..) = administration::get_organization(tx.conn, id)?;
    if found.closed_at.is_some() {
        return Err(in_other_state(said!("The organization is closed.")));
    }
    if found.suspended_at.is_some() {
        return Err(in_other_state(said!("The organization is suspended.")));
    }
    administration::update_organization(tx.conn, id, Some((tx.now, reason)))?;
    let object = ("organization", id.as_str());
    audit(tx, caller.principal(), Some(id), "organization.suspend", object, &json!({ "reason": reason }))?;
    let change = StandingChange::OrganizationSuspended { organization_id: id, reason: reason.to_owned() };
    publish(tx, caller.principal(), Event::Standing(change))?;
    find(tx, id)
}

/// Reinstates a suspended organization. Its managers get a mail.
///
/// # Errors
/// `forbidden`, `not_found`, `invalid_transition` if it is not suspended.
pub fn reinstate(tx: &mut Tx<'_>, caller: Caller, id: OrganizationId) -> Result<OrganizationDetails, Error> {
    authorize_operator(tx, caller)?;
    organizations::lock(tx.conn, id)?;
    let (found, ..) = administration::get_organization(tx.conn, id)?;
    if found.suspended_at.is_none() {
        return Err(in_other_state(said!("The organization is not suspended.")));
    }
    administration::update_organization(tx.conn, id, None)?;
    audit(tx, caller.principal(), Some(id), "organization.reinstate", ("organization", id.as_str()), &json!({}))?;
    publish(tx, caller.principal(), Event::Standing(StandingChange::OrganizationReinstated { organization_id: id }))?;
    find(tx, id)
}
