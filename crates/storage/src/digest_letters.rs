//! Letters that wait for a digest, because their recipient has had many mails within an hour.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::connection::{CachedStatement, Conn, EitherConn, SameText, WriteConn};
use super::error::StorageError;
use super::mails::NewMail;
use super::schema::digest_letters;
use domain::email::Email;
use domain::ids::{FactId, MailId};
use domain::time::UtcTime;

/// A letter that waits for a digest.
#[derive(Debug, Clone, Queryable, Insertable)]
pub struct DigestLetter {
    /// Its identifier.
    pub id: MailId,
    /// The fact that it is about.
    pub fact_id: FactId,
    /// The recipient.
    pub recipient: Email,
    /// Which message it is; nobody gets one twice for the same event.
    pub template: String,
    /// The letter, as JSON.
    pub context: String,
    /// When the event happened.
    pub created_at: UtcTime,
}

/// Lets mails wait for a digest, except those that have been queued or wait already.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, mails: Vec<NewMail>) -> Result<(), StorageError> {
    for mail in mails {
        let NewMail { id, fact_id, recipient, template, context, created_at, .. } = mail;
        let letter = DigestLetter { id, fact_id, recipient, template, context, created_at };
        let insert = diesel::insert_into(digest_letters::table).values(letter);
        match conn.raw().either() {
            EitherConn::Pg(conn) => insert.on_conflict_do_nothing().execute(conn)?,
            EitherConn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        };
    }
    Ok(())
}

/// Whether a letter to this recipient waits.
///
/// # Errors
/// When the database fails.
pub fn has_any(conn: &mut Conn, recipient: &Email) -> Result<bool, StorageError> {
    let waiting = digest_letters::table.filter(digest_letters::recipient.eq(recipient));
    struct HasAny;
    Ok(SameText::<HasAny, _>::new(diesel::select(exists(waiting))).get_result(conn)?)
}

/// The recipient of the letter that waits for the longest time, if it has waited since `before`.
///
/// # Errors
/// When the database fails.
pub fn find_due_recipient(conn: &mut Conn, before: UtcTime) -> Result<Option<Email>, StorageError> {
    let due = digest_letters::table.filter(digest_letters::created_at.le(before)).order(digest_letters::created_at);
    let due = CachedStatement(due.limit(1).select(digest_letters::recipient));
    Ok(due.get_result(conn).optional()?)
}

/// Claims the oldest letters to a recipient for this transaction; none that another server has claimed.
///
/// # Errors
/// When the database fails.
pub fn claim(conn: &mut WriteConn, recipient: &Email, limit: i64) -> Result<Vec<DigestLetter>, StorageError> {
    let letters = digest_letters::table
        .filter(digest_letters::recipient.eq(recipient))
        .order((digest_letters::created_at, digest_letters::id))
        .limit(limit)
        .select(digest_letters::all_columns);
    Ok(match conn.raw().either() {
        EitherConn::Pg(conn) => letters.for_update().skip_locked().load(conn)?,
        EitherConn::Sqlite(conn) => letters.load(conn)?,
    })
}

/// Deletes letters of which a digest was made.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut WriteConn, ids: &[MailId]) -> Result<(), StorageError> {
    diesel::delete(digest_letters::table.filter(digest_letters::id.eq_any(ids))).execute(conn.raw())?;
    Ok(())
}
