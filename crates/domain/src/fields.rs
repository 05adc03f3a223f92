//! Reads the fields of a request into domain values, and collects all errors instead of stopping at the first.

use std::ops::RangeInclusive;
use std::str::FromStr;

use chrono::{Datelike as _, NaiveDate};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::limits;
use super::time::UtcTime;
use crate::said::{Said, Variable, said};

/// An error in one field.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct FieldError {
    /// The field, as a JSON pointer into the body (`/capacity/unit`), or as the name of a query parameter.
    pub pointer: String,
    /// A stable code: `required`, `unknown_field`, `wrong_type`, `invalid`, `too_long`, `out_of_range` …
    pub code: String,
    /// The error, with the value and the accepted values.
    #[schema(value_type = String)]
    pub detail: Said,
}

impl FieldError {
    /// Returns the error of the field at a path, or of the field below it that serde names.
    pub fn of_serde(error: &serde_json::Error, path: &str) -> Self {
        let code = error_code(error);
        // serde names a missing field only in its message; the path leads to the object without the field.
        let pointer = match field_name(error) {
            Some(field) if code == "required" || !path.ends_with(&format!("/{field}")) => format!("{path}/{field}"),
            _ => path.to_owned(),
        };
        Self { pointer, code: code.to_owned(), detail: Said::heard(error.to_string()) }
    }
}

/// All invalid fields of a request. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid fields: {0:?}")]
pub struct InvalidFields(pub Vec<FieldError>);

impl InvalidFields {
    /// Creates the error for one field.
    pub fn one(pointer: &str, code: &str, detail: impl Into<Said>) -> Self {
        Self(vec![FieldError { pointer: pointer.to_owned(), code: code.to_owned(), detail: detail.into() }])
    }

    /// Returns the same errors with `pointer` in front of each pointer.
    #[must_use]
    pub fn below(self, pointer: &str) -> Self {
        let below = |error: FieldError| FieldError { pointer: format!("{pointer}{}", error.pointer), ..error };
        Self(self.0.into_iter().map(below).collect())
    }

    /// Adds an error, unless there is one for the same field.
    #[must_use]
    pub fn and(mut self, error: FieldError) -> Self {
        if !self.0.iter().any(|known| known.pointer == error.pointer) {
            self.0.push(error);
        }
        self
    }
}

/// The largest number of errors in one response.
pub const MOST_ERRORS: usize = 100;

/// Collects values and errors while a request is read.
#[derive(Debug, Default)]
pub struct Fields {
    errors: Vec<FieldError>,
}

impl Fields {
    /// Returns the value, or records the error as `invalid` at `pointer`.
    pub fn take<T, E: Into<Said>>(&mut self, pointer: impl Into<String>, read: Result<T, E>) -> Option<T> {
        read.map_err(|error| self.refuse(pointer, "invalid", error)).ok()
    }

