//! Parameters in paths and query strings.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::Deserialize;
use utoipa::IntoParams;

use super::problem::Problem;
use domain::fields::InvalidFields;
use domain::ids::Identifier;
use domain::limits;
use domain::paging::Paging;
use domain::problem::Code;

/// The identifier in a path. A text that is no identifier is responded to with 404, like an unknown one.
#[derive(Debug, Clone, Copy)]
pub struct Id<T>(pub T);

impl<T: Identifier + 'static> FromRequest for Id<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(req.match_info().query("id")).map(Self))
    }
}

/// The two identifiers in a path, in their order.
#[derive(Debug, Clone, Copy)]
pub struct Ids<A, B>(pub A, pub B);

impl<A: Identifier + 'static, B: Identifier + 'static> FromRequest for Ids<A, B> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut segments = req.match_info().iter().map(|(_, segment)| segment);
        let mut next = || segments.next().unwrap_or_default();
        ready(parse(next()).and_then(|first| Ok(Self(first, parse(next())?))))
    }
}

/// The number at the end of a path.
#[derive(Debug, Clone, Copy)]
pub struct Number(pub i32);

impl FromRequest for Number {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(req.match_info().query("number")).map(Self))
    }
}

fn parse<T: FromStr>(segment: &str) -> Result<T, Problem> {
    segment.parse().map_err(|_| Problem::new(Code::NotFound, ""))
}

/// The page of a list to return.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    pub limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

impl PageQuery {
    /// Reads the parameters of a page.
    ///
    /// # Errors
    /// All parameters that are invalid.
    pub fn read(&self) -> Result<Paging, InvalidFields> {
        Paging::of(self.limit, self.cursor.as_deref())
    }
}
