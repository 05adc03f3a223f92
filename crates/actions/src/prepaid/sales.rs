//! Sales of prepaid credit, and the credit that customers have.

use chrono::TimeDelta;
use serde_json::json;

use super::changes::subject;
use super::refunds::{movements_of, take_back};
use super::standing::{PrepaidNow, with_names};
use crate::customers::check_customer;
use crate::error::Error;
use crate::packages::get_offered;
use crate::paying::no_way_to_pay;
use crate::precondition::IfMatch;
use crate::record::audit;
use crate::sale_documents::{Document, issue, taxed};
use crate::{Caller, authorize, authorize_in, ledger};
use domain::card_payment::WayToPay;
use domain::fields::InvalidFields;
use domain::ids::{OrganizationId, PackageId, PrepaidId};
use domain::money::Money;
use domain::order::CreationOrder;
use domain::package::{NewPackage, Package};
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::prepaid::{Credit, Prepaid, SoldHours, SoldTax};
use domain::pricing::TaxedPrice;
use domain::problem::Code;
use domain::said::said;
use storage::db::{ReadTx, Tx};
use storage::ledger::Party;
use storage::prepaid::{self, StoredEntry};
use storage::{billing, invoices, organizations};

/// Buys a package in the name of a customer. The customer owes the price, and gets the invoice at once.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` for the host itself, `no_way_to_pay` if the host offers no prepaid
/// credit to customers of this kind, `invalid_transition` if the package is withdrawn
/// or the host has no billing address.
pub fn buy(tx: &mut Tx<'_>, caller: Caller, id: PackageId, customer: OrganizationId) -> Result<PrepaidNow, Error> {
    let package = get_offered(tx, caller, id)?;
    // Operators of the installation, who book for nobody, buy for nobody either.
    authorize(tx, caller, customer, Permission::Book, true)?;
    authorize(tx, caller, customer, Permission::ManageMoney, true)?;
    if customer == package.organization_id {
        return Err(InvalidFields::one("/organization_id", "invalid", said!("must not be the host itself")).into());
    }
    let ways = billing::get_ways_to_pay(tx.conn, package.organization_id)?;
    let (kind, _) = billing::get_buyer(tx.conn, customer)?;
    match ways.before(kind) {
        Some(ways) if !ways.contains(&WayToPay::Prepaid) => Err(no_way_to_pay(ways)),
        _ => sell_to(tx, caller, &package, customer, false),
    }
}

/// Sells a package to a customer or, with `is_free`, gives it for nothing, as a manager of the host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` for an organization that is no customer, `invalid_transition` if the
/// package is withdrawn or the host has no billing address.
pub fn sell(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: PackageId,
    customer: OrganizationId,
    is_free: bool,
) -> Result<PrepaidNow, Error> {
    let package = get_offered(tx, caller, id)?;
    authorize_in(tx, caller, package.organization_id, Permission::ManageMoney)?;
    check_customer(tx, package.organization_id, customer)?;
    sell_to(tx, caller, &package, customer, is_free)
}

