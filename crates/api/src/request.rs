//! The arguments of handlers: [`Read`] for a `GET`, [`Command`] for a change. The steps that are the same for every endpoint
//! happen here: identifying the caller, parsing the body, `Idempotency-Key`, `If-Match`, the transaction.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode, header};
use actix_web::{FromRequest, HttpRequest, web};
use chrono::TimeDelta;
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::{Instrument as _, Span};
use utoipa::IntoParams;

use super::accepted::Accepted;
use super::caller::{self, Asking};
use super::idempotency::{self, IdempotencyKey};
use super::json;
use super::limits;
use super::problem::Problem;
use super::query::read_query;
use super::reply::Reply;
use super::state::State;
use super::turns::{Asker, Cost};
use actions::error::Error;
use actions::precondition::IfMatch;
use actions::{Caller, accounts, mailed_bookings};
use domain::email::Email;
use domain::ids::UserId;
use domain::language::Language;
use domain::paging::Page;
use domain::problem::Code;
use domain::said::said;
use storage::db::{ReadTx, Tx};
use texts::catalogue::Texts;

/// A request that changes nothing: the caller, and the parameters of the query.
pub struct Read<C, Q = NoQuery> {
    /// The parts of the service that all handlers share.
    pub state: web::Data<State>,
    /// The caller.
    pub caller: C,
    /// The parameters of the query string.
    pub query: Q,
    /// The caller whose turns are counted.
    pub asker: Asker,
    uri: actix_web::http::Uri,
}

/// No parameters in the query string.
#[derive(Debug, Clone, Copy, serde::Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct NoQuery {}

impl<C: Asking, Q: DeserializeOwned + Send + 'static> Read<C, Q> {
    /// Returns the result of `look`.
    ///
    /// # Errors
    /// The error of `look`.
    pub fn run<T: Send + 'static>(
        self,
        look: impl FnOnce(&mut ReadTx, C, Q) -> Result<T, Error> + Send + 'static,
    ) -> impl Future<Output = Result<T, Problem>> {
        let Self { state, caller, query, asker, .. } = self;
        let span = action_span(&look);
        read(state, (C::COST, asker), span, Box::new(move |tx| look(tx, caller, query)))
    }

    /// Returns a page of a list, with a link to the next page.
    ///
    /// # Errors
    /// The error of `look`.
    pub fn page<T: Serialize + 'static>(
        self,
        look: impl FnOnce(&mut ReadTx, C, Q) -> Result<Page<T>, Error> + Send + 'static,
    ) -> impl Future<Output = Result<Reply, Problem>> {
        self.page_as(Reply::ok, look)
    }

    /// As [`Self::page`], written in another format than JSON.
    ///
    /// # Errors
    /// The errors of `look` and `write`.
    pub fn page_as<T: 'static>(
        self,
        write: impl FnOnce(&Page<T>) -> Result<Reply, Error> + Send + 'static,
        look: impl FnOnce(&mut ReadTx, C, Q) -> Result<Page<T>, Error> + Send + 'static,
    ) -> impl Future<Output = Result<Reply, Problem>> {
        let Self { state, caller, query, asker, uri } = self;
        let span = action_span(&look);
        let look = move |tx: &mut ReadTx| {
            let page = look(tx, caller, query)?;
            if page.items.is_empty()
                && let Some(caller) = caller.signed_in().filter(|caller| caller.key.is_none())
            {
                // A deleted account has an empty list of everything. Its access token may not have expired yet.
                accounts::get(tx, caller)?;
            }
            let reply = write(&page)?;
            Ok(match &page.next_cursor {
                Some(cursor) => reply.next_page(&uri, cursor),
                None => reply,
            })
        };
        read(state, (C::COST, asker), span, Box::new(look))
    }
}

