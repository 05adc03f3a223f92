//! The day of a site: what waits for the host, who is due now, and all resources hour by hour.

use std::rc::Rc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use serde::Deserialize;

use super::block;
use super::live::Live;
use super::parts::{list_sites, slot_form, tabs};
use super::plan::{self, Dated, Timeline};
use super::timeline::{Bar, Row, place};
use super::written::Written;
use crate::catalogue::Choice;
use crate::page::{Frame, Scripts, address, read_id};
use crate::sent::Parameters;
use crate::team::parts::Tab;
use crate::visit::Visit;
use actions::bookings::{self, Search};
use actions::site_days::{self, SiteDay};
use actions::{organization_events, organizations};
use api::caller::{ManageBookings, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::booking::{Booking, BookingStatus, Life, Party};
use domain::ids::{BookingId, OrganizationId, ResourceId, SiteId};
use domain::paging::Paging;
use domain::resource::Resource;
use domain::time::UtcTime;
use domain::wall_clock::{day, local_time};
use storage::blocks::Block;
use storage::db::ReadTx;
use storage::site_bookings::SiteBooking;
use storage::sites::Site;
use texts::when;

/// Days that are further away, in either direction, are not shown.
const FAR_DAYS: i64 = 3660;

/// The parameters of the page.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    day: String,
    site: String,
}

/// A booking in a list of the page.
struct Entry<'a> {
    id: BookingId,
    time: Rc<str>,
    resource: &'a str,
    customer: &'a str,
    status: Rc<str>,
    status_name: &'static str,
}

/// A resource with its row of the picture.
struct Line<'a> {
    id: ResourceId,
    name: &'a str,
    is_broken: bool,
    /// The form that books it for a customer on the day.
    offer: String,
    row: Row<'a>,
}

/// An hour of the picture.
struct Hour {
    x: i64,
    text: String,
}

#[derive(Template)]
#[template(path = "manage_day.html")]
struct DayPage<'a> {
    frame: Frame,
    organization: OrganizationId,
    tabs: Vec<Tab>,
    sites: Vec<Choice>,
    site: Option<SiteId>,
    day: NaiveDate,
    day_name: String,
    timezone: &'static str,
    earlier: String,
    later: String,
    waiting: Vec<Entry<'a>>,
    due: Vec<Entry<'a>>,
    hours: Vec<Hour>,
    width: i64,
    lines: Vec<Line<'a>>,
    bookings: Vec<Entry<'a>>,
    timeline: Option<Timeline>,
    live: Live,
}

impl<'a> Entry<'a> {
    fn of(written: &Written<'_>, booking: &'a SiteBooking) -> Self {
        Self {
            id: booking.id,
            time: written.time(booking.timezone, booking.life.interval),
            resource: &booking.resource_name,
            customer: &booking.organization_name,
            status: written.status(booking.life.status),
            status_name: booking.life.status.as_str(),
        }
    }
}

/// Returns whether somebody is due: to check in now, or to check out.
fn is_due(Life { status, interval, check_in_opens, .. }: Life, now: UtcTime) -> bool {
    let (start, end) = (interval.starts_at(), interval.ends_at());
    match status {
        BookingStatus::Confirmed => start - check_in_opens <= now && now < end,
        BookingStatus::InUse => end <= now,
        _ => false,
    }
}

fn bar_of<'a>(written: &Written<'_>, booking: &'a SiteBooking) -> Bar<'a> {
    Bar {
        interval: booking.life.interval,
        href: format!("/bookings/{}", booking.id),
        time: written.time(booking.timezone, booking.life.interval),
        name: &booking.organization_name,
        status: written.status(booking.life.status),
        class: booking.life.status.as_str(),
    }
}

fn bar_of_block<'a>(written: &Written<'_>, site: &Site, block: &'a Block) -> Bar<'a> {
    Bar {
        interval: block.slot.interval,
        href: block::path((block.resource_id, block.id)),
        time: written.time(site.fields.timezone, block.slot.interval),
        name: &block.reason,
        status: written.blocked.clone(),
        class: "block",
    }
}

/// Returns the form that books a resource for a customer, at nine in the morning of the day.
fn offer_on(date: NaiveDate, resource: &Resource) -> String {
    let start = date.and_time(NaiveTime::MIN) + TimeDelta::hours(9);
    slot_form(resource.id, "offer", (start, start + TimeDelta::minutes(resource.fields.rules.usual_minutes())))
}

fn lines<'a>(written: &Written<'_>, Dated { date, span: day }: Dated, shown: &'a SiteDay, now: UtcTime) -> Vec<Line<'a>> {
    let line = |resource: &'a Resource| {
        let bookings = shown.bookings.iter().filter(|booking| booking.resource_id == resource.id);
        let blocks = shown.blocks.iter().filter(|block| block.resource_id == resource.id);
        let bars = bookings.map(|booking| bar_of(written, booking));
        let bars = bars.chain(blocks.map(|block| bar_of_block(written, &shown.site, block)));
        Line {
            id: resource.id,
            name: &resource.fields.name,
            is_broken: resource.out_of_order.as_ref().is_some_and(|known| !known.is_over(now)),
            offer: offer_on(date, resource),
            row: place(day, bars.collect()),
        }
    };
    shown.resources.iter().map(line).collect()
}

