//! Identities at OpenID Connect providers: people sign in with them, and see and unlink them.

use chrono::TimeDelta;
use serde_json::json;

use super::accounts::deletion::delete_unverified;
use super::accounts::{NewUser, insert_verified};
use super::error::Error;
use super::record::{audit, publish};
use super::sessions::{self, Granted};
use super::{Caller, accounts};
use domain::email::Email;
use domain::fact::Event;
use domain::fields::Fields;
use domain::ids::{IdentityId, UserId};
use domain::language::Language;
use domain::limits;
use domain::openid::{ATTEMPT_LIFETIME, Attempt, Identity, Person};
use domain::paging::{Page, Paging};
use domain::password::PasswordHash;
use domain::principal::Principal;
use domain::problem::Code;
use domain::standing::StandingChange;
use domain::time::UtcTime;
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::{identities, users};

/// Begins an attempt to sign in at a provider. Returns the instant at which the attempt ends.
///
/// # Errors
/// When the database fails.
pub fn begin(tx: &mut Tx<'_>, attempt: &Attempt, provider: &str, redirect_uri: &str) -> Result<UtcTime, Error> {
    let expires_at = tx.now + ATTEMPT_LIFETIME;
    identities::insert_attempt(tx.conn, &attempt.hash(), (provider, redirect_uri), expires_at)?;
    Ok(expires_at)
}

/// Uses an attempt up, also one of another provider, and returns its redirect URI; none if it is unknown, was used or has expired.
///
/// # Errors
/// When the database fails.
pub fn end(tx: &mut Tx<'_>, attempt: &Attempt, provider: &str) -> Result<Option<String>, Error> {
    Ok(identities::delete_attempt(tx.conn, &attempt.hash(), provider, tx.now)?)
}

/// A user whom a provider has identified.
#[derive(Debug)]
pub enum SignedIn {
    /// The user is signed in.
    Granted(Granted),
    /// The user must prove the second factor, as after a password.
    SecondFactor {
        /// The user.
        user_id: UserId,
        /// The hash of the password that the account has now.
        password_hash: PasswordHash,
    },
}

/// Signs a person in, with a program in a network. The first time, the identity is linked to the account with the address that the provider proves, or to a new account.
/// An account whose address was never verified is deleted first, as another person may have created it.
///
/// # Errors
/// `address_not_proven` the first time if the provider proves no address, `account_suspended`, and `last_owner` if an unverified account
/// is the last owner of an organization.
pub fn sign_in(
    tx: &mut Tx<'_>,
    person: &Person,
    language: Option<Language>,
    client: (&str, &str),
    lifetime: TimeDelta,
) -> Result<SignedIn, Error> {
    let (identity, user_id) = match identities::find(tx.conn, &person.issuer, &person.subject)? {
        Some(identity) => {
            users::lock(tx.conn, identity.user_id)?;
            if !identities::update_used(tx.conn, identity.id, tx.now)? {
                return Err(StorageError::Conflict(format!("the identity {}", identity.id)).into());
            }
            (identity.id, identity.user_id)
        }
        None => link(tx, person, language)?,
    };
    if sessions::get_unsuspended(tx, user_id)?.second_factor_since.is_some() {
        let password_hash = users::get_password_hash(tx.conn, user_id)?;
        return Ok(SignedIn::SecondFactor { user_id, password_hash });
    }
    let how = json!({ "second_factor": false, "identity_id": identity });
    sessions::begin(tx, user_id, client, &how, lifetime).map(SignedIn::Granted)
}

