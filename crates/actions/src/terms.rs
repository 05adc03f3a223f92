//! Terms: the documents of hosts, their acceptance, and the violation while a customer has not accepted them.

use serde_json::json;

use super::error::Error;
use super::precondition::IfMatch;
use super::record::audit;
use super::{Caller, authorize, authorize_in, is_insider, organizations as organization_actions, standing_of};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{OrganizationId, ResourceId, TermsId};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::resource::Resource;
use domain::rules::Violation;
use domain::said::{Said, said};
use domain::terms::{AgreedTerms, TermsFields, TermsText, not_accepted};
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::organizations;
use storage::resources;
use storage::terms::{self, InForce, Terms, Version};
use storage::terms_acceptances::{self, Acceptance, NewAcceptance};

/// Adds a document with its first version.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` for resources of others.
pub fn create(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: OrganizationId,
    fields: &TermsFields,
    text: &TermsText,
) -> Result<(Terms, String), Error> {
    authorize_in(tx, caller, organization, Permission::ManageTerms)?;
    check_resources(tx, organization, fields)?;
    let id: TermsId = tx.new_id();
    terms::insert(tx.conn, id, organization, fields, tx.now)?;
    terms::insert_version(tx.conn, id, 1, text, caller.user_id, tx.now)?;
    let detail = json!({ "name": fields.name, "sha256": text.sha256 });
    audit(tx, caller.principal(), Some(organization), "terms.create", ("terms", id.as_str()), &detail)?;
    Ok((terms::get(tx.conn, id)?, text.text.clone()))
}

/// Checks that the resources to which a document applies belong to the host.
fn check_resources(tx: &mut ReadTx, organization: OrganizationId, fields: &TermsFields) -> Result<(), Error> {
    let listed = fields.applies_to.as_deref().unwrap_or_default();
    let own = resources::list_own(&mut tx.conn, organization, listed)?;
    let mut errors = Fields::default();
    for (index, _) in listed.iter().enumerate().filter(|(_, resource)| !own.contains(resource)) {
        errors.refuse(format!("/applies_to/{index}"), "invalid", said!("must be a resource of the organization"));
    }
    Ok(errors.finish(|| Some(()))?)
}

/// Lists the documents of a host, and returns whether the caller is one of its members: members see all documents, others those
/// in use. With `resource`, only those that apply to bookings of it.
///
/// # Errors
/// `not_found`.
pub fn list(
    tx: &mut ReadTx,
    caller: Option<Caller>,
    organization: OrganizationId,
    resource: Option<ResourceId>,
    paging: &Paging,
) -> Result<(Page<Terms>, bool), Error> {
    let (_, is_insider) = organization_actions::get(tx, caller, organization)?;
    let rows = terms::list(&mut tx.conn, organization, !is_insider, paging.after.as_deref(), paging.rows())?;
    let mut page = paging.page(rows, |terms| terms.id.to_string());
    page.items.retain(|terms| resource.is_none_or(|resource| terms.fields.is_for(resource)));
    Ok((page, is_insider))
}

/// Returns a document, its current text, and whether the caller is a member of the host. Visible to members of the host, to users
/// who have accepted it, and to everybody while it is in use and the host has something on offer.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Option<Caller>, id: TermsId) -> Result<(Terms, String, bool), Error> {
    let (terms, is_insider) = get_seen(tx, caller, id)?;
    let (_, text) = terms::get_version(&mut tx.conn, id, terms.version)?;
    Ok((terms, text, is_insider))
}

fn get_seen(tx: &mut ReadTx, caller: Option<Caller>, id: TermsId) -> Result<(Terms, bool), Error> {
    let terms = terms::get(&mut tx.conn, id)?;
    let is_insider = is_insider(tx, caller, terms.organization_id)?;
    let is_visible = is_insider
        || !terms.fields.is_retired && organizations::is_public(&mut tx.conn, terms.organization_id)?
        || match caller {
            Some(Caller { key: None, user_id, .. }) => terms_acceptances::has_accepted(&mut tx.conn, id, user_id)?,
            _ => false,
        };
    if is_visible { Ok((terms, is_insider)) } else { Err(Error::not_found()) }
}

