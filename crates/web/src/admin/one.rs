//! The pages on which operators look at an organization or a user, suspend and reinstate.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use super::parts::tabs;
use crate::page::{Explained, Frame, read_id, text};
use crate::sent::Sent;
use crate::team::parts::{Tab, role_name};
use crate::visit::Visit;
use actions::administration::organizations::{self, OrganizationDetails};
use actions::administration::users::{self, UserDetails};
use actions::error::Error;
use api::caller::View;
use api::problem::Problem;
use api::turns::Cost;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{OrganizationId, UserId};
use domain::limits;
use domain::problem::Code;
use storage::db::Tx;
use texts::catalogue::Texts;
use texts::when;

/// The fields of the forms.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    /// The button: `suspend`, `reinstate` or, for users, `remove-second-factor`.
    action: String,
    reason: String,
}

impl Wanted {
    fn reason(&self) -> Result<String, InvalidFields> {
        let mut fields = Fields::default();
        let reason = fields.text("/reason", &self.reason, limits::SuspensionReason::RANGE);
        fields.finish(|| reason)
    }
}

/// A link with its text.
struct Link {
    href: String,
    text: String,
}

#[derive(Template)]
#[template(path = "admin_one.html")]
struct OnePage {
    frame: Frame,
    path: String,
    tabs: Vec<Tab>,
    problem: Option<Explained>,
    facts: Vec<(String, String)>,
    links: Vec<Link>,
    is_suspended: bool,
    can_suspend: bool,
    /// The text that explains a suspension.
    about: &'static str,
    reason: String,
    can_remove_factor: bool,
}

fn show(
    visit: &Visit,
    (title, tab): (String, &str),
    refused: Option<&Problem>,
    page: impl FnOnce(&Texts, OnePage) -> OnePage,
) -> HttpResponse {
    let texts = visit.page.texts();
    let empty = OnePage {
        frame: visit.frame(title),
        path: String::new(),
        tabs: tabs(&texts, tab),
        problem: refused.map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        facts: Vec::new(),
        links: Vec::new(),
        is_suspended: false,
        can_suspend: false,
        about: "web-admin.about-organization",
        reason: String::new(),
        can_remove_factor: false,
    };
    visit.show_form(refused, &page(&texts, empty))
}

/// Returns the facts that have a value, with their names.
fn facts<const N: usize>(texts: &Texts, all: [(&str, String); N]) -> Vec<(String, String)> {
    all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (text(texts, name), value)).collect()
}

async fn show_organization(
    visit: &Visit,
    id: OrganizationId,
    refused: Option<(Wanted, Problem)>,
) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let found = visit.page.look(Cost::Light, move |tx: &mut Tx<'_>| organizations::get(tx, caller, id)).await?;
    let OrganizationDetails { organization, members, resources, owners } = found;
    let (typed, problem) = refused.unzip();
    let fill = |texts: &Texts, page: OnePage| {
        let at = |at| when::utc(texts, at);
        let known = [
            ("web-organization.kind", texts.attribute_text("web-organization", organization.kind.as_str())),
            ("web-team.contact", organization.contact_email.clone()),
            ("web-admin.created", at(organization.created_at)),
            ("web-admin.closed", organization.closed_at.map(at).unwrap_or_default()),
            ("web-admin.suspended", organization.suspended_at.map(at).unwrap_or_default()),
            ("web-admin.reason", organization.suspension_reason.clone()),
            ("web-team.members", members.to_string()),
            ("web-admin.resources", resources.to_string()),
        ];
        let owner = |owner: &storage::members::Member| Link {
            href: format!("/admin/users/{}", owner.user_id),
            text: format!("{}: {}", role_name(texts, owner.role), owner.name),
        };
        let pages = [("", "web-team.title"), ("/webhooks", "web-webhooks.title"), ("/audit", "web-audit.title")];
        let own = pages.map(|(page, name)| Link { href: format!("/organizations/{id}{page}"), text: text(texts, name) });
        OnePage {
            path: format!("/admin/organizations/{id}"),
            facts: facts(texts, known),
            links: owners.iter().map(owner).chain(own).collect(),
            is_suspended: organization.suspended_at.is_some(),
            can_suspend: organization.closed_at.is_none(),
            reason: typed.map(|typed| typed.reason).unwrap_or_default(),
            ..page
        }
    };
    Ok(show(visit, (organization.name.clone(), "web-admin.organizations"), problem.as_ref(), fill))
}

