//! The queues of mails and of events, in which operators try again what has failed.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use super::parts::tabs;
use crate::catalogue::Choice;
use crate::page::{Explained, Frame, address, read_id, text};
use crate::sent::{Parameters, Sent};
use crate::team::parts::Tab;
use crate::visit::Visit;
use actions::administration::queues;
use api::caller::View;
use api::problem::Problem;
use api::turns::Cost;
use domain::email::Email;
use domain::ids::{FactId, MailId};
use domain::mail::MailStatus;
use domain::order::CreationOrder;
use domain::paging::Paging;
use storage::administration::{Mail, PendingFact};
use storage::db::Tx;
use texts::when;

/// The parameters of the pages, and the object of a form.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Asked {
    /// Of mails: the state.
    status: String,
    /// Of mails: the address.
    recipient: String,
    /// Of events: `yes` for those that could not be read.
    failed: String,
    cursor: Option<String>,
    /// The mail or the event to try again.
    id: String,
    done: String,
}

/// A mail or an event in the list.
struct Listed {
    id: String,
    what: String,
    about: String,
    created: String,
    status: String,
    attempts: i32,
    error: String,
    can_retry: bool,
}

#[derive(Template)]
#[template(path = "admin_queue.html")]
struct QueuePage {
    frame: Frame,
    path: &'static str,
    tabs: Vec<Tab>,
    done: String,
    problem: Option<Explained>,
    is_of_mails: bool,
    about: &'static str,
    states: Vec<Choice>,
    recipient: String,
    listed: Vec<Listed>,
    next: Option<String>,
}

async fn show_mails(visit: &Visit, asked: Asked, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    const PATH: &str = "/admin/mails";
    let caller = visit.signed_in::<View>()?;
    let wanted = asked.clone();
    let load = move |tx: &mut Tx<'_>| {
        let recipient = wanted.recipient.trim().parse::<Email>().ok();
        let statuses: Vec<MailStatus> = wanted.status.parse().ok().into_iter().collect();
        let paging = Paging::of(None, wanted.cursor.as_deref())?;
        let filter = (statuses.as_slice(), recipient.as_ref());
        queues::list_mails(tx, caller, filter, CreationOrder::CreatedAtDescending, &paging)
    };
    let found = visit.page.look(Cost::Search, load).await?;
    let texts = visit.page.texts();
    let status_name = |status: MailStatus| texts.attribute_text("web-mail-status", status.as_str());
    let listed = |mail: Mail| Listed {
        id: mail.id.to_string(),
        what: mail.template,
        about: mail.recipient.to_string(),
        created: when::utc(&texts, mail.created_at),
        status: status_name(mail.status),
        attempts: mail.attempts,
        error: mail.last_error.unwrap_or_default(),
        can_retry: mail.status != MailStatus::Sent,
    };
    let choice = |value: &str, text: String| Choice { value: value.to_owned(), text, is_chosen: asked.status == value };
    let any = choice("", text(&texts, "web-catalogue.any"));
    let states = MailStatus::ALL.iter().map(|status| choice(status.as_str(), status_name(*status)));
    let page = QueuePage {
        frame: visit.frame(text(&texts, "web-admin.mails")),
        path: PATH,
        tabs: tabs(&texts, "web-admin.mails"),
        done: texts.attribute_text("web-admin-done", &asked.done),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        is_of_mails: true,
        about: "web-admin.about-mails",
        states: std::iter::once(any).chain(states).collect(),
        listed: found.items.into_iter().map(listed).collect(),
        next: (found.next_cursor)
            .map(|cursor| address(PATH, &[("status", &asked.status), ("recipient", &asked.recipient), ("cursor", &cursor)])),
        recipient: asked.recipient,
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn retry_mail(visit: &Visit, asked: Asked) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let id: MailId = read_id(&asked.id)?;
    match visit.page.write(Cost::Light, move |tx: &mut Tx<'_>| queues::retry_mail(tx, caller, id).map(drop)).await {
        Ok(()) => Ok(visit.lead_to("/admin/mails?done=retried")),
        Err(problem) => show_mails(visit, asked, Some(problem)).await,
    }
}

async fn show_facts(visit: &Visit, asked: Asked, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    const PATH: &str = "/admin/facts";
    let caller = visit.signed_in::<View>()?;
    let wanted = asked.clone();
    let load = move |tx: &mut Tx<'_>| {
        let paging = Paging::of(None, wanted.cursor.as_deref())?;
        queues::list_facts(tx, caller, wanted.failed == "yes", CreationOrder::CreatedAt, &paging)
    };
    let found = visit.page.look(Cost::Search, load).await?;
    let texts = visit.page.texts();
    let listed = |fact: PendingFact| Listed {
        id: fact.id.to_string(),
        what: fact.kind,
        about: fact.subscriber.as_str().to_owned(),
        created: when::utc(&texts, fact.created_at),
        status: when::utc(&texts, fact.next_attempt_at),
        attempts: fact.attempts,
        error: fact.last_error.unwrap_or_default(),
        can_retry: true,
    };
    let choice =
        |value: &str, id: &str| Choice { value: value.to_owned(), text: text(&texts, id), is_chosen: asked.failed == value };
    let page = QueuePage {
        frame: visit.frame(text(&texts, "web-admin.facts")),
        path: PATH,
        tabs: tabs(&texts, "web-admin.facts"),
        done: texts.attribute_text("web-admin-done", &asked.done),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        is_of_mails: false,
        about: "web-admin.about-facts",
        states: vec![choice("", "web-catalogue.any"), choice("yes", "web-admin.unreadable-facts")],
        listed: found.items.into_iter().map(listed).collect(),
        next: found.next_cursor.map(|cursor| address(PATH, &[("failed", &asked.failed), ("cursor", &cursor)])),
        recipient: String::new(),
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn retry_fact(visit: &Visit, asked: Asked) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let id: FactId = read_id(&asked.id)?;
    match visit.page.write(Cost::Light, move |tx: &mut Tx<'_>| queues::retry_fact(tx, caller, id).map(drop)).await {
        Ok(()) => Ok(visit.lead_to("/admin/facts?done=retried")),
        Err(problem) => show_facts(visit, asked, Some(problem)).await,
    }
}

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/admin/mails")
            .get(async |visit: Visit, Parameters(asked): Parameters<Asked>| visit.shown(show_mails(&visit, asked, None).await))
            .post(async |visit: Visit, sent: Sent<Asked>| {
                let made = async { retry_mail(&visit, sent.fields?).await }.await;
                visit.shown_after("/admin/mails", "", made)
            }),
    );
    config.service(
        web::resource("/admin/facts")
            .get(async |visit: Visit, Parameters(asked): Parameters<Asked>| visit.shown(show_facts(&visit, asked, None).await))
            .post(async |visit: Visit, sent: Sent<Asked>| {
                let made = async { retry_fact(&visit, sent.fields?).await }.await;
                visit.shown_after("/admin/facts", "", made)
            }),
    );
}
