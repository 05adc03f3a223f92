//! The queries of operators of the installation: organizations, users, the queues of facts and mails, and figures.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::facts;
use super::paging::by_id;
use super::schema::{bookings, deliveries, facts as fact_rows, mails, members, organizations, resources, users};
use super::search::lower;
use domain::booking::BookingStatus;
use domain::email::Email;
use domain::fact::Subscriber;
use domain::ids::{FactId, MailId, OrganizationId, UserId};
use domain::mail::MailStatus;
use domain::order::{CreationOrder, Rows};
use domain::organization::OrganizationKind;
use domain::resource::ResourceStatus;
use domain::time::UtcTime;

/// The pattern of `LIKE` for texts that contain a text, in lower case.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.to_lowercase().chars() {
        if matches!(c, '\\' | '%' | '_') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern + "%"
}

/// A filter for organizations or users. Fields that are left out do not restrict it.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only with this identifier, or with this text in the name or the address. Letters of other alphabets than the English one are
    /// found as they are written.
    pub text: Option<String>,
    /// Only those that are suspended, or only those that are not.
    pub is_suspended: Option<bool>,
}

/// An organization, as operators see it.
#[derive(Debug, Clone, Queryable)]
pub struct Organization {
    /// Its identifier.
    pub id: OrganizationId,
    /// Its kind.
    pub kind: OrganizationKind,
    /// Its name.
    pub name: String,
    /// The address that receives its mail; may be empty.
    pub contact_email: String,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was closed.
    pub closed_at: Option<UtcTime>,
    /// When it was suspended, if it is.
    pub suspended_at: Option<UtcTime>,
    /// Why it is suspended; empty if it is not.
    pub suspension_reason: String,
}

#[diesel::dsl::auto_type]
fn organization_columns() -> _ {
    (
        organizations::id,
        organizations::kind,
        organizations::name,
        organizations::contact_email,
        organizations::created_at,
        organizations::closed_at,
        organizations::suspended_at,
        organizations::suspension_reason,
    )
}

/// The organizations that a filter finds.
///
/// # Errors
/// When the database fails.
pub fn list_organizations(
    conn: &mut Conn,
    filter: &Filter,
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<Organization>, StorageError> {
    let mut query = organizations::table.select(organization_columns()).into_boxed();
    if let Some(text) = &filter.text {
        let pattern = containing(text);
        let name = lower(organizations::name).like(pattern.clone()).escape('\\');
        let email = lower(organizations::contact_email).like(pattern).escape('\\');
        query = query.filter(organizations::id.eq(text).or(name).or(email));
    }
    match filter.is_suspended {
        Some(true) => query = query.filter(organizations::suspended_at.is_not_null()),
        Some(false) => query = query.filter(organizations::suspended_at.is_null()),
        None => {}
    }
    Ok(by_id!(query, organizations::id, rows).load(conn)?)
}

/// An organization, with the numbers of its members and of its resources.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get_organization(conn: &mut Conn, id: OrganizationId) -> Result<(Organization, i64, i64), StorageError> {
    let organization = organizations::table.find(id).select(organization_columns()).get_result(conn)?;
    let members = members::table.filter(members::organization_id.eq(id)).count().get_result(conn)?;
    let resources = resources::table.filter(resources::organization_id.eq(id)).count().get_result(conn)?;
    Ok((organization, members, resources))
}

/// Suspends an organization from an instant on for a reason, or reinstates it. Its resources follow in the database.
///
/// # Errors
/// When the database fails.
pub fn update_organization(
    conn: &mut WriteConn,
    id: OrganizationId,
    suspended: Option<(UtcTime, &str)>,
) -> Result<(), StorageError> {
    let (suspended_at, reason) = suspended.unzip();
    let set = (organizations::suspended_at.eq(suspended_at), organizations::suspension_reason.eq(reason.unwrap_or_default()));
    diesel::update(organizations::table.find(id)).set(set).execute(conn.raw())?;
    Ok(())
}

/// A user, as operators see it.
#[derive(Debug, Clone, Queryable)]
pub struct User {
    /// The identifier.
    pub id: UserId,
    /// The address.
    pub email: Email,
    /// The name.
    pub name: String,
    /// Since when the address is known to be the user's.
    pub email_verified_at: Option<UtcTime>,
    /// Whether the user runs the installation.
    pub is_operator: bool,
    /// When the account was made.
    pub created_at: UtcTime,
    /// When the user was suspended, if the user is.
    pub suspended_at: Option<UtcTime>,
    /// Why the user is suspended; empty if the user is not.
    pub suspension_reason: String,
    /// Since when a second factor is needed to sign in, if so.
    pub second_factor_since: Option<UtcTime>,
}

