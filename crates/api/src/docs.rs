//! The documentation that the service serves, and the response for unknown paths.

use std::sync::LazyLock;

use actix_web::dev::ResourceDef;
use actix_web::http::header::{self, AcceptEncoding, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _, get, web};
use askama::Template;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::page_paths;
use super::problem::Problem;
use super::routes::METHODS;
use super::static_files::StaticFile;
use domain::problem::Code;

/// The OpenAPI document in the repository. Building the document at run time would cost time and memory; a test compares this
/// file with the endpoints.
const AGREED: &str = include_str!("../../../docs/openapi.json");

/// The paths that the service serves in addition to the operations of the document.
const PAGES: [&str; 4] = ["/", READER, "/api/docs/{file}*", DOCUMENT];
const DOCUMENT: &str = "/api/openapi.json";
const READER: &str = "/api/docs";

/// The content security policy of the documentation reader: it may load its own files and call this service.
const READER_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                             font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/// The reader of the document, below [`READER`]: two files of Swagger UI 5.32.6 (<https://github.com/swagger-api/swagger-ui>, Apache-2.0)
/// as npm has them in `swagger-ui-dist`, and two that start it.
static READER_FILES: [(&str, StaticFile); 5] = [
    ("", StaticFile::new(include_str!("reader/index.html"), "text/html; charset=utf-8")),
    ("index.html", StaticFile::new(include_str!("reader/index.html"), "text/html; charset=utf-8")),
    ("swagger-initializer.js", StaticFile::new(include_str!("reader/swagger-initializer.js"), "text/javascript; charset=utf-8")),
    ("swagger-ui-bundle.js", StaticFile::new(include_str!("reader/swagger-ui-bundle.js"), "text/javascript; charset=utf-8")),
    ("swagger-ui.css", StaticFile::new(include_str!("reader/swagger-ui.css"), "text/css; charset=utf-8")),
];

/// Every path of the service with its methods. Built when the first request to an unknown path arrives.
static PATHS: LazyLock<Vec<(ResourceDef, String)>> = LazyLock::new(|| {
    let document: Value = serde_json::from_str(AGREED).unwrap_or_default();
    let operations = document["paths"].as_object().into_iter().flatten().map(|(path, item)| {
        let methods = METHODS.iter().filter(|method| item.get(method).is_some());
        let allowed: Vec<_> =
            methods.map(|method| if *method == "get" { "GET, HEAD".to_owned() } else { method.to_uppercase() }).collect();
        (ResourceDef::new(path.as_str()), allowed.join(", "))
    });
    let pages = PAGES.map(|path| (path, "GET, HEAD")).into_iter().chain(page_paths::PAGES.iter().copied());
    operations.chain(pages.map(|(path, methods)| (ResourceDef::new(path), methods.to_owned()))).collect()
});

/// Registers the pages about problems, which are part of the document.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(list_problems).service(get_problem);
}

/// Registers the document and its reader.
pub(super) fn configure_reader(config: &mut web::ServiceConfig) {
    config
        .route(READER, web::get().to(async || redirect("/api/docs/")))
        .route("/api/docs/{file:.*}", web::get().to(serve_reader))
        .route(DOCUMENT, web::get().to(serve_document));
}

fn redirect(to: &'static str) -> HttpResponse {
    HttpResponse::TemporaryRedirect().insert_header((header::LOCATION, to)).finish()
}

async fn serve_document(accepted: Option<web::Header<AcceptEncoding>>) -> HttpResponse {
    static FILE: StaticFile = StaticFile::new(AGREED, "application/json");
    FILE.response(accepted)
}

async fn serve_reader(path: web::Path<String>, accepted: Option<web::Header<AcceptEncoding>>) -> Result<HttpResponse, Problem> {
    let (_, file) = READER_FILES.iter().find(|(name, _)| *name == *path).ok_or_else(|| Problem::of(Code::NotFound))?;
    let mut response = file.response(accepted);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(READER_POLICY));
    Ok(response)
}

/// A problem code.
#[derive(Serialize, ToSchema)]
struct ProblemDescription {
    /// The `type` of a problem with this code.
    #[schema(example = "/api/problems/slot_unavailable")]
    r#type: String,
    /// The code.
    #[schema(example = "slot_unavailable")]
    code: &'static str,
    /// The HTTP status of a problem with this code.
    #[schema(example = 409)]
    status: u16,
    /// A short title, the same for every problem with this code.
    #[schema(example = "The slot is taken")]
    title: &'static str,
    /// The meaning of the code and the next step for the client.
    about: &'static str,
}

impl From<Code> for ProblemDescription {
    fn from(code: Code) -> Self {
        let (r#type, title, about) = (format!("/api/problems/{}", code.as_str()), code.title(), code.about());
        Self { r#type, code: code.as_str(), status: code.status(), title, about }
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Problems of Sharefloor</title>
<p><a href="/api/problems">All problems</a> · <a href="/api/docs/">The API</a></p>
{%- for problem in problems %}
<h2><a href="{{ problem.type }}">{{ problem.title }}</a></h2>
<p><code>{{ problem.code }}</code>, status {{ problem.status }}</p>
<p>{{ problem.about }}</p>
{%- endfor %}
</html>
"#
)]
struct ProblemsPage<'a> {
    problems: &'a [ProblemDescription],
}

/// List all problem codes
///
/// Returns JSON, or an HTML page with `Accept: text/html`.
#[utoipa::path(operation_id = "list_problems", tag = "service", security(()), responses((status = 200,
    description = "Every code with its meaning.", content((Vec<ProblemDescription> = "application/json"), (String = "text/html")))))]
#[get("/api/problems")]
async fn list_problems(req: HttpRequest) -> HttpResponse {
    let problems: Vec<_> = Code::ALL.iter().map(|code| ProblemDescription::from(*code)).collect();
    if wants_page(&req) { page(&problems) } else { HttpResponse::Ok().json(problems) }
}

/// Get a problem code
///
/// Returns JSON, or an HTML page with `Accept: text/html`. The `type` of every problem is the address of this page.
#[utoipa::path(operation_id = "get_problem", tag = "service", security(()), params(("code" = String, Path, description = "The problem code, such as `slot_unavailable`.")),
    responses((status = 200, description = "The code with its meaning.", content((ProblemDescription = "application/json"), (String = "text/html")))),
    extensions(("x-problems" = json!([Code::NotFound]))))]
#[get("/api/problems/{code}")]
async fn get_problem(req: HttpRequest, code: web::Path<String>) -> Result<HttpResponse, Problem> {
    let found = Code::ALL.iter().find(|known| known.as_str() == *code);
    let problem = ProblemDescription::from(*found.ok_or_else(|| Problem::of(Code::NotFound))?);
    Ok(if wants_page(&req) { page(&[problem]) } else { HttpResponse::Ok().json(problem) })
}

fn wants_page(req: &HttpRequest) -> bool {
    req.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

fn page(problems: &[ProblemDescription]) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(ProblemsPage { problems }.render().unwrap_or_default())
}

/// Responds to a request that no route accepts: 405 if the path exists with other methods, otherwise 404.
pub(super) async fn nothing_here(req: HttpRequest) -> HttpResponse {
    let problem = match PATHS.iter().find(|(path, _)| path.is_match(req.path())) {
        Some((_, allowed)) => {
            let allowed = HeaderValue::from_str(allowed).unwrap_or(HeaderValue::from_static(""));
            Problem::of(Code::MethodNotAllowed).with_header(header::ALLOW, allowed)
        }
        None => Problem::of(Code::NotFound),
    };
    problem.error_response()
}
