//! Resources from a table: all of its rows, or none.

use super::checks::check_rules;
use crate::error::Error;
use crate::{Caller, authorize_in};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{OrganizationId, SiteId};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::resource::{Resource, ResourceFields};
use domain::resource_import::{ImportRow, at_columns};
use domain::said::said;
use storage::db::{ReadTx, Tx};
use storage::sites::Site;
use storage::{organizations, sites};

/// More sites than any host has.
const MOST_SITES: i64 = 1000;

/// A row of a table as it would be imported.
#[derive(Debug, Clone)]
pub struct PlannedRow {
    /// The number of the row in a spreadsheet.
    pub row: usize,
    /// The name, as it is written.
    pub name: String,
    /// The site with its name. None: it is not known.
    pub site: Option<(SiteId, String)>,
    /// The resource, or its errors, with pointers such as `/rows/3/rate`.
    pub resource: Result<ResourceFields, InvalidFields>,
}

/// Checks that the caller can import resources, before a file is read.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `organization_suspended`.
pub fn authorize(tx: &mut ReadTx, caller: Caller, host: OrganizationId) -> Result<(), Error> {
    authorize_in(tx, caller, host, Permission::ManageListings)?;
    if organizations::is_suspended(&mut tx.conn, host)? {
        return Err(Error::refused(Code::OrganizationSuspended));
    }
    Ok(())
}

/// Returns each row as it would be imported, and changes nothing.
///
/// # Errors
/// As [`authorize`].
pub fn preview(tx: &mut ReadTx, caller: Caller, host: OrganizationId, rows: &[ImportRow]) -> Result<Vec<PlannedRow>, Error> {
    authorize(tx, caller, host)?;
    let sites = sites::list(&mut tx.conn, host, false, None, MOST_SITES)?;
    Ok(rows.iter().map(|row| plan(&sites, row)).collect())
}

/// Creates the resource of each row, in their order.
///
/// # Errors
/// As [`authorize`], and `invalid_fields` with the errors of all rows; then nothing is created.
pub fn import(
    tx: &mut Tx<'_>,
    caller: Caller,
    host: OrganizationId,
    rows: &[ImportRow],
) -> Result<Vec<(usize, Resource)>, Error> {
    let planned = preview(tx, caller, host, rows)?;
    let mut fields = Fields::default();
    let mut ready = Vec::new();
    for PlannedRow { row, site, resource, .. } in planned {
        let resource = fields.nest("", resource);
        ready.extend(site.zip(resource).map(|((site, _), resource)| (row, site, resource)));
    }
    let ready = fields.finish(|| Some(ready))?;
    let mut created = Vec::new();
    for (row, site, resource) in ready {
        created.push((row, super::create(tx, caller, site, &resource)?));
    }
    Ok(created)
}

fn plan(sites: &[Site], row: &ImportRow) -> PlannedRow {
    let site = find_site(sites, &row.site);
    let mut errors = Fields::default();
    let pointer = format!("/rows/{}", row.row);
    let found = errors.nest(&pointer, site);
    let resource = errors.nest(&pointer, row.resource.clone());
    if let Some((site, resource)) = found.zip(resource.as_ref()) {
        errors.nest(&pointer, check_rules(&resource.rules, None, &site.fields).map_err(at_columns));
    }
    PlannedRow {
        row: row.row,
        name: row.name.clone(),
        site: found.map(|site| (site.id, site.fields.name.clone())),
        resource: errors.finish(|| resource),
    }
}

/// Finds a site by its identifier or its name, in any case. A host with one site need not name it.
fn find_site<'a>(sites: &'a [Site], text: &str) -> Result<&'a Site, InvalidFields> {
    let refused = |code: &str, detail| Err(InvalidFields::one("/site", code, detail));
    let name = text.to_lowercase();
    let is_named = |site: &&Site| site.id.as_str() == text || site.fields.name.to_lowercase() == name;
    let named: Vec<&Site> = sites.iter().filter(is_named).collect();
    match (named.as_slice(), sites) {
        ([site], _) => Ok(*site),
        ([], [site]) if text.is_empty() => Ok(site),
        ([], _) if text.is_empty() => {
            refused("required", said!("must be the name or the identifier of a site of the organization"))
        }
        ([], _) => refused("unknown_site", said!("must be the name or the identifier of a site of the organization")),
        _ => refused("invalid", said!("is the name of several sites; write the identifier of one of them")),
    }
}
