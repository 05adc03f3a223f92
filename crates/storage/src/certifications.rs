//! Certifications of users.

use diesel::dsl::not;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::{Conn, EitherConn, MultiBackend, WriteConn};
use super::error::StorageError;
use super::paging::{by_id, in_states};
use super::schema::{certification_kinds, certifications, organizations, users};
use domain::certification::{CertificationStatus, Validity};
use domain::email::Email;
use domain::ids::{CertificationId, CertificationKindId, OrganizationId, TrainingId, UserId};
use domain::order::{CreationOrder, Rows};
use domain::time::UtcTime;

/// A certification as it is shown.
#[derive(Debug, Clone)]
pub struct Certification {
    /// Its identifier.
    pub id: CertificationId,
    /// The kind of certification.
    pub certification_kind_id: CertificationKindId,
    /// The name of the kind.
    pub certification_kind_name: String,
    /// The host that defines the kind.
    pub organization_id: OrganizationId,
    /// The name of that host.
    pub organization_name: String,
    /// The holder.
    pub user_id: UserId,
    /// The holder's name.
    pub user_name: String,
    /// The holder's address.
    pub user_email: Email,
    /// Where it was earned, if at a training.
    pub training_id: Option<TrainingId>,
    /// The user that granted it.
    pub granted_by: UserId,
    /// When it is good.
    pub validity: Validity,
    /// The user that revoked it.
    pub revoked_by: Option<UserId>,
    /// Why it was revoked; may be empty.
    pub reason: String,
}

/// A grant of a kind to a person.
#[derive(Debug, Insertable)]
#[diesel(table_name = certifications)]
pub struct NewCertification {
    /// Its identifier.
    pub id: CertificationId,
    /// The kind of certification.
    pub certification_kind_id: CertificationKindId,
    /// The holder.
    pub user_id: UserId,
    /// Where it was earned, if at a training.
    pub training_id: Option<TrainingId>,
    /// The user that grants it.
    pub granted_by: UserId,
    /// From when it is good.
    pub granted_at: UtcTime,
    /// Until when it is good, if not for ever.
    pub expires_at: Option<UtcTime>,
    /// When its holder is warned next that it expires.
    pub next_warning_at: Option<UtcTime>,
    /// Nothing: it is not revoked.
    pub reason: &'static str,
}

type ValidityColumns = (certifications::granted_at, certifications::expires_at, certifications::revoked_at);
const VALIDITY: ValidityColumns = (certifications::granted_at, certifications::expires_at, certifications::revoked_at);
type ValidityRow = (UtcTime, Option<UtcTime>, Option<UtcTime>);

const fn validity_from((granted_at, expires_at, revoked_at): ValidityRow) -> Validity {
    Validity { granted_at, expires_at, revoked_at }
}

type Columns = (
    certifications::id,
    (certification_kinds::id, certification_kinds::name),
    (organizations::id, organizations::name),
    (users::id, users::name, users::email),
    certifications::training_id,
    certifications::granted_by,
    ValidityColumns,
    certifications::revoked_by,
    certifications::reason,
);
const COLUMNS: Columns = (
    certifications::id,
    (certification_kinds::id, certification_kinds::name),
    (organizations::id, organizations::name),
    (users::id, users::name, users::email),
    certifications::training_id,
    certifications::granted_by,
    VALIDITY,
    certifications::revoked_by,
    certifications::reason,
);

type CertificationRow = (
    CertificationId,
    (CertificationKindId, String),
    (OrganizationId, String),
    (UserId, String, Email),
    Option<TrainingId>,
    UserId,
    ValidityRow,
    Option<UserId>,
    String,
);

fn certification_from(row: CertificationRow) -> Certification {
    let (id, kind, organization, user, training_id, granted_by, validity, revoked_by, reason) = row;
    let (certification_kind_id, certification_kind_name) = kind;
    let (organization_id, organization_name) = organization;
    let (user_id, user_name, user_email) = user;
    Certification {
        id,
        certification_kind_id,
        certification_kind_name,
        organization_id,
        organization_name,
        user_id,
        user_name,
        user_email,
        training_id,
        granted_by,
        validity: validity_from(validity),
        revoked_by,
        reason,
    }
}

#[diesel::dsl::auto_type]
fn joined() -> _ {
    certifications::table
        .inner_join(certification_kinds::table.inner_join(organizations::table))
        .inner_join(users::table.on(users::id.eq(certifications::user_id)))
}

/// A certification.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: CertificationId) -> Result<Certification, StorageError> {
    Ok(certification_from(joined().filter(certifications::id.eq(id)).select(COLUMNS).get_result(conn)?))
}

/// Whether a certification is in a state at an instant, as `Validity::status` decides it.
fn is_in<QS: 'static>(status: CertificationStatus, now: UtcTime) -> Box<dyn BoxableExpression<QS, MultiBackend, SqlType = Bool>>
where
    certifications::revoked_at: SelectableExpression<QS>,
    certifications::expires_at: SelectableExpression<QS>,
    diesel::dsl::AssumeNotNull<certifications::revoked_at>: SelectableExpression<QS>,
    diesel::dsl::AssumeNotNull<certifications::expires_at>: SelectableExpression<QS>,
{
    let is_revoked = || certifications::revoked_at.is_not_null().and(certifications::revoked_at.assume_not_null().le(now));
    let is_expired = || certifications::expires_at.is_not_null().and(certifications::expires_at.assume_not_null().le(now));
    match status {
        CertificationStatus::Revoked => Box::new(is_revoked()),
        CertificationStatus::Expired => Box::new(not(is_revoked()).and(is_expired())),
        CertificationStatus::Valid => Box::new(not(is_revoked().or(is_expired()))),
    }
}