    /// Returns the value of a part of the request, or records its errors below `pointer`.
    pub fn nest<T>(&mut self, pointer: &str, read: Result<T, InvalidFields>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(fields) => {
                let room = MOST_ERRORS.saturating_sub(self.errors.len());
                self.errors.extend(fields.below(pointer).0.into_iter().take(room));
                None
            }
        }
    }

    /// Reads a text without surrounding blanks, with a number of characters within `range`, bounds included.
    pub fn text(&mut self, pointer: &str, text: &str, range: RangeInclusive<usize>) -> Option<String> {
        let text = text.trim();
        let (shortest, longest, length) = (*range.start(), *range.end(), text.chars().count());
        if length < shortest {
            self.refuse(pointer, "required", said!("must not be empty"));
            return None;
        }
        if length > longest {
            self.refuse(pointer, "too_long", said!("must have at most {longest} characters; it has {length}", longest, length));
            return None;
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.refuse(pointer, "invalid", said!("must not contain control characters"));
            return None;
        }
        Some(text.to_owned())
    }

    /// Reads a text as [`Self::text`], of one line and without invisible characters, which can make a name look like another one
    /// or start a new paragraph in a mail.
    pub fn line(&mut self, pointer: &str, text: &str, range: RangeInclusive<usize>) -> Option<String> {
        let text = self.text(pointer, text, range)?;
        if text.chars().any(breaks_or_hides) {
            self.refuse(pointer, "invalid", said!("must be one line without invisible characters"));
            return None;
        }
        Some(text)
    }

    /// Reads a text of several lines, byte for byte.
    pub fn verbatim(&mut self, pointer: &str, text: &str, range: RangeInclusive<usize>) -> Option<String> {
        let length = text.chars().count();
        if length > *range.end() {
            self.refuse(
                pointer,
                "too_long",
                said!("must have at most {longest} characters; it has {length}", longest = range.end(), length),
            );
            return None;
        }
        self.text(pointer, text, range).map(|_| text.to_owned())
    }

    /// Reads a web address. It can be empty.
    pub fn website(&mut self, pointer: &str, text: &str) -> Option<String> {
        let text = self.text(pointer, text, limits::Website::RANGE)?;
        let is_web = text.starts_with("https://") || text.starts_with("http://");
        if !text.is_empty() && (!is_web || text.contains(char::is_whitespace)) {
            self.refuse(pointer, "invalid", said!("must be empty or start with https:// or http://"));
            return None;
        }
        Some(text)
    }

    /// Reads a number within `range`, bounds included.
    pub fn number<N: PartialOrd + Into<Variable> + Copy>(&mut self, pointer: &str, n: N, range: RangeInclusive<N>) -> Option<N> {
        if range.contains(&n) {
            return Some(n);
        }
        self.refuse(
            pointer,
            "out_of_range",
            said!("must be between {least} and {most}; it is {n}", least = range.start(), most = range.end(), n),
        );
        None
    }

    /// Checks that a date is in the years of which instants are accepted.
    pub fn date(&mut self, pointer: &str, date: NaiveDate) -> Option<NaiveDate> {
        let years = [UtcTime::EARLIEST, UtcTime::LATEST].map(|at| at.to_chrono().year());
        if (years[0]..years[1]).contains(&date.year()) {
            return Some(date);
        }
        self.refuse(
            pointer,
            "out_of_range",
            said!("must be in the years {first} to {last}", first = years[0], last = years[1] - 1),
        );
        None
    }

    /// Checks the number of items in a list, which `noun` names.
    pub fn list<'a, T>(&mut self, pointer: &str, list: &'a [T], range: RangeInclusive<usize>, noun: Said) -> Option<&'a [T]> {
        let (least, most, count) = (*range.start(), *range.end(), list.len());
        if range.contains(&count) {
            return Some(list);
        }
        let (code, detail) = match least {
            0 => ("too_long", said!("must contain at most {most} {noun}; it contains {count}", most, noun, count)),
            _ => ("out_of_range", said!("must contain {least} to {most} {noun}; it contains {count}", least, most, noun, count)),
        };
        self.refuse(pointer, code, detail);
        None
    }

    /// Reads each item of a list with a number of items within `range`.
    pub fn each<T>(
        &mut self,
        pointer: &str,
        raw: &[Value],
        range: RangeInclusive<usize>,
        read: impl Fn(&Value) -> Result<T, InvalidFields>,
    ) -> Vec<T> {
        let raw = self.list(pointer, raw, range, said!("items")).unwrap_or_default();
        raw.iter().enumerate().filter_map(|(at, raw)| self.nest(&format!("{pointer}/{at}"), read(raw))).collect()
    }

    /// Returns whether further errors would not be recorded.
    pub const fn is_full(&self) -> bool {
        self.errors.len() >= MOST_ERRORS
    }

    /// Records an error, unless there are [`MOST_ERRORS`] already.
    pub fn refuse(&mut self, pointer: impl Into<String>, code: &str, detail: impl Into<Said>) {
        if !self.is_full() {
            self.errors.push(FieldError { pointer: pointer.into(), code: code.to_owned(), detail: detail.into() });
        }
    }

    /// Returns the whole value if all parts could be read.
    ///
    /// # Errors
    /// All errors that were recorded.
    pub fn finish<T>(self, whole: impl FnOnce() -> Option<T>) -> Result<T, InvalidFields> {
        match whole() {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(InvalidFields(self.errors)),
        }
    }
}

