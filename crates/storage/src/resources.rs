//! Resources.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use diesel::prelude::*;

use super::connection::{CachedStatement, Conn, WriteConn, padded};
use super::error::StorageError;
use super::paging::by_id;
use super::resource_pictures;
use super::schema::{booking_rules, organizations, resource_links, resources, sites, tariffs};
use super::search_words;
use super::shared_quotas;
use super::types::{CachedJson, CachedRules, CachedTariff, Json};
use domain::card_payment::WayToPay;
use domain::country::Country;
use domain::ids::{BookingRulesId, OrganizationId, ResourceId, SiteId, TariffId};
use domain::order::{CreationOrder, Rows};
use domain::out_of_order::OutOfOrder;
use domain::pricing::{Tariff, VatSettings};
use domain::resource::{Capacity, Claimed, LinkKind, Resource, ResourceFields, ResourceKind, ResourceStatus, TakenAlong, Unit};
use domain::rules::BookingRules;
use domain::time::UtcTime;
use domain::vat_number::VatNumber;
use domain::ways_to_pay::{WaysOfKind, WaysToPay};
use domain::with_json::WithJson;
use domain::words;

type IdColumns =
    (resources::id, resources::organization_id, resources::site_id, resources::booking_rules_id, resources::tariff_id);
type FieldColumns = (
    resources::kind,
    resources::name,
    resources::description,
    resources::category,
    (resources::capacity, resources::unit),
    resources::status,
    resources::is_private,
    booking_rules::rules,
    tariffs::tariff,
);
type HostColumns = (
    organizations::name,
    organizations::has_terms,
    organizations::vat,
    organizations::country,
    organizations::vat_number,
    (organizations::ways_to_pay, organizations::ways_to_pay_by_kind),
);
type Columns = (
    IdColumns,
    FieldColumns,
    HostColumns,
    super::sites::FieldsColumns,
    (resources::longest_allocation_minutes, resources::has_links, resources::is_suspended, resources::picture_count),
    (resources::out_of_order_since, resources::out_of_order_until, resources::out_of_order_reason),
    resources::revision,
    (resources::created_at, resources::updated_at),
);
/// The columns of a [`ResourceRow`], from [`joined()`].
const COLUMNS: Columns = (
    (resources::id, resources::organization_id, resources::site_id, resources::booking_rules_id, resources::tariff_id),
    (
        resources::kind,
        resources::name,
        resources::description,
        resources::category,
        (resources::capacity, resources::unit),
        resources::status,
        resources::is_private,
        booking_rules::rules,
        tariffs::tariff,
    ),
    (
        organizations::name,
        organizations::has_terms,
        organizations::vat,
        organizations::country,
        organizations::vat_number,
        (organizations::ways_to_pay, organizations::ways_to_pay_by_kind),
    ),
    super::sites::FIELDS,
    (resources::longest_allocation_minutes, resources::has_links, resources::is_suspended, resources::picture_count),
    (resources::out_of_order_since, resources::out_of_order_until, resources::out_of_order_reason),
    resources::revision,
    (resources::created_at, resources::updated_at),
);

type IdRow = (ResourceId, OrganizationId, SiteId, BookingRulesId, TariffId);
type FieldRow = (ResourceKind, String, String, String, (i32, Unit), ResourceStatus, bool, CachedRules, CachedTariff);
type HostRow = (String, bool, Option<CachedJson<VatSettings>>, Option<Country>, Option<VatNumber>, WaysRow);
type WaysRow = (Json<Vec<WayToPay>>, Json<Vec<WaysOfKind>>);
/// A row of [`COLUMNS`].
type ResourceRow =
    (IdRow, FieldRow, HostRow, super::sites::FieldsRow, (i64, bool, bool, i32), OutOfOrderRow, i64, (UtcTime, UtcTime));
type OutOfOrderRow = (Option<UtcTime>, Option<UtcTime>, String);

