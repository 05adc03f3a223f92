//! `GET /resources` and `/search/available`: search for resources on offer.

use actix_web::get;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::availability::{check_operator, read_length, read_quantity, read_span};
use super::caller::{Anyone, Searching};
use super::geojson::{FeatureCollection, Notation, Placed};
use super::notation::Noted;
use super::problem::Problem;
use super::query::renamed;
use super::reply::Reply;
use super::request::Read;
use super::resources::ResourceView;
use super::spoken::spoken;
use actions::customers;
use actions::search::{self, Found, Offer, Search};
use domain::fields::Fields;
use domain::geo::{Near, Position};
use domain::ids::{OrganizationId, ResourceId, SiteId, UserId};
use domain::limits;
use domain::money::Money;
use domain::paging::{Page, Paging};
use domain::pricing::Tax;
use domain::problem::Code;
use domain::resource::ResourceKind;
use domain::rules::Violation;
use domain::said::said;
use domain::slot::{SlotAnywhere, WantedSlot};
use domain::time::UtcTime;
use domain::wall_clock::{LocalSpan, read_local};
use domain::words::Query;
use storage::search::{Filter, Place};

/// The default search radius around `near`, in kilometres.
const RADIUS_KM: f64 = 50.0;
/// The longest window in which the first bookable slot is searched, in days.
const MOST_DAYS: i64 = 31;
/// The longest slot of a request, in days. It is above the longest booking that rules can allow.
const LONGEST_DAYS: i64 = 400;

