//! A message with its parts: text, HTML, and for a calendar its entry.

use std::time::{Duration, UNIX_EPOCH};

use askama::Template;
use lettre::Message;
use lettre::address::{Address, AddressError};
use lettre::message::header::{ContentTransferEncoding, ContentType, ContentTypeErr, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment as AttachedPart, Body, Mailbox, MultiPart, SinglePart};

use super::calendar::{Entry, Occasion};
use super::letter::Letter;
use super::page::{Page, Sender, one_line};
use domain::email::Email;
use domain::ids::MailId;
use domain::time::UtcTime;
use texts::catalogue::Texts;

/// The envelope of a message.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// Which mail it is.
    pub id: MailId,
    /// The address that it goes to.
    pub recipient: &'a Email,
    /// When the fact that it is about was recorded.
    pub written_at: UtcTime,
    /// The files that are attached to it.
    pub attachments: &'a [Attachment],
}

/// A file that is attached to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Writes messages.
pub(super) struct Writer {
    pub(super) from: Mailbox,
    pub(super) sender: Sender,
    pub(super) public_host: String,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    page: &'a Page,
    frame: &'a Frame<'a>,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    page: &'a Page,
    frame: &'a Frame<'a>,
}

/// The text around a page.
struct Frame<'a> {
    language: &'static str,
    public_url: &'a str,
    /// Above the secret of the link.
    code: String,
    /// Where its reader chooses which mails to receive, if this one can be switched off.
    preferences: Option<(String, String)>,
}

