//! The form of every page, and the response with it.

use std::str::FromStr;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError as _};
use askama::Template;
use chrono_tz::Tz;

use super::assets;
use super::visit::{Returned, Visit};
use actions::error::Error;
use api::problem::Problem;
use api::turns::Cost;
use domain::alternatives::Alternative;
use domain::problem::Code;
use domain::said::said;
use storage::db::Tx;
use texts::amount::amount;
use texts::catalogue::{Texts, variables};
use texts::when::span_in_zone;

/// The scripts of this service that a page may run, and what they may load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scripts<'a> {
    /// None.
    None,
    /// Scripts that load pages and files of this service.
    Own,
    /// As [`Self::Own`], and pictures of this origin: the tiles of a map.
    WithTiles(&'a str),
}

/// Returns the Content-Security-Policy of a page. A page loads nothing from elsewhere but the tiles of a map, and runs scripts of this service
/// only.
fn policy(scripts: Scripts<'_>) -> String {
    let own = if scripts == Scripts::None { "" } else { "script-src 'self'; connect-src 'self'; " };
    let tiles = if let Scripts::WithTiles(origin) = scripts { format!(" {origin}") } else { String::new() };
    format!(
        "default-src 'none'; style-src 'self'; {own}img-src 'self'{tiles}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The parts around each page.
pub(crate) struct Frame {
    pub(crate) texts: Texts,
    pub(crate) title: String,
    pub(crate) user_name: Option<String>,
    /// Whether the visitor runs the installation.
    pub(crate) is_operator: bool,
    /// Whether the visitor sees the invoices of an organization.
    pub(crate) sees_money: bool,
    /// The page to return to after the sign-in.
    pub(crate) then: String,
    pub(crate) style: &'static str,
}

impl Frame {
    /// Returns a text, by the identifier of its message and attribute: `web-front.lead`.
    pub(crate) fn t(&self, id: &str) -> String {
        text(&self.texts, id)
    }
}

/// Returns a text without variables, by the identifier of its message and attribute.
pub(crate) fn text(texts: &Texts, id: &str) -> String {
    match id.split_once('.') {
        Some((message, attribute)) => texts.attribute_text(message, attribute),
        None => texts.text(id),
    }
}

/// Reads the identifier in the address of a page.
///
/// # Errors
/// `not_found`.
pub(crate) fn read_id<T: FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::of(Code::NotFound))
}

/// Reads both identifiers in the address of a page.
///
/// # Errors
/// `not_found`.
pub(crate) fn read_ids<A: FromStr, B: FromStr>((one, other): &(String, String)) -> Result<(A, B), Problem> {
    Ok((read_id(one)?, read_id(other)?))
}

/// Returns nothing for a part of a page that its visitor may not see, such as that of an organization whose second factor the visitor lacks.
///
/// # Errors
/// When the database fails.
pub(crate) fn unless_refused<T>(found: Result<T, Error>) -> Result<Option<T>, Error> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error @ Error::Storage(_)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Returns the address of a page with parameters.
pub(crate) fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let query = serde_html_form::to_string(parameters).unwrap_or_default();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Returns a name for a form, so that it creates once however often it is sent: the name that it has, or a new one.
pub(crate) fn form_name(name: &str) -> String {
    if is_form_name(name) { name.to_owned() } else { format!("{:032x}", rand::random::<u128>()) }
}

