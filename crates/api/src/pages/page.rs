//! The form of a page, and the response with it.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError as _};
use askama::Template;

use crate::problem::Problem;

/// A page may send forms to this service, and nothing else.
const POLICY: &str = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page: what it says, what it shows, and the forms that it has.
#[derive(Template)]
#[template(path = "page.html")]
pub(super) struct Page {
    status: StatusCode,
    title: String,
    paragraphs: Vec<String>,
    forms: Vec<Form>,
}

/// A form, which is sent to the address of the page.
pub(super) struct Form {
    pub(super) inputs: Vec<Input>,
    pub(super) button: String,
}

/// An input of a form.
pub(super) struct Input {
    pub(super) label: &'static str,
    pub(super) name: &'static str,
    /// The type: `hidden`, `text`, `email` or `password`.
    pub(super) kind: &'static str,
    pub(super) value: String,
    pub(super) autocomplete: &'static str,
}

impl Input {
    /// A value that the reader does not see.
    pub(super) fn hidden(name: &'static str, value: &str) -> Self {
        Self { label: "", name, kind: "hidden", value: value.to_owned(), autocomplete: "off" }
    }

    /// An empty input for the reader.
    pub(super) const fn empty(label: &'static str, name: &'static str, kind: &'static str, autocomplete: &'static str) -> Self {
        Self { label, name, kind, value: String::new(), autocomplete }
    }
}

impl Page {
    /// A page with a title.
    pub(super) fn new(title: impl Into<String>) -> Self {
        Self { status: StatusCode::OK, title: title.into(), paragraphs: Vec::new(), forms: Vec::new() }
    }

    /// Adds a paragraph.
    #[must_use]
    pub(super) fn text(mut self, paragraph: impl Into<String>) -> Self {
        self.paragraphs.push(paragraph.into());
        self
    }

    /// Adds a form.
    #[must_use]
    pub(super) fn form(mut self, button: impl Into<String>, inputs: Vec<Input>) -> Self {
        self.forms.push(Form { inputs, button: button.into() });
        self
    }
}

impl From<Problem> for Page {
    fn from(problem: Problem) -> Self {
        let page = Self { status: problem.status_code(), ..Self::new(problem.title()) };
        problem.sentences().into_iter().fold(page, Self::text)
    }
}

impl Responder for Page {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::build(self.status)
            .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type("text/html; charset=utf-8")
            .body(self.render().unwrap_or_default())
    }
}
