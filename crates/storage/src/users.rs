//! People with an account. One that was deleted is not found here, though its row stays for the
//! bookings that name it.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::connection::{CachedStatement, Conn, WriteConn, padded};
use super::error::StorageError;
use super::schema::users;
use super::types::Json;
use domain::email::Email;
use domain::ids::UserId;
use domain::language::Language;
use domain::mail::MailPreferences;
use domain::password::PasswordHash;
use domain::time::UtcTime;
use domain::user::{UserFields, a_day};

/// A person with an account; the password is not part of it.
#[derive(Debug, Clone, Queryable)]
pub struct User {
    /// The identifier.
    pub id: UserId,
    /// The address, which is also the name to sign in with.
    pub email: Email,
    /// How the person is called.
    pub name: String,
    /// How many minutes before a booking starts the person is reminded of it.
    pub reminder_minutes: Json<Vec<i32>>,
    /// Which mails the person gets.
    pub mail_preferences: Json<MailPreferences>,
    /// The language of mails and pages.
    pub language: Option<Language>,
    /// Since when the address is known to be the person's.
    pub email_verified_at: Option<UtcTime>,
    /// Whether the person runs the installation.
    pub is_operator: bool,
    /// Bumped by each edit.
    pub revision: i64,
    /// When the account was made.
    pub created_at: UtcTime,
    /// When it was edited last.
    pub updated_at: UtcTime,
    /// Since when the user is suspended, if so.
    pub suspended_at: Option<UtcTime>,
    /// Why the user is suspended; empty if the user is not.
    pub suspension_reason: String,
    /// Since when a second factor is needed to sign in, if so.
    pub second_factor_since: Option<UtcTime>,
}

impl User {
    /// The fields of the account.
    pub fn fields(&self) -> UserFields {
        let (Json(reminder_minutes), Json(mail_preferences)) = (self.reminder_minutes.clone(), self.mail_preferences.clone());
        UserFields { name: self.name.clone(), reminder_minutes, mail_preferences, language: self.language }
    }
}

type Columns = (
    users::id,
    users::email,
    users::name,
    users::reminder_minutes,
    users::mail_preferences,
    users::language,
    users::email_verified_at,
    users::is_operator,
    users::revision,
    users::created_at,
    users::updated_at,
    users::suspended_at,
    users::suspension_reason,
    users::second_factor_since,
);
const COLUMNS: Columns = (
    users::id,
    users::email,
    users::name,
    users::reminder_minutes,
    users::mail_preferences,
    users::language,
    users::email_verified_at,
    users::is_operator,
    users::revision,
    users::created_at,
    users::updated_at,
    users::suspended_at,
    users::suspension_reason,
    users::second_factor_since,
);

/// A user.
///
/// # Errors
/// When there is none, or the database fails.
pub fn get(conn: &mut Conn, id: UserId) -> Result<User, StorageError> {
    Ok(users::table.find(id).filter(users::deleted_at.is_null()).select(COLUMNS).get_result(conn)?)
}

/// Whether anybody has ever had an account.
///
/// # Errors
/// When the database fails.
pub fn has_any(conn: &mut Conn) -> Result<bool, StorageError> {
    Ok(diesel::select(exists(users::table.select(users::id))).get_result(conn)?)
}

/// The user with this address.
///
/// # Errors
/// When the database fails.
pub fn find_by_email(conn: &mut Conn, email: &Email) -> Result<Option<User>, StorageError> {
    let user = users::table.filter(users::email.eq(email)).filter(users::deleted_at.is_null());
    Ok(user.select(COLUMNS).get_result(conn).optional()?)
}

/// The hash of the user's password.
///
/// # Errors
/// When there is no such user, or the database fails.
pub fn get_password_hash(conn: &mut Conn, id: UserId) -> Result<PasswordHash, StorageError> {
    Ok(users::table.find(id).filter(users::deleted_at.is_null()).select(users::password_hash).get_result(conn)?)
}

