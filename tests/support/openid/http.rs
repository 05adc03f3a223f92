//! The server of the providers.

use std::collections::HashMap;
use std::sync::PoisonError;
use std::thread;

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use percent_encoding::percent_decode_str;

use super::provider;
use super::world::{Call, Reply};

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

/// The fields of a form or a query string. One that is sent twice is an error of the client (RFC 6749, section 3.1).
pub(super) fn fields(text: &str) -> HashMap<String, String> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8().expect("it is UTF-8").into_owned();
    let mut fields = HashMap::new();
    for (name, value) in text.split('&').filter_map(|field| field.split_once('=')) {
        assert!(fields.insert(decode(name), decode(value)).is_none(), "{name} is sent twice");
    }
    fields
}

async fn answer(req: HttpRequest, body: String) -> HttpResponse {
    let Some((number, endpoint)) = req.path().trim_start_matches('/').split_once('/') else {
        return HttpResponse::NotFound().finish();
    };
    let Some(world) = provider(number) else { return HttpResponse::NotFound().finish() };
    let header = |name: &str| req.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let call = Call {
        method: req.method().to_string(),
        endpoint: endpoint.to_owned(),
        authorization: header("authorization"),
        content_type: header("content-type"),
        fields: fields(&body),
    };
    let reply = world.lock().unwrap_or_else(PoisonError::into_inner).reply(&call);
    match reply {
        Reply::Json(status, body) => HttpResponse::build(StatusCode::from_u16(status).expect("a status")).json(body),
        Reply::Text(text) => HttpResponse::Ok().content_type("application/json").body(text),
        Reply::Redirect(to) => HttpResponse::TemporaryRedirect().insert_header(("location", to)).finish(),
        // Until the client has enough of it.
        Reply::Silence => std::future::pending().await,
    }
}
