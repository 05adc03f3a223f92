//! The page of a training for its host: the seats, the attendance, and the cancellation.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::parts::tabs;
use crate::page::{Explained, Frame, read_id, text};
use crate::sent::{Parameters, Sent};
use crate::team::parts::Tab;
use crate::visit::Visit;
use crate::words;
use actions::error::Error;
use actions::{Caller, sites, training_seats, trainings};
use api::caller::{ManageCertifications, ManageTrainings, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::fields::Fields;
use domain::ids::{TrainingId, TrainingSeatId, UserId};
use domain::limits;
use domain::order::CreationOrder;
use domain::paging::Paging;
use domain::permissions::Permission;
use domain::problem::Code;
use domain::training::{SeatStatus, TrainingStatus};
use storage::db::{ReadTx, Tx};
use storage::training_seats::TrainingSeat;
use texts::amount::amount;
use texts::when;

/// The permissions of the page.
type Trains = (View, ManageTrainings, ManageCertifications);

/// The fields of the forms, and the parameter of the page.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    /// The button: `attendance`, `remove` or `cancel`.
    action: String,
    attended: Vec<String>,
    seat: String,
    reason: String,
    done: String,
}

/// A person with a seat.
struct Seat {
    id: TrainingSeatId,
    user: UserId,
    name: String,
    email: String,
    status: String,
    price: String,
    is_booked: bool,
    has_attended: bool,
}

#[derive(Template)]
#[template(path = "manage_training.html")]
struct TrainingPage {
    frame: Frame,
    path: String,
    public: String,
    tabs: Vec<Tab>,
    done: String,
    problem: Option<Explained>,
    facts: Vec<(String, String)>,
    seats: Vec<Seat>,
    is_scheduled: bool,
    /// Whether it can be edited: it has not begun.
    is_ahead: bool,
    /// Whether it can be cancelled: it has not ended.
    is_open: bool,
    reason: String,
}

/// Returns the seats that are taken. The attendance is recorded once, so the form has all of them.
fn taken_seats(tx: &mut ReadTx, caller: Caller, id: TrainingId) -> Result<Vec<TrainingSeat>, Error> {
    let taken = [SeatStatus::Booked, SeatStatus::Attended, SeatStatus::Absent];
    let (mut seats, mut cursor) = (Vec::new(), None);
    loop {
        let paging = Paging::of(Some(200), cursor.as_deref())?;
        let page = training_seats::list(tx, caller, id, &taken, CreationOrder::CreatedAt, &paging)?;
        seats.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(seats);
        }
    }
}

async fn show(visit: &Visit, id: TrainingId, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Trains>()?;
    let load = move |tx: &mut ReadTx| {
        let training = trainings::get(tx, Some(caller), id)?;
        actions::authorize(tx, caller, training.organization_id, Permission::ManageTrainings, true)?;
        let seats = taken_seats(tx, caller, id)?;
        let (site, _) = sites::get(tx, Some(caller), training.fields.site_id)?;
        Ok((training, seats, site, tx.now))
    };
    let (training, seats, site, now) = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let (fields, interval) = (&training.fields, training.fields.interval);
    let timezone = site.fields.timezone;
    let facts = [
        ("web-manage.status", words::training(&texts, training.status)),
        ("web-booking.time", when::span_in_zone(&texts, timezone, interval.starts_at(), interval.ends_at())),
        ("web-booking.place", site.fields.name.clone()),
        ("web-trainings.trainer", fields.trainer.clone()),
        ("web-trainings.seats", format!("{} / {}", fields.seats - training.free_seats, fields.seats)),
        ("web-trainings.price", fields.price.map(|price| amount(&texts, price)).unwrap_or_default()),
        ("web-booking.reason", training.reason.clone()),
    ];
    let seat = |seat: &TrainingSeat| Seat {
        id: seat.id,
        user: seat.user_id,
        name: seat.user_name.clone(),
        email: seat.user_email.to_string(),
        status: words::seat(&texts, seat.status),
        price: seat.price.map(|price| amount(&texts, price)).unwrap_or_default(),
        is_booked: seat.status == SeatStatus::Booked,
        has_attended: wanted.attended.iter().any(|user| user == seat.user_id.as_str()),
    };
    let is_scheduled = training.status == TrainingStatus::Scheduled;
    let page = TrainingPage {
        frame: visit.frame(fields.name.clone()),
        path: format!("/manage/trainings/{id}"),
        public: format!("/trainings/{id}"),
        tabs: tabs(&texts, training.organization_id, "web-trainings.title"),
        done: texts.attribute_text("web-trainings-done", &wanted.done),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, timezone)),
        facts: facts.into_iter().filter(|(_, fact)| !fact.is_empty()).map(|(name, fact)| (text(&texts, name), fact)).collect(),
        seats: seats.iter().map(seat).collect(),
        is_scheduled,
        is_ahead: is_scheduled && now < interval.starts_at(),
        is_open: is_scheduled && now < interval.ends_at(),
        reason: wanted.reason.clone(),
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn press(visit: &Visit, id: TrainingId, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Trains>()?;
    let sent = wanted.clone();
    let made = async {
        let mut fields = Fields::default();
        let reason = fields.text("/reason", &sent.reason, limits::Note::RANGE);
        let malformed = || Problem::of(Code::MalformedRequest);
        let attended: Result<Vec<UserId>, _> = sent.attended.iter().map(|user| user.parse()).collect();
        let attended = attended.map_err(|_| malformed())?;
        let reason = fields.finish(|| reason)?;
        let act = move |tx: &mut Tx<'_>| match sent.action.as_str() {
            "attendance" => trainings::record_attendance(tx, caller, id, &attended).map(drop),
            "remove" => {
                let seat: TrainingSeatId = sent.seat.parse().map_err(|_| Error::not_found())?;
                training_seats::cancel(tx, caller, id, seat, &reason).map(drop)
            }
            "cancel" => trainings::cancel(tx, caller, id, &reason).map(drop),
            _ => Err(Error::refused(Code::MalformedRequest)),
        };
        visit.page.write(Cost::Light, act).await
    };
    match made.await {
        Ok(()) => Ok(visit.lead_to(&format!("/manage/trainings/{id}?done={}", wanted.action))),
        Err(problem) => show(visit, id, wanted, Some(problem)).await,
    }
}

/// Registers the page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/manage/trainings/{id}")
            .get(async |visit: Visit, id: web::Path<String>, Parameters(wanted): Parameters<Wanted>| {
                visit.shown(async { show(&visit, read_id(&id)?, wanted, None).await }.await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Wanted>| {
                let made = async { press(&visit, read_id(&id)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/manage/trainings/{id}"), &sent.query, made)
            }),
    );
}
