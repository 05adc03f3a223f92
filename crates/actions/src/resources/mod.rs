//! Adding resources and editing them.

mod checks;
pub mod import;
pub mod relocation;
pub(crate) mod visible;

pub use visible::{get, shown};

use serde_json::json;

use self::checks::{check_certifications, check_rules};
use self::visible::get_as;
use super::bookings::due;
use super::closing::{Change, Closing, always, clear};
use super::error::Error;
use super::precondition::IfMatch;
use super::record::{audit, audit_personal, changes, publish};
use super::{Caller, authorize, authorize_in, is_insider};
use domain::fact::Event;
use domain::fields::InvalidFields;
use domain::ids::{OrganizationId, ResourceId, SiteId};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::resource::{Resource, ResourceFields, ResourceStatus};
use domain::said::said;
use domain::ways_to_pay::WaysToPay;
use storage::booking_rules::{self, RulesVersion};
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::resources::{self, Filter};
use storage::{bookings, organizations, sites};

/// Adds a resource to a site.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `organization_suspended`.
pub fn create(tx: &mut Tx<'_>, caller: Caller, site: SiteId, fields: &ResourceFields) -> Result<Resource, Error> {
    let site = sites::get(tx.conn, site)?;
    let is_visible = sites::is_public(tx.conn, site.id)?;
    authorize(tx, caller, site.organization_id, Permission::ManageListings, is_visible)?;
    check_rules(&fields.rules, None, &site.fields)?;
    check_certifications(tx, site.organization_id, &fields.rules, &[])?;
    let host = organizations::get(tx.conn, site.organization_id)?;
    if organizations::is_suspended(tx.conn, site.organization_id)? {
        return Err(Error::refused(Code::OrganizationSuspended));
    }
    let resource = Resource {
        id: tx.new_id(),
        organization_id: site.organization_id,
        site_id: site.id,
        fields: fields.clone(),
        booking_rules_id: tx.new_id(),
        tariff_id: tx.new_id(),
        organization_name: host.fields().name,
        has_terms: host.has_terms,
        // Read again below.
        vat: None,
        ways: WaysToPay::default(),
        site: site.fields,
        longest_allocation_minutes: 0,
        has_links: false,
        is_suspended: false,
        takes_along: Vec::new(),
        pictures: Vec::new(),
        out_of_order: None,
        revision: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    resources::insert(tx.conn, &resource, None)?;
    let detail = json!({ "name": fields.name, "status": fields.status });
    audit(tx, caller.principal(), Some(site.organization_id), "resource.create", ("resource", resource.id.as_str()), &detail)?;
    publish(tx, caller.principal(), Event::ResourceCreated { resource_id: resource.id })?;
    Ok(resources::get(tx.conn, resource.id)?)
}

/// Lists the versions of the rules of a resource, the newest first, for members of the host.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid_fields` for an invalid cursor.
pub fn rules(tx: &mut ReadTx, caller: Caller, id: ResourceId, paging: &Paging) -> Result<Page<RulesVersion>, Error> {
    get_as(tx, caller, id, Permission::View)?;
    let rows = booking_rules::list(&mut tx.conn, id, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |version| version.id.to_string()))
}

/// Lists the resources at a site that the caller sees.
///
/// # Errors
/// `not_found`.
pub fn list_at_site(tx: &mut ReadTx, caller: Option<Caller>, site: SiteId, paging: &Paging) -> Result<Page<Resource>, Error> {
    let (site, _) = super::sites::get(tx, caller, site)?;
    let is_insider = is_insider(tx, caller, site.organization_id)?;
    let filter = Filter { site: Some(site.id), public_only: !is_insider, ..Filter::default() };
    let rows = resources::list(&mut tx.conn, &filter, tx.now, paging.by_id(CreationOrder::CreatedAt))?;
    let rows = if is_insider { rows } else { rows.into_iter().map(Resource::without_names).collect() };
    Ok(paging.page(rows, |resource| resource.id.to_string()).map(|resource| resource.at(tx.now)))
}