/// Reads a value.
///
/// # Errors
/// The first part of the value that is wrong. Its pointer begins at the value.
pub fn deserialize<T: DeserializeOwned>(value: &Value) -> Result<T, FieldError> {
    // The path is looked for only after a refusal, because it costs more than the reading.
    if let Ok(read) = T::deserialize(value) {
        return Ok(read);
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path: String = error
            .path()
            .iter()
            .filter_map(|segment| match segment {
                serde_path_to_error::Segment::Seq { index } => Some(format!("/{index}")),
                serde_path_to_error::Segment::Map { key } => Some(format!("/{key}")),
                _ => None,
            })
            .collect();
        FieldError::of_serde(error.inner(), &path)
    })
}

/// Returns the error code for an error of serde.
pub fn error_code(error: &impl std::fmt::Display) -> &'static str {
    let message = error.to_string();
    if message.starts_with("missing field") {
        "required"
    } else if message.starts_with("unknown field") {
        "unknown_field"
    } else if message.starts_with("invalid type") {
        "wrong_type"
    } else {
        "invalid"
    }
}

/// Returns the field that an error of serde names as missing or unknown.
pub fn field_name(error: &impl std::fmt::Display) -> Option<String> {
    let message = error.to_string();
    let rest = message.strip_prefix("missing field `").or_else(|| message.strip_prefix("unknown field `"))?;
    rest.split_once('`').map(|(field, _)| field.to_owned())
}

