//! Relationships between hosts, their customers and users.

use std::collections::BTreeSet;

use diesel::dsl::exists;
use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::schema::{bookings, certifications, members, organizations, terms_acceptances, training_seats, trainings, users};
use super::schema_money::prepaid;
use domain::ids::{CertificationKindId, OrganizationId, UserId};

/// Whether a host has a relationship with a user: the user is a member of the host or of a customer, has a seat in one of its
/// trainings, or holds a certification of the kind.
///
/// # Errors
/// When the database fails.
pub fn is_known(conn: &mut Conn, user: UserId, host: OrganizationId, kind: CertificationKindId) -> Result<bool, StorageError> {
    let certified =
        certifications::table.filter(certifications::user_id.eq(user).and(certifications::certification_kind_id.eq(kind)));
    Ok(!list_members_and_trainees(conn, &[user], host)?.is_empty() || diesel::select(exists(certified)).get_result(conn)?)
}

/// Those of these users that are members of a host or of one of its customers, or have a seat in one of its trainings.
///
/// # Errors
/// When the database fails.
pub fn list_members_and_trainees(conn: &mut Conn, users: &[UserId], host: OrganizationId) -> Result<Vec<UserId>, StorageError> {
    let booked = bookings::table
        .filter(bookings::organization_id.eq(members::organization_id).and(bookings::host_organization_id.eq(host)));
    let belong =
        members::table.filter(members::user_id.eq_any(users)).filter(members::organization_id.eq(host).or(exists(booked)));
    let seated = training_seats::table
        .inner_join(trainings::table)
        .filter(training_seats::user_id.eq_any(users).and(trainings::organization_id.eq(host)));
    let mut found: Vec<UserId> = belong.select(members::user_id).load(conn)?;
    found.extend(seated.select(training_seats::user_id).load::<UserId>(conn)?);
    Ok(found)
}

/// Whether an organization has booked with a host, has accepted its terms or has prepaid credit with it.
///
/// # Errors
/// When the database fails.
pub fn is_customer(conn: &mut Conn, organization: OrganizationId, host: OrganizationId) -> Result<bool, StorageError> {
    let booked = bookings::table.filter(bookings::organization_id.eq(organization).and(bookings::host_organization_id.eq(host)));
    let accepted = terms_acceptances::table
        .filter(terms_acceptances::organization_id.eq(organization).and(terms_acceptances::host_organization_id.eq(host)));
    if diesel::select(exists(booked).or(exists(accepted))).get_result(conn)? {
        return Ok(true);
    }
    let has_prepaid = prepaid::table.filter(prepaid::customer_id.eq(organization).and(prepaid::organization_id.eq(host)));
    Ok(diesel::select(exists(has_prepaid)).get_result(conn)?)
}

/// A person of a customer for whom a host can book.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct KnownCustomer {
    /// The customer.
    pub organization_id: OrganizationId,
    /// Its name.
    pub organization_name: String,
    /// The person, who is a member with a verified address.
    pub user_id: UserId,
    /// The name of the person.
    pub user_name: String,
}

/// The customers of a host, each with the members who have booked with the host or have accepted its terms.
///
/// # Errors
/// When the database fails.
pub fn list_customers(conn: &mut Conn, host: OrganizationId) -> Result<Vec<KnownCustomer>, StorageError> {
    let booked = bookings::table.filter(bookings::host_organization_id.eq(host).and(bookings::organization_id.ne(host)));
    let accepted = terms_acceptances::table
        .filter(terms_acceptances::host_organization_id.eq(host).and(terms_acceptances::organization_id.ne(host)));
    let mut known: BTreeSet<(OrganizationId, UserId)> =
        booked.select((bookings::organization_id, bookings::created_by)).distinct().load(conn)?.into_iter().collect();
    known.extend(
        accepted
            .select((terms_acceptances::organization_id, terms_acceptances::user_id))
            .distinct()
            .load::<(OrganizationId, UserId)>(conn)?,
    );
    let organizations: BTreeSet<OrganizationId> = known.iter().map(|(organization, _)| *organization).collect();
    let people: Vec<KnownCustomer> = members::table
        .inner_join(users::table)
        .inner_join(organizations::table)
        .filter(members::organization_id.eq_any(organizations).and(users::email_verified_at.is_not_null()))
        .select((members::organization_id, organizations::name, members::user_id, users::name))
        .load(conn)?;
    Ok(people.into_iter().filter(|one| known.contains(&(one.organization_id, one.user_id))).collect())
}