#[diesel::dsl::auto_type]
fn user_columns() -> _ {
    (
        users::id,
        users::email,
        users::name,
        users::email_verified_at,
        users::is_operator,
        users::created_at,
        users::suspended_at,
        users::suspension_reason,
        users::second_factor_since,
    )
}

/// The users that a filter finds; no deleted accounts.
///
/// # Errors
/// When the database fails.
pub fn list_users(conn: &mut Conn, filter: &Filter, rows: Rows<CreationOrder, &str>) -> Result<Vec<User>, StorageError> {
    let mut query = users::table.filter(users::deleted_at.is_null()).select(user_columns()).into_boxed();
    if let Some(text) = &filter.text {
        let pattern = containing(text);
        let name = lower(users::name).like(pattern.clone()).escape('\\');
        let email = lower(users::email).like(pattern).escape('\\');
        query = query.filter(users::id.eq(text).or(name).or(email));
    }
    match filter.is_suspended {
        Some(true) => query = query.filter(users::suspended_at.is_not_null()),
        Some(false) => query = query.filter(users::suspended_at.is_null()),
        None => {}
    }
    Ok(by_id!(query, users::id, rows).load(conn)?)
}

/// A user.
///
/// # Errors
/// When there is none, or the account was deleted, or the database fails.
pub fn get_user(conn: &mut Conn, id: UserId) -> Result<User, StorageError> {
    Ok(users::table.find(id).filter(users::deleted_at.is_null()).select(user_columns()).get_result(conn)?)
}

/// Suspends a user from an instant on for a reason, or reinstates the user.
///
/// # Errors
/// When the database fails.
pub fn update_user(conn: &mut WriteConn, id: UserId, suspended: Option<(UtcTime, &str)>) -> Result<(), StorageError> {
    let (suspended_at, reason) = suspended.unzip();
    let set = (users::suspended_at.eq(suspended_at), users::suspension_reason.eq(reason.unwrap_or_default()));
    diesel::update(users::table.find(id)).set(set).execute(conn.raw())?;
    Ok(())
}

/// A fact that a subscriber has not received yet.
#[derive(Debug, Clone, Queryable)]
pub struct PendingFact {
    /// The fact.
    pub id: FactId,
    /// The subscriber.
    pub subscriber: Subscriber,
    /// The name of the event, such as `booking.cancel`.
    pub kind: String,
    /// The version of its format.
    pub version: i32,
    /// When it was recorded.
    pub created_at: UtcTime,
    /// How often the subscriber has tried to read it.
    pub attempts: i32,
    /// When it is tried next.
    pub next_attempt_at: UtcTime,
    /// Why the latest attempt failed.
    pub last_error: Option<String>,
}

#[diesel::dsl::auto_type]
fn pending_columns() -> _ {
    (
        deliveries::fact_id,
        deliveries::subscriber,
        fact_rows::kind,
        fact_rows::version,
        fact_rows::created_at,
        deliveries::attempts,
        deliveries::next_attempt_at,
        deliveries::last_error,
    )
}

