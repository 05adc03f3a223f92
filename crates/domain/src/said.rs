//! Sentences for a person, as data: the English words with their variables. Another language has them under the identifier of the
//! words, and writes the variables in its own form.

use std::borrow::Cow;
use std::fmt::{self, Display};

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use super::money::{Currency, Money, UnknownCurrency};
use super::problem::Code;
use super::time::{InvalidTime, UtcTime};

/// A sentence, or a part of one. It is compared, stored and logged as English.
#[derive(Clone)]
pub struct Said {
    /// The words, with each variable as `{name}`.
    english: Cow<'static, str>,
    variables: Vec<(&'static str, Variable)>,
}

/// Says something: `said!("must be at most {most}", most = 9)`. A variable of the same name as a binding needs no value:
/// `said!("must be at most {most}", most)`. The names are checked when the program is compiled.
#[macro_export]
macro_rules! said {
    ($english:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {{
        let _ = format_args!($english $(, $name = "")*);
        $crate::said::Said::new($english, vec![$((stringify!($name), $crate::said!(@ $name $($value)?).into())),*])
    }};
    (@ $name:ident) => { $name };
    (@ $name:ident $value:expr) => { $value };
}
pub use said;

/// Makes a type an error that says what is wrong.
#[macro_export]
macro_rules! says {
    ($error:ident: |$bound:pat_param| $said:expr) => {
        impl From<$error> for $crate::said::Said {
            fn from($bound: $error) -> Self {
                $said
            }
        }
        impl std::fmt::Display for $error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::said::Said::from(self.clone()).fmt(f)
            }
        }
        impl std::error::Error for $error {}
    };
}
pub use says;

says!(InvalidTime: |error| match error {
    InvalidTime::Malformed => said!("must be an RFC 3339 instant with an offset, such as 2026-12-01T09:00:00Z"),
    InvalidTime::OutOfRange => said!("must lie between the years 2000 and 2199"),
});

says!(UnknownCurrency: |_| said!("must be an ISO 4217 currency code in use, such as GBP"));

/// A variable in a sentence.
#[derive(Debug, Clone)]
pub enum Variable {
    /// A number.
    Number(i64),
    /// A number with decimals.
    Decimal(f64),
    /// A text that is the same in every language.
    Text(String),
    /// A word of the service, such as a state: `confirmed`.
    Word(&'static str),
    /// An instant, on the clocks of a zone; in English, and without a zone, it is UTC.
    At(UtcTime, Option<Tz>),
    /// A time on the clock at a site.
    Local(NaiveDateTime),
    /// A day.
    Day(NaiveDate),
    /// An amount of money.
    Money(Money),
    /// The meaning of a problem and the next step.
    About(Code),
    /// Another sentence or part of one.
    Said(Said),
    /// Several, one after the other.
    List(Vec<Variable>),
}

impl Said {
    /// Creates a sentence; [`said!`] checks that the words and the variables fit.
    pub fn new(english: &'static str, variables: Vec<(&'static str, Variable)>) -> Self {
        Self { english: Cow::Borrowed(english), variables }
    }

    /// Creates a sentence from its English text, which was stored, or has come through a library.
    pub fn heard(english: impl Into<String>) -> Self {
        Self { english: Cow::Owned(english.into()), variables: Vec::new() }
    }

    /// Says what a problem means, and the next step.
    pub fn about(code: Code) -> Self {
        said!("{about}", about = code)
    }

    /// Says this, and then another sentence.
    #[must_use]
    pub fn then(self, other: Self) -> Self {
        said!("{one} {other}", one = self, other)
    }

    /// Returns the identifier of the words in a catalogue of texts: `detail-must-be-at-most-most`.
    pub fn id(&self) -> String {
        let mut id = "detail".to_owned();
        for part in self.english.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
            id.push('-');
            id.push_str(&part.to_ascii_lowercase());
        }
        id
    }

    /// Returns the variables by name.
    pub fn variables(&self) -> &[(&'static str, Variable)] {
        &self.variables
    }
}

