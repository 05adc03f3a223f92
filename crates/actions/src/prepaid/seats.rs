//! The prepaid credit that a seat in a training uses. Packages of hours are time on resources, so that they pay for no seat.

use std::collections::BTreeSet;

use super::changes::{enter, give_back};
use super::cover::{lock_all, usable};
use crate::error::Error;
use domain::ids::{OrganizationId, TrainingSeatId};
use domain::money::Money;
use domain::prepaid::{PaidObject, Prepaid, PrepaidEntryKind, PrepaidUse, choose};
use storage::db::Tx;
use storage::prepaid;

/// Uses the prepaid credit of a customer with a host for the price of a seat, as far as there is any: in the same order as for a booking.
pub(crate) fn cover_seat(
    tx: &mut Tx<'_>,
    parties: (OrganizationId, OrganizationId),
    seat: TrainingSeatId,
    price: Money,
) -> Result<Vec<PrepaidUse>, Error> {
    let Money { amount, currency } = price;
    let left = prepaid::list_left(tx.conn, parties, currency, tx.now)?;
    let ids: BTreeSet<_> = left.iter().filter(|prepaid| prepaid.hours.is_none()).map(|prepaid| prepaid.id).collect();
    let known = lock_all(tx, ids)?;
    let usable = usable(tx, known.values().cloned().collect::<Vec<Prepaid>>())?;
    let mut uses = Vec::new();
    for (id, credit) in choose(&usable, amount) {
        if let Some(of) = known.get(&id) {
            enter(tx, of, PrepaidEntryKind::Use, Some(PaidObject::Seat(seat)), credit)?;
            uses.push(PrepaidUse { prepaid_id: id, credit, currency, hours: None });
        }
    }
    Ok(uses)
}

/// Returns the prepaid credit that a cancelled seat has used.
pub(crate) fn give_back_seat(tx: &mut Tx<'_>, seat: TrainingSeatId, uses: &[PrepaidUse]) -> Result<(), Error> {
    let known = lock_all(tx, uses.iter().map(|used| used.prepaid_id).collect())?;
    for used in uses {
        if let Some(to) = known.get(&used.prepaid_id) {
            give_back(tx, to, PaidObject::Seat(seat), used.credit)?;
        }
    }
    Ok(())
}
