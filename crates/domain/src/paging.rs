//! Lists in pages, each with the cursor of the next page.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

use super::fields::{Fields, InvalidFields};
use super::ids::Identifier;
use super::limits;
use super::order::Rows;
use super::time::UtcTime;
use crate::said::said;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items of the page, in a stable order: at most `limit`.
    pub items: Vec<T>,
    /// The `cursor` of the next page. Null on the last page.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Returns the page with each item converted.
    pub fn map<U>(self, item: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(item).collect(), next_cursor: self.next_cursor }
    }
}

/// The requested page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// The largest number of items.
    pub limit: usize,
    /// The key of the last item of the previous page.
    pub after: Option<String>,
}

impl Paging {
    /// Reads `limit` and `cursor` if the request has no other parameters.
    ///
    /// # Errors
    /// All parameters that are invalid.
    pub fn of(limit: Option<i64>, cursor: Option<&str>) -> Result<Self, InvalidFields> {
        let mut fields = Fields::default();
        let paging = Self::read(&mut fields, limit, cursor);
        fields.finish(|| paging)
    }

    /// Reads `limit` and `cursor`.
    pub fn read(fields: &mut Fields, limit: Option<i64>, cursor: Option<&str>) -> Option<Self> {
        let limit = fields.number("limit", limit.unwrap_or(limits::PageSize::DEFAULT), limits::PageSize::RANGE);
        let limit = limit.and_then(|limit| usize::try_from(limit).ok());
        let after = match cursor {
            None => Some(None),
            Some(cursor) => {
                let key = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|key| String::from_utf8(key).ok());
                // PostgreSQL cannot store NUL in a text.
                let key = key.filter(|key| !key.contains('\0'));
                if key.is_none() {
                    fields.refuse("cursor", "invalid", said!("must be the next_cursor of the previous page"));
                }
                key.map(Some)
            }
        };
        Some(Self { limit: limit?, after: after? })
    }

    /// Returns the instant and the identifier of the last item of the previous page, for a list ordered by an instant, such as
    /// the start.
    ///
    /// # Errors
    /// When the cursor belongs to another list.
    pub fn after_instant<I: Identifier>(&self) -> Result<Option<(UtcTime, I)>, InvalidFields> {
        let Some(key) = &self.after else { return Ok(None) };
        let mut fields = Fields::default();
        let read = key.split_once(' ').and_then(|(at, id)| Some((UtcTime::from_micros(at.parse().ok()?), id.parse().ok()?)));
        if read.is_none() {
            fields.refuse("cursor", "invalid", said!("must be the next_cursor of the previous page"));
        }
        fields.finish(|| read.map(Some))
    }

    /// Returns the key of an item in a list ordered by an instant.
    pub fn instant_key(at: UtcTime, id: impl Identifier) -> String {
        format!("{} {id}", at.micros())
    }

    /// Returns the rows to query in a list whose key is the identifier.
    pub fn by_id<O>(&self, order: O) -> Rows<O, &str> {
        Rows { order, after: self.after.as_deref(), limit: self.rows() }
    }

    /// Returns the rows to query in a list whose key is an instant and an identifier.
    ///
    /// # Errors
    /// When the cursor belongs to another list.
    pub fn by_instant<O, I: Identifier>(&self, order: O) -> Result<Rows<O, (UtcTime, I)>, InvalidFields> {
        Ok(Rows { order, after: self.after_instant()?, limit: self.rows() })
    }

    /// Returns the number of rows to query: one more than a page, to see whether there is a next page.
    pub fn rows(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX - 1) + 1
    }

    /// Returns the page of a list that is computed as a whole, in the order of its keys.
    pub fn page_of<T>(&self, items: Vec<T>, key: impl Fn(&T) -> String) -> Page<T> {
        let mut keyed: Vec<(String, T)> = items.into_iter().map(|item| (key(&item), item)).collect();
        keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
        let after = keyed.into_iter().filter(|(key, _)| self.after.as_ref().is_none_or(|after| key > after));
        let rows = after.take(self.limit + 1).collect();
        self.page(rows, |(key, _): &(String, T)| key.clone()).map(|(_, item)| item)
    }

    /// Returns the page for the rows of a query with limit [`Self::rows`].
    pub fn page<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> String) -> Page<T> {
        let has_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next_cursor = if has_more { rows.last().map(|row| cursor(&key(row))) } else { None };
        Page { items: rows, next_cursor }
    }
}

/// Returns the cursor for an item with this key.
pub fn cursor(key: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(key)
}
