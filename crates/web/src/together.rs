//! The pages of bookings that were made together: of a series and of a group, with what can be done now.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use super::bookings::pay_page;
use super::catalogue::Choice;
use super::my_bookings::Listed;
use super::page::{Frame, address, read_id, text};
use super::repeat::Date;
use super::sent::Sent;
use super::visit::{Visit, without_token};
use super::words;
use actions::error::Error;
use actions::series::Whole;
use actions::{Caller, booking_groups, bookings, card_payments, organizations, series};
use api::caller::{Book, ManageBookings, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::booking::{Booking, Move};
use domain::booking_group;
use domain::card_account::CardSetup;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingGroupId, BookingId, SeriesId};
use domain::length::SlotLength;
use domain::limits;
use domain::permissions::Permission;
use domain::said::said;
use domain::series::Occurrence;
use domain::wall_clock::start_of_day;
use storage::db::{ReadTx, Tx};
use storage::series::Series;
use texts::amount::amount;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The bookings of a page.
#[derive(Debug, Clone, Copy)]
enum Together {
    Series(SeriesId),
    Group(BookingGroupId),
}

impl Together {
    /// Returns the address of the page.
    fn path(self) -> String {
        match self {
            Self::Series(id) => format!("/series/{id}"),
            Self::Group(id) => format!("/booking-groups/{id}"),
        }
    }
}

/// A form of the page.
struct Form {
    action: &'static str,
    button: String,
    asks_reason: bool,
    /// The booking from which on the action is meant: that of the next one is chosen.
    from: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "together.html")]
struct TogetherPage {
    frame: Frame,
    path: String,
    about: String,
    note: String,
    found: Vec<Listed>,
    total: String,
    forms: Vec<Form>,
    skipped: Vec<Date>,
}

/// The facts that a page shows.
struct Loaded {
    title: Option<String>,
    rule: String,
    note: String,
    bookings: Vec<Booking>,
    /// The dates that are not booked, each with the page with other times, if the visitor can book one.
    skipped: Vec<(Occurrence, String)>,
    /// Whether the bookings of a group can be paid by card together.
    can_pay: bool,
    /// The moves that are possible now, each with its bookings.
    moves: Vec<(Move, Vec<BookingId>)>,
}

/// Returns the page with the free times of the resource around a date that a series has left out, each as long as its bookings.
fn other_times(series: &Series, left_out: &Occurrence, timezone: Tz) -> String {
    let minutes = SlotLength::of(timezone, series.slot.interval).minutes().to_string();
    let (day, quantity) = (left_out.date.to_string(), series.slot.quantity.to_string());
    let parameters = [("day", &*day), ("minutes", &*minutes), ("quantity", &*quantity)];
    address(&format!("/resources/{}", series.resource_id), &parameters) + "#free"
}

fn load(tx: &mut ReadTx, caller: Caller, of: Together, setup: CardSetup) -> Result<Loaded, Error> {
    let (title, rule, note, bookings, skipped) = match of {
        Together::Series(id) => {
            let Whole { series, bookings } = series::get(tx, caller, id)?;
            let customers = organizations::list_permitted(tx, caller, Permission::Book)?;
            let (can_book, now) = (customers.contains(&series.organization_id), tx.now);
            let timezone = bookings.first().map_or(Tz::UTC, |booking| booking.timezone);
            let is_to_come = |one: &Occurrence| one.starts_at.unwrap_or_else(|| start_of_day(timezone, one.date)) > now;
            let other_times = |one: &Occurrence| match can_book && is_to_come(one) {
                true => other_times(&series, one, timezone),
                false => String::new(),
            };
            let skipped = series.skipped.iter().map(|one| (one.clone(), other_times(one))).collect();
            (Some(series.resource_name), series.rule, series.note, bookings, skipped)
        }
        Together::Group(id) => {
            let whole = booking_groups::get(tx, caller, id)?;
            (None, String::new(), whole.group.note, whole.bookings, Vec::new())
        }
    };
    let mut moves: Vec<(Move, Vec<BookingId>)> =
        [Move::Confirm, Move::Approve, Move::Decline, Move::Cancel].map(|one| (one, Vec::new())).into();
    for booking in &bookings {
        let (_, possible) = bookings::possible_moves(tx, caller, booking)?;
        let meant = moves.iter_mut().filter(|(one, _)| possible.contains(one));
        meant.for_each(|(_, bookings)| bookings.push(booking.id));
    }
    moves.retain(|(_, bookings)| !bookings.is_empty());
    let can_pay = title.is_none() && card_payments::can_start_group(tx, caller, &bookings, setup)?;
    Ok(Loaded { title, rule, note, bookings, skipped, can_pay, moves })
}

fn forms(texts: &Texts, of: Together, loaded: &Loaded) -> Vec<Form> {
    let form = |(one, meant): &(Move, Vec<BookingId>)| {
        let action = match one {
            Move::Confirm => "confirm",
            Move::Approve => "approve",
            Move::Decline => "decline",
            _ => "cancel",
        };
        let asks_reason = matches!(one, Move::Decline | Move::Cancel);
        let bookings = loaded.bookings.iter().filter(|booking| meant.contains(&booking.id));
        let from = bookings.map(|booking| Choice {
            value: booking.id.to_string(),
            text: when::span_in_zone(texts, booking.timezone, booking.interval.starts_at(), booking.interval.ends_at()),
            is_chosen: false,
        });
        let is_series = matches!(of, Together::Series(_));
        Form {
            action,
            button: texts.attribute("web-together", action, &variables([("count", meant.len().into())])),
            asks_reason,
            from: if is_series && asks_reason && meant.len() > 1 { from.collect() } else { Vec::new() },
        }
    };
    let pay = loaded.can_pay.then(|| Form {
        action: "pay",
        button: text(texts, "web-together.pay"),
        asks_reason: false,
        from: Vec::new(),
    });
    pay.into_iter().chain(loaded.moves.iter().map(form)).collect()
}

