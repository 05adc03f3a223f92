//! Coupons: a host makes them, and customers use them in bookings.

use std::collections::HashMap;

use serde_json::json;

use super::error::Error;
use super::precondition::IfMatch;
use super::record::audit;
use super::{Caller, authorize_in, ledger};
use domain::coupon::{Coupon, CouponCode, CouponTerms, NewCoupon, Obstacle};
use domain::fields::InvalidFields;
use domain::ids::{CouponId, OrganizationId, ResourceId};
use domain::money::Money;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::resource::Resource;
use domain::said::said;
use storage::db::{ReadTx, Tx};
use storage::{coupons, organizations, resources};

/// A coupon with the number of its uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouponNow {
    /// The coupon.
    pub coupon: Coupon,
    /// The number of bookings with it that were not cancelled, declined or expired.
    pub uses: i64,
}

/// Makes a coupon.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` if the host has a coupon with this code, or for resources of others.
pub fn create(tx: &mut Tx<'_>, caller: Caller, host: OrganizationId, new: NewCoupon) -> Result<CouponNow, Error> {
    authorize_in(tx, caller, host, Permission::ManageMoney)?;
    // Of two requests at the same time, the second one sees the coupon of the first.
    organizations::lock(tx.conn, host)?;
    if coupons::find(tx.conn, host, &new.code)?.is_some() {
        return Err(InvalidFields::one("/code", "invalid", said!("is the code of another coupon of yours")).into());
    }
    if let Some(ids) = &new.resource_ids {
        check_own(tx, host, "/resource_ids", ids)?;
    }
    let (created_by, created_at) = (caller.user_id, tx.now);
    let (id, updated_at) = (tx.new_id(), created_at);
    let coupon = Coupon { id, organization_id: host, made: new, created_by, created_at, updated_at, revision: 1 };
    coupons::insert(tx.conn, &coupon)?;
    note(tx, caller, &coupon, "create")?;
    Ok(CouponNow { coupon, uses: 0 })
}

/// Checks that resources, which a request names at a pointer, belong to the host.
pub(crate) fn check_own(tx: &mut ReadTx, host: OrganizationId, pointer: &str, ids: &[ResourceId]) -> Result<(), Error> {
    let own = resources::list_own(&mut tx.conn, host, ids)?;
    match ids.iter().position(|id| !own.contains(id)) {
        Some(at) => Err(InvalidFields::one(&format!("{pointer}/{at}"), "invalid", said!("must be one of your resources")).into()),
        None => Ok(()),
    }
}

/// Lists the coupons of a host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    host: OrganizationId,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<CouponNow>, Error> {
    authorize_in(tx, caller, host, Permission::ViewMoney)?;
    let rows = coupons::list(&mut tx.conn, host, paging.by_id(order))?;
    let Page { items, next_cursor } = paging.page(rows, |coupon| coupon.id.to_string());
    Ok(Page { items: counted(tx, items)?, next_cursor })
}

/// Adds to coupons the numbers of their uses.
fn counted(tx: &mut ReadTx, found: Vec<Coupon>) -> Result<Vec<CouponNow>, Error> {
    let ids: Vec<CouponId> = found.iter().map(|coupon| coupon.id).collect();
    let uses: HashMap<_, _> = coupons::count_uses_of_each(&mut tx.conn, &ids)?.into_iter().collect();
    let counted = |coupon: Coupon| CouponNow { uses: uses.get(&Some(coupon.id)).copied().unwrap_or_default(), coupon };
    Ok(found.into_iter().map(counted).collect())
}

/// Returns a coupon to managers of its host.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: CouponId) -> Result<CouponNow, Error> {
    let coupon = coupons::get(&mut tx.conn, id)?;
    let host = coupon.organization_id;
    if !ledger::may_see_money(tx, caller, [host, host])? {
        return Err(Error::not_found());
    }
    counted(tx, vec![coupon])?.pop().ok_or_else(Error::not_found)
}