/// Defines the parameters of a search: the common ones and the own ones of one search.
macro_rules! search_query {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $own:ident: $type:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, Deserialize, IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub(super) struct $name {
            $($(#[$doc])* $own: $type,)*
            /// Search words. Every word must occur, or be the beginning of a word, in the name, category, description or place
            /// of the resource. Case, accents, singular or plural (English, Dutch, French, German) and a blank between two words
            /// do not matter, and small words such as `the` are ignored. Resources that are found only by a word that is almost
            /// the same, after a typing error, come last.
            #[param(value_type = Option<limits::SearchWords>, example = "laser cut")]
            q: Option<String>,
            /// Only resources of this kind.
            kind: Option<ResourceKind>,
            /// Only resources of this category. Must match the whole category; case does not matter.
            #[param(value_type = Option<limits::Category>)]
            category: Option<String>,
            /// A position, as latitude and longitude in degrees (WGS 84). The nearest resources come first.
            #[param(example = "51.5155,-0.0922")]
            near: Option<String>,
            /// The largest distance from `near` in kilometres. Default: 50. Only allowed together with `near`.
            // Not documented as a schema default: generated clients always send such a default, but this parameter is refused
            // without `near`.
            #[param(value_type = Option<limits::RadiusKm>)]
            radius_km: Option<f64>,
            /// Only resources of this host.
            #[param(value_type = Option<String>)]
            host_organization_id: Option<OrganizationId>,
            /// Deprecated: the earlier name of `host_organization_id`.
            #[param(value_type = Option<String>)]
            organization_id: Option<OrganizationId>,
            /// Only resources at this site.
            #[param(value_type = Option<String>)]
            site_id: Option<SiteId>,
            /// Only resources in this city. Must match the whole name; case and accents do not matter.
            #[param(value_type = Option<limits::CityFilter>)]
            city: Option<String>,
            /// The largest number of items in the page.
            #[param(value_type = Option<limits::PageSize>)]
            limit: Option<i64>,
            /// The `next_cursor` of the previous page. Default: the first page.
            cursor: Option<String>,
        }

        impl $name {
            fn search(&self, fields: &mut Fields) -> Option<Search> {
                let mut text = |name, text: &Option<String>, range| match text {
                    Some(text) => fields.text(name, text, range).map(|text| Some(text).filter(|text| !text.is_empty())),
                    None => Some(None),
                };
                let q = text("q", &self.q, limits::SearchWords::RANGE);
                let category = text("category", &self.category, limits::Category::RANGE);
                let city = text("city", &self.city, limits::CityFilter::RANGE);
                let near = read_near(fields, self.near.as_deref(), self.radius_km);
                let host = ("host_organization_id", self.host_organization_id);
                let organization_id = renamed(fields, host, ("organization_id", self.organization_id));
                let filter = Filter {
                    words: Query::new(q?.as_deref().unwrap_or_default()),
                    kind: self.kind,
                    category: category?,
                    organization_id,
                    site_id: self.site_id,
                    city: city?,
                    ..Filter::default()
                };
                Some(Search { filter, near: near? })
            }

            fn paging(&self, fields: &mut Fields) -> Option<Paging> {
                Paging::read(fields, self.limit, self.cursor.as_deref())
            }
        }
    };
}

/// Reads a position and the radius around it; the default radius is 50 km.
pub(super) fn read_near(fields: &mut Fields, near: Option<&str>, radius_km: Option<f64>) -> Option<Option<Near>> {
    let center: Option<Option<Position>> = near.map(|near| fields.take("near", near.parse()));
    let radius_km = match radius_km {
        Some(_) if center.is_none() => {
            fields.refuse("radius_km", "invalid", said!("is only allowed together with near"));
            None
        }
        radius_km => fields.number("radius_km", radius_km.unwrap_or(RADIUS_KM), limits::RadiusKm::RANGE),
    };
    match center {
        None => radius_km.map(|_| None),
        Some(center) => Some(Some(Near { center: center?, radius_km: radius_km? })),
    }
}

search_query! {
    /// Filters for the catalogue.
    CatalogueQuery {}
}

search_query! {
    /// Filters for resources that can be booked: a slot (`starts_at` and `ends_at`, or `local_starts_at` and `local_ends_at`) or a window
    /// (`from`, `to` and `duration_minutes`).
    AvailableQuery {
        /// Start of the slot (inclusive). With `ends_at`.
        starts_at: Option<UtcTime>,
        /// End of the slot (exclusive), at most 400 days after `starts_at`.
        ends_at: Option<UtcTime>,
        /// Start of the slot (inclusive) on the clock at the site of each resource, which can be another instant in each time zone. With
        /// `local_ends_at`, in place of `starts_at` and `ends_at`. A resource at whose site the clocks never show this time is not found.
        #[param(value_type = Option<String>, example = "2026-12-01T09:00")]
        local_starts_at: Option<String>,
        /// End of the slot (exclusive) on the clock at the site. The limit is that of `ends_at`.
        #[param(value_type = Option<String>, example = "2026-12-01T12:00")]
        local_ends_at: Option<String>,
        /// Start of the window (inclusive). With `to` and `duration_minutes`.
        from: Option<UtcTime>,
        /// End of the window (exclusive), at most 31 days after `from`.
        to: Option<UtcTime>,
        /// The length of the slot in minutes; multiples of 1440 are local days. The response contains the first slot of this length in the window.
        #[param(value_type = Option<limits::SearchMinutes>)]
        duration_minutes: Option<i64>,
        /// The quantity to book, in the unit of the resource.
        #[param(value_type = Option<limits::WantedQuantity>)]
        quantity: Option<i32>,
        /// The organization that would book. With it, each item says whether this customer can book: quotas, certifications and
        /// the other rules about customers are checked. You must be a member of it.
        #[param(value_type = Option<String>)]
        customer_organization_id: Option<OrganizationId>,
        /// Deprecated: the earlier name of `customer_organization_id`.
        #[param(value_type = Option<String>)]
        customer: Option<OrganizationId>,
        /// The user who would operate the machine, a member of the customer. Default: you.
        #[param(value_type = Option<String>)]
        operated_by: Option<UserId>,
    }
}

impl AvailableQuery {
    fn wanted(&self, fields: &mut Fields) -> Option<SlotAnywhere> {
        match (&self.local_starts_at, &self.local_ends_at) {
            (None, None) => self.wanted_at(fields).map(SlotAnywhere::At),
            (starts_at, ends_at) => {
                let others = [self.starts_at, self.ends_at, self.from, self.to];
                if others.iter().any(Option::is_some) || self.duration_minutes.is_some() {
                    fields.refuse("local_starts_at", "invalid", said!("is not allowed together with other times"));
                    return None;
                }
                let mut read = |name, text: &Option<String>| fields.take(name, read_local(text.as_deref().unwrap_or_default()));
                let (starts_at, ends_at) = (read("local_starts_at", starts_at), read("local_ends_at", ends_at));
                let quantity = read_quantity(fields, self.quantity);
                let span = LocalSpan { starts_at: starts_at?, ends_at: ends_at? };
                let [from, to] = [span.starts_at, span.ends_at].map(|local| UtcTime::from(local.and_utc()));
                read_span(fields, ("local_ends_at", LONGEST_DAYS), from, to)?;
                Some(SlotAnywhere::Local { span, quantity: quantity? })
            }
        }
    }

    fn wanted_at(&self, fields: &mut Fields) -> Option<WantedSlot> {
        let quantity = read_quantity(fields, self.quantity);
        let is_slot = self.starts_at.is_some() || self.ends_at.is_some();
        let is_window = self.from.is_some() || self.to.is_some() || self.duration_minutes.is_some();
        if is_slot == is_window {
            let detail =
                said!("is required together with ends_at; to search a window, send from, to and duration_minutes instead");
            fields.refuse("starts_at", if is_slot { "invalid" } else { "required" }, detail);
            return None;
        }
        let mut given = |name, is_given: bool| {
            if !is_given {
                fields.refuse(name, "required", said!("is required"));
            }
        };
        if is_slot {
            given("starts_at", self.starts_at.is_some());
            given("ends_at", self.ends_at.is_some());
            let window = read_span(fields, ("ends_at", LONGEST_DAYS), self.starts_at?, self.ends_at?)?;
            return Some(WantedSlot::whole(window, quantity?));
        }
        given("from", self.from.is_some());
        given("to", self.to.is_some());
        given("duration_minutes", self.duration_minutes.is_some());
        let length = self.duration_minutes.and_then(|minutes| read_length(fields, minutes));
        let window = self.from.zip(self.to).and_then(|(from, to)| read_span(fields, ("to", MOST_DAYS), from, to));
        Some(WantedSlot { window: window?, length: length?, quantity: quantity? })
    }
}

/// A resource that the search found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundResource)]
pub(super) struct FoundView {
    #[serde(flatten)]
    resource: ResourceView,
    /// The distance from `near` in kilometres.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    distance_km: Option<f64>,
}

impl From<Found> for FoundView {
    fn from(Found { resource, distance_km, .. }: Found) -> Self {
        Self { resource: resource.without_names().into(), distance_km: distance_km.map(to_the_metre) }
    }
}

/// A slot that can be booked now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Offer)]
pub(super) struct OfferView {
    /// The resource.
    resource_id: ResourceId,
    /// The resource with its rules and prices.
    resource: ResourceView,
    /// The distance from `near` in kilometres.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    distance_km: Option<f64>,
    /// Start (inclusive).
    starts_at: UtcTime,
    /// End (exclusive).
    ends_at: UtcTime,
    /// The price of a booking of the slot.
    price: Money,
    /// The VAT in the price, one entry for each rate. Empty: the host charges no VAT.
    taxes: Vec<Tax>,
    /// True: the customer can book the slot. Only present with `customer_organization_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    bookable: Option<bool>,
    /// The rules that a booking by the customer would break. Only present with `customer_organization_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    violations: Option<Vec<Violation>>,
}

impl OfferView {
    fn new(Offer { found, slot, price }: Offer, violations: Option<Vec<Violation>>) -> Self {
        let FoundView { resource, distance_km } = found.into();
        Self {
            resource_id: resource.id(),
            resource,
            distance_km,
            starts_at: slot.starts_at(),
            ends_at: slot.ends_at(),
            price: price.total,
            taxes: price.taxes,
            bookable: violations.as_ref().map(Vec::is_empty),
            violations: violations.map(spoken),
        }
    }
}

/// Rounds a distance to the metre.
pub(super) fn to_the_metre(km: f64) -> f64 {
    (km * 1000.0).round() / 1000.0
}

impl Placed for FoundView {
    fn id(&self) -> ResourceId {
        self.resource.id()
    }

    fn coordinates(&self) -> [f64; 2] {
        self.resource.coordinates()
    }
}

impl Placed for OfferView {
    fn id(&self) -> ResourceId {
        self.resource.id()
    }

    fn coordinates(&self) -> [f64; 2] {
        self.resource.coordinates()
    }
}

/// Search resources
///
/// Returns the resources that are listed. With `near`, the nearest first; otherwise in the order in which they were created.
/// For a map there is `GET /resources.geojson`; `Accept: application/geo+json` has the same effect.
#[utoipa::path(operation_id = "search_resources", tag = "resources", params(CatalogueQuery),
    responses((status = 200, body = Page<FoundView>)), security((), ("bearer" = [])))]
