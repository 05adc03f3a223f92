//! What the rules of a resource ask about who wishes to book it.

use super::bookings::book::check_member;
use super::error::Error;
use super::{Caller, authorize};
use domain::booking::Booking;
use domain::ids::{BookingId, OrganizationId, UserId};
use domain::interval::Interval;
use domain::permissions::Permission;
use domain::problem::Code;
use domain::resource::Resource;
use domain::rules::{Customer, Holdings, QuotaSubject};
use storage::db::Tx;
use storage::holdings::{self, Held, Holder};
use storage::organizations;

/// Who wishes to book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wisher {
    /// The organization.
    pub organization_id: OrganizationId,
    /// The user who books in its name.
    pub user_id: UserId,
    /// The booking that would change, and does not count beside itself.
    pub instead_of: Option<BookingId>,
}

/// Who would have a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taker {
    /// Who would book it,
    pub wisher: Wisher,
    /// and who would operate it, if anybody is named.
    pub operated_by: Option<UserId>,
}

impl Taker {
    /// Who has a booking, and would have another slot instead.
    pub fn of(booking: &Booking) -> Self {
        let Booking { organization_id, created_by: user_id, operated_by, .. } = *booking;
        Self { wisher: Wisher { organization_id, user_id, instead_of: Some(booking.id) }, operated_by }
    }
}

impl From<Wisher> for Taker {
    /// Who books operates, unless they say otherwise.
    fn from(wisher: Wisher) -> Self {
        Self { wisher, operated_by: Some(wisher.user_id) }
    }
}

/// The caller, as who would book for an organization.
///
/// # Errors
/// `not_signed_in`, `forbidden` for an organization that the caller does not belong to.
pub fn wisher(tx: &mut Tx<'_>, caller: Option<Caller>, organization_id: OrganizationId) -> Result<Wisher, Error> {
    let caller = caller.ok_or_else(|| Error::refused(Code::NotSignedIn))?;
    authorize(tx, caller, organization_id, Permission::View, true)?;
    Ok(Wisher { organization_id, user_id: caller.user_id, instead_of: None })
}

/// The caller, as who would book for an organization, and who would operate it: the caller, or another of its members.
///
/// # Errors
/// `not_signed_in`, `forbidden` for an organization that the caller does not belong to, `invalid_fields` for an operator who
/// does not.
pub fn taker(
    tx: &mut Tx<'_>,
    caller: Option<Caller>,
    organization_id: OrganizationId,
    operated_by: Option<UserId>,
) -> Result<Taker, Error> {
    let taker = Taker::from(wisher(tx, caller, organization_id)?);
    if let Some(operator) = operated_by {
        check_member(tx, "operated_by", organization_id, operator)?;
    }
    Ok(Taker { operated_by: operated_by.or(taker.operated_by), ..taker })
}

/// What the rules ask about a customer who wishes to book within some time; rules that ask for nothing cost nothing.
///
/// # Errors
/// When the database fails.
pub fn get(tx: &mut Tx<'_>, resource: &Resource, wisher: Wisher, around: Interval) -> Result<Customer, Error> {
    let Wisher { organization_id, user_id, instead_of } = wisher;
    let rules = &resource.fields.rules;
    let mut holdings = |per, holder| -> Result<Holdings, Error> {
        let held = Held { resource: resource.claimed(), holder, except: instead_of };
        Ok(Holdings {
            active: match rules.most_active(per) {
                Some(_) => holdings::count_active(tx.conn, held, tx.now)?,
                None => 0,
            },
            near: match rules.near(per, around) {
                Some(near) => holdings::list_counted(tx.conn, held, tx.now, near)?,
                None => Vec::new(),
            },
        })
    };
    Ok(Customer {
        organization_id,
        is_host: organization_id == resource.organization_id,
        of_organization: holdings(QuotaSubject::Organization, Holder::Organization(organization_id))?,
        of_user: holdings(QuotaSubject::User, Holder::User(user_id))?,
        kind: match rules.asks_for_kind() {
            true => Some(organizations::get(tx.conn, organization_id)?.fields().kind),
            false => None,
        },
    })
}
