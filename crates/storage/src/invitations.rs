//! Invitations by mail.

use diesel::dsl::{Nullable, not};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::{Conn, MultiBackend, WriteConn};
use super::error::StorageError;
use super::paging::{by_id, in_states};
use super::schema::{certification_kinds, invitations, organizations};
use domain::email::Email;
use domain::ids::{CertificationKindId, InvitationId, OrganizationId, UserId};
use domain::invitation::{InvitationStatus, Offer};
use domain::order::{CreationOrder, Rows};
use domain::permissions::Role;
use domain::secret_token::TokenHash;
use domain::time::UtcTime;

/// An invitation.
#[derive(Debug, Clone, Queryable)]
pub struct Invitation {
    /// The identifier.
    pub id: InvitationId,
    /// The organization that invites.
    pub organization_id: OrganizationId,
    /// The name of the organization.
    pub organization_name: String,
    /// The invited address.
    pub email: Email,
    role: Option<Role>,
    certification_kind_id: Option<CertificationKindId>,
    /// The name of the kind of certification, if the invitation is about one.
    pub certification_kind_name: Option<String>,
    certification_expires_at: Option<UtcTime>,
    /// The user who invited.
    pub invited_by: UserId,
    /// When the invitation was made.
    pub created_at: UtcTime,
    /// When the latest mail was sent.
    pub sent_at: UtcTime,
    /// Until when the invitation can be accepted.
    pub expires_at: UtcTime,
    /// When it was accepted.
    pub accepted_at: Option<UtcTime>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<UtcTime>,
}

impl Invitation {
    /// The subject of the invitation; none if the row breaks the condition of its table.
    pub fn offer(&self) -> Option<Offer> {
        let certification = |kind| Offer::Certification { kind, expires_at: self.certification_expires_at };
        self.role.map(Offer::Membership).or(self.certification_kind_id.map(certification))
    }

    /// The state at an instant.
    pub fn status(&self, now: UtcTime) -> InvitationStatus {
        match (self.accepted_at, self.withdrawn_at) {
            (Some(_), _) => InvitationStatus::Accepted,
            (None, Some(_)) => InvitationStatus::Withdrawn,
            (None, None) if self.expires_at <= now => InvitationStatus::Expired,
            (None, None) => InvitationStatus::Open,
        }
    }
}

/// An invitation to be added.
#[derive(Debug, Insertable)]
#[diesel(table_name = invitations)]
pub struct NewInvitation<'a> {
    id: InvitationId,
    organization_id: OrganizationId,
    email: &'a Email,
    role: Option<Role>,
    certification_kind_id: Option<CertificationKindId>,
    certification_expires_at: Option<UtcTime>,
    invited_by: UserId,
    token_hash: TokenHash,
    created_at: UtcTime,
    sent_at: UtcTime,
    expires_at: UtcTime,
}

