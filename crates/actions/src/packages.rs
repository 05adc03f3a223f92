//! Packages of prepaid credit and of hours: a host offers them, and customers buy them.

use serde_json::json;

use super::coupons::check_own;
use super::error::Error;
use super::precondition::IfMatch;
use super::record::audit;
use super::{Caller, authorize_in, is_insider, organizations};
use domain::ids::{OrganizationId, PackageId};
use domain::order::CreationOrder;
use domain::package::{NewPackage, Package};
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::said::said;
use storage::db::{ReadTx, Tx};
use storage::packages;

/// Offers a package.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` for hours of resources of others.
pub fn create(tx: &mut Tx<'_>, caller: Caller, host: OrganizationId, made: NewPackage) -> Result<Package, Error> {
    authorize_in(tx, caller, host, Permission::ManageMoney)?;
    if let Some(ids) = made.hours.as_ref().and_then(|hours| hours.resource_ids.as_ref()) {
        check_own(tx, host, "/hours/resource_ids", ids)?;
    }
    let (id, created_by, created_at) = (tx.new_id(), caller.user_id, tx.now);
    let updated_at = created_at;
    let package =
        Package { id, organization_id: host, made, withdrawn_at: None, created_by, created_at, updated_at, revision: 1 };
    packages::insert(tx.conn, &package)?;
    note(tx, caller, &package, "create")?;
    Ok(package)
}

/// Lists the packages that a host offers; for its members also those that it has withdrawn.
///
/// # Errors
/// `not_found`.
pub fn list(
    tx: &mut ReadTx,
    caller: Option<Caller>,
    host: OrganizationId,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<Package>, Error> {
    let (_, is_insider) = organizations::get(tx, caller, host)?;
    let rows = packages::list(&mut tx.conn, host, is_insider, paging.by_id(order))?;
    Ok(paging.page(rows, |package| package.id.to_string()))
}

/// Returns a package: to everybody while it is offered, afterwards to members of the host.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Option<Caller>, id: PackageId) -> Result<Package, Error> {
    let package = packages::get(&mut tx.conn, id)?;
    organizations::get(tx, caller, package.organization_id)?;
    let is_seen = package.withdrawn_at.is_none() || is_insider(tx, caller, package.organization_id)?;
    if is_seen { Ok(package) } else { Err(Error::not_found()) }
}

/// As [`get`], if it can be sold.
///
/// # Errors
/// `not_found`, `invalid_transition` if it is withdrawn.
pub(crate) fn get_offered(tx: &mut ReadTx, caller: Caller, id: PackageId) -> Result<Package, Error> {
    let package = get(tx, Some(caller), id)?;
    match package.withdrawn_at {
        Some(_) => Err(Error::Refused(Code::InvalidTransition, said!("The package is withdrawn."))),
        None => Ok(package),
    }
}

/// Withdraws a package: nobody can buy it any more. Credit that was sold stays.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` if it is withdrawn.
pub fn withdraw(tx: &mut Tx<'_>, caller: Caller, id: PackageId, if_match: &IfMatch) -> Result<Package, Error> {
    let package = get(tx, Some(caller), id)?;
    authorize_in(tx, caller, package.organization_id, Permission::ManageMoney)?;
    if_match.check(package.revision)?;
    if package.withdrawn_at.is_some() {
        return Err(Error::Refused(Code::InvalidTransition, said!("The package is already withdrawn.")));
    }
    let withdrawn = Package { withdrawn_at: Some(tx.now), updated_at: tx.now, ..package };
    packages::update_withdrawn(tx.conn, &withdrawn)?;
    note(tx, caller, &withdrawn, "withdraw")?;
    Ok(Package { revision: withdrawn.revision + 1, ..withdrawn })
}

fn note(tx: &mut Tx<'_>, caller: Caller, package: &Package, action: &str) -> Result<(), Error> {
    let NewPackage { name, valid_days, hours, .. } = &package.made;
    let price = package.made.price();
    let detail = match package.made.minutes() {
        Some(minutes) => json!({ "name": name, "price": price, "minutes": minutes, "hours": hours, "valid_days": valid_days }),
        None => json!({ "name": name, "price": price, "credit": package.made.credit(), "valid_days": valid_days }),
    };
    let (host, action) = (Some(package.organization_id), format!("package.{action}"));
    audit(tx, caller.principal(), host, &action, ("package", package.id.as_str()), &detail)
}
