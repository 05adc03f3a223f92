//! Moving a resource to another site of its host.

use serde_json::json;

use super::checks::check_rules;
use super::visible::get_as;
use crate::Caller;
use crate::bookings::due;
use crate::error::Error;
use crate::precondition::IfMatch;
use crate::record::{audit, publish};
use domain::fact::Event;
use domain::fields::InvalidFields;
use domain::ids::{ResourceId, SiteId};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::resource::Resource;
use domain::said::said;
use storage::db::Tx;
use storage::error::StorageError;
use storage::{bookings, resources, sites};

/// Moves a resource to another site. Its rules then count by the hours and the time zone of that site. Bookings name a place, so a
/// resource with upcoming bookings cannot be moved.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `resource_has_bookings`, and `invalid_fields` for a site of
/// another organization and for rules that cannot be kept there.
pub fn relocate(tx: &mut Tx<'_>, caller: Caller, id: ResourceId, if_match: &IfMatch, site: SiteId) -> Result<Resource, Error> {
    let mut locked = due::lock(tx, [id])?;
    let before = get_as(tx, caller, id, Permission::ManageListings)?;
    if_match.check(before.revision)?;
    let site = match sites::get(tx.conn, site) {
        Ok(site) if site.organization_id == before.organization_id => site,
        Ok(_) | Err(StorageError::NotFound) => {
            return Err(InvalidFields::one("/site_id", "unknown_site", said!("must be a site of the organization")).into());
        }
        Err(error) => return Err(error.into()),
    };
    check_rules(&before.fields.rules, None, &site.fields)?;
    due::expire_and_offer(tx, &locked, &before)?;
    if bookings::has_active(tx.conn, id, tx.now)? {
        return Err(Error::refused(Code::ResourceHasBookings));
    }
    let after = Resource { site_id: site.id, site: site.fields, updated_at: tx.now, ..before.clone() };
    resources::update(tx.conn, &after)?;
    let detail = json!({ "from_site_id": before.site_id, "to_site_id": after.site_id });
    audit(tx, caller.principal(), Some(after.organization_id), "resource.move", ("resource", id.as_str()), &detail)?;
    publish(tx, caller.principal(), Event::ResourceChanged { resource_id: id })?;
    due::offer_freed(tx, &mut locked)?;
    Ok(resources::get(tx.conn, id)?.at(tx.now))
}
