//! What paths and query strings name.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::Deserialize;
use utoipa::IntoParams;

use super::problem::Problem;
use crate::domain::fields::{Fields, InvalidFields};
use crate::domain::ids::Identifier;
use crate::domain::paging::Paging;
use crate::domain::problem::Code;

/// The identifier in a path. To callers it is opaque: what cannot be one names nothing.
#[derive(Debug, Clone, Copy)]
pub struct Id<T>(pub T);

impl<T: Identifier + 'static> FromRequest for Id<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(segment(req, "id").map(Self))
    }
}

/// The second identifier in a path, named `{member}`.
#[derive(Debug, Clone, Copy)]
pub struct MemberId<T>(pub T);

impl<T: Identifier + 'static> FromRequest for MemberId<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(segment(req, "member").map(Self))
    }
}

fn segment<T: FromStr>(req: &HttpRequest, name: &str) -> Result<T, Problem> {
    req.match_info().query(name).parse().map_err(|_| Problem::new(Code::NotFound, ""))
}

/// Which page of a list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

impl PageQuery {
    /// Reads the page.
    ///
    /// # Errors
    /// With everything that is wrong.
    pub fn read(&self) -> Result<Paging, InvalidFields> {
        let mut fields = Fields::default();
        let paging = Paging::read(&mut fields, self.limit, self.cursor.as_deref());
        fields.finish(|| paging)
    }
}
