//! The pages that edit an organization, and that close it.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use super::parts::{Open, Tab, Team};
use crate::catalogue::Choice;
use crate::page::{Explained, Frame, read_id, text};
use crate::sent::Sent;
use crate::versions::{Difference, differences, is_outdated, made_from};
use crate::visit::Visit;
use actions::organizations;
use api::problem::Problem;
use api::turns::Cost;
use domain::ids::OrganizationId;
use domain::organization::{NewOrganization, OrganizationFields, OrganizationKind};
use domain::permissions::Permission;
use domain::problem::Code;
use storage::db::{ReadTx, Tx};
use texts::catalogue::Texts;

/// The fields of the form.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    name: String,
    kind: String,
    description: String,
    website: String,
    contact_email: String,
    requires_second_factor: String,
    /// The version that the form was made from.
    version: String,
}

impl Wanted {
    fn of(fields: OrganizationFields) -> Self {
        let NewOrganization { kind, name, description, website, contact_email, requires_second_factor } = fields.into();
        let requires_second_factor = if requires_second_factor { "on".to_owned() } else { String::new() };
        let kind = kind.as_str().to_owned();
        Self { name, kind, description, website, contact_email, requires_second_factor, version: String::new() }
    }

    /// Returns the values in words, each with its name.
    fn in_words(&self, texts: &Texts) -> Vec<(String, String)> {
        let kind = self.kind.parse::<OrganizationKind>();
        let kind = kind.map_or_else(|_| self.kind.clone(), |kind| texts.attribute_text("web-organization", kind.as_str()));
        let factor = if self.requires_second_factor.is_empty() { "web-team.factor-no" } else { "web-team.factor-yes" };
        let values = [
            ("web-organization.name", self.name.clone()),
            ("web-organization.kind", kind),
            ("web-team.description", self.description.replace("\r\n", "\n")),
            ("web-team.website", self.website.clone()),
            ("web-team.contact", self.contact_email.clone()),
            ("web-team.factor", text(texts, factor)),
        ];
        values.into_iter().map(|(id, value)| (text(texts, id), value)).collect()
    }

    fn read(&self) -> Result<NewOrganization, Problem> {
        Ok(NewOrganization {
            kind: self.kind.parse().map_err(|_| Problem::of(Code::MalformedRequest))?,
            name: self.name.clone(),
            description: self.description.clone(),
            website: self.website.clone(),
            contact_email: self.contact_email.clone(),
            requires_second_factor: !self.requires_second_factor.is_empty(),
        })
    }
}

#[derive(Template)]
#[template(path = "team_edit.html")]
struct EditPage {
    frame: Frame,
    id: OrganizationId,
    tabs: Vec<Tab>,
    problem: Option<Explained>,
    wanted: Wanted,
    kinds: Vec<Choice>,
    changed: Vec<Difference>,
}

async fn show(visit: &Visit, id: OrganizationId, refused: Option<(Wanted, Problem)>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Team>()?;
    let load = move |tx: &mut ReadTx| {
        let (organization, _) = organizations::get(tx, Some(caller), id)?;
        actions::authorize(tx, caller, id, Permission::ManageOrganization, true)?;
        Ok((organization, Open::of(tx, caller, id)?))
    };
    let (organization, open) = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let name = organization.fields().name;
    let stored = Wanted { version: organization.revision.to_string(), ..Wanted::of(organization.fields()) };
    let (mut wanted, problem) = match refused {
        Some((wanted, problem)) => (wanted, Some(problem)),
        None => (stored.clone(), None),
    };
    let mut changed = Vec::new();
    if is_outdated(problem.as_ref()) {
        changed = differences(stored.in_words(&texts), wanted.in_words(&texts));
        // The next form is made from what is shown here.
        wanted.version = stored.version;
    }
    let kind = |kind: &OrganizationKind| Choice {
        value: kind.as_str().to_owned(),
        text: texts.attribute_text("web-organization", kind.as_str()),
        is_chosen: wanted.kind == kind.as_str(),
    };
    let page = EditPage {
        frame: visit.frame(name),
        id,
        tabs: open.tabs(&texts, id, "web-team.data"),
        problem: problem.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        kinds: OrganizationKind::ALL.iter().map(kind).collect(),
        changed,
        wanted,
    };
    Ok(visit.show_form(problem.as_ref(), &page))
}

async fn save(visit: &Visit, id: OrganizationId, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Team>()?;
    let saved = async {
        let new = wanted.read()?;
        let made_from = made_from(&wanted.version);
        let save = move |tx: &mut Tx<'_>| organizations::update(tx, caller, id, &made_from, |_| new.read()).map(drop);
        visit.page.write(Cost::Heavy, save).await
    };
    match saved.await {
        Ok(()) => Ok(visit.lead_to(&format!("/organizations/{id}?done=saved"))),
        Err(problem) => show(visit, id, Some((wanted, problem))).await,
    }
}

#[derive(Template)]
#[template(path = "team_close.html")]
struct ClosePage {
    frame: Frame,
    id: OrganizationId,
    problem: Option<Explained>,
}

async fn show_close(visit: &Visit, id: OrganizationId, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Team>()?;
    let load = move |tx: &mut ReadTx| {
        let (organization, _) = organizations::get(tx, Some(caller), id)?;
        actions::authorize(tx, caller, id, Permission::ManageOrganization, true)?;
        Ok(organization.fields().name)
    };
    let name = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let page = ClosePage {
        frame: visit.frame(format!("{}: {name}", text(&texts, "web-team.close"))),
        id,
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

/// The form that closes an organization has no field.
#[derive(Deserialize, Default)]
struct Nothing {}

async fn close(visit: &Visit, id: OrganizationId) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Team>()?;
    match visit.page.write(Cost::Heavy, move |tx: &mut Tx<'_>| organizations::close(tx, caller, id)).await {
        Ok(()) => Ok(visit.lead_to("/account?done=closed")),
        Err(problem) => show_close(visit, id, Some(problem)).await,
    }
}

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/organizations/{id}/edit")
            .get(async |visit: Visit, id: web::Path<String>| visit.shown(async { show(&visit, read_id(&id)?, None).await }.await))
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Wanted>| {
                let made = async { save(&visit, read_id(&id)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/organizations/{id}/edit"), "", made)
            }),
    );
    config.service(
        web::resource("/organizations/{id}/close")
            .get(async |visit: Visit, id: web::Path<String>| {
                visit.shown(async { show_close(&visit, read_id(&id)?, None).await }.await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Nothing>| {
                let made = async {
                    sent.fields?;
                    close(&visit, read_id(&id)?).await
                }
                .await;
                visit.shown_after(&format!("/organizations/{id}/close"), "", made)
            }),
    );
}