fn is_form_name(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Visit {
    /// Runs the action of a form that creates an object, once for each name of a form, and returns the page of the object.
    ///
    /// # Errors
    /// The error of the action, and `malformed_request` for a form without a name.
    pub(crate) async fn create(
        &self,
        cost: Cost,
        form: &str,
        action: impl Fn(&mut Tx<'_>) -> Result<String, Error> + Send + 'static,
    ) -> Result<String, Problem> {
        if !is_form_name(form) {
            return Err(Problem::new(Code::MalformedRequest, said!("The form has no name.")));
        }
        self.page.create(cost, form, action).await
    }

    /// As [`Self::create`], for an object with a secret: the action returns the page and the secret. A form that is sent again gets no secret,
    /// because it is not stored.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub(crate) async fn create_secret(
        &self,
        form: &str,
        action: impl Fn(&mut Tx<'_>) -> Result<(String, String), Error> + Send + 'static,
    ) -> Result<(String, Option<String>), Problem> {
        let secret = Returned::default();
        let kept = secret.clone();
        let create = move |tx: &mut Tx<'_>| {
            let (address, secret) = action(tx)?;
            kept.set(Some(secret));
            Ok(address)
        };
        Ok((self.create(Cost::Light, form, create).await?, secret.take()))
    }

    /// Returns the parts around a page.
    pub(crate) fn frame(&self, title: String) -> Frame {
        Frame {
            texts: self.page.texts(),
            title,
            user_name: self.user.as_ref().map(|user| user.name.clone()),
            is_operator: self.user.as_ref().is_some_and(|user| user.is_operator),
            sees_money: self.sees_money,
            then: address("/sign-in", &[("then", &self.address)]),
            style: assets::style(),
        }
    }

    /// Returns the response with a page.
    pub(crate) fn show(&self, status: StatusCode, page: &impl Template) -> HttpResponse {
        self.show_with(Scripts::None, status, page)
    }

    /// Returns the response with a page that runs scripts of this service.
    pub(crate) fn show_with(&self, scripts: Scripts<'_>, status: StatusCode, page: &impl Template) -> HttpResponse {
        let mut response = HttpResponse::build(status);
        response
            .insert_header((header::CONTENT_SECURITY_POLICY, policy(scripts)))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::CONTENT_LANGUAGE, self.page.texts().language()))
            // Without a referrer, browsers would not say where a form comes from.
            .insert_header((header::REFERRER_POLICY, "same-origin"))
            .content_type("text/html; charset=utf-8");
        self.finish(&mut response, page.render().unwrap_or_default())
    }

    /// Returns a file to save.
    pub(crate) fn file(&self, media_type: &'static str, name: &str, text: String) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
            .content_type(media_type);
        self.finish(&mut response, text)
    }

    /// As [`Self::show`], for a page with a form, which explains the problem for which the form was refused.
    pub(crate) fn show_form(&self, refused: Option<&Problem>, page: &impl Template) -> HttpResponse {
        self.show(refused.map_or(StatusCode::OK, |problem| problem.status_code()), page)
    }

    /// Returns the page, or the problem as a page. Visitors who must sign in are led there, and back.
    pub(crate) fn shown(&self, page: Result<HttpResponse, Problem>) -> HttpResponse {
        match page {
            Ok(page) => page,
            Err(problem) if problem.code() == Code::NotSignedIn => self.lead_to(&address("/sign-in", &[("then", &self.address)])),
            Err(problem) => self.explain(&problem),
        }
    }

    /// As [`Self::shown`], for a form that was sent from the page at `path`, which keeps its values for the time after the sign-in.
    pub(crate) fn shown_after(&self, path: &str, query: &str, page: Result<HttpResponse, Problem>) -> HttpResponse {
        match page {
            Err(problem) if problem.code() == Code::NotSignedIn => {
                self.lead_to(&address("/sign-in", &[("then", &format!("{path}?{query}"))]))
            }
            page => self.shown(page),
        }
    }

    /// Returns a page that explains a problem.
    fn explain(&self, problem: &Problem) -> HttpResponse {
        let texts = self.page.texts();
        let explained = Explained::of(&texts, problem, Tz::UTC);
        let page = ProblemPage { frame: self.frame(explained.title.clone()), explained };
        self.show(problem.status_code(), &page)
    }
}

/// A problem in words.
pub(crate) struct Explained {
    pub(crate) title: String,
    pub(crate) sentences: Vec<String>,
    pub(crate) alternatives: Vec<Other>,
}

/// A slot that can be booked instead.
pub(crate) struct Other {
    pub(crate) text: String,
    pub(crate) href: String,
}

impl Explained {
    /// Puts a problem into words, with times in a zone.
    pub(crate) fn of(texts: &Texts, problem: &Problem, timezone: Tz) -> Self {
        let other = |one: &Alternative| {
            let (starts_at, ends_at) = (one.starts_at.to_string(), one.ends_at.to_string());
            let resource = one.resource_id.to_string();
            let parameters = [("resource", &*resource), ("starts_at", &starts_at), ("ends_at", &ends_at)];
            // Alternatives are so near that their clocks are the same.
            let time = span_in_zone(texts, timezone, one.starts_at, one.ends_at);
            let variables = variables([
                ("resource", (&one.resource_name).into()),
                ("time", time.into()),
                ("price", amount(texts, one.price).into()),
            ]);
            Other { text: texts.message("web-alternative", &variables), href: address("/book", &parameters) }
        };
        Self {
            title: problem.title(texts),
            sentences: problem.sentences(texts),
            alternatives: problem.alternatives().iter().map(other).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    frame: Frame,
    explained: Explained,
}
