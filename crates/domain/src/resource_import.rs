//! Resources in a table: CSV with a row of column names, and a row for each resource.

use std::str::FromStr;

use serde_json::{Value, json};

use super::bank_statement::minor_units;
use super::csv_rows::Rows;
use super::fields::{FieldError, Fields, InvalidFields};
use super::money::Currency;
use super::pricing::Per;
use super::resource::{Capacity, NewResource, ResourceFields, ResourceStatus, Unit};
use super::resource_kind::ResourceKind;
use crate::said::{Said, said};

/// The largest size of a file, in bytes.
pub const MOST_BYTES: usize = 1 << 20;
/// The largest number of resources in a file: they are stored in one transaction, for which all other writes wait on SQLite.
pub const MOST_ROWS: usize = 500;

/// The columns that a file must have.
const REQUIRED: [&str; 5] = ["kind", "name", "currency", "rate", "per"];
/// The columns with amounts in the units of their currency, such as `24.50`.
const AMOUNTS: [&str; 7] = ["rate", "minimum_charge", "setup_fee", "deposit", "day_rate", "week_rate", "month_rate"];
/// The columns with whole numbers, which are booking rules.
const RULES: [&str; 8] = [
    "grid_minutes",
    "min_minutes",
    "max_minutes",
    "notice_minutes",
    "horizon_days",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "change_cutoff_minutes",
];
/// The other columns that a file can have.
const OTHERS: [&str; 8] = ["site", "category", "description", "quantity", "unit", "status", "requires_approval", "is_private"];

/// A file with all columns and an example, to fill in.
pub const TEMPLATE: &str = "site,kind,name,category,description,quantity,unit,currency,rate,per,minimum_charge,setup_fee,deposit,\
    day_rate,week_rate,month_rate,grid_minutes,min_minutes,max_minutes,notice_minutes,horizon_days,buffer_before_minutes,\
    buffer_after_minutes,change_cutoff_minutes,requires_approval,is_private,status\r\n\
    Main hall,machine,Trotec Speedy 400,laser cutter,\"CO2, 120 W, 1000 x 610 mm\",1,unit,EUR,24.50,hour,12.00,,,,,,30,60,480,0,90,0,15,1440,no,no,draft\r\n";

/// A row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// The number of the row in a spreadsheet: the names of the columns are in row 1.
    pub row: usize,
    /// The name, as it is written.
    pub name: String,
    /// The site, by its name or identifier. Empty: the file does not say it.
    pub site: String,
    /// The resource, or its errors, each with the column as its pointer: `/rate`.
    pub resource: Result<ResourceFields, InvalidFields>,
}

/// Returns the same errors with the columns as pointers: `/rate` for `/tariff/rate`.
#[must_use]
pub fn at_columns(errors: InvalidFields) -> InvalidFields {
    let at_column = |error: FieldError| {
        let last = error.pointer.rsplit('/').next().unwrap_or_default();
        let pointer = if is_column(last) { format!("/{last}") } else { error.pointer };
        FieldError { pointer, ..error }
    };
    InvalidFields(errors.0.into_iter().map(at_column).collect())
}

fn is_column(name: &str) -> bool {
    REQUIRED.contains(&name) || AMOUNTS.contains(&name) || RULES.contains(&name) || OTHERS.contains(&name)
}

/// Reads a file: UTF-8, with or without a byte order mark. Rows without any value are left out.
///
/// # Errors
/// For `/file`: it is not CSV in UTF-8, or has no resource or too many. For `/columns/…`: a column that is missing, unknown or there
/// twice. The errors of a row are in the row.
pub fn read(bytes: &[u8]) -> Result<Vec<ImportRow>, InvalidFields> {
    let unreadable = |detail: Said| InvalidFields::one("/file", "unreadable", detail);
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).ok().filter(|text| !text.contains('\0'));
    let text = text.ok_or_else(|| unreadable(said!("must be CSV in UTF-8; a spreadsheet saves it as \"CSV UTF-8\"")))?;
    let mut rows = Rows::of(text);
    let names = rows.next_row().map_err(unreadable)?.map(|(_, names)| names).unwrap_or_default();
    let names: Vec<String> = names.iter().map(|name| name.trim().to_lowercase()).collect();
    check_columns(&names)?;
    let (mut read, mut row) = (Vec::new(), 1);
    while let Some((_, cells)) = rows.next_row().map_err(unreadable)? {
        row += 1;
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if read.len() == MOST_ROWS {
            let detail = said!("must have at most {most} resources; divide it into several files", most = MOST_ROWS);
            return Err(InvalidFields::one("/file", "too_long", detail));
        }
        read.push(read_row(row, &names, &cells));
    }
    if read.is_empty() {
        return Err(InvalidFields::one("/file", "required", said!("has no resource")));
    }
    Ok(read)
}

