//! The caller, read from the `Authorization` header.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};

use super::problem::Problem;
use super::state::State;
use actions::Caller;
use domain::problem::Code;

/// A caller who is signed in; anybody else is answered 401.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn(pub Caller);

/// Any caller, signed in or not. A token that is sent must be good all the same.
#[derive(Debug, Clone, Copy)]
pub struct Anyone(pub Option<Caller>);

/// Any caller; a token is not looked at, be it good or not. Who has to sign in again may send an old one.
#[derive(Debug, Clone, Copy)]
pub struct Unknown;

/// A kind of caller that a handler accepts.
pub trait Asking: Copy + Send + Sync + 'static {
    /// Whether a token is looked at.
    const HAS_TOKEN: bool = true;

    /// Accepts a caller or not.
    ///
    /// # Errors
    /// 401 for a caller who has to sign in.
    fn accept(caller: Option<Caller>) -> Result<Self, Problem>;

    /// Whose idempotency keys these are.
    fn scope(&self) -> String;
}

impl Asking for SignedIn {
    fn accept(caller: Option<Caller>) -> Result<Self, Problem> {
        caller.map(Self).ok_or_else(|| Problem::new(Code::NotSignedIn, ""))
    }

    fn scope(&self) -> String {
        self.0.user_id.to_string()
    }
}

impl Asking for Anyone {
    fn accept(caller: Option<Caller>) -> Result<Self, Problem> {
        Ok(Self(caller))
    }

    fn scope(&self) -> String {
        self.0.map_or_else(|| "anyone".to_owned(), |caller| caller.user_id.to_string())
    }
}

impl Asking for Unknown {
    const HAS_TOKEN: bool = false;

    fn accept(_: Option<Caller>) -> Result<Self, Problem> {
        Ok(Self)
    }

    fn scope(&self) -> String {
        "anyone".to_owned()
    }
}

/// Reads who asks.
///
/// # Errors
/// 401 when a token is sent that is not good, or none is and `A` wants one.
pub fn read<A: Asking>(req: &HttpRequest) -> Result<A, Problem> {
    let Some(header) = req.headers().get(header::AUTHORIZATION).filter(|_| A::HAS_TOKEN) else { return A::accept(None) };
    let state = state(req)?;
    let invalid = || Problem::new(Code::InvalidToken, "");
    let (scheme, token) = header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(invalid)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(invalid());
    }
    let (user_id, session_id) = state.keys.verify(token.trim(), state.clock.now()).ok_or_else(invalid)?;
    A::accept(Some(Caller { user_id, session_id, must_be_verified: state.config.auth.require_verified_email }))
}

/// The parts of the service that all handlers share.
///
/// # Errors
/// When the server was put together without it.
pub fn state(req: &HttpRequest) -> Result<&web::Data<State>, Problem> {
    req.app_data::<web::Data<State>>().ok_or_else(|| Problem::new(Code::InternalError, ""))
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(req))
    }
}