/// The certifications of a kind that are in one of these states at an instant; in every state if there are none.
///
/// # Errors
/// When the database fails.
pub fn list_of_kind(
    conn: &mut Conn,
    kind: CertificationKindId,
    statuses: &[CertificationStatus],
    now: UtcTime,
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<Certification>, StorageError> {
    let query = joined().filter(certifications::certification_kind_id.eq(kind)).select(COLUMNS).into_boxed();
    let query = in_states!(query, statuses, now);
    let rows = by_id!(query, certifications::id, rows).load(conn)?;
    Ok(rows.into_iter().map(certification_from).collect())
}

/// The certifications of a user after `after`, by identifier.
///
/// # Errors
/// When the database fails.
pub fn list_of_user(conn: &mut Conn, user: UserId, after: Option<&str>, limit: i64) -> Result<Vec<Certification>, StorageError> {
    let rows = joined()
        .filter(certifications::user_id.eq(user))
        .filter(certifications::id.gt(after.unwrap_or_default().to_owned()))
        .order(certifications::id)
        .limit(limit)
        .select(COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(certification_from).collect())
}

/// The certifications of a user in these kinds that are neither expired at `now` nor revoked.
///
/// # Errors
/// When the database fails.
pub fn list_held(
    conn: &mut Conn,
    user: UserId,
    kinds: &[CertificationKindId],
    now: UtcTime,
) -> Result<Vec<(CertificationKindId, Validity)>, StorageError> {
    let rows: Vec<(CertificationKindId, ValidityRow)> = certifications::table
        .filter(certifications::user_id.eq(user).and(certifications::certification_kind_id.eq_any(kinds)))
        .filter(certifications::revoked_at.is_null())
        .filter(certifications::expires_at.is_null().or(certifications::expires_at.gt(now)))
        .select((certifications::certification_kind_id, VALIDITY))
        .load(conn)?;
    Ok(rows.into_iter().map(|(kind, validity)| (kind, validity_from(validity))).collect())
}

/// How many certifications a user has given after `since`, those that were earned at trainings aside.
///
/// # Errors
/// When the database fails.
pub fn count_granted_by(conn: &mut Conn, user: UserId, since: UtcTime) -> Result<i64, StorageError> {
    let granted = certifications::table.filter(certifications::granted_by.eq(user));
    Ok(granted.filter(is_grant_after(since)).count().get_result(conn)?)
}

/// How many certifications a user was given after `since`, those that were earned at trainings aside.
///
/// # Errors
/// When the database fails.
pub fn count_granted_to(conn: &mut Conn, user: UserId, since: UtcTime) -> Result<i64, StorageError> {
    let granted = certifications::table.filter(certifications::user_id.eq(user));
    Ok(granted.filter(is_grant_after(since)).count().get_result(conn)?)
}

#[diesel::dsl::auto_type]
fn is_grant_after(since: UtcTime) -> _ {
    certifications::granted_at.gt(since).and(certifications::training_id.is_null())
}

/// Grants a certification.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, certification: &NewCertification) -> Result<(), StorageError> {
    diesel::insert_into(certifications::table).values(certification).execute(conn.raw())?;
    Ok(())
}

/// Stops the warnings about all certifications of a kind that the holder has.
///
/// # Errors
/// When the database fails.
pub fn update_unwarned(conn: &mut WriteConn, kind: CertificationKindId, user: UserId) -> Result<(), StorageError> {
    let granted = certifications::table
        .filter(certifications::user_id.eq(user).and(certifications::certification_kind_id.eq(kind)))
        .filter(certifications::next_warning_at.is_not_null());
    diesel::update(granted).set(certifications::next_warning_at.eq(None::<UtcTime>)).execute(conn.raw())?;
    Ok(())
}

/// Revokes all that the user holds of a kind at `now`.
///
/// # Errors
/// When the database fails.
pub fn update_revoked(
    conn: &mut WriteConn,
    kind: CertificationKindId,
    user: UserId,
    (now, by, reason): (UtcTime, UserId, &str),
) -> Result<(), StorageError> {
    let held = certifications::table
        .filter(certifications::user_id.eq(user).and(certifications::certification_kind_id.eq(kind)))
        .filter(certifications::revoked_at.is_null())
        .filter(certifications::expires_at.is_null().or(certifications::expires_at.gt(now)));
    diesel::update(held)
        .set((
            certifications::revoked_at.eq(now),
            certifications::revoked_by.eq(by),
            certifications::reason.eq(reason),
            certifications::next_warning_at.eq(None::<UtcTime>),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Claims the certifications whose holders must be warned now, for this transaction.
///
/// # Errors
/// When the database fails.
pub fn claim_to_warn(
    conn: &mut WriteConn,
    now: UtcTime,
    limit: i64,
) -> Result<Vec<(CertificationId, Option<UtcTime>)>, StorageError> {
    let due = certifications::table
        .filter(certifications::next_warning_at.le(now))
        .order((certifications::next_warning_at, certifications::id))
        .limit(limit)
        .select((certifications::id, certifications::expires_at));
    Ok(match conn.raw().either() {
        EitherConn::Pg(conn) => due.for_update().skip_locked().load(conn)?,
        EitherConn::Sqlite(conn) => due.load(conn)?,
    })
}

/// Records when the holder is warned next that a certification expires.
///
/// # Errors
/// When the database fails.
pub fn update_next_warning(conn: &mut WriteConn, id: CertificationId, at: Option<UtcTime>) -> Result<(), StorageError> {
    diesel::update(certifications::table.find(id)).set(certifications::next_warning_at.eq(at)).execute(conn.raw())?;
    Ok(())
}
