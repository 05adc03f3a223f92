//! Storing what an import has read. Everything is found again by its `source`, the data set and the
//! key in it, so the same data set stored twice changes nothing.

use serde_json::json;

use super::bookings::due;
use super::error::Error;
use super::record::audit;
use domain::ids::{OrganizationId, SiteId};
use domain::organization::OrganizationFields;
use domain::resource::{Resource, ResourceFields};
use domain::site::SiteFields;
use storage::db::Tx;
use storage::error::StorageError;
use storage::organizations::Organization;
use storage::resources;
use storage::sites::Site;
use storage::{members, organizations, sites};

/// A space of a data set: an organization at one site, with its machines.
#[derive(Debug, Clone)]
pub struct Space {
    /// Which space it is: data set and key.
    pub source: String,
    /// What it tells about itself.
    pub organization: OrganizationFields,
    /// Where it is.
    pub site: SiteFields,
    /// What it has.
    pub resources: Vec<SpaceResource>,
}

/// A machine of a space.
#[derive(Debug, Clone)]
pub struct SpaceResource {
    /// Which machine it is: data set and key.
    pub source: String,
    /// The line of the data set that it was read from.
    pub line: u64,
    /// What it is.
    pub fields: ResourceFields,
}

/// What became of something that was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Created,
    /// The data set tells something new of it.
    Updated,
    /// It is as the data set tells.
    Unchanged,
    /// It has owners here, who decide about it from now on.
    HandedOver,
    /// The data set tells of less than is booked; it stays as it was.
    CapacityInUse,
}

/// What became of a space that was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The organization.
    pub organization: Change,
    /// Its site.
    pub site: Change,
    /// Its machines, by their lines.
    pub resources: Vec<(u64, Change)>,
}

/// Stores a space. What the data set tells is brought up to date; what was assumed when the space
/// was new (hours, rules, prices, status) is then the business of who runs it. A space that has an
/// owner is the owner's: nothing of it is changed.
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
    let told = &space.organization;
    let Some(known) = known else {
        let id = tx.new_id();
        organizations::insert(tx.conn, id, told, Some(&space.source), tx.now)?;
        record(tx, id, "organization.import", ("organization", id.as_str()), &space.source)?;
        return Ok((id, Change::Created));
    };
    let fields = OrganizationFields { contact_email: known.fields().contact_email, ..told.clone() };
    if known.fields() == fields {
        return Ok((known.id, Change::Unchanged));
    }
    organizations::update(tx.conn, known.id, &fields, tx.now)?;
    record(tx, known.id, "organization.import", ("organization", known.id.as_str()), &space.source)?;
    Ok((known.id, Change::Updated))
}

fn store_site(tx: &mut Tx<'_>, organization: OrganizationId, space: &Space) -> Result<(SiteId, Change), Error> {
    let told = &space.site;
    let Some(Site { id, fields: known, .. }) = sites::find_by_source(tx.conn, &space.source)? else {
        let id: SiteId = tx.new_id();
        sites::insert(tx.conn, id, organization, told, Some(&space.source), tx.now)?;
        record(tx, organization, "site.import", ("site", id.as_str()), &space.source)?;
        return Ok((id, Change::Created));
    };
    let fields = SiteFields {
        opening_hours: known.opening_hours.clone(),
        exceptions: known.exceptions.clone(),
        discloses_address: known.discloses_address,
        access_notes: known.access_notes.clone(),
        contact: known.contact.clone(),
        ..told.clone()
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
    let told = &resource.fields;
    let Some(known) = resources::find_by_source(tx.conn, &resource.source)? else {
        let new = Resource {
            id: tx.new_id(),
            organization_id: organization,
            site_id: site,
            fields: told.clone(),
            booking_rules_id: tx.new_id(),
            tariff_id: tx.new_id(),
            organization_name: space.organization.name.clone(),
            has_terms: false,
            site: space.site.clone(),
            longest_allocation_minutes: 0,
            has_links: false,
            takes_along: Vec::new(),
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
    let fields = ResourceFields { status, is_private, rules, tariff, ..told.clone() };
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
    // There may be more of it now.
    due::offer_freed(tx, &mut locked)?;
    Ok(Change::Updated)
}

fn record(tx: &mut Tx<'_>, organization: OrganizationId, action: &str, object: (&str, &str), source: &str) -> Result<(), Error> {
    audit(tx, None, Some(organization), action, object, &json!({ "source": source }))
}
