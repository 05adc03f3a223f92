//! The other pages that mails lead to: the bookings and the choices of the reader, and objects that have something to read.

use actix_web::web;

use super::bookings::{line, reader};
use super::page::{Input, Link, Page, shown};
use crate::problem::Problem;
use crate::query::Id;
use crate::request::PageRequest;
use crate::turns::Cost;
use actions::error::Error;
use actions::mailed_bookings::{find_reader, list_next};
use actions::precondition::IfMatch;
use actions::{Caller, accounts, certification_kinds, certifications, resources};
use domain::email::Email;
use domain::ids::{CertificationKindId, ResourceId};
use domain::mail::MailPreferences;
use domain::paging::Paging;
use domain::problem::Code;
use domain::user::UserFields;
use storage::db::{ReadTx, Tx};
use texts::catalogue::{Texts, or_none, variables};
use texts::when;

/// The first page of a list.
const FIRST: Paging = Paging { limit: 50, after: None };

async fn list_bookings(page: &PageRequest, link: web::Query<Link>) -> Result<Page, Problem> {
    let of = reader(page, &link.token).await?;
    let reader = of.clone();
    let next = page.read(move |tx| list_next(tx, &reader, &FIRST)).await?;
    let texts = page.texts();
    let list = Page::new(&texts, texts.text("page-next-bookings"));
    if next.is_empty() {
        return Ok(list.text(texts.attribute_text("page-next-bookings", "none")));
    }
    Ok(next.iter().fold(list, |list, booking| {
        let path = format!("bookings/{}", booking.id);
        let token = page.state.links.sign(&of, &path, page.state.clock.now());
        list.link(line(&texts, booking), format!("/{path}?token={token}"))
    }))
}

async fn list_certifications(page: &PageRequest, link: web::Query<Link>) -> Result<Page, Problem> {
    let reader = reader(page, &link.token).await?;
    let held = page.read(move |tx| {
        let caller = get_reader(tx, &reader)?;
        certifications::list_mine(tx, caller, &FIRST)
    });
    let (held, now) = (held.await?.items, page.state.clock.now());
    let texts = page.texts();
    let lines = held.iter().map(|held| {
        let until = held.validity.expires_at.map_or_else(String::new, |at| when::day(&texts, at.to_chrono().date_naive()));
        let variables = variables([
            ("kind", held.certification_kind_name.as_str().into()),
            ("organization", held.organization_name.as_str().into()),
            ("status", held.validity.status(now).as_str().into()),
            ("until", or_none(&until).into()),
        ]);
        texts.attribute("page-certifications", "line", &variables)
    });
    Ok(lines.fold(Page::new(&texts, texts.text("page-certifications")), Page::text))
}

fn get_reader(tx: &mut ReadTx, reader: &Email) -> Result<Caller, Error> {
    find_reader(tx, reader)?.ok_or_else(|| Error::refused(Code::InvalidOneTimeToken))
}

fn choices(texts: &Texts, preferences: MailPreferences, token: &str) -> Page {
    let text = |part: &str| texts.attribute_text("page-mails", part);
    // The names of the fields are also those of their texts.
    let choice = |(name, is_chosen)| Input::checkbox(text(name), name, is_chosen);
    let inputs = [Input::hidden("token", token)].into_iter().chain(preferences.each().into_iter().map(choice)).collect();
    Page::new(texts, texts.text("page-mails")).text(text("text")).form(text("button"), inputs)
}

async fn show_choices(page: &PageRequest, link: web::Query<Link>) -> Result<Page, Problem> {
    let reader = reader(page, &link.token).await?;
    let user = page.read(move |tx| {
        let caller = get_reader(tx, &reader)?;
        accounts::get(tx, caller)
    });
    Ok(choices(&page.texts(), user.await?.fields().mail_preferences, &link.token))
}

async fn choose(page: &PageRequest, form: web::Form<Vec<(String, String)>>) -> Result<Page, Problem> {
    let sent = |name: &str| form.iter().find(|(sent, _)| sent == name).map(|(_, value)| value.as_str());
    let token = sent("token").unwrap_or_default();
    let reader = reader(page, token).await?;
    let mail_preferences = MailPreferences::only(|name| sent(name).is_some());
    let save = move |tx: &mut Tx<'_>| {
        let caller = get_reader(tx, &reader)?;
        accounts::update(tx, caller, &IfMatch::Any, |fields| Ok(UserFields { mail_preferences, ..fields })).map(drop)
    };
    page.write(Cost::Light, save).await?;
    let texts = page.texts();
    Ok(choices(&texts, mail_preferences, token).text(texts.attribute_text("page-mails", "done")))
}

/// Loads an object. A signed link also shows the objects that only its reader may see.
pub(super) async fn load<T: Send + 'static>(
    page: &PageRequest,
    link: &Link,
    get: impl FnOnce(&mut ReadTx, Option<Caller>) -> Result<T, Error> + Send + 'static,
) -> Result<T, Problem> {
    let reader = reader(page, &link.token).await.ok();
    let load = move |tx: &mut ReadTx| {
        let caller = reader.map_or(Ok(None), |reader| find_reader(tx, &reader))?;
        get(tx, caller)
    };
    page.read(load).await
}

async fn show_resource(page: &PageRequest, id: Id<ResourceId>, link: web::Query<Link>) -> Result<Page, Problem> {
    let resource = load(page, &link, move |tx, caller| resources::get(tx, caller, id.0)).await?;
    let place = format!("{}, {}, {}.", resource.organization_name, resource.site.name, resource.site.address.city);
    Ok(Page::new(&page.texts(), resource.fields.name).text(place).text(resource.fields.description))
}

async fn show_kind(page: &PageRequest, id: Id<CertificationKindId>, link: web::Query<Link>) -> Result<Page, Problem> {
    let (kind, _) = load(page, &link, move |tx, caller| certification_kinds::get(tx, caller, id.0)).await?;
    let texts = page.texts();
    let by = texts.message("page-certification-kind", &variables([("organization", kind.organization_name.into())]));
    Ok(Page::new(&texts, kind.fields.name).text(by).text(kind.fields.description))
}

/// Registers these pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/bookings", web::get().to(async |page: PageRequest, link| shown(&page, list_bookings(&page, link).await)))
        .route(
            "/me/certifications",
            web::get().to(async |page: PageRequest, link| shown(&page, list_certifications(&page, link).await)),
        )
        .route(
            "/resources/{id}",
            web::get().to(async |page: PageRequest, id, link| shown(&page, show_resource(&page, id, link).await)),
        )
        .route(
            "/certification-kinds/{id}",
            web::get().to(async |page: PageRequest, id, link| shown(&page, show_kind(&page, id, link).await)),
        )
        .service(
            web::resource("/me")
                .get(async |page: PageRequest, link| shown(&page, show_choices(&page, link).await))
                .post(async |page: PageRequest, form| shown(&page, choose(&page, form).await)),
        );
}
