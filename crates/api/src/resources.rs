//! `/resources`: what can be booked.

use std::sync::Arc;

use actix_web::{get, patch, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Anyone, SignedIn};
use super::json::Patch;
use super::problem::Problem;
use super::query::{Id, PageQuery};
use super::reply::Reply;
use super::request::{Command, Read};
use actions::resources;
use domain::ids::{BookingRulesId, OrganizationId, ResourceId, SiteId};
use domain::out_of_order::OutOfOrder;
use domain::paging::Page;
use domain::resource::{NewResource, Resource, ResourceFields};
use domain::rules::BookingRules;
use domain::time::UtcTime;
use storage::booking_rules::RulesVersion;

/// Something that can be booked, and where it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Resource)]
pub(super) struct ResourceView {
    id: ResourceId,
    site_id: SiteId,
    /// The host.
    organization_id: OrganizationId,
    #[serde(flatten)]
    #[schema(value_type = NewResource)]
    fields: ResourceFields,
    place: Place,
    /// Why it cannot be used for now; null while it can.
    #[schema(required)]
    out_of_order: Option<OutOfOrder>,
    created_at: UtcTime,
    updated_at: UtcTime,
}

/// Where a resource is.
#[derive(Debug, Serialize, ToSchema)]
struct Place {
    organization_name: String,
    site_name: String,
    city: String,
    country: String,
    latitude: f64,
    longitude: f64,
    /// Whether the position is rounded to about a kilometre: the host tells the place to confirmed customers, at the site.
    is_approximate: bool,
    timezone: String,
}

impl ResourceView {
    /// What it is known by.
    pub(super) const fn id(&self) -> ResourceId {
        self.id
    }

    /// Longitude and latitude.
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

/// List a resource
///
/// It is a draft, seen by the host's members only, until its status is `listed`.
#[utoipa::path(operation_id = "create_resource", tag = "resources", params(("id" = String, Path)), request_body = NewResource,
    responses((status = 201, body = ResourceView)), extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified"]))))]
#[post("/sites/{id}/resources")]
pub(super) async fn create(command: Command<SignedIn, NewResource>, id: Id<SiteId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), body, _| {
            let resource = resources::create(tx, caller, id.0, &body.read()?)?;
            let (location, revision) = (format!("/api/v1/resources/{}", resource.id), resource.revision);
            Ok(Reply::created(location, &ResourceView::from(resource))?.revision(revision))
        })
        .await
}

/// List the resources at a site
///
/// The host's members see all of them, others those that are on offer.
#[utoipa::path(operation_id = "list_site_resources", tag = "resources", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<ResourceView>)), security((), ("bearer" = [])), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/sites/{id}/resources")]
pub(super) async fn list_at_site(read: Read<Anyone, PageQuery>, id: Id<SiteId>) -> Result<Reply, Problem> {
    read.page(move |tx, Anyone(caller), query| {
        Ok(resources::list_at_site(tx, caller, id.0, &query.read()?)?.map(ResourceView::from))
    })
    .await
}

/// Get a resource
#[utoipa::path(operation_id = "get_resource", tag = "resources", params(("id" = String, Path)),
    responses((status = 200, body = ResourceView)), security((), ("bearer" = [])), extensions(("x-problems" = json!(["not_found"]))))]
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
/// Bookings that are made keep their price, rules and times: rules and a tariff that change become a
/// new version. A resource with bookings to come cannot be retired, and its capacity cannot fall
/// below what is claimed.
#[utoipa::path(operation_id = "update_resource", tag = "resources", params(("id" = String, Path)), request_body = NewResource,
    responses((status = 200, body = ResourceView)), extensions(("x-problems" = json!(
        ["not_found", "forbidden", "email_not_verified", "invalid_transition", "capacity_in_use", "resource_has_bookings"]))))]
#[patch("/resources/{id}")]
pub(super) async fn update(command: Command<SignedIn, Patch>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), patch, if_match| {
            let edit = |fields: ResourceFields| patch.merge(&NewResource::from(fields))?.read();
            let resource = resources::update(tx, caller, id.0, if_match, edit)?;
            let revision = resource.revision;
            Ok(Reply::ok(&ResourceView::from(resource))?.revision(revision))
        })
        .await
}

/// A version of the rules of a resource.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BookingRulesVersion)]
pub(super) struct RulesVersionView {
    id: BookingRulesId,
    /// What the rules were.
    #[schema(value_type = BookingRules)]
    booking_rules: Arc<BookingRules>,
    /// Since when; until the next version was made.
    created_at: UtcTime,
}

impl From<RulesVersion> for RulesVersionView {
    fn from(RulesVersion { id, rules, created_at }: RulesVersion) -> Self {
        Self { id, booking_rules: rules, created_at }
    }
}

/// List the versions of the booking rules
///
/// The newest first; a booking keeps the rules that it was made under. For the host's members.
#[utoipa::path(operation_id = "list_booking_rules", tag = "resources", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<RulesVersionView>)), extensions(("x-problems" = json!(["not_found", "forbidden"]))))]
#[get("/resources/{id}/booking-rules")]
pub(super) async fn list_rules(read: Read<SignedIn, PageQuery>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    read.page(move |tx, SignedIn(caller), query| {
        Ok(resources::rules(tx, caller, id.0, &query.read()?)?.map(RulesVersionView::from))
    })
    .await
}

/// The endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list_at_site).service(get_one).service(update).service(list_rules);
}
