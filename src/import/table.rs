//! Files of comma-separated values, with all their faults.

use std::fs;
use std::path::Path;

use super::{ImportError, Skipped};

/// The rows of a file that can be read, by the columns that were asked for, and those that cannot.
pub(super) struct Table<const N: usize> {
    /// The name of the file.
    pub(super) file: String,
    pub(super) rows: Vec<Row<N>>,
    pub(super) skipped: Vec<Skipped>,
}

/// A row that can be read.
pub(super) struct Row<const N: usize> {
    /// The line of the file that it starts on.
    pub(super) line: u64,
    /// Its values without surrounding blanks, in the order of the columns that were asked for.
    pub(super) fields: [String; N],
}

impl<const N: usize> Table<N> {
    /// Reads these columns of a file. UTF-8, with or without a byte order mark, lines ended in any way.
    pub(super) fn read(path: &Path, columns: [&str; N]) -> Result<Self, ImportError> {
        let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let bytes = fs::read(path).map_err(|error| ImportError::File(path.display().to_string(), error))?;
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(bytes);
        let mut records = reader.byte_records();
        let header = records.next().transpose().ok().flatten().unwrap_or_default();
        let at = columns.map(|column| header.iter().position(|name| name.trim_ascii() == column.as_bytes()));
        let missing: Vec<_> = columns.iter().zip(at).filter(|(_, at)| at.is_none()).map(|(column, _)| *column).collect();
        if !missing.is_empty() {
            return Err(ImportError::Columns { file, missing: missing.join(", "), needed: columns.join(", ") });
        }
        let mut table = Self { file, rows: Vec::new(), skipped: Vec::new() };
        for record in records {
            // Nothing can fail here but the reading, and all is in memory.
            let Ok(record) = record else { break };
            let line = record.position().map_or(0, |start| start.line() + blank_lines(bytes, start.byte()));
            match row(record, header.len(), at) {
                Ok(fields) => table.rows.push(Row { line, fields }),
                Err(reason) => table.skip(line, "", reason),
            }
        }
        Ok(table)
    }

    /// How many rows the file has.
    pub(super) const fn len(&self) -> usize {
        self.rows.len() + self.skipped.len()
    }

    /// Notes that a row, or what `what` names of it, does not go in.
    pub(super) fn skip(&mut self, line: u64, what: &str, reason: impl Into<String>) {
        self.skipped.push(Skipped { file: self.file.clone(), line, what: what.to_owned(), reason: reason.into() });
    }
}

/// The empty lines that the reader passes over before the record that it says starts at `byte`.
fn blank_lines(bytes: &[u8], byte: u64) -> u64 {
    let rest = usize::try_from(byte).ok().and_then(|byte| bytes.get(byte..)).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    blank.filter(|byte| **byte == b'\n').count() as u64
}

fn row<const N: usize>(record: csv::ByteRecord, width: usize, at: [Option<usize>; N]) -> Result<[String; N], String> {
    if record.len() != width {
        return Err(format!("it has {} values where the first line names {width} columns", record.len()));
    }
    let record = csv::StringRecord::from_byte_record(record).map_err(|_| "it is not UTF-8")?;
    Ok(at.map(|at| at.and_then(|at| record.get(at)).unwrap_or_default().trim().to_owned()))
}