#[get("/resources")]
pub(super) async fn catalogue(read: Read<Searching<Anyone>, CatalogueQuery>, notation: Notation) -> Result<Noted, Problem> {
    find(read, notation).await
}

/// Search resources for a map
///
/// Returns the same resources as `GET /resources`, as GeoJSON.
#[utoipa::path(operation_id = "search_resources_geojson", tag = "resources", params(CatalogueQuery),
    responses((status = 200, content((FeatureCollection = "application/geo+json")))), security((), ("bearer" = [])))]
#[get("/resources.geojson")]
pub(super) async fn catalogue_geojson(
    read: Read<Searching<Anyone>, CatalogueQuery>,
    notation: Notation,
) -> Result<Noted, Problem> {
    find(read, notation).await
}

async fn find(read: Read<Searching<Anyone>, CatalogueQuery>, notation: Notation) -> Result<Noted, Problem> {
    let page = read
        .run(|tx, _, query| {
            let mut fields = Fields::default();
            let (search, paging) = (query.search(&mut fields), query.paging(&mut fields));
            let (search, paging) = fields.finish(|| search.zip(paging))?;
            search::catalogue(tx, &search, &paging)
        })
        .await?;
    notation.answer(page.map(FoundView::from))
}

/// Search bookable resources
///
/// Returns the resources that can be booked now, with a slot and its price: for the exact slot from `starts_at` to `ends_at`,
/// or the first slot of `duration_minutes` between `from` and `to`. The order is the same as in `GET /resources`. Rules about
/// customers, such as quotas, are checked only with `customer_organization_id`: then an item is `bookable`, if necessary at a later slot of the
/// window, or lists its `violations`. If few resources are free, a page can contain fewer items than `limit` and still have a
/// `next_cursor`.
#[utoipa::path(operation_id = "search_available", tag = "resources", params(AvailableQuery),
    responses((status = 200, body = Page<OfferView>)), security((), ("bearer" = [])),
    extensions(("x-problems" = json!([Code::Forbidden, Code::NotSignedIn]))))]
