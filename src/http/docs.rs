//! The documentation that the service serves of itself, and what is answered where there is nothing.

use actix_web::dev::ResourceDef;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, ResponseError as _, web};

use super::openapi;
use super::problem::Problem;
use crate::domain::problem::Code;

/// The OpenAPI document, written once, and the paths in it with their methods.
pub(super) struct Docs {
    document: String,
    paths: Vec<(ResourceDef, String)>,
}

impl Docs {
    pub(super) fn new() -> Self {
        let document = openapi::document();
        let paths = document.paths.paths.iter().map(|(path, item)| {
            let methods =
                [(&item.get, "GET"), (&item.post, "POST"), (&item.put, "PUT"), (&item.patch, "PATCH"), (&item.delete, "DELETE")];
            let allowed: Vec<_> = methods.iter().filter(|(operation, _)| operation.is_some()).map(|(_, name)| *name).collect();
            (ResourceDef::new(path.as_str()), allowed.join(", "))
        });
        Self { paths: paths.collect(), document: document.to_json().unwrap_or_default() }
    }
}

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route("/api/openapi.json", web::get().to(serve_document));
}

async fn serve_document(docs: web::Data<Docs>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(docs.document.clone())
}

/// What no route takes: 405 where the path is known with other methods, otherwise 404.
pub(super) async fn nothing_here(req: HttpRequest, docs: web::Data<Docs>) -> HttpResponse {
    let problem = match docs.paths.iter().find(|(path, _)| path.is_match(req.path())) {
        Some((_, allowed)) => {
            let allowed = header::HeaderValue::from_str(allowed).unwrap_or(header::HeaderValue::from_static(""));
            Problem::new(Code::MethodNotAllowed, "").with_header(header::ALLOW, allowed)
        }
        None => Problem::new(Code::NotFound, ""),
    };
    problem.error_response()
}
