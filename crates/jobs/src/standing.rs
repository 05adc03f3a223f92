//! The letters about changes of what a user or an organization may do.

use domain::email::Email;
use domain::ids::{OrganizationId, UserId};
use domain::standing::StandingChange;
use mail::letter::LetterContent;
use mail::standing::{StandingLetter, StandingNews};
use storage::connection::Conn;
use storage::error::StorageError;
use storage::{members, organizations, users};

/// The letters about a change: to both members of a handover, to the managers of an organization, or to the user.
///
/// # Errors
/// When the database fails.
pub(super) fn address(conn: &mut Conn, change: &StandingChange) -> Result<Vec<(Email, LetterContent)>, StorageError> {
    match change {
        StandingChange::HandedOver { organization_id, from, to } => {
            let organization = organizations::get(conn, *organization_id)?.fields().name;
            let [giver, receiver] = [users::get(conn, *from)?, users::get(conn, *to)?];
            let about = |other: &str| (organization.clone(), other.to_owned(), String::new());
            let received = to_user(conn, *to, StandingNews::OwnershipReceived, about(&giver.name))?;
            let given = to_user(conn, *from, StandingNews::OwnershipGiven, about(&receiver.name))?;
            Ok(received.into_iter().chain(given).collect())
        }
        StandingChange::OrganizationSuspended { organization_id, reason } => {
            to_managers(conn, *organization_id, StandingNews::OrganizationSuspended, reason)
        }
        StandingChange::OrganizationReinstated { organization_id } => {
            to_managers(conn, *organization_id, StandingNews::OrganizationReinstated, "")
        }
        StandingChange::UserSuspended { user_id, reason } => {
            let about = (String::new(), String::new(), reason.clone());
            Ok(to_user(conn, *user_id, StandingNews::UserSuspended, about)?.into_iter().collect())
        }
        StandingChange::UserReinstated { user_id } => {
            Ok(to_user(conn, *user_id, StandingNews::UserReinstated, Default::default())?.into_iter().collect())
        }
        StandingChange::SecondFactorSet { user_id } => {
            Ok(to_user(conn, *user_id, StandingNews::SecondFactorSet, Default::default())?.into_iter().collect())
        }
        StandingChange::SecondFactorRemoved { user_id } => {
            Ok(to_user(conn, *user_id, StandingNews::SecondFactorRemoved, Default::default())?.into_iter().collect())
        }
        StandingChange::IdentityLinked { user_id, issuer } => {
            let about = (String::new(), issuer.clone(), String::new());
            Ok(to_user(conn, *user_id, StandingNews::IdentityLinked, about)?.into_iter().collect())
        }
        StandingChange::IdentityUnlinked { user_id, issuer } => {
            let about = (String::new(), issuer.clone(), String::new());
            Ok(to_user(conn, *user_id, StandingNews::IdentityUnlinked, about)?.into_iter().collect())
        }
    }
}

/// A letter to a user who has verified the address, about an organization, another member or a provider, and a reason.
fn to_user(
    conn: &mut Conn,
    id: UserId,
    change: StandingNews,
    (organization, other, reason): (String, String, String),
) -> Result<Option<(Email, LetterContent)>, StorageError> {
    let user = users::get(conn, id)?;
    let letter = StandingLetter { change, name: user.name, organization, other, reason };
    Ok(user.email_verified_at.map(|_| (user.email, LetterContent::Standing(Box::new(letter)))))
}

fn to_managers(
    conn: &mut Conn,
    id: OrganizationId,
    change: StandingNews,
    reason: &str,
) -> Result<Vec<(Email, LetterContent)>, StorageError> {
    let organization = organizations::get(conn, id)?.fields().name;
    let letter = |name| {
        let (organization, reason) = (organization.clone(), reason.to_owned());
        LetterContent::Standing(Box::new(StandingLetter { change, name, organization, other: String::new(), reason }))
    };
    let managers = members::list_managers(conn, id)?.into_iter();
    Ok(managers.filter_map(|manager| Some((manager.email.parse().ok()?, letter(manager.name)))).collect())
}
