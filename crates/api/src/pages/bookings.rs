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
use storage::db::{ReadTx, Tx};
use texts::amount::amount;
use texts::catalogue::{Texts, variables, yes_or_no};
use texts::when;

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
pub(super) async fn reader(page: &PageRequest, token: &str) -> Result<Email, Problem> {
    let reader = page.state.links.verify(token, &page.path, page.state.clock.now());
    let reader = reader.ok_or_else(|| Problem::of(Code::InvalidOneTimeToken))?;
    page.set_reader(&reader).await?;
    Ok(reader)
}

/// A booking in a line.
pub(super) fn line(texts: &Texts, booking: &Booking) -> String {
    let Booking { resource_name, organization_name, status, price, .. } = booking;
    let slot = slot_line(texts, booking, resource_name, booking.slot(), price.total);
    let variables = variables([
        ("slot", slot.into()),
        ("customer", organization_name.into()),
        ("status", status.as_str().into()),
        ("alone", yes_or_no(booking.moved_from.is_some()).into()),
    ]);
    texts.message("page-booking-line", &variables)
}

/// A slot that a booking has or could have, with its price, in a line.
fn slot_line(texts: &Texts, booking: &Booking, resource: &str, slot: Slot, price: Money) -> String {
    let (timezone, Slot { interval, quantity }) = (booking.timezone, slot);
    let time = when::span(texts, timezone, interval.starts_at(), interval.ends_at());
    let variables = variables([
        ("resource", resource.into()),
        ("time", when::in_zone(texts, time, timezone.name().to_owned()).into()),
        ("quantity", quantity.into()),
        ("price", amount(texts, price).into()),
    ]);
    texts.message("page-slot", &variables)
}

/// Adds the open proposal, with a form for each possible response.
fn with_proposal(
    texts: &Texts,
    page: Page,
    booking: &Booking,
    (proposal, responses): (&Proposal, &[ProposalResponse]),
    token: &str,
) -> Page {
    let Proposal { id, side, extent, resource_name, price, message, violations, lapses_at, .. } = proposal;
    let by = match side {
        Side::Host => &booking.host_organization_name,
        _ => &booking.organization_name,
    };
    let slot = slot_line(texts, booking, resource_name, extent.slot, *price);
    let until = when::instant(texts, booking.timezone, *lapses_at);
    let of_proposal =
        |part: &str, name: &'static str, value: &str| texts.attribute("page-proposal", part, &variables([(name, value.into())]));
    let page = page
        .text(texts.message("page-proposal", &variables([("by", by.into()), ("slot", slot.into())])))
        .text(of_proposal("until", "until", &until));
    let page = if message.is_empty() { page } else { page.text(of_proposal("message", "message", message)) };
    let details = violations.iter().map(|violation| of_proposal("violation", "rule", &texts.said(&violation.detail)));
    let page = details.fold(page, Page::text);
    responses.iter().fold(page, |page, response| {
        let action = Input::hidden("action", response.as_str());
        let mut inputs = vec![Input::hidden("token", token), action, Input::hidden("proposal", id.as_str())];
        if *response != ProposalResponse::Accept {
            inputs.push(reason_input(texts));
        }
        let button = match response {
            ProposalResponse::Accept => "accept",
            ProposalResponse::Decline => "decline",
            ProposalResponse::Withdraw => "withdraw",
        };
        page.form(texts.attribute_text("page-proposal", button), inputs)
    })
}

fn reason_input(texts: &Texts) -> Input {
    Input::optional(texts.attribute_text("page-input", "reason"), "reason")
}

const fn button(happens: Move) -> &'static str {
    match happens {
        Move::Confirm => "confirm",
        Move::Approve => "approve",
        Move::Decline => "decline",
        _ => "cancel",
    }
}

/// The list of the bookings.
fn listed(texts: &Texts, bookings: &[Booking]) -> Page {
    let title = texts.message("page-booking", &variables([("count", bookings.len().into())]));
    bookings.iter().map(|booking| line(texts, booking)).fold(Page::new(texts, title), Page::text)
}

/// Adds a form for each possible move.
fn with_moves(texts: &Texts, page: Page, moves: &[Move], token: &str) -> Page {
    moves.iter().fold(page, |page, happens| {
        let mut inputs = vec![Input::hidden("token", token), Input::hidden("action", happens.as_str())];
        if matches!(happens, Move::Decline | Move::Cancel) {
            inputs.push(reason_input(texts));
        }
        page.form(texts.attribute_text("page-move", button(*happens)), inputs)
    })
}

async fn show(request: &PageRequest, subject: Subject, token: &str) -> Result<Page, Problem> {
    let reader = reader(request, token).await?;
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
    let texts = request.texts();
    let page = listed(&texts, &bookings);
    let page = match (&proposal, bookings.first()) {
        (Some((proposal, responses)), Some(booking)) => with_proposal(&texts, page, booking, (proposal, responses), token),
        _ => page,
    };
    let page = match can_pay {
        true => page.form(texts.text("page-pay"), vec![Input::hidden("token", token), Input::hidden("action", "pay")]),
        false => page,
    };
    Ok(with_moves(&texts, page, &moves, token))
}

/// The page with the link to the page of Stripe.
async fn pay(request: &PageRequest, reader: Email, subject: Subject) -> Result<Page, Problem> {
    let Subject::Booking(id) = subject else { return Err(Problem::of(Code::NotFound)) };
    let caller = request.read(move |tx| mailed_bookings::find_reader(tx, &reader)).await?;
    let caller = caller.ok_or_else(|| Problem::of(Code::NotFound))?;
    let payment = request.state.card_payments.pay(caller, id).await?;
    let texts = request.texts();
    let amount = amount(&texts, payment.amount);
    let page = Page::new(&texts, texts.text("page-pay"));
    let page = page.text(texts.attribute("page-pay", "text", &variables([("amount", amount.into())])));
    Ok(page.link(texts.attribute_text("page-pay", "link"), payment.session_url.unwrap_or_default()))
}

async fn make(request: &PageRequest, subject: Subject, sent: Sent) -> Result<Page, Problem> {
    let Sent { token, action, reason } = sent;
    let (token, reason) = (token.expose_secret(), Reason { reason }.read()?);
    let reader = reader(request, token).await?;
    if matches!(action, Action::Pay { action: Pay::Pay }) {
        return pay(request, reader, subject).await;
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
                    .get(async |page: PageRequest, id: Id<$id>, link: web::Query<Link>| {
                        shown(&page, show(&page, $subject(id.0), &link.token).await)
                    })
                    .post(async |page: PageRequest, id: Id<$id>, sent: web::Form<Sent>| {
                        shown(&page, make(&page, $subject(id.0), sent.into_inner()).await)
                    }),
            );
        };
    }
    page_of!("/bookings/{id}", BookingId, Subject::Booking);
    page_of!("/series/{id}", SeriesId, Subject::Series);
    page_of!("/booking-groups/{id}", BookingGroupId, Subject::Group);
}
