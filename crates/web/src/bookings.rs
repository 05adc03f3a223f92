//! The page of a booking with what can be done now.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::TimeDelta;
use serde::Deserialize;

use super::book::{Line, lines, policy};
use super::manage::charges;
use super::page::{Frame, address, read_id, text};
use super::sent::Sent;
use super::visit::{Visit, without_token};
use super::words;
use actions::bookings;
use actions::error::Error;
use actions::precondition::IfMatch;
use actions::{Caller, card_payments};
use api::caller::{Book, ManageBookings, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::booking::{Booking, BookingStatus, Move, Side};
use domain::card_payment::CardPayment;
use domain::fields::Fields;
use domain::ids::BookingId;
use domain::limits;
use domain::money::Money;
use domain::time::UtcTime;
use storage::contacts::Contact;
use storage::db::{ReadTx, Tx};
use texts::amount::amount;
use texts::catalogue::Texts;
use texts::when;

/// A fact about a booking with its name.
struct Fact {
    name: String,
    text: String,
}

/// A form of the page.
struct Form {
    action: &'static str,
    button: String,
    asks_reason: bool,
}

#[derive(Template)]
#[template(path = "booking.html")]
struct BookingPage {
    frame: Frame,
    id: BookingId,
    status: String,
    status_name: &'static str,
    next_step: String,
    facts: Vec<Fact>,
    lines: Vec<Line>,
    total: String,
    policy: Vec<String>,
    forms: Vec<Form>,
    can_move: Option<String>,
    /// Whether only the host can move it, because it has approved it.
    is_moved_by_host: bool,
    /// The page of the fee and the deposit, for managers of the host.
    charges: Option<String>,
}

/// Returns the text for the next step of a side.
const fn next_step(booking: &Booking, side: Side) -> &'static str {
    match (booking.status, side) {
        (BookingStatus::Held, Side::Customer) => "web-next.held",
        (BookingStatus::Held, _) => "web-next.held-host",
        (BookingStatus::Requested, Side::Customer) => "web-next.requested",
        (BookingStatus::Requested, _) => "web-next.requested-host",
        (BookingStatus::Confirmed, _) => "web-next.confirmed",
        (BookingStatus::InUse, _) => "web-next.in-use",
        _ => "web-next.over",
    }
}

/// Returns the forms for the moves that are possible now.
fn forms(texts: &Texts, booking: &Booking, moves: &[Move], can_pay: bool, now: UtcTime) -> Vec<Form> {
    let opens_at = booking.interval.starts_at() - TimeDelta::minutes(booking.rules.check_in_minutes);
    let offered = moves.iter().filter_map(|one| match one {
        Move::Confirm => Some(("confirm", false)),
        Move::Approve => Some(("approve", false)),
        Move::Decline => Some(("decline", true)),
        Move::Cancel => Some(("cancel", true)),
        Move::CheckIn if opens_at <= now => Some(("check-in", false)),
        Move::CheckOut => Some(("check-out", false)),
        Move::NoShow if booking.interval.starts_at() <= now => Some(("no-show", false)),
        _ => None,
    });
    let pay = can_pay.then_some(("pay", false));
    let form = |(action, asks_reason): (&'static str, bool)| Form {
        action,
        button: texts.attribute_text("web-move", action),
        asks_reason,
    };
    pay.into_iter().chain(offered).map(form).collect()
}