impl<C: Asking, Q: Send + 'static> Read<C, Q> {
    /// Returns the result of `look`, which writes into the audit log that the caller has looked.
    ///
    /// # Errors
    /// The error of `look`.
    pub(super) fn run_recorded(
        self,
        look: impl Fn(&mut Tx<'_>, C, &Q) -> Result<Reply, Error> + Send + 'static,
    ) -> impl Future<Output = Result<Reply, Problem>> {
        let Self { state, caller, query, asker, .. } = self;
        let span = action_span(&look);
        write(state, (C::COST, asker), span, None, Box::new(move |tx| look(tx, caller, &query)))
    }

    /// As [`Self::run_recorded`], for a page of a list.
    ///
    /// # Errors
    /// The error of `look`.
    pub(super) fn page_recorded<T: Serialize + 'static>(
        self,
        look: impl Fn(&mut Tx<'_>, C, &Q) -> Result<Page<T>, Error> + Send + 'static,
    ) -> impl Future<Output = Result<Reply, Problem>> {
        let uri = self.uri.clone();
        self.run_recorded(move |tx, caller, query| {
            let page = look(tx, caller, query)?;
            let reply = Reply::ok(&page)?;
            Ok(match &page.next_cursor {
                Some(cursor) => reply.next_page(&uri, cursor),
                None => reply,
            })
        })
    }
}

impl<C: Asking, Q: DeserializeOwned + IntoParams + 'static> FromRequest for Read<C, Q> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let state = caller::state(&req)?.clone();
            let caller: C = caller::read(&req).await?;
            let asker = asker(&req, caller.signed_in(), &state);
            Ok(Self { state, caller, query: read_query(req.query_string())?, asker, uri: req.uri().clone() })
        })
    }
}

/// The parameters of the query string of a request that changes something.
#[derive(Debug, Clone, Copy)]
pub struct Parameters<Q>(pub Q);

impl<Q: DeserializeOwned + IntoParams + 'static> FromRequest for Parameters<Q> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(read_query(req.query_string()).map(Self))
    }
}

/// The request for a page.
#[derive(Clone)]
pub struct PageRequest {
    /// The parts of the service that all handlers share.
    pub state: web::Data<State>,
    /// The path without its first slash, as links are signed.
    pub path: String,
    /// The language that the client accepts.
    pub accepted: Accepted,
    /// The language of the reader, when the reader is known.
    language: Rc<Cell<Option<Language>>>,
    asker: Asker,
}

impl PageRequest {
    /// Writes the page in the language of the reader from now on.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn set_reader(&self, reader: &Email) -> Result<(), Problem> {
        let reader = reader.clone();
        self.language.set(self.read(move |tx| mailed_bookings::find_language(tx, &reader)).await?);
        Ok(())
    }

    /// The same request by a user who is signed in, in the user's language.
    pub fn by(self, user: UserId, language: Option<Language>) -> Self {
        self.language.set(language);
        Self { asker: Asker::User(user), ..self }
    }

    /// The caller whose turns are counted.
    pub const fn asker(&self) -> Asker {
        self.asker
    }

    /// Returns the texts in the language of the reader if it is known, else of the request.
    pub fn texts(&self) -> Texts {
        Accepted(self.language.get().or(self.accepted.0)).texts()
    }

    /// Runs a query.
    ///
    /// # Errors
    /// The error of the query.
    pub async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut ReadTx) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        self.read_at(Cost::Light, query).await
    }

    /// Runs a query, when it is the turn of the client if the query takes long.
    ///
    /// # Errors
    /// The error of the query.
    pub async fn read_at<T: Send + 'static>(
        &self,
        cost: Cost,
        query: impl FnOnce(&mut ReadTx) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let span = action_span(&query);
        read(self.state.clone(), (cost, self.asker), span, Box::new(query)).await
    }

    /// Runs an action, when it is the turn of the client if the action takes long.
    ///
    /// # Errors
    /// The error of the action; then nothing is changed.
    pub async fn write(
        &self,
        cost: Cost,
        action: impl Fn(&mut Tx<'_>) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Problem> {
        let span = action_span(&action);
        let action = move |tx: &mut Tx<'_>| action(tx).map(|()| Reply::no_content());
        write(self.state.clone(), (cost, self.asker), span, None, Box::new(action)).await.map(drop)
    }

    /// Runs an action that finds something and writes that the caller has looked at it, when it is the turn of the client if it takes long.
    ///
    /// # Errors
    /// The error of the action; then nothing is changed.
    pub async fn look<T: Send + 'static>(
        &self,
        cost: Cost,
        action: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let span = action_span(&action);
        let turn = self.state.turns.take(cost, self.asker).await?;
        let action = move |tx: &mut Tx<'_>| {
            // The turn lasts until the action ends, even if the client has closed the connection.
            let _turn = &turn;
            action(tx)
        };
        Ok(self.state.db.write(self.state.clock.now(), action).instrument(span).await?)
    }

    /// Runs an action that creates an object, once for each `key`, and returns the address of the object, also if the form is sent again.
    ///
    /// # Errors
    /// The error of the action; then nothing is changed.
    pub async fn create(
        &self,
        cost: Cost,
        key: &str,
        action: impl Fn(&mut Tx<'_>) -> Result<String, Error> + Send + 'static,
    ) -> Result<String, Problem> {
        let span = action_span(&action);
        let kept = repetitions_kept(&self.state);
        let key = IdempotencyKey { scope: self.asker.to_string(), key: key.to_owned(), fingerprint: self.path.clone(), kept };
        let action = move |tx: &mut Tx<'_>| Reply::created(action(tx)?, &());
        let reply = write(self.state.clone(), (cost, self.asker), span, Some(key), Box::new(action)).await?;
        Ok(reply.location.unwrap_or_default())
    }
}

