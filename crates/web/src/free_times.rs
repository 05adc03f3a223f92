//! The free times of a resource: a week, day by day, with the price of each slot, and the reason where nothing is free.

use chrono::{Days, NaiveDate, NaiveTime};

use super::page::{address, text};
use actions::Caller;
use actions::availability::{self, PricedSlot, SlotFilter};
use actions::error::Error;
use domain::ids::BookingId;
use domain::interval::Interval;
use domain::length::SlotLength;
use domain::limits;
use domain::paging::Paging;
use domain::resource::Resource;
use domain::time::UtcTime;
use domain::wall_clock::{day, local_time, offset};
use storage::db::ReadTx;
use texts::amount::amount;
use texts::catalogue::Texts;
use texts::when;

/// The number of days that are shown at once.
pub(crate) const DAYS: u64 = 7;
/// A day with more slots shows only those that start at a full hour, if there are any.
const MANY: usize = 16;

/// The text for a day whose time is taken.
const TAKEN: &str = "web-free.taken";

/// The slots to show.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// The first day, a local date.
    pub(crate) first: NaiveDate,
    /// The length of each slot in minutes.
    pub(crate) minutes: i64,
    /// The quantity of each slot.
    pub(crate) quantity: i32,
    /// The booking that is to move to one of the slots.
    pub(crate) moves: Option<BookingId>,
}

/// A day with its slots.
pub(crate) struct Day {
    pub(crate) name: String,
    pub(crate) slots: Vec<Slot>,
    /// Why there is no slot; empty if there is one.
    pub(crate) reason: String,
    /// The page that joins the waitlist for the day, if its time is taken.
    pub(crate) waits: String,
}

/// A slot that can be booked.
pub(crate) struct Slot {
    pub(crate) time: String,
    pub(crate) price: String,
    pub(crate) href: String,
}

/// Returns the days.
///
/// # Errors
/// `not_found`.
pub(crate) fn load(
    tx: &mut ReadTx,
    caller: Option<Caller>,
    resource: &Resource,
    wanted: Wanted,
    texts: &Texts,
) -> Result<Vec<Day>, Error> {
    let timezone = resource.site.timezone;
    let dates: Vec<NaiveDate> = (0..DAYS).filter_map(|days| wanted.first.checked_add_days(Days::new(days))).collect();
    let days: Vec<(NaiveDate, Interval)> = dates.iter().filter_map(|date| Some((*date, day(timezone, *date)?))).collect();
    let slots = match days.first().zip(days.last()) {
        Some(((_, first), (_, last))) => list(tx, caller, resource, wanted, first.starts_at().max(tx.now), last.ends_at())?,
        None => Vec::new(),
    };
    let now = tx.now;
    let shown = days.into_iter().map(|(date, day)| {
        let of_day: Vec<_> = slots
            .iter()
            .filter(|slot| day.starts_at() <= slot.interval.starts_at())
            .filter(|slot| slot.interval.starts_at() < day.ends_at())
            .collect();
        let at_full_hours: Vec<_> = of_day
            .iter()
            .copied()
            .filter(|slot| local_time(timezone, slot.interval.starts_at()).format("%M").to_string() == "00")
            .collect();
        let of_day = if of_day.len() > MANY && !at_full_hours.is_empty() { at_full_hours } else { of_day };
        let reason = if of_day.is_empty() { reason(resource, day, now) } else { "" };
        let waits = if reason == TAKEN { waits(resource, wanted, day) } else { String::new() };
        let reason = if reason.is_empty() { String::new() } else { text(texts, reason) };
        // On a day on which the clocks change, some times occur twice.
        let names_zone = offset(timezone, day.starts_at()) != offset(timezone, day.ends_at());
        let slot = |slot: &&PricedSlot| Slot {
            time: time(texts, resource, slot.interval, names_zone),
            price: amount(texts, slot.price.total),
            href: href(resource, wanted, slot.interval),
        };
        Day { name: when::day(texts, date), slots: of_day.iter().map(slot).collect(), reason, waits }
    });
    Ok(shown.collect())
}

fn list(
    tx: &mut ReadTx,
    caller: Option<Caller>,
    resource: &Resource,
    wanted: Wanted,
    from: UtcTime,
    to: UtcTime,
) -> Result<Vec<PricedSlot>, Error> {
    let Ok(starts_within) = Interval::new(from, to) else { return Ok(Vec::new()) };
    let length = Some(SlotLength::of_minutes(wanted.minutes));
    let filter = SlotFilter { customer: None, operated_by: None, starts_within, length, quantity: wanted.quantity };
    let mut slots = Vec::new();
    let mut cursor = None;
    loop {
        let paging = Paging::of(Some(*limits::PageSize::RANGE.end()), cursor.as_deref())?;
        let page = availability::slots(tx, caller, resource.id, filter, &paging)?;
        slots.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(slots);
        }
    }
}

/// Returns the text for why a day has no slot.
fn reason(resource: &Resource, day: Interval, now: UtcTime) -> &'static str {
    let bookable = resource.bookable();
    if day.ends_at() <= now {
        "web-free.past"
    } else if bookable.open(day).is_empty() {
        "web-free.closed"
    } else if bookable.starts(now, day).is_none() {
        let is_near = day.starts_at() <= now + chrono::TimeDelta::minutes(resource.fields.rules.notice_minutes);
        if is_near { "web-free.too-soon" } else { "web-free.too-far" }
    } else {
        TAKEN
    }
}

/// Returns the local times of a slot: `09:00-11:00`; with the day of its end if that is another one.
fn time(texts: &Texts, resource: &Resource, slot: Interval, names_zone: bool) -> String {
    let timezone = resource.site.timezone;
    let zone = |at| if names_zone { format!(" {}", when::abbreviation(timezone, at)) } else { String::new() };
    let (start, end) = (local_time(timezone, slot.starts_at()), local_time(timezone, slot.ends_at()));
    let days = (end.date() - start.date()).num_days();
    let ends = match (days, end.time()) {
        (0, _) => end.format("%H:%M").to_string(),
        (1, NaiveTime::MIN) => "24:00".to_owned(),
        _ => when::near(texts, end),
    };
    format!("{}{}-{ends}{}", start.format("%H:%M"), zone(slot.starts_at()), zone(slot.ends_at()))
}

/// Returns the page that joins the waitlist for any slot of the length on a day.
fn waits(resource: &Resource, wanted: Wanted, day: Interval) -> String {
    let (starts_at, ends_at) = (day.starts_at().to_string(), day.ends_at().to_string());
    let (id, quantity, minutes) = (resource.id.to_string(), wanted.quantity.to_string(), wanted.minutes.to_string());
    let slot = [("resource", &*id), ("starts_at", &*starts_at), ("ends_at", &*ends_at), ("quantity", &*quantity)];
    // A slot of several days has no window in a day.
    let parameters = [slot.as_slice(), &[("duration_minutes", &*minutes)]].concat();
    address("/waitlist/new", if day.minutes() < wanted.minutes { &slot } else { &parameters })
}

fn href(resource: &Resource, wanted: Wanted, slot: Interval) -> String {
    let (starts_at, ends_at) = (slot.starts_at().to_string(), slot.ends_at().to_string());
    let times = [("starts_at", starts_at.as_str()), ("ends_at", ends_at.as_str())];
    match wanted.moves {
        Some(booking) => address(&format!("/bookings/{booking}/move"), &times),
        None => {
            let (id, quantity) = (resource.id.to_string(), wanted.quantity.to_string());
            address("/book", &[[("resource", &*id), times[0]], [times[1], ("quantity", &*quantity)]].concat())
        }
    }
}