/// Returns whether a character ends a line or is invisible: line and paragraph separators, characters of width zero, and those
/// that change the direction of the text after them (Unicode general category Cf and the blocks of Hangul and Khmer fillers).
const fn breaks_or_hides(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\t' | '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The members of a JSON object, which are read one by one. Members that are not read are unknown fields.
#[derive(Debug)]
pub struct Members {
    rest: Map<String, Value>,
    fields: Fields,
}

impl Members {
    /// Reads an object; another type of value is recorded as an error.
    pub fn of(raw: &Value) -> Self {
        let mut fields = Fields::default();
        if !raw.is_object() {
            fields.refuse("", "wrong_type", said!("must be an object"));
        }
        Self { rest: raw.as_object().cloned().unwrap_or_default(), fields }
    }

    /// Returns the value of an optional member. `null` is only accepted if it is a value of `T`.
    pub fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let value = self.rest.remove(name)?;
        let refused = |error: FieldError| self.fields.refuse(format!("/{name}{}", error.pointer), &error.code, error.detail);
        deserialize(&value).map_err(refused).ok()
    }

    /// Returns the value of an optional member that is written as text.
    pub fn parsed<T: FromStr<Err: Into<Said>>>(&mut self, name: &str) -> Option<T> {
        let text: String = self.optional(name)?;
        self.fields.take(format!("/{name}"), text.parse())
    }

    /// Records an error if a member is missing.
    pub fn require(&mut self, name: &str) {
        if !self.rest.contains_key(name) {
            self.fields.refuse(format!("/{name}"), "required", said!("is required"));
        }
    }

    /// Returns the recorded errors, with one for every member that was not read.
    pub fn close(mut self) -> Fields {
        for name in self.rest.keys() {
            self.fields.refuse(format!("/{name}"), "unknown_field", said!("is not a known field"));
        }
        self.fields
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_member_that_is_missing_wrong_or_unknown_is_told_at_once() {
        let mut members = Members::of(
            &json!({"count": "3", "zone": "Mars/Olympus", "size": null, "colour": null, "extra": 1, "note": "x", "days": ["2026-12-01", "soon"]}),
        );
        members.require("name");
        members.require("count");
        assert_eq!(members.optional::<i64>("count"), None);
        assert_eq!(members.parsed::<crate::money::Currency>("zone"), None);
        assert_eq!(members.optional::<String>("size"), None);
        assert_eq!(members.optional::<Option<String>>("colour"), Some(None));
        assert_eq!(members.optional::<String>("note").as_deref(), Some("x"));
        assert_eq!(members.optional::<Vec<NaiveDate>>("days"), None);
        let InvalidFields(errors) = members.close().finish(|| Some(())).unwrap_err();
        let found: Vec<_> = errors.iter().map(|error| (error.pointer.as_str(), error.code.as_str())).collect();
        assert_eq!(
            found,
            [
                ("/name", "required"),
                ("/count", "wrong_type"),
                ("/zone", "invalid"),
                ("/size", "wrong_type"),
                ("/days/1", "invalid"),
                ("/extra", "unknown_field")
            ]
        );
    }

    #[test]
    fn what_a_part_finds_wrong_is_told_below_its_pointer() {
        let mut part = Fields::default();
        part.number("/quantity", 0, 1..=9);
        let mut fields = Fields::default();
        assert_eq!(fields.nest("/capacity", part.finish(|| Some(()))), None);
        let InvalidFields(errors) = fields.finish(|| Some(())).unwrap_err();
        assert_eq!(
            (errors[0].pointer.as_str(), errors[0].detail.to_string().as_str()),
            ("/capacity/quantity", "must be between 1 and 9; it is 0")
        );
    }

    #[test]
    fn a_line_has_no_breaks_and_nothing_that_cannot_be_seen() {
        let read = |text: &str| {
            let mut fields = Fields::default();
            let line = fields.line("/name", text, 1..=20);
            fields.finish(|| line)
        };
        for good in ["Zoë’s Werkstätte", "3D-печать", " لیزر ", "レーザー", "Café & Co. №1"] {
            assert_eq!(read(good).as_deref(), Ok(good.trim()));
        }
        for hidden in ['\n', '\t', '\u{85}', '\u{200B}', '\u{200D}', '\u{202E}', '\u{2028}', '\u{2066}', '\u{FEFF}', '\u{E0041}']
        {
            let InvalidFields(errors) = read(&format!("a{hidden}b")).unwrap_err();
            assert_eq!((errors.len(), errors[0].code.as_str()), (1, "invalid"), "{hidden:?}");
        }
    }

    #[test]
    fn a_verbatim_text_keeps_its_blanks_and_is_not_empty() {
        let mut fields = Fields::default();
        assert_eq!(fields.verbatim("/text", " \r\n a\n\n", 1..=9).as_deref(), Some(" \r\n a\n\n"));
        assert_eq!(fields.verbatim("/text", " \n ", 1..=9), None);
        assert_eq!(fields.verbatim("/text", "         a", 1..=9), None);
        let InvalidFields(errors) = fields.finish(|| Some(())).unwrap_err();
        let codes: Vec<_> = errors.iter().map(|error| error.code.as_str()).collect();
        assert_eq!(codes, ["required", "too_long"]);
    }

    #[test]
    fn of_very_much_that_is_wrong_a_hundred_is_told() {
        let mut part = Fields::default();
        let mut fields = Fields::default();
        for number in 0..MOST_ERRORS + 1 {
            part.refuse(format!("/{number}"), "invalid", said!("is wrong"));
            fields.refuse(format!("/{number}"), "invalid", said!("is wrong"));
        }
        fields.nest("/part", part.finish(|| Some(())));
        let InvalidFields(errors) = fields.finish(|| Some(())).unwrap_err();
        assert_eq!((errors.len(), errors[99].pointer.as_str()), (100, "/99"));
    }
}