impl<'a> NewInvitation<'a> {
    /// An invitation that is sent at the instant `sent_at`.
    pub fn new(
        (id, token_hash): (InvitationId, TokenHash),
        (organization_id, invited_by): (OrganizationId, UserId),
        (email, offer): (&'a Email, Offer),
        (sent_at, expires_at): (UtcTime, UtcTime),
    ) -> Self {
        let (role, certification_kind_id, certification_expires_at) = match offer {
            Offer::Membership(role) => (Some(role), None, None),
            Offer::Certification { kind, expires_at } => (None, Some(kind), expires_at),
        };
        Self {
            id,
            organization_id,
            email,
            role,
            certification_kind_id,
            certification_expires_at,
            invited_by,
            token_hash,
            created_at: sent_at,
            sent_at,
            expires_at,
        }
    }
}

type Columns = (
    invitations::id,
    invitations::organization_id,
    organizations::name,
    invitations::email,
    invitations::role,
    invitations::certification_kind_id,
    Nullable<certification_kinds::name>,
    invitations::certification_expires_at,
    invitations::invited_by,
    invitations::created_at,
    invitations::sent_at,
    invitations::expires_at,
    invitations::accepted_at,
    invitations::withdrawn_at,
);

fn columns() -> Columns {
    (
        invitations::id,
        invitations::organization_id,
        organizations::name,
        invitations::email,
        invitations::role,
        invitations::certification_kind_id,
        certification_kinds::name.nullable(),
        invitations::certification_expires_at,
        invitations::invited_by,
        invitations::created_at,
        invitations::sent_at,
        invitations::expires_at,
        invitations::accepted_at,
        invitations::withdrawn_at,
    )
}

/// The invitations with the names of their organizations and kinds of certification.
#[diesel::dsl::auto_type(no_type_alias)]
fn joined() -> _ {
    let is_kind = invitations::certification_kind_id.eq(certification_kinds::id.nullable());
    invitations::table.inner_join(organizations::table).left_join(certification_kinds::table.on(is_kind))
}

/// Whether an invitation was neither accepted nor withdrawn; it may have expired.
#[diesel::dsl::auto_type(no_type_alias)]
fn is_pending() -> _ {
    invitations::accepted_at.is_null().and(invitations::withdrawn_at.is_null())
}

/// An invitation of an organization.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, organization: OrganizationId, id: InvitationId) -> Result<Invitation, StorageError> {
    let of_organization = joined().filter(invitations::id.eq(id).and(invitations::organization_id.eq(organization)));
    Ok(of_organization.select(columns()).get_result(conn)?)
}

/// The invitation that was sent with a token.
///
/// # Errors
/// When the database fails.
pub fn find_by_token(conn: &mut Conn, token: &TokenHash) -> Result<Option<Invitation>, StorageError> {
    Ok(joined().filter(invitations::token_hash.eq(token)).select(columns()).get_result(conn).optional()?)
}

/// An invitation, of any organization.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, id: InvitationId) -> Result<Option<Invitation>, StorageError> {
    Ok(joined().filter(invitations::id.eq(id)).select(columns()).get_result(conn).optional()?)
}

/// The filter for the invitations of an organization.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Also those that are about a membership.
    pub with_members: bool,
    /// Only in one of these states; in every state if there are none.
    pub statuses: Vec<InvitationStatus>,
}

/// Whether an invitation is in a state at an instant, as [`Invitation::status`] decides it.
fn is_in<QS: 'static>(status: InvitationStatus, now: UtcTime) -> Box<dyn BoxableExpression<QS, MultiBackend, SqlType = Bool>>
where
    invitations::accepted_at: SelectableExpression<QS>,
    invitations::withdrawn_at: SelectableExpression<QS>,
    invitations::expires_at: SelectableExpression<QS>,
{
    let is_expired = || invitations::expires_at.le(now);
    match status {
        InvitationStatus::Accepted => Box::new(invitations::accepted_at.is_not_null()),
        InvitationStatus::Withdrawn => Box::new(invitations::accepted_at.is_null().and(invitations::withdrawn_at.is_not_null())),
        InvitationStatus::Expired => Box::new(is_pending().and(is_expired())),
        InvitationStatus::Open => Box::new(is_pending().and(not(is_expired()))),
    }
}

/// The invitations of an organization, with their states at an instant.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    filter: &Filter,
    now: UtcTime,
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<Invitation>, StorageError> {
    let mut query = joined().filter(invitations::organization_id.eq(organization)).select(columns()).into_boxed();
    if !filter.with_members {
        query = query.filter(invitations::role.is_null());
    }
    let query = in_states!(query, filter.statuses, now);
    Ok(by_id!(query, invitations::id, rows).load(conn)?)
}

