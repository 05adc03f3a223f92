//! Sites: creating and editing them, and how much of a site a caller sees.

use serde_json::json;

use super::bookings::due;
use super::closing::{Change, Closing, affected_by, clear};
use super::error::Error;
use super::precondition::IfMatch;
use super::record::{audit, audit_personal, changes, publish};
use super::{Caller, authorize, authorize_in, is_insider};
use domain::closing::OnClosing;
use domain::fact::Event;
use domain::fields::InvalidFields;
use domain::ids::{OrganizationId, SiteId};
use domain::order::{CreationOrder, Rows};
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::resource::Resource;
use domain::said::said;
use domain::site::SiteFields;
use storage::db::{ReadTx, Tx};
use storage::sites::{self, Site};
use storage::{booking_rules, organizations, resources, waitlist_entries};

/// Creates a site.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn create(tx: &mut Tx<'_>, caller: Caller, organization: OrganizationId, fields: &SiteFields) -> Result<Site, Error> {
    authorize_in(tx, caller, organization, Permission::ManageListings)?;
    let id: SiteId = tx.new_id();
    sites::insert(tx.conn, id, organization, fields, None, tx.now)?;
    let detail = json!({ "name": fields.name });
    audit(tx, caller.principal(), Some(organization), "site.create", ("site", id.as_str()), &detail)?;
    Ok(sites::get(tx.conn, id)?)
}

/// Returns a site, and whether all of it is disclosed to the caller: to members of its organization, and to users with a confirmed
/// booking, or a seat in a training, there that is not over. Everybody else sees the site while it has something on offer.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Option<Caller>, id: SiteId) -> Result<(Site, bool), Error> {
    let site = sites::get(&mut tx.conn, id)?;
    let is_disclosed = is_insider(tx, caller, site.organization_id)? || !disclosed(tx, caller, &[id])?.is_empty();
    if is_disclosed || sites::is_public(&mut tx.conn, id)? { Ok((site, is_disclosed)) } else { Err(Error::not_found()) }
}

/// Those of these sites where the caller has a confirmed booking, or a seat in a training.
fn disclosed(tx: &mut ReadTx, caller: Option<Caller>, ids: &[SiteId]) -> Result<Vec<SiteId>, Error> {
    let Some(user) = caller.and_then(Caller::person) else { return Ok(Vec::new()) };
    Ok(sites::list_disclosed(&mut tx.conn, ids, user, tx.now)?)
}

/// Lists the sites of an organization that the caller sees, and whether all of each is disclosed, as with [`get`].
///
/// # Errors
/// `not_found`.
pub fn list(
    tx: &mut ReadTx,
    caller: Option<Caller>,
    organization: OrganizationId,
    paging: &Paging,
) -> Result<Page<(Site, bool)>, Error> {
    organizations::get(&mut tx.conn, organization)?;
    let is_insider = is_insider(tx, caller, organization)?;
    if !is_insider && !organizations::is_public(&mut tx.conn, organization)? {
        return Err(Error::not_found());
    }
    let rows = sites::list(&mut tx.conn, organization, !is_insider, paging.after.as_deref(), paging.rows())?;
    let page = paging.page(rows, |site| site.id.to_string());
    let ids: Vec<_> = page.items.iter().map(|site| site.id).collect();
    let disclosed = if is_insider { ids } else { disclosed(tx, caller, &ids)? };
    Ok(page.map(|site| {
        let is_disclosed = disclosed.contains(&site.id);
        (site, is_disclosed)
    }))
}

/// Edits a site. Bookings that new opening hours would leave outside are treated as the host has chosen.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, [`Error::OutsideHours`], `bookings_outside_hours`, and
/// the errors of `edit`.
pub fn update(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: SiteId,
    if_match: &IfMatch,
    closing: &Closing,
    edit: impl FnOnce(SiteFields) -> Result<SiteFields, InvalidFields>,
) -> Result<Site, Error> {
    sites::lock(tx.conn, id)?;
    let site = sites::get(tx.conn, id)?;
    let is_visible = sites::is_public(tx.conn, id)?;
    authorize(tx, caller, site.organization_id, Permission::ManageListings, is_visible)?;
    if_match.check(site.revision)?;
    let organization = site.organization_id;
    let were_holidays_known = site.fields.public_holidays().is_some();
    let before = site.fields.clone();
    let fields = edit(site.fields)?;
    if were_holidays_known && fields.public_holidays().is_none() && booking_rules::is_any_closed_on_holidays(tx.conn, id)? {
        let detail = said!(
            "must be a country whose public holidays are known here, because a resource at the site is closed on public holidays"
        );
        return Err(InvalidFields::one("/address/country", "invalid", detail).into());
    }
    let affected = affected_by(tx.now, &before, &fields).filter(|_| closing.on_bookings != OnClosing::Keep);
    let concerned = match affected {
        Some(_) => resources::list_ids_at_site(tx.conn, id)?,
        None => waitlist_entries::list_resources_at(tx.conn, id)?,
    };
    sites::update(tx.conn, id, &fields, tx.now)?;
    // This writes all resources of the host, in order. Afterwards the lock waits only for shared quotas, which come after all
    // resources.
    resources::update_search_text(tx.conn, organization)?;
    let mut locked = due::lock(tx, concerned)?;
    if let Some(within) = affected {
        let change = |after: Resource| Change { before: Resource { site: before.clone(), ..after.clone() }, after };
        let filter = resources::Filter { site: Some(id), ..resources::Filter::default() };
        let at_site =
            resources::list(tx.conn, &filter, tx.now, Rows { order: CreationOrder::CreatedAt, after: None, limit: i64::MAX })?;
        let changes: Vec<_> = at_site.into_iter().map(change).collect();
        clear(tx, caller, &mut locked, &changes, within, closing)?;
    }
    let (detail, personal) = changes(&before, &fields, &["access_notes", "contact"])?;
    audit_personal(tx, caller.principal(), Some(organization), "site.update", ("site", id.as_str()), (&detail, personal))?;
    if fields != before {
        // A resource is shown with its place and time zone, and is open when its site is.
        for resource_id in resources::list_ids_at_site(tx.conn, id)? {
            publish(tx, caller.principal(), Event::ResourceChanged { resource_id })?;
        }
    }
    // The site may be open longer now.
    due::offer_freed(tx, &mut locked)?;
    Ok(sites::get(tx.conn, id)?)
}
