//! The pages of a booking, a series and a booking group. The token says who reads the mail; the page shows and does what this person
//! may see and do at present.

use actix_web::{HttpRequest, web};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::page::{Input, Link, Page, shown};
use crate::bookings::Reason;
use crate::problem::Problem;
use crate::query::Id;
use crate::state::State;
use actions::mailed_bookings::{self, Placed, Subject};
use domain::booking::{Booking, Move};
use domain::email::Email;
use domain::ids::{BookingGroupId, BookingId, SeriesId};
use domain::problem::Code;
use domain::wall_clock::local_time;
use storage::db::{ReadTx, Tx};

/// The form of a page.
#[derive(Deserialize)]
struct Sent {
    token: SecretString,
    action: Move,
    #[serde(default)]
    reason: String,
}

/// The reader of the mail with a link to the page of this request.
pub(super) fn reader(req: &HttpRequest, state: &State, token: &str) -> Result<Email, Problem> {
    let path = req.path().trim_start_matches('/');
    state.links.verify(token, path, state.clock.now()).ok_or_else(|| Problem::new(Code::InvalidOneTimeToken, ""))
}

/// A booking in a line.
pub(super) fn line((booking, timezone): &Placed) -> String {
    let Booking { resource_name, organization_name, quantity, status, price, .. } = booking;
    let (starts_at, ends_at) =
        (local_time(*timezone, booking.interval.starts_at()), local_time(*timezone, booking.interval.ends_at()));
    let end = if starts_at.date() == ends_at.date() { "%H:%M" } else { "%a %-d %b %Y, %H:%M" };
    let (starts_at, ends_at) = (starts_at.format("%a %-d %b %Y, %H:%M"), ends_at.format(end));
    let quantity = if *quantity == 1 { String::new() } else { format!(", quantity {quantity}") };
    let price = price.total;
    format!("{resource_name}, {starts_at} to {ends_at} ({timezone}){quantity}, {price}, for {organization_name}: {status}.")
}

const fn button(happens: Move) -> &'static str {
    match happens {
        Move::Confirm => "Confirm",
        Move::Approve => "Approve",
        Move::Decline => "Decline",
        _ => "Cancel",
    }
}

/// The page of the bookings, with a form for each possible move.
fn page(bookings: &[Placed], moves: &[Move], token: &str) -> Page {
    let title = if bookings.len() == 1 { "Booking" } else { "Bookings" };
    let page = bookings.iter().map(line).fold(Page::new(title), Page::text);
    moves.iter().fold(page, |page, happens| {
        let mut inputs = vec![Input::hidden("token", token), Input::hidden("action", happens.as_str())];
        if matches!(happens, Move::Decline | Move::Cancel) {
            inputs.push(Input::optional("Reason (optional)", "reason"));
        }
        page.form(button(*happens), inputs)
    })
}

async fn show(req: HttpRequest, state: web::Data<State>, subject: Subject, token: &str) -> Result<Page, Problem> {
    let reader = reader(&req, &state, token)?;
    let (bookings, moves) =
        state.db.read(state.clock.now(), move |tx: &mut ReadTx| mailed_bookings::get(tx, &reader, subject)).await?;
    Ok(page(&bookings, &moves, token))
}

async fn make(req: HttpRequest, state: web::Data<State>, subject: Subject, sent: Sent) -> Result<Page, Problem> {
    let Sent { token, action, reason } = sent;
    let reader = reader(&req, &state, token.expose_secret())?;
    let reason = Reason { reason }.read()?;
    let action = move |tx: &mut Tx<'_>| mailed_bookings::make(tx, &reader, subject, action, &reason);
    state.db.write(state.clock.now(), action).await?;
    state.outbox.notify_one();
    show(req, state, subject, token.expose_secret()).await
}

/// Registers the pages about bookings.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    macro_rules! page_of {
        ($path:literal, $id:ty, $subject:path) => {
            config.service(
                web::resource($path)
                    .get(async |req, state, id: Id<$id>, link: web::Query<Link>| {
                        shown(show(req, state, $subject(id.0), &link.token).await)
                    })
                    .post(async |req, state, id: Id<$id>, sent: web::Form<Sent>| {
                        shown(make(req, state, $subject(id.0), sent.into_inner()).await)
                    }),
            );
        };
    }
    page_of!("/bookings/{id}", BookingId, Subject::Booking);
    page_of!("/series/{id}", SeriesId, Subject::Series);
    page_of!("/booking-groups/{id}", BookingGroupId, Subject::Group);
}
