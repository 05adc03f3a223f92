//! The pages of a booking, a series and a booking group. The token says who reads the mail; the page shows and does what this person
//! may see and do at present.

use actix_web::web;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::page::{Input, Link, Page, shown};
use crate::bookings::Reason;
use crate::problem::Problem;
use crate::query::Id;
use crate::request::PageRequest;
use crate::turns::Cost;
use actions::mailed_bookings::{self, Subject};
use domain::booking::{Booking, Move};
use domain::email::Email;
use domain::ids::{BookingGroupId, BookingId, SeriesId};
use domain::problem::Code;
use domain::wall_clock::local_time;

/// The form of a page.
#[derive(Deserialize)]
struct Sent {
    token: SecretString,
    action: Move,
    #[serde(default)]
    reason: String,
}

/// The reader of the mail with a link to the page of this request.
pub(super) fn reader(page: &PageRequest, token: &str) -> Result<Email, Problem> {
    page.state.links.verify(token, &page.path, page.state.clock.now()).ok_or_else(|| Problem::new(Code::InvalidOneTimeToken, ""))
}

/// A booking in a line.
pub(super) fn line(booking: &Booking) -> String {
    let Booking { resource_name, organization_name, timezone, quantity, status, price, .. } = booking;
    let (starts_at, ends_at) =
        (local_time(*timezone, booking.interval.starts_at()), local_time(*timezone, booking.interval.ends_at()));
    let end = if starts_at.date() == ends_at.date() { "%H:%M" } else { "%a %-d %b %Y, %H:%M" };
    let (starts_at, ends_at) = (starts_at.format("%a %-d %b %Y, %H:%M"), ends_at.format(end));
    let quantity = if *quantity == 1 { String::new() } else { format!(", quantity {quantity}") };
    let price = price.total;
    let alone = if booking.moved_from.is_some() { " Rescheduled without the rest of its series." } else { "" };
    format!(
        "{resource_name}, {starts_at} to {ends_at} ({timezone}){quantity}, {price}, for {organization_name}: {status}.{alone}"
    )
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
fn page(bookings: &[Booking], moves: &[Move], token: &str) -> Page {
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

async fn show(request: PageRequest, subject: Subject, token: &str) -> Result<Page, Problem> {
    let reader = reader(&request, token)?;
    let (bookings, moves) = request.read(move |tx| mailed_bookings::get(tx, &reader, subject)).await?;
    Ok(page(&bookings, &moves, token))
}

async fn make(request: PageRequest, subject: Subject, sent: Sent) -> Result<Page, Problem> {
    let Sent { token, action, reason } = sent;
    let (token, reason) = (token.expose_secret(), Reason { reason }.read()?);
    let reader = reader(&request, token)?;
    let cost = if matches!(subject, Subject::Booking(_)) { Cost::Light } else { Cost::Heavy };
    request.write(cost, move |tx| mailed_bookings::make(tx, &reader, subject, action, &reason)).await?;
    show(request, subject, token).await
}

/// Registers the pages about bookings.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    macro_rules! page_of {
        ($path:literal, $id:ty, $subject:path) => {
            config.service(
                web::resource($path)
                    .get(async |page, id: Id<$id>, link: web::Query<Link>| shown(show(page, $subject(id.0), &link.token).await))
                    .post(async |page, id: Id<$id>, sent: web::Form<Sent>| {
                        shown(make(page, $subject(id.0), sent.into_inner()).await)
                    }),
            );
        };
    }
    page_of!("/bookings/{id}", BookingId, Subject::Booking);
    page_of!("/series/{id}", SeriesId, Subject::Series);
    page_of!("/booking-groups/{id}", BookingGroupId, Subject::Group);
}
