//! What people can do: one plain function for each intention. Each reads the same: load facts,
//! decide, store, in one transaction that the caller has opened.

pub mod accounts;
pub mod audit;
pub mod availability;
pub mod blocks;
pub mod booking_groups;
pub mod bookings;
pub mod certification_kinds;
pub mod certifications;
pub mod customers;
pub mod error;
pub mod import;
pub mod members;
pub mod organizations;
pub mod out_of_order;
pub mod precondition;
pub mod resource_links;
pub mod resources;
pub mod search;
pub mod series;
pub mod sessions;
pub mod sites;
pub mod taken;
pub mod terms;
pub mod training_seats;
pub mod trainings;
pub mod waitlist;

mod record;

use self::error::Error;
use domain::ids::{OrganizationId, SessionId, UserId};
use domain::permissions::Permission;
use domain::problem::Code;
use storage::db::Tx;
use storage::members::{Standing, find_standing};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The user.
    pub user_id: UserId,
    /// The session that the access token belongs to.
    pub session_id: SessionId,
    /// Whether this installation lets only verified users do more than look.
    pub must_be_verified: bool,
}

/// Whether the caller may see what only members see. Operators may see everything.
///
/// # Errors
/// When the database fails.
pub fn is_insider(tx: &mut Tx<'_>, caller: Option<Caller>, organization: OrganizationId) -> Result<bool, Error> {
    let Some(caller) = caller else { return Ok(false) };
    let standing = find_standing(tx.conn, caller.user_id, organization)?;
    Ok(standing.is_some_and(|standing| standing.may(Permission::View)))
}

/// Somebody in whose name the service acts, without a session of theirs.
fn in_name_of(tx: &mut Tx<'_>, user_id: UserId) -> Caller {
    Caller { user_id, session_id: tx.new_id(), must_be_verified: false }
}

/// Goes on only if the caller may do this in the organization.
///
/// # Errors
/// `not_found` for a stranger to whom `is_visible` is false, `forbidden` for one who sees it and
/// for a role that is too low, `email_not_verified` before anything is changed.
pub fn authorize(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: OrganizationId,
    permission: Permission,
    is_visible: bool,
) -> Result<(), Error> {
    let standing = find_standing(tx.conn, caller.user_id, organization)?;
    check_standing(caller, standing.as_ref(), permission, is_visible)
}

/// The decision of [`authorize`], for callers that have loaded the standing already.
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
    if !standing.may(permission) {
        return Err(match standing.role {
            Some(role) => {
                let lowest = permission.lowest_role();
                Error::Refused(Code::Forbidden, format!("You are {role} here; this needs at least {lowest}."))
            }
            None if is_visible => Error::Refused(Code::Forbidden, "Only members of the organization may do this.".to_owned()),
            None => Error::not_found(),
        });
    }
    if permission != Permission::View && caller.must_be_verified && !standing.is_verified {
        return Err(Error::refused(Code::EmailNotVerified));
    }
    Ok(())
}