fn check_columns(names: &[String]) -> Result<(), InvalidFields> {
    let mut fields = Fields::default();
    for name in REQUIRED.iter().filter(|name| names.iter().all(|known| known != **name)) {
        fields.refuse(format!("/columns/{name}"), "required", said!("is required"));
    }
    for (index, name) in names.iter().enumerate() {
        let pointer = format!("/columns/{}", name.chars().take(40).collect::<String>());
        if !is_column(name) {
            fields.refuse(pointer, "unknown_field", said!("is not a known column"));
        } else if names[..index].contains(name) {
            fields.refuse(pointer, "invalid", said!("must be there once"));
        }
    }
    fields.finish(|| Some(()))
}

/// The cells of a row by the names of their columns.
#[derive(Clone, Copy)]
struct Cells<'a> {
    names: &'a [String],
    cells: &'a [String],
}

impl<'a> Cells<'a> {
    fn text(self, name: &str) -> &'a str {
        let index = self.names.iter().position(|known| known == name);
        index.and_then(|index| self.cells.get(index)).map_or("", |cell| cell.trim())
    }

    /// Reads a word of the service, in any case. An empty cell is `default`, if there is one.
    fn word<T: FromStr<Err: Into<Said>>>(self, fields: &mut Fields, name: &str, default: Option<T>) -> Option<T> {
        let text = self.text(name).to_lowercase();
        match default {
            Some(default) if text.is_empty() => Some(default),
            _ => fields.take(format!("/{name}"), text.parse::<T>()),
        }
    }

    fn number<T: FromStr>(self, fields: &mut Fields, name: &str) -> Option<T> {
        let text = Some(self.text(name)).filter(|text| !text.is_empty())?;
        fields.take(format!("/{name}"), text.parse().map_err(|_| said!("must be a whole number")))
    }

    fn is_so(self, fields: &mut Fields, name: &str) -> bool {
        match self.text(name).to_lowercase().as_str() {
            "yes" | "true" => true,
            "" | "no" | "false" => false,
            _ => {
                fields.refuse(format!("/{name}"), "invalid", said!("must be yes or no"));
                false
            }
        }
    }
}

fn read_row(row: usize, names: &[String], cells: &[String]) -> ImportRow {
    let of = Cells { names, cells };
    let resource = if cells.len() == names.len() {
        read_resource(of)
    } else {
        let detail = said!("has {cells} values for {names} columns", cells = cells.len(), names = names.len());
        Err(InvalidFields::one("", "invalid", detail))
    };
    ImportRow { row, name: of.text("name").to_owned(), site: of.text("site").to_owned(), resource }
}