impl Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.variables.is_empty() && matches!(self.english, Cow::Owned(_)) {
            return f.write_str(&self.english);
        }
        let mut rest = &*self.english;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, marked) = rest.split_at(at);
            f.write_str(before)?;
            let doubled = ["{{", "}}"].into_iter().find(|mark| marked.starts_with(mark));
            rest = match (doubled, marked.split_once('}')) {
                (Some(mark), _) => {
                    f.write_str(&mark[1..])?;
                    &marked[2..]
                }
                (None, Some((name, after))) => {
                    let known = self.variables.iter().find(|(known, _)| *known == &name[1..]);
                    known.map_or(Ok(()), |(_, variable)| variable.fmt(f))?;
                    after
                }
                (None, None) => break,
            };
        }
        f.write_str(rest)
    }
}

impl Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Decimal(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Word(word) => f.write_str(word),
            Self::At(at, _) => at.fmt(f),
            Self::Local(at) => at.format("%Y-%m-%d %H:%M").fmt(f),
            Self::Day(day) => day.fmt(f),
            Self::Money(money) => money.fmt(f),
            Self::About(code) => f.write_str(code.about()),
            Self::Said(said) => said.fmt(f),
            Self::List(list) => list.iter().enumerate().try_for_each(|(at, one)| {
                f.write_str(if at == 0 { "" } else { ", " })?;
                one.fmt(f)
            }),
        }
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

impl PartialEq for Said {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (self.to_string(), other.to_string());
        one == other
    }
}
impl Eq for Said {}

impl<T: AsRef<str> + ?Sized> PartialEq<T> for Said {
    fn eq(&self, other: &T) -> bool {
        let english = self.to_string();
        english == other.as_ref()
    }
}

impl serde::Serialize for Said {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Said {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::heard)
    }
}

macro_rules! variables {
    ($($variant:ident: $($type:ty),+ => $from:expr;)+) => {$($(
        impl From<$type> for Variable {
            fn from(value: $type) -> Self {
                Self::$variant($from(value))
            }
        }
    )+)+};
}

/// A number; the largest one for a larger one.
fn number<N: TryInto<i64>>(number: N) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

variables! {
    Number: i32, i64, u8, u16, u32, u64, usize, i128 => number;
    Decimal: f64 => std::convert::identity;
    Text: String, &str, Currency, Tz => |value: _| ToString::to_string(&value);
    Local: NaiveDateTime => std::convert::identity;
    Day: NaiveDate => std::convert::identity;
    Money: Money => std::convert::identity;
    About: Code => std::convert::identity;
    Said: Said => std::convert::identity;
}

impl From<UtcTime> for Variable {
    fn from(at: UtcTime) -> Self {
        Self::At(at, None)
    }
}

impl From<(UtcTime, Tz)> for Variable {
    fn from((at, timezone): (UtcTime, Tz)) -> Self {
        Self::At(at, Some(timezone))
    }
}

impl<V: Into<Variable>> From<Vec<V>> for Variable {
    fn from(list: Vec<V>) -> Self {
        Self::List(list.into_iter().map(Into::into).collect())
    }
}

impl<V: Into<Variable>> From<Option<V>> for Variable {
    fn from(one: Option<V>) -> Self {
        one.map_or_else(|| Self::Text(String::new()), Into::into)
    }
}

impl<V: Clone + Into<Variable>> From<&V> for Variable {
    fn from(value: &V) -> Self {
        value.clone().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_english_with_its_variables() {
        let (most, names) = (9, vec!["a", "b"]);
        let sentence =
            said!("at most {most} of `{names}`, see /x/{{id}}; {part}", most, names, part = said!("no {n}", n = "more"));
        assert_eq!(sentence, "at most 9 of `a, b`, see /x/{id}; no more");
        assert_eq!(sentence.id(), "detail-at-most-most-of-names-see-x-id-part");
        assert_eq!(serde_json::to_string(&sentence).unwrap(), "\"at most 9 of `a, b`, see /x/{id}; no more\"");
    }

    #[test]
    fn a_sentence_that_was_stored_is_as_it_was() {
        let stored: Said = serde_json::from_str("\"has {braces}\"").unwrap();
        assert_eq!(stored, "has {braces}");
        assert_eq!(Said::heard("must be an identifier").id(), said!("must be an identifier").id());
    }
}
