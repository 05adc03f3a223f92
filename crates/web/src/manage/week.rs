//! The week of a site: all resources and seven days, as a table.

use std::rc::Rc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{Days, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use serde::Deserialize;

use super::block;
use super::day::day_of;
use super::live::Live;
use super::parts::{list_sites, slot_form, tabs};
use super::plan::{Dated, Timeline};
use super::written::Written;
use crate::catalogue::Choice;
use crate::page::{Frame, Scripts, address, read_id, text};
use crate::sent::Parameters;
use crate::team::parts::Tab;
use crate::visit::Visit;
use actions::organization_events;
use actions::site_days::{self, SiteDay};
use api::caller::{ManageBookings, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::ids::{OrganizationId, SiteId};
use domain::interval::Interval;
use domain::permissions::Permission;
use domain::resource::Resource;
use domain::time::UtcTime;
use domain::wall_clock::{day, local_time};
use storage::blocks::Block;
use storage::db::ReadTx;
use storage::site_bookings::SiteBooking;
use texts::when;

/// The number of days that the page shows.
const DAYS: u64 = 7;

/// The hour of the day from which a free time is proposed.
const FIRST_HOUR: i64 = 8;

/// The parameters of the page.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    /// The first day.
    day: String,
    site: String,
}

/// A booking or a block in a cell.
struct Entry {
    href: String,
    time: String,
    text: String,
    status: Rc<str>,
    status_name: &'static str,
}

/// A resource on a day.
struct Cell {
    day: String,
    entries: Vec<Entry>,
    /// The forms that book for a customer and that block, at a time that is free; none on a day that is over.
    offer: Option<(String, String)>,
}

/// A resource in its week.
struct Row {
    href: String,
    name: String,
    fault: String,
    cells: Vec<Cell>,
}

#[derive(Template)]
#[template(path = "manage_week.html")]
struct WeekPage {
    frame: Frame,
    organization: OrganizationId,
    path: String,
    tabs: Vec<Tab>,
    sites: Vec<Choice>,
    has_site: bool,
    day: NaiveDate,
    title: String,
    timezone: &'static str,
    earlier: String,
    later: String,
    days: Vec<(String, String)>,
    rows: Vec<Row>,
    timeline: Option<Timeline>,
    live: Live,
}

/// Returns the days from a date on.
fn dated(timezone: Tz, first: NaiveDate) -> Vec<Dated> {
    let dates = (0..DAYS).filter_map(|after| first.checked_add_days(Days::new(after)));
    dates.filter_map(|date| Some(Dated { date, span: day(timezone, date)? })).collect()
}

/// Returns the part of a time that is on a day, by the clock of the site. On a day on which the clocks change, with the name of the zone.
fn clock(timezone: Tz, within: Dated, time: Interval) -> String {
    let Some(shown) = time.intersection(within.span) else { return String::new() };
    let at = |at: UtcTime| match (at == within.span.ends_at(), within.span.minutes() == 24 * 60) {
        (true, _) => "24:00".to_owned(),
        (false, true) => local_time(timezone, at).format("%H:%M").to_string(),
        (false, false) => format!("{} {}", local_time(timezone, at).format("%H:%M"), when::abbreviation(timezone, at)),
    };
    format!("{}-{}", at(shown.starts_at()), at(shown.ends_at()))
}

/// Returns the first span of `minutes` on a day that begins after `now` and at which nothing is, from the first hour on that is usual.
fn first_free(within: Dated, minutes: i64, taken: &[Interval], now: UtcTime) -> Option<Interval> {
    let starts = (0..24).map(|hour| within.span.starts_at() + TimeDelta::hours((hour + FIRST_HOUR) % 24));
    let mut spans = starts.filter_map(|start| Interval::new(start, start + TimeDelta::minutes(minutes)).ok());
    let is_free = |span: &Interval| {
        span.starts_at() > now && span.starts_at() < within.span.ends_at() && taken.iter().all(|other| !other.overlaps(*span))
    };
    spans.find(is_free)
}

fn entry_of(written: &Written<'_>, timezone: Tz, within: Dated, booking: &SiteBooking) -> Entry {
    Entry {
        href: format!("/bookings/{}", booking.id),
        time: clock(timezone, within, booking.life.interval),
        text: booking.organization_name.clone(),
        status: written.status(booking.life.status),
        status_name: booking.life.status.as_str(),
    }
}

fn entry_of_block(written: &Written<'_>, timezone: Tz, within: Dated, block: &Block) -> Entry {
    Entry {
        href: block::path((block.resource_id, block.id)),
        time: clock(timezone, within, block.slot.interval),
        text: block.reason.clone(),
        status: written.blocked.clone(),
        status_name: "block",
    }
}

fn row(written: &Written<'_>, days: &[Dated], shown: &SiteDay, resource: &Resource, now: UtcTime) -> Row {
    let timezone = shown.site.fields.timezone;
    let bookings: Vec<_> = shown.bookings.iter().filter(|booking| booking.resource_id == resource.id).collect();
    let blocks: Vec<_> = shown.blocks.iter().filter(|block| block.resource_id == resource.id).collect();
    let taken: Vec<Interval> =
        bookings.iter().map(|one| one.life.interval).chain(blocks.iter().map(|one| one.slot.interval)).collect();
    let cell = |within: &Dated| {
        let on_day = |time: Interval| time.overlaps(within.span);
        let booked = bookings.iter().filter(|one| on_day(one.life.interval));
        let booked = booked.map(|one| (one.life.interval, entry_of(written, timezone, *within, one)));
        let blocked = blocks.iter().filter(|one| on_day(one.slot.interval));
        let blocked = blocked.map(|one| (one.slot.interval, entry_of_block(written, timezone, *within, one)));
        let mut entries: Vec<_> = booked.chain(blocked).collect();
        entries.sort_by_key(|(time, _)| (time.starts_at(), time.ends_at()));
        let free = first_free(*within, resource.fields.rules.usual_minutes(), &taken, now);
        let form = |name: &str, free: Interval| {
            slot_form(resource.id, name, (local_time(timezone, free.starts_at()), local_time(timezone, free.ends_at())))
        };
        Cell {
            day: when::day(written.texts, within.date),
            entries: entries.into_iter().map(|(_, entry)| entry).collect(),
            offer: free.map(|free| (form("offer", free), form("block", free))),
        }
    };
    let is_broken = resource.out_of_order.as_ref().is_some_and(|known| !known.is_over(now));
    Row {
        href: format!("/resources/{}", resource.id),
        name: resource.fields.name.clone(),
        fault: if is_broken { text(written.texts, "web-resource.out-of-order") } else { String::new() },
        cells: days.iter().map(cell).collect(),
    }
}

async fn show(visit: &Visit, id: &str, asked: Asked) -> Result<HttpResponse, Problem> {
    let id: OrganizationId = read_id(id)?;
    let caller = visit.signed_in::<(View, ManageBookings)>()?;
    let load = move |tx: &mut ReadTx| {
        actions::authorize(tx, caller, id, Permission::ManageBookings, false)?;
        let now = tx.now;
        // Before all else, so that the stream tells what changes after it.
        let latest = organization_events::find_last(tx)?;
        let all = list_sites(tx, caller, id)?;
        let site = all.iter().map(|(id, _)| *id).find(|id| id.as_str() == asked.site).or_else(|| all.first().map(|(id, _)| *id));
        let mut days = Vec::new();
        let shown = match site {
            Some(site) => Some(site_days::get(tx, caller, id, site, |site| {
                days = dated(site.fields.timezone, day_of(site, &asked.day, now)?.date);
                Interval::new(days.first()?.span.starts_at(), days.last()?.span.ends_at()).ok()
            })?),
            None => None,
        };
        Ok((all, site, shown, days, (now, latest)))
    };
    let (all, site, shown, days, (now, latest)) = visit.page.read_at(Cost::Search, load).await?;
    let texts = visit.page.texts();
    let written = Written::new(&texts);
    let path = format!("/manage/{id}/week");
    let of_site = |path: &str, date: NaiveDate| {
        let (day, site) = (date.to_string(), site.map(|site| site.to_string()).unwrap_or_default());
        address(path, &[("day", &day), ("site", &site)])
    };
    let first = days.first().map_or_else(|| local_time(Tz::UTC, now).date(), |day| day.date);
    let last = days.last().map_or(first, |day| day.date);
    let choice = |(id, name): (SiteId, String)| Choice { value: id.to_string(), text: name, is_chosen: Some(id) == site };
    let day_path = format!("/manage/{id}");
    let page = WeekPage {
        frame: visit.frame(text(&texts, "web-week.title")),
        organization: id,
        tabs: tabs(&texts, id, "web-week.tab"),
        has_site: site.is_some(),
        sites: all.into_iter().map(choice).collect(),
        day: first,
        title: format!("{} \u{2013} {}", when::day(&texts, first), when::day(&texts, last)),
        timezone: shown.as_ref().map_or("UTC", |shown| shown.site.fields.timezone.name()),
        earlier: of_site(&path, first.checked_sub_days(Days::new(DAYS)).unwrap_or(first)),
        later: of_site(&path, first.checked_add_days(Days::new(DAYS)).unwrap_or(first)),
        days: days.iter().map(|day| (when::day(&texts, day.date), of_site(&day_path, day.date))).collect(),
        rows: shown
            .iter()
            .flat_map(|shown| shown.resources.iter().map(|resource| row(&written, &days, shown, resource, now)))
            .collect(),
        timeline: shown.as_ref().and_then(|shown| Timeline::of(&written, shown, &days, now)),
        live: Live::of(visit, id, latest),
        path,
    };
    Ok(visit.show_with(Scripts::Own, StatusCode::OK, &page))
}

/// Registers the page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/manage/{id}/week",
        web::get().to(async |visit: Visit, id: web::Path<String>, Parameters(asked): Parameters<Asked>| {
            visit.shown(show(&visit, &id, asked).await)
        }),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(date: &str, timezone: Tz) -> Dated {
        let date = date.parse().unwrap();
        Dated { date, span: day(timezone, date).unwrap() }
    }

    fn span(from: &str, to: &str) -> Interval {
        Interval::new(UtcTime::parse(from).unwrap(), UtcTime::parse(to).unwrap()).unwrap()
    }

    #[test]
    fn a_time_is_that_part_of_it_which_is_on_the_day() {
        let london = Tz::Europe__London;
        let time = span("2026-12-01T22:00:00Z", "2026-12-03T01:30:00Z");
        let shown = ["2026-12-01", "2026-12-02", "2026-12-03"].map(|date| clock(london, on(date, london), time));
        assert_eq!(shown, ["22:00-24:00", "00:00-24:00", "00:00-01:30"]);
        // The hour that the clocks show twice.
        let twice = span("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z");
        assert_eq!(clock(london, on("2026-10-25", london), twice), "01:30 BST-01:30 GMT");
    }

    #[test]
    fn a_free_time_is_proposed_that_is_ahead_and_overlaps_nothing() {
        let within = on("2026-12-01", Tz::UTC);
        let taken = [span("2026-12-01T08:00:00Z", "2026-12-01T10:30:00Z")];
        let free = |minutes, now: &str| {
            let found = first_free(within, minutes, &taken, UtcTime::parse(now).unwrap());
            found.map(|found| found.starts_at().to_string())
        };
        assert_eq!(free(60, "2026-11-30T09:00:00Z").as_deref(), Some("2026-12-01T11:00:00Z"));
        assert_eq!(free(60, "2026-12-01T15:30:00Z").as_deref(), Some("2026-12-01T16:00:00Z"));
        assert_eq!(free(60, "2026-12-02T00:00:00Z"), None);
    }
}
