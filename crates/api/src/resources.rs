//! `/resources`: machines, floor space and storage that can be booked.

use std::sync::Arc;

use actix_web::{get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Anyone, Heavy, ManageListings, May, SignedIn};
use super::closing::ClosingQuery;
use super::csv::{Column, Row, Sheet};
use super::json::Patch;
use super::notation::Noted;
use super::pictures::PictureView;
use super::problem::Problem;
use super::query::{Id, PageQuery, Several};
use super::reply::Reply;
use super::request::{Command, Parameters, Read};
use actions::resources::{self, relocation};
use domain::ids::{BookingRulesId, OrganizationId, ResourceId, SiteId};
use domain::limits;
use domain::order::CreationOrder;
use domain::out_of_order::OutOfOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::resource::{NewResource, Resource, ResourceFields, ResourceStatus};
use domain::rules::BookingRules;
use domain::time::UtcTime;
use domain::ways_to_pay::WaysOfKind;
use domain::with_json::WithJson;
use storage::booking_rules::RulesVersion;
use storage::db::ReadTx;
use storage::resources::Filter;

/// A resource and its place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Resource)]
pub(super) struct ResourceView {
    /// The identifier of the object.
    id: ResourceId,
    /// The site.
    site_id: SiteId,
    /// The organization that owns the resource: the host.
    organization_id: OrganizationId,
    #[serde(flatten)]
    #[schema(value_type = NewResource)]
    fields: ResourceFields,
    /// The place of the resource.
    place: Place,
    /// The ways in which organizations of each kind can pay the host. `card` only if the operator of the service has set up payments by card;
    /// a quote names the ways that are open to its customer.
    ways_to_pay_by_kind: Vec<WaysOfKind>,
    /// The pictures, in order.
    pictures: Vec<PictureView>,
    /// The reason why the resource cannot be used for now. Null: it can be used.
    #[schema(required)]
    out_of_order: Option<OutOfOrder>,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

/// The place of a resource.
#[derive(Debug, Serialize, ToSchema)]
struct Place {
    /// The name of the organization.
    organization_name: String,
    /// The name of the site.
    site_name: String,
    /// The city.
    city: String,
    /// The country, as an ISO 3166-1 alpha-2 code.
    country: String,
    /// Degrees north, WGS 84.
    latitude: f64,
    /// Degrees east, WGS 84.
    longitude: f64,
    /// True: the position is rounded to about 1 km. The exact one is shown at the site, to customers with a confirmed booking.
    is_approximate: bool,
    /// The time zone of the site, as an IANA name.
    timezone: String,
}

impl ResourceView {
    /// Returns the identifier.
    pub(super) const fn id(&self) -> ResourceId {
        self.id
    }

    /// Returns longitude and latitude, in this order.
    pub(super) const fn coordinates(&self) -> [f64; 2] {
        [self.place.longitude, self.place.latitude]
    }
}

impl From<Resource> for ResourceView {
    fn from(resource: Resource) -> Self {
        let Resource {
            id,
            site_id,
            organization_id,
            fields,
            organization_name,
            site,
            ways,
            pictures,
            out_of_order,
            created_at,
            updated_at,
            ..
        } = resource;
        let (position, is_approximate) = (site.public_position(), !site.is_address_public());
        let place = Place {
            organization_name,
            site_name: site.name,
            city: site.address.city,
            country: site.address.country,
            latitude: position.latitude(),
            longitude: position.longitude(),
            is_approximate,
            timezone: site.timezone.name().to_owned(),
        };
        let ways_to_pay_by_kind = ways.of_each_kind();
        let pictures = pictures.into_iter().map(|picture| PictureView::of(id, picture)).collect();
        Self { id, site_id, organization_id, fields, place, ways_to_pay_by_kind, pictures, out_of_order, created_at, updated_at }
    }
}

/// Create a resource
///
/// For managers of the host. A new resource is a `draft`, which only members of the host can see. Set its status to `listed` to
/// offer it.
#[utoipa::path(operation_id = "create_resource", tag = "resources", params(("id" = String, Path)), request_body = NewResource,
    responses((status = 201, body = ResourceView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::OrganizationSuspended]))))]
