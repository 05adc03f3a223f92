//! The form of a mail: its parts, and the links in them. The letters fill it in.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::calendar::Entry;
use domain::email::Email;
use domain::resource::{ResourceKind, Unit};
use domain::time::UtcTime;
use environment::link_key::LinkKey;
use texts::catalogue::{Texts, or_none, variables};

/// One mail, as text and as HTML.
pub(super) struct Page {
    pub(super) subject: String,
    pub(super) greeting: String,
    pub(super) intro: String,
    pub(super) facts: Vec<Fact>,
    /// The next step for the reader, in front of the link.
    pub(super) call: String,
    pub(super) url: String,
    /// The secret of the link, for readers who cannot open it.
    pub(super) token: Option<String>,
    pub(super) outro: String,
    /// The changes of the reader's calendar.
    pub(super) entries: Vec<Entry>,
}

/// A line of a table.
pub(super) struct Fact {
    pub(super) label: String,
    pub(super) value: String,
}

impl Fact {
    /// The value in a text. Its further lines are indented, so that a reader does not take them for ours.
    pub(super) fn indented(&self) -> String {
        self.value.replace('\n', "\n    ")
    }
}

/// The facts about the service that mails state, and the reader for whom links are signed.
#[derive(Clone)]
pub(super) struct Sender {
    /// Where people reach it, without a slash at the end.
    pub(super) public_url: String,
    /// For how many hours a verification link is valid.
    pub(super) verification_hours: u32,
    /// For how many minutes a password link is valid.
    pub(super) reset_minutes: u32,
    /// The key that signs links.
    pub(super) key: LinkKey,
    /// The reader, and the instant at which the mail was written; none before a mail is written.
    pub(super) reader: Option<(Email, UtcTime)>,
}

/// All but what RFC 3986 never wants encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Sender {
    /// A page of this service that everybody sees alike, such as in a calendar that others see, too.
    pub(super) fn plain_link(&self, path: &str) -> String {
        format!("{}/{path}", self.public_url)
    }

    /// A page of this service, signed for the reader: the page shows and does what the reader may see and do.
    pub(super) fn link(&self, path: &str) -> String {
        match &self.reader {
            Some((recipient, written_at)) => self.token_link(path, &self.key.sign(recipient, path, *written_at)),
            None => self.plain_link(path),
        }
    }

    /// A page of this service that takes a secret.
    pub(super) fn token_link(&self, path: &str, token: &str) -> String {
        format!("{}/{path}?token={}", self.public_url, utf8_percent_encode(token, ENCODED))
    }
}

/// A table as the description of a calendar entry.
pub(super) fn described(table: &[Fact]) -> String {
    let mut description = String::new();
    for Fact { label, value } in table {
        description.extend([label, ": ", value, "\n"]);
    }
    description
}

/// How a mail begins: in one line, whatever the name is.
pub(super) fn greeting(texts: &Texts, name: &str) -> String {
    one_line(&texts.message("greeting", &variables([("name", or_none(name).into())])))
}

/// A text in one line, whatever the names in it are.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The lines of a table that have a value; each is given with the message that is its label.
pub(super) fn facts<const N: usize>(texts: &Texts, table: [(&'static str, String); N]) -> Vec<Fact> {
    let filled = table.into_iter().filter(|(_, value)| !value.is_empty());
    filled.map(|(label, value)| Fact { label: texts.text(label), value }).collect()
}

/// A quantity of a resource in words.
pub(super) fn quantity(texts: &Texts, number: i32, unit: Unit, kind: ResourceKind) -> String {
    let (unit, kind) = (unit.as_str(), kind.as_str());
    texts.message("quantity", &variables([("number", number.into()), ("unit", unit.into()), ("kind", kind.into())]))
}