async fn show(visit: &Visit, of: Together) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, Book, ManageBookings)>()?;
    let texts = visit.page.texts();
    let setup = visit.page.state.card_payments.setup();
    let loaded = visit.page.read_at(Cost::Search, move |tx: &mut ReadTx| load(tx, caller, of, setup)).await?;
    let count = variables([("count", loaded.bookings.len().into())]);
    let price = booking_group::price(loaded.bookings.iter().map(|booking| (booking.status, booking.price.total)));
    let forms = forms(&texts, of, &loaded);
    let timezone = loaded.bookings.first().map_or(Tz::UTC, |booking| booking.timezone);
    let skipped =
        |(one, other_times): &(Occurrence, String)| Date { other_times: other_times.clone(), ..Date::of(&texts, one, timezone) };
    let page = TogetherPage {
        frame: visit.frame(loaded.title.unwrap_or_else(|| texts.attribute("web-together", "group", &count))),
        path: of.path(),
        about: match of {
            Together::Series(_) => words::repetition(&texts, &loaded.rule),
            Together::Group(_) => text(&texts, "web-together.about-group"),
        },
        note: loaded.note,
        found: loaded.bookings.iter().map(|booking| Listed::of(&texts, booking)).collect(),
        total: price.map(|price| amount(&texts, price)).unwrap_or_default(),
        forms,
        skipped: loaded.skipped.iter().map(skipped).collect(),
    };
    Ok(visit.show(StatusCode::OK, &page))
}

/// The fields of a form of the page.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Fate {
    reason: String,
    /// The booking of a series from which on the action is meant; empty for all.
    from: String,
}

fn make(
    tx: &mut Tx<'_>,
    caller: Caller,
    of: Together,
    (action, reason, from): (&str, &str, Option<BookingId>),
) -> Result<(), Error> {
    match (of, action) {
        (Together::Series(id), "confirm") => series::confirm(tx, caller, id).map(drop),
        (Together::Series(id), "approve") => series::approve(tx, caller, id).map(drop),
        (Together::Series(id), "decline") => series::decline(tx, caller, id, from, reason).map(drop),
        (Together::Series(id), "cancel") => series::cancel(tx, caller, id, from, reason).map(drop),
        (Together::Group(id), "confirm") => booking_groups::confirm(tx, caller, id).map(drop),
        (Together::Group(id), "approve") => booking_groups::approve(tx, caller, id).map(drop),
        (Together::Group(id), "decline") => booking_groups::decline(tx, caller, id, None, reason).map(drop),
        (Together::Group(id), "cancel") => booking_groups::cancel(tx, caller, id, None, reason).map(drop),
        _ => Err(Error::not_found()),
    }
}

async fn act(visit: &Visit, of: Together, action: String, sent: Fate) -> Result<HttpResponse, Problem> {
    let Fate { reason, from } = sent;
    let caller = visit.signed_in::<(View, Book, ManageBookings)>()?;
    if let (Together::Group(id), "pay") = (of, action.as_str()) {
        let payments = visit.page.state.card_payments.pay_group(caller, id).await?;
        return pay_page(visit, &payments, of.path());
    }
    let mut fields = Fields::default();
    let reason = fields.text("/reason", &reason, limits::Note::RANGE);
    let reason = fields.finish(|| reason)?;
    let from = match from.as_str() {
        "" => None,
        from => Some(from.parse().map_err(|_| InvalidFields::one("/from", "invalid", said!("must be a booking of the series")))?),
    };
    visit.page.write(Cost::Heavy, move |tx: &mut Tx<'_>| make(tx, caller, of, (&action, &reason, from))).await?;
    Ok(visit.lead_to(&of.path()))
}

/// Registers the pages. The pages behind the links in mails have the same addresses, and a token.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    macro_rules! page_of {
        ($path:literal, $of:path) => {
            config.service(web::resource(concat!($path, "/{id}")).guard(without_token()).get(
                async |visit: Visit, id: web::Path<String>| visit.shown(async { show(&visit, $of(read_id(&id)?)).await }.await),
            ));
            config.service(
                web::resource(concat!($path, "/{id}/{action}"))
                    // After a sign-in, the page shows the form again.
                    .get(async |visit: Visit, path: web::Path<(String, String)>| {
                        visit.lead_to(&format!(concat!($path, "/{}"), path.0))
                    })
                    .post(async |visit: Visit, path: web::Path<(String, String)>, sent: Sent<Fate>| {
                        let (id, action) = path.into_inner();
                        let own = format!(concat!($path, "/{}"), id);
                        let done = async { act(&visit, $of(read_id(&id)?), action, sent.fields?).await }.await;
                        visit.shown_after(&own, "", done)
                    }),
            );
        };
    }
    page_of!("/series", Together::Series);
    page_of!("/booking-groups", Together::Group);
}
