//! Finding series, and the bookings of a series that a move means.

use crate::Caller;
use crate::bookings::access::{Actor, authorize_move, parties, side_of};
use crate::bookings::due;
use crate::error::Error;
use domain::booking::{Booking, Move, Side};
use domain::fields::InvalidFields;
use domain::ids::{BookingId, OrganizationId, ResourceId, SeriesId};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::said::said;
use storage::bookings;
use storage::db::{ReadTx, Tx};
use storage::series::{self, Series};

/// A series with all its bookings, by start.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    /// The series.
    pub series: Series,
    /// The bookings.
    pub bookings: Vec<Booking>,
}

/// Returns a series to its two parties.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: SeriesId) -> Result<Whole, Error> {
    let (Whole { series, bookings }, _) = get_as_party(tx, caller, id)?;
    Ok(Whole { series, bookings: bookings.into_iter().map(|booking| booking.at(tx.now)).collect() })
}

/// Loads a series with its bookings as they are stored, for one of its two parties, and returns the party of the caller.
pub(super) fn get_as_party(tx: &mut ReadTx, caller: Caller, id: SeriesId) -> Result<(Whole, Side), Error> {
    let series = series::get(&mut tx.conn, id)?;
    let bookings = bookings::list_of_series(&mut tx.conn, id)?;
    let first = bookings.first().ok_or_else(Error::not_found)?;
    let side = side_of(tx, caller, first)?;
    Ok((Whole { series, bookings }, side))
}

/// Lists the series that the caller is a party to, as a member of the customer or as a manager of the host.
///
/// # Errors
/// `forbidden` for an organization that the caller does not belong to.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    organization: Option<OrganizationId>,
    resource: Option<ResourceId>,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<Series>, Error> {
    let (customers, hosts) = parties(tx, caller, organization)?;
    let rows = series::list(&mut tx.conn, &customers, &hosts, resource, paging.by_id(order))?;
    Ok(paging.page(rows, |series| series.id.to_string()))
}

/// Ends what has expired on the resources of a series and of its bookings, and on another one if it is named, and offers the freed
/// capacity to the waitlist.
///
/// # Errors
/// When the database fails.
pub fn expire_and_offer(tx: &mut Tx<'_>, id: SeriesId, other: Option<ResourceId>) -> Result<(), Error> {
    let series = series::get(tx.conn, id)?;
    let bookings = bookings::list_of_series(tx.conn, id)?;
    let ids = bookings.iter().map(|booking| booking.resource_id).chain(other).chain([series.resource_id]);
    let mut locked = due::lock(tx, ids)?;
    due::offer_freed(tx, &mut locked)
}

/// The bookings of a series that can make a move, if the caller may make it: from one booking on if it is named.
pub(super) fn find_meant(
    tx: &mut ReadTx,
    caller: Caller,
    id: SeriesId,
    from: Option<BookingId>,
    happens: Move,
) -> Result<(Series, Actor, Vec<Booking>), Error> {
    let (Whole { series, bookings }, side) = get_as_party(tx, caller, id)?;
    let first = bookings.first().ok_or_else(Error::not_found)?;
    let actor = authorize_move(tx, caller, first, side, !happens.is_for(side))?;
    let start = match from {
        None => 0,
        Some(from) => bookings
            .iter()
            .position(|booking| booking.id == from)
            .ok_or_else(|| InvalidFields::one("/from_booking_id", "invalid", said!("must be a booking of the series")))?,
    };
    let can_be_made = |booking: &Booking| booking.life().after(happens, tx.now).is_ok();
    let meant: Vec<_> = bookings.into_iter().skip(start).filter(can_be_made).collect();
    if meant.is_empty() { Err(none_left(happens)) } else { Ok((series, actor, meant)) }
}

pub(super) fn none_left(happens: Move) -> Error {
    let detail = said!("The series has no booking for which {happens} is possible now.", happens = happens.as_str());
    Error::Refused(Code::InvalidTransition, detail)
}