async fn change_organization(visit: &Visit, id: OrganizationId, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let sent = wanted.clone();
    let change = move |tx: &mut Tx<'_>| match sent.action.as_str() {
        "suspend" => organizations::suspend(tx, caller, id, &sent.reason()?).map(drop),
        "reinstate" => organizations::reinstate(tx, caller, id).map(drop),
        _ => Err(Error::refused(Code::MalformedRequest)),
    };
    match visit.page.write(Cost::Heavy, change).await {
        Ok(()) => Ok(visit.lead_to(&format!("/admin/organizations/{id}"))),
        Err(problem) => show_organization(visit, id, Some((wanted, problem))).await,
    }
}

async fn show_user(visit: &Visit, id: UserId, refused: Option<(Wanted, Problem)>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let UserDetails { user, memberships } =
        visit.page.look(Cost::Light, move |tx: &mut Tx<'_>| users::get(tx, caller, id)).await?;
    let (typed, problem) = refused.unzip();
    let fill = |texts: &Texts, page: OnePage| {
        let at = |at| when::utc(texts, at);
        let yes = |is_so: bool, name: &str| if is_so { text(texts, name) } else { String::new() };
        let verified = if user.email_verified_at.is_some() { "web-me.verified" } else { "web-me.not-verified" };
        let known = [
            ("web-sign-in.email", format!("{} ({})", user.email, text(texts, verified))),
            ("web-admin.created", at(user.created_at)),
            ("web-admin.operator", yes(user.is_operator, "web-admin.yes")),
            ("web-me-factor.title", yes(user.second_factor_since.is_some(), "web-me.on")),
            ("web-admin.suspended", user.suspended_at.map(at).unwrap_or_default()),
            ("web-admin.reason", user.suspension_reason.clone()),
        ];
        let membership = |one: &storage::members::Membership| Link {
            href: format!("/admin/organizations/{}", one.organization_id),
            text: format!("{}: {}", one.organization_name, role_name(texts, one.role)),
        };
        let log = Link { href: format!("/admin/audit?who={id}"), text: text(texts, "web-audit.title") };
        OnePage {
            path: format!("/admin/users/{id}"),
            facts: facts(texts, known),
            links: memberships.iter().map(membership).chain([log]).collect(),
            is_suspended: user.suspended_at.is_some(),
            can_suspend: id != caller.user_id,
            about: "web-admin.about-user",
            reason: typed.map(|typed| typed.reason).unwrap_or_default(),
            can_remove_factor: user.second_factor_since.is_some(),
            ..page
        }
    };
    Ok(show(visit, (user.name.clone(), "web-admin.users"), problem.as_ref(), fill))
}

async fn change_user(visit: &Visit, id: UserId, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let sent = wanted.clone();
    let change = move |tx: &mut Tx<'_>| match sent.action.as_str() {
        "suspend" => users::suspend(tx, caller, id, &sent.reason()?).map(drop),
        "reinstate" => users::reinstate(tx, caller, id).map(drop),
        "remove-second-factor" => users::remove_second_factor(tx, caller, id).map(drop),
        _ => Err(Error::refused(Code::MalformedRequest)),
    };
    match visit.page.write(Cost::Light, change).await {
        Ok(()) => Ok(visit.lead_to(&format!("/admin/users/{id}"))),
        Err(problem) => show_user(visit, id, Some((wanted, problem))).await,
    }
}

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/admin/organizations/{id}")
            .get(async |visit: Visit, id: web::Path<String>| {
                visit.shown(async { show_organization(&visit, read_id(&id)?, None).await }.await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Wanted>| {
                let made = async { change_organization(&visit, read_id(&id)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/admin/organizations/{id}"), "", made)
            }),
    );
    config.service(
        web::resource("/admin/users/{id}")
            .get(async |visit: Visit, id: web::Path<String>| {
                visit.shown(async { show_user(&visit, read_id(&id)?, None).await }.await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Wanted>| {
                let made = async { change_user(&visit, read_id(&id)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/admin/users/{id}"), "", made)
            }),
    );
}
