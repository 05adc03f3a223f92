//! `/resources`: machines, floor space and storage that can be booked.

use std::sync::Arc;

use actix_web::{get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Anyone, Heavy, ManageListings, May, SignedIn};
use super::closing::ClosingQuery;
use super::json::Patch;
use super::problem::Problem;
use super::query::{Id, PageQuery};
use super::reply::Reply;
use super::request::{Command, Parameters, Read};
use actions::resources::{self, relocation};
use domain::ids::{BookingRulesId, OrganizationId, ResourceId, SiteId};
use domain::out_of_order::OutOfOrder;
use domain::paging::Page;
use domain::problem::Code;
use domain::resource::{NewResource, Resource, ResourceFields};
use domain::rules::BookingRules;
use domain::time::UtcTime;
use storage::booking_rules::RulesVersion;

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
            id, site_id, organization_id, fields, organization_name, site, out_of_order, created_at, updated_at, ..
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
        Self { id, site_id, organization_id, fields, place, out_of_order, created_at, updated_at }
    }
}

/// Create a resource
///
/// For managers of the host. A new resource is a `draft`, which only members of the host can see. Set its status to `listed` to
/// offer it.
#[utoipa::path(operation_id = "create_resource", tag = "resources", params(("id" = String, Path)), request_body = NewResource,
    responses((status = 201, body = ResourceView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
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
    booking_rules: Arc<BookingRules>,
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
}
