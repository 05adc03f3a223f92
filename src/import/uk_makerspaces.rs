//! Maker spaces of the United Kingdom in 2015: Nesta's Open Dataset of UK Makerspaces (CC BY-SA 4.0),
//! a list of spaces and a list of what they have.

use std::collections::HashMap;
use std::path::Path;

use super::machines::{Machine, capitalized, machines};
use super::table::{Row, Table};
use super::{DataSet, ImportError, NO_KEY, assumed_hours, assumed_hours_text, cut, is_key, position, reason, website, zones};
use actions::import::{Space, SpaceResource};
use domain::organization::{NewOrganization, OrganizationKind};
use domain::resource::{Capacity, NewResource, ResourceKind, ResourceStatus, Unit};
use domain::site::{Address, Disclosure, NewSite};
use domain::words;

const SPACES: [&str; 16] = [
    "slug",
    "name",
    "website",
    "address",
    "postcode",
    "region",
    "area",
    "lat",
    "lon",
    "floor_m2",
    "access",
    "access_notes",
    "fee_structure",
    "fee_notes",
    "amenities",
    "induction_required",
];
const MACHINES: [&str; 4] = ["space", "category", "item", "qty"];
const CREDIT: &str = "From Nesta's Open Dataset of UK Makerspaces of 2015 (CC BY-SA 4.0).";
const COUNTRY: &str = "GB";

/// Reads the list of spaces and the list of their machines, which become resources of this status.
///
/// # Errors
/// When a file cannot be read or has other columns.
pub fn read(spaces: &Path, machines: &Path, status: ResourceStatus) -> Result<DataSet, ImportError> {
    let mut table = Table::read(spaces, SPACES)?;
    let mut items = Table::read(machines, MACHINES)?;
    let rows = table.len() + items.len();
    let mut read = Vec::new();
    // Where each space of the list is in `read`, and on which line it was; nowhere, if it was skipped.
    let mut places: HashMap<String, (u64, Option<usize>)> = HashMap::new();
    for row in std::mem::take(&mut table.rows) {
        let [slug, name, ..] = &row.fields;
        if let Some((before, _)) = places.get(slug) {
            table.skip(row.line, name, format!("its slug is that of line {before}"));
            continue;
        }
        let space = space(&row).map_err(|reason| table.skip(row.line, name, reason)).ok();
        places.insert(slug.clone(), (row.line, space.is_some().then_some(read.len())));
        read.extend(space);
    }
    let mut seen = HashMap::new();
    for row in std::mem::take(&mut items.rows) {
        let [slug, category, item, quantity] = &row.fields;
        let space = match places.get(slug) {
            None => Err(format!("{} has no such space", table.file)),
            Some((_, None)) => Err("its space was skipped".to_owned()),
            Some((_, Some(at))) => Ok(&mut read[*at]),
        };
        let quantity = quantity.parse().unwrap_or(1);
        let found = space.and_then(|space: &mut Space| Ok((space, self::machines(category, item, quantity)?)));
        let (space, machines) = match found {
            Ok(found) => found,
            Err(reason) => {
                items.skip(row.line, item, reason);
                continue;
            }
        };
        for machine in machines {
            let source = format!("{}:{}", space.source, key(&machine.name));
            if let Some(before) = seen.insert(source.clone(), row.line) {
                items.skip(row.line, &format!("{} (as on line {before})", machine.name), "its space has listed it before");
                continue;
            }
            match resource(&machine, category, item, status).read() {
                Ok(fields) => space.resources.push(SpaceResource { source, line: row.line, fields }),
                Err(error) => items.skip(row.line, &machine.name, reason(&error)),
            }
        }
    }
    let skipped = [table.skipped, items.skipped].concat();
    let assumptions = assumptions(status);
    Ok(DataSet { name: "uk-makerspaces", rows, spaces: read, machines_file: items.file, skipped, assumptions })
}