impl FromRequest for PageRequest {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let page = |state: &web::Data<State>| Self {
            state: state.clone(),
            path: req.path().trim_start_matches('/').to_owned(),
            accepted: Accepted::of(req),
            language: Rc::default(),
            asker: asker(req, None, state),
        };
        std::future::ready(caller::state(req).map(page))
    }
}

/// The query of a handler.
type Query<T> = Box<dyn FnOnce(&mut ReadTx) -> Result<T, Error> + Send>;

/// The action of a handler.
type Action = Box<dyn Fn(&mut Tx<'_>) -> Result<Reply, Error> + Send>;

/// Runs a query of a handler when it is the caller's turn. The queries of all handlers have one type here, so that this is compiled
/// once.
async fn read<T: Send + 'static>(
    state: web::Data<State>,
    (cost, asker): (Cost, Asker),
    span: Span,
    query: Query<T>,
) -> Result<T, Problem> {
    let turn = state.turns.take(cost, asker).await?;
    let accepted = Accepted::current();
    let query = move |tx: &mut ReadTx| {
        // The turn lasts until the query ends, even if the client has closed the connection.
        let _turn = turn;
        accepted.within(|| query(tx))
    };
    Ok(state.db.read(state.clock.now(), query).instrument(span).await?)
}

/// Runs an action of a handler, as [`read`] runs a query. Returns the stored response where the request is a repetition.
async fn write(
    state: web::Data<State>,
    (cost, asker): (Cost, Asker),
    span: Span,
    idempotency: Option<IdempotencyKey>,
    action: Action,
) -> Result<Reply, Problem> {
    let turn = state.turns.take(cost, asker).await?;
    let accepted = Accepted::current();
    let once = move |tx: &mut Tx<'_>| {
        let _turn = &turn;
        accepted.within(|| match &idempotency {
            None => action(tx),
            Some(key) => idempotency::once(tx, key, &action),
        })
    };
    let reply = state.db.write(state.clock.now(), once).instrument(span).await?;
    state.outbox.notify_one();
    Ok(reply)
}

/// The span of what a handler does in a transaction, named after the handler.
fn action_span<F>(closure: &F) -> Span {
    let _ = closure;
    let name = || std::any::type_name::<F>().split("::{{closure}}").next().unwrap_or_default();
    tracing::debug_span!("action", name = name())
}

