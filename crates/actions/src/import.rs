//! Storing the spaces that an import has read. Each object is found again by its `source`, the data set and the key in it, so
//! importing a data set twice changes nothing the second time.

use serde_json::json;

use super::bookings::due;
use super::error::Error;
use super::record::audit;
use domain::ids::{OrganizationId, SiteId};
use domain::organization::OrganizationFields;
use domain::principal::Principal;
use domain::resource::{Resource, ResourceFields};
use domain::site::SiteFields;
use domain::ways_to_pay::WaysToPay;
use storage::db::Tx;
use storage::error::StorageError;
use storage::organizations::Organization;
use storage::resources;
use storage::sites::Site;
use storage::{members, organizations, sites};

/// A space of a data set: an organization at one site, with its machines.
#[derive(Debug, Clone)]
pub struct Space {
    /// The data set and the key of the space in it.
    pub source: String,
    /// The fields of the organization.
    pub organization: OrganizationFields,
    /// Its site.
    pub site: SiteFields,
    /// Its machines.
    pub resources: Vec<SpaceResource>,
}

/// A machine of a space.
#[derive(Debug, Clone)]
pub struct SpaceResource {
    /// The data set and the key of the machine in it.
    pub source: String,
    /// The line of the data set that it was read from.
    pub line: u64,
    /// The fields of the resource.
    pub fields: ResourceFields,
}

/// The effect of an import on one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Created,
    /// The data set has new data about it.
    Updated,
    /// It is the same as in the data set.
    Unchanged,
    /// It has owners here, so that the import no longer changes it.
    HandedOver,
    /// The capacity in the data set is less than what is booked, so it stays as it was.
    CapacityInUse,
}

/// The effect of an import on a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The organization.
    pub organization: Change,
    /// Its site.
    pub site: Change,
    /// Its machines, each with its line in the data set.
    pub resources: Vec<(u64, Change)>,
}

/// Stores a space. The fields that the data set has are updated; those that were assumed when the space was new (hours, rules,
/// prices, status) are not. A space that has an owner is not changed at all.
///
/// # Errors
/// When the database fails.
pub fn store(tx: &mut Tx<'_>, space: &Space) -> Result<Stored, Error> {
    let known = organizations::find_by_source(tx.conn, &space.source)?;
    if let Some(organization) = &known
        && members::count_owners(tx.conn, organization.id)? > 0
    {
        let resources = space.resources.iter().map(|resource| (resource.line, Change::HandedOver)).collect();
        return Ok(Stored { organization: Change::HandedOver, site: Change::HandedOver, resources });
    }
    let (id, organization) = store_organization(tx, known, space)?;
    let (site_id, site) = store_site(tx, id, space)?;
    if organization == Change::Updated || site == Change::Updated {
        resources::update_search_text(tx.conn, id)?;
    }
    let resources = space.resources.iter().map(|resource| Ok((resource.line, store_resource(tx, id, site_id, space, resource)?)));
    Ok(Stored { organization, site, resources: resources.collect::<Result<_, Error>>()? })
}

fn store_organization(tx: &mut Tx<'_>, known: Option<Organization>, space: &Space) -> Result<(OrganizationId, Change), Error> {
    let listed = &space.organization;
    let Some(known) = known else {
        let id = tx.new_id();
        organizations::insert(tx.conn, id, listed, Some(&space.source), tx.now)?;
        record(tx, id, "organization.import", ("organization", id.as_str()), &space.source)?;
        return Ok((id, Change::Created));
    };
    let fields = OrganizationFields { contact_email: known.fields().contact_email, ..listed.clone() };
    if known.fields() == fields {
        return Ok((known.id, Change::Unchanged));
    }
    organizations::update(tx.conn, known.id, &fields, tx.now)?;
    record(tx, known.id, "organization.import", ("organization", known.id.as_str()), &space.source)?;
    Ok((known.id, Change::Updated))
}

fn store_site(tx: &mut Tx<'_>, organization: OrganizationId, space: &Space) -> Result<(SiteId, Change), Error> {
    let listed = &space.site;
    let Some(Site { id, fields: known, .. }) = sites::find_by_source(tx.conn, &space.source)? else {
        let id: SiteId = tx.new_id();
        sites::insert(tx.conn, id, organization, listed, Some(&space.source), tx.now)?;
        record(tx, organization, "site.import", ("site", id.as_str()), &space.source)?;
        return Ok((id, Change::Created));
    };
    let fields = SiteFields {
        opening_hours: known.opening_hours.clone(),
        exceptions: known.exceptions.clone(),
        discloses_address: known.discloses_address,
        access_notes: known.access_notes.clone(),
        contact: known.contact.clone(),
        ..listed.clone()
    };
    if known == fields {
        return Ok((id, Change::Unchanged));
    }
    sites::update(tx.conn, id, &fields, tx.now)?;
    record(tx, organization, "site.import", ("site", id.as_str()), &space.source)?;
    Ok((id, Change::Updated))
}

fn store_resource(
    tx: &mut Tx<'_>,
    organization: OrganizationId,
    site: SiteId,
    space: &Space,
    resource: &SpaceResource,
) -> Result<Change, Error> {
    let listed = &resource.fields;
    let Some(known) = resources::find_by_source(tx.conn, &resource.source)? else {
        let new = Resource {
            id: tx.new_id(),
            organization_id: organization,
            site_id: site,
            fields: listed.clone(),
            booking_rules_id: tx.new_id(),
            tariff_id: tx.new_id(),
            organization_name: space.organization.name.clone(),
            has_terms: false,
            vat: None,
            ways: WaysToPay::default(),
            site: space.site.clone(),
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
        resources::insert(tx.conn, &new, Some(&resource.source))?;
        record(tx, organization, "resource.import", ("resource", new.id.as_str()), &resource.source)?;
        return Ok(Change::Created);
    };
    let ResourceFields { status, is_private, rules, tariff, .. } = known.fields.clone();
    let fields = ResourceFields { status, is_private, rules, tariff, ..listed.clone() };
    if known.fields == fields {
        return Ok(Change::Unchanged);
    }
    let changed = Resource { fields, updated_at: tx.now, ..known };
    let mut locked = due::lock(tx, [changed.id])?;
    match tx.attempt(|tx| resources::update(tx.conn, &changed)) {
        Err(StorageError::CapacityExceeded) => return Ok(Change::CapacityInUse),
        result => result?,
    }
    record(tx, organization, "resource.import", ("resource", changed.id.as_str()), &resource.source)?;
    // The capacity may be higher now.
    due::offer_freed(tx, &mut locked)?;
    Ok(Change::Updated)
}

fn record(tx: &mut Tx<'_>, organization: OrganizationId, action: &str, object: (&str, &str), source: &str) -> Result<(), Error> {
    audit(tx, Principal::System, Some(organization), action, object, &json!({ "source": source }))
}