#[post("/sites/{id}/resources")]
pub(super) async fn create(command: Command<May<ManageListings>, NewResource>, id: Id<SiteId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            let resource = resources::create(tx, caller, id.0, &body.read()?)?;
            let (location, revision) = (format!("/api/v1/resources/{}", resource.id), resource.revision);
            Ok(Reply::created(location, &ResourceView::from(resource))?.revision(revision))
        })
        .await
}

/// List the resources of a site
///
/// Members of the host see all resources, other users see the listed ones.
#[utoipa::path(operation_id = "list_site_resources", tag = "resources", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<ResourceView>)), security((), ("bearer" = [])))]
#[get("/sites/{id}/resources")]
pub(super) async fn list_at_site(read: Read<Anyone, PageQuery>, id: Id<SiteId>) -> Result<Reply, Problem> {
    read.page(move |tx, Anyone(caller), query| {
        Ok(resources::list_at_site(tx, caller, id.0, &query.read()?)?.map(ResourceView::from))
    })
    .await
}

/// Filters for the resources of an organization.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HostResourcesQuery {
    /// Only resources at this site.
    #[param(value_type = Option<String>)]
    site_id: Option<SiteId>,
    /// Only resources in one of these states. Several states: send the parameter several times, or divide them by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<ResourceStatus>>)]
    status: Several<ResourceStatus>,
    /// Only resources that were created or changed at this instant or later, or whose repair has ended since then.
    updated_since: Option<UtcTime>,
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the resources of an organization
///
/// For members of the organization. Returns its resources at all sites, in every state, private ones too. Other users search with
/// `GET /resources`. For a spreadsheet there is `GET /organizations/{id}/resources.csv`.
#[utoipa::path(operation_id = "list_resources", tag = "resources", params(("id" = String, Path), HostResourcesQuery),
    responses((status = 200, body = Page<ResourceView>)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/organizations/{id}/resources")]
pub(super) async fn list(
    read: Read<SignedIn, HostResourcesQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the resources of an organization for a spreadsheet
///
/// Returns the same page as `GET /organizations/{id}/resources`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_resources_csv", tag = "resources", params(("id" = String, Path), HostResourcesQuery),
    responses((status = 200, content((String = "text/csv")))), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/organizations/{id}/resources.csv")]
pub(super) async fn list_csv(
    read: Read<SignedIn, HostResourcesQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

async fn list_as(read: Read<SignedIn, HostResourcesQuery>, id: Id<OrganizationId>, sheet: Sheet) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, May { caller, .. }: SignedIn, query: HostResourcesQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        let HostResourcesQuery { site_id: site, updated_since, .. } = query;
        let filter = Filter { site, statuses: query.status.0, updated_since, ..Filter::default() };
        Ok(resources::list_of_host(tx, caller, id.0, filter, order, &paging)?.map(ResourceView::from))
    };
    sheet.page(read, look).await
}

impl Row for ResourceView {
    const FILE: &str = "resources";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("status", "/status"),
        ("kind", "/kind"),
        ("name", "/name"),
        ("category", "/category"),
        ("description", "/description"),
        ("is_private", "/is_private"),
        ("quantity", "/capacity/quantity"),
        ("unit", "/capacity/unit"),
        ("organization_id", "/organization_id"),
        ("organization_name", "/place/organization_name"),
        ("site_id", "/site_id"),
        ("site_name", "/place/site_name"),
        ("city", "/place/city"),
        ("country", "/place/country"),
        ("timezone", "/place/timezone"),
        ("rate", "/tariff/rate"),
        ("currency", "/tariff/currency"),
        ("per", "/tariff/per"),
        ("out_of_order_since", "/out_of_order/since"),
        ("out_of_order_until", "/out_of_order/until"),
        ("out_of_order_reason", "/out_of_order/reason"),
        ("created_at", "/created_at"),
        ("updated_at", "/updated_at"),
    ];
}

/// Get a resource
///
/// Members of the host can see every resource of it, other users can see listed ones.
#[utoipa::path(operation_id = "get_resource", tag = "resources", params(("id" = String, Path)),
    responses((status = 200, body = ResourceView)), security((), ("bearer" = [])))]
