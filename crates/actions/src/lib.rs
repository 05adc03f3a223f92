//! The actions of users: one plain function for each. Each reads the same: load facts, decide, store, in one transaction that the
//! caller has opened.

pub mod accounts;
pub mod administration;
pub mod allocations;
pub mod api_keys;
pub mod audit;
pub mod audit_tree;
pub mod audit_verification;
pub mod availability;
mod bank_lines;
pub mod bank_statements;
pub mod billing;
pub mod blocks;
pub mod booking_groups;
pub mod bookings;
pub mod calendar_feeds;
pub mod calendar_imports;
pub mod card_accounts;
pub mod card_payments;
pub mod card_payouts;
pub mod certification_kinds;
pub mod certifications;
pub mod closing;
pub mod coupons;
pub mod customers;
mod donations;
pub mod error;
pub mod figures;
pub mod identities;
pub mod import;
pub mod invitations;
pub mod invoices;
pub mod ledger;
pub mod logos;
pub mod mailed_bookings;
pub mod members;
pub mod monthly_invoices;
pub mod open_invoices;
pub mod organization_events;
pub mod organizations;
pub mod out_of_order;
pub mod packages;
mod paying;
pub mod payment_reminders;
pub mod payments;
pub mod pictures;
pub mod precondition;
pub mod prepaid;
pub mod reminders;
pub mod resource_links;
pub mod resources;
mod sale_documents;
pub mod search;
mod seat_charges;
pub mod second_factors;
pub mod series;
pub mod sessions;
pub mod site_days;
pub mod sites;
pub mod statements;
pub mod terms;
pub mod training_seats;
pub mod trainings;
pub mod waitlist;
pub mod webhooks;
pub mod written_events;

mod record;

use self::error::Error;
use domain::ids::{ApiKeyId, Identifier as _, OrganizationId, SessionId, UserId};
use domain::permissions::{Permission, Permissions, Role};
use domain::principal::Principal;
use domain::problem::Code;
use domain::said::said;
use storage::db::ReadTx;
use storage::members::{Standing, find_standing, list_usable_roles};

/// The user who makes a request, or the API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The user. For an API key, the owner who made it: the objects that a key creates name this user.
    pub user_id: UserId,
    /// The API key, with its organization. The user has then no say: only the organization and the scopes of the key count.
    pub key: Option<(ApiKeyId, OrganizationId)>,
    /// The session that the access token belongs to. An API key has none.
    pub session_id: SessionId,
    /// Whether this installation lets only users with a verified address change anything.
    pub must_be_verified: bool,
    /// The permissions that the request can use where the user's role includes them. Those of a key are limited by its scopes.
    pub permissions: Permissions,
}

impl Caller {
    /// The principal that the history and the facts name.
    pub const fn principal(self) -> Principal {
        match self.key {
            Some((api_key_id, _)) => Principal::ApiKey { api_key_id },
            None => Principal::User { user_id: self.user_id },
        }
    }

    /// Whether the caller is this user. An API key is nobody.
    pub fn is(self, user: UserId) -> bool {
        self.person() == Some(user)
    }

    /// The user, unless an API key acts.
    pub const fn person(self) -> Option<UserId> {
        self.principal().user_id()
    }

    /// Whether the request can use the permission, and the user's standing in the organization includes it.
    pub fn may(self, standing: Option<&Standing>, permission: Permission) -> bool {
        self.permissions.contains(permission) && standing.is_some_and(|standing| standing.may(permission))
    }
}

/// The standing of the caller in an organization. An API key has one in its own; none if it was revoked or has expired.
///
/// # Errors
/// `second_factor_missing` for a member without the second factor that the organization demands.
pub(crate) fn standing_of(tx: &mut ReadTx, caller: Caller, organization: OrganizationId) -> Result<Option<Standing>, Error> {
    let standing = any_standing_of(tx, caller, organization)?;
    if standing.as_ref().is_some_and(|standing| standing.lacks_second_factor) {
        return Err(Error::refused(Code::SecondFactorMissing));
    }
    Ok(standing)
}

/// The standing of the caller, also without the second factor that the organization demands.
fn any_standing_of(tx: &mut ReadTx, caller: Caller, organization: OrganizationId) -> Result<Option<Standing>, Error> {
    Ok(match caller.key {
        Some((key, _)) => storage::api_keys::find_standing(&mut tx.conn, key, organization, tx.now)?,
        None => find_standing(&mut tx.conn, caller.user_id, organization)?,
    })
}

