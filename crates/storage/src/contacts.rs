//! How the parties of a booking reach each other.

use diesel::prelude::*;

use super::connection::{Conn, SameText};
use super::error::StorageError;
use super::schema::{members, organizations, users};
use domain::email::Email;
use domain::ids::{OrganizationId, UserId};
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