/// The facts that a subscriber has not received yet, or only those that it could not read.
///
/// # Errors
/// When the database fails.
pub fn list_pending(
    conn: &mut Conn,
    failed_only: bool,
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<PendingFact>, StorageError> {
    let pending = deliveries::table.inner_join(fact_rows::table).filter(deliveries::subscriber.eq(Subscriber::Mail));
    let mut query = pending.filter(facts::is_pending()).select(pending_columns()).into_boxed();
    if failed_only {
        query = query.filter(deliveries::attempts.gt(0));
    }
    Ok(by_id!(query, deliveries::fact_id, rows).load(conn)?)
}

/// Makes a fact due now that a subscriber has not received yet, and returns it.
///
/// # Errors
/// When there is no such fact, or the database fails.
pub fn update_pending_due(conn: &mut WriteConn, id: FactId, now: UtcTime) -> Result<PendingFact, StorageError> {
    let of_fact = deliveries::table.filter(deliveries::fact_id.eq(id).and(deliveries::subscriber.eq(Subscriber::Mail)));
    diesel::update(of_fact.filter(facts::is_pending())).set(deliveries::next_attempt_at.eq(now)).execute(conn.raw())?;
    let pending = deliveries::table.inner_join(fact_rows::table).filter(deliveries::subscriber.eq(Subscriber::Mail));
    let query = pending.filter(facts::is_pending()).filter(deliveries::fact_id.eq(id)).select(pending_columns());
    Ok(query.get_result(conn.raw())?)
}

/// A mail, as operators see it: without its text.
#[derive(Debug, Clone, Queryable)]
pub struct Mail {
    /// Its identifier.
    pub id: MailId,
    /// The fact that it is about.
    pub fact_id: FactId,
    /// The recipient.
    pub recipient: Email,
    /// The name of its text.
    pub template: String,
    /// Its state.
    pub status: MailStatus,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next, if it is queued.
    pub next_attempt_at: UtcTime,
    /// Why the latest attempt failed.
    pub last_error: Option<String>,
    /// When the event happened.
    pub created_at: UtcTime,
    /// When it was sent.
    pub sent_at: Option<UtcTime>,
}

#[diesel::dsl::auto_type]
fn mail_columns() -> _ {
    (
        mails::id,
        mails::fact_id,
        mails::recipient,
        mails::template,
        mails::status,
        mails::attempts,
        mails::next_attempt_at,
        mails::last_error,
        mails::created_at,
        mails::sent_at,
    )
}

/// The mails in one of these states, or in every state if there are none; with a recipient, only those to this address.
///
/// # Errors
/// When the database fails.
pub fn list_mails(
    conn: &mut Conn,
    statuses: &[MailStatus],
    recipient: Option<&Email>,
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<Mail>, StorageError> {
    let mut query = mails::table.select(mail_columns()).into_boxed();
    if !statuses.is_empty() {
        query = query.filter(mails::status.eq_any(statuses));
    }
    if let Some(recipient) = recipient {
        query = query.filter(mails::recipient.eq(recipient));
    }
    Ok(by_id!(query, mails::id, rows).load(conn)?)
}

/// A mail, which no other transaction changes before this one ends.
///
/// # Errors
/// When there is none, or the database fails.
pub fn lock_mail(conn: &mut WriteConn, id: MailId) -> Result<Mail, StorageError> {
    diesel::update(mails::table.find(id)).set(mails::attempts.eq(mails::attempts)).execute(conn.raw())?;
    Ok(mails::table.find(id).select(mail_columns()).get_result(conn.raw())?)
}

/// Queues a mail again that was given up, or makes a queued one due now.
///
/// # Errors
/// When the database fails.
pub fn update_mail_due(conn: &mut WriteConn, id: MailId, attempts: i32, now: UtcTime) -> Result<(), StorageError> {
    let set = (mails::status.eq(MailStatus::Queued), mails::attempts.eq(attempts), mails::next_attempt_at.eq(now));
    diesel::update(mails::table.find(id)).set(set).execute(conn.raw())?;
    Ok(())
}

/// The numbers of what the installation has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Accounts that were not deleted.
    pub users: i64,
    /// Those of these users that are suspended.
    pub suspended_users: i64,
    /// Organizations that were not closed.
    pub organizations: i64,
    /// Those of these organizations that are suspended.
    pub suspended_organizations: i64,
    /// Resources by their status.
    pub resources: Vec<(ResourceStatus, i64)>,
    /// Bookings by their status.
    pub bookings: Vec<(BookingStatus, i64)>,
}

/// Counts what the installation has.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &mut Conn) -> Result<Counts, StorageError> {
    let (users, organizations) =
        (users::table.filter(users::deleted_at.is_null()), organizations::table.filter(organizations::closed_at.is_null()));
    Ok(Counts {
        users: users.count().get_result(conn)?,
        suspended_users: users.filter(users::suspended_at.is_not_null()).count().get_result(conn)?,
        organizations: organizations.count().get_result(conn)?,
        suspended_organizations: organizations.filter(organizations::suspended_at.is_not_null()).count().get_result(conn)?,
        resources: resources::table
            .group_by(resources::status)
            .select((resources::status, count_star()))
            .order(resources::status)
            .load(conn)?,
        bookings: bookings::table
            .group_by(bookings::status)
            .select((bookings::status, count_star()))
            .order(bookings::status)
            .load(conn)?,
    })
}

#[cfg(test)]
mod tests {
    use super::containing;

    #[test]
    fn a_pattern_finds_signs_of_patterns_as_they_are() {
        assert_eq!(containing("Ada"), "%ada%");
        assert_eq!(containing(r"50%_\x"), r"%50\%\_\\x%");
    }
}
