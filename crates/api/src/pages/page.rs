//! The form of a page, and the response with it.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError as _};
use askama::Template;
use serde::Deserialize;

use crate::problem::Problem;
use crate::request::PageRequest;
use texts::catalogue::Texts;

/// A page may send forms to this service, and nothing else.
const POLICY: &str = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The token in the address of a page.
#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    pub(super) token: String,
}

/// A page with its texts and its forms.
#[derive(Template)]
#[template(path = "page.html")]
pub(crate) struct Page {
    status: StatusCode,
    language: &'static str,
    title: String,
    paragraphs: Vec<Paragraph>,
    forms: Vec<Form>,
}

/// A paragraph, which can be a link.
struct Paragraph {
    text: String,
    href: Option<String>,
}

/// A form, which is sent to the address of the page.
pub(super) struct Form {
    pub(super) inputs: Vec<Input>,
    pub(super) button: String,
}

/// An input of a form.
pub(super) struct Input {
    pub(super) label: String,
    pub(super) name: &'static str,
    /// The type: `hidden`, `text`, `email`, `password` or `checkbox`.
    pub(super) kind: &'static str,
    pub(super) value: String,
    pub(super) autocomplete: &'static str,
    pub(super) is_required: bool,
    /// For a checkbox.
    pub(super) is_checked: bool,
}

impl Input {
    /// A value that the reader does not see.
    pub(super) fn hidden(name: &'static str, value: &str) -> Self {
        Self { value: value.to_owned(), is_required: false, ..Self::empty(String::new(), name, "hidden", "off") }
    }

    /// An input that must be filled in.
    pub(super) fn empty(label: String, name: &'static str, kind: &'static str, autocomplete: &'static str) -> Self {
        Self { label, name, kind, value: String::new(), autocomplete, is_required: true, is_checked: false }
    }

    /// A text that can stay empty.
    pub(super) fn optional(label: String, name: &'static str) -> Self {
        Self { is_required: false, ..Self::empty(label, name, "text", "off") }
    }

    /// A choice.
    pub(super) fn checkbox(label: String, name: &'static str, is_checked: bool) -> Self {
        Self { value: "on".to_owned(), is_required: false, is_checked, ..Self::empty(label, name, "checkbox", "off") }
    }

    /// One of several choices with the same name.
    pub(super) fn choice(label: String, name: &'static str, value: String) -> Self {
        Self { value, ..Self::checkbox(label, name, false) }
    }
}

impl Page {
    /// A page with a title.
    pub(super) fn new(texts: &Texts, title: impl Into<String>) -> Self {
        let language = texts.language();
        Self { status: StatusCode::OK, language, title: title.into(), paragraphs: Vec::new(), forms: Vec::new() }
    }

    /// A page that explains a problem.
    pub(super) fn of_problem(texts: &Texts, problem: &Problem) -> Self {
        let page = Self { status: problem.status_code(), ..Self::new(texts, problem.title(texts)) };
        problem.sentences(texts).into_iter().fold(page, Self::text)
    }

    /// The same with a link to the front page.
    pub(crate) fn of_problem_anywhere(texts: &Texts, problem: &Problem) -> Self {
        Self::of_problem(texts, problem).link(texts.attribute_text("web-nav", "home"), "/".to_owned())
    }

    /// Returns the text of the page.
    pub(crate) fn text_of_page(&self) -> String {
        self.render().unwrap_or_default()
    }

    /// Writes the headers of a page.
    pub(crate) fn write_headers(&self, headers: &mut HeaderMap) {
        for (name, value) in [
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::CACHE_CONTROL, "no-store"),
            (header::CONTENT_LANGUAGE, self.language),
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }

    /// Adds a paragraph.
    #[must_use]
    pub(super) fn text(mut self, paragraph: impl Into<String>) -> Self {
        self.paragraphs.push(Paragraph { text: paragraph.into(), href: None });
        self
    }

    /// Adds a link to another page.
    #[must_use]
    pub(super) fn link(mut self, text: impl Into<String>, href: String) -> Self {
        self.paragraphs.push(Paragraph { text: text.into(), href: Some(href) });
        self
    }

    /// Adds a form.
    #[must_use]
    pub(super) fn form(mut self, button: impl Into<String>, inputs: Vec<Input>) -> Self {
        self.forms.push(Form { inputs, button: button.into() });
        self
    }
}

impl Responder for Page {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::build(self.status).body(self.text_of_page());
        self.write_headers(response.headers_mut());
        response
    }
}

/// The page, or the problem as a page.
pub(super) fn shown(request: &PageRequest, page: Result<Page, Problem>) -> Page {
    page.unwrap_or_else(|problem| Page::of_problem(&request.texts(), &problem))
}
