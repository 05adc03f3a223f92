//! The changes of prepaid credit. Each locks it first, so that no other transaction uses the same credit.

use crate::error::Error;
use crate::ledger;
use crate::prepaid::standing::is_paid;
use crate::record::after;
use domain::ledger::{Movement, prepaid_expiry};
use domain::prepaid::{Credit, KEPT_AFTER_RETURN, PaidObject, Prepaid, PrepaidEntry, PrepaidEntryKind};
use storage::db::Tx;
use storage::ledger::Subject;
use storage::prepaid::{self, StoredEntry};

/// Adds a change of locked prepaid credit, after all earlier ones. The database changes the credit that is left.
pub(super) fn enter(
    tx: &mut Tx<'_>,
    of: &Prepaid,
    kind: PrepaidEntryKind,
    paid: Option<PaidObject>,
    credit: Credit,
) -> Result<(), Error> {
    let entry = PrepaidEntry { prepaid_id: of.id, kind, paid, credit };
    let last = prepaid::find_last_entry(tx.conn, of.id)?;
    let (id, created_at) = after(tx, last, tx.now);
    Ok(prepaid::insert_entry(tx.conn, &StoredEntry { id, entry, created_at })?)
}

/// The subject of the rows of the ledger about a sale.
pub(super) const fn subject(of: &Prepaid) -> Subject {
    Subject {
        organization_id: of.organization_id,
        customer_id: of.customer_id,
        booking_id: None,
        payment_id: None,
        invoice_id: of.invoice_id,
    }
}

/// Lets all expire that is left of locked prepaid credit. Its price becomes an income.
pub(super) fn expire(tx: &mut Tx<'_>, of: &Prepaid) -> Result<(), Error> {
    if of.left.amount == 0 {
        return Ok(());
    }
    enter(tx, of, PrepaidEntryKind::Expiry, None, of.left)?;
    let price = of.money(of.left.paid);
    let movements: Vec<Movement> = Some(prepaid_expiry(price)).filter(|_| price.amount > 0).into_iter().collect();
    ledger::add(tx, subject(of), &movements)
}

/// Returns credit that a booking or a seat no longer uses to locked prepaid credit. If that has expired meanwhile, the credit that comes
/// back can be used for a while. The credit that was left before stays expired, unless the sale is not paid for.
pub(super) fn give_back(tx: &mut Tx<'_>, to: &Prepaid, from: PaidObject, credit: Credit) -> Result<(), Error> {
    if !to.has_expired(tx.now) {
        return enter(tx, to, PrepaidEntryKind::Return, Some(from), credit);
    }
    if is_paid(tx, to)? {
        expire(tx, to)?;
    }
    enter(tx, to, PrepaidEntryKind::Return, Some(from), credit)?;
    let returned = prepaid::get(tx.conn, to.id)?;
    let extended = Prepaid { expires_at: tx.now + KEPT_AFTER_RETURN, reminded_at: None, updated_at: tx.now, ..returned };
    Ok(prepaid::update(tx.conn, &extended)?)
}