#[get("/resources/{id}")]
pub(super) async fn get_one(read: Read<Anyone>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    read.run(move |tx, Anyone(caller), _| {
        let resource = resources::get(tx, caller, id.0)?;
        let resource = resources::shown(tx, caller, resource)?;
        let revision = resource.revision;
        Ok(Reply::ok(&ResourceView::from(resource))?.revision(revision))
    })
    .await
}

/// Edit a resource
///
/// For managers of the host. Existing bookings keep their price, rules and times: changed rules or a changed tariff become a
/// new version. A resource with future bookings cannot be retired, and its capacity cannot be reduced below the quantity that
/// is taken. An edit of the hours that would leave live bookings outside them is refused, unless the query parameter `bookings` says
/// what becomes of them.
#[utoipa::path(operation_id = "update_resource", tag = "resources", params(("id" = String, Path), ClosingQuery),
    request_body = NewResource, responses((status = 200, body = ResourceView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition, Code::CapacityInUse,
        Code::ResourceHasBookings, Code::BookingsOutsideHours]))))]
#[patch("/resources/{id}")]
pub(super) async fn update(
    command: Command<Heavy<May<ManageListings>>, Patch>,
    id: Id<ResourceId>,
    Parameters(closing): Parameters<ClosingQuery>,
) -> Result<Reply, Problem> {
    let closing = closing.read()?;
    command
        .run(move |tx, Heavy(May { caller, .. }), patch, if_match| {
            let edit = |fields: ResourceFields| patch.merge(&NewResource::from(fields))?.read();
            let resource = resources::update(tx, caller, id.0, if_match, &closing, edit)?;
            let revision = resource.revision;
            Ok(Reply::ok(&ResourceView::from(resource))?.revision(revision))
        })
        .await
}

/// A version of the booking rules of a resource.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BookingRulesVersion)]
pub(super) struct RulesVersionView {
    /// The identifier of the object.
    id: BookingRulesId,
    /// The rules of this version.
    #[schema(value_type = BookingRules)]
    booking_rules: Arc<WithJson<BookingRules>>,
    /// The instant from which the version applies, until the next version.
    created_at: UtcTime,
}

impl From<RulesVersion> for RulesVersionView {
    fn from(RulesVersion { id, rules, created_at }: RulesVersion) -> Self {
        Self { id, booking_rules: rules, created_at }
    }
}

/// List the versions of the booking rules
///
/// The newest first. A booking keeps the version under which it was made. For members of the host.
#[utoipa::path(operation_id = "list_booking_rules", tag = "resources", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<RulesVersionView>)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/resources/{id}/booking-rules")]
pub(super) async fn list_rules(read: Read<SignedIn, PageQuery>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    read.page(move |tx, May { caller, .. }, query| {
        Ok(resources::rules(tx, caller, id.0, &query.read()?)?.map(RulesVersionView::from))
    })
    .await
}

/// The move of a resource to another site.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"site_id": "019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11"}))]
pub(super) struct ResourceMove {
    /// The site, one of the same organization.
    site_id: SiteId,
}

/// Move a resource to another site
///
/// For managers of the host. The opening hours, the time zone and the address of the new site count from now on; the rules, prices,
/// blocks and links of the resource stay. A resource with upcoming bookings cannot be moved: reschedule or cancel them first. Past
/// bookings keep their site.
#[utoipa::path(operation_id = "move_resource", tag = "resources", params(("id" = String, Path)), request_body = ResourceMove,
    responses((status = 200, body = ResourceView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::ResourceHasBookings]))))]
#[post("/resources/{id}/move")]
pub(super) async fn relocate(command: Command<May<ManageListings>, ResourceMove>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, if_match| {
            let resource = relocation::relocate(tx, caller, id.0, if_match, body.site_id)?;
            let revision = resource.revision;
            Ok(Reply::ok(&ResourceView::from(resource))?.revision(revision))
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list_at_site).service(get_one).service(update).service(relocate).service(list_rules);
    config.service(list).service(list_csv);
}
