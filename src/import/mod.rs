//! Data sets of spaces and their machines, read from files and stored as organizations, sites and
//! resources: what goes in, what does not and why, and what had to be assumed.

pub mod okw;
pub mod uk_makerspaces;

mod machines;
mod table;
mod zones;

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use serde::Serialize;

use actions::error::Error;
use actions::import::{self, Change, Space};
use domain::fields::InvalidFields;
use domain::geo::Position;
use domain::opening_hours::RawOpeningHours;
use domain::time::UtcTime;
use storage::db::{Db, Tx};

/// How many spaces are stored in one transaction.
const BATCH: usize = 100;

/// The hours that are assumed where a data set contains none, on each of the five days.
const ASSUMED_DAY: [&str; 2] = ["10:00", "18:00"];

/// Why nothing was imported, or not all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be read.
    #[error("{0}: {1}")]
    File(String, #[source] io::Error),
    /// A file is not of the form that was expected.
    #[error("{file} lacks the columns {missing}; its first line must name {needed}")]
    Columns {
        /// Which file.
        file: String,
        /// The missing field.
        missing: String,
        /// All that it must have.
        needed: String,
    },
    /// The database failed. The rows stored before stay; running the import again goes on from there.
    #[error("the import stopped, and can be run again: {0}")]
    Store(#[from] Error),
}

/// A row, or a part of one, that does not go in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// In which file.
    pub file: String,
    /// On which line of it the row starts.
    pub line: u64,
    /// The name in the row, if it has one.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// The content of a data set, ready to be stored.
#[derive(Debug)]
pub struct DataSet {
    /// The name of the data set.
    pub name: &'static str,
    /// How many rows its files have.
    pub rows: usize,
    /// The items that can be stored.
    pub spaces: Vec<Space>,
    /// Which file the machines are from.
    pub machines_file: String,
    /// The items that cannot be stored.
    pub skipped: Vec<Skipped>,
    /// The assumptions that the import made.
    pub assumptions: Vec<String>,
}

/// How many of a noun were stored, and how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New ones.
    pub created: usize,
    /// Those about which the data set contains something new.
    pub updated: usize,
    /// Those that are as in the data set.
    pub unchanged: usize,
    /// Those that have owners here, and are theirs to change.
    pub handed_over: usize,
}

impl Counts {
    fn add(&mut self, change: Change) {
        *match change {
            Change::Created => &mut self.created,
            Change::Updated => &mut self.updated,
            Change::Unchanged => &mut self.unchanged,
            Change::HandedOver => &mut self.handed_over,
            Change::CapacityInUse => &mut self.unchanged,
        } += 1;
    }
}

/// The report of an import. Its text is for people; as JSON it is for machines.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Which data set.
    pub data_set: &'static str,
    /// How many rows its files have.
    pub rows: usize,
    /// The spaces.
    pub organizations: Counts,
    /// Their places.
    pub sites: Counts,
    /// Their machines.
    pub resources: Counts,
    /// The rows that were not imported.
    pub skipped: Vec<Skipped>,
    /// The assumptions that the import made.
    pub assumptions: Vec<String>,
}