/// Returns how to reach a party: the name, the person and the addresses.
fn contact(contact: &Contact) -> String {
    let person = contact.person.as_ref().map(|person| format!("{} <{}>", person.name, person.email));
    let email = contact.email.as_ref().map(ToString::to_string);
    [Some(contact.organization_name.clone()), person, email].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

async fn show(visit: &Visit, id: &str) -> Result<HttpResponse, Problem> {
    let id: BookingId = read_id(id)?;
    let caller = visit.signed_in::<(View, Book, ManageBookings)>()?;
    let texts = visit.page.texts();
    let setup = visit.page.state.card_payments.setup();
    let load = move |tx: &mut ReadTx| {
        let booking = bookings::get(tx, caller, id)?;
        let (side, moves) = bookings::possible_moves(tx, caller, &booking)?;
        let contacts = bookings::contacts(tx, caller, id)?;
        let can_pay = card_payments::can_start(tx, caller, &booking, setup)?;
        Ok((booking, side, moves, contacts, can_pay, tx.now))
    };
    let (booking, side, moves, contacts, can_pay, now) = visit.page.read(load).await?;
    let timezone = booking.timezone;
    let mut facts = Vec::new();
    let mut say = |name: &str, said: String| {
        if !said.is_empty() {
            facts.push(Fact { name: text(&texts, name), text: said });
        }
    };
    let time = when::span_in_zone(&texts, timezone, booking.interval.starts_at(), booking.interval.ends_at());
    let at = |at: Option<UtcTime>| at.map_or_else(String::new, |at| when::instant(&texts, timezone, at));
    say("web-booking.time", time);
    say("web-booking.place", format!("{}, {}", booking.host_organization_name, booking.site_name));
    say("web-booking.customer", booking.organization_name.clone());
    say("web-booking.quantity", if booking.quantity > 1 { booking.quantity.to_string() } else { String::new() });
    say("web-booking.expires", at(booking.expires_at()));
    say("web-booking.check-in-by", at(booking.check_in_by()));
    say("web-booking.note", booking.note.clone());
    say("web-booking.reason", booking.reason().to_owned());
    say("web-booking.owed", amount(&texts, booking.owed_total()));
    if let Some(contacts) = &contacts {
        let other = if side == Side::Customer { &contacts.host } else { &contacts.customer };
        say("web-booking.contact", contact(other));
    }
    facts.extend(charges::facts(&texts, &booking).into_iter().map(|(name, text)| Fact { name, text }));
    let has_charges = side == Side::Host && (booking.fee.is_some() || booking.deposit().is_some());
    let is_agreed = matches!(booking.status, BookingStatus::Confirmed | BookingStatus::InUse);
    let is_moved_by_host = side == Side::Customer && is_agreed && booking.rules.requires_approval;
    let can_move = (moves.contains(&Move::Reschedule) && !is_moved_by_host).then(|| {
        let (minutes, quantity) = (booking.interval.minutes().to_string(), booking.quantity.to_string());
        let booking_id = booking.id.to_string();
        let parameters = [("booking", &*booking_id), ("minutes", &*minutes), ("quantity", &*quantity)];
        address(&format!("/resources/{}", booking.resource_id), &parameters) + "#free"
    });
    let page = BookingPage {
        frame: visit.frame(booking.resource_name.clone()),
        id,
        status: words::status(&texts, booking.status),
        status_name: booking.status.as_str(),
        next_step: text(&texts, next_step(&booking, side)),
        facts,
        lines: lines(&texts, &booking.price),
        total: amount(&texts, booking.price.total),
        policy: policy(&texts, timezone, &booking.cancellation_fees(), booking.changeable_until()),
        forms: forms(&texts, &booking, &moves, can_pay, now),
        can_move,
        is_moved_by_host,
        charges: has_charges.then(|| format!("/manage/bookings/{id}")),
    };
    Ok(visit.show(StatusCode::OK, &page))
}

/// The fields of a form of the page.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Reason {
    reason: String,
}

fn make(tx: &mut Tx<'_>, caller: Caller, id: BookingId, action: &str, reason: &str) -> Result<(), Error> {
    let any = &IfMatch::Any;
    match action {
        "confirm" => bookings::confirm(tx, caller, id, any),
        "approve" => bookings::approve(tx, caller, id, any),
        "decline" => bookings::decline(tx, caller, id, reason, any),
        "cancel" => bookings::cancel(tx, caller, id, reason, any),
        "check-in" => bookings::check_in(tx, caller, id, None, any),
        "check-out" => bookings::check_out(tx, caller, id, any),
        "no-show" => bookings::no_show(tx, caller, id, any),
        _ => Err(Error::not_found()),
    }
    .map(drop)
}

#[derive(Template)]
#[template(path = "pay.html")]
struct PayPage {
    frame: Frame,
    amount: String,
    href: String,
    back: String,
}

/// Shows the page that leads to that of the provider, for payments that share it.
pub(crate) fn pay_page(visit: &Visit, payments: &[CardPayment], back: String) -> Result<HttpResponse, Problem> {
    let texts = visit.page.texts();
    let total = Money::sum(payments.iter().map(|payment| payment.amount));
    let page = PayPage {
        frame: visit.frame(text(&texts, "web-pay.title")),
        amount: total.map(|total| amount(&texts, total)).unwrap_or_default(),
        href: payments.iter().find_map(|payment| payment.session_url.clone()).unwrap_or_default(),
        back,
    };
    Ok(visit.show(StatusCode::OK, &page))
}

async fn act(visit: &Visit, (id, action): (String, String), sent: Result<Reason, Problem>) -> Result<HttpResponse, Problem> {
    let id: BookingId = read_id(&id)?;
    let Reason { reason } = sent?;
    let caller = visit.signed_in::<(View, Book, ManageBookings)>()?;
    if action == "pay" {
        let payment = visit.page.state.card_payments.pay(caller, id).await?;
        return pay_page(visit, &[payment], format!("/bookings/{id}"));
    }
    let mut fields = Fields::default();
    let reason = fields.text("/reason", &reason, limits::Note::RANGE);
    let reason = fields.finish(|| reason)?;
    visit.page.write(Cost::Light, move |tx: &mut Tx<'_>| make(tx, caller, id, &action, &reason)).await?;
    Ok(visit.lead_to(&format!("/bookings/{id}")))
}

/// Registers the pages. The pages behind the links in mails have the same addresses, and a token.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/bookings/{id}")
            .guard(without_token())
            .get(async |visit: Visit, id: web::Path<String>| visit.shown(show(&visit, &id).await)),
    );
    config.service(
        web::resource("/bookings/{id}/{action}")
            // After a sign-in, the page of the booking shows the form again.
            .get(async |visit: Visit, path: web::Path<(String, String)>| visit.lead_to(&format!("/bookings/{}", path.0)))
            .post(async |visit: Visit, path: web::Path<(String, String)>, sent: Sent<Reason>| {
                let path = path.into_inner();
                let own = format!("/bookings/{}", path.0);
                visit.shown_after(&own, "", act(&visit, path, sent.fields).await)
            }),
    );
}
