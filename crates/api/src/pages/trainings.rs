//! The page of a training. To a manager of a training that has begun it shows the seats, and records who attended.

use actix_web::web;

use super::bookings::reader;
use super::page::{Input, Link, Page, shown};
use super::rest::load;
use crate::problem::Problem;
use crate::query::Id;
use crate::request::PageRequest;
use crate::turns::Cost;
use actions::error::Error;
use actions::mailed_bookings::find_reader;
use actions::{Caller, trainings};
use domain::ids::{TrainingId, UserId};
use domain::permissions::{Permission, Permissions};
use domain::problem::Code;
use storage::db::{ReadTx, Tx};
use storage::training_seats::TrainingSeat;
use storage::trainings::Training;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The caller with the permissions that this page uses.
fn as_trainer(caller: Caller) -> Caller {
    let permissions = [Permission::View, Permission::ManageTrainings, Permission::ManageCertifications];
    Caller { permissions: Permissions::of(&permissions), ..caller }
}

async fn show(page: &PageRequest, id: TrainingId, link: &Link) -> Result<Page, Problem> {
    let get = move |tx: &mut ReadTx, caller: Option<Caller>| {
        let training = trainings::get(tx, caller, id)?;
        let seats = caller.map_or(Ok(Vec::new()), |caller| trainings::list_due_seats(tx, as_trainer(caller), &training))?;
        Ok((training, seats))
    };
    let (training, seats) = load(page, link, get).await?;
    Ok(page_of(&page.texts(), training, seats, &link.token))
}

fn page_of(texts: &Texts, training: Training, seats: Vec<TrainingSeat>, token: &str) -> Page {
    let facts = variables([
        ("time", when::utc(texts, training.fields.interval.starts_at()).into()),
        ("status", training.status.as_str().into()),
        ("free", training.free_seats.into()),
    ]);
    let facts = texts.message("page-training", &facts);
    let page = Page::new(texts, training.fields.name).text(facts).text(training.fields.description);
    if seats.is_empty() {
        return page;
    }
    let attended = |seat: TrainingSeat| Input::choice(seat.user_name, "attended", seat.user_id.to_string());
    let inputs = [Input::hidden("token", token)].into_iter().chain(seats.into_iter().map(attended)).collect();
    page.text(texts.attribute_text("page-training", "text")).form(texts.attribute_text("page-training", "button"), inputs)
}

async fn record(page: &PageRequest, id: TrainingId, form: Vec<(String, String)>) -> Result<Page, Problem> {
    let sent = |name: &'static str| form.iter().filter(move |(sent, _)| sent == name).map(|(_, value)| value.as_str());
    let token = sent("token").next().unwrap_or_default().to_owned();
    let reader = reader(page, &token).await?;
    let attended: Vec<UserId> = sent("attended").filter_map(|id| id.parse().ok()).collect();
    let record = move |tx: &mut Tx<'_>| {
        let caller = find_reader(tx, &reader)?.ok_or_else(|| Error::refused(Code::InvalidOneTimeToken))?;
        trainings::record_attendance(tx, as_trainer(caller), id, &attended).map(drop)
    };
    page.write(Cost::Light, record).await?;
    Ok(show(page, id, &Link { token }).await?.text(page.texts().attribute_text("page-training", "done")))
}

/// Registers this page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/trainings/{id}")
            .get(async |page: PageRequest, id: Id<TrainingId>, link: web::Query<Link>| {
                shown(&page, show(&page, id.0, &link).await)
            })
            .post(async |page: PageRequest, id: Id<TrainingId>, form: web::Form<Vec<(String, String)>>| {
                shown(&page, record(&page, id.0, form.into_inner()).await)
            }),
    );
}