impl DataSet {
    /// Stores what can be stored, some spaces in each transaction, and reports to `progress` how many
    /// after each.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn store(self, db: &Db, now: UtcTime, progress: impl Fn(usize)) -> Result<Report, ImportError> {
        let Self { name, rows, spaces, machines_file, skipped, assumptions } = self;
        let [organizations, sites, resources] = [Counts::default(); 3];
        let mut report = Report { data_set: name, rows, organizations, sites, resources, skipped, assumptions };
        let mut spaces = spaces.into_iter().peekable();
        while spaces.peek().is_some() {
            let batch: Vec<Space> = spaces.by_ref().take(BATCH).collect();
            let size = batch.len();
            let store = move |tx: &mut Tx<'_>| batch.iter().map(|space| import::store(tx, space)).collect::<Result<Vec<_>, _>>();
            for stored in db.write(now, store).await? {
                report.organizations.add(stored.organization);
                report.sites.add(stored.site);
                for (line, change) in stored.resources {
                    report.resources.add(change);
                    if change == Change::CapacityInUse {
                        let reason = "more is booked than there is by this row: its capacity stays".to_owned();
                        report.skipped.push(Skipped { file: machines_file.clone(), line, what: String::new(), reason });
                    }
                }
            }
            progress(size);
        }
        report.skipped.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        Ok(report)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} rows read\n", self.rows)?;
        writeln!(f, "{:<16}{:>9}{:>9}{:>11}{:>13}", self.data_set, "created", "updated", "unchanged", "handed over")?;
        for (noun, counts) in [("organizations", self.organizations), ("sites", self.sites), ("resources", self.resources)] {
            let Counts { created, updated, unchanged, handed_over } = counts;
            writeln!(f, "  {noun:<14}{created:>9}{updated:>9}{unchanged:>11}{handed_over:>13}")?;
        }
        writeln!(f, "\nAssumed")?;
        self.assumptions.iter().try_for_each(|assumption| writeln!(f, "  - {assumption}"))?;
        let mut by_reason: BTreeMap<(&str, &str), Vec<&Skipped>> = BTreeMap::new();
        for skipped in &self.skipped {
            by_reason.entry((&skipped.file, &skipped.reason)).or_default().push(skipped);
        }
        writeln!(f, "\nSkipped: {}", self.skipped.len())?;
        for ((file, reason), rows) in by_reason {
            writeln!(f, "  {file}: {reason} ({})", rows.len())?;
            // What comes from a file does not steer the terminal.
            let what = |row: &Skipped| cut(&row.what.replace(char::is_control, " "), 100);
            rows.iter().try_for_each(|row| writeln!(f, "    line {}: {}", row.line, what(row)))?;
        }
        Ok(())
    }
}

/// All that the domain finds wrong, in a line.
fn reason(InvalidFields(errors): &InvalidFields) -> String {
    let reasons =
        errors.iter().map(|error| format!("{} {}", error.pointer.trim_start_matches('/').replace('/', " "), error.detail));
    reasons.collect::<Vec<_>>().join("; ")
}

const NO_KEY: &str = "is empty, longer than 100 characters or not plain text";

/// Whether something can be known by a text.
fn is_key(text: &str) -> bool {
    (1..=100).contains(&text.chars().count()) && !text.contains(char::is_control)
}

/// A text of at most `longest` characters.
fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest { text.to_owned() } else { text.chars().take(longest - 2).chain(" …".chars()).collect() }
}

/// An address on the web, which people like to write without its beginning; nothing, if it is none.
fn website(text: &str) -> String {
    let is_host = |text: &str| text.contains('.') && !text.contains(char::is_whitespace) && text.len() < 400;
    match text {
        _ if !is_host(text) => String::new(),
        _ if text.starts_with("http://") || text.starts_with("https://") => text.to_owned(),
        _ => format!("http://{text}"),
    }
}

/// The position in two columns.
fn position(latitude: &str, longitude: &str) -> Result<Position, String> {
    if latitude.is_empty() || longitude.is_empty() {
        return Err("it has no position".to_owned());
    }
    let position: Position = format!("{latitude},{longitude}").parse().map_err(|error| format!("{error}"))?;
    if position.latitude().abs() < 0.001 && position.longitude().abs() < 0.001 {
        return Err("its position, 0,0, is a place in the sea where data without a position ends up".to_owned());
    }
    Ok(position)
}

/// The hours that are assumed where a data set contains none.
fn assumed_hours() -> RawOpeningHours {
    let day = vec![ASSUMED_DAY.map(str::to_owned)];
    ["mon", "tue", "wed", "thu", "fri"].map(|weekday| (weekday.to_owned(), day.clone())).into()
}

/// The same for people.
fn assumed_hours_text() -> String {
    let [from, until] = ASSUMED_DAY;
    format!("Opening hours: Monday to Friday {from} to {until} local time, without holidays; the data set has none.")
}
