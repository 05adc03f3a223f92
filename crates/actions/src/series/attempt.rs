//! Trying to claim the time of an occurrence.

use crate::bookings::journal::Changed;
use crate::bookings::judge::{as_agreed, price_of, price_of_move};
use crate::customers::Requester;
use crate::error::Error;
use crate::search;
use domain::booking::Booking;
use domain::interval::Interval;
use domain::pricing::BookedExtra;
use domain::problem::Code;
use domain::resource::Resource;
use domain::rules::{Violation, ViolationCode};
use domain::series::Occurrence;
use domain::slot::Slot;
use domain::wall_clock::LocalSpan;
use storage::db::Tx;
use storage::resources;

/// By what an occurrence is priced that cannot be claimed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pricing<'a> {
    /// As a new booking with these extras.
    New(&'a [BookedExtra]),
    /// As this booking, which moves.
    Moved(&'a Booking),
}

/// Claims the time of an occurrence, or returns the reasons for which it cannot be claimed.
pub(super) fn attempt(
    tx: &mut Tx<'_>,
    resource: &Resource,
    span: LocalSpan,
    quantity: i32,
    requester: Requester,
    pricing: Pricing<'_>,
    claim: &impl Fn(&mut Tx<'_>, Interval) -> Result<Changed, Error>,
) -> Result<(Occurrence, Option<Changed>), Error> {
    let date = span.starts_at.date();
    let interval = match span.interval(resource.site.timezone) {
        Ok(interval) => interval,
        Err(skipped) => {
            let violation = Violation::not_overridable(ViolationCode::NoSuchTime, skipped.into());
            return Ok((Occurrence::refused(date, None, None, vec![violation], Vec::new()), None));
        }
    };
    let violations = match tx.attempt(|tx| claim(tx, interval)) {
        Ok(changed) => return Ok((Occurrence::bookable(date, interval, changed.booking.price.total), Some(changed))),
        Err(Error::RulesViolated(violations)) => violations,
        Err(Error::Refused(Code::SlotUnavailable, _)) => Vec::new(),
        Err(error) => return Err(error),
    };
    // The resource is read again, with the claims of the occurrences before this one.
    let resource = resources::get(tx.conn, resource.id)?;
    let resource = match pricing {
        Pricing::Moved(booking) => as_agreed(tx, booking, resource)?,
        Pricing::New(_) => resource,
    };
    let slot = Slot { interval, quantity };
    let price = match pricing {
        Pricing::Moved(booking) => price_of_move(tx, &resource, slot, booking)?.0,
        Pricing::New(extras) => price_of(tx, &resource, slot, requester, extras, None)?.0,
    };
    let conflicts = search::conflicts(tx, &resource, slot, None)?;
    Ok((Occurrence::refused(date, Some(interval), Some(price.total), violations, conflicts), None))
}
