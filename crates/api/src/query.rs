//! Parameters in paths and query strings.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;

use super::problem::Problem;
use super::shape;
use domain::fields::{FieldError, Fields, InvalidFields, error_code, field_name};
use domain::ids::Identifier;
use domain::limits;
use domain::paging::Paging;
use domain::problem::Code;
use domain::said::{Said, said};

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

/// The values of a parameter that can be sent several times, each value once. One value can also be a list, divided by commas.
#[derive(Debug, Clone)]
pub(super) struct Several<T>(pub(super) Vec<T>);

impl<T> Default for Several<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: FromStr<Err: Display> + Ord> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let values = Vec::<String>::deserialize(from)?;
        let parsed = values.iter().flat_map(|value| value.split(',')).map(|value| value.parse().map_err(D::Error::custom));
        let unique = parsed.collect::<Result<BTreeSet<_>, _>>()?;
        Ok(Self(unique.into_iter().collect()))
    }
}

/// Returns the value of a parameter or field that had another name before. Both names can be sent if the values are the same.
pub(super) fn renamed<T: PartialEq>(
    fields: &mut Fields,
    (name, value): (&str, Option<T>),
    (old, old_value): (&str, Option<T>),
) -> Option<T> {
    if value.is_some() && old_value.is_some() && value != old_value {
        let new = name.trim_start_matches('/');
        fields.refuse(old, "invalid", said!("is the earlier name of {new} and has another value; send only {new}", new));
    }
    value.or(old_value)
}

/// Reads the parameters of a query string.
///
/// # Errors
/// All parameters that are invalid.
pub(super) fn read_query<Q: DeserializeOwned + IntoParams>(query: &str) -> Result<Q, Problem> {
    // PostgreSQL takes no NUL in a text, and nobody has a use for one.
    if query.contains("%00") {
        return Err(Problem::new(Code::MalformedRequest, said!("The query string must not contain NUL.")));
    }
    let parser = serde_html_form::Deserializer::from_bytes(query.as_bytes());
    serde_path_to_error::deserialize(parser).map_err(|error| {
        let pointer = field_name(error.inner()).unwrap_or_else(|| error.path().to_string());
        let first =
            FieldError { pointer, code: error_code(error.inner()).to_owned(), detail: Said::heard(error.inner().to_string()) };
        let parameters: Vec<(String, String)> = serde_html_form::from_str(query).unwrap_or_default();
        shape::query_errors::<Q>(&parameters).and(first).into()
    })
}

fn parse<T: FromStr>(segment: &str) -> Result<T, Problem> {
    segment.parse().map_err(|_| Problem::of(Code::NotFound))
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
