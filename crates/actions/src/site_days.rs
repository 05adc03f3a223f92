//! A day of a site, as its managers see it: all resources with their bookings and blocks.

use super::error::Error;
use super::{Caller, authorize_in};
use domain::calendar_feed::Subject;
use domain::ids::{OrganizationId, SiteId};
use domain::interval::Interval;
use domain::order::CreationOrder;
use domain::paging::Paging;
use domain::permissions::Permission;
use domain::resource::Resource;
use storage::blocks::{self, Block};
use storage::db::ReadTx;
use storage::resources::{self, Filter};
use storage::site_bookings::{self, SiteBooking};
use storage::sites::{self, Site};

/// The largest numbers of resources, and of bookings and blocks, that a day shows.
const MOST_RESOURCES: i64 = 200;
const MOST: i64 = 2_000;

/// A day of a site, or another span.
#[derive(Debug)]
pub struct SiteDay {
    /// The site.
    pub site: Site,
    /// Its resources, by name.
    pub resources: Vec<Resource>,
    /// The bookings that overlap the span and came about, by start.
    pub bookings: Vec<SiteBooking>,
    /// The blocks that overlap the span, by start.
    pub blocks: Vec<Block>,
}

/// Returns a day of a site of a host, for its managers. `within` chooses the span, by the clock of the site.
///
/// # Errors
/// `not_found`, also without a span, and `forbidden`.
pub fn get(
    tx: &mut ReadTx,
    caller: Caller,
    host: OrganizationId,
    id: SiteId,
    within: impl FnOnce(&Site) -> Option<Interval>,
) -> Result<SiteDay, Error> {
    authorize_in(tx, caller, host, Permission::ManageBookings)?;
    let site = sites::get(&mut tx.conn, id)?;
    if site.organization_id != host {
        return Err(Error::not_found());
    }
    let within = within(&site).ok_or_else(Error::not_found)?;
    let of_site = Filter { host: Some(host), site: Some(id), ..Filter::default() };
    let paging = Paging::of(Some(MOST_RESOURCES), None)?;
    let resources = resources::list(&mut tx.conn, &of_site, tx.now, paging.by_id(CreationOrder::CreatedAt))?;
    let mut resources = paging.page(resources, |resource| resource.id.to_string()).items;
    resources.sort_by(|one, other| (&one.fields.name, one.id).cmp(&(&other.fields.name, other.id)));
    let bookings = site_bookings::list(&mut tx.conn, &site, within, tx.now, MOST)?;
    let blocks = blocks::list_named(&mut tx.conn, Subject::Site(id), (within.starts_at(), within.ends_at()), MOST)?;
    Ok(SiteDay {
        site,
        resources: resources.into_iter().map(|resource| resource.at(tx.now)).collect(),
        bookings,
        blocks: blocks.into_iter().map(|(block, _)| block).collect(),
    })
}
