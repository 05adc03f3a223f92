//! The lists in which operators find organizations and users.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::parts::tabs;
use crate::catalogue::Choice;
use crate::page::{Frame, address, text};
use crate::sent::Parameters;
use crate::team::parts::Tab;
use crate::visit::Visit;
use actions::administration::{organizations, users};
use api::caller::View;
use api::problem::Problem;
use api::turns::Cost;
use domain::order::CreationOrder;
use domain::paging::Paging;
use domain::time::UtcTime;
use storage::administration::{Filter, Organization, User};
use storage::db::Tx;
use texts::catalogue::Texts;
use texts::when;

/// The parameters of the lists.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Asked {
    q: String,
    /// `yes`, `no`, or empty for both.
    suspended: String,
    cursor: Option<String>,
}

impl Asked {
    fn filter(&self) -> Filter {
        let is_suspended = match self.suspended.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        Filter { text: Some(self.q.trim().to_owned()).filter(|text| !text.is_empty()), is_suspended }
    }

    fn address(&self, path: &str, cursor: &str) -> String {
        address(path, &[("q", &self.q), ("suspended", &self.suspended), ("cursor", cursor)])
    }
}

/// An organization or a user in the list.
struct Listed {
    href: String,
    name: String,
    email: String,
    since: String,
    state: String,
}

/// Returns the state: suspended with the reason, closed, or nothing.
fn state(texts: &Texts, suspended_at: Option<UtcTime>, reason: &str, closed_at: Option<UtcTime>) -> String {
    match (suspended_at, closed_at) {
        (Some(_), _) => format!("{}: {reason}", text(texts, "web-admin.suspended")),
        (None, Some(_)) => text(texts, "web-admin.closed"),
        (None, None) => String::new(),
    }
}

#[derive(Template)]
#[template(path = "admin_found.html")]
struct FoundPage {
    frame: Frame,
    path: &'static str,
    tabs: Vec<Tab>,
    q: String,
    states: Vec<Choice>,
    found: Vec<Listed>,
    next: Option<String>,
}

fn show(
    visit: &Visit,
    (path, title): (&'static str, &str),
    asked: &Asked,
    (found, next_cursor): (Vec<Listed>, Option<String>),
) -> HttpResponse {
    let texts = visit.page.texts();
    let state = |(value, id): (&str, &str)| Choice {
        value: value.to_owned(),
        text: text(&texts, id),
        is_chosen: asked.suspended == value,
    };
    let states = [("", "web-catalogue.any"), ("yes", "web-admin.suspended"), ("no", "web-admin.not-suspended")];
    let page = FoundPage {
        frame: visit.frame(text(&texts, title)),
        path,
        tabs: tabs(&texts, title),
        q: asked.q.clone(),
        states: states.map(state).into(),
        found,
        next: next_cursor.map(|cursor| asked.address(path, &cursor)),
    };
    visit.show(StatusCode::OK, &page)
}

async fn list_organizations(visit: &Visit, asked: Asked) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let wanted = asked.clone();
    let load = move |tx: &mut Tx<'_>| {
        let paging = Paging::of(None, wanted.cursor.as_deref())?;
        organizations::list(tx, caller, &wanted.filter(), CreationOrder::CreatedAtDescending, &paging)
    };
    let found = visit.page.look(Cost::Search, load).await?;
    let texts = visit.page.texts();
    let listed = |one: Organization| Listed {
        href: format!("/admin/organizations/{}", one.id),
        state: state(&texts, one.suspended_at, &one.suspension_reason, one.closed_at),
        name: one.name,
        email: one.contact_email,
        since: when::utc(&texts, one.created_at),
    };
    let page = ("/admin/organizations", "web-admin.organizations");
    Ok(show(visit, page, &asked, (found.items.into_iter().map(listed).collect(), found.next_cursor)))
}

async fn list_users(visit: &Visit, asked: Asked) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let wanted = asked.clone();
    let load = move |tx: &mut Tx<'_>| {
        let paging = Paging::of(None, wanted.cursor.as_deref())?;
        users::list(tx, caller, &wanted.filter(), CreationOrder::CreatedAtDescending, &paging)
    };
    let found = visit.page.look(Cost::Search, load).await?;
    let texts = visit.page.texts();
    let listed = |one: User| Listed {
        href: format!("/admin/users/{}", one.id),
        state: state(&texts, one.suspended_at, &one.suspension_reason, None),
        name: one.name,
        email: one.email.to_string(),
        since: when::utc(&texts, one.created_at),
    };
    let page = ("/admin/users", "web-admin.users");
    Ok(show(visit, page, &asked, (found.items.into_iter().map(listed).collect(), found.next_cursor)))
}

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/admin/organizations",
        web::get()
            .to(async |visit: Visit, Parameters(asked): Parameters<Asked>| visit.shown(list_organizations(&visit, asked).await)),
    );
    config.route(
        "/admin/users",
        web::get().to(async |visit: Visit, Parameters(asked): Parameters<Asked>| visit.shown(list_users(&visit, asked).await)),
    );
}
