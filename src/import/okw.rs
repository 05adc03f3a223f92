//! Fab labs of the world: the list of facilities of the Internet of Production Alliance's Open
//! Know-Where (CC BY 4.0). It names no machines.

use std::collections::HashMap;
use std::path::Path;

use super::table::{Row, Table};
use super::{DataSet, ImportError, NO_KEY, assumed_hours, assumed_hours_text, is_key, position, reason, website, zones};
use actions::import::Space;
use domain::organization::{NewOrganization, OrganizationKind};
use domain::site::{Address, Disclosure, NewSite};

const COLUMNS: [&str; 10] = ["facility_id", "name", "url", "country", "state_region", "city", "zip", "street", "lat", "lon"];
const CREDIT: &str = "From Open Know-Where, Internet of Production Alliance (CC BY 4.0).";

/// Reads the list of facilities.
///
/// # Errors
/// When the file cannot be read or has other columns.
pub fn read(facilities: &Path) -> Result<DataSet, ImportError> {
    let mut table = Table::read(facilities, COLUMNS)?;
    let rows = table.len();
    let (mut spaces, mut seen) = (Vec::new(), HashMap::new());
    for row in std::mem::take(&mut table.rows) {
        let [id, name, ..] = &row.fields;
        let space = match seen.insert(id.clone(), row.line) {
            Some(before) => Err(format!("its facility_id is that of line {before}")),
            None => space(&row),
        };
        match space {
            Ok(space) => spaces.push(space),
            Err(reason) => table.skip(row.line, name, reason),
        }
    }
    let assumptions = vec![
        assumed_hours_text(),
        "Time zone: that of the nearest known place in the same country.".to_owned(),
        "Address: a missing street is filled by the name of the lab, a missing city by the region; a postal code of more \
         than 20 characters is left out."
            .to_owned(),
        "Machines: the data set names none. A lab shows in the catalogue as soon as its owner lists something.".to_owned(),
    ];
    Ok(DataSet { name: "okw", rows, spaces, machines_file: String::new(), skipped: table.skipped, assumptions })
}

fn space(row: &Row<{ COLUMNS.len() }>) -> Result<Space, String> {
    let [id, name, url, country, region, city, zip, street, latitude, longitude] = &row.fields;
    if !is_key(id) {
        return Err(format!("its facility_id {NO_KEY}"));
    }
    let position = position(latitude, longitude)?;
    let timezone = zones::timezone(country, position).map_err(|error| error.to_string())?;
    let one_of = |texts: [&str; 2]| texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default().to_owned();
    let organization = NewOrganization {
        kind: OrganizationKind::Makerspace,
        name: name.clone(),
        description: format!("A fab lab. {CREDIT}"),
        website: website(url),
        contact_email: String::new(),
        requires_second_factor: false,
    };
    let site = NewSite {
        name: name.clone(),
        address: Address {
            line1: one_of([street, name]),
            line2: String::new(),
            city: one_of([city.trim_end_matches([',', ' ']), region]),
            postal_code: if zip.chars().count() > 20 { String::new() } else { zip.clone() },
            country: country.clone(),
        },
        latitude: position.latitude(),
        longitude: position.longitude(),
        timezone: timezone.name().to_owned(),
        opening_hours: assumed_hours(),
        exceptions: Vec::new(),
        discloses_address: Disclosure::Everyone,
        access_notes: String::new(),
        contact: String::new(),
    };
    Ok(Space {
        source: format!("okw:{id}"),
        organization: organization.read().map_err(|error| reason(&error))?,
        site: site.read().map_err(|error| reason(&error))?,
        resources: Vec::new(),
    })
}
