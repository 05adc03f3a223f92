//! People with an account.

use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::schema::users;
use crate::domain::email::Email;
use crate::domain::ids::UserId;
use crate::domain::time::UtcTime;

/// A person with an account; the password is not part of it.
#[derive(Debug, Clone, Queryable)]
pub struct User {
    /// The identifier.
    pub id: UserId,
    /// The address, which is also the name to sign in with.
    pub email: Email,
    /// How the person is called.
    pub name: String,
    /// Since when the address is known to be the person's.
    pub email_verified_at: Option<UtcTime>,
    /// Whether the person runs the installation.
    pub is_operator: bool,
    /// Bumped by each edit.
    pub revision: i64,
    /// When the account was made.
    pub created_at: UtcTime,
}

type Columns =
    (users::id, users::email, users::name, users::email_verified_at, users::is_operator, users::revision, users::created_at);
const COLUMNS: Columns =
    (users::id, users::email, users::name, users::email_verified_at, users::is_operator, users::revision, users::created_at);

/// A user.
///
/// # Errors
/// When there is none, or the database fails.
pub fn get(conn: &mut Conn, id: UserId) -> Result<User, StorageError> {
    Ok(users::table.find(id).select(COLUMNS).first(conn)?)
}

/// The user with this address.
///
/// # Errors
/// When the database fails.
pub fn find_by_email(conn: &mut Conn, email: &Email) -> Result<Option<User>, StorageError> {
    Ok(users::table.filter(users::email.eq(email)).select(COLUMNS).first(conn).optional()?)
}
