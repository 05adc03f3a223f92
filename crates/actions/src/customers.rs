//! The facts about a customer that the rules of a resource ask for.

use std::collections::BTreeMap;

use super::bookings::access::check_member;
use super::error::Error;
use super::{Caller, authorize, authorize_in};
use domain::booking::Booking;
use domain::fields::InvalidFields;
use domain::ids::{BookingGroupId, BookingId, OrganizationId, UserId};
use domain::interval::Interval;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::pricing::Buyer;
use domain::problem::Code;
use domain::resource::{Resource, ResourceKind};
use domain::rules::{BusyTime, Customer, QuotaSubject, QuotaUsage};
use domain::said::said;
use domain::time::UtcTime;
use storage::billing;
use storage::db::{ReadTx, Tx};
use storage::operators::{self, Elsewhere};
use storage::quotas::{self, Counted, Of, Subject};
use storage::{organizations, relationships};

pub use storage::relationships::KnownCustomer;

/// The customer and the users for whom a slot is requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requester {
    /// The customer.
    pub organization_id: OrganizationId,
    /// The user who books in its name.
    pub user_id: UserId,
    /// The operator, if one is named.
    pub operated_by: Option<UserId>,
    /// The booking that would get the slot instead of its own. It does not count towards quotas.
    pub instead_of: Option<BookingId>,
    /// When the booking is, or was, made.
    pub booked_at: UtcTime,
    /// The group of the booking.
    pub group_id: Option<BookingGroupId>,
}

impl Requester {
    /// The requester of a booking, which would get another slot.
    pub(crate) fn of(booking: &Booking) -> Self {
        let Booking { organization_id, created_by: user_id, operated_by, created_at: booked_at, group_id, .. } = *booking;
        Self { organization_id, user_id, operated_by, instead_of: Some(booking.id), booked_at, group_id }
    }
}

/// The caller as the requester of a slot for a customer. Without another operator the caller operates the resource. The operator
/// comes with the pointer to its field.
///
/// # Errors
/// `not_signed_in`, `forbidden` for an organization that the caller does not belong to, `invalid_fields` for an operator who
/// does not.
pub fn requester(
    tx: &mut ReadTx,
    caller: Option<Caller>,
    organization_id: OrganizationId,
    (pointer, operated_by): (&str, Option<UserId>),
) -> Result<Requester, Error> {
    let caller = caller.ok_or_else(|| Error::refused(Code::NotSignedIn))?;
    authorize(tx, caller, organization_id, Permission::View, true)?;
    if let Some(operator) = operated_by {
        check_member(tx, pointer, organization_id, operator)?;
    }
    let user_id = caller.user_id;
    let operated_by = operated_by.or(caller.person());
    Ok(Requester { organization_id, user_id, operated_by, instead_of: None, booked_at: tx.now, group_id: None })
}

/// Lists the customers of a host, each with the members who have booked with the host or have accepted its terms: the people for whom its
/// managers can book.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(tx: &mut ReadTx, caller: Caller, host: OrganizationId, paging: &Paging) -> Result<Page<KnownCustomer>, Error> {
    authorize_in(tx, caller, host, Permission::ManageBookings)?;
    let known = relationships::list_customers(&mut tx.conn, host)?;
    Ok(paging.page_of(known, |one| format!("{} {}", one.organization_id, one.user_id)))
}

/// Checks that an organization, which a request names as the customer of a host, has booked with the host or has accepted its terms.
///
/// # Errors
/// `invalid_fields` if it is no customer.
pub(crate) fn check_customer(tx: &mut ReadTx, host: OrganizationId, customer: OrganizationId) -> Result<(), Error> {
    if customer != host && relationships::is_customer(&mut tx.conn, customer, host)? {
        return Ok(());
    }
    let detail = said!("must be an organization that has booked with you");
    Err(InvalidFields::one("/customer_organization_id", "invalid", detail).into())
}

/// The facts about a requester on which the price of any resource can depend.
///
/// # Errors
/// When the database fails.
pub(crate) fn buyer(tx: &mut ReadTx, requester: Option<Requester>) -> Result<Buyer, Error> {
    let Some(Requester { organization_id, booked_at, .. }) = requester else { return Ok(Buyer::unknown(tx.now)) };
    let (kind, vat_number_of) = billing::get_buyer(&mut tx.conn, organization_id)?;
    Ok(Buyer { booked_at, customer: Some((organization_id, Some(kind))), vat_number_of })
}