fn sell_to(
    tx: &mut Tx<'_>,
    caller: Caller,
    package: &Package,
    customer: OrganizationId,
    is_free: bool,
) -> Result<PrepaidNow, Error> {
    let (host, made) = (package.organization_id, &package.made);
    // All that issue documents lock the host first.
    organizations::lock(tx.conn, host)?;
    let (hours, paid) = priced(tx, (host, customer), made, is_free)?;
    let sold = Credit { amount: made.credit, paid };
    let mut new = Prepaid {
        id: tx.new_id(),
        package_id: package.id,
        organization_id: host,
        customer_id: customer,
        invoice_id: None,
        name: made.name.clone(),
        sold,
        left: sold,
        currency: made.currency,
        hours,
        expires_at: tx.now + TimeDelta::days(made.valid_days),
        released_at: None,
        reminded_at: None,
        created_by: caller.user_id,
        created_at: tx.now,
        updated_at: tx.now,
        revision: 1,
    };
    if !is_free {
        let movements = movements_of(&new, (sold.paid, new.tax_in(sold.paid)));
        let document = Document {
            host,
            customer,
            name: made.name.clone(),
            movements: movements.clone(),
            currency: made.currency,
            exemption_reason: new.exemption_reason(),
            corrects: None,
            issued_by: caller.user_id,
        };
        let invoice = issue(tx, caller.principal(), document, &[])?.id;
        new.invoice_id = Some(invoice);
        let rows = ledger::add_rows(tx, subject(&new), &movements)?;
        invoices::insert_rows(tx.conn, invoice, &rows)?;
    }
    prepaid::insert(tx.conn, &new)?;
    let detail = match made.minutes() {
        Some(minutes) => json!({
            "package_id": package.id, "customer_organization_id": customer, "minutes": minutes, "price": new.price(),
        }),
        None => json!({
            "package_id": package.id, "customer_organization_id": customer, "credit": made.credit(), "price": new.price(),
        }),
    };
    audit(tx, caller.principal(), Some(host), "prepaid.sell", ("prepaid", new.id.as_str()), &detail)?;
    named(tx, new)
}

/// The price of a sale: of credit, which has no VAT, as it is; of hours the part without VAT, and the resources with the VAT on it.
fn priced(
    tx: &mut ReadTx,
    (host, customer): (OrganizationId, OrganizationId),
    made: &NewPackage,
    is_free: bool,
) -> Result<(Option<SoldHours>, i64), Error> {
    let price = if is_free { 0 } else { made.price };
    let Some(usable) = made.hours.clone() else { return Ok((None, price)) };
    let TaxedPrice { net, tax, taxed, exemption_reason } = taxed(tx, (host, customer), price, usable.vat_rate)?;
    let tax = taxed.filter(|_| !is_free).map(|(category, rate)| SoldTax { category, rate, amount: tax, exemption_reason });
    Ok((Some(SoldHours { usable, tax }), net))
}

fn named(tx: &mut ReadTx, found: Prepaid) -> Result<PrepaidNow, Error> {
    with_names(tx, vec![found])?.pop().ok_or_else(Error::not_found)
}

/// Lists the prepaid credit that a host has sold or, if `is_bought`, that an organization has as a customer.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    organization: OrganizationId,
    is_bought: bool,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<PrepaidNow>, Error> {
    authorize_in(tx, caller, organization, Permission::ViewMoney)?;
    let party = if is_bought { Party::Customer(organization) } else { Party::Host(organization) };
    let rows = prepaid::list(&mut tx.conn, party, paging.by_id(order))?;
    let page = paging.page(rows, |prepaid| prepaid.id.to_string());
    Ok(Page { items: with_names(tx, page.items)?, next_cursor: page.next_cursor })
}

/// Returns prepaid credit to managers of its two parties.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: PrepaidId) -> Result<PrepaidNow, Error> {
    let found = get_seen(tx, caller, id)?;
    named(tx, found)
}

/// Returns prepaid credit for an event about it.
///
/// # Errors
/// `not_found`.
pub(crate) fn get_for_event(tx: &mut ReadTx, id: PrepaidId) -> Result<PrepaidNow, Error> {
    let found = prepaid::get(&mut tx.conn, id)?;
    named(tx, found)
}

fn get_seen(tx: &mut ReadTx, caller: Caller, id: PrepaidId) -> Result<Prepaid, Error> {
    let found = prepaid::get(&mut tx.conn, id)?;
    let may_see = ledger::may_see_money(tx, caller, [found.organization_id, found.customer_id])?;
    if may_see { Ok(found) } else { Err(Error::not_found()) }
}

