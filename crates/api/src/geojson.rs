//! Lists of places: as JSON, or as GeoJSON (RFC 7946) to a map that asks for it.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::Uri;
use actix_web::{FromRequest, HttpRequest};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::notation::{self, Noted};
use super::problem::Problem;
use super::reply::Reply;
use actions::error::Error;
use domain::ids::ResourceId;
use domain::paging::Page;
use storage::error::StorageError;

/// The media type of GeoJSON.
pub(super) const MEDIA_TYPE: &str = "application/geo+json";

/// Something at a place.
pub(super) trait Placed: Serialize {
    /// What it is known by.
    fn id(&self) -> ResourceId;
    /// Its longitude and latitude.
    fn coordinates(&self) -> [f64; 2];
}

/// In which notation a list of places is wanted.
#[derive(Debug, Clone)]
pub(super) struct Notation {
    is_geojson: bool,
    uri: Uri,
}

impl FromRequest for Notation {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let is_geojson = notation::prefers(req, MEDIA_TYPE);
        ready(Ok(Self { is_geojson, uri: req.uri().clone() }))
    }
}

impl Notation {
    /// A page of a list in this notation, with a link to the next.
    pub(super) fn answer<T: Placed>(&self, page: Page<T>) -> Result<Noted, Problem> {
        let next = page.next_cursor.clone();
        let reply = if self.is_geojson { Reply::ok(&FeatureCollection::of(page)?)? } else { Reply::ok(&page)? };
        let reply = match next {
            Some(cursor) => reply.next_page(&self.uri, &cursor),
            None => reply,
        };
        Ok(Noted { reply, media_type: self.is_geojson.then_some(MEDIA_TYPE), file: None })
    }
}

/// A page of places for a map.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FeatureCollection {
    /// `FeatureCollection`
    r#type: &'static str,
    /// The items.
    features: Vec<Feature>,
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
}

/// A place for a map.
#[derive(Debug, Serialize, ToSchema)]
struct Feature {
    /// `Feature`
    r#type: &'static str,
    /// The resource.
    id: ResourceId,
    geometry: Point,
    /// The item as it is in JSON.
    #[schema(value_type = Object)]
    properties: Value,
}

/// A position for a map.
#[derive(Debug, Serialize, ToSchema)]
struct Point {
    /// `Point`
    r#type: &'static str,
    /// Longitude and latitude, in this order.
    #[schema(example = json!([-0.0922, 51.5155]))]
    coordinates: [f64; 2],
}

impl FeatureCollection {
    fn of<T: Placed>(page: Page<T>) -> Result<Self, Error> {
        let feature = |item: &T| {
            let geometry = Point { r#type: "Point", coordinates: item.coordinates() };
            let properties = serde_json::to_value(item).map_err(StorageError::from)?;
            Ok(Feature { r#type: "Feature", id: item.id(), geometry, properties })
        };
        let features = page.items.iter().map(feature).collect::<Result<_, Error>>()?;
        Ok(Self { r#type: "FeatureCollection", features, next_cursor: page.next_cursor })
    }
}