/// Lists the resources of an organization, in every state and private ones too, for its members.
///
/// # Errors
/// `not_found`, `forbidden`.
pub fn list_of_host(
    tx: &mut ReadTx,
    caller: Caller,
    host: OrganizationId,
    filter: Filter,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<Resource>, Error> {
    authorize_in(tx, caller, host, Permission::View)?;
    let filter = Filter { host: Some(host), ..filter };
    let rows = resources::list(&mut tx.conn, &filter, tx.now, paging.by_id(order))?;
    Ok(paging.page(rows, |resource| resource.id.to_string()).map(|resource| resource.at(tx.now)))
}

/// Edits a resource. Existing bookings keep their price, rules and times; those that new opening hours would leave outside are
/// treated as the host has chosen. Rules or a tariff that change become a new version.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition`, `capacity_in_use`,
/// `resource_has_bookings`, [`Error::OutsideHours`], `bookings_outside_hours`, and the errors of `edit`.
pub fn update(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: ResourceId,
    if_match: &IfMatch,
    closing: &Closing,
    edit: impl FnOnce(ResourceFields) -> Result<ResourceFields, InvalidFields>,
) -> Result<Resource, Error> {
    let mut locked = due::lock(tx, [id])?;
    let before = get_as(tx, caller, id, Permission::ManageListings)?;
    if_match.check(before.revision)?;
    let fields = edit(before.fields.clone())?;
    check_rules(&fields.rules, Some(&before.fields.rules), &before.site)?;
    check_certifications(tx, before.organization_id, &fields.rules, &before.fields.rules.required_certification_ids)?;
    // Claims that are over must not keep the capacity from being lowered or the resource from being retired; offers do.
    due::expire_and_offer(tx, &locked, &before)?;
    check_status(tx, &before, fields.status)?;

    let mut after = Resource { fields, updated_at: tx.now, ..before.clone() };
    let has_changed = after.fields.rules != before.fields.rules || after.fields.kind != before.fields.kind;
    if let Some(within) = always(tx.now).filter(|_| has_changed) {
        let change = Change { before: before.clone(), after: after.clone() };
        clear(tx, caller, &mut locked, &[change], within, closing)?;
    }
    if after.fields.rules != before.fields.rules {
        after.booking_rules_id = tx.new_id();
        resources::insert_rules(tx.conn, &after)?;
    }
    if after.fields.tariff != before.fields.tariff {
        after.tariff_id = tx.new_id();
        resources::insert_tariff(tx.conn, &after)?;
    }
    resources::update(tx.conn, &after).map_err(|error| match error {
        StorageError::CapacityExceeded => Error::refused(Code::CapacityInUse),
        error => error.into(),
    })?;
    let (mut detail, personal) = changes(&before.fields, &after.fields, &[])?;
    (detail["status"], detail["capacity"]) = (json!(after.fields.status), json!(after.fields.capacity));
    let object = ("resource", id.as_str());
    audit_personal(tx, caller.principal(), Some(after.organization_id), "resource.update", object, (&detail, personal))?;
    publish(tx, caller.principal(), Event::ResourceChanged { resource_id: id })?;
    // The capacity may be higher now, or the hours longer.
    due::offer_freed(tx, &mut locked)?;
    Ok(resources::get(tx.conn, id)?.at(tx.now))
}

/// Checks that the resource can get another status. A resource with upcoming bookings cannot be retired.
fn check_status(tx: &mut ReadTx, resource: &Resource, next: ResourceStatus) -> Result<(), Error> {
    let status = resource.fields.status;
    if !status.may_become(next) {
        return Err(Error::Refused(
            Code::InvalidTransition,
            said!("A resource that is {status} cannot become {next}.", status, next),
        ));
    }
    if next == ResourceStatus::Retired && status != next && bookings::has_active(&mut tx.conn, resource.id, tx.now)? {
        return Err(Error::refused(Code::ResourceHasBookings));
    }
    Ok(())
}