/// Adds a user.
///
/// # Errors
/// [`StorageError::NotUnique`] when the address has an account, or the database fails.
pub fn insert(
    conn: &mut WriteConn,
    id: UserId,
    email: &Email,
    name: &str,
    password_hash: &PasswordHash,
    language: Option<Language>,
    now: UtcTime,
) -> Result<(), StorageError> {
    diesel::insert_into(users::table)
        .values((
            users::id.eq(id),
            users::email.eq(email),
            users::name.eq(name),
            users::password_hash.eq(password_hash),
            users::language.eq(language),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Lets nobody else edit the user before this transaction ends.
///
/// # Errors
/// When the database fails.
pub fn lock(conn: &mut WriteConn, id: UserId) -> Result<(), StorageError> {
    diesel::update(users::table.find(id)).set(users::revision.eq(users::revision)).execute(conn.raw())?;
    Ok(())
}

/// Writes what the account says of the person.
///
/// # Errors
/// When the database fails.
pub fn update(conn: &mut WriteConn, id: UserId, fields: &UserFields, now: UtcTime) -> Result<(), StorageError> {
    diesel::update(users::table.find(id))
        .set((
            users::name.eq(&fields.name),
            users::reminder_minutes.eq(Json(fields.reminder_minutes.clone())),
            users::mail_preferences.eq(Json(fields.mail_preferences)),
            users::language.eq(fields.language),
            users::updated_at.eq(now),
            users::revision.eq(users::revision + 1_i64),
        ))
        .execute(conn.raw())?;
    super::reminders::insert_leads(conn, &fields.reminder_minutes)
}

/// Returns the users with these addresses: the mails that each wants, and the language.
///
/// # Errors
/// When the database fails.
pub fn list_choices(conn: &mut Conn, emails: &[Email]) -> Result<Vec<(Email, MailPreferences, Option<Language>)>, StorageError> {
    let query = users::table.filter(users::email.eq_any(padded(emails.iter().cloned())));
    let query = CachedStatement(query.select((users::email, users::mail_preferences, users::language)));
    let rows: Vec<(Email, Json<MailPreferences>, Option<Language>)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(email, Json(preferences), language)| (email, preferences, language)).collect())
}

/// Notes that the address is known to be the user's, unless it was noted before.
///
/// # Errors
/// When the database fails.
pub fn update_email_verified(conn: &mut WriteConn, id: UserId, now: UtcTime) -> Result<(), StorageError> {
    diesel::update(users::table.find(id).filter(users::email_verified_at.is_null()))
        .set((users::email_verified_at.eq(now), users::updated_at.eq(now), users::revision.eq(users::revision + 1_i64)))
        .execute(conn.raw())?;
    Ok(())
}

/// Gives the user another address, which is known to be the user's.
///
/// # Errors
/// [`StorageError::NotUnique`] when the address has an account, or the database fails.
pub fn update_email(conn: &mut WriteConn, id: UserId, email: &Email, now: UtcTime) -> Result<(), StorageError> {
    diesel::update(users::table.find(id).filter(users::deleted_at.is_null()))
        .set((
            users::email.eq(email),
            users::email_verified_at.eq(now),
            users::updated_at.eq(now),
            users::revision.eq(users::revision + 1_i64),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Sets the password. With `seen`, only if that is still the current one. Returns whether it was set.
///
/// # Errors
/// When the database fails.
pub fn update_password_hash(
    conn: &mut WriteConn,
    id: UserId,
    seen: Option<&PasswordHash>,
    hash: &PasswordHash,
) -> Result<bool, StorageError> {
    let user = users::table.find(id).filter(users::deleted_at.is_null());
    let set = users::password_hash.eq(hash);
    let updated = match seen {
        None => diesel::update(user).set(set).execute(conn.raw())?,
        Some(seen) => diesel::update(user.filter(users::password_hash.eq(seen))).set(set).execute(conn.raw())?,
    };
    Ok(updated > 0)
}

/// Makes the user one who runs the installation.
///
/// # Errors
/// When the database fails.
pub fn update_operator(conn: &mut WriteConn, id: UserId, now: UtcTime) -> Result<(), StorageError> {
    diesel::update(users::table.find(id))
        .set((users::is_operator.eq(true), users::updated_at.eq(now), users::revision.eq(users::revision + 1_i64)))
        .execute(conn.raw())?;
    Ok(())
}

/// The users whose accounts were deleted since an instant.
///
/// # Errors
/// When the database fails.
pub fn list_deleted(conn: &mut Conn, since: UtcTime) -> Result<Vec<UserId>, StorageError> {
    Ok(users::table.filter(users::deleted_at.ge(since)).select(users::id).load(conn)?)
}

/// Leaves nothing of the person in the row, which bookings go on to name.
///
/// # Errors
/// When the database fails.
pub fn update_deleted(conn: &mut WriteConn, id: UserId, now: UtcTime) -> Result<(), StorageError> {
    diesel::update(users::table.find(id))
        .set((
            users::email.eq(format!("deleted-{id}@users.invalid")),
            users::name.eq("Deleted user"),
            users::reminder_minutes.eq(Json(a_day())),
            users::mail_preferences.eq(Json(MailPreferences::default())),
            users::language.eq(None::<Language>),
            users::password_hash.eq(PasswordHash::of_none()),
            users::email_verified_at.eq(None::<UtcTime>),
            users::is_operator.eq(false),
            users::suspended_at.eq(None::<UtcTime>),
            users::suspension_reason.eq(""),
            users::revision.eq(users::revision + 1_i64),
            users::updated_at.eq(now),
            users::deleted_at.eq(now),
        ))
        .execute(conn.raw())?;
    Ok(())
}