/// The invitations to an address after `after`, by identifier: all, or those that are open at an instant.
///
/// # Errors
/// When the database fails.
pub fn list_to(
    conn: &mut Conn,
    email: &Email,
    open_at: Option<UtcTime>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Invitation>, StorageError> {
    let mut query = joined().filter(invitations::email.eq(email)).select(columns()).into_boxed();
    if let Some(now) = open_at {
        query = query.filter(is_pending()).filter(invitations::expires_at.gt(now));
    }
    let query = query.filter(invitations::id.gt(after.unwrap_or_default().to_owned())).order(invitations::id).limit(limit);
    Ok(query.load(conn)?)
}

/// How many invitations the user has made since `since`.
///
/// # Errors
/// When the database fails.
pub fn count_by(conn: &mut Conn, user: UserId, since: UtcTime) -> Result<i64, StorageError> {
    let made = invitations::table.filter(invitations::invited_by.eq(user).and(invitations::created_at.gt(since)));
    Ok(made.count().get_result(conn)?)
}

/// How many invitations to the address were made since `since`, by anyone.
///
/// # Errors
/// When the database fails.
pub fn count_to(conn: &mut Conn, email: &Email, since: UtcTime) -> Result<i64, StorageError> {
    let made = invitations::table.filter(invitations::email.eq(email).and(invitations::created_at.gt(since)));
    Ok(made.count().get_result(conn)?)
}

/// Adds an invitation.
///
/// # Errors
/// [`StorageError::NotUnique`] when the same invitation is open, or the database fails.
pub fn insert(conn: &mut WriteConn, invitation: &NewInvitation<'_>) -> Result<(), StorageError> {
    diesel::insert_into(invitations::table).values(invitation).execute(conn.raw())?;
    Ok(())
}

/// Withdraws the invitations to an address that have expired, so that the address can be invited again.
///
/// # Errors
/// When the database fails.
pub fn update_expired_withdrawn(conn: &mut WriteConn, email: &Email, now: UtcTime) -> Result<(), StorageError> {
    let expired =
        invitations::table.filter(invitations::email.eq(email).and(invitations::expires_at.le(now))).filter(is_pending());
    diesel::update(expired).set(invitations::withdrawn_at.eq(invitations::expires_at.nullable())).execute(conn.raw())?;
    Ok(())
}

/// Gives an invitation another token and another end, unless it has been accepted or withdrawn. Returns whether it has not.
///
/// # Errors
/// When the database fails.
pub fn update_sent(
    conn: &mut WriteConn,
    id: InvitationId,
    token: &TokenHash,
    (sent_at, expires_at): (UtcTime, UtcTime),
) -> Result<bool, StorageError> {
    let set = (invitations::token_hash.eq(token), invitations::sent_at.eq(sent_at), invitations::expires_at.eq(expires_at));
    let pending = invitations::table.filter(invitations::id.eq(id)).filter(is_pending());
    Ok(diesel::update(pending).set(set).execute(conn.raw())? > 0)
}

/// Records that an invitation was accepted or withdrawn, unless it was before. Returns whether it was not.
///
/// # Errors
/// When the database fails.
pub fn update_ended(
    conn: &mut WriteConn,
    id: InvitationId,
    accepted_at: Option<UtcTime>,
    withdrawn_at: Option<UtcTime>,
) -> Result<bool, StorageError> {
    let pending = invitations::table.filter(invitations::id.eq(id)).filter(is_pending());
    let ended = (invitations::accepted_at.eq(accepted_at), invitations::withdrawn_at.eq(withdrawn_at));
    Ok(diesel::update(pending).set(ended).execute(conn.raw())? > 0)
}

/// Withdraws all invitations of an organization that can still be accepted.
///
/// # Errors
/// When the database fails.
pub fn update_all_withdrawn(conn: &mut WriteConn, organization: OrganizationId, now: UtcTime) -> Result<(), StorageError> {
    let pending = invitations::table.filter(invitations::organization_id.eq(organization)).filter(is_pending());
    let set = invitations::withdrawn_at.eq(now);
    diesel::update(pending).set(set).execute(conn.raw())?;
    Ok(())
}

/// Deletes at most `limit` invitations that expired before `before`, and returns their number.
///
/// # Errors
/// When the database fails.
pub fn delete_expired(conn: &mut WriteConn, before: UtcTime, limit: i64) -> Result<usize, StorageError> {
    let old = invitations::table.filter(invitations::expires_at.le(before)).limit(limit).select(invitations::id);
    let old: Vec<InvitationId> = old.load(conn.raw())?;
    Ok(diesel::delete(invitations::table.filter(invitations::id.eq_any(old))).execute(conn.raw())?)
}