/// The resources of these rows, with the resources that they take along.
fn resources_from(conn: &mut Conn, rows: Vec<ResourceRow>) -> Result<Vec<Resource>, StorageError> {
    let mut taken_along = list_taken_along(conn, &rows)?;
    let has_pictures = |row: &&ResourceRow| row.4.3 > 0;
    let with_pictures: Vec<_> = rows.iter().filter(has_pictures).map(|row| row.0.0).collect();
    let mut pictures = resource_pictures::list_of_each(conn, &with_pictures)?;
    let mut complete = |row: ResourceRow| -> Result<Resource, StorageError> {
        let (
            ids,
            fields,
            (organization_name, has_terms, vat, country, vat_number, (Json(all), Json(by_kind))),
            site,
            (longest_allocation_minutes, has_links, is_suspended, _),
            out_of_order,
            revision,
            times,
        ) = row;
        let (id, organization_id, site_id, booking_rules_id, tariff_id) = ids;
        let (kind, name, description, category, (quantity, unit), status, is_private, CachedJson(rules), CachedJson(tariff)) =
            fields;
        let capacity = Capacity { quantity, unit };
        Ok(Resource {
            id,
            organization_id,
            site_id,
            fields: ResourceFields { kind, name, description, category, capacity, rules, tariff, status, is_private },
            booking_rules_id,
            tariff_id,
            organization_name,
            has_terms,
            vat: super::billing::host_vat(vat, country, vat_number.as_ref()),
            ways: WaysToPay { all, by_kind },
            site: super::sites::fields_from(site)?,
            longest_allocation_minutes,
            has_links,
            is_suspended,
            takes_along: taken_along.remove(&id).unwrap_or_default(),
            pictures: pictures.remove(&id).unwrap_or_default(),
            out_of_order: out_of_order_from(out_of_order),
            revision,
            created_at: times.0,
            updated_at: times.1,
        })
    };
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(complete(row)?);
    }
    Ok(all)
}

fn out_of_order_from((since, until, reason): OutOfOrderRow) -> Option<OutOfOrder> {
    since.map(|since| OutOfOrder { since, reason, until })
}

/// The resources that each of these takes along.
fn list_taken_along(conn: &mut Conn, rows: &[ResourceRow]) -> Result<HashMap<ResourceId, Vec<TakenAlong>>, StorageError> {
    let linked: Vec<_> = rows.iter().filter(|(.., (_, has_links, ..), _, _, _)| *has_links).map(|(ids, ..)| ids.0).collect();
    let mut taken_along: HashMap<ResourceId, Vec<TakenAlong>> = HashMap::new();
    if linked.is_empty() {
        return Ok(taken_along);
    }
    let rows: Vec<(ResourceId, String, bool, ResourceStatus, OutOfOrderRow)> = resource_links::table
        .inner_join(resources::table.on(resources::id.eq(resource_links::other_id)))
        .filter(resource_links::resource_id.eq_any(linked).and(resource_links::kind.eq(LinkKind::Takes)))
        .order((resource_links::resource_id, resource_links::other_id))
        .select((
            resource_links::resource_id,
            resources::name,
            resources::is_private,
            resources::status,
            (resources::out_of_order_since, resources::out_of_order_until, resources::out_of_order_reason),
        ))
        .load(conn)?;
    for (id, name, is_private, status, out_of_order) in rows {
        let other = TakenAlong { name: (!is_private).then_some(name), status, out_of_order: out_of_order_from(out_of_order) };
        taken_along.entry(id).or_default().push(other);
    }
    Ok(taken_along)
}

/// Resources with all that [`COLUMNS`] names.
#[diesel::dsl::auto_type]
fn joined() -> _ {
    resources::table
        .inner_join(sites::table)
        .inner_join(organizations::table)
        .inner_join(booking_rules::table)
        .inner_join(tariffs::table)
}

#[derive(AsChangeset, Insertable)]
#[diesel(table_name = resources)]
struct Row<'a> {
    site_id: SiteId,
    kind: ResourceKind,
    name: &'a str,
    description: &'a str,
    category: &'a str,
    capacity: i32,
    unit: Unit,
    status: ResourceStatus,
    is_private: bool,
    booking_rules_id: BookingRulesId,
    has_shared_quotas: bool,
    tariff_id: TariffId,
    search_text: String,
    search_version: i32,
    updated_at: UtcTime,
}

impl<'a> Row<'a> {
    fn new(resource: &'a Resource) -> Self {
        let fields = &resource.fields;
        Self {
            site_id: resource.site_id,
            kind: fields.kind,
            name: &fields.name,
            description: &fields.description,
            category: &fields.category,
            capacity: fields.capacity.quantity,
            unit: fields.capacity.unit,
            status: fields.status,
            is_private: fields.is_private,
            booking_rules_id: resource.booking_rules_id,
            has_shared_quotas: !fields.rules.shared_quotas().is_empty(),
            tariff_id: resource.tariff_id,
            search_text: resource.search_text(),
            search_version: words::VERSION,
            updated_at: resource.updated_at,
        }
    }
}

/// A resource.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: ResourceId) -> Result<Resource, StorageError> {
    let query = joined().filter(resources::id.eq(id)).select(COLUMNS);
    let row = query.get_result(conn)?;
    resources_from(conn, vec![row])?.pop().ok_or(StorageError::NotFound)
}

