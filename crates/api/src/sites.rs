//! `/sites`: the places of organizations.

use actix_web::{get, patch, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Anyone, Heavy, ManageListings, May};
use super::closing::ClosingQuery;
use super::json::Patch;
use super::problem::Problem;
use super::query::{Id, PageQuery};
use super::reply::Reply;
use super::request::{Command, Parameters, Read};
use actions::sites;
use domain::ids::{OrganizationId, SiteId};
use domain::opening_hours::{OpeningHours, RawDateException, RawOpeningHours};
use domain::paging::Page;
use domain::problem::Code;
use domain::site::{Address, Disclosure, NewSite, SiteFields};
use domain::time::UtcTime;
use storage::sites::Site;

/// A place of an organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Site)]
pub(super) struct SiteView {
    /// The identifier of the object.
    id: SiteId,
    /// The organization.
    organization_id: OrganizationId,
    /// The name of the site.
    name: String,
    /// The address.
    address: AddressView,
    /// Degrees north, WGS 84. Rounded to 0.01 degrees if `is_approximate`.
    latitude: f64,
    /// Degrees east, WGS 84. Rounded to 0.01 degrees if `is_approximate`.
    longitude: f64,
    /// True: the position is rounded to about 1 km. Customers with a confirmed booking see the exact one.
    is_approximate: bool,
    /// The time zone of the site, as an IANA name.
    timezone: String,
    /// The opening hours of a normal week, in local time.
    #[schema(value_type = OpeningHours)]
    opening_hours: RawOpeningHours,
    /// The dates with other opening hours.
    exceptions: Vec<RawDateException>,
    /// The users who can see the exact address.
    discloses_address: Disclosure,
    /// How to enter the site. Only visible to members of the host, and to customers with a confirmed booking until the booking
    /// is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    access_notes: Option<String>,
    /// The contact person at the site. Visible to the same users as `access_notes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    contact: Option<String>,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

/// A postal address, as far as you may see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShownAddress)]
struct AddressView {
    /// Street and number. Missing if you may not see the exact address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    line1: Option<String>,
    /// Further parts of the address, such as floor or gate. Missing if you may not see the exact address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    line2: Option<String>,
    /// The city.
    city: String,
    /// The postal code. Missing if you may not see the exact address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    postal_code: Option<String>,
    /// The country, as an ISO 3166-1 alpha-2 code.
    country: String,
}

impl SiteView {
    /// Builds the view for readers who may see everything, or for other readers.
    fn new(site: Site, is_disclosed: bool) -> Self {
        let Site { id, organization_id, fields, created_at, updated_at, .. } = site;
        let is_exact = is_disclosed || fields.is_address_public();
        let position = if is_exact { fields.position } else { fields.public_position() };
        let Address { line1, line2, city, postal_code, country } = fields.address;
        let exact = |text: String| Some(text).filter(|_| is_exact);
        let address = AddressView { line1: exact(line1), line2: exact(line2), city, postal_code: exact(postal_code), country };
        Self {
            id,
            organization_id,
            name: fields.name,
            address,
            latitude: position.latitude(),
            longitude: position.longitude(),
            is_approximate: !is_exact,
            timezone: fields.timezone.name().to_owned(),
            opening_hours: fields.opening_hours.written(),
            exceptions: fields.exceptions.written(),
            discloses_address: fields.discloses_address,
            access_notes: Some(fields.access_notes).filter(|_| is_disclosed),
            contact: Some(fields.contact).filter(|_| is_disclosed),
            created_at,
            updated_at,
        }
    }
}

/// Create a site
///
/// For managers of the organization.
#[utoipa::path(operation_id = "create_site", tag = "sites", params(("id" = String, Path)), request_body = NewSite,
    responses((status = 201, body = SiteView)), extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[post("/organizations/{id}/sites")]
pub(super) async fn create(command: Command<May<ManageListings>, NewSite>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            let site = sites::create(tx, caller, id.0, &body.read()?)?;
            let (location, revision) = (format!("/api/v1/sites/{}", site.id), site.revision);
            Ok(Reply::created(location, &SiteView::new(site, true))?.revision(revision))
        })
        .await
}

/// List the sites of an organization
///
/// Members see all sites, other users see the sites with a listed resource.
#[utoipa::path(operation_id = "list_sites", tag = "sites", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<SiteView>)), security((), ("bearer" = [])))]
#[get("/organizations/{id}/sites")]
pub(super) async fn list(read: Read<Anyone, PageQuery>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.page(move |tx, Anyone(caller), query| {
        let page = sites::list(tx, caller, id.0, &query.read()?)?;
        Ok(page.map(|(site, is_disclosed)| SiteView::new(site, is_disclosed)))
    })
    .await
}

/// Get a site
///
/// Access notes, the contact and, if `discloses_address` is `confirmed`, the exact address are visible to members of the host,
/// and to all members of a customer with a confirmed booking until the booking is over.
#[utoipa::path(operation_id = "get_site", tag = "sites", params(("id" = String, Path)),
    responses((status = 200, body = SiteView)), security((), ("bearer" = [])))]
#[get("/sites/{id}")]
pub(super) async fn get_one(read: Read<Anyone>, id: Id<SiteId>) -> Result<Reply, Problem> {
    read.run(move |tx, Anyone(caller), _| {
        let (site, is_disclosed) = sites::get(tx, caller, id.0)?;
        let revision = site.revision;
        Ok(Reply::ok(&SiteView::new(site, is_disclosed))?.revision(revision))
    })
    .await
}

/// Edit a site
///
/// For managers of the organization. An edit of the opening hours, the exceptions, the time zone or the address that would leave live
/// bookings outside the hours is refused, unless the query parameter `bookings` says what becomes of them.
#[utoipa::path(operation_id = "update_site", tag = "sites", params(("id" = String, Path), ClosingQuery), request_body = NewSite,
    responses((status = 200, body = SiteView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::BookingsOutsideHours]))))]
#[patch("/sites/{id}")]
pub(super) async fn update(
    command: Command<Heavy<May<ManageListings>>, Patch>,
    id: Id<SiteId>,
    Parameters(closing): Parameters<ClosingQuery>,
) -> Result<Reply, Problem> {
    let closing = closing.read()?;
    command
        .run(move |tx, Heavy(May { caller, .. }), patch, if_match| {
            let edit = |fields: SiteFields| patch.merge(&NewSite::from(fields))?.read();
            let site = sites::update(tx, caller, id.0, if_match, &closing, edit)?;
            let revision = site.revision;
            Ok(Reply::ok(&SiteView::new(site, true))?.revision(revision))
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(get_one).service(update);
}
