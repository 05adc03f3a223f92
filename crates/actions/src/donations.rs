//! The time that hosts donate. The bookings of a resource are made one after the other, so that no minute is given twice.

use super::error::Error;
use domain::booking::Booking;
use domain::ids::BookingId;
use domain::pricing::{BookedExtra, Buyer, PriceBasis, Tariff};
use domain::resource::Resource;
use domain::slot::Slot;
use domain::wall_clock::month_of;
use storage::db::ReadTx;
use storage::donations;

/// The minutes of a slot that the host would donate now under a version of the tariff of the resource, for a new booking, or for the
/// booking `except` if it moved there.
pub(crate) fn available(
    tx: &mut ReadTx,
    (resource, tariff): (&Resource, &Tariff),
    slot: Slot,
    buyer: Buyer,
    except: Option<BookingId>,
) -> Result<i64, Error> {
    let Some(donation) = tariff.donation.as_ref().filter(|donation| donation.is_for(buyer)) else { return Ok(0) };
    let Some((customer, _)) = buyer.customer.filter(|(customer, _)| *customer != resource.organization_id) else { return Ok(0) };
    let Some(month) = month_of(resource.site.timezone, slot.interval.starts_at()) else { return Ok(0) };
    let given = donations::list(&mut tx.conn, resource.id, month, except)?;
    Ok(donation.share(slot, customer, &given))
}

/// The basis of the price of a new booking of a slot, with extras.
pub(crate) fn basis(
    tx: &mut ReadTx,
    resource: &Resource,
    slot: Slot,
    buyer: Buyer,
    extras: &[BookedExtra],
) -> Result<PriceBasis, Error> {
    let donated_minutes = available(tx, (resource, &resource.fields.tariff), slot, buyer, None)?;
    Ok(PriceBasis { donated_minutes, ..resource.price_basis(buyer, extras) })
}

/// The basis of the price of a booking that moves to a slot.
pub(crate) fn basis_of_move(
    tx: &mut ReadTx,
    resource: &Resource,
    slot: Slot,
    buyer: Buyer,
    booking: &Booking,
) -> Result<PriceBasis, Error> {
    let donated_minutes = available(tx, (resource, &resource.fields.tariff), slot, buyer, Some(booking.id))?;
    Ok(PriceBasis { donated_minutes, ..booking.basis.clone() })
}
