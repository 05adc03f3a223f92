//! The server: every route and what surrounds all of them.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_cors::Cors;
use actix_web::dev::Server;
use actix_web::middleware::{Compress, Condition, from_fn};
use actix_web::{App, HttpServer, web};
use governor::clock::DefaultClock;

use super::connections::Connections;
use super::limits::{self, Limits};
use super::metrics::Metrics;
use super::state::State;
use super::{docs, observe, pages};

/// A server that listens, and where; it serves once it is awaited. `site` registers the pages of the web site.
///
/// # Errors
/// When it cannot listen there.
pub fn bind(state: web::Data<State>, site: fn(&mut web::ServiceConfig)) -> std::io::Result<(Server, SocketAddr)> {
    let config = state.config.server.clone();
    let listener = TcpListener::bind(config.listen)?;
    let address = listener.local_addr()?;
    let metrics = web::Data::new(Metrics::new(state.db.clone()));
    let limits = web::Data::new(Limits::new(&state.config.limits, config.trust_proxy, &DefaultClock::default()));
    let factory = move || {
        App::new()
            .app_data(state.clone())
            .app_data(metrics.clone())
            .app_data(limits.clone())
            .app_data(web::Data::from(state.known_keys.clone()))
            .app_data(web::PayloadConfig::new(state.config.server.body_limit_bytes))
            .wrap(from_fn(observe::not_modified))
            .wrap(Compress::default())
            .wrap(Condition::new(state.config.limits.enabled, from_fn(limits::limit)))
            .wrap(cors(&state.config.server.cors_origins))
            .wrap(from_fn(observe::observe))
            .configure(super::endpoints::serve_all)
            .configure(docs::configure_reader)
            .configure(site)
            .configure(pages::configure)
            .default_service(web::to(docs::nothing_here))
    };
    let connections = Arc::new(Connections::new(&config));
    let mut server = HttpServer::new(factory)
        .on_connect(move |connection, data| connections.accept(connection, data))
        .disable_signals()
        .shutdown_timeout(config.shutdown_seconds)
        .client_request_timeout(Duration::from_secs(config.receive_timeout_seconds));
    if config.workers > 0 {
        server = server.workers(config.workers);
    }
    Ok((server.listen(listener)?.run(), address))
}

/// Which pages of other origins may call the API: those configured. They may send the cookie of [`super::refresh_cookie`], which only
/// three operations read.
fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allow_any_method()
        .allow_any_header()
        .expose_headers(["ETag", "Link", "Location", "Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-Id"])
        .max_age(3600);
    let cors = origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin));
    if origins.is_empty() { cors } else { cors.supports_credentials() }
}
