//! The other pages that mails lead to: the bookings and the choices of the reader, and objects that have something to read.

use actix_web::{HttpRequest, web};

use super::bookings::{line, reader};
use super::page::{Input, Link, Page, shown};
use crate::problem::Problem;
use crate::query::Id;
use crate::state::State;
use actions::error::Error;
use actions::mailed_bookings::{find_reader, list_next};
use actions::precondition::IfMatch;
use actions::{Caller, accounts, certification_kinds, certifications, resources, trainings};
use domain::email::Email;
use domain::ids::{CertificationKindId, ResourceId, TrainingId};
use domain::mail::MailPreferences;
use domain::paging::Paging;
use domain::problem::Code;
use domain::user::UserFields;
use storage::db::{ReadTx, Tx};

/// The first page of a list.
const FIRST: Paging = Paging { limit: 50, after: None };

async fn list_bookings(req: HttpRequest, state: web::Data<State>, link: web::Query<Link>) -> Result<Page, Problem> {
    let (now, reader) = (state.clock.now(), reader(&req, &state, &link.token)?);
    let next = {
        let reader = reader.clone();
        state.db.read(now, move |tx: &mut ReadTx| list_next(tx, &reader, &FIRST)).await?
    };
    let page = Page::new("Your next bookings");
    if next.is_empty() {
        return Ok(page.text("There are none."));
    }
    Ok(next.iter().fold(page, |page, placed| {
        let path = format!("bookings/{}", placed.0.id);
        let token = state.links.sign(&reader, &path, now);
        page.link(line(placed), format!("/{path}?token={token}"))
    }))
}

async fn list_certifications(req: HttpRequest, state: web::Data<State>, link: web::Query<Link>) -> Result<Page, Problem> {
    let (now, reader) = (state.clock.now(), reader(&req, &state, &link.token)?);
    let look = move |tx: &mut ReadTx| {
        let caller = signed_by(tx, &reader)?;
        certifications::list_mine(tx, caller, &FIRST)
    };
    let held = state.db.read(now, look).await?.items;
    let lines = held.iter().map(|held| {
        let until =
            held.validity.expires_at.map(|at| format!(", until {}", at.to_chrono().format("%-d %b %Y"))).unwrap_or_default();
        format!("{} of {}: {}{until}.", held.certification_kind_name, held.organization_name, held.validity.status(now))
    });
    Ok(lines.fold(Page::new("Your certifications"), Page::text))
}

fn signed_by(tx: &mut ReadTx, reader: &Email) -> Result<Caller, Error> {
    find_reader(tx, reader)?.ok_or_else(|| Error::refused(Code::InvalidOneTimeToken))
}

/// The choices of mails, by the name of their field.
const CHOICES: [(&str, &str); 7] = [
    ("reminders", "A booking or training of mine starts soon"),
    ("requests", "Requests to book, and payments that are awaited"),
    ("bookings", "Somebody has booked something of my organization"),
    ("changes", "A booking was moved or missed, or a resource is out of order"),
    ("overruns", "A booking is over and still in use"),
    ("waitlist", "My waitlist entries"),
    ("certifications", "Certifications and trainings"),
];

fn choices(preferences: MailPreferences, token: &str) -> Page {
    let chosen = serde_json::to_value(preferences).unwrap_or_default();
    let choice = |(name, label): (&'static str, &'static str)| Input::checkbox(label, name, chosen[name] == true);
    let inputs = [Input::hidden("token", token)].into_iter().chain(CHOICES.into_iter().map(choice)).collect();
    Page::new("Your mails")
        .text("Choose the mails that you want to get. Mails about your account and about changes by others are always sent.")
        .form("Save", inputs)
}

async fn show_choices(req: HttpRequest, state: web::Data<State>, link: web::Query<Link>) -> Result<Page, Problem> {
    let reader = reader(&req, &state, &link.token)?;
    let look = move |tx: &mut ReadTx| {
        let caller = signed_by(tx, &reader)?;
        accounts::get(tx, caller)
    };
    let user = state.db.read(state.clock.now(), look).await?;
    Ok(choices(user.fields().mail_preferences, &link.token))
}