/// Returns the full hours of a day, as the clocks show them: 23 or 25 when they change.
fn hours(site: &Site, day: Dated) -> Vec<Hour> {
    let hours = (0..day.span.minutes()).step_by(60);
    hours.map(|x| Hour { x, text: plan::hour(site.fields.timezone, day, x) }).collect()
}

/// Returns the day on which a site is shown: the one that is asked for, or today.
pub(super) fn day_of(site: &Site, asked: &str, now: UtcTime) -> Option<Dated> {
    let timezone = site.fields.timezone;
    let today = local_time(timezone, now).date();
    let date = asked.parse().ok().filter(|date: &NaiveDate| (*date - today).num_days().abs() < FAR_DAYS).unwrap_or(today);
    Some(Dated { date, span: day(timezone, date)? })
}

async fn show(visit: &Visit, id: &str, asked: Asked) -> Result<HttpResponse, Problem> {
    let id: OrganizationId = read_id(id)?;
    let caller = visit.signed_in::<(View, ManageBookings)>()?;
    let texts = visit.page.texts();
    let load = move |tx: &mut ReadTx| {
        let (organization, _) = organizations::get(tx, Some(caller), id)?;
        let now = tx.now;
        // Before all else, so that the stream tells what changes after it.
        let latest = organization_events::find_last(tx)?;
        let all = list_sites(tx, caller, id)?;
        let site = all.iter().map(|(id, _)| *id).find(|id| id.as_str() == asked.site).or_else(|| all.first().map(|(id, _)| *id));
        let mut date = None;
        let shown = match site {
            Some(site) => Some(site_days::get(tx, caller, id, site, |site| {
                date = day_of(site, &asked.day, now);
                date.map(|day| day.span)
            })?),
            None => None,
        };
        let statuses = [BookingStatus::Held, BookingStatus::Requested].into_iter().collect();
        let search = Search { organization: Some(id), host: Some(id), statuses, ..Search::default() };
        let waiting = bookings::list(tx, caller, &search, &Paging::of(Some(100), None)?)?.items;
        Ok((organization.fields().name, all, site, shown.zip(date), waiting, (now, latest)))
    };
    let (name, all, site, shown, waiting, (now, latest)) = visit.page.read_at(Cost::Search, load).await?;
    let waits = |booking: &Booking| booking.status == BookingStatus::Requested || booking.awaits() == Some(Party::Host);
    let waiting: Vec<SiteBooking> = waiting.into_iter().filter(waits).map(SiteBooking::from).collect();
    let written = Written::new(&texts);
    let shown = shown.as_ref().map(|(shown, day)| (shown, *day));
    let choice = |(id, name): (SiteId, String)| Choice { value: id.to_string(), text: name, is_chosen: Some(id) == site };
    let path = format!("/manage/{id}");
    let day_page = |date: NaiveDate| {
        let (day, site) = (date.to_string(), site.map(|site| site.to_string()).unwrap_or_default());
        address(&path, &[("day", &day), ("site", &site)])
    };
    let date = shown.map_or_else(|| local_time(chrono_tz::UTC, now).date(), |(_, day)| day.date);
    let entry = |booking| Entry::of(&written, booking);
    let bookings = || shown.iter().flat_map(|(shown, _)| &shown.bookings);
    let page = DayPage {
        frame: visit.frame(name),
        organization: id,
        tabs: tabs(&texts, id, "web-manage.day"),
        sites: all.into_iter().map(choice).collect(),
        site,
        day: date,
        day_name: when::day(&texts, date),
        timezone: shown.map_or("UTC", |(shown, _)| shown.site.fields.timezone.name()),
        earlier: day_page(date.pred_opt().unwrap_or(date)),
        later: day_page(date.succ_opt().unwrap_or(date)),
        waiting: waiting.iter().map(entry).collect(),
        due: bookings().filter(|one| is_due(one.life, now)).map(entry).collect(),
        hours: shown.map(|(shown, day)| hours(&shown.site, day)).unwrap_or_default(),
        width: shown.map_or(0, |(_, day)| day.span.minutes()),
        lines: shown.map(|(shown, day)| lines(&written, day, shown, now)).unwrap_or_default(),
        bookings: bookings().map(entry).collect(),
        timeline: shown.and_then(|(shown, day)| Timeline::of(&written, shown, &[day], now)),
        live: Live::of(visit, id, latest),
    };
    Ok(visit.show_with(Scripts::Own, StatusCode::OK, &page))
}

/// Registers the page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/manage/{id}",
        web::get().to(async |visit: Visit, id: web::Path<String>, Parameters(asked): Parameters<Asked>| {
            visit.shown(show(&visit, &id, asked).await)
        }),
    );
}
