//! Payouts of the provider of payments by card to hosts.

use chrono::TimeDelta;

use super::error::Error;
use super::{Caller, authorize_in, ledger};
use domain::card_payout::{CardPayout, CardPayoutItem, CardPayoutSums, NewCardPayout, NewCardPayoutItem};
use domain::ids::{CardPayoutId, CardPayoutItemId, Ordered as _, OrganizationId};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::time::UtcTime;
use storage::card_payouts;
use storage::db::{ReadTx, Tx};

/// How long the provider is asked about a payout after it was made: banks send payouts back within some days.
const CHANGES_WITHIN: TimeDelta = TimeDelta::days(30);

/// The instant since when the provider is asked for payouts to a host: all of those that the service does not know, and those that can
/// still change.
///
/// # Errors
/// When the database fails.
pub fn unknown_since(tx: &mut ReadTx, host: OrganizationId) -> Result<UtcTime, Error> {
    let latest = card_payouts::find_latest(&mut tx.conn, host)?;
    Ok(latest.map_or(UtcTime::from_micros(0), |latest| latest.min(tx.now - CHANGES_WITHIN)))
}

/// Stores a payout as the provider shows it. Returns it if its items are yet to be stored.
///
/// # Errors
/// When the database fails.
pub fn observe(tx: &mut Tx<'_>, host: OrganizationId, seen: &NewCardPayout) -> Result<Option<CardPayoutId>, Error> {
    let payout = match card_payouts::find(tx.conn, &seen.provider_id)? {
        Some(known) if known.made == *seen => known,
        Some(known) => {
            let changed = CardPayout { made: seen.clone(), updated_at: tx.now, ..known };
            card_payouts::update(tx.conn, &changed)?;
            changed
        }
        None => {
            let (id, made, created_at, updated_at) = (tx.new_id(), seen.clone(), tx.now, tx.now);
            let new = CardPayout { id, organization_id: host, made, is_itemized: false, created_at, updated_at, revision: 1 };
            card_payouts::insert(tx.conn, &new)?;
            new
        }
    };
    Ok(Some(payout.id).filter(|_| !payout.is_itemized))
}

/// Stores the amounts in a payout, once.
///
/// # Errors
/// When the payout does not exist, or the database fails.
pub fn itemize(tx: &mut Tx<'_>, id: CardPayoutId, items: &[NewCardPayoutItem]) -> Result<(), Error> {
    let payout = card_payouts::get(tx.conn, id)?;
    if payout.is_itemized {
        return Ok(());
    }
    // Of two servers, one stores them.
    card_payouts::update(tx.conn, &CardPayout { is_itemized: true, updated_at: tx.now, ..payout })?;
    // In the order of the provider.
    let mut item_id: CardPayoutItemId = tx.new_id();
    for item in items {
        card_payouts::insert_item(tx.conn, id, item_id, item)?;
        item_id = item_id.next();
    }
    Ok(())
}

/// Lists the payouts to a host, for its managers.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    host: OrganizationId,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<CardPayout>, Error> {
    authorize_in(tx, caller, host, Permission::ViewMoney)?;
    let rows = card_payouts::list(&mut tx.conn, host, paging.by_id(order))?;
    Ok(paging.page(rows, |payout| payout.id.to_string()))
}

fn find(tx: &mut ReadTx, caller: Caller, id: CardPayoutId) -> Result<CardPayout, Error> {
    let payout = card_payouts::get(&mut tx.conn, id)?;
    let host = payout.organization_id;
    if ledger::may_see_money(tx, caller, [host, host])? { Ok(payout) } else { Err(Error::not_found()) }
}

/// Returns a payout with the sums of the amounts in it, for managers of the host.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: CardPayoutId) -> Result<(CardPayout, CardPayoutSums), Error> {
    let payout = find(tx, caller, id)?;
    Ok((payout, card_payouts::sums(&mut tx.conn, id)?))
}

/// Lists the amounts in a payout, for managers of the host. Returns the payout with them.
///
/// # Errors
/// `not_found`.
pub fn list_items(
    tx: &mut ReadTx,
    caller: Caller,
    id: CardPayoutId,
    order: CreationOrder,
    paging: &Paging,
) -> Result<(CardPayout, Page<CardPayoutItem>), Error> {
    let payout = find(tx, caller, id)?;
    let rows = card_payouts::list_items(&mut tx.conn, id, paging.by_id(order))?;
    Ok((payout, paging.page(rows, |item| item.id.to_string())))
}