/// As [`buyer`], for one resource: the kind and the VAT number of the customer are loaded only if the tariff asks for the kind, or the
/// host charges VAT.
///
/// # Errors
/// When the database fails.
pub(crate) fn buyer_for(tx: &mut ReadTx, resource: &Resource, requester: Option<Requester>) -> Result<Buyer, Error> {
    match requester {
        Some(Requester { organization_id, booked_at, .. })
            if !resource.fields.tariff.asks_for_kind() && resource.vat.is_none() =>
        {
            Ok(Buyer { customer: Some((organization_id, None)), ..Buyer::unknown(booked_at) })
        }
        _ => buyer(tx, requester),
    }
}

/// Loads the facts about a customer that the rules ask for, around a time; if they ask for none, nothing is loaded.
///
/// # Errors
/// When the database fails.
pub fn get(tx: &mut ReadTx, resource: &Resource, requester: Requester, around: Interval) -> Result<Customer, Error> {
    let Requester { organization_id, user_id, instead_of, .. } = requester;
    let rules = &resource.fields.rules;
    let mut usage = |per, subject| -> Result<QuotaUsage, Error> {
        let counted = Counted { of: Of::Resource(resource.claimed()), subject, except: instead_of };
        let mut shared = BTreeMap::new();
        for (name, near) in rules.near_shared(per, around) {
            let counted = Counted { of: Of::Sharing(resource.organization_id, name), ..counted };
            shared.insert(name.to_owned(), quotas::list_counted(&mut tx.conn, counted, tx.now, near)?);
        }
        Ok(QuotaUsage {
            shared,
            active: match rules.most_active(per) {
                Some(_) => quotas::count_active(&mut tx.conn, counted, tx.now)?,
                None => 0,
            },
            near: match rules.near(per, around) {
                Some(near) => quotas::list_counted(&mut tx.conn, counted, tx.now, near)?,
                None => Vec::new(),
            },
        })
    };
    Ok(Customer {
        organization_id,
        is_host: organization_id == resource.organization_id,
        of_organization: usage(QuotaSubject::Organization, Subject::Organization(organization_id))?,
        of_user: usage(QuotaSubject::User, Subject::User(user_id))?,
        kind: match rules.asks_for_kind() {
            true => Some(organizations::get(&mut tx.conn, organization_id)?.fields().kind),
            false => None,
        },
        operator_busy: operator_busy(tx, resource, requester, around)?,
    })
}

/// The times around a slot in which the operator operates other machines of the host; none where the rules do not forbid it. The booking
/// that the requester would give up and those of the same group do not count: a group is one job.
///
/// # Errors
/// When the database fails.
pub(crate) fn operator_busy(
    tx: &mut ReadTx,
    resource: &Resource,
    requester: Requester,
    around: Interval,
) -> Result<Vec<BusyTime>, Error> {
    let Requester { organization_id, instead_of, group_id, .. } = requester;
    let must_be_free = resource.fields.kind == ResourceKind::Machine && !resource.fields.rules.operator_can_run_several;
    let Some(operator) = requester.operated_by.filter(|_| must_be_free) else { return Ok(Vec::new()) };
    let machine = (resource.organization_id, resource.id);
    let mut elsewhere = operators::list_elsewhere(&mut tx.conn, operator, machine, tx.now, around)?;
    elsewhere.retain(|other| Some(other.booking_id) != instead_of && (group_id.is_none() || other.group_id != group_id));
    let busy = |other: Elsewhere| BusyTime { interval: other.interval, is_known: other.organization_id == organization_id };
    Ok(elsewhere.into_iter().map(busy).collect())
}

/// Before the operator is judged for a booking that is to be written: no other transaction books machines of the host for the operator
/// until this one ends.
///
/// # Errors
/// When the database fails.
pub(crate) fn lock_operator(tx: &mut Tx<'_>, resource: &Resource, operator: Option<UserId>) -> Result<(), Error> {
    match operator.filter(|_| resource.fields.kind == ResourceKind::Machine) {
        Some(operator) => Ok(operators::lock(tx.conn, resource.organization_id, operator)?),
        None => Ok(()),
    }
}