#[get("/search/available")]
pub(super) async fn available(read: Read<Searching<Anyone>, AvailableQuery>, notation: Notation) -> Result<Noted, Problem> {
    find_available(read, notation).await
}

/// Search bookable resources for a map
///
/// Returns the same slots as `GET /search/available`, as GeoJSON.
#[utoipa::path(operation_id = "search_available_geojson", tag = "resources", params(AvailableQuery),
    responses((status = 200, content((FeatureCollection = "application/geo+json")))), security((), ("bearer" = [])),
    extensions(("x-problems" = json!([Code::Forbidden, Code::NotSignedIn]))))]
#[get("/search/available.geojson")]
pub(super) async fn available_geojson(
    read: Read<Searching<Anyone>, AvailableQuery>,
    notation: Notation,
) -> Result<Noted, Problem> {
    find_available(read, notation).await
}

async fn find_available(read: Read<Searching<Anyone>, AvailableQuery>, notation: Notation) -> Result<Noted, Problem> {
    let page = read
        .run(|tx, Searching(Anyone(caller)), query| {
            let mut fields = Fields::default();
            let (search, wanted, paging) = (query.search(&mut fields), query.wanted(&mut fields), query.paging(&mut fields));
            let customer = ("customer_organization_id", query.customer_organization_id);
            let customer = renamed(&mut fields, customer, ("customer", query.customer));
            check_operator(&mut fields, query.operated_by, customer);
            let (mut search, wanted, paging) = fields.finish(|| Some((search?, wanted?, paging?)))?;
            search.filter.capacity = wanted.quantity();
            match customer {
                None => Ok(search::available(tx, &search, wanted, None, &paging)?.map(|offer| OfferView::new(offer, None))),
                Some(customer) => {
                    let operator = ("operated_by", query.operated_by);
                    let requester = customers::requester(tx, caller, customer, operator)?;
                    let page = search::available_to(tx, &search, wanted, requester, &paging)?;
                    Ok(page.map(|(offer, violations)| OfferView::new(offer, Some(violations))))
                }
            }
        })
        .await?;
    notation.answer(page)
}

/// Which cities to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PlacesQuery {
    /// Only cities of this name. Case and accents do not matter.
    #[param(value_type = Option<limits::CityFilter>)]
    city: Option<String>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// A city in which resources are on offer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedCity)]
pub(super) struct PlaceView {
    /// The name of the city.
    city: String,
    /// The country, as an ISO 3166-1 alpha-2 code.
    country: String,
    /// The mean latitude of the resources, in degrees (WGS 84).
    latitude: f64,
    /// The mean longitude of the resources, in degrees (WGS 84).
    longitude: f64,
    /// The number of resources that are listed there.
    resources: i64,
}

impl From<Place> for PlaceView {
    fn from(Place { city, country, position, resources }: Place) -> Self {
        let (latitude, longitude) = (position.latitude(), position.longitude());
        Self { city, country: country.as_str().to_owned(), latitude, longitude, resources }
    }
}

/// List cities with resources
///
/// Returns the cities in which resources are listed, in alphabetical order, each with a position for `near` of the searches.
#[utoipa::path(operation_id = "list_places", tag = "resources", params(PlacesQuery),
    responses((status = 200, body = Page<PlaceView>)), security((), ("bearer" = [])))]
#[get("/search/places")]
pub(super) async fn places(read: Read<Searching<Anyone>, PlacesQuery>) -> Result<Reply, Problem> {
    read.page(|tx, _, query| {
        let mut fields = Fields::default();
        let city = query.city.as_ref().map(|city| fields.text("city", city, limits::CityFilter::RANGE));
        let paging = Paging::read(&mut fields, query.limit, query.cursor.as_deref());
        let (city, paging) = fields.finish(|| Some((city.map_or(Some(None), |city| city.map(Some))?, paging?)))?;
        Ok(search::places(tx, city.as_deref().filter(|city| !city.is_empty()), &paging)?.map(PlaceView::from))
    })
    .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(catalogue).service(available).service(places).service(catalogue_geojson).service(available_geojson);
}
