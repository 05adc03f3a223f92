//! The figures of a host: hours offered, booked, used and idle, and income.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::error::Error;
use crate::{Caller, authorize_in};
use domain::figures::{Figures, FiguresBy, months, period};
use domain::ids::{OrganizationId, ResourceId, SiteId};
use domain::interval::Interval;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::resource::{Resource, ResourceKind, ResourceStatus};
use storage::bookings::{self, Filter};
use storage::db::ReadTx;
use storage::{blocks, resources};

/// How many resources or bookings are loaded at once.
const AT_ONCE: usize = 200;

/// The object of a line of figures.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Object {
    /// A resource, with its name.
    Resource(ResourceId, String),
    /// A site, with its name.
    Site(SiteId, String),
    /// All resources of a kind.
    Kind(ResourceKind),
    /// All resources, in the part of a month that begins on this date.
    Month(NaiveDate),
}

/// A line of figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The object.
    pub object: Object,
    /// Its figures.
    pub figures: Figures,
}

/// The parts of a period of a resource, each with the object to which its figures are added up.
type Parts = Vec<(Interval, Object)>;

/// Lists the figures of a host for the local dates from `from` on and before `to`. The offered hours are those of the current rules,
/// hours and capacity of the resources that are listed now.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    host: OrganizationId,
    (from, to): (NaiveDate, NaiveDate),
    by: FiguresBy,
    paging: &Paging,
) -> Result<Page<Line>, Error> {
    Ok(page(list_all(tx, caller, host, (from, to), by)?, paging))
}

/// Returns a page of the lines.
pub fn page(lines: Vec<Line>, paging: &Paging) -> Page<Line> {
    paging.page_of(lines, |line| key(&line.object))
}

/// Lists all lines of the figures of a host, as [`list`] lists a page of them.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list_all(
    tx: &mut ReadTx,
    caller: Caller,
    host: OrganizationId,
    (from, to): (NaiveDate, NaiveDate),
    by: FiguresBy,
) -> Result<Vec<Line>, Error> {
    authorize_in(tx, caller, host, Permission::ViewMoney)?;
    let mut lines: BTreeMap<Object, Figures> = BTreeMap::new();
    let mut parts: BTreeMap<ResourceId, Parts> = BTreeMap::new();
    for ids in resources::list_ids_of_host(&mut tx.conn, host)?.chunks(AT_ONCE) {
        let some = resources::list_each(&mut tx.conn, ids)?;
        let times = some.iter().map(|resource| (resource.id, parts_of(resource, (from, to), by)));
        let times: BTreeMap<ResourceId, Parts> = times.collect();
        add_offered(tx, &mut lines, &some, &times)?;
        parts.extend(times);
    }
    add_bookings(tx, &mut lines, host, &parts)?;
    Ok(lines.into_iter().map(|(object, figures)| Line { object, figures }).collect())
}

/// The order of lines: by name or date.
fn key(object: &Object) -> String {
    match object {
        Object::Resource(id, name) => format!("{name} {id}"),
        Object::Site(id, name) => format!("{name} {id}"),
        Object::Kind(kind) => kind.to_string(),
        Object::Month(first) => first.to_string(),
    }
}

fn parts_of(resource: &Resource, (from, to): (NaiveDate, NaiveDate), by: FiguresBy) -> Parts {
    let whole = |object| vec![(from, to, object)];
    let parts = match by {
        FiguresBy::Resource => whole(Object::Resource(resource.id, resource.fields.name.clone())),
        FiguresBy::Site => whole(Object::Site(resource.site_id, resource.site.name.clone())),
        FiguresBy::Kind => whole(Object::Kind(resource.fields.kind)),
        FiguresBy::Month => months(from, to).into_iter().map(|(first, next)| (first, next, Object::Month(first))).collect(),
    };
    let time = |(first, next, object)| Some((period(resource.site.timezone, first, next)?, object));
    parts.into_iter().filter_map(time).collect()
}

/// Adds the time in which resources are offered: not while the host blocks them.
fn add_offered(
    tx: &mut ReadTx,
    lines: &mut BTreeMap<Object, Figures>,
    some: &[Resource],
    times: &BTreeMap<ResourceId, Parts>,
) -> Result<(), Error> {
    let offered: Vec<&Resource> = some.iter().filter(|resource| resource.fields.status == ResourceStatus::Listed).collect();
    let ids: Vec<ResourceId> = offered.iter().map(|resource| resource.id).collect();
    let all = times.values().flatten().map(|(time, _)| *time).reduce(Interval::hull);
    let blocked = match all {
        Some(all) => blocks::list_of_resources(&mut tx.conn, &ids, all.starts_at(), all.ends_at())?,
        None => Vec::new(),
    };
    for resource in some {
        for (time, object) in times.get(&resource.id).into_iter().flatten() {
            let figures = lines.entry(object.clone()).or_default();
            if resource.fields.status != ResourceStatus::Listed {
                continue;
            }
            let bookable = resource.bookable();
            figures.add_resource(&bookable, *time);
            for block in blocked.iter().filter(|block| block.resource_id == resource.id && block.booking_id.is_none()) {
                figures.add_block(&bookable, block.slot.interval, block.slot.quantity, *time);
            }
        }
    }
    Ok(())
}

/// Adds the bookings of a host, as they are now.
fn add_bookings(
    tx: &mut ReadTx,
    lines: &mut BTreeMap<Object, Figures>,
    host: OrganizationId,
    parts: &BTreeMap<ResourceId, Parts>,
) -> Result<(), Error> {
    let Some(all) = parts.values().flatten().map(|(time, _)| *time).reduce(Interval::hull) else { return Ok(()) };
    let (from, to) = (Some(all.starts_at()), Some(all.ends_at()));
    let filter = Filter { hosts: vec![host], from, to, ..Filter::default() };
    let limit = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
    let mut after = None;
    loop {
        let page = bookings::list(&mut tx.conn, &filter, None, tx.now, after, limit)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.interval.starts_at(), last.id));
        for booking in page {
            let booking = booking.at(tx.now);
            for (time, object) in parts.get(&booking.resource_id).into_iter().flatten() {
                lines.entry(object.clone()).or_default().add_booking(&booking, tx.now, *time);
            }
        }
    }
}