/// These resources, in no order.
///
/// # Errors
/// When the database fails.
pub fn list_each(conn: &mut Conn, ids: &[ResourceId]) -> Result<Vec<Resource>, StorageError> {
    let query = CachedStatement(joined().filter(resources::id.eq_any(padded(ids.iter().copied()))).select(COLUMNS));
    let rows = query.load(conn)?;
    resources_from(conn, rows)
}

/// Those that are out of order, in order.
///
/// # Errors
/// When the database fails.
pub fn list_out_of_order(conn: &mut Conn, now: UtcTime) -> Result<Vec<ResourceId>, StorageError> {
    Ok(resources::table
        .filter(resources::out_of_order_since.is_not_null())
        .filter(resources::out_of_order_until.is_null().or(resources::out_of_order_until.gt(now)))
        .order(resources::id)
        .select(resources::id)
        .load(conn)?)
}

/// The capacities of these resources, and the bounds for queries of their allocations.
///
/// # Errors
/// When the database fails.
pub fn list_sizes(conn: &mut Conn, ids: BTreeSet<ResourceId>) -> Result<Vec<(Claimed, i32)>, StorageError> {
    let rows: Vec<(ResourceId, i64, i32)> = resources::table
        .filter(resources::id.eq_any(ids))
        .select((resources::id, resources::longest_allocation_minutes, resources::capacity))
        .load(conn)?;
    let size = |(id, longest_allocation_minutes, capacity)| (Claimed { id, longest_allocation_minutes }, capacity);
    Ok(rows.into_iter().map(size).collect())
}

/// Those of these resources that belong to the organization.
///
/// # Errors
/// When the database fails.
pub fn list_own(conn: &mut Conn, organization: OrganizationId, ids: &[ResourceId]) -> Result<Vec<ResourceId>, StorageError> {
    let own = resources::table.filter(resources::organization_id.eq(organization)).filter(resources::id.eq_any(ids));
    Ok(own.select(resources::id).load(conn)?)
}

/// All resources of a host, by identifier.
///
/// # Errors
/// When the database fails.
pub fn list_ids_of_host(conn: &mut Conn, host: OrganizationId) -> Result<Vec<ResourceId>, StorageError> {
    Ok(resources::table.filter(resources::organization_id.eq(host)).order(resources::id).select(resources::id).load(conn)?)
}

/// All resources at a site, by identifier.
///
/// # Errors
/// When the database fails.
pub fn list_ids_at_site(conn: &mut Conn, site: SiteId) -> Result<Vec<ResourceId>, StorageError> {
    Ok(resources::table.filter(resources::site_id.eq(site)).order(resources::id).select(resources::id).load(conn)?)
}

/// The filter for resources. Fields that are left out do not restrict it.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this host.
    pub host: Option<OrganizationId>,
    /// Only at this site.
    pub site: Option<SiteId>,
    /// Only those on offer to everybody.
    pub public_only: bool,
    /// Only in one of these states; in every state if there are none.
    pub statuses: Vec<ResourceStatus>,
    /// Only those that have changed at this instant or later.
    pub updated_since: Option<UtcTime>,
}

/// The resources that a filter finds at an instant.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    filter: &Filter,
    now: UtcTime,
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<Resource>, StorageError> {
    let mut query = joined().select(COLUMNS).into_boxed();
    if let Some(host) = filter.host {
        query = query.filter(resources::organization_id.eq(host));
    }
    if let Some(site) = filter.site {
        query = query.filter(resources::site_id.eq(site));
    }
    if filter.public_only {
        query = query.filter(super::visibility::is_visible_to_all());
    }
    if !filter.statuses.is_empty() {
        query = query.filter(resources::status.eq_any(&filter.statuses));
    }
    if let Some(since) = filter.updated_since {
        // A repair ends at its instant; nothing is written then.
        let until = resources::out_of_order_until;
        let is_repaired = until.is_not_null().and(until.assume_not_null().between(since, now));
        query = query.filter(resources::updated_at.ge(since).or(is_repaired));
    }
    let rows = by_id!(query, resources::id, rows).load(conn)?;
    resources_from(conn, rows)
}

/// Adds a resource; `source` names where an import took it from.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, resource: &Resource, source: Option<&str>) -> Result<(), StorageError> {
    diesel::insert_into(resources::table)
        .values((
            resources::id.eq(resource.id),
            resources::organization_id.eq(resource.organization_id),
            Row::new(resource),
            resources::source.eq(source),
            resources::created_at.eq(resource.created_at),
        ))
        .execute(conn.raw())?;
    search_words::insert(conn, &resource.search_words())?;
    insert_rules(conn, resource)?;
    insert_tariff(conn, resource)
}

