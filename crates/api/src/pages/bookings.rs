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
use actions::error::Error;
use actions::mailed_bookings::{self, Subject};
use domain::booking::proposal::{Proposal, ProposalResponse};
use domain::booking::{Booking, Move, Side};
use domain::email::Email;
use domain::ids::{BookingGroupId, BookingId, BookingProposalId, SeriesId};
use domain::money::Money;
use domain::problem::Code;
use domain::slot::Slot;
use domain::wall_clock::local_time;
use storage::db::{ReadTx, Tx};

/// The form of a page.
#[derive(Deserialize)]
struct Sent {
    token: SecretString,
    #[serde(flatten)]
    action: Action,
    #[serde(default)]
    reason: String,
}

/// The button that was pressed.
#[derive(Deserialize)]
#[serde(untagged)]
enum Action {
    Move { action: Move },
    Respond { action: ProposalResponse, proposal: BookingProposalId },
    Pay { action: Pay },
}

/// The button to pay by card.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Pay {
    Pay,
}

/// The reader of the mail with a link to the page of this request.
pub(super) fn reader(page: &PageRequest, token: &str) -> Result<Email, Problem> {
    page.state.links.verify(token, &page.path, page.state.clock.now()).ok_or_else(|| Problem::new(Code::InvalidOneTimeToken, ""))
}

/// A booking in a line.
pub(super) fn line(booking: &Booking) -> String {
    let Booking { resource_name, organization_name, status, price, .. } = booking;
    let alone = if booking.moved_from.is_some() { " Rescheduled without the rest of its series." } else { "" };
    format!("{}, for {organization_name}: {status}.{alone}", slot_line(booking, resource_name, booking.slot(), price.total))
}

/// A slot that a booking has or could have, with its price, in a line.
fn slot_line(booking: &Booking, resource: &str, slot: Slot, price: Money) -> String {
    let (timezone, Slot { interval, quantity }) = (booking.timezone, slot);
    let (starts_at, ends_at) = (local_time(timezone, interval.starts_at()), local_time(timezone, interval.ends_at()));
    let end = if starts_at.date() == ends_at.date() { "%H:%M" } else { "%a %-d %b %Y, %H:%M" };
    let (starts_at, ends_at) = (starts_at.format("%a %-d %b %Y, %H:%M"), ends_at.format(end));
    let quantity = if quantity == 1 { String::new() } else { format!(", quantity {quantity}") };
    format!("{resource}, {starts_at} to {ends_at} ({timezone}){quantity}, {price}")
}

/// Adds the open proposal, with a form for each possible response.
fn with_proposal(page: Page, booking: &Booking, proposal: &Proposal, responses: &[ProposalResponse], token: &str) -> Page {
    let Proposal { id, side, extent, resource_name, price, message, violations, lapses_at, .. } = proposal;
    let by = match side {
        Side::Host => &booking.host_organization_name,
        _ => &booking.organization_name,
    };
    let slot = slot_line(booking, resource_name, extent.slot, *price);
    let until = local_time(booking.timezone, *lapses_at).format("%a %-d %b %Y, %H:%M");
    let page = page
        .text(format!("{by} proposes: {slot}."))
        .text(format!("The booking stays as it is until the other party accepts. The proposal lapses on {until}."));
    let page = if message.is_empty() { page } else { page.text(format!("Message: {message}")) };
    let details = violations.iter().map(|violation| format!("This violates a rule: {}.", violation.detail));
    let page = details.fold(page, Page::text);
    responses.iter().fold(page, |page, response| {
        let action = Input::hidden("action", response.as_str());
        let mut inputs = vec![Input::hidden("token", token), action, Input::hidden("proposal", id.as_str())];
        if *response != ProposalResponse::Accept {
            inputs.push(Input::optional("Reason (optional)", "reason"));
        }
        let button = match response {
            ProposalResponse::Accept => "Accept the proposal",
            ProposalResponse::Decline => "Decline the proposal",
            ProposalResponse::Withdraw => "Withdraw the proposal",
        };
        page.form(button, inputs)
    })
}

const fn button(happens: Move) -> &'static str {
    match happens {
        Move::Confirm => "Confirm",
        Move::Approve => "Approve",
        Move::Decline => "Decline",
        _ => "Cancel",
    }
}

/// The list of the bookings.
fn listed(bookings: &[Booking]) -> Page {
    let title = if bookings.len() == 1 { "Booking" } else { "Bookings" };
    bookings.iter().map(line).fold(Page::new(title), Page::text)
}

/// Adds a form for each possible move.
fn with_moves(page: Page, moves: &[Move], token: &str) -> Page {
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
    let setup = request.state.card_payments.setup();
    let load = move |tx: &mut ReadTx| {
        let (bookings, moves) = mailed_bookings::get(tx, &reader, subject)?;
        let (proposal, can_pay) = match (subject, bookings.first()) {
            (Subject::Booking(_), Some(booking)) => {
                (mailed_bookings::find_proposal(tx, &reader, booking)?, mailed_bookings::can_pay(tx, &reader, booking, setup)?)
            }
            _ => (None, false),
        };
        Ok::<_, Error>((bookings, moves, proposal, can_pay))
    };
    let (bookings, moves, proposal, can_pay) = request.read(load).await?;
    let page = match (&proposal, bookings.first()) {
        (Some((proposal, responses)), Some(booking)) => with_proposal(listed(&bookings), booking, proposal, responses, token),
        _ => listed(&bookings),
    };
    let page = match can_pay {
        true => page.form("Pay by card", vec![Input::hidden("token", token), Input::hidden("action", "pay")]),
        false => page,
    };
    Ok(with_moves(page, &moves, token))
}

/// The page with the link to the page of Stripe.
async fn pay(request: &PageRequest, reader: Email, subject: Subject) -> Result<Page, Problem> {
    let Subject::Booking(id) = subject else { return Err(Problem::new(Code::NotFound, "")) };
    let caller = request.read(move |tx| mailed_bookings::find_reader(tx, &reader)).await?;
    let caller = caller.ok_or_else(|| Problem::new(Code::NotFound, ""))?;
    let payment = request.state.card_payments.pay(caller, id).await?;
    let page = Page::new("Pay by card").text(format!("You pay {} on a page of Stripe.", payment.amount));
    Ok(page.link("Continue to the page of Stripe", payment.session_url.unwrap_or_default()))
}

async fn make(request: PageRequest, subject: Subject, sent: Sent) -> Result<Page, Problem> {
    let Sent { token, action, reason } = sent;
    let (token, reason) = (token.expose_secret(), Reason { reason }.read()?);
    let reader = reader(&request, token)?;
    if matches!(action, Action::Pay { action: Pay::Pay }) {
        return pay(&request, reader, subject).await;
    }
    let cost = if matches!(subject, Subject::Booking(_)) { Cost::Light } else { Cost::Heavy };
    let write = move |tx: &mut Tx<'_>| match (&action, subject) {
        (Action::Move { action }, _) => mailed_bookings::make(tx, &reader, subject, *action, &reason),
        (Action::Respond { action, proposal }, Subject::Booking(id)) => {
            mailed_bookings::respond(tx, &reader, (id, *proposal), *action, &reason)
        }
        (Action::Respond { .. } | Action::Pay { .. }, _) => Err(Error::not_found()),
    };
    request.write(cost, write).await?;
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
