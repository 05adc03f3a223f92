//! What happens to bookings by themselves, when their time has come.

use super::{Actor, Told, change, news, record};
use crate::actions::error::Error;
use crate::domain::booking::{BookingStatus, LONGEST_OVERRUN};
use crate::domain::event::Happened;
use crate::storage::blocks;
use crate::storage::bookings::{self, Booking, Due};
use crate::storage::db::Tx;
use crate::storage::resource_links;
use crate::storage::resources::Resource;

/// Moves bookings whose time has come, at most `limit` of each sort; answers how many.
///
/// # Errors
/// When the database fails.
pub fn run(tx: &mut Tx<'_>, limit: i64) -> Result<usize, Error> {
    let mut count = 0;
    for due in [Due::Lapsed, Due::Over, Due::Overrun] {
        let bookings = bookings::list_due(tx.conn, due, tx.now, limit)?;
        count += bookings.len();
        for booking in bookings {
            match due {
                Due::Lapsed | Due::Over => end(tx, booking)?,
                Due::Overrun => flag_overrun(tx, booking)?,
            }
        }
    }
    Ok(count)
}

/// Ends what is over or has lapsed on a resource and on those that are linked to it, so that it
/// stands in the way of nobody.
///
/// # Errors
/// When the database fails.
pub fn settle(tx: &mut Tx<'_>, resource: &Resource) -> Result<(), Error> {
    let mut claimed = vec![resource.id];
    if resource.has_links {
        let links = resource_links::list(tx.conn, resource.id)?;
        claimed.extend(links.iter().flat_map(|link| [link.resource_id, link.other_id]));
    }
    for booking in bookings::list_spent(tx.conn, &claimed, tx.now)? {
        end(tx, booking)?;
    }
    blocks::update_over(tx.conn, Some(&claimed), tx.now)?;
    Ok(())
}

/// Makes the move whose time has come, if it has.
fn end(tx: &mut Tx<'_>, booking: Booking) -> Result<(), Error> {
    let Some(happens) = booking.life().due(tx.now) else { return Ok(()) };
    let was = booking.status;
    let status = booking.life().status_at(tx.now);
    // The host has never heard of a hold.
    let happened = news(status).filter(|_| was != BookingStatus::Held);
    let ended = Booking { status, lapses_at: None, updated_at: tx.now, ..booking };
    change(tx, Actor::SYSTEM, happens.as_str(), ended, Told { happened, was: Some(was), ..Told::default() })?;
    Ok(())
}

/// Notes that a booking is still in use after its time. Both parties hear of it, and so does whoever
/// comes next, if that is soon.
fn flag_overrun(tx: &mut Tx<'_>, booking: Booking) -> Result<(), Error> {
    let soon = booking.interval.ends_at() + LONGEST_OVERRUN;
    let next = bookings::find_next(tx.conn, &booking, soon)?;
    let was = Some(booking.status);
    let overrun = Booking { is_overrun: true, updated_at: tx.now, ..booking };
    change(tx, Actor::SYSTEM, "overrun", overrun, Told { happened: Some(Happened::Overrun), was, ..Told::default() })?;
    if let Some(next) = next {
        record(tx, Actor::SYSTEM, "delay", &next, Told { happened: Some(Happened::Delayed), was, ..Told::default() })?;
    }
    Ok(())
}