/// Returns a document, one of its versions, and the text of that version, to callers who see the document.
///
/// # Errors
/// `not_found`.
pub fn get_version(tx: &mut ReadTx, caller: Option<Caller>, id: TermsId, number: i32) -> Result<(Terms, Version, String), Error> {
    let (terms, _) = get_seen(tx, caller, id)?;
    let (version, text) = terms::get_version(&mut tx.conn, id, number)?;
    Ok((terms, version, text))
}

/// Lists the versions of a document, the oldest first, for callers who see the document.
///
/// # Errors
/// `not_found`, `invalid_fields` for an invalid cursor.
pub fn list_versions(tx: &mut ReadTx, caller: Option<Caller>, id: TermsId, paging: &Paging) -> Result<Page<Version>, Error> {
    get_seen(tx, caller, id)?;
    let mut fields = Fields::default();
    let after = paging.after.as_deref().map_or(Some(0), |after| {
        fields.take("cursor", after.parse().map_err(|_| said!("must be the next_cursor of the page before")))
    });
    let after: i32 = fields.finish(|| after)?;
    let rows = terms::list_versions(&mut tx.conn, id, after, paging.rows())?;
    Ok(paging.page(rows, |version| version.number.to_string()))
}

/// Edits a document, or takes it out of use. Its versions stay as they are.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, and the errors of `edit`.
pub fn update(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: TermsId,
    if_match: &IfMatch,
    edit: impl FnOnce(TermsFields) -> Result<TermsFields, InvalidFields>,
) -> Result<(Terms, String), Error> {
    let terms = get_managed(tx, caller, id)?;
    if_match.check(terms.revision)?;
    let organization = terms.organization_id;
    let fields = edit(terms.fields)?;
    check_resources(tx, organization, &fields)?;
    terms::update(tx.conn, id, organization, &fields, tx.now)?;
    let detail = json!({ "name": fields.name, "applies_to": fields.applies_to, "is_retired": fields.is_retired });
    audit(tx, caller.principal(), Some(organization), "terms.update", ("terms", id.as_str()), &detail)?;
    let terms = terms::get(tx.conn, id)?;
    let (_, text) = terms::get_version(tx.conn, id, terms.version)?;
    Ok((terms, text))
}

/// Adds a version, which is the current one from then on. Customers must accept it before their next booking.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn add_version(tx: &mut Tx<'_>, caller: Caller, id: TermsId, text: &TermsText) -> Result<(Version, String), Error> {
    let terms = get_managed(tx, caller, id)?;
    let number = terms.version + 1;
    terms::insert_version(tx.conn, id, number, text, caller.user_id, tx.now)?;
    let detail = json!({ "version": number, "sha256": text.sha256 });
    audit(tx, caller.principal(), Some(terms.organization_id), "terms.add_version", ("terms", id.as_str()), &detail)?;
    Ok(terms::get_version(tx.conn, id, number)?)
}

fn get_managed(tx: &mut Tx<'_>, caller: Caller, id: TermsId) -> Result<Terms, Error> {
    terms::lock(tx.conn, id)?;
    let (terms, _) = get_seen(tx, Some(caller), id)?;
    authorize(tx, caller, terms.organization_id, Permission::ManageTerms, true)?;
    Ok(terms)
}

/// Accepts the current version of a document for a customer.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `terms_outdated` for another version, or another text than `sha256` names.
pub fn accept(
    tx: &mut Tx<'_>,
    caller: Caller,
    customer: OrganizationId,
    accepted: AgreedTerms,
    sha256: Option<&str>,
) -> Result<Acceptance, Error> {
    let AgreedTerms { terms_id, version } = accepted;
    if caller.key.is_some() {
        return Err(Error::Refused(Code::Forbidden, said!("A person must accept terms: an API key cannot.")));
    }
    let (terms, _) = get_seen(tx, Some(caller), terms_id)?;
    authorize(tx, caller, customer, Permission::Book, true)?;
    let outdated = |detail: Said| Err(Error::Refused(Code::TermsOutdated, detail));
    if terms.fields.is_retired {
        return outdated(said!("{name} is no longer in use.", name = &terms.fields.name));
    }
    if version != terms.version {
        return outdated(said!(
            "The current version of {name} is {version}.",
            name = &terms.fields.name,
            version = terms.version
        ));
    }
    if sha256.is_some_and(|sha256| !sha256.eq_ignore_ascii_case(&terms.sha256)) {
        return outdated(said!(
            "The text of {name} has the SHA-256 {sha256}.",
            name = &terms.fields.name,
            sha256 = &terms.sha256
        ));
    }
    let new = NewAcceptance {
        id: tx.new_id(),
        terms_id,
        version,
        host_organization_id: terms.organization_id,
        organization_id: customer,
        user_id: caller.user_id,
        accepted_at: tx.now,
    };
    let acceptance = terms_acceptances::insert(tx.conn, &new)?;
    if acceptance.id == new.id {
        let detail = json!({ "version": version, "sha256": terms.sha256 });
        audit(tx, caller.principal(), Some(customer), "terms.accept", ("terms", terms_id.as_str()), &detail)?;
    }
    Ok(acceptance)
}