fn assumptions(status: ResourceStatus) -> Vec<String> {
    vec![
        assumed_hours_text(),
        "Country and time zone: GB, Europe/London. Positions are the centres of postcode districts.".to_owned(),
        "City: the local authority, or London.".to_owned(),
        format!(
            "Machines are {status}. A booking is a request that the host answers, for nobody at a space has agreed to \
             more; until an operator has made somebody its owner, only operators can answer."
        ),
        "Price: none (0.00 GBP per hour), until the owner sets one; the data set contains membership fees only.".to_owned(),
        "Quantity: one, except where the words of a row state the number that its column holds.".to_owned(),
        "A row that lists several machines becomes several resources.".to_owned(),
    ]
}

fn space(row: &Row<{ SPACES.len() }>) -> Result<Space, String> {
    // An apostrophe that was lost when the data set was made.
    let row = row.fields.each_ref().map(|field| field.replace('\u{FFFD}', "’"));
    let [slug, name, url, address, postcode, region, area, latitude, longitude, about @ ..] = &row;
    if !is_key(slug) {
        return Err(format!("its slug {NO_KEY}"));
    }
    let position = position(latitude, longitude)?;
    let timezone = zones::timezone(COUNTRY, position).map_err(|error| error.to_string())?;
    let organization = NewOrganization {
        kind: OrganizationKind::Makerspace,
        name: name.clone(),
        description: description(about),
        website: website(url),
        contact_email: String::new(),
        requires_second_factor: false,
    };
    let lines = address.split_whitespace().collect::<Vec<_>>().join(" ");
    let (line1, line2) = divide(&lines, 200);
    let site = NewSite {
        name: name.clone(),
        address: Address {
            line1,
            line2: cut(&line2, 200),
            city: if region == "London" { region.clone() } else { capitalized(area) },
            postal_code: postcode.clone(),
            country: COUNTRY.to_owned(),
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
        source: format!("uk-makerspaces-2015:{slug}"),
        organization: organization.read().map_err(|error| reason(&error))?,
        site: site.read().map_err(|error| reason(&error))?,
        resources: Vec::new(),
    })
}

/// The values of a row, under the headings of the columns.
fn description([floor, access, access_notes, fees, fee_notes, amenities, inductions]: &[String; 7]) -> String {
    let floor = if floor.is_empty() { String::new() } else { format!("{} m²", floor.trim_end_matches(".0")) };
    let paragraph = |(heading, texts): (&str, [&str; 2])| {
        let texts: Vec<_> = texts.into_iter().filter(|text| !text.is_empty()).collect();
        (!texts.is_empty()).then(|| format!("{heading}: {}", texts.join(". ")))
    };
    let paragraphs = [
        ("Floor", [floor.as_str(), ""]),
        ("Access", [access, access_notes]),
        ("Membership", [fees, fee_notes]),
        ("Amenities", [amenities, ""]),
        ("Induction required", [inductions, ""]),
    ];
    let texts: Vec<_> = paragraphs.into_iter().filter_map(paragraph).collect();
    format!("{}\n\n{CREDIT}", cut(&texts.join("\n\n"), 4800)).trim_start().to_owned()
}

fn resource(machine: &Machine, category: &str, item: &str, status: ResourceStatus) -> NewResource {
    NewResource {
        kind: ResourceKind::Machine,
        name: cut(&machine.name, 200),
        description: cut(&format!("{category}: {item}"), 5000),
        category: machine.sort.to_owned(),
        capacity: Capacity { quantity: machine.quantity, unit: Unit::Unit },
        booking_rules: serde_json::json!({ "requires_approval": true }),
        tariff: serde_json::json!({ "currency": "GBP", "rate": 0, "per": "hour" }),
        status,
        is_private: false,
    }
}

/// The key of a machine among those of its space: the words of its name.
fn key(name: &str) -> String {
    words::fold([name]).replace(' ', "-").chars().take(200).collect()
}

/// A text in two, the first at most `longest` characters and divided at a comma if there is one.
fn divide(text: &str, longest: usize) -> (String, String) {
    let Some((end, _)) = text.char_indices().nth(longest) else { return (text.to_owned(), String::new()) };
    let at = text[..end].rfind(',').unwrap_or(end);
    (text[..at].to_owned(), text[at..].trim_start_matches([',', ' ']).to_owned())
}
