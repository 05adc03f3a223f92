//! The checks of the rules of a resource against its site and its host.

use crate::certification_kinds::access::check_usable;
use crate::error::Error;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{CertificationKindId, OrganizationId};
use domain::rules::BookingRules;
use domain::said::said;
use domain::site::SiteFields;
use storage::certification_kinds;
use storage::db::ReadTx;

/// Checks rules against the site: that it is open in the hours of the resource, unless these were there `before`, and that its
/// public holidays are known, if the rules close the resource on them.
pub(super) fn check_rules(rules: &BookingRules, before: Option<&BookingRules>, site: &SiteFields) -> Result<(), InvalidFields> {
    let mut fields = Fields::default();
    rules.check_hours(before, site.calendar(), &mut fields);
    if rules.closed_on_public_holidays && site.public_holidays().is_none() {
        let detail =
            said!("must be false in {country}, whose public holidays are not known here", country = &site.address.country);
        fields.refuse("/booking_rules/closed_on_public_holidays", "invalid", detail);
    }
    fields.finish(|| Some(()))
}

/// Checks that the host can require these certifications, or has required them `before`.
pub(super) fn check_certifications(
    tx: &mut ReadTx,
    host: OrganizationId,
    rules: &BookingRules,
    before: &[CertificationKindId],
) -> Result<(), Error> {
    let required = &rules.required_certification_ids;
    if required.iter().all(|kind| before.contains(kind)) {
        return Ok(());
    }
    let known = certification_kinds::list_all(&mut tx.conn, required)?;
    let mut fields = Fields::default();
    for (index, id) in required.iter().enumerate().filter(|(_, id)| !before.contains(id)) {
        let pointer = format!("/booking_rules/required_certification_ids/{index}");
        check_usable(&mut fields, pointer, known.iter().find(|kind| kind.id == *id), host);
    }
    Ok(fields.finish(|| Some(()))?)
}
