//! The fee and the deposit of a booking, for managers of the host: waive the fee, return or keep the deposit.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::listings::{decimal, read_amount};
use crate::page::{Explained, Frame, read_id, text};
use crate::sent::{Parameters, Sent};
use crate::visit::Visit;
use crate::words;
use actions::bookings::{self, NewDepositReturn};
use actions::error::Error;
use actions::precondition::IfMatch;
use api::caller::{ManageBookings, ManageMoney, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::booking::Booking;
use domain::booking::deposit::is_returned_later;
use domain::fields::{Fields, InvalidFields};
use domain::ids::BookingId;
use domain::limits;
use domain::money::Money;
use domain::permissions::Permission;
use domain::problem::Code;
use storage::db::{ReadTx, Tx};
use texts::amount::amount;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The fields of the forms, and the parameter of the page.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    /// The button: `waive` or `return`.
    action: String,
    reason: String,
    kept: String,
    done: String,
}

#[derive(Template)]
#[template(path = "manage_charges.html")]
struct ChargesPage {
    frame: Frame,
    path: String,
    back: String,
    done: String,
    problem: Option<Explained>,
    facts: Vec<(String, String)>,
    can_waive: bool,
    can_return: bool,
    /// Whether the deposit is held for a booking that is not over.
    is_early: bool,
    wanted: Wanted,
}

/// Returns the fee and the deposit of a booking in words, each with its name.
pub(crate) fn facts(texts: &Texts, booking: &Booking) -> Vec<(String, String)> {
    let money = |of: i64| amount(texts, Money { amount: of, ..booking.price.total });
    let mut facts = Vec::new();
    if let Some(fee) = &booking.fee {
        let kind = texts.attribute_text("web-fee", fee.kind.as_str());
        facts.push((text(texts, "web-charges.fee"), format!("{}, {kind}", amount(texts, fee.amount))));
        if let Some(waiver) = &fee.waiver {
            facts.push((text(texts, "web-charges.waived"), waiver.reason.clone()));
        }
    }
    if let Some(deposit) = booking.deposit() {
        facts.push((text(texts, "web-charges.deposit"), amount(texts, deposit.amount)));
        if let Some(returned) = deposit.returned {
            let rest = deposit.amount.amount.saturating_sub(returned.kept);
            facts.push((text(texts, "web-charges.returned"), money(rest)));
            if returned.kept > 0 {
                let kept = variables([("amount", money(returned.kept).into()), ("reason", returned.reason.into())]);
                facts.push((text(texts, "web-charges.kept"), texts.attribute("web-charges", "kept-for", &kept)));
            }
        }
    }
    facts
}

async fn show(visit: &Visit, id: BookingId, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageBookings, ManageMoney)>()?;
    let load = move |tx: &mut ReadTx| {
        let booking = bookings::get(tx, caller, id)?;
        actions::authorize(tx, caller, booking.host_organization_id, Permission::ManageMoney, true)?;
        Ok(booking)
    };
    let booking = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let deposit = booking.deposit();
    let is_over = is_returned_later(booking.status);
    let time = when::span_in_zone(&texts, booking.timezone, booking.interval.starts_at(), booking.interval.ends_at());
    let about = [
        (text(&texts, "web-booking.customer"), booking.organization_name.clone()),
        (text(&texts, "web-booking.time"), time),
        (text(&texts, "web-manage.status"), words::status(&texts, booking.status)),
        (text(&texts, "web-booking.owed"), amount(&texts, booking.owed_total())),
    ];
    let page = ChargesPage {
        frame: visit.frame(format!("{}: {}", text(&texts, "web-charges.title"), booking.resource_name)),
        path: format!("/manage/bookings/{id}"),
        back: format!("/bookings/{id}"),
        done: texts.attribute_text("web-charges-done", &wanted.done),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, booking.timezone)),
        can_waive: booking.fee.as_ref().is_some_and(|fee| fee.waiver.is_none()),
        can_return: deposit.is_some() && is_over,
        is_early: deposit.is_some_and(|deposit| deposit.returned.is_none()) && !is_over,
        facts: about.into_iter().chain(facts(&texts, &booking)).collect(),
        wanted: match wanted.kept.is_empty() {
            true => Wanted { kept: decimal(0, booking.price.total.currency), ..wanted },
            false => wanted,
        },
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn press(visit: &Visit, id: BookingId, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ManageBookings, ManageMoney)>()?;
    let sent = wanted.clone();
    let act = move |tx: &mut Tx<'_>| match sent.action.as_str() {
        "waive" => {
            let mut fields = Fields::default();
            let reason = fields.text("/reason", &sent.reason, limits::Note::RANGE);
            let reason = fields.finish(|| reason)?;
            bookings::waive_fee(tx, caller, id, &reason, &IfMatch::Any).map(drop)
        }
        "return" => {
            let currency = bookings::get(tx, caller, id)?.price.total.currency;
            let kept = read_amount(&sent.kept, currency).map_err(|detail| InvalidFields::one("/kept", "invalid", detail))?;
            let new = NewDepositReturn::read(kept, &sent.reason)?;
            bookings::return_deposit(tx, caller, id, &new, &IfMatch::Any).map(drop)
        }
        _ => Err(Error::refused(Code::MalformedRequest)),
    };
    match visit.page.write(Cost::Light, act).await {
        Ok(()) => Ok(visit.lead_to(&format!("/manage/bookings/{id}?done={}", wanted.action))),
        Err(problem) => show(visit, id, wanted, Some(problem)).await,
    }
}

/// Registers the page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/manage/bookings/{id}")
            .get(async |visit: Visit, id: web::Path<String>, Parameters(wanted): Parameters<Wanted>| {
                visit.shown(async { show(&visit, read_id(&id)?, wanted, None).await }.await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Wanted>| {
                let made = async { press(&visit, read_id(&id)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/manage/bookings/{id}"), &sent.query, made)
            }),
    );
}
