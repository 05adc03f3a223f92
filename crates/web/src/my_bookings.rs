//! The bookings of the visitor: those that come next or are over, with a series or a group as one entry; and the waits.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::page::{Frame, address, text};
use super::sent::Parameters;
use super::visit::{Visit, without_token};
use super::waitlist::Wait;
use super::words;
use actions::bookings::{self, Search};
use actions::error::Error;
use actions::{Caller, booking_groups, series, waitlist};
use api::caller::{Book, ManageBookings, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::booking::{Booking, BookingOrder};
use domain::booking_group;
use domain::paging::Paging;
use domain::time::UtcTime;
use storage::db::ReadTx;
use texts::amount::amount;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The number of bookings of a series or a group that its entry shows.
const SHOWN: usize = 5;

/// A booking in a list.
pub(crate) struct Listed {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) time: String,
    pub(crate) status: String,
    pub(crate) status_name: &'static str,
    pub(crate) parties: String,
    pub(crate) price: String,
}

impl Listed {
    /// Puts a booking into the words of a list.
    pub(crate) fn of(texts: &Texts, booking: &Booking) -> Self {
        let parties = variables([
            ("customer", booking.organization_name.as_str().into()),
            ("host", booking.host_organization_name.as_str().into()),
        ]);
        Self {
            href: format!("/bookings/{}", booking.id),
            name: booking.resource_name.clone(),
            time: when::span_in_zone(texts, booking.timezone, booking.interval.starts_at(), booking.interval.ends_at()),
            status: words::status(texts, booking.status),
            status_name: booking.status.as_str(),
            parties: texts.attribute("web-bookings", "parties", &parties),
            price: amount(texts, booking.price.total),
        }
    }
}

/// An entry: a booking, or several that were made together.
enum Entry {
    One(Listed),
    Several {
        href: String,
        name: String,
        /// How the series repeats, or what a group is.
        about: String,
        shown: Vec<Listed>,
        /// The number of further bookings.
        more: usize,
        price: String,
    },
}

#[derive(Template)]
#[template(path = "bookings.html")]
struct BookingsPage {
    frame: Frame,
    is_past: bool,
    waits: Vec<Wait>,
    found: Vec<Entry>,
    next: Option<String>,
}

/// The parameters of the list.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    past: bool,
    cursor: Option<String>,
}

/// The bookings that are listed: those that end after an instant by their start, or those that start before it, the latest first.
#[derive(Clone, Copy)]
struct Span {
    past: bool,
    now: UtcTime,
}

impl Span {
    fn search(self) -> Search {
        match self.past {
            true => Search { to: Some(self.now), order: Some(BookingOrder::StartsAtDescending), ..Search::default() },
            false => Search { from: Some(self.now), order: Some(BookingOrder::StartsAt), ..Search::default() },
        }
    }

    /// Returns those of the bookings that the list has, in its order.
    fn of(self, mut bookings: Vec<Booking>) -> Vec<Booking> {
        match self.past {
            true => bookings.retain(|booking| booking.interval.starts_at() < self.now),
            false => bookings.retain(|booking| booking.interval.ends_at() > self.now),
        }
        bookings.sort_by_key(|booking| (booking.interval.starts_at(), booking.id));
        if self.past {
            bookings.reverse();
        }
        bookings
    }
}

/// Returns the entry in place of a booking of the list. The entry of several bookings takes the place of the first of them in the list.
fn entry(tx: &mut ReadTx, caller: Caller, texts: &Texts, booking: &Booking, span: Span) -> Result<Option<Entry>, Error> {
    let (href, name, about, all) = match (booking.series_id, booking.group_id) {
        (Some(id), _) => {
            let whole = series::get(tx, caller, id)?;
            let about = words::repetition(texts, &whole.series.rule);
            (format!("/series/{id}"), whole.series.resource_name, about, whole.bookings)
        }
        (None, Some(id)) => {
            let bookings = booking_groups::get(tx, caller, id)?.bookings;
            let count = variables([("count", bookings.len().into())]);
            let name = texts.attribute("web-together", "group", &count);
            (format!("/booking-groups/{id}"), name, text(texts, "web-together.about-group"), bookings)
        }
        (None, None) => return Ok(Some(Entry::One(Listed::of(texts, booking)))),
    };
    let listed = span.of(all);
    if listed.first().is_none_or(|first| first.id != booking.id) {
        return Ok(None);
    }
    let price = booking_group::price(listed.iter().map(|booking| (booking.status, booking.price.total)));
    Ok(Some(Entry::Several {
        href,
        name,
        about,
        more: listed.len().saturating_sub(SHOWN),
        shown: listed.iter().take(SHOWN).map(|booking| Listed::of(texts, booking)).collect(),
        price: price.map(|price| amount(texts, price)).unwrap_or_default(),
    }))
}

async fn list(visit: &Visit, asked: Asked) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, Book, ManageBookings)>()?;
    let texts = visit.page.texts();
    let Asked { past, mut cursor } = asked;
    let shows_waits = !past && cursor.is_none();
    let written = texts.clone();
    let load = move |tx: &mut ReadTx| {
        let span = Span { past, now: tx.now };
        let (mut found, mut known) = (Vec::new(), BTreeSet::new());
        loop {
            let page = bookings::list(tx, caller, &span.search(), &Paging::of(None, cursor.as_deref())?)?;
            let is_first = |booking: &&Booking| match (booking.series_id, booking.group_id) {
                (Some(id), _) => known.insert(id.to_string()),
                (None, Some(id)) => known.insert(id.to_string()),
                (None, None) => true,
            };
            for booking in page.items.iter().filter(is_first).collect::<Vec<_>>() {
                found.extend(entry(tx, caller, &written, booking, span)?);
            }
            cursor = page.next_cursor;
            // A page can have only further bookings of entries before it.
            if !found.is_empty() || cursor.is_none() {
                break;
            }
        }
        let waits = match shows_waits {
            true => waitlist::list_as_customer(tx, caller, &Paging::of(Some(200), None)?)?.items,
            false => Vec::new(),
        };
        let waits: Vec<_> = waits.iter().map(|(entry, timezone)| Wait::of(&written, entry, *timezone)).collect();
        Ok((found, waits, cursor))
    };
    let (found, waits, next) = visit.page.read_at(Cost::Search, load).await?;
    let past_text = if past { "true" } else { "false" };
    let next = next.map(|cursor| address("/bookings", &[("past", past_text), ("cursor", &cursor)]));
    let frame = visit.frame(text(&texts, "web-bookings.title"));
    Ok(visit.show(StatusCode::OK, &BookingsPage { frame, is_past: past, waits, found, next }))
}

/// Registers the page. The page behind the link in a mail has the same address, and a token.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/bookings")
            .guard(without_token())
            .get(async |visit: Visit, Parameters(asked): Parameters<Asked>| visit.shown(list(&visit, asked).await)),
    );
}
