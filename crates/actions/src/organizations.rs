//! Organizations: creating and editing them, and proving their contact address.

use chrono::TimeDelta;
use serde_json::json;

use super::accounts::MAILS_AN_HOUR;
use super::error::Error;
use super::precondition::IfMatch;
use super::record::{audit, audit_personal, changes, publish};
use super::{Caller, accounts, authorize_in, is_insider, roles_of, standing_of};
use domain::email::Email;
use domain::fact::Event;
use domain::fields::InvalidFields;
use domain::ids::OrganizationId;
use domain::organization::{CONTACT_TOKEN_DAYS, OrganizationFields};
use domain::paging::{Page, Paging};
use domain::permissions::{Permission, Role};
use domain::principal::Principal;
use domain::problem::Code;
use domain::said::said;
use domain::secret_token::{SecretToken, TokenHash};
use storage::contact_tokens::{self, NewContactToken};
use storage::db::{ReadTx, Tx};
use storage::organizations::{self, Organization};
use storage::{api_keys, billing, bookings, calendar_imports, invitations, members, resources, trainings, webhooks};

/// Creates an organization. The caller becomes its first owner.
///
/// # Errors
/// `email_not_verified`.
pub fn create(tx: &mut Tx<'_>, caller: Caller, fields: &OrganizationFields) -> Result<Organization, Error> {
    let creator = accounts::get(tx, caller)?;
    if caller.must_be_verified && creator.email_verified_at.is_none() {
        return Err(Error::refused(Code::EmailNotVerified));
    }
    if fields.requires_second_factor {
        check_own_factor(tx, caller)?;
    }
    let id: OrganizationId = tx.new_id();
    organizations::insert(tx.conn, id, fields, None, tx.now)?;
    members::insert(tx.conn, id, caller.user_id, Role::Owner, tx.now)?;
    verify_contact_or_ask(tx, caller, id, fields)?;
    audit(
        tx,
        caller.principal(),
        Some(id),
        "organization.create",
        ("organization", id.as_str()),
        &json!({ "name": fields.name }),
    )?;
    Ok(organizations::get(tx.conn, id)?)
}

/// Checks that a caller who demands a second factor has one; otherwise the caller could do nothing in the organization any more.
fn check_own_factor(tx: &mut Tx<'_>, caller: Caller) -> Result<(), Error> {
    if accounts::get(tx, caller)?.second_factor_since.is_none() {
        let detail = said!("needs a second factor of your own account first: POST /api/v1/me/second-factor");
        return Err(InvalidFields::one("/requires_second_factor", "no_second_factor", detail).into());
    }
    Ok(())
}

/// Sends an e-mail to the contact address to confirm that mail is wanted there, unless it is the address of the caller. Nobody
/// gets mail with a stranger's words in it without having confirmed that.
fn verify_contact_or_ask(tx: &mut Tx<'_>, caller: Caller, id: OrganizationId, fields: &OrganizationFields) -> Result<(), Error> {
    let user = accounts::get(tx, caller)?;
    let is_own = user.email_verified_at.is_some() && fields.contact_email.as_ref() == Some(&user.email);
    organizations::update_contact_verified(tx.conn, id, is_own.then_some(tx.now))?;
    match fields.contact_email.as_ref().filter(|_| !is_own) {
        Some(email) => ask_to_confirm(tx, caller, id, email),
        None => Ok(()),
    }
}

/// Sends an e-mail to an address of an organization to confirm that its mail is wanted there.
pub(super) fn ask_to_confirm(tx: &mut Tx<'_>, caller: Caller, id: OrganizationId, email: &Email) -> Result<(), Error> {
    if contact_tokens::count_since(tx.conn, caller.user_id, tx.now - TimeDelta::hours(1))? >= MAILS_AN_HOUR {
        return Ok(());
    }
    let token = SecretToken::new(rand::random());
    let new = NewContactToken {
        token_hash: TokenHash::of(token.expose()),
        organization_id: id,
        email: email.as_str(),
        user_id: caller.user_id,
        created_at: tx.now,
        expires_at: tx.now + TimeDelta::days(CONTACT_TOKEN_DAYS),
    };
    contact_tokens::insert(tx.conn, &new)?;
    publish(tx, caller.principal(), Event::ContactNamed { email: email.to_string(), token: token.expose().to_owned() })
}

/// Confirms the contact address of an organization, its address for invoices, or both, with the token from an e-mail.
///
/// # Errors
/// `invalid_one_time_token`, also if the organization has other addresses by now.
pub fn verify_contact(tx: &mut Tx<'_>, token: &TokenHash) -> Result<(), Error> {
    let invalid = || Error::refused(Code::InvalidOneTimeToken);
    let (id, email) = contact_tokens::find(tx.conn, token, tx.now)?.ok_or_else(invalid)?;
    organizations::lock(tx.conn, id)?;
    let organization = organizations::get(tx.conn, id)?;
    let billing = billing::get(tx.conn, id)?;
    let is_contact = organization.contact_verified_at.is_none() && organization.fields().contact_email.as_ref() == Some(&email);
    let is_billing = billing.billing_email_verified_at.is_none() && billing.fields.billing_email.as_ref() == Some(&email);
    if !is_contact && !is_billing {
        return Err(invalid());
    }
    if is_contact {
        organizations::update_contact_verified(tx.conn, id, Some(tx.now))?;
    }
    if is_billing {
        billing::update_email_verified(tx.conn, id, Some(tx.now))?;
    }
    audit(tx, Principal::System, Some(id), "organization.verify_contact", ("organization", id.as_str()), &json!({}))
}

