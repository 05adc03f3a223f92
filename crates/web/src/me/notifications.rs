//! The page with the choice of notifications: the kinds of mails, and the times of reminders.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use super::done::Done;
use crate::catalogue::Choice;
use crate::page::{Explained, Frame, text};
use crate::sent::{Parameters, Sent};
use crate::visit::Visit;
use crate::words::length;
use actions::accounts;
use actions::precondition::IfMatch;
use api::caller::View;
use api::problem::Problem;
use api::turns::Cost;
use domain::fields::Fields;
use domain::mail::MailPreferences;
use domain::said::said;
use domain::user::{Profile, UserFields};
use storage::db::{ReadTx, Tx};

/// The times of reminders that the page offers beside those that are chosen, in minutes before the start.
const OFFERED: [i32; 6] = [15, 60, 240, 1440, 2880, 10_080];

/// The fields of the form.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    kinds: Vec<String>,
    reminders: Vec<String>,
}

#[derive(Template)]
#[template(path = "me_notifications.html")]
struct NotificationsPage {
    frame: Frame,
    done: String,
    problem: Option<Explained>,
    kinds: Vec<Choice>,
    reminders: Vec<Choice>,
}

async fn show(visit: &Visit, done: Done, refused: Option<(Wanted, Problem)>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let fields = visit.page.read(move |tx: &mut ReadTx| accounts::get(tx, caller)).await?.fields();
    let texts = visit.page.texts();
    let (typed, problem) = refused.unzip();
    let is_ticked = |typed: &Wanted, name: &str| typed.kinds.iter().any(|kind| kind == name);
    let kind = |(name, stored): (&str, bool)| Choice {
        value: name.to_owned(),
        text: texts.attribute_text("page-mails", name),
        is_chosen: typed.as_ref().map_or(stored, |typed| is_ticked(typed, name)),
    };
    let mut minutes: Vec<i32> = OFFERED.into_iter().chain(fields.reminder_minutes.iter().copied()).collect();
    minutes.sort_unstable();
    minutes.dedup();
    let reminder = |minutes: i32| {
        let (value, stored) = (minutes.to_string(), fields.reminder_minutes.contains(&minutes));
        let is_chosen = typed.as_ref().map_or(stored, |typed| typed.reminders.contains(&value));
        Choice { value, text: length(&texts, minutes.into()), is_chosen }
    };
    let page = NotificationsPage {
        frame: visit.frame(text(&texts, "web-me-notifications.title")),
        done: done.text(&texts),
        problem: problem.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        kinds: fields.mail_preferences.each().into_iter().map(kind).collect(),
        reminders: minutes.into_iter().map(reminder).collect(),
    };
    Ok(visit.show_form(problem.as_ref(), &page))
}

async fn save(visit: &Visit, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let saved = async {
        let mail_preferences = MailPreferences::only(|name| wanted.kinds.iter().any(|kind| kind == name));
        let mut fields = Fields::default();
        let minutes = |text: &String| text.parse::<i32>().map_err(|_| said!("must be numbers of minutes"));
        let minutes = fields.take("/reminders", wanted.reminders.iter().map(minutes).collect::<Result<Vec<_>, _>>());
        let reminder_minutes = fields.finish(|| minutes)?;
        let save = move |tx: &mut Tx<'_>| {
            let edit = |stored: UserFields| {
                let reminder_minutes = reminder_minutes.clone();
                Profile { reminder_minutes, mail_preferences, ..Profile::from(stored) }.read()
            };
            accounts::update(tx, caller, &IfMatch::Any, edit).map(drop)
        };
        visit.page.write(Cost::Light, save).await
    };
    match saved.await {
        Ok(()) => Ok(visit.lead_to("/account/notifications?done=saved")),
        Err(problem) => show(visit, Done::default(), Some((wanted, problem))).await,
    }
}

/// Registers the page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    const PATH: &str = "/account/notifications";
    config.service(
        web::resource(PATH)
            .get(async |visit: Visit, Parameters(done): Parameters<Done>| visit.shown(show(&visit, done, None).await))
            .post(async |visit: Visit, sent: Sent<Wanted>| {
                let made = async { save(&visit, sent.fields?).await }.await;
                visit.shown_after(PATH, "", made)
            }),
    );
}