/// Accepts the current versions of documents of one host for a customer, together with a booking.
///
/// # Errors
/// As [`accept`], a field error for each that is no document of the host, and [`Error::TermsOutdated`] with all that are not
/// current.
pub(super) fn accept_with_booking(
    tx: &mut Tx<'_>,
    caller: Caller,
    customer: OrganizationId,
    host: OrganizationId,
    accepted: &[AgreedTerms],
) -> Result<(), Error> {
    let (mut unknown, mut outdated) = (Fields::default(), Fields::default());
    for (index, accepted) in accepted.iter().enumerate() {
        let pointer = format!("/accepted_terms/{index}");
        let is_of_host = match terms::get(tx.conn, accepted.terms_id) {
            Err(StorageError::NotFound) => false,
            found => found?.organization_id == host,
        };
        let accepted = if is_of_host { accept(tx, caller, customer, *accepted, None) } else { Err(Error::not_found()) };
        match accepted {
            Ok(_) => {}
            Err(Error::Refused(Code::NotFound, _)) => {
                unknown.refuse(pointer, "unknown_terms", said!("must be a document of the host"))
            }
            Err(Error::Refused(Code::TermsOutdated, detail)) => outdated.refuse(pointer, Code::TermsOutdated.as_str(), detail),
            Err(error) => return Err(error),
        }
    }
    unknown.finish(|| Some(()))?;
    outdated.finish(|| Some(())).map_err(Error::TermsOutdated)
}

/// Lists acceptances: those of the organization as a customer and, for its managers, those of its documents.
///
/// # Errors
/// `not_found`, `forbidden`.
pub fn list_acceptances(
    tx: &mut ReadTx,
    caller: Caller,
    organization: OrganizationId,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<Acceptance>, Error> {
    let is_visible = organizations::is_public(&mut tx.conn, organization)?;
    authorize(tx, caller, organization, Permission::View, is_visible)?;
    let standing = standing_of(tx, caller, organization)?;
    let as_host = caller.may(standing.as_ref(), Permission::ManageTerms);
    let rows = terms_acceptances::list(&mut tx.conn, organization, as_host, paging.by_id(order))?;
    Ok(paging.page(rows, |acceptance| acceptance.id.to_string()))
}

/// The terms that apply to a booking of the resource by this customer, and the violation while the customer has not accepted all
/// of them. A host does not accept its own terms.
///
/// # Errors
/// When the database fails.
pub(super) fn of_booking(
    tx: &mut ReadTx,
    resource: &Resource,
    customer: OrganizationId,
) -> Result<(Vec<AgreedTerms>, Option<Violation>), Error> {
    if !resource.has_terms || resource.organization_id == customer {
        return Ok((Vec::new(), None));
    }
    let mut in_force = terms::list_in_force(&mut tx.conn, resource.organization_id, customer)?;
    in_force.retain(|terms| terms.fields.is_for(resource.id));
    let missing: Vec<_> = in_force
        .iter()
        .filter(|terms| !terms.is_accepted)
        .map(|terms| (terms.id, terms.fields.name.as_str(), terms.version))
        .collect();
    let named = |terms: &InForce| AgreedTerms { terms_id: terms.id, version: terms.version };
    Ok((in_force.iter().map(named).collect(), not_accepted(&missing)))
}
