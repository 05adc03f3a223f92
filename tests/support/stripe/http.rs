//! The server of the accounts.

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::thread;

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::account;
use super::world::{Answer, Call};

/// Starts the server, which lives as long as the tests. Returns its address.
pub(super) fn serve() -> String {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it listens"));
    thread::spawn(move || {
        let server = HttpServer::new(|| App::new().default_service(web::to(answer))).workers(2).disable_signals();
        actix_web::rt::System::new().block_on(server.listen(listener).expect("it listens").run())
    });
    url
}

fn fields(text: &str) -> BTreeMap<String, String> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    text.split('&').filter_map(|field| field.split_once('=')).map(|(name, value)| (decode(name), decode(value))).collect()
}

async fn answer(req: HttpRequest, body: String) -> HttpResponse {
    let header = |name: &str| req.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let authorization = header("Authorization");
    let Some(world) = authorization.strip_prefix("Bearer ").and_then(account) else {
        return HttpResponse::Unauthorized().json(json!({ "error": { "type": "invalid_request_error" } }));
    };
    if header("Stripe-Version") != "2024-06-20" {
        return HttpResponse::BadRequest().json(json!({ "error": { "type": "invalid_request_error", "code": "version" } }));
    }
    let is_post = req.method() == "POST";
    let call = Call {
        is_post,
        path: req.path().trim_start_matches("/v1/").split('/').map(str::to_owned).collect(),
        fields: fields(if is_post { &body } else { req.query_string() }),
        key: header("Idempotency-Key"),
        account: header("Stripe-Account"),
        whole: format!("{} {body}", req.path()),
    };
    let answer = world.lock().unwrap_or_else(PoisonError::into_inner).answer(&call);
    match answer {
        Answer::Json(status, body) => HttpResponse::build(StatusCode::from_u16(status).expect("a status")).json(body),
        Answer::Text(text) => HttpResponse::Ok().content_type("text/html").body(text),
        // Until the client has enough of it.
        Answer::Silence => std::future::pending().await,
    }
}
