//! The certifications of the visitor, and the seats in trainings to come.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::page::{Frame, address, text, unless_refused};
use super::sent::Parameters;
use super::trainings::Known;
use super::visit::Visit;
use super::words;
use actions::{certifications, training_seats, trainings};
use api::caller::View;
use api::problem::Problem;
use domain::paging::Paging;
use domain::training::SeatStatus;
use storage::certifications::Certification;
use storage::db::ReadTx;
use texts::when;

/// The parameter of the page.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    cursor: Option<String>,
}

/// A certification in the list.
struct Held {
    name: String,
    host: String,
    granted: String,
    expires: String,
    status: String,
    reason: String,
    /// The trainings in which it can be renewed.
    trainings: String,
}

#[derive(Template)]
#[template(path = "me_certifications.html")]
struct CertificationsPage {
    frame: Frame,
    held: Vec<Held>,
    next: Option<String>,
    /// The trainings to come in which the visitor has a seat.
    seats: Vec<(String, String, String)>,
}

async fn show(visit: &Visit, asked: Asked) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<View>()?;
    let load = move |tx: &mut ReadTx| {
        let held = certifications::list_mine(tx, caller, &Paging::of(None, asked.cursor.as_deref())?)?;
        let mut seats = Vec::new();
        let mut cursor = None;
        loop {
            let page = training_seats::list_mine(tx, caller, &Paging::of(Some(200), cursor.as_deref())?)?;
            for seat in page.items.into_iter().filter(|seat| seat.status == SeatStatus::Booked) {
                let Some(training) = unless_refused(trainings::get(tx, Some(caller), seat.training_id))? else { continue };
                if training.fields.interval.ends_at() > tx.now {
                    seats.push(Known::of(tx, Some(caller), training)?);
                }
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        seats.sort_by_key(|known| known.training.fields.interval.starts_at());
        Ok((held, seats, tx.now))
    };
    let (held, seats, now) = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let one = |held: &Certification| Held {
        name: held.certification_kind_name.clone(),
        host: held.organization_name.clone(),
        granted: when::day(&texts, held.validity.granted_at.to_chrono().date_naive()),
        expires: words::expiry(&texts, held.validity.expires_at),
        status: words::certification(&texts, held.validity.status(now)),
        reason: held.reason.clone(),
        trainings: address("/trainings", &[("kind", held.certification_kind_id.as_str())]),
    };
    let seat = |known: &Known| {
        let training = &known.training;
        (format!("/trainings/{}", training.id), training.fields.name.clone(), known.time(&texts))
    };
    let page = CertificationsPage {
        frame: visit.frame(text(&texts, "web-certified.title")),
        held: held.items.iter().map(one).collect(),
        next: held.next_cursor.map(|cursor| address("/account/certifications", &[("cursor", &cursor)])),
        seats: seats.iter().map(seat).collect(),
    };
    Ok(visit.show(StatusCode::OK, &page))
}

/// Registers the page.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/account/certifications",
        web::get().to(async |visit: Visit, Parameters(asked): Parameters<Asked>| visit.shown(show(&visit, asked).await)),
    );
}
