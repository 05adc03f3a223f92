//! The prepaid credit and the hours that a booking uses: hours for its time, and then credit for all else that it owes for its price and
//! fee, as far as there are any.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::{enter, give_back};
use super::standing::with_states;
use crate::error::Error;
use domain::booking::Booking;
use domain::ids::{BookingId, OrganizationId, PrepaidId};
use domain::money::Money;
use domain::prepaid::{
    self as rules, BookedPrepaid, Credit, PaidObject, Pot, Prepaid, PrepaidEntryKind, PrepaidState, PrepaidUse,
};
use domain::pricing::{Price, PriceBasis, TimePrice};
use domain::resource::Resource;
use domain::slot::Slot;
use storage::db::{ReadTx, Tx};
use storage::{bookings, prepaid, resources};

/// All prepaid credit and hours of a customer that matter for a booking or a seat, locked.
pub(super) type Known = BTreeMap<PrepaidId, Prepaid>;

/// How much prepaid credit and hours a booking may use after a change.
#[derive(Debug, Clone, Copy)]
pub(crate) enum MayUse {
    /// No more than it uses.
    NoMore,
    /// All that it needs.
    All,
    /// All that it needs, but for this amount in minor units, which is paid in another way and stays so.
    AllBut(i64),
}

impl MayUse {
    /// The largest amount for the booking, in minor units.
    fn most_credit(self, booking: &Booking) -> i64 {
        let payable = booking.payable_by_prepaid();
        match self {
            Self::NoMore => 0,
            Self::All => payable,
            Self::AllBut(paid) => {
                let all = booking.owed_total().amount.saturating_add(booking.prepaid.used(booking.price.total.currency));
                payable.min(all.saturating_sub(paid))
            }
        }
    }
}