fn read_resource(of: Cells<'_>) -> Result<ResourceFields, InvalidFields> {
    let mut fields = Fields::default();
    let kind = of.word(&mut fields, "kind", None);
    let unit = of.word(&mut fields, "unit", Some(Unit::Unit));
    let status = of.word(&mut fields, "status", Some(ResourceStatus::Draft));
    let per = of.word::<Per>(&mut fields, "per", None);
    let quantity = of.number(&mut fields, "quantity");
    let mut rules = json!({ "requires_approval": of.is_so(&mut fields, "requires_approval") });
    for name in RULES {
        if let Some(number) = of.number::<i64>(&mut fields, name) {
            rules[name] = json!(number);
        }
    }
    let currency = fields.take("/currency", of.text("currency").to_uppercase().parse::<Currency>());
    if of.text("rate").is_empty() {
        fields.refuse("/rate", "required", said!("is required"));
    }
    // Without its currency, an amount cannot be read.
    let mut tariff = json!({ "currency": currency.map_or(json!("EUR"), |currency| json!(currency)), "rate": 0, "per": per.unwrap_or(Per::Hour) });
    for name in AMOUNTS {
        let Some((text, currency)) = Some(of.text(name)).filter(|text| !text.is_empty()).zip(currency) else { continue };
        let amount = minor_units(text, currency).ok_or_else(|| said!("must be an amount with the decimals of its currency"));
        tariff[name] = fields.take(format!("/{name}"), amount).map_or(json!(0), Value::from);
    }
    let new = NewResource {
        kind: kind.unwrap_or(ResourceKind::Machine),
        name: of.text("name").to_owned(),
        description: of.text("description").replace("\r\n", "\n"),
        category: of.text("category").to_owned(),
        capacity: Capacity { quantity: quantity.unwrap_or(1), unit: unit.unwrap_or(Unit::Unit) },
        booking_rules: rules,
        tariff,
        status: status.unwrap_or(ResourceStatus::Draft),
        is_private: of.is_so(&mut fields, "is_private"),
    };
    match (fields.finish(|| Some(())), new.read().map_err(at_columns)) {
        (Ok(()), read) => read,
        (Err(errors), Ok(_)) => Err(errors),
        (Err(errors), Err(more)) => Err(more.0.into_iter().fold(errors, InvalidFields::and)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEAD: &str = "kind,name,currency,rate,per";

    fn errors(read: &Result<Vec<ImportRow>, InvalidFields>) -> Vec<(String, String)> {
        let of = |errors: &InvalidFields| errors.0.iter().map(|one| (one.pointer.clone(), one.code.clone())).collect::<Vec<_>>();
        match read {
            Ok(rows) => rows.iter().filter_map(|row| row.resource.as_ref().err()).flat_map(of).collect(),
            Err(errors) => of(errors),
        }
    }

    fn read_text(text: &str) -> Result<Vec<ImportRow>, InvalidFields> {
        read(text.as_bytes())
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect()
    }

    #[test]
    fn the_template_has_every_column_and_its_example_can_be_imported() {
        let rows = read_text(TEMPLATE).unwrap();
        assert!(errors(&Ok(rows.clone())).is_empty(), "{rows:?}");
        let head = TEMPLATE.lines().next().unwrap();
        assert_eq!(head.split(',').count(), REQUIRED.len() + OTHERS.len() + RULES.len() + AMOUNTS.len() - 1);
        let fields = rows[0].resource.as_ref().unwrap();
        assert_eq!((fields.tariff.rate, fields.tariff.minimum_charge, fields.rules.max_minutes), (2450, 1200, 480));
        assert_eq!(
            (rows[0].row, rows[0].site.as_str(), fields.description.as_str()),
            (2, "Main hall", "CO2, 120 W, 1000 x 610 mm")
        );
    }

    #[test]
    fn files_of_spreadsheets_are_read_with_any_separator_mark_and_line_end() {
        let semicolons = "\u{feff}Name;KIND;currency;rate;per;Description\r\n\"Big; \"\"old\"\"\";Machine;gbp;24,50;HOUR;\"two\r\nlines\"\r\n;;;;;\r\nSaw;storage;JPY;100;day;";
        let rows = read_text(semicolons).unwrap();
        let fields: Vec<_> = rows.iter().map(|row| row.resource.clone().unwrap()).collect();
        assert_eq!((rows[0].row, rows[1].row, rows.len()), (2, 4, 2));
        assert_eq!(
            (fields[0].name.as_str(), fields[0].description.as_str(), fields[0].tariff.rate),
            ("Big; \"old\"", "two\nlines", 2450)
        );
        assert_eq!(
            (fields[1].kind, fields[1].tariff.rate, fields[1].status),
            (ResourceKind::Storage, 100, ResourceStatus::Draft)
        );
        assert_eq!(
            read_text("kind\tname\tcurrency\trate\tper\nmachine\tSaw\tEUR\t1.5\thour").unwrap()[0]
                .resource
                .as_ref()
                .unwrap()
                .tariff
                .rate,
            150
        );
    }

    #[test]
    fn an_error_names_its_row_and_column() {
        let rows = read_text(&format!(
            "{HEAD},quantity,min_minutes,max_minutes,is_private,unit\nboat,,EURO,-,week,x,1.5,,maybe,litre\nmachine,Saw,EUR,1.234,hour,0,60,30,yes,m2\nmachine,Saw,EUR,1,hour"
        ));
        let all = rows.as_ref().unwrap();
        let of = |index: usize| errors(&Ok(vec![all[index].clone()]));
        let mut first = of(0);
        first.sort();
        let invalid =
            ["/currency", "/is_private", "/kind", "/min_minutes", "/per", "/quantity", "/unit"].map(|at| (at, "invalid"));
        assert_eq!(first, pairs(&[&invalid[..4], &[("/name", "required")], &invalid[4..]].concat()));
        assert_eq!(of(1), pairs(&[("/rate", "invalid"), ("/quantity", "out_of_range"), ("/max_minutes", "invalid")]));
        assert_eq!(of(2), pairs(&[("", "invalid")]));
    }

    #[test]
    fn a_file_that_is_no_table_of_resources_is_refused() {
        let many = format!("{HEAD}\n{}", "machine,Saw,EUR,1,hour\n".repeat(MOST_ROWS + 1));
        let missing = REQUIRED.map(|name| format!("/columns/{name}"));
        let missing: Vec<_> = missing.iter().map(|pointer| (pointer.as_str(), "required")).collect();
        for (text, expected) in [
            (String::new(), &missing[..]),
            (HEAD.to_owned(), &[("/file", "required")]),
            (format!("{HEAD}\n,,,,\n"), &[("/file", "required")]),
            (format!("{HEAD},id,name"), &[("/columns/id", "unknown_field"), ("/columns/name", "invalid")]),
            (format!("{HEAD}\nmachine,\"Saw,EUR,1,hour"), &[("/file", "unreadable")]),
            (format!("{HEAD}\nmachine,\"Saw\" x,EUR,1,hour"), &[("/file", "unreadable")]),
            (format!("{HEAD}\nmachine,S\0w,EUR,1,hour"), &[("/file", "unreadable")]),
            (many.clone(), &[("/file", "too_long")]),
        ] {
            assert_eq!(errors(&read_text(&text)), pairs(expected), "{text:.80}");
        }
        assert_eq!(errors(&read(b"kind,name\xe9")), pairs(&[("/file", "unreadable")]));
        assert_eq!(read_text(&many[..many.len() - 23]).unwrap().len(), MOST_ROWS);
    }

    proptest! {
        #[test]
        fn no_file_is_too_strange(text in "(kind|name|rate|,|;|\"|\r|\n|machine|1|.){0,60}") {
            let _ = read_text(&text);
            let _ = read_text(&format!("{HEAD}\n{text}"));
        }
    }
}
