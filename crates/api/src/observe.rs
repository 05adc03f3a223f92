//! The surroundings of every request: its identifier, its log line, its time limit, the headers of every response, and a
//! problem document for every error.

use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, AcceptEncoding, Encoding, Header as _, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, ResponseError as _, web};
use tracing::Instrument as _;

use super::accepted::{self, Accepted};
use super::caller;
use super::limits;
use super::metrics::Metrics;
use super::pages::page::Page;
use super::problem::Problem;
use super::request_id;
use domain::problem::Code;
use domain::said::{Said, said};
use storage::request_address;

/// Adds the headers of every response, and records the request in the log and the metrics.
///
/// # Errors
/// An error is a whole answer too.
pub(super) async fn observe(
    metrics: web::Data<Metrics>,
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = request_id::accept(req.headers().get(request_id::HEADER).and_then(|id| id.to_str().ok()));
    let started = Instant::now();
    let method = req.method().clone();
    // The query is left out: it may carry a token.
    let span = tracing::info_span!("request", id, %method, path = req.path());
    if refuses_every_encoding(req.request()) {
        // RFC 9110, section 12.5.3: then the response has none.
        req.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    if method == Method::HEAD {
        // The same answer, of which the server then sends the head only.
        req.head_mut().method = Method::GET;
    }
    let accepted = Accepted::of(req.request());
    let trust_proxy = caller::state(req.request()).is_ok_and(|state| state.config.server.trust_proxy);
    let address = limits::address(req.headers(), req.peer_addr(), trust_proxy);
    let reads_pages = accepted::asks_for_page(req.request());
    let answer = request_address::scope(address, accepted.scope(answer(req, next)));
    let mut answer = request_id::scope(id.clone(), answer).instrument(span.clone()).await;
    // The framework knows the route once it has found the handler; before, it would search for the route a second time. A request that
    // ran out of time is counted without a route.
    let route = answer.as_ref().ok().and_then(|response| response.request().match_pattern());
    let head = match &mut answer {
        Ok(response) => response.response_mut(),
        Err(response) => response,
    };
    let problem = head.extensions_mut().remove::<Problem>();
    let page = problem.as_ref().filter(|_| reads_pages).map(|problem| explain(accepted, head, problem));
    for (name, value) in SECURITY_HEADERS {
        let name = HeaderName::from_static(name);
        if !head.headers().contains_key(&name) {
            head.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        head.headers_mut().insert(HeaderName::from_static(request_id::HEADER), id);
    }
    let (status, took) = (head.status().as_u16(), started.elapsed());
    let problem = problem.map(|problem| problem.code());
    metrics.count(&method, route, status, took, problem);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(status, problem = problem.map(Code::as_str), micros, "answered"));
    if let Some(page) = page {
        answer = match answer {
            Ok(response) => Ok(response.map_body(|_, _| BoxBody::new(page))),
            Err(response) => Err(response.set_body(BoxBody::new(page))),
        };
    }
    answer.map_err(|response| InternalError::from_response("", response).into())
}

/// Returns the page that explains a problem to a browser, and writes its headers.
fn explain(accepted: Accepted, response: &mut HttpResponse, problem: &Problem) -> String {
    let page = Page::of_problem_anywhere(&accepted.texts(), problem);
    let headers = response.headers_mut();
    page.write_headers(headers);
    // The page is not compressed, as the problem may be.
    headers.remove(header::CONTENT_ENCODING);
    headers.append(header::VARY, HeaderValue::from_static("accept"));
    page.text_of_page()
}

/// Returns whether a request accepts neither a compressed response nor an uncompressed one.
fn refuses_every_encoding(req: &HttpRequest) -> bool {
    let refusals = req.headers().get(header::ACCEPT_ENCODING).filter(|value| value.as_bytes().contains(&b';'));
    let supported = [Encoding::gzip(), Encoding::identity()];
    refusals.is_some() && AcceptEncoding::parse(req).is_ok_and(|accepted| accepted.negotiate(supported.iter()).is_none())
}

const SECURITY_HEADERS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// The response of the handler, with a problem document for each error. The framework takes the request, so a response in
/// place of the handler's is made without it.
async fn answer(req: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, HttpResponse> {
    let is_preflight = req.method() == Method::OPTIONS;
    let limit = caller::state(req.request()).map_or(30, |state| state.config.server.request_timeout_seconds);
    let response = match tokio::time::timeout(Duration::from_secs(limit), next.call(req)).await {
        Ok(Ok(response)) => response.map_into_boxed_body(),
        Ok(Err(error)) => return Err(error.error_response()),
        Err(_) => return Err(Problem::new(Code::Unavailable, said!("The answer took too long.")).error_response()),
    };
    let is_explained = response.headers().get(header::CONTENT_TYPE).is_some_and(|media_type| {
        [&b"application/problem+json"[..], b"text/html"].iter().any(|it| media_type.as_bytes().starts_with(it))
    });
    let code = match response.status() {
        status if is_explained || !(status.is_client_error() || status.is_server_error()) => return Ok(response),
        // What the framework refuses by itself.
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Code::PayloadTooLarge,
        StatusCode::REQUEST_TIMEOUT => Code::RequestTimeout,
        status if status.is_client_error() => Code::MalformedRequest,
        status => {
            tracing::error!(%status, "a request failed");
            Code::InternalError
        }
    };
    let problem = if is_preflight { Problem::new(code, refused_preflight()) } else { Problem::of(code) };
    Ok(response.into_response(problem.error_response()))
}

fn refused_preflight() -> Said {
    said!(
        "Pages of this origin cannot call the API. The operator lists the allowed origins in the setting `server.cors_origins`."
    )
}

/// Responds with 304 to a `GET` whose `If-None-Match` names the current version.
///
/// # Errors
/// The response of the handler, or 304 if the client has that version already.
pub(super) async fn not_modified(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let known = (req.method() == Method::GET).then(|| req.headers().get(header::IF_NONE_MATCH).cloned()).flatten();
    let response = next.call(req).await?.map_into_boxed_body();
    let tag = response.headers().get(header::ETAG).filter(|_| response.status() == StatusCode::OK).cloned();
    let (Some(known), Some(tag)) = (known.as_ref().and_then(|known| known.to_str().ok()), tag) else { return Ok(response) };
    // The weak comparison of RFC 9110, section 13.1.2.
    let is_same = |candidate: &str| candidate.trim().trim_start_matches("W/").as_bytes() == tag.as_bytes();
    if known.trim() != "*" && !known.split(',').any(is_same) {
        return Ok(response);
    }
    Ok(response.into_response(HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish()))
}