/// Returns a stored booking with the prepaid credit and hours that it uses after a change: it gives back those that it no longer needs,
/// and uses more, as far as it may. A booking that is only held or requested owes nothing, so that it uses none.
pub(crate) fn cover(tx: &mut Tx<'_>, booking: Booking, may_use: MayUse) -> Result<Booking, Error> {
    let currency = booking.price.total.currency;
    let (payable, used) = (booking.payable_by_prepaid(), booking.prepaid.used(currency));
    let may_use = if booking.prepaid.is_refused { MayUse::NoMore } else { may_use };
    let most = may_use.most_credit(&booking);
    let needs_more = most > used;
    let is_simple = |used: &PrepaidUse| used.currency == currency && used.hours.is_none();
    if used <= payable && !needs_more && booking.prepaid.uses.iter().all(is_simple) {
        return Ok(booking);
    }
    let known = lock(tx, &booking, needs_more)?;
    if known.is_empty() {
        return Ok(booking);
    }
    let mut booked = booking.prepaid.clone();
    // All of another currency, after a move to a resource with other prices.
    for used in booking.prepaid.uses.iter().filter(|used| used.currency != currency) {
        return_part(tx, &known, booking.id, &mut booked, (used.prepaid_id, used.used()))?;
    }
    if known.values().any(|prepaid| prepaid.hours.is_some()) {
        cover_time(tx, &known, &booking, &mut booked, if needs_more { most } else { 0 })?;
    }
    let rest = payable - booked.used(currency);
    let needless = pots_of(&known, booked.uses.iter().filter(|used| used.hours.is_none()));
    for part in rules::give_back(&needless, -rest) {
        return_part(tx, &known, booking.id, &mut booked, part)?;
    }
    let more = rest.min(most - booked.used(currency));
    if more > 0 {
        let is_credit = |prepaid: &&Prepaid| prepaid.currency == currency && prepaid.hours.is_none();
        let usable = usable(tx, known.values().filter(is_credit).cloned().collect())?;
        for (id, credit) in rules::choose(&usable, more) {
            if let Some(of) = known.get(&id) {
                enter(tx, of, PrepaidEntryKind::Use, Some(PaidObject::Booking(booking.id)), credit)?;
                booked.add(PrepaidUse { prepaid_id: id, credit, currency, hours: None });
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

/// The hours of a booking. While it owes its price, they cover its time on a resource on which they can be used; when it owes a fee in
/// place of the price, those that are left pay the fee. Hours that the booking did not use before cover no more than `most`, an amount
/// in minor units.
fn cover_time(tx: &mut Tx<'_>, known: &Known, booking: &Booking, booked: &mut BookedPrepaid, most: i64) -> Result<(), Error> {
    let last_first = |booked: &BookedPrepaid| {
        let mut pots = pots_of(known, booked.uses.iter().filter(|used| used.hours.is_some()));
        pots.sort_by_key(|pot| std::cmp::Reverse((pot.expires_at, pot.id)));
        pots
    };
    if !booking.owes_price() {
        let ids: Vec<PrepaidId> = last_first(booked).iter().map(|pot| pot.id).collect();
        for (id, part) in booked.keep_hours_for(booking.payable_by_prepaid(), &ids) {
            if let Some(to) = known.get(&id) {
                give_back(tx, to, PaidObject::Booking(booking.id), part)?;
            }
        }
        return Ok(());
    }
    let resource = resources::get(tx.conn, booking.resource_id)?;
    let tariff = resources::get_tariff(tx.conn, booking.tariff_id)?;
    let is_for = |prepaid: &Prepaid| {
        let usable = prepaid.hours.as_ref().map(|hours| &hours.usable);
        usable.is_some_and(|usable| usable.is_for(resource.id, resource.fields.kind, tariff.vat_rate))
    };
    let time = TimePrice::of(&booking.price, &booking.basis, booking.slot());
    let (fitting, others): (Vec<Pot>, Vec<Pot>) =
        last_first(booked).into_iter().partition(|pot| known.get(&pot.id).is_some_and(&is_for));
    let kept: i64 = fitting.iter().map(|pot| pot.credit.amount).sum();
    let needless = rules::give_back(&fitting, kept - time.minutes);
    for part in others.into_iter().map(|pot| (pot.id, pot.credit)).chain(needless) {
        return_part(tx, known, booking.id, booked, part)?;
    }
    let more = time.minutes_for(most) - booked.minutes();
    if more > 0 {
        let currency = booking.price.total.currency;
        let fitting = known.values().filter(|prepaid| prepaid.currency == currency && is_for(prepaid));
        let usable = usable(tx, fitting.cloned().collect())?;
        for (id, part) in rules::choose(&usable, more) {
            if let Some(of) = known.get(&id) {
                enter(tx, of, PrepaidEntryKind::Use, Some(PaidObject::Booking(booking.id)), part)?;
                booked.add_hours(id, part, currency);
            }
        }
    }
    booked.price_hours(&time);
    Ok(())
}

/// Returns credit or hours that a booking no longer uses.
fn return_part(
    tx: &mut Tx<'_>,
    known: &Known,
    booking: BookingId,
    booked: &mut BookedPrepaid,
    (id, part): (PrepaidId, Credit),
) -> Result<(), Error> {
    let Some(to) = known.get(&id) else { return Ok(()) };
    give_back(tx, to, PaidObject::Booking(booking), part)?;
    match to.hours {
        Some(_) => booked.take_hours(id, part),
        None => booked.take(id, part),
    }
    Ok(())
}

/// The parts that a booking uses, each with the expiry of its sale.
fn pots_of<'a>(known: &Known, uses: impl Iterator<Item = &'a PrepaidUse>) -> Vec<Pot> {
    let pot = |used: &PrepaidUse| {
        let expires_at = known.get(&used.prepaid_id)?.expires_at;
        Some(Pot { id: used.prepaid_id, expires_at, credit: used.used() })
    };
    uses.filter_map(pot).collect()
}

/// Locks the prepaid credit and hours that a booking uses or, with `with_others`, that it can use, in the order of the identifiers.
fn lock(tx: &mut Tx<'_>, booking: &Booking, with_others: bool) -> Result<Known, Error> {
    let mut ids: BTreeSet<PrepaidId> = booking.prepaid.uses.iter().map(|used| used.prepaid_id).collect();
    if with_others {
        let parties = (booking.host_organization_id, booking.organization_id);
        let others = prepaid::list_left(tx.conn, parties, booking.price.total.currency, tx.now)?;
        ids.extend(others.into_iter().map(|other| other.id));
    }
    lock_all(tx, ids)
}

/// Locks prepaid credit and hours, in the order of the identifiers.
pub(super) fn lock_all(tx: &mut Tx<'_>, ids: BTreeSet<PrepaidId>) -> Result<Known, Error> {
    for id in &ids {
        prepaid::lock(tx.conn, *id)?;
    }
    let ids: Vec<PrepaidId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(prepaid::list_by_id(tx.conn, &ids)?.into_iter().map(|prepaid| (prepaid.id, prepaid)).collect())
}

/// The credit or hours that can be used now.
pub(super) fn usable(tx: &mut ReadTx, found: Vec<Prepaid>) -> Result<Vec<Pot>, Error> {
    let usable = with_states(tx, found)?.into_iter().filter(|(_, state)| *state == PrepaidState::Usable);
    Ok(usable.map(|(prepaid, _)| Pot { id: prepaid.id, expires_at: prepaid.expires_at, credit: prepaid.left }).collect())
}

/// Whether prepaid credit and hours pay all of a drafted booking, which has no deposit. They are locked, so that no other booking uses
/// them before.
pub(crate) fn covers_all(tx: &mut Tx<'_>, resource: &Resource, drafted: &Booking) -> Result<bool, Error> {
    if drafted.prepaid.is_refused || drafted.basis.deposit > 0 {
        return Ok(false);
    }
    lock(tx, drafted, true)?;
    let parties = (resource, drafted.organization_id);
    let uses = coverable(tx, parties, drafted.slot(), (&drafted.price, &drafted.basis))?;
    let paid = uses.iter().fold(0, |sum: i64, used| sum.saturating_add(used.credit.amount));
    Ok(paid == drafted.price.total.amount)
}

/// The hours and the prepaid credit of a customer that a booking of a slot would use, if it were confirmed now.
pub(crate) fn coverable(
    tx: &mut ReadTx,
    (resource, customer): (&Resource, OrganizationId),
    slot: Slot,
    (price, basis): (&Price, &PriceBasis),
) -> Result<Vec<PrepaidUse>, Error> {
    let Money { amount, currency } = price.total;
    let found = prepaid::list_left(&mut tx.conn, (resource.organization_id, customer), currency, tx.now)?;
    let (hours, credit): (Vec<Prepaid>, Vec<Prepaid>) = found.into_iter().partition(|prepaid| prepaid.hours.is_some());
    let is_for = |prepaid: &Prepaid| {
        let usable = prepaid.hours.as_ref().map(|hours| &hours.usable);
        usable.is_some_and(|usable| usable.is_for(resource.id, resource.fields.kind, resource.fields.tariff.vat_rate))
    };
    let mut booked = BookedPrepaid::default();
    if !hours.is_empty() {
        let time = TimePrice::of(price, basis, slot);
        let pots = usable(tx, hours.into_iter().filter(is_for).collect())?;
        for (id, part) in rules::choose(&pots, time.minutes) {
            booked.add_hours(id, part, currency);
        }
        booked.price_hours(&time);
    }
    let pots = usable(tx, credit)?;
    for (id, credit) in rules::choose(&pots, amount - booked.used(currency)) {
        booked.add(PrepaidUse { prepaid_id: id, credit, currency, hours: None });
    }
    Ok(booked.uses)
}
