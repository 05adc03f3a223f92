//! How the parties of a booking reach each other.

use std::collections::HashMap;

use diesel::prelude::*;

use super::connection::{CachedStatement, Conn, SameText, padded};
use super::error::StorageError;
use super::schema::{members, organizations, users};
use domain::email::Email;
use domain::ids::{OrganizationId, UserId};
use domain::language::Language;
use domain::permissions::Role;
use domain::time::UtcTime;

/// How one party of a booking is reached. All addresses are verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The name of the organization.
    pub organization_name: String,
    /// The contact address of the organization, or else that of the user who has been its owner for the longest time.
    pub email: Option<Email>,
    /// The user who acts for the organization, if that user is still its member.
    pub person: Option<Person>,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The address.
    pub email: Email,
}

/// How an organization is reached, and the user who acts for it, if one does.
///
/// # Errors
/// When there is no such organization, or the database fails.
pub fn get(conn: &mut Conn, organization: OrganizationId, person: Option<UserId>) -> Result<Contact, StorageError> {
    struct Organization;
    struct Members;
    let query = organizations::table.find(organization);
    let query = query.select((organizations::name, organizations::contact_email, organizations::contact_verified_at));
    let (organization_name, contact, verified_at): (String, String, Option<UtcTime>) =
        SameText::<Organization, _>::new(query).get_result(conn)?;
    let query = members::table
        .inner_join(users::table)
        .filter(members::organization_id.eq(organization).and(users::email_verified_at.is_not_null()))
        .filter(members::role.eq(Role::Owner).or(members::user_id.nullable().eq(person)))
        .order((members::created_at, members::user_id))
        .select((members::user_id, members::role, users::name, users::email));
    let members: Vec<(UserId, Role, String, Email)> = SameText::<Members, _>::new(query).load(conn)?;
    let owner = members.iter().find(|(_, role, ..)| *role == Role::Owner).map(|(.., email)| email.clone());
    let person = members.into_iter().find(|(id, ..)| Some(*id) == person).map(|(.., name, email)| Person { name, email });
    let email = verified_at.and_then(|_| contact.parse().ok()).or(owner);
    Ok(Contact { organization_name, email, person })
}

/// Returns the language of the user who has been an owner of the organization for the longest time; none if there is no owner, or the
/// owner has chosen no language.
///
/// # Errors
/// When the database fails.
pub fn find_owner_language(conn: &mut Conn, organization: OrganizationId) -> Result<Option<Language>, StorageError> {
    let owners = members::table.inner_join(users::table).filter(members::organization_id.eq(organization));
    let owners = owners.filter(members::role.eq(Role::Owner)).order((members::created_at, members::user_id));
    let languages: Vec<Option<Language>> = owners.select(users::language).load(conn)?;
    Ok(languages.into_iter().next().flatten())
}

/// Returns the language of each address that is the contact address of an organization or its address for invoices: that of the
/// user who has been an owner of the organization for the longest time.
///
/// # Errors
/// When the database fails.
pub fn find_languages(conn: &mut Conn, emails: &[Email]) -> Result<HashMap<Email, Option<Language>>, StorageError> {
    let mut languages = HashMap::new();
    let owners = || {
        let owners = organizations::table.inner_join(members::table.inner_join(users::table));
        owners.filter(members::role.eq(Role::Owner)).order((members::created_at, members::user_id))
    };
    let by_contact = owners().filter(organizations::contact_email.eq_any(padded(emails.iter().cloned())));
    let by_contact = CachedStatement(by_contact.select((organizations::contact_email, users::language)));
    let by_contact: Vec<(Email, Option<Language>)> = by_contact.load(conn)?;
    let by_billing = owners().filter(organizations::billing_email.eq_any(padded(emails.iter().cloned())));
    let by_billing = CachedStatement(by_billing.select((organizations::billing_email.assume_not_null(), users::language)));
    let by_billing: Vec<(Email, Option<Language>)> = by_billing.load(conn)?;
    for (email, language) in by_contact.into_iter().chain(by_billing) {
        languages.entry(email).or_insert(language);
    }
    Ok(languages)
}