/// Why a message could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unwritable {
    #[error("a template failed: {0}")]
    Template(#[from] askama::Error),
    #[error("the address is not one that mail can be sent to: {0}")]
    Address(#[from] AddressError),
    #[error("the message cannot be put together: {0}")]
    Message(#[from] lettre::error::Error),
    #[error("a file cannot be attached: {0}")]
    ContentType(#[from] ContentTypeErr),
}

/// Tells answering machines to keep silent (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Writer {
    /// Writes the message. It is the same whenever it is written, so that a reader's program recognises a repetition.
    pub(super) fn write(&self, envelope: &Envelope<'_>, letter: &Letter) -> Result<Message, Unwritable> {
        let (texts, content) = (Texts::new(&letter.locale), letter.content.as_content());
        let reader = Some((envelope.recipient.clone(), envelope.written_at));
        let sender = &Sender { reader, ..self.sender.clone() };
        let page = content.page(sender, &texts);
        let frame = Frame {
            language: texts.language(),
            public_url: &sender.public_url,
            code: texts.text("code"),
            preferences: content.category().map(|_| (texts.text("preferences"), sender.link("me"))),
        };
        let (text, html) = (Text { page: &page, frame: &frame }.render()?, Html { page: &page, frame: &frame }.render()?);
        let recipient: Address = envelope.recipient.as_str().parse()?;
        let route = lettre::address::Envelope::new(Some(self.from.email.clone()), vec![recipient.clone()])?;
        let parts = MultiPart::alternative_plain_html(body(&text), body(&in_ascii(html)));
        let mut message = Message::builder()
            // The builder would read both addresses again from the headers.
            .envelope(route)
            .from(self.from.clone())
            .to(Mailbox::new(None, recipient))
            .subject(one_line(&page.subject))
            .date(UNIX_EPOCH + Duration::from_millis(envelope.written_at.millis()))
            .message_id(Some(format!("<{}@{}>", envelope.id, self.public_host)))
            .header(AutoSubmitted);
        if let Some(address) = content.reply_to().and_then(|address| address.parse().ok()) {
            message = message.reply_to(Mailbox::new(None, address));
        }
        let occasion = Occasion {
            public_host: &self.public_host,
            organizer: self.from.email.as_ref(),
            attendee: envelope.recipient.as_str(),
            written_at: envelope.written_at,
        };
        let parts = with_entries(parts, &page.entries, &occasion)?;
        Ok(message.multipart(with_attachments(parts, envelope.attachments)?)?)
    }
}

/// The parts of a message with the files that are attached to it.
fn with_attachments(parts: MultiPart, attachments: &[Attachment]) -> Result<MultiPart, Unwritable> {
    if attachments.is_empty() {
        return Ok(parts);
    }
    attachments.iter().try_fold(MultiPart::mixed().multipart(parts), |mixed, Attachment { name, media_type, bytes }| {
        let content_type = ContentType::parse(media_type)?;
        Ok(mixed.singlepart(AttachedPart::new(name.clone()).body(Body::new(bytes.clone()), content_type)))
    })
}

/// The parts of a message with its calendar entries, each as an object of its own.
fn with_entries(parts: MultiPart, entries: &[Entry], occasion: &Occasion<'_>) -> Result<MultiPart, Unwritable> {
    let mut objects = Vec::new();
    for entry in entries {
        let content_type = format!("text/calendar; method={}; charset=UTF-8", entry.method.as_str());
        objects.push((ContentType::parse(&content_type)?, body(&entry.object(occasion))));
    }
    Ok(match objects.as_slice() {
        [] => parts,
        // Some programs look for the entry among the alternatives, others among the attachments.
        [(content_type, object)] => {
            let inline = SinglePart::builder().header(content_type.clone()).body(object.clone());
            let attached = AttachedPart::new("event.ics".to_owned()).body(object.clone(), ContentType::parse("application/ics")?);
            MultiPart::mixed().multipart(parts.singlepart(inline)).singlepart(attached)
        }
        // A program that finds several objects among the alternatives would show one of them only.
        several => {
            several.iter().zip(1..).fold(MultiPart::mixed().multipart(parts), |mixed, ((content_type, object), number)| {
                mixed.singlepart(AttachedPart::new(format!("event-{number}.ics")).body(object.clone(), content_type.clone()))
            })
        }
    })
}

/// The longest line that mail allows (RFC 5322, section 2.1.1).
const LONGEST_LINE: usize = 998;

/// Writes a part. One in ASCII is sent as it is; `lettre` would encode it for a line of 76 characters. Line ends are written here,
/// because `lettre` moves the rest of the text for each.
fn body(text: &str) -> Body {
    let (mut written, mut longest) = (String::with_capacity(text.len() + text.len() / 16), 0);
    let mut rest = text;
    while let Some(end) = memchr::memchr2(b'\r', b'\n', rest.as_bytes()) {
        let (line, after) = rest.split_at(end);
        written.extend([line, "\r\n"]);
        longest = longest.max(line.len());
        rest = after.strip_prefix("\r\n").unwrap_or(&after[1..]);
    }
    written.push_str(rest);
    if longest.max(rest.len()) <= LONGEST_LINE && written.is_ascii() {
        Body::dangerous_pre_encoded(written.into_bytes(), ContentTransferEncoding::SevenBit)
    } else {
        Body::new(written)
    }
}

/// Writes the characters outside ASCII as references, so that the part is sent as it is, without an encoding.
fn in_ascii(html: String) -> String {
    if html.is_ascii() {
        return html;
    }
    let mut ascii = String::with_capacity(html.len());
    for c in html.chars() {
        match c.is_ascii() {
            true => ascii.push(c),
            false => ascii.extend(["&#", &u32::from(c).to_string(), ";"]),
        }
    }
    ascii
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_becomes_that_of_mail() {
        for text in ["", "a", "a\n", "a\r\nb", "a\rb\n", "a\r", "\r\r\n\n", "a\n\rb", "é\nb", "a\r\r\nb\n"] {
            let expected = text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
            let written = body(text);
            let plain = matches!(written.encoding(), ContentTransferEncoding::SevenBit);
            assert_eq!(plain, text.is_ascii(), "{text:?}");
            if plain {
                assert_eq!(String::from_utf8_lossy(&written.into_vec()), expected, "{text:?}");
            }
        }
        assert!(!matches!(body(&"a".repeat(999)).encoding(), ContentTransferEncoding::SevenBit));
        assert!(matches!(body(&"a".repeat(998)).encoding(), ContentTransferEncoding::SevenBit));
    }

    #[test]
    fn characters_outside_ascii_become_references() {
        assert_eq!(in_ascii("Zé – 5 m²".to_owned()), "Z&#233; &#8211; 5 m&#178;");
        assert_eq!(["", "a<b>", "é"].map(|html| in_ascii(html.to_owned())), ["", "a<b>", "&#233;"]);
    }
}