/// Ends a coupon: it can no longer be used. Bookings with it keep their prices.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` if it has ended.
pub fn end(tx: &mut Tx<'_>, caller: Caller, id: CouponId, if_match: &IfMatch) -> Result<CouponNow, Error> {
    let CouponNow { coupon, uses } = get(tx, caller, id)?;
    authorize_in(tx, caller, coupon.organization_id, Permission::ManageMoney)?;
    if_match.check(coupon.revision)?;
    if coupon.made.valid_until.is_some_and(|until| until <= tx.now) {
        return Err(Error::Refused(Code::InvalidTransition, said!("The coupon has ended.")));
    }
    let made = NewCoupon { valid_until: Some(tx.now), ..coupon.made };
    let ended = Coupon { made, updated_at: tx.now, ..coupon };
    coupons::update_ended(tx.conn, &ended)?;
    note(tx, caller, &ended, "end")?;
    Ok(CouponNow { coupon: Coupon { revision: ended.revision + 1, ..ended }, uses })
}

fn note(tx: &mut Tx<'_>, caller: Caller, coupon: &Coupon, action: &str) -> Result<(), Error> {
    let (host, action, code) = (Some(coupon.organization_id), format!("coupon.{action}"), coupon.made.code.as_str());
    audit(tx, caller.principal(), host, &action, ("coupon", coupon.id.as_str()), &json!({ "code": code }))
}

/// The terms of the coupon with a code, if a customer can use it for a resource now.
///
/// # Errors
/// `invalid_fields` at `/coupon` if the host has none with this code, or if it cannot be used.
pub(crate) fn terms(
    tx: &mut ReadTx,
    resource: &Resource,
    customer: OrganizationId,
    code: &CouponCode,
) -> Result<CouponTerms, Error> {
    let found = coupons::find(&mut tx.conn, resource.organization_id, code)?;
    let coupon = found.ok_or_else(|| InvalidFields::one("/coupon", "invalid", said!("is no coupon of this host")))?;
    match obstacle(tx, &coupon, resource, customer)? {
        Some(obstacle) => Err(InvalidFields::one("/coupon", obstacle.code(), obstacle).into()),
        None => Ok(coupon.terms()),
    }
}

/// As [`terms`], for a booking that is made now: no other transaction uses the coupon at the same time.
pub(crate) fn redeem(
    tx: &mut Tx<'_>,
    resource: &Resource,
    customer: OrganizationId,
    code: &CouponCode,
) -> Result<CouponTerms, Error> {
    if let Some(coupon) = coupons::find(tx.conn, resource.organization_id, code)? {
        coupons::lock(tx.conn, coupon.id)?;
    }
    terms(tx, resource, customer, code)
}

/// Checks that the coupon of a quote can still be used, and lets no other transaction use it at the same time.
///
/// # Errors
/// `invalid_fields` at `/quote_id`.
pub(crate) fn redeem_quoted(
    tx: &mut Tx<'_>,
    resource: &Resource,
    customer: OrganizationId,
    terms: &CouponTerms,
) -> Result<(), Error> {
    coupons::lock(tx.conn, terms.id)?;
    let coupon = coupons::get(tx.conn, terms.id)?;
    match obstacle(tx, &coupon, resource, customer)? {
        Some(_) => {
            let detail = said!("is a quote with a coupon that can no longer be used; get another quote, or leave it out");
            Err(InvalidFields::one("/quote_id", "expired", detail).into())
        }
        None => Ok(()),
    }
}

fn obstacle(tx: &mut ReadTx, coupon: &Coupon, resource: &Resource, customer: OrganizationId) -> Result<Option<Obstacle>, Error> {
    let uses = coupons::count_uses(&mut tx.conn, coupon.id, customer)?;
    let price = Money { amount: 0, currency: resource.fields.tariff.currency };
    Ok(coupon.obstacle(resource.id, price, uses, tx.now))
}
