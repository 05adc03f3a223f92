//! A visit: the request for a page, with the session of its visitor.

use std::sync::{Arc, Mutex, PoisonError};

use actix_web::cookie::Cookie;
use actix_web::dev::Payload;
use actix_web::guard::{self, Guard};
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use chrono::TimeDelta;
use futures_util::future::LocalBoxFuture;

use super::session;
use actions::error::Error;
use actions::{Caller, organizations, sessions};
use api::caller::{Names, ViewMoney};
use api::problem::Problem;
use api::request::PageRequest;
use api::sign_in::session_lifetime;
use api::turns::Cost;
use domain::ids::SessionId;
use domain::permissions::Permission;
use domain::problem::Code;
use domain::secret_token::TokenHash;
use storage::db::{ReadTx, Tx};
use storage::users::User;

/// A session is extended when it was not extended for this long.
const EXTENDED_AFTER: TimeDelta = TimeDelta::days(1);

/// The request for a page, with its visitor.
pub(crate) struct Visit {
    /// The request.
    pub(crate) page: PageRequest,
    /// The user who is signed in.
    pub(crate) user: Option<User>,
    /// The path and the query of the page.
    pub(crate) address: String,
    /// Whether the user sees the invoices of an organization.
    pub(crate) sees_money: bool,
    session: Option<SessionId>,
    renewed: Option<Cookie<'static>>,
}

impl Visit {
    /// Returns the user as a caller with these permissions, if signed in.
    pub(crate) fn caller<P: Names>(&self) -> Option<Caller> {
        let (user, session_id) = (self.user.as_ref()?, self.session?);
        let must_be_verified = self.page.state.config.auth.require_verified_email;
        Some(Caller { user_id: user.id, key: None, session_id, must_be_verified, permissions: P::PERMISSIONS })
    }

    /// Returns the user as a caller with these permissions.
    ///
    /// # Errors
    /// `not_signed_in`, for which [`Self::shown`] leads to the sign-in.
    pub(crate) fn signed_in<P: Names>(&self) -> Result<Caller, Problem> {
        self.caller::<P>().ok_or_else(|| Problem::of(Code::NotSignedIn))
    }

    /// Runs an action that changes nothing or returns what it made, when it is the turn of the visitor, and returns its result.
    ///
    /// # Errors
    /// The error of the action; then nothing is changed.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        cost: Cost,
        action: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let result = Returned::default();
        let found = result.clone();
        self.page.write(cost, move |tx: &mut Tx<'_>| action(tx).map(|made| found.set(Some(made)))).await?;
        result.take().ok_or_else(|| Problem::of(Code::InternalError))
    }

    /// Leads to another page of this site.
    pub(crate) fn lead_to(&self, address: &str) -> HttpResponse {
        let mut response = HttpResponse::build(StatusCode::SEE_OTHER);
        response.insert_header((header::LOCATION, address)).insert_header((header::CACHE_CONTROL, "no-store"));
        self.finish(&mut response, String::new())
    }

    /// Adds the cookie of an extended session to a response.
    pub(crate) fn finish(&self, response: &mut actix_web::HttpResponseBuilder, body: String) -> HttpResponse {
        if let Some(cookie) = &self.renewed {
            response.cookie(cookie.clone());
        }
        response.body(body)
    }
}

/// A value that a transaction leaves to the page that ran it. Of several attempts of the transaction, the last one counts.
pub(crate) struct Returned<T>(Arc<Mutex<Option<T>>>);

impl<T> Returned<T> {
    /// Keeps a value, or none, instead of the one before.
    pub(crate) fn set(&self, value: Option<T>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = value;
    }

    /// Returns the value.
    pub(crate) fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<T> Default for Returned<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Clone for Returned<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// Accepts requests to open a page, but for the page behind the link in a mail, which has the same address and a token.
pub(crate) fn without_token() -> impl Guard {
    let has_token = |query: &str| query.split('&').any(|part| part.starts_with("token="));
    guard::All(guard::Get()).and(guard::fn_guard(move |context| !context.head().uri.query().is_some_and(has_token)))
}

impl FromRequest for Visit {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let page = PageRequest::from_request(req, payload);
        let req = req.clone();
        Box::pin(async move {
            let page = page.await?;
            let address = req.uri().path_and_query().map_or("/", |address| address.as_str()).to_owned();
            let stranger = Self { page, user: None, address, sees_money: false, session: None, renewed: None };
            let state = &stranger.page.state;
            let Some(token) = session::read(&req, state) else { return Ok(stranger) };
            let hash = TokenHash::of(&token);
            let find = move |tx: &mut ReadTx| {
                let Some((user, session)) = sessions::find_by_token(tx, &hash)? else { return Ok(None) };
                let permissions = ViewMoney::PERMISSIONS;
                let caller = Caller { user_id: user.id, key: None, session_id: session.id, must_be_verified: false, permissions };
                let sees_money = !organizations::list_permitted(tx, caller, Permission::ViewMoney)?.is_empty();
                Ok(Some((user, session, sees_money)))
            };
            let Some((user, session, sees_money)) = stranger.page.read(find).await? else { return Ok(stranger) };
            let lifetime = session_lifetime(state);
            let is_due = session.last_used_at + EXTENDED_AFTER <= state.clock.now();
            let renewed = is_due.then(|| session::cookie(state, &token));
            let id = session.id;
            let page = stranger.page.by(user.id, user.language);
            if is_due {
                page.write(Cost::Light, move |tx: &mut Tx<'_>| sessions::extend(tx, id, lifetime)).await?;
            }
            Ok(Self { page, user: Some(user), sees_money, session: Some(id), renewed, ..stranger })
        })
    }
}
