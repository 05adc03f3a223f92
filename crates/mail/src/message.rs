//! A message with its parts: text, HTML, and for a calendar its entry.

use std::time::{Duration, UNIX_EPOCH};

use askama::Template;
use lettre::Message;
use lettre::address::AddressError;
use lettre::message::header::{ContentType, ContentTypeErr, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};

use super::calendar::{self, Entry, Occasion};
use super::letter::Letter;
use super::page::Page;
use super::{Envelope, Mailer};

#[derive(Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    page: &'a Page,
    /// Where its reader chooses which mails to get, if this one is not for everybody.
    choices_url: Option<&'a str>,
    public_url: &'a str,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    page: &'a Page,
    choices_url: Option<&'a str>,
    public_url: &'a str,
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
    #[error("the calendar entry cannot be attached: {0}")]
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

/// Writes the message. It is the same whenever it is written: a repetition can be recognised.
pub(super) fn write(mailer: &Mailer, envelope: &Envelope<'_>, letter: &Letter) -> Result<Message, Unwritable> {
    let page = mailer.sender.page(letter);
    let public_url = mailer.sender.public_url.as_str();
    let choices_url = letter.category().map(|_| format!("{public_url}/me"));
    let choices_url = choices_url.as_deref();
    let text = Text { page: &page, choices_url, public_url }.render()?;
    let html = Html { page: &page, choices_url, public_url }.render()?;
    let parts = MultiPart::alternative_plain_html(text, html);
    let message = Message::builder()
        .from(mailer.from.clone())
        .to(Mailbox::new(None, envelope.recipient.as_str().parse()?))
        .subject(one_line(&page.subject))
        .date(UNIX_EPOCH + Duration::from_millis(envelope.written_at.millis()))
        .message_id(Some(format!("<{}@{}>", envelope.id, mailer.public_host)))
        .header(AutoSubmitted);
    let entry = match letter {
        Letter::Booking(letter) => Entry::of_booking(letter).map(|entry| {
            let url = mailer.sender.booking_link(letter);
            (entry.method.as_str(), entry.calendar(&occasion(mailer, envelope, &url)))
        }),
        Letter::Seat(letter) => Entry::of_seat(letter).map(|entry| {
            let url = mailer.sender.training_link(letter.training_id);
            (entry.method.as_str(), entry.calendar(&occasion(mailer, envelope, &url)))
        }),
        Letter::Series(letter) => {
            let url = mailer.sender.series_link(letter);
            calendar::entries(letter.each(), &occasion(mailer, envelope, &url)).map(|entries| (calendar::PUBLISH, entries))
        }
        Letter::Group(letter) => {
            let url = mailer.sender.group_link(letter);
            let letters = letter.each().cloned();
            calendar::entries(letters, &occasion(mailer, envelope, &url)).map(|entries| (calendar::PUBLISH, entries))
        }
        Letter::Bookings(letter) => {
            let url = mailer.sender.bookings_link();
            let letters = letter.each().cloned();
            calendar::entries(letters, &occasion(mailer, envelope, &url)).map(|entries| (calendar::PUBLISH, entries))
        }
        Letter::Wait(_)
        | Letter::Verification { .. }
        | Letter::PasswordReset { .. }
        | Letter::ContactVerification { .. }
        | Letter::Attendance(_)
        | Letter::Certification(_) => None,
    };
    let Some((method, entry)) = entry else { return Ok(message.multipart(parts)?) };
    // Some programs look for the entry among the alternatives, others among the attachments.
    let content_type = format!("text/calendar; method={method}; charset=UTF-8");
    let inline = SinglePart::builder().header(ContentType::parse(&content_type)?).body(entry.clone());
    let attached = Attachment::new("event.ics".to_owned()).body(entry, ContentType::parse("application/ics")?);
    Ok(message.multipart(MultiPart::mixed().multipart(parts.singlepart(inline)).singlepart(attached))?)
}

fn occasion<'a>(mailer: &'a Mailer, envelope: &Envelope<'a>, url: &'a str) -> Occasion<'a> {
    Occasion {
        public_host: &mailer.public_host,
        url,
        organizer: mailer.from.email.as_ref(),
        attendee: envelope.recipient.as_str(),
        written_at: envelope.written_at,
    }
}

/// A header is one line, whatever the names in it are.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
