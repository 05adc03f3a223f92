//! The page that creates an organization.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use super::catalogue::Choice;
use super::page::{Explained, Frame, form_name};
use super::sent::{Parameters, Sent};
use super::sign_in::own_page;
use super::visit::Visit;
use actions::organizations;
use api::caller::ManageOrganization;
use api::problem::Problem;
use api::turns::Cost;
use domain::organization::{NewOrganization, OrganizationKind};
use storage::db::Tx;

/// The fields of the form.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Fields {
    then: String,
    name: String,
    kind: String,
    form: String,
}

#[derive(Template)]
#[template(path = "organization.html")]
struct OrganizationPage {
    frame: Frame,
    then: String,
    name: String,
    kinds: Vec<Choice>,
    form: String,
    problem: Option<Explained>,
}

fn show(visit: &Visit, fields: Fields, problem: Option<&Problem>) -> Result<HttpResponse, Problem> {
    visit.signed_in::<ManageOrganization>()?;
    let texts = visit.page.texts();
    let kinds = [OrganizationKind::Startup, OrganizationKind::Firm, OrganizationKind::Makerspace].map(|kind| Choice {
        value: kind.as_str().to_owned(),
        text: texts.attribute_text("web-organization", kind.as_str()),
        is_chosen: fields.kind == kind.as_str(),
    });
    let page = OrganizationPage {
        frame: visit.frame(texts.attribute_text("web-organization", "title")),
        then: own_page(&fields.then).to_owned(),
        name: fields.name,
        kinds: kinds.into(),
        form: form_name(&fields.form),
        problem: problem.map(|problem| Explained::of(&texts, problem, Tz::UTC)),
    };
    Ok(visit.show_form(problem, &page))
}

async fn create(visit: &Visit, fields: Fields) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<ManageOrganization>()?;
    let new = NewOrganization {
        kind: fields.kind.parse().unwrap_or(OrganizationKind::Startup),
        name: fields.name.clone(),
        description: String::new(),
        website: String::new(),
        contact_email: String::new(),
        requires_second_factor: false,
    };
    let created = async {
        let new = new.read()?;
        let then = own_page(&fields.then).to_owned();
        let create = move |tx: &mut Tx<'_>| organizations::create(tx, caller, &new).map(|_| then.clone());
        visit.create(Cost::Light, &fields.form, create).await
    };
    match created.await {
        Ok(then) => Ok(visit.lead_to(&then)),
        Err(problem) => show(visit, fields, Some(&problem)),
    }
}

/// Registers the page.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    const PATH: &str = "/organizations/new";
    config.service(
        web::resource(PATH)
            .get(async |visit: Visit, Parameters(fields): Parameters<Fields>| visit.shown(show(&visit, fields, None)))
            .post(async |visit: Visit, sent: Sent<Fields>| {
                let made = async { create(&visit, sent.fields?).await }.await;
                visit.shown_after(PATH, &sent.query, made)
            }),
    );
}
