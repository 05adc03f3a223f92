//! The caller, read from the `Authorization` header, and the permissions that a handler can use.

use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::key_caller;
use super::problem::Problem;
use super::state::State;
use super::turns::Cost;
use actions::Caller;
use domain::permissions::{Permission, Permissions};
use domain::problem::Code;

/// A signed-in caller. The handler can use these permissions, where the caller's role includes them, and [`View`] in any case.
/// Requests of others are refused with 401.
#[derive(Debug, Clone, Copy)]
pub struct May<P> {
    /// The caller.
    pub caller: Caller,
    permissions: PhantomData<P>,
}

/// A signed-in caller whose handler acts on the caller's own account, or reads.
pub type SignedIn = May<View>;

/// One or several permissions, as a type for the signatures of handlers.
pub trait Names: Copy + Send + Sync + 'static {
    /// The permissions.
    const PERMISSIONS: Permissions;
}

macro_rules! names {
    ($($name:ident)+) => {$(
        /// The permission of this name.
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Names for $name {
            const PERMISSIONS: Permissions = Permissions::of(&[Permission::$name]);
        }
    )+};
}

names! {
    View Book ManageListings ManageCalendar ManageBookings BookForCustomers OverrideRules ManageCertifications ManageTrainings
    ManageTerms ViewMoney ManageMoney ViewAudit ViewEvents ManageMembers ManageOrganization ManageApiKeys ManageWebhooks
}

impl<A: Names, B: Names> Names for (A, B) {
    const PERMISSIONS: Permissions = A::PERMISSIONS.and(B::PERMISSIONS);
}

impl<A: Names, B: Names, C: Names> Names for (A, B, C) {
    const PERMISSIONS: Permissions = A::PERMISSIONS.and(B::PERMISSIONS).and(C::PERMISSIONS);
}

/// Any caller, signed in or not. A token that is sent must be good all the same.
#[derive(Debug, Clone, Copy)]
pub struct Anyone(pub Option<Caller>);

/// Any caller. A token is not read, because a client that must sign in again may still send an expired one.
#[derive(Debug, Clone, Copy)]
pub struct Unknown;

/// A caller of an operation that takes long: it looks at many resources or times. See [`Cost::Search`].
#[derive(Debug, Clone, Copy)]
pub struct Searching<C>(pub C);

/// A caller of an operation that takes long: it changes many bookings. See [`Cost::Heavy`].
#[derive(Debug, Clone, Copy)]
pub struct Heavy<C>(pub C);

/// A kind of caller that a handler accepts.
pub trait Asking: Copy + Send + Sync + 'static {
    /// Whether a token is read.
    const HAS_TOKEN: bool = true;
    /// The permissions that the handler can use.
    const PERMISSIONS: Permissions = View::PERMISSIONS;
    /// How long the operation takes.
    const COST: Cost = Cost::Light;

    /// Accepts a caller or not.
    ///
    /// # Errors
    /// 401 for a caller who has to sign in.
    fn accept(caller: Option<Caller>) -> Result<Self, Problem>;

    /// Returns the caller, if signed in.
    fn signed_in(&self) -> Option<Caller>;
}

impl<P: Names> Asking for May<P> {
    const PERMISSIONS: Permissions = View::PERMISSIONS.and(P::PERMISSIONS);

    fn accept(caller: Option<Caller>) -> Result<Self, Problem> {
        let caller = caller.ok_or_else(|| Problem::of(Code::NotSignedIn))?;
        Ok(Self { caller, permissions: PhantomData })
    }

    fn signed_in(&self) -> Option<Caller> {
        Some(self.caller)
    }
}

impl Asking for Anyone {
    fn accept(caller: Option<Caller>) -> Result<Self, Problem> {
        Ok(Self(caller))
    }

    fn signed_in(&self) -> Option<Caller> {
        self.0
    }
}

impl Asking for Unknown {
    const HAS_TOKEN: bool = false;

    fn accept(_: Option<Caller>) -> Result<Self, Problem> {
        Ok(Self)
    }

    fn signed_in(&self) -> Option<Caller> {
        None
    }
}

/// Gives the operations of a kind of caller a cost.
macro_rules! cost {
    ($($wrapper:ident $cost:ident)+) => {$(
        impl<C: Asking> Asking for $wrapper<C> {
            const HAS_TOKEN: bool = C::HAS_TOKEN;
            const PERMISSIONS: Permissions = C::PERMISSIONS;
            const COST: Cost = Cost::$cost;

            fn accept(caller: Option<Caller>) -> Result<Self, Problem> {
                C::accept(caller).map(Self)
            }

            fn signed_in(&self) -> Option<Caller> {
                self.0.signed_in()
            }
        }
    )+};
}

cost! { Searching Search Heavy Heavy }

/// Reads who asks.
///
/// # Errors
/// 401 when a token is sent that is not good or whose session has ended, or none is and `A` wants one; 403 for an API key that cannot use the operation.
pub async fn read<A: Asking>(req: &HttpRequest) -> Result<A, Problem> {
    if A::HAS_TOKEN && key_caller::has_key(req) {
        return A::accept(Some(key_caller::read(req, state(req)?, A::PERMISSIONS).await?));
    }
    let Some(header) = req.headers().get(header::AUTHORIZATION).filter(|_| A::HAS_TOKEN) else { return A::accept(None) };
    let state = state(req)?;
    let invalid = || Problem::of(Code::InvalidToken);
    let (scheme, token) = header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(invalid)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(invalid());
    }
    let now = state.clock.now();
    let (user_id, session_id) = state.keys.verify(token.trim(), now).ok_or_else(invalid)?;
    if state.ended_sessions.contains(&state.db, session_id, now).await? {
        return Err(invalid());
    }
    let must_be_verified = state.config.auth.require_verified_email;
    A::accept(Some(Caller { user_id, key: None, session_id, must_be_verified, permissions: A::PERMISSIONS }))
}

/// The parts of the service that all handlers share.
///
/// # Errors
/// When the server was put together without it.
pub fn state(req: &HttpRequest) -> Result<&web::Data<State>, Problem> {
    req.app_data::<web::Data<State>>().ok_or_else(|| Problem::of(Code::InternalError))
}

impl<P: Names> FromRequest for May<P> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move { read(&req).await })
    }
}
