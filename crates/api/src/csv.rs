//! Lists as CSV (RFC 4180), for spreadsheets. Such a list has two paths: its own, and the same with `.csv` at the end.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::caller::Asking;
use super::notation::{self, Noted};
use super::problem::Problem;
use super::reply::Reply;
use super::request::Read;
use actions::error::Error;
use domain::paging::Page;
use storage::db::ReadTx;
use storage::error::StorageError;

/// A column: its name, and the JSON pointer to its value in an item.
pub(super) type Column = (&'static str, &'static str);

/// An item that is a row of a spreadsheet.
pub(super) trait Row: Serialize {
    /// The name of the file, without its extension.
    const FILE: &str;
    /// The columns.
    const COLUMNS: &[Column];
}

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
    /// Whether the format is CSV.
    pub(super) const fn is_csv(self) -> bool {
        self.is_csv
    }

    /// Returns a page of a list in this format, with its media type and the name of a file.
    ///
    /// # Errors
    /// The error of `look`.
    pub(super) async fn page<C: Asking, Q: DeserializeOwned + Send + 'static, T: Row + 'static>(
        self,
        read: Read<C, Q>,
        look: impl FnOnce(&mut ReadTx, C, Q) -> Result<Page<T>, Error> + Send + 'static,
    ) -> Result<Noted, Problem> {
        let write = move |page: &Page<T>| {
            if self.is_csv { Ok(Reply::text(written(&page.items, T::COLUMNS)?)) } else { Reply::ok(page) }
        };
        let reply = read.page_as(write, look).await?;
        let media_type = self.is_csv.then_some("text/csv; charset=utf-8; header=present");
        Ok(Noted { reply, media_type, file: self.is_csv.then(|| format!("{}.csv", T::FILE)) })
    }
}

/// The items as lines, after a line with the names of the columns.
pub(super) fn written<T: Serialize>(items: &[T], columns: &[Column]) -> Result<String, Error> {
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
        Some(other @ (Value::Array(_) | Value::Object(_))) => quoted(&other.to_string()),
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
    fn an_object_is_one_cell_of_json() {
        let items = [json!({ "detail": { "name": "=1", "to": [1, 2] }, "id": 1 })];
        let columns = [("detail", "/detail"), ("id", "/id")];
        let line = "\"{\"\"name\"\":\"\"=1\"\",\"\"to\"\":[1,2]}\",1";
        assert_eq!(written(&items, &columns).unwrap(), format!("detail,id\r\n{line}\r\n"));
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