async fn choose(req: HttpRequest, state: web::Data<State>, form: web::Form<Vec<(String, String)>>) -> Result<Page, Problem> {
    let sent = |name: &str| form.iter().find(|(sent, _)| sent == name).map(|(_, value)| value.as_str());
    let token = sent("token").unwrap_or_default();
    let reader = reader(&req, &state, token)?;
    let chosen = CHOICES.iter().map(|(name, _)| ((*name).to_owned(), sent(name).is_some().into())).collect();
    let chosen = serde_json::from_value(serde_json::Value::Object(chosen));
    let mail_preferences: MailPreferences = chosen.map_err(|_| Problem::new(Code::InternalError, ""))?;
    let save = move |tx: &mut Tx<'_>| {
        let caller = signed_by(tx, &reader)?;
        accounts::update(tx, caller, &IfMatch::Any, |fields| Ok(UserFields { mail_preferences, ..fields }))
    };
    state.db.write(state.clock.now(), save).await?;
    Ok(choices(mail_preferences, token).text("Your choice is saved."))
}

/// The reader, if the link is signed: it also shows objects that are not public.
fn find_caller(tx: &mut ReadTx, reader: Option<&Email>) -> Result<Option<Caller>, Error> {
    reader.map_or(Ok(None), |reader| find_reader(tx, reader))
}

async fn show_resource(
    req: HttpRequest,
    state: web::Data<State>,
    id: Id<ResourceId>,
    link: web::Query<Link>,
) -> Result<Page, Problem> {
    let reader = reader(&req, &state, &link.token).ok();
    let look = move |tx: &mut ReadTx| {
        let caller = find_caller(tx, reader.as_ref())?;
        resources::get(tx, caller, id.0)
    };
    let resource = state.db.read(state.clock.now(), look).await?;
    let place = format!("{}, {}, {}.", resource.organization_name, resource.site.name, resource.site.address.city);
    Ok(Page::new(resource.fields.name).text(place).text(resource.fields.description))
}

async fn show_training(
    req: HttpRequest,
    state: web::Data<State>,
    id: Id<TrainingId>,
    link: web::Query<Link>,
) -> Result<Page, Problem> {
    let reader = reader(&req, &state, &link.token).ok();
    let look = move |tx: &mut ReadTx| {
        let caller = find_caller(tx, reader.as_ref())?;
        trainings::get(tx, caller, id.0)
    };
    let training = state.db.read(state.clock.now(), look).await?;
    let starts_at = training.fields.interval.starts_at().to_chrono().format("%a %-d %b %Y, %H:%M UTC");
    let facts = format!("{starts_at}: {}. Free seats: {}.", training.status, training.free_seats);
    Ok(Page::new(training.fields.name).text(facts).text(training.fields.description))
}

async fn show_kind(
    req: HttpRequest,
    state: web::Data<State>,
    id: Id<CertificationKindId>,
    link: web::Query<Link>,
) -> Result<Page, Problem> {
    let reader = reader(&req, &state, &link.token).ok();
    let look = move |tx: &mut ReadTx| {
        let caller = find_caller(tx, reader.as_ref())?;
        certification_kinds::get(tx, caller, id.0)
    };
    let (kind, _) = state.db.read(state.clock.now(), look).await?;
    Ok(Page::new(kind.fields.name).text(format!("A certification of {}.", kind.organization_name)).text(kind.fields.description))
}

/// Registers these pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/bookings", web::get().to(async |req, state, link| shown(list_bookings(req, state, link).await)))
        .route("/me/certifications", web::get().to(async |req, state, link| shown(list_certifications(req, state, link).await)))
        .route("/resources/{id}", web::get().to(async |req, state, id, link| shown(show_resource(req, state, id, link).await)))
        .route("/trainings/{id}", web::get().to(async |req, state, id, link| shown(show_training(req, state, id, link).await)))
        .route(
            "/certification-kinds/{id}",
            web::get().to(async |req, state, id, link| shown(show_kind(req, state, id, link).await)),
        )
        .service(
            web::resource("/me")
                .get(async |req, state, link| shown(show_choices(req, state, link).await))
                .post(async |req, state, form| shown(choose(req, state, form).await)),
        );
}