/// Links the identity of a person to the account with the proven address, or to a new one.
fn link(tx: &mut Tx<'_>, person: &Person, language: Option<Language>) -> Result<(IdentityId, UserId), Error> {
    let email = person.proven_email.as_ref().ok_or_else(|| Error::refused(Code::AddressNotProven))?;
    let (user_id, is_new) = match users::find_by_email(tx.conn, email)? {
        Some(user) if user.email_verified_at.is_some() => {
            users::lock(tx.conn, user.id)?;
            // The account may just have got another address.
            if users::find_by_email(tx.conn, email)?.is_none_or(|now| now.id != user.id || now.email_verified_at.is_none()) {
                return Err(StorageError::Conflict(format!("the account of {email}")).into());
            }
            (user.id, false)
        }
        unverified => {
            if let Some(unverified) = unverified {
                // A suspended user does not get another account in this way.
                users::lock(tx.conn, unverified.id)?;
                sessions::get_unsuspended(tx, unverified.id)?;
                delete_unverified(tx, &unverified)?;
            }
            let name = name_of(person, email);
            (
                insert_verified(tx, &NewUser { email: email.clone(), name, password_hash: PasswordHash::of_none(), language })?,
                true,
            )
        }
    };
    let identity = Identity {
        id: tx.new_id(),
        user_id,
        issuer: person.issuer.clone(),
        subject: person.subject.clone(),
        email: email.clone(),
        created_at: tx.now,
        last_used_at: tx.now,
    };
    match identities::insert(tx.conn, &identity) {
        // The same person signs in twice at once.
        Err(StorageError::NotUnique(_)) => return Err(StorageError::Conflict("an identity".to_owned()).into()),
        inserted => inserted?,
    }
    record(tx, user_id, identity.id, "identity.link", &person.issuer)?;
    if !is_new {
        let change = StandingChange::IdentityLinked { user_id, issuer: person.issuer.clone() };
        publish(tx, Principal::User { user_id }, Event::Standing(change))?;
    }
    Ok((identity.id, user_id))
}

/// The name of a new account: that at the provider, or the part of the address before the `@`.
fn name_of(person: &Person, email: &Email) -> String {
    let named = person.name.as_deref().and_then(|name| Fields::default().line("/name", name, limits::Name::RANGE));
    let local = || email.as_str().split('@').next().unwrap_or_default().chars().take(*limits::Name::RANGE.end()).collect();
    named.unwrap_or_else(local)
}

/// Lists the identities of the caller, the oldest first.
///
/// # Errors
/// As [`accounts::get`].
pub fn list_mine(tx: &mut ReadTx, caller: Caller, paging: &Paging) -> Result<Page<Identity>, Error> {
    let user = accounts::get(tx, caller)?;
    let rows = identities::list(&mut tx.conn, user.id, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |identity| identity.id.to_string()))
}

/// Unlinks an identity of the caller.
///
/// # Errors
/// `not_found` when the caller has no such identity, `last_way_to_sign_in` if the account has neither a password nor another identity.
pub fn unlink(tx: &mut Tx<'_>, caller: Caller, id: IdentityId) -> Result<(), Error> {
    // Of two requests at the same time, the second one sees what the first has left.
    users::lock(tx.conn, caller.user_id)?;
    accounts::get(tx, caller)?;
    let mine = identities::list(tx.conn, caller.user_id, None, i64::MAX)?;
    let identity = mine.iter().find(|identity| identity.id == id).ok_or_else(Error::not_found)?;
    if mine.len() == 1 && users::get_password_hash(tx.conn, caller.user_id)? == PasswordHash::of_none() {
        return Err(Error::refused(Code::LastWayToSignIn));
    }
    identities::delete(tx.conn, caller.user_id, id)?;
    record(tx, caller.user_id, id, "identity.unlink", &identity.issuer)?;
    let change = StandingChange::IdentityUnlinked { user_id: caller.user_id, issuer: identity.issuer.clone() };
    publish(tx, caller.principal(), Event::Standing(change))
}

fn record(tx: &mut Tx<'_>, user: UserId, id: IdentityId, action: &str, issuer: &str) -> Result<(), Error> {
    audit(tx, Principal::User { user_id: user }, None, action, ("identity", id.as_str()), &json!({ "issuer": issuer }))
}