/// Writes what a resource is. Rules and tariff go by their identifiers: a new version is added
/// beforehand, by [`insert_rules`] and [`insert_tariff`].
///
/// # Errors
/// [`StorageError::CapacityExceeded`] when more is claimed than the new capacity, or the database
/// fails.
pub fn update(conn: &mut WriteConn, resource: &Resource) -> Result<(), StorageError> {
    diesel::update(resources::table.find(resource.id))
        .set((Row::new(resource), resources::revision.eq(resources::revision + 1_i64)))
        .execute(conn.raw())?;
    search_words::insert(conn, &resource.search_words())
}

/// Writes whether a resource is out of order.
///
/// # Errors
/// When the database fails.
pub fn update_out_of_order(conn: &mut WriteConn, resource: &Resource) -> Result<(), StorageError> {
    let out_of_order = resource.out_of_order.as_ref();
    diesel::update(resources::table.find(resource.id))
        .set((
            resources::out_of_order_since.eq(out_of_order.map(|known| known.since)),
            resources::out_of_order_until.eq(out_of_order.and_then(|known| known.until)),
            resources::out_of_order_reason.eq(out_of_order.map_or("", |known| known.reason.as_str())),
            resources::revision.eq(resources::revision + 1_i64),
            resources::updated_at.eq(resource.updated_at),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// A version of the tariff of a resource.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get_tariff(conn: &mut Conn, id: TariffId) -> Result<Arc<WithJson<Tariff>>, StorageError> {
    let CachedJson(tariff) = tariffs::table.find(id).select(tariffs::tariff).get_result::<CachedTariff>(conn)?;
    Ok(tariff)
}

/// Adds the rules of a resource as a version, under its `booking_rules_id`, and writes the shared quotas in them.
///
/// # Errors
/// When the database fails.
pub fn insert_rules(conn: &mut WriteConn, resource: &Resource) -> Result<(), StorageError> {
    diesel::insert_into(booking_rules::table)
        .values((
            booking_rules::id.eq(resource.booking_rules_id),
            booking_rules::resource_id.eq(resource.id),
            booking_rules::rules.eq(Json(BookingRules::clone(&resource.fields.rules))),
            booking_rules::created_at.eq(resource.updated_at),
        ))
        .execute(conn.raw())?;
    shared_quotas::update(conn, resource)
}

/// Adds the tariff of a resource as a version, under its `tariff_id`.
///
/// # Errors
/// When the database fails.
pub fn insert_tariff(conn: &mut WriteConn, resource: &Resource) -> Result<(), StorageError> {
    diesel::insert_into(tariffs::table)
        .values((
            tariffs::id.eq(resource.tariff_id),
            tariffs::resource_id.eq(resource.id),
            tariffs::tariff.eq(Json(Tariff::clone(&resource.fields.tariff))),
            tariffs::created_at.eq(resource.updated_at),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Brings what a search looks through up to date, after the name or place of a host has changed.
///
/// # Errors
/// When the database fails.
pub fn update_search_text(conn: &mut WriteConn, organization: OrganizationId) -> Result<(), StorageError> {
    let rows =
        joined().filter(resources::organization_id.eq(organization)).order(resources::id).select(COLUMNS).load(conn.raw())?;
    // In one order, so that no two transactions wait for each other in a circle.
    let resources = resources_from(conn, rows)?;
    write_search_texts(conn, &resources)
}

/// Writes what a search looks through for up to `limit` resources that have it in another version than [`words::VERSION`], and
/// returns their number.
///
/// # Errors
/// When the database fails.
pub(super) fn fold_stale(conn: &mut WriteConn, limit: i64) -> Result<usize, StorageError> {
    let stale = joined().filter(resources::search_version.ne(words::VERSION)).order(resources::id).limit(limit);
    let rows = stale.select(COLUMNS).load(conn.raw())?;
    let resources = resources_from(conn, rows)?;
    write_search_texts(conn, &resources)?;
    Ok(resources.len())
}

fn write_search_texts(conn: &mut WriteConn, resources: &[Resource]) -> Result<(), StorageError> {
    for resource in resources {
        let text = (resources::search_text.eq(resource.search_text()), resources::search_version.eq(words::VERSION));
        diesel::update(resources::table.find(resource.id)).set(text).execute(conn.raw())?;
    }
    search_words::insert(conn, &resources.iter().flat_map(Resource::search_words).collect())
}

/// The resource that was imported from `source`.
///
/// # Errors
/// When the database fails.
pub fn find_by_source(conn: &mut Conn, source: &str) -> Result<Option<Resource>, StorageError> {
    let rows = joined().filter(resources::source.eq(source)).select(COLUMNS).load(conn)?;
    Ok(resources_from(conn, rows)?.pop())
}
