//! `GET /resources` and `/search/available`: finding what is on offer.

use actix_web::get;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::availability::{check_operator, read_length, read_quantity, read_span};
use super::caller::Anyone;
use super::geojson::{FeatureCollection, Notation, Placed};
use super::notation::Noted;
use super::problem::Problem;
use super::request::Read;
use super::resources::ResourceView;
use actions::customers;
use actions::search::{self, Found, Offer, Search, Wanted};
use domain::fields::Fields;
use domain::geo::{Near, Position};
use domain::ids::{OrganizationId, ResourceId, SiteId, UserId};
use domain::money::Money;
use domain::paging::{Page, Paging};
use domain::resource::ResourceKind;
use domain::rules::Violation;
use domain::time::UtcTime;
use domain::words;
use storage::search::Filter;

/// How far away from `near` is far enough, if nothing is said about it.
const RADIUS_KM: f64 = 50.0;
/// The longest window that a first fitting slot is looked for in.
const MOST_DAYS: i64 = 31;
/// More than the longest booking that any rules allow.
const LONGEST_DAYS: i64 = 400;

/// Defines the parameters of a search: what all searches have, and what one has of its own.
macro_rules! search_query {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $own:ident: $type:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, Deserialize, IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub(super) struct $name {
            $($(#[$doc])* $own: $type,)*
            /// Words, in whatever case and with or without accents. All must be found in the name, the category, the
            /// description or the place of a resource, or begin a word there.
            #[param(max_length = 200, example = "laser cut")]
            q: Option<String>,
            /// What kind of thing.
            kind: Option<ResourceKind>,
            /// What sort of its kind, exactly but for the case.
            #[param(max_length = 100)]
            category: Option<String>,
            /// The nearest first, from this latitude and longitude.
            #[param(example = "51.5155,-0.0922")]
            near: Option<String>,
            /// How far away at most, only together with `near`; 50 if left out.
            // Generated clients send a documented default always, with `near` or without.
            #[param(minimum = 0, maximum = 1000)]
            radius_km: Option<f64>,
            /// Only of this host.
            #[param(value_type = Option<String>)]
            organization_id: Option<OrganizationId>,
            /// Only at this site.
            #[param(value_type = Option<String>)]
            site_id: Option<SiteId>,
            /// Only in this city, exactly but for case and accents.
            #[param(max_length = 100)]
            city: Option<String>,
            /// How many items at most.
            #[param(minimum = 1, maximum = 200, default = 50)]
            limit: Option<i64>,
            /// The `next_cursor` of the page before.
            cursor: Option<String>,
        }

        impl $name {
            fn search(&self, fields: &mut Fields) -> Option<Search> {
                let mut text = |name, text: &Option<String>, longest| match text {
                    Some(text) => fields.note(name, text, longest).map(|text| Some(text).filter(|text| !text.is_empty())),
                    None => Some(None),
                };
                let (q, category, city) = (text("q", &self.q, 200), text("category", &self.category, 100), text("city", &self.city, 100));
                let near = read_near(fields, self.near.as_deref(), self.radius_km);
                let filter = Filter {
                    words: words::fold(q?.as_deref()),
                    kind: self.kind,
                    category: category?,
                    organization_id: self.organization_id,
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

/// Reads a place and how far around it is looked, 50 km where nothing is said about it.
pub(super) fn read_near(fields: &mut Fields, near: Option<&str>, radius_km: Option<f64>) -> Option<Option<Near>> {
    let center: Option<Option<Position>> = near.map(|near| fields.take("near", near.parse()));
    let radius_km = match radius_km {
        Some(_) if center.is_none() => {
            fields.refuse("radius_km", "invalid", "must come with near");
            None
        }
        radius_km => fields.number("radius_km", radius_km.unwrap_or(RADIUS_KM), 0.0..=1000.0),
    };
    match center {
        None => radius_km.map(|_| None),
        Some(center) => Some(Some(Near { center: center?, radius_km: radius_km? })),
    }
}

search_query! {
    /// What is looked for in the catalogue.
    CatalogueQuery {}
}

search_query! {
    /// What is looked for, and when it is wanted: either a slot, `starts_at` and `ends_at`, or a window, `from`, `to` and
    /// `duration_minutes`.
    AvailableQuery {
        /// Can be booked from just this instant
        starts_at: Option<UtcTime>,
        /// to just this one.
        ends_at: Option<UtcTime>,
        /// Or can be booked at some time from this instant
        from: Option<UtcTime>,
        /// to this one, at most 31 days later,
        to: Option<UtcTime>,
        /// for so long: the first slot is answered.
        #[param(minimum = 1, maximum = 1_000_000)]
        duration_minutes: Option<i64>,
        /// How much is wanted.
        #[param(minimum = 1, default = 1)]
        quantity: Option<i32>,
        /// The organization that would book: then each item says whether its quotas, your certifications and the other rules
        /// about customers let you.
        #[param(value_type = Option<String>)]
        customer: Option<OrganizationId>,
        /// The user who would work at the machine for it, a member of it; you if left out.
        #[param(value_type = Option<String>)]
        operated_by: Option<UserId>,
    }
}

impl AvailableQuery {
    fn wanted(&self, fields: &mut Fields) -> Option<Wanted> {
        let quantity = read_quantity(fields, self.quantity);
        let is_slot = self.starts_at.is_some() || self.ends_at.is_some();
        let is_window = self.from.is_some() || self.to.is_some() || self.duration_minutes.is_some();
        if is_slot == is_window {
            let detail = "must come with ends_at, or else from, to and duration_minutes in place of both";
            fields.refuse("starts_at", if is_slot { "invalid" } else { "required" }, detail);
            return None;
        }
        let mut given = |name, is_given: bool| {
            if !is_given {
                fields.refuse(name, "required", "must be given");
            }
        };
        if is_slot {
            given("starts_at", self.starts_at.is_some());
            given("ends_at", self.ends_at.is_some());
            let within = read_span(fields, ("ends_at", LONGEST_DAYS), self.starts_at?, self.ends_at?)?;
            return Some(Wanted { within, length: within.duration(), quantity: quantity? });
        }
        given("from", self.from.is_some());
        given("to", self.to.is_some());
        given("duration_minutes", self.duration_minutes.is_some());
        let length: Option<TimeDelta> = self.duration_minutes.and_then(|minutes| read_length(fields, minutes));
        let within = self.from.zip(self.to).and_then(|(from, to)| read_span(fields, ("to", MOST_DAYS), from, to));
        Some(Wanted { within: within?, length: length?, quantity: quantity? })
    }
}

/// A resource that was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundResource)]
pub(super) struct FoundView {
    #[serde(flatten)]
    resource: ResourceView,
    /// How far it is from `near`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    distance_km: Option<f64>,
}

impl From<Found> for FoundView {
    fn from(Found { resource, distance_km }: Found) -> Self {
        Self { resource: resource.without_names().into(), distance_km: distance_km.map(to_the_metre) }
    }
}

/// A slot that could be booked now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Offer)]
pub(super) struct OfferView {
    resource_id: ResourceId,
    resource: ResourceView,
    /// How far it is from `near`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    distance_km: Option<f64>,
    starts_at: UtcTime,
    ends_at: UtcTime,
    /// What it would cost.
    price: Money,
    /// Whether the `customer` may book it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    bookable: Option<bool>,
    /// What a booking by the `customer` would break of the rules.
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
            price,
            bookable: violations.as_ref().map(Vec::is_empty),
            violations,
        }
    }
}

/// A distance as it is shown.
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

/// Search the catalogue
///
/// What is on offer to everybody: by distance with `near`, and otherwise in the order in which it was
/// added. With `Accept: application/geo+json` a map gets the same as GeoJSON.
#[utoipa::path(operation_id = "search_resources", tag = "resources", params(CatalogueQuery),
    responses((status = 200, content((Page<FoundView> = "application/json"), (FeatureCollection = "application/geo+json")))),
    security((), ("bearer" = [])))]
#[get("/resources")]
pub(super) async fn catalogue(read: Read<Anyone, CatalogueQuery>, notation: Notation) -> Result<Noted, Problem> {
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

/// Search what can be booked
///
/// What could be booked now for just a slot (`starts_at`, `ends_at`), rules and all, or the first slot
/// of a length (`duration_minutes`) between `from` and `to`, with its price; in the order of the
/// catalogue. Rules about customers, such as quotas, are looked at only for a `customer`: then each item is
/// `bookable`, if need be at a later slot of the window, or comes with its `violations`. Where little is free, a
/// page may hold fewer items than `limit` and still have a `next_cursor`.
#[utoipa::path(operation_id = "search_available", tag = "resources", params(AvailableQuery),
    responses((status = 200, content((Page<OfferView> = "application/json"), (FeatureCollection = "application/geo+json")))),
    security((), ("bearer" = [])), extensions(("x-problems" = json!(["forbidden", "not_signed_in"]))))]
#[get("/search/available")]
pub(super) async fn available(read: Read<Anyone, AvailableQuery>, notation: Notation) -> Result<Noted, Problem> {
    let page = read
        .run(|tx, Anyone(caller), query| {
            let mut fields = Fields::default();
            let (search, wanted, paging) = (query.search(&mut fields), query.wanted(&mut fields), query.paging(&mut fields));
            check_operator(&mut fields, query.operated_by, ("customer", query.customer));
            let (mut search, wanted, paging) = fields.finish(|| Some((search?, wanted?, paging?)))?;
            search.filter.capacity = wanted.quantity;
            match query.customer {
                None => Ok(search::available(tx, &search, wanted, &paging)?.map(|offer| OfferView::new(offer, None))),
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

/// The endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(catalogue).service(available);
}