/// Lists the changes of prepaid credit for managers of its two parties: its uses, returns, expiry and refund.
///
/// # Errors
/// `not_found`.
pub fn list_entries(
    tx: &mut ReadTx,
    caller: Caller,
    id: PrepaidId,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<(StoredEntry, Prepaid)>, Error> {
    let found = get_seen(tx, caller, id)?;
    let rows = prepaid::list_entries(&mut tx.conn, id, paging.by_id(order))?;
    Ok(paging.page(rows, |entry| entry.id.to_string()).map(|entry| (entry, found.clone())))
}

/// Prepaid credit that a manager of the host changes, locked.
fn get_to_change(tx: &mut Tx<'_>, caller: Caller, id: PrepaidId, if_match: &IfMatch) -> Result<Prepaid, Error> {
    let host = get_seen(tx, caller, id)?.organization_id;
    authorize_in(tx, caller, host, Permission::ManageMoney)?;
    organizations::lock(tx.conn, host)?;
    prepaid::lock(tx.conn, id)?;
    let found = prepaid::get(tx.conn, id)?;
    if_match.check(found.revision)?;
    if found.left.amount == 0 || found.has_expired(tx.now) {
        return Err(Error::Refused(Code::InvalidTransition, said!("Nothing is left of the prepaid credit.")));
    }
    Ok(found)
}

/// Lets the customer use prepaid credit before it is paid for, as a manager of the host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` if nothing is left.
pub fn release(tx: &mut Tx<'_>, caller: Caller, id: PrepaidId, if_match: &IfMatch) -> Result<PrepaidNow, Error> {
    let found = get_to_change(tx, caller, id, if_match)?;
    if found.released_at.is_none() {
        prepaid::update(tx.conn, &Prepaid { released_at: Some(tx.now), updated_at: tx.now, ..found.clone() })?;
        let (host, nothing) = (Some(found.organization_id), json!({}));
        audit(tx, caller.principal(), host, "prepaid.release", ("prepaid", id.as_str()), &nothing)?;
    }
    let changed = prepaid::get(tx.conn, id)?;
    named(tx, changed)
}

/// A refund of prepaid credit or hours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRefund {
    /// The credit to take back.
    pub amount: Option<Money>,
    /// The minutes of a package of hours to take back.
    pub minutes: Option<i64>,
    /// The reason.
    pub reason: String,
}

impl NewRefund {
    /// The part of what is left that is taken back: all, if the request names no part.
    fn part(&self, of: &Prepaid) -> Result<Credit, InvalidFields> {
        let (pointer, part) = match (self.amount, self.minutes, &of.hours) {
            (None, None, _) => return Ok(of.left),
            (Some(_), _, Some(_)) => {
                return Err(InvalidFields::one("/amount", "invalid", said!("is for credit; name minutes of a package of hours")));
            }
            (_, Some(_), None) => {
                return Err(InvalidFields::one(
                    "/minutes",
                    "invalid",
                    said!("is for a package of hours; name an amount of credit"),
                ));
            }
            (Some(amount), None, None) if amount.currency != of.currency => {
                let detail = said!("must be {currency}, the currency of the credit", currency = of.currency);
                return Err(InvalidFields::one("/amount/currency", "invalid", detail));
            }
            (amount, minutes, _) => match minutes {
                Some(minutes) => ("/minutes", minutes),
                None => ("/amount/amount", amount.map_or(0, |amount| amount.amount)),
            },
        };
        match (1..=of.left.amount).contains(&part) {
            true => Ok(of.left.part(part)),
            false => {
                let detail = said!("must be from 1 to {amount}: the part that is left", amount = of.left.amount);
                Err(InvalidFields::one(pointer, "out_of_range", detail))
            }
        }
    }
}

/// Takes back what is left of prepaid credit or hours, or a part of it, as a manager of the host. The customer no longer owes its price.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_fields` for more than is left, `invalid_transition` if
/// nothing is left.
pub fn refund(tx: &mut Tx<'_>, caller: Caller, id: PrepaidId, new: &NewRefund, if_match: &IfMatch) -> Result<PrepaidNow, Error> {
    let found = get_to_change(tx, caller, id, if_match)?;
    take_back(tx, (caller.principal(), caller.user_id), &found, new.part(&found)?, &new.reason)?;
    let changed = prepaid::get(tx.conn, id)?;
    named(tx, changed)
}