/// A request that changes something: the caller, and the body.
pub struct Command<C, B> {
    /// The parts of the service that all handlers share.
    pub state: web::Data<State>,
    /// The caller.
    pub caller: C,
    /// The body.
    pub body: B,
    /// The revisions of the object that the caller accepts.
    pub if_match: IfMatch,
    /// The caller whose turns are counted.
    pub asker: Asker,
    idempotency: Option<IdempotencyKey>,
}

impl<C: Asking, B: Send + 'static> Command<C, B> {
    /// The command without its idempotency key, for a response with a secret, which is not stored.
    pub(super) fn without_repetition(self) -> Self {
        Self { idempotency: None, ..self }
    }

    /// Runs `action` in one transaction, and keeps its response for a repetition of the request.
    ///
    /// # Errors
    /// The error of `action`; then nothing is changed.
    pub fn run(
        self,
        action: impl Fn(&mut Tx<'_>, C, &B, &IfMatch) -> Result<Reply, Error> + Send + 'static,
    ) -> impl Future<Output = Result<Reply, Problem>> {
        let Self { state, caller, body, if_match, asker, idempotency } = self;
        let span = action_span(&action);
        write(state, (C::COST, asker), span, idempotency, Box::new(move |tx| action(tx, caller, &body, &if_match)))
    }

    /// Returns the reply of `look` for the body, and changes nothing.
    ///
    /// # Errors
    /// The error of `look`.
    pub fn look(
        self,
        look: impl FnOnce(&mut ReadTx, C, B) -> Result<Reply, Error> + Send + 'static,
    ) -> impl Future<Output = Result<Reply, Problem>> {
        let Self { state, caller, body, asker, .. } = self;
        let span = action_span(&look);
        read(state, (C::COST, asker), span, Box::new(move |tx| look(tx, caller, body)))
    }

    /// As [`Self::run`], with a value that takes long to compute from the body, so that it is computed before the transaction.
    ///
    /// # Errors
    /// The errors of `prepare` and `action`; then nothing is changed.
    pub async fn run_prepared<T: Send + 'static>(
        self,
        prepare: impl AsyncFnOnce(&State, C, B) -> Result<T, Problem>,
        action: impl Fn(&mut Tx<'_>, C, &T, &IfMatch) -> Result<Reply, Error> + Send + 'static,
    ) -> Result<Reply, Problem> {
        let Self { state, caller, body, if_match, asker, idempotency } = self;
        if let Some(key) = idempotency.clone()
            && let Some(reply) = state.db.read(state.clock.now(), move |tx| idempotency::find(tx, &key)).await?
        {
            return Ok(reply);
        }
        let body = prepare(&state, caller, body).await?;
        Command { state, caller, body, if_match, asker, idempotency }.run(action).await
    }
}

impl<C: Asking, B: json::Body> FromRequest for Command<C, B> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let req = req.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let state = caller::state(&req)?.clone();
            let caller: C = caller::read(&req).await?;
            let bytes = receive(&req, &mut payload, &state).await?;
            let body = json::read(&req, &bytes)?;
            Self::new(&req, state, caller, &bytes, body)
        })
    }
}

impl<C: Asking, B> Command<C, B> {
    /// The request of a caller whose body has been received and read.
    pub(super) fn new(req: &HttpRequest, state: web::Data<State>, caller: C, bytes: &[u8], body: B) -> Result<Self, Problem> {
        let if_match = read_if_match(req)?;
        let asker = asker(req, caller.signed_in(), &state);
        let idempotency = read_idempotency(req, bytes, &state, asker)?;
        Ok(Self { state, caller, body, if_match, asker, idempotency })
    }
}

/// Receives the body of a request.
///
/// # Errors
/// When the body is too large, or does not arrive in time.
pub async fn receive(req: &HttpRequest, payload: &mut Payload, state: &State) -> Result<web::Bytes, Problem> {
    let limit = Duration::from_secs(state.config.server.receive_timeout_seconds);
    let bytes = tokio::time::timeout(limit, web::Bytes::from_request(req, payload));
    let bytes = bytes.await.map_err(|_| Problem::of(Code::RequestTimeout))?;
    bytes.map_err(|error| unreadable(&error, state))
}

