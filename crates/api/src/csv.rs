//! Lists as CSV (RFC 4180), for spreadsheets.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::Serialize;
use serde_json::Value;

use super::notation::{self, Noted};
use super::problem::Problem;
use super::reply::Reply;
use actions::error::Error;
use domain::paging::Page;
use storage::error::StorageError;

/// A column: its name, and the JSON pointer to its value in an item.
pub(super) type Column = (&'static str, &'static str);

/// The format in which the client wants a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sheet {
    is_csv: bool,
}

impl FromRequest for Sheet {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self { is_csv: notation::wants(req, "text/csv", ".csv") }))
    }
}

impl Sheet {
    /// Returns a page of a list in this format.
    pub(super) fn write<T: Serialize>(self, page: &Page<T>, columns: &[Column]) -> Result<Reply, Error> {
        if self.is_csv { Ok(Reply::text(written(&page.items, columns)?)) } else { Reply::ok(page) }
    }

    /// Returns the response with its media type, and with the name of a file.
    pub(super) fn noted(self, reply: Reply, name: &str) -> Noted {
        let media_type = self.is_csv.then_some("text/csv; charset=utf-8; header=present");
        Noted { reply, media_type, file: self.is_csv.then(|| format!("{name}.csv")) }
    }
}

/// The items as lines, after a line with the names of the columns.
fn written<T: Serialize>(items: &[T], columns: &[Column]) -> Result<String, Error> {
    let mut text = line(columns.iter().map(|(name, _)| (*name).to_owned()));
    for item in items {
        let item = serde_json::to_value(item).map_err(StorageError::from)?;
        text.push_str(&line(columns.iter().map(|(_, pointer)| cell(item.pointer(pointer)))));
    }
    Ok(text)
}

fn line(cells: impl Iterator<Item = String>) -> String {
    format!("{}\r\n", cells.collect::<Vec<_>>().join(","))
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => quoted(text),
        Some(other) => other.to_string(),
    }
}

/// A text in quotes. A spreadsheet computes a cell that begins like a formula, and a formula can send the other cells away. After an
/// apostrophe it is a text.
fn quoted(text: &str) -> String {
    let begins_formula = text.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let guard = if begins_formula || text.starts_with(['\t', '\r', '\n']) { "'" } else { "" };
    let text = format!("{guard}{text}");
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::written;

    #[test]
    fn each_item_is_a_line_and_each_column_a_cell() {
        let items = [json!({ "id": "1", "price": { "amount": -5 }, "note": null }), json!({ "id": "2", "is_live": true })];
        let columns = [("id", "/id"), ("amount", "/price/amount"), ("note", "/note"), ("is_live", "/is_live")];
        assert_eq!(written(&items, &columns).unwrap(), "id,amount,note,is_live\r\n1,-5,,\r\n2,,,true\r\n");
    }

    #[test]
    fn no_text_breaks_out_of_its_cell_or_becomes_a_formula() {
        for (text, cell) in [
            ("plain", "plain"),
            ("one, two", "\"one, two\""),
            ("a \"b\"", "\"a \"\"b\"\"\""),
            ("two\r\nlines", "\"two\r\nlines\""),
            ("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =1", "'  =1"),
            ("\t=1", "'\t=1"),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
        ] {
            let items = [json!({ "note": text })];
            assert_eq!(written(&items, &[("note", "/note")]).unwrap(), format!("note\r\n{cell}\r\n"), "{text:?}");
        }
    }
}
