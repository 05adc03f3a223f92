//! Lists: a page at a time, each with the cursor of the next.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

use super::fields::{Fields, InvalidFields};
use super::ids::Identifier;
use super::time::UtcTime;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// At most `limit` of them, in a stable order.
    pub items: Vec<T>,
    /// Where the next page begins; null on the last.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The same page with each item shown another way.
    pub fn map<U>(self, item: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(item).collect(), next_cursor: self.next_cursor }
    }
}

/// Which page of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// How many items at most.
    pub limit: usize,
    /// The key of the last item of the page before.
    pub after: Option<String>,
}

impl Paging {
    /// Reads `limit` and `cursor`, where nothing else is read.
    ///
    /// # Errors
    /// With everything that is wrong.
    pub fn of(limit: Option<i64>, cursor: Option<&str>) -> Result<Self, InvalidFields> {
        let mut fields = Fields::default();
        let paging = Self::read(&mut fields, limit, cursor);
        fields.finish(|| paging)
    }

    /// Reads `limit` (1 to 200, 50 by default) and `cursor`.
    pub fn read(fields: &mut Fields, limit: Option<i64>, cursor: Option<&str>) -> Option<Self> {
        let limit = fields.number("limit", limit.unwrap_or(50), 1..=200).and_then(|limit| usize::try_from(limit).ok());
        let after = match cursor {
            None => Some(None),
            Some(cursor) => {
                let key = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|key| String::from_utf8(key).ok());
                // PostgreSQL takes no NUL in a text.
                let key = key.filter(|key| !key.contains('\0'));
                if key.is_none() {
                    fields.refuse("cursor", "invalid", "must be the next_cursor of the page before");
                }
                key.map(Some)
            }
        };
        Some(Self { limit: limit?, after: after? })
    }

    /// The start and the identifier of the last item of the page before, in a list by start.
    ///
    /// # Errors
    /// When the cursor is of another list.
    pub fn after_start<I: Identifier>(&self) -> Result<Option<(UtcTime, I)>, InvalidFields> {
        let Some(key) = &self.after else { return Ok(None) };
        let mut fields = Fields::default();
        let read = key.split_once(' ').and_then(|(at, id)| Some((UtcTime::from_micros(at.parse().ok()?), id.parse().ok()?)));
        if read.is_none() {
            fields.refuse("cursor", "invalid", "must be the next_cursor of the page before");
        }
        fields.finish(|| read.map(Some))
    }

    /// The key of an item in a list by start.
    pub fn start_key(starts_at: UtcTime, id: impl Identifier) -> String {
        format!("{} {id}", starts_at.micros())
    }

    /// How many rows to ask for: one more than the page holds tells whether there is a next page.
    pub fn rows(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX - 1) + 1
    }

    /// The page of these rows, of which [`Self::rows`] were asked for.
    pub fn page<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> String) -> Page<T> {
        let has_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next_cursor = if has_more { rows.last().map(|row| cursor(&key(row))) } else { None };
        Page { items: rows, next_cursor }
    }
}

/// The cursor that names an item by its key.
pub fn cursor(key: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(key)
}