/// The organizations of the caller, with the role in each.
///
/// # Errors
/// `invalid_token` for an API key that can no longer be used.
pub(crate) fn roles_of(tx: &mut ReadTx, caller: Caller) -> Result<Vec<(OrganizationId, Role)>, Error> {
    let Some((_, organization)) = caller.key else { return Ok(list_usable_roles(&mut tx.conn, caller.user_id)?) };
    let standing = standing_of(tx, caller, organization)?.ok_or_else(|| Error::refused(Code::InvalidToken))?;
    Ok(standing.role.map(|role| (organization, role)).into_iter().collect())
}

/// Whether the caller sees what only members of the organization see. Operators see everything.
///
/// # Errors
/// When the database fails.
pub fn is_insider(tx: &mut ReadTx, caller: Option<Caller>, organization: OrganizationId) -> Result<bool, Error> {
    let Some(caller) = caller else { return Ok(false) };
    // Without the second factor that the organization demands, a member sees it as others do.
    let standing = any_standing_of(tx, caller, organization)?.filter(|standing| !standing.lacks_second_factor);
    Ok(caller.may(standing.as_ref(), Permission::View))
}

/// A user in whose name the service acts by itself. No session has the identifier that stands for theirs.
fn in_name_of(user_id: UserId) -> Caller {
    Caller { user_id, key: None, session_id: SessionId::new(0, [0; 10]), must_be_verified: false, permissions: Permissions::ALL }
}

/// Checks that the caller has this permission in the organization.
///
/// # Errors
/// `not_found` for a stranger if `is_visible` is false, `forbidden` for other strangers and for a role that is too low,
/// `email_not_verified` if the caller must verify the address first.
pub fn authorize(
    tx: &mut ReadTx,
    caller: Caller,
    organization: OrganizationId,
    permission: Permission,
    is_visible: bool,
) -> Result<(), Error> {
    let standing = standing_of(tx, caller, organization)?;
    check_standing(caller, standing.as_ref(), permission, is_visible)
}

/// Checks that the caller has this permission in an organization that exists. Strangers see it while it lists something.
///
/// # Errors
/// As [`authorize`].
pub(crate) fn authorize_in(
    tx: &mut ReadTx,
    caller: Caller,
    organization: OrganizationId,
    permission: Permission,
) -> Result<(), Error> {
    storage::organizations::get(&mut tx.conn, organization)?;
    let is_visible = storage::organizations::is_public(&mut tx.conn, organization)?;
    authorize(tx, caller, organization, permission, is_visible)
}

/// The decision of [`authorize`], if the standing is loaded already.
///
/// # Errors
/// As [`authorize`].
pub fn check_standing(
    caller: Caller,
    standing: Option<&Standing>,
    permission: Permission,
    is_visible: bool,
) -> Result<(), Error> {
    let standing = standing.ok_or_else(|| Error::refused(Code::InvalidToken))?;
    if !caller.permissions.contains(permission) {
        return Err(Error::Refused(
            Code::Forbidden,
            said!("This request cannot use the permission {permission}.", permission = format!("{permission:?}")),
        ));
    }
    if !standing.may(permission) {
        return Err(match standing.role {
            Some(role) => {
                let lowest = permission.lowest_role();
                Error::Refused(Code::Forbidden, said!("You are {role} here; this needs at least {lowest}.", role, lowest))
            }
            None if is_visible => Error::Refused(Code::Forbidden, said!("Only members of the organization can do this.")),
            None => Error::not_found(),
        });
    }
    if permission != Permission::View && caller.must_be_verified && !standing.is_verified {
        return Err(Error::refused(Code::EmailNotVerified));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_cannot_use_a_permission_that_its_operation_does_not_name() {
        let owner = Standing {
            lacks_second_factor: false,
            is_verified: true,
            is_operator: false,
            role: Some(Role::Owner),
            organization_name: None,
            is_suspended: false,
        };
        let named = Permissions::of(&[Permission::Book]);
        let caller = Caller { permissions: named, ..in_name_of(UserId::new(0, [0; 10])) };
        for permission in Permission::ALL {
            let is_allowed = check_standing(caller, Some(&owner), permission, true).is_ok();
            assert_eq!((is_allowed, caller.may(Some(&owner), permission)), (permission == Permission::Book, is_allowed));
        }
    }
}
