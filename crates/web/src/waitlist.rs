//! The page that joins the waitlist of a resource, and the waits of the visitor in the list of bookings.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;

use super::catalogue::Choice;
use super::page::{Explained, Frame, form_name, read_id, text};
use super::resources::lengths;
use super::sent::{Parameters, Sent};
use super::visit::Visit;
use super::wanted::{Choices, Request, Wanted, form_page, load};
use super::words;
use actions::waitlist::{self, NewEntry};
use actions::{Caller, resources};
use api::caller::{Book, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{ResourceId, WaitlistEntryId};
use domain::interval::Interval;
use domain::length::SlotLength;
use domain::resource::Resource;
use domain::said::said;
use domain::slot::WantedSlot;
use domain::waitlist::{WaitlistStatus, read_wanted};
use domain::wall_clock::local_time;
use storage::db::{ReadTx, Tx};
use storage::waitlist_entries::WaitlistEntry;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The address of the page.
const PATH: &str = "/waitlist/new";

#[derive(Template)]
#[template(path = "waitlist.html")]
struct WaitlistPage {
    frame: Frame,
    wanted: Wanted,
    resource_name: String,
    host_name: String,
    back: String,
    timezone: &'static str,
    starts_at: String,
    ends_at: String,
    lengths: Vec<Choice>,
    most: i32,
    answer_within: String,
    choices: Choices,
    form: String,
    problem: Option<Explained>,
}

impl Wanted {
    /// Reads the slot to wait for: any slot of the length within the times.
    fn wait(&self, resource: &Resource) -> Result<(Request, WantedSlot), InvalidFields> {
        let request = self.read(resource)?;
        let mut fields = Fields::default();
        let minutes = match self.duration_minutes.as_str() {
            "" => Some(None),
            minutes => fields.take("/duration_minutes", minutes.parse().map_err(|_| said!("must be a number"))).map(Some),
        };
        let interval = request.slot.interval;
        let window = (interval.starts_at(), interval.ends_at());
        let wanted = minutes.and_then(|minutes| read_wanted(&mut fields, window, Some(request.slot), minutes));
        fields.finish(|| Some((request, wanted?)))
    }
}

async fn show(visit: &Visit, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let id: ResourceId = read_id(&wanted.resource)?;
    let (texts, caller) = (visit.page.texts(), visit.caller::<(View, Book)>());
    let asked = wanted.clone();
    let facts = visit.page.read_at(Cost::Search, move |tx: &mut ReadTx| load(tx, caller, id, &asked)).await?;
    let choices = facts.choices(visit, &texts, &wanted);
    let resource = facts.resource;
    let problem = refused.or_else(|| wanted.wait(&resource).err().map(Problem::from));
    let timezone = resource.site.timezone;
    let times = facts.request.as_ref().ok().map(|request| request.slot.interval);
    // An instant becomes a local time, which the visitor can change.
    let local = |at| local_time(timezone, at).format("%Y-%m-%dT%H:%M").to_string();
    let whole = times.map_or(60, |times: Interval| times.minutes());
    let chosen = wanted.duration_minutes.parse().unwrap_or(whole);
    let length =
        |minutes: i64| Choice { value: minutes.to_string(), text: words::length(&texts, minutes), is_chosen: minutes == chosen };
    let page = WaitlistPage {
        frame: visit.frame(text(&texts, "web-waitlist.title")),
        resource_name: resource.fields.name.clone(),
        host_name: resource.organization_name.clone(),
        back: format!("/resources/{id}"),
        timezone: timezone.name(),
        starts_at: times.map_or_else(|| wanted.starts_at.clone(), |times| local(times.starts_at())),
        ends_at: times.map_or_else(|| wanted.ends_at.clone(), |times| local(times.ends_at())),
        lengths: lengths(&resource.fields.rules, chosen).into_iter().map(length).collect(),
        most: resource.fields.capacity.quantity,
        answer_within: words::length(&texts, resource.fields.rules.offer_minutes),
        choices,
        form: form_name(&wanted.form),
        problem: problem.as_ref().map(|problem| Explained::of(&texts, problem, timezone)),
        wanted,
    };
    Ok(visit.show_form(problem.as_ref(), &page))
}

async fn place(visit: &Visit, caller: Caller, wanted: &Wanted) -> Result<String, Problem> {
    let id: ResourceId = read_id(&wanted.resource)?;
    let resource = visit.page.read(move |tx: &mut ReadTx| resources::get(tx, Some(caller), id)).await?;
    let (request, slot) = wanted.wait(&resource)?;
    let organization_id = wanted.customer()?;
    let new = NewEntry {
        organization_id,
        resource_id: id,
        operated_by: request.operator,
        wanted: slot,
        accepted_terms: request.accepted,
    };
    let join = move |tx: &mut Tx<'_>| waitlist::join(tx, caller, &new).map(|_| "/bookings#waitlist".to_owned());
    visit.create(Cost::Light, &wanted.form, join).await
}

async fn leave(visit: &Visit, id: &str, sent: Result<(), Problem>) -> Result<HttpResponse, Problem> {
    sent?;
    let id: WaitlistEntryId = read_id(id)?;
    let caller = visit.signed_in::<(View, Book)>()?;
    visit.page.write(Cost::Light, move |tx: &mut Tx<'_>| waitlist::leave(tx, caller, id).map(drop)).await?;
    Ok(visit.lead_to("/bookings#waitlist"))
}

/// A wait in the list of bookings.
pub(crate) struct Wait {
    pub(crate) id: WaitlistEntryId,
    pub(crate) name: String,
    pub(crate) resource: String,
    pub(crate) wish: String,
    pub(crate) customer: String,
    pub(crate) state: String,
    pub(crate) is_offered: bool,
    /// The meaning of the state for the customer.
    pub(crate) about: String,
    /// The page of the offer, which confirms it.
    pub(crate) offer: Option<String>,
}

impl Wait {
    /// Puts an entry into words, with times at its site.
    pub(crate) fn of(texts: &Texts, entry: &WaitlistEntry, timezone: Tz) -> Self {
        let window = entry.wanted.window;
        let time = when::span_in_zone(texts, timezone, window.starts_at(), window.ends_at());
        let is_whole = matches!(entry.wanted.length, SlotLength::Elapsed(elapsed) if elapsed == window.duration());
        let wish = match is_whole {
            true => time,
            false => {
                let length = words::length(texts, entry.wanted.length.minutes());
                texts.attribute("web-waits", "within", &variables([("length", length.into()), ("time", time.into())]))
            }
        };
        let is_offered = entry.status == WaitlistStatus::Offered;
        let until = entry.lapses_at.map_or_else(String::new, |at| when::instant(texts, timezone, at));
        let about = match is_offered {
            true => texts.attribute("web-waits", "offered", &variables([("until", until.into())])),
            false => texts.attribute("web-waits", "waiting", &variables([("ahead", entry.ahead.unwrap_or_default().into())])),
        };
        Self {
            id: entry.id,
            name: entry.resource_name.clone(),
            resource: format!("/resources/{}", entry.resource_id),
            wish,
            customer: entry.organization_name.clone(),
            state: texts.attribute_text("web-waits", if is_offered { "is-offered" } else { "is-waiting" }),
            is_offered,
            about,
            offer: entry.booking_id.filter(|_| is_offered).map(|booking| format!("/bookings/{booking}")),
        }
    }
}

/// Registers the pages.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    form_page!(config, PATH);
    config.service(
        web::resource("/waitlist/{id}/leave")
            .get(async |visit: Visit, _: web::Path<String>| visit.lead_to("/bookings#waitlist"))
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Empty>| {
                visit.shown_after("/bookings", "", leave(&visit, &id, sent.fields.map(drop)).await)
            }),
    );
}

/// A form without fields.
#[derive(serde::Deserialize)]
struct Empty {}
