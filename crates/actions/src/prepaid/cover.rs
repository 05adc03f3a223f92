//! The prepaid credit that a booking uses: as much as it owes for its price and fee, as far as there is credit.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::{enter, give_back};
use super::standing::with_states;
use crate::error::Error;
use domain::booking::Booking;
use domain::ids::{OrganizationId, PrepaidId};
use domain::money::Money;
use domain::prepaid::{self as rules, Pot, Prepaid, PrepaidEntryKind, PrepaidState, PrepaidUse};
use storage::db::{ReadTx, Tx};
use storage::{bookings, prepaid};

/// Returns a stored booking with the prepaid credit that it uses after a change: it gives back what it no longer needs, and, if
/// `may_use`, uses more. A booking that is only held or requested owes nothing, so that it uses none.
pub(crate) fn cover(tx: &mut Tx<'_>, booking: Booking, may_use: bool) -> Result<Booking, Error> {
    let currency = booking.price.total.currency;
    let (payable, used) = (booking.payable_by_prepaid(), booking.prepaid.used(currency));
    let needless = used - payable;
    let missing = if may_use && !booking.prepaid.is_refused { payable - used } else { 0 };
    let is_foreign = |used: &&PrepaidUse| used.currency != currency;
    if needless <= 0 && missing <= 0 && !booking.prepaid.uses.iter().any(|used| is_foreign(&used)) {
        return Ok(booking);
    }
    let known = lock(tx, &booking, missing > 0)?;
    if known.is_empty() {
        return Ok(booking);
    }
    let mut booked = booking.prepaid.clone();
    // All of another currency, after a move to a resource with other prices.
    let foreign = booking.prepaid.uses.iter().filter(is_foreign).map(|used| (used.prepaid_id, used.credit));
    let own = booking.prepaid.uses.iter().filter(|used| !is_foreign(used));
    let pot = |used: &PrepaidUse| {
        let expires_at = known.get(&used.prepaid_id)?.expires_at;
        Some(Pot { id: used.prepaid_id, expires_at, credit: used.credit })
    };
    let pots: Vec<Pot> = own.filter_map(pot).collect();
    let returned: Vec<_> = foreign.chain(rules::give_back(&pots, needless)).collect();
    for (id, credit) in returned {
        if let Some(to) = known.get(&id) {
            give_back(tx, to, booking.id, credit)?;
            booked.take(id, credit);
        }
    }
    if missing > 0 {
        let usable = usable(tx, known.values().filter(|prepaid| prepaid.currency == currency).cloned().collect())?;
        for (id, credit) in rules::choose(&usable, missing) {
            if let Some(of) = known.get(&id) {
                enter(tx, of, PrepaidEntryKind::Use, Some(booking.id), credit)?;
                booked.add(PrepaidUse { prepaid_id: id, credit, currency });
            }
        }
    }
    if booked == booking.prepaid {
        return Ok(booking);
    }
    let covered = Booking { prepaid: booked, ..booking };
    bookings::replace_charges(tx.conn, &covered)?;
    Ok(covered)
}

/// Locks the prepaid credit that a booking uses or, with `with_others`, that it can use, in the order of the identifiers.
fn lock(tx: &mut Tx<'_>, booking: &Booking, with_others: bool) -> Result<BTreeMap<PrepaidId, Prepaid>, Error> {
    let mut ids: BTreeSet<PrepaidId> = booking.prepaid.uses.iter().map(|used| used.prepaid_id).collect();
    if with_others {
        let parties = (booking.host_organization_id, booking.organization_id);
        let others = prepaid::list_left(tx.conn, parties, booking.price.total.currency, tx.now)?;
        ids.extend(others.into_iter().map(|other| other.id));
    }
    for id in &ids {
        prepaid::lock(tx.conn, *id)?;
    }
    let ids: Vec<PrepaidId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(prepaid::list_by_id(tx.conn, &ids)?.into_iter().map(|prepaid| (prepaid.id, prepaid)).collect())
}

/// The credit that can be used now.
fn usable(tx: &mut ReadTx, found: Vec<Prepaid>) -> Result<Vec<Pot>, Error> {
    let usable = with_states(tx, found)?.into_iter().filter(|(_, state)| *state == PrepaidState::Usable);
    Ok(usable.map(|(prepaid, _)| Pot { id: prepaid.id, expires_at: prepaid.expires_at, credit: prepaid.left }).collect())
}

/// The part of a price that the prepaid credit of a customer would pay now.
pub(crate) fn coverable(
    tx: &mut ReadTx,
    (host, customer): (OrganizationId, OrganizationId),
    price: Money,
) -> Result<Money, Error> {
    let found = prepaid::list_left(&mut tx.conn, (host, customer), price.currency, tx.now)?;
    let pots = usable(tx, found)?;
    let amount = rules::choose(&pots, price.amount).iter().fold(0, |sum: i64, (_, credit)| sum.saturating_add(credit.amount));
    Ok(Money { amount, ..price })
}