/// Returns an organization, and whether the caller is one of its members. Everybody sees it while it has something on offer.
///
/// # Errors
/// `not_found`, `second_factor_missing`.
pub fn get(tx: &mut ReadTx, caller: Option<Caller>, id: OrganizationId) -> Result<(Organization, bool), Error> {
    let organization = organizations::get(&mut tx.conn, id)?;
    let is_insider = is_insider(tx, caller, id)?;
    if is_insider || organizations::is_public(&mut tx.conn, id)? {
        return Ok((organization, is_insider));
    }
    // A member who lacks the second factor reads why the organization is not shown.
    caller.map_or(Ok(None), |caller| standing_of(tx, caller, id))?;
    Err(Error::not_found())
}

/// Lists the organizations of the caller.
///
/// # Errors
/// When the database fails.
pub fn list_mine(tx: &mut ReadTx, caller: Caller, paging: &Paging) -> Result<Page<Organization>, Error> {
    let rows = organizations::list_of_member(&mut tx.conn, caller.user_id, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |row| row.id.to_string()))
}

/// Lists the organizations in which the caller has a permission.
///
/// # Errors
/// When the database fails.
pub fn list_permitted(tx: &mut ReadTx, caller: Caller, permission: Permission) -> Result<Vec<OrganizationId>, Error> {
    let roles = roles_of(tx, caller)?.into_iter();
    let has = |(_, role): &(_, Role)| caller.permissions.contains(permission) && role.allows(permission);
    Ok(roles.filter(has).map(|(organization, _)| organization).collect())
}

/// Edits an organization.
///
/// # Errors
/// `not_found`, `forbidden`, `precondition_failed`, and the errors of `edit`.
pub fn update(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: OrganizationId,
    if_match: &IfMatch,
    edit: impl FnOnce(OrganizationFields) -> Result<OrganizationFields, InvalidFields>,
) -> Result<Organization, Error> {
    organizations::lock(tx.conn, id)?;
    authorize_in(tx, caller, id, Permission::ManageOrganization)?;
    let organization = organizations::get(tx.conn, id)?;
    if_match.check(organization.revision)?;
    let fields = edit(organization.fields())?;
    if fields.requires_second_factor && !organization.fields().requires_second_factor {
        check_own_factor(tx, caller)?;
    }
    organizations::update(tx.conn, id, &fields, tx.now)?;
    if organization.contact_verified_at.is_none() || fields.contact_email != organization.fields().contact_email {
        verify_contact_or_ask(tx, caller, id, &fields)?;
    }
    if fields.name != organization.fields().name {
        resources::update_search_text(tx.conn, id)?;
    }
    let (detail, personal) = changes(&organization.fields(), &fields, &["contact_email"])?;
    let object = ("organization", id.as_str());
    audit_personal(tx, caller.principal(), Some(id), "organization.update", object, (&detail, personal))?;
    Ok(organizations::get(tx.conn, id)?)
}

/// Closes an organization: its resources are retired, its invitations withdrawn, and its members leave. Its row stays for the
/// bookings that name it. The waitlist entries for its resources, and its own, end when the waitlist is served next.
///
/// # Errors
/// `not_found`, `forbidden`, and `organization_in_use` while a booking or training has not ended.
pub fn close(tx: &mut Tx<'_>, caller: Caller, id: OrganizationId) -> Result<(), Error> {
    organizations::lock(tx.conn, id)?;
    authorize_in(tx, caller, id, Permission::ManageOrganization)?;
    // First this: a booking that is being made keeps its resource and its member, so it is committed by now, or refused.
    organizations::update_closed(tx.conn, id, tx.now)?;
    invitations::update_all_withdrawn(tx.conn, id, tx.now)?;
    api_keys::update_all_revoked(tx.conn, id, tx.now)?;
    webhooks::delete_all(tx.conn, id)?;
    calendar_imports::update_all_deleted(tx.conn, id, tx.now)?;
    let bookings = bookings::count_active(tx.conn, id, tx.now)?;
    let trainings = trainings::count_planned(tx.conn, id, tx.now)?;
    if bookings + trainings > 0 {
        let detail =
            said!("Bookings that have not ended: {bookings}. Trainings that have not ended: {trainings}.", bookings, trainings);
        return Err(Error::Refused(Code::OrganizationInUse, detail));
    }
    audit(tx, caller.principal(), Some(id), "organization.close", ("organization", id.as_str()), &json!({}))
}