/// Reads the key of a `POST`; other methods need none. The keys of each user are independent, and those of each address from which
/// requests come without a user.
fn read_idempotency(req: &HttpRequest, body: &[u8], state: &State, asker: Asker) -> Result<Option<IdempotencyKey>, Problem> {
    match idempotency::read(req)? {
        Some(key) if req.method() == Method::POST => {
            let path = req.uri().path_and_query().map_or("", |path| path.as_str());
            let fingerprint = state.keys.fingerprint(&[path.as_bytes(), b"\n", body].concat());
            let fingerprint = fingerprint.map_err(|_| Problem::of(Code::InternalError))?;
            Ok(Some(IdempotencyKey { scope: asker.to_string(), key, fingerprint, kept: repetitions_kept(state) }))
        }
        _ => Ok(None),
    }
}

/// Returns for how long the responses to requests with a key are kept.
fn repetitions_kept(state: &State) -> TimeDelta {
    TimeDelta::hours(state.config.retention.repetitions_hours.into())
}

/// Returns the caller whose turns and idempotency keys these are.
fn asker(req: &HttpRequest, caller: Option<Caller>, state: &State) -> Asker {
    let address = || limits::client(req.headers(), req.peer_addr(), state.config.server.trust_proxy);
    caller.map_or_else(
        || Asker::Address(address()),
        |caller| caller.key.map_or(Asker::User(caller.user_id), |(key, _)| Asker::Key(key)),
    )
}

/// Returns the problem with a body that could not be received.
pub(super) fn unreadable(error: &actix_web::Error, state: &State) -> Problem {
    match error.as_response_error().status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(Code::PayloadTooLarge, said!("The limit is {most} bytes.", most = state.config.server.body_limit_bytes))
        }
        _ => Problem::new(Code::MalformedRequest, said!("The body could not be read.")),
    }
}

fn read_if_match(req: &HttpRequest) -> Result<IfMatch, Problem> {
    let malformed = || Problem::new(Code::MalformedRequest, said!("If-Match must be * or a list of entity tags in quotes."));
    let Some(text) = req.headers().get(header::IF_MATCH) else { return Ok(IfMatch::Any) };
    match text.to_str().map_err(|_| malformed())?.trim() {
        "*" => Ok(IfMatch::Any),
        tags => revisions(tags).map(IfMatch::OneOf).ok_or_else(malformed),
    }
}

/// The revisions that a list of entity tags names.
fn revisions(tags: &str) -> Option<Vec<i64>> {
    let (mut revisions, mut rest) = (Vec::new(), tags);
    loop {
        let (is_weak, quoted) = rest.strip_prefix("W/").map_or((false, rest), |quoted| (true, quoted));
        let (tag, after) = quoted.strip_prefix('"')?.split_once('"')?;
        // A tag that is well-formed but weak, or none of ours, matches nothing.
        let revision = tag.split('-').next().and_then(|revision| revision.parse().ok());
        revisions.push(revision.filter(|_| !is_weak).unwrap_or(-1));
        match after.trim_start() {
            "" => return Some(revisions),
            more => rest = more.strip_prefix(',')?.trim_start(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::revisions;

    #[test]
    fn a_list_of_tags_names_revisions() {
        assert_eq!(revisions(r#""3-1f""#), Some(vec![3]));
        assert_eq!(revisions(r#""3-1f", "4-a0" ,"5-00""#), Some(vec![3, 4, 5]));
        assert_eq!(revisions(r#"W/"3-1f", "a,b", "4-1f", "4""#), Some(vec![-1, -1, 4, 4]));
        for malformed in ["", "3", "\"3", "\"3\",", "\"3\" \"4\"", "*, \"3\"", "w/\"3\""] {
            assert_eq!(revisions(malformed), None, "{malformed}");
        }
    }
}
