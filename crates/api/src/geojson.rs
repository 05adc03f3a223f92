//! Lists of places, as JSON or as GeoJSON (RFC 7946).

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

/// An item of a list that has a position.
pub(super) trait Placed: Serialize {
    /// Returns the identifier of the resource.
    fn id(&self) -> ResourceId;
    /// Returns longitude and latitude, in this order.
    fn coordinates(&self) -> [f64; 2];
}

/// The format in which the client wants a list of places.
#[derive(Debug, Clone)]
pub(super) struct Notation {
    is_geojson: bool,
    uri: Uri,
}

impl FromRequest for Notation {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let is_geojson = notation::wants(req, MEDIA_TYPE, ".geojson");
        ready(Ok(Self { is_geojson, uri: req.uri().clone() }))
    }
}

impl Notation {
    /// Returns a page of a list in this format, with a link to the next page.
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

/// A page of places in GeoJSON.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FeatureCollection {
    /// Always `FeatureCollection`.
    r#type: &'static str,
    /// The items of the page.
    features: Vec<Feature>,
    /// The cursor of the next page. Null on the last page.
    next_cursor: Option<String>,
}

/// A place in GeoJSON.
#[derive(Debug, Serialize, ToSchema)]
struct Feature {
    /// Always `Feature`.
    r#type: &'static str,
    /// The identifier of the resource.
    id: ResourceId,
    /// The position.
    geometry: Point,
    /// The same object as in the JSON list.
    #[schema(value_type = Object)]
    properties: Value,
}

/// A position in GeoJSON.
#[derive(Debug, Serialize, ToSchema)]
struct Point {
    /// Always `Point`.
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
