//! The messages as their readers' programs see them.

mod calendars;
mod charges;
mod invoices;
#[path = "../../../tests/support/itip.rs"]
mod itip;
mod letters;

use ical::parser::ical::component::{IcalCalendar, IcalEvent};
use lettre::Message;
use mail_parser::{MessageParser, MimeHeaders as _};

use self::letters::{BOOKING, account, booking, letter, letters, notices, one, scopes};
use super::account::Purpose;
use super::letter::Letter;
use super::notice::{NoticeLetter, NotifiedBooking, Scope};
use super::page::{Sender, quantity};
use super::{Envelope, Mailer, Transport};
use domain::email::Email;
use domain::language::Language;
use domain::mail::Locale;
use domain::notification::{Notice, Recipient};
use domain::resource::{ResourceKind, Unit};
use domain::time::UtcTime;
use environment::config::Config;
use environment::link_key::LinkKey;
use texts::catalogue::{self, Texts};
use texts::when;

fn mailer() -> Mailer {
    let mut config = Config::load(None).unwrap();
    config.public_url = "https://share.example/".to_owned();
    config.mail.from = "Sharefloor <no-reply@share.example>".to_owned();
    Mailer::new(&config, LinkKey::new(b"a secret")).unwrap()
}

fn write(letter: &Letter) -> Message {
    let recipient: Email = "ada@example.org".parse().unwrap();
    let id = "019b76da-a800-7000-8000-000000000002".parse().unwrap();
    let written_at = UtcTime::parse("2026-11-30T09:00:00Z").unwrap();
    mailer().writer.write(&Envelope { id, recipient: &recipient, written_at, attachments: &[] }, letter).unwrap()
}

/// The link to a page that is signed for the reader.
fn link(path: &str) -> String {
    let recipient: Email = "ada@example.org".parse().unwrap();
    let token = LinkKey::new(b"a secret").sign(&recipient, path, UtcTime::parse("2026-11-30T09:00:00Z").unwrap());
    format!("https://share.example/{path}?token={token}")
}

/// The parts that a mail program finds in a message.
struct Read {
    subject: String,
    text: String,
    html: String,
    /// The types of all parts.
    parts: Vec<String>,
    /// The calendar objects: the method of each part, if it has one, and its text.
    calendars: Vec<(Option<String>, String)>,
}

fn read(letter: &Letter) -> Read {
    let bytes = write(letter).formatted();
    assert!(bytes.is_ascii(), "every server takes ASCII");
    let message = MessageParser::default().parse(&bytes).unwrap();
    let kind = |part: &mail_parser::MessagePart<'_>| {
        let kind = part.content_type().unwrap();
        let attributes = kind.attributes().unwrap_or_default().iter();
        let shown = attributes.filter(|attribute| attribute.name != "boundary" && attribute.name != "charset");
        let shown: String = shown.map(|attribute| format!("; {}={}", attribute.name, attribute.value)).collect();
        format!("{}/{}{shown}", kind.ctype(), kind.subtype().unwrap())
    };
    let is_calendar =
        |part: &&mail_parser::MessagePart<'_>| ["calendar", "ics"].contains(&part.content_type().unwrap().subtype().unwrap());
    Read {
        subject: message.subject().unwrap().to_owned(),
        text: message.body_text(0).unwrap().replace("\r\n", "\n"),
        html: message.body_html(0).unwrap().replace("\r\n", "\n"),
        parts: message.parts.iter().map(kind).collect(),
        calendars: message
            .parts
            .iter()
            .filter(is_calendar)
            .map(|part| {
                let method = part.content_type().unwrap().attribute("method").map(str::to_owned);
                (method, String::from_utf8(part.contents().to_vec()).unwrap())
            })
            .collect(),
    }
}

fn read_booking(notice: Notice, recipient: Recipient) -> Read {
    read(&letter(booking(notice, recipient)))
}

/// The calendar that the message carries, the same in both places.
fn calendar(read: &Read) -> IcalCalendar {
    assert_eq!(read.calendars.len(), 2);
    assert_eq!(read.calendars[0].1, read.calendars[1].1);
    let text = &read.calendars[0].1;
    assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])), "{text}");
    let mut calendars = ical::IcalParser::new(text.as_bytes());
    let calendar = calendars.next().unwrap().unwrap();
    assert!(calendars.next().is_none());
    calendar
}

fn property<'a>(event: &'a IcalEvent, name: &str) -> &'a str {
    let found: Vec<_> = event.properties.iter().filter(|property| property.name == name).collect();
    assert_eq!(found.len(), 1, "{name}");
    found[0].value.as_deref().unwrap()
}

#[test]
fn a_verification_shows_its_link_and_its_code() {
    let read = read(&account(Purpose::Verification, "tok_EN-1", ""));
    assert_eq!(read.subject, "Confirm your e-mail address");
    assert_eq!(read.parts, ["multipart/alternative", "text/plain", "text/html"]);
    assert_eq!(
        read.text,
        "Hello,\n\n\
         Somebody created an account with this e-mail address at https://share.example.\n\n\
         If it was you, open this link to confirm that the address is yours:\n\
         https://share.example/verify-email?token=tok_EN-1\n\n\
         Or enter this code where the program asks for it:\n\
         tok_EN-1\n\n\
         The link is valid for 48 hours. If it was not you, do nothing: nobody can use the account without your confirmation.\n\n\
         -- \nSharefloor\nhttps://share.example"
    );
    assert!(read.html.contains("<a href=\"https://share.example/verify-email?token=tok_EN-1\">"), "{}", read.html);
}

#[test]
fn a_password_mail_shows_its_link_and_its_code() {
    let name = "Ada\r\n\nYou have won";
    assert!(read(&account(Purpose::PasswordReset, "tok+en", name)).text.starts_with("Hello Ada   You have won,\n\nSomebody"));
    let read = read(&account(Purpose::PasswordReset, "tok+en", "Ada"));
    assert!(read.text.starts_with("Hello Ada,\n\nSomebody asked for a new password"), "{}", read.text);
    assert!(read.text.contains("\nhttps://share.example/reset-password?token=tok%2Ben\n"), "{}", read.text);
    assert!(read.text.lines().any(|line| line == "tok+en"), "{}", read.text);
}

#[test]
fn a_customer_reads_what_was_booked_and_what_to_do_next() {
    let read = read_booking(Notice::Confirmed, Recipient::Customer);
    assert_eq!(read.subject, "Confirmed: Laser cutter, large; CO₂, Tue 1 Dec 2026, 09:00-11:00");
    assert_eq!(
        read.text,
        format!(
            "Hello Ada,\n\n\
             Your booking of Laser cutter, large; CO₂ at Makers & Sons is confirmed.\n\n\
             What: Laser cutter, large; CO₂\n\
             How much: 2 machines\n\
             When: Tue 1 Dec 2026, 09:00-11:00 (Europe/London, GMT)\n\
             Where: Workshop\n    1 High Street\n    E1 1AA London\n    GB\n\
             Host: Makers & Sons\n\
             Price: 42.50 GBP\n\
             Operator: Ada\n\
             Note: Two sheets\n    of plywood\n\n\
             The calendar entry is attached. To see or cancel the booking:\n\
             {}\n\n\
             If your plans change, please cancel early, so that others can use the time.\n\n\
             -- \nSharefloor\nhttps://share.example",
            link(&format!("bookings/{BOOKING}"))
        )
    );
}

#[test]
fn every_message_says_what_to_do_next() {
    for letter in letters().into_iter().chain(notices().into_iter().step_by(13)) {
        let written_at = UtcTime::parse("2026-11-30T09:00:00Z").unwrap();
        let reader = Some(("ada@example.org".parse().unwrap(), written_at));
        let sender = Sender { reader, ..mailer().writer.sender };
        let page = letter.content.as_content().page(&sender, &Texts::new(&letter.locale));
        assert!(page.call.len() > 1 && page.call.ends_with(':'), "{}: {}", letter.template(), page.call);
        let text = read(&letter).text;
        assert!(text.contains(&format!("\n\n{}\n{}\n", page.call, page.url)), "{text}");
    }
}

#[test]
fn every_message_exists_with_its_variables_and_none_is_unused() {
    let (unused, faults) = catalogue::observed(|| {
        let sender = mailer().writer.sender;
        let all: Vec<_> = letters().into_iter().chain(notices()).chain(charges::fees()).chain(charges::deposits()).collect();
        let english = all.iter().map(|letter| (letter, Language::English));
        // All languages have the variables of English, so some letters show that the others can be written.
        let others = Language::ALL.iter().flat_map(|language| all.iter().step_by(7).map(move |letter| (letter, *language)));
        for (letter, language) in english.chain(others) {
            let (content, texts) = (letter.content.as_content(), Texts::new(&language.into()));
            let page = content.page(&sender, &texts);
            let text = [page.subject.as_str(), &page.greeting, &page.intro, &page.call, &page.outro].join(" ");
            assert!(!text.contains(['{', '}']) && !text.contains("  "), "{language} {}: {text}", letter.template());
            assert!(!page.intro.is_empty() && !page.subject.is_empty(), "{}", letter.template());
        }
        let texts = Texts::new(&Locale::default());
        for (unit, kind) in Unit::ALL.iter().flat_map(|unit| ResourceKind::ALL.iter().map(move |kind| (unit, kind))) {
            quantity(&texts, 1, *unit, *kind);
        }
        when::span_in_zone(&texts, chrono_tz::Tz::UTC, at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z"));
        when::span_in_zone(&texts, chrono_tz::Europe::London, at("2026-10-25T00:00:00Z"), at("2026-10-25T02:00:00Z"));
        // The free times of a resource have it, and no mail.
        when::near(&texts, at("2026-01-01T00:00:00Z").to_chrono().naive_utc());
        // These stand around a page.
        for text in ["code", "preferences"] {
            texts.text(text);
        }
    });
    assert!(faults.is_empty(), "{faults:#?}");
    // The texts of pages, problems and invoices, and the sentences of the domain.
    let of_mails = |id: &&String| {
        !["detail-", "document-", "page-", "problem-", "web-", "word-"].iter().any(|others| id.starts_with(others))
    };
    let unused: Vec<_> = unused.iter().filter(of_mails).collect();
    assert!(unused.is_empty(), "no mail uses these texts: {unused:#?}");
}

#[test]
fn a_letter_is_in_the_language_of_its_reader_and_else_in_english() {
    for (locale, hello, intro, date, price) in [
        ("de-AT", "Guten Tag Ada,", "Ihre Buchung von Laser cutter", "Di., 1. Dez. 2026, 09:00-11:00", "42,50\u{a0}GBP"),
        ("nl", "Goedendag Ada,", "Uw boeking van Laser cutter", "di 1 dec 2026, 09:00-11:00", "GBP\u{a0}42,50"),
        ("fr", "Bonjour Ada,", "Votre réservation de Laser cutter", "mar. 1er déc. 2026, 09:00-11:00", "42,50\u{a0}GBP"),
        ("it", "Hello Ada,", "Your booking of Laser cutter", "Tue 1 Dec 2026, 09:00-11:00", "42.50 GBP"),
    ] {
        let letter = Letter { locale: Locale(locale.to_owned()), ..letter(booking(Notice::Confirmed, Recipient::Customer)) };
        let read = read(&letter);
        let language = if locale == "it" { "en" } else { &locale[..2] };
        assert!(read.text.starts_with(&format!("{hello}\n\n{intro}")), "{}", read.text);
        assert!(read.text.contains(date) && read.text.contains(price) && read.subject.contains(date), "{}", read.text);
        assert!(read.html.contains(&format!("<html lang=\"{language}\">")), "{}", read.html);
    }
}

fn at(text: &str) -> UtcTime {
    UtcTime::parse(text).unwrap()
}

#[test]
fn each_side_of_a_booking_reads_what_is_left_for_it_to_do() {
    for (happened, side, subject, call) in [
        (
            Notice::Requested,
            Recipient::Customer,
            "Requested",
            "You don't have to do anything now. We will e-mail you when the host responds.",
        ),
        (Notice::Requested, Recipient::Host, "Please respond", "Approve or decline the request here:"),
        (Notice::PaymentDue, Recipient::Customer, "Please pay", "Pay in time. The host confirms the booking when"),
        (Notice::PaymentDue, Recipient::Host, "Payment expected", "Confirm the booking here when the payment has arrived"),
        (Notice::HoldExpired, Recipient::Customer, "No longer reserved", "To look for this or another time or place:"),
        (Notice::HoldExpired, Recipient::Host, "Not paid", "We have told Start <up>. The time can be booked again."),
        (Notice::WaitlistOffer, Recipient::Customer, "A slot is free", "If you want it, confirm it in time. Otherwise"),
        (Notice::WaitlistOffer, Recipient::Host, "Payment expected", "Confirm the booking here when the payment has arrived"),
        (
            Notice::WaitlistOfferExpired,
            Recipient::Customer,
            "Offer expired",
            "The slot is offered to the next on the waitlist, and you are no longer on it.",
        ),
        (Notice::WaitlistOfferExpired, Recipient::Host, "Not paid", "We have told Start <up>. The slot is offered to the next"),
        (Notice::Confirmed, Recipient::Host, "Booked", "The calendar entry is attached. You don't have to do anything."),
        (
            Notice::Cancelled,
            Recipient::Customer,
            "Cancelled",
            "The attached calendar update removes the booking from your calendar.",
        ),
        (
            Notice::Cancelled,
            Recipient::Host,
            "Cancelled",
            "The attached calendar update removes the booking from your calendar. You don't have to do anything.",
        ),
        (Notice::Declined, Recipient::Customer, "Declined", "To look for another time or place:"),
        (Notice::Declined, Recipient::Host, "Declined", "We have told Start <up>. You don't have to do anything."),
        (Notice::Confirmed, Recipient::Operator, "You are the operator", "The calendar entry is attached. To see the booking:"),
        (
            Notice::Replaced,
            Recipient::FormerOperator,
            "Not needed",
            "The attached calendar update removes the booking from your calendar.",
        ),
        (
            Notice::OperatorLeft,
            Recipient::Customer,
            "Choose another operator",
            "The booking remains valid. To choose another operator or cancel the booking:",
        ),
        (Notice::BackInOrder, Recipient::Host, "Back in order", "We have told the customer."),
    ] {
        let read = read_booking(happened, side);
        assert!(read.subject.starts_with(&format!("{subject}: Laser cutter")), "{}", read.subject);
        assert!(read.text.contains(&format!("\n{call}")), "{}", read.text);
    }
}

#[test]
fn a_reason_is_told_to_both_sides() {
    for side in [Recipient::Customer, Recipient::Host] {
        let mut notice = booking(Notice::Cancelled, side);
        notice.first.reason = "The lamp is broken".to_owned();
        assert!(read(&letter(notice)).text.contains("\nReason: The lamp is broken\n"));
    }
}

#[test]
fn a_host_that_declines_without_a_reason_is_said_to_have_given_none() {
    for scope in scopes() {
        let declined = NoticeLetter { scope, ..booking(Notice::Declined, Recipient::Customer) };
        let text = read(&letter(declined)).text;
        assert_eq!(text.matches("Reason: No reason was given.\n").count(), 1, "{text}");
    }
}

#[test]
fn a_mail_says_by_when_to_check_in() {
    let mut notice = booking(Notice::Reminder, Recipient::Customer);
    notice.first.check_in_by = Some(at("2026-12-01T09:30:00Z"));
    let text = read(&letter(notice.clone())).text;
    let told =
        "Check in by: Tue 1 Dec 2026, 09:30 (Europe/London, GMT). After that, the rest of the time is no longer reserved.\n";
    assert!(text.contains(told), "{text}");
    notice.notice = Notice::Confirmed;
    notice.scope = Scope::Series { series_id: BOOKING.parse().unwrap(), left_out: Vec::new(), kept: Vec::new() };
    let text = read(&letter(notice)).text;
    assert!(text.contains("Check in by: 30 minutes after the start. After that,"), "{text}");
}

#[test]
fn a_place_has_no_operator_and_is_no_machine() {
    let stored = |notice, recipient, unit| {
        let mut notice = booking(notice, recipient);
        (notice.first.kind, notice.first.unit) = (ResourceKind::Storage, unit);
        notice.first.expires_at = Some(at("2026-12-01T08:00:00Z"));
        read(&letter(notice))
    };
    let read = stored(Notice::Confirmed, Recipient::Operator, Unit::Pallet);
    assert!(read.subject.starts_with("You are the person on site: "), "{}", read.subject);
    for line in ["How much: 2 pallet places\n", "\nOn site: Ada\n", "named you as the person on site.\n"] {
        assert!(read.text.contains(line), "{line} is not in\n{}", read.text);
    }
    assert!(!read.text.contains("perator"), "{}", read.text);
    let asked = stored(Notice::Requested, Recipient::Host, Unit::Unit).text;
    assert!(asked.contains("How much: 2 storage places\n") && asked.contains("\nRespond by: Tue 1 Dec 2026, 08:00"), "{asked}");
}

#[test]
fn each_booking_of_a_group_has_one_line_for_its_address() {
    let group = scopes().remove(3);
    let text = read(&letter(NoticeLetter { scope: group, ..booking(Notice::Confirmed, Recipient::Customer) })).text;
    assert!(text.contains("\n    Where: Workshop, 1 High Street, E1 1AA London, GB\n    Host: "), "{text}");
}

#[test]
fn the_calendar_of_a_host_names_the_customer() {
    let title = |recipient| {
        let calendar = calendar(&read_booking(Notice::Confirmed, recipient));
        property(&calendar.events[0], "SUMMARY").to_owned()
    };
    assert_eq!(title(Recipient::Host), r"Laser cutter\, large\; CO₂\, Start <up>");
    assert_eq!(title(Recipient::Customer), r"Laser cutter\, large\; CO₂");
}

#[test]
fn names_cannot_write_html() {
    let read = read_booking(Notice::Confirmed, Recipient::Host);
    assert!(read.html.contains("Start &#60;up&#62; booked"), "{}", read.html);
    assert!(!read.html.contains("<up>"));
}

#[test]
fn lines_end_in_one_way_and_none_is_longer_than_mail_allows() {
    for (note, is_plain) in [("one\r\ntwo\rthree\nfour", true), (&*"long ".repeat(200), false), ("caf\u{e9}\r\n", false)] {
        let mut notice = booking(Notice::Confirmed, Recipient::Host);
        (notice.first.note, notice.first.resource) = (note.to_owned(), "Laser cutter".to_owned());
        let bytes = write(&letter(notice.clone())).formatted();
        let message = String::from_utf8(bytes).unwrap();
        assert!(!message.replace("\r\n", "").contains(['\r', '\n']), "{message}");
        assert!(message.split("\r\n").all(|line| line.len() <= 998), "{message}");
        assert_eq!(!message.contains("quoted-printable"), is_plain, "{message}");
        let text = read(&letter(notice)).text.replace("\n    ", "\n");
        assert!(text.contains(note.replace("\r\n", "\n").replace('\r', "\n").trim()), "{text}");
    }
}

#[test]
fn names_cannot_write_headers() {
    let mut notice = booking(Notice::Confirmed, Recipient::Customer);
    notice.first.resource = "Lathe\r\nBcc: eve@example.org\r\n\r\nHello".to_owned();
    notice.name = "Ada\r\nBcc: eve@example.org".to_owned();
    let message = write(&letter(notice));
    assert_eq!(message.envelope().to().iter().map(ToString::to_string).collect::<Vec<_>>(), ["ada@example.org"]);
    let headers = message.headers().to_string();
    assert!(!headers.lines().any(|line| line.starts_with("Bcc") || line.is_empty()), "{headers}");
}

#[test]
fn an_answer_goes_to_one_address_or_to_the_sender() {
    let reply_to = |address: &str, other: Option<&str>| {
        let mut notice = booking(Notice::Confirmed, Recipient::Customer);
        notice.first.reply_to = address.to_owned();
        notice.scope = if other.is_some() { Scope::Several { more: 0 } } else { Scope::One };
        notice.others =
            other.map(|other| NotifiedBooking { reply_to: other.to_owned(), ..one(Notice::Confirmed) }).into_iter().collect();
        write(&letter(notice)).headers().get_raw("Reply-To").map(str::to_owned)
    };
    assert_eq!(reply_to("desk@example.org", None).unwrap(), "desk@example.org");
    assert_eq!(reply_to("desk@example.org", Some("desk@example.org")).unwrap(), "desk@example.org");
    assert_eq!(reply_to("desk@example.org", Some("other@example.org")), None);
    for no_address in ["", "desk@example.org\r\nBcc: eve@example.org", "a@example.org, b@example.org"] {
        assert_eq!(reply_to(no_address, None), None, "{no_address}");
    }
}

#[test]
fn names_cannot_write_calendar_properties() {
    let mut notice = booking(Notice::Confirmed, Recipient::Customer);
    notice.first.resource = "Lathe\r\nATTENDEE:mailto:eve@example.org".to_owned();
    notice.name = "Ada\";X=\"\r\nATTENDEE:mailto:eve@example.org".to_owned();
    let calendar = calendar(&read(&letter(notice)));
    assert_eq!(property(&calendar.events[0], "ATTENDEE"), "mailto:ada@example.org");
    assert_eq!(property(&calendar.events[0], "SUMMARY"), "Lathe\\nATTENDEE:mailto:eve@example.org");
}

#[test]
fn a_confirmation_enters_the_booking_into_the_calendar() {
    let read = read_booking(Notice::Confirmed, Recipient::Customer);
    assert_eq!(
        read.parts,
        [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/calendar; method=REQUEST",
            "application/ics"
        ]
    );
    let calendar = calendar(&read);
    let of_calendar: Vec<_> = calendar.properties.iter().map(|p| (p.name.as_str(), p.value.as_deref().unwrap())).collect();
    let expected = [("VERSION", "2.0"), ("PRODID", "-//Sharefloor//EN"), ("CALSCALE", "GREGORIAN"), ("METHOD", "REQUEST")];
    assert_eq!(of_calendar, expected);
    let [event] = calendar.events.as_slice() else { panic!("{calendar:?}") };
    for (name, value) in [
        ("UID", format!("{BOOKING}@share.example").as_str()),
        ("SEQUENCE", "3"),
        ("DTSTAMP", "20261130T090000Z"),
        ("DTSTART", "20261201T090000Z"),
        ("DTEND", "20261201T110000Z"),
        ("STATUS", "CONFIRMED"),
        ("SUMMARY", r"Laser cutter\, large\; CO₂"),
        ("LOCATION", r"Workshop\, 1 High Street\, E1 1AA London\, GB"),
        ("URL", &format!("https://share.example/bookings/{BOOKING}")),
        ("ORGANIZER", "mailto:no-reply@share.example"),
        ("ATTENDEE", "mailto:ada@example.org"),
    ] {
        assert_eq!(property(event, name), value);
    }
    assert!(property(event, "DESCRIPTION").contains(r"Host: Makers & Sons\nPrice: 42.50 GBP\n"));
}

#[test]
fn a_cancellation_takes_it_out_again() {
    let read = read_booking(Notice::Cancelled, Recipient::Host);
    assert!(read.parts.contains(&"text/calendar; method=CANCEL".to_owned()), "{:?}", read.parts);
    let calendar = calendar(&read);
    assert!(calendar.properties.iter().any(|p| p.name == "METHOD" && p.value.as_deref() == Some("CANCEL")));
    assert_eq!(property(&calendar.events[0], "UID"), format!("{BOOKING}@share.example"));
    assert_eq!(property(&calendar.events[0], "STATUS"), "CANCELLED");
}

#[test]
fn a_message_without_a_calendar_entry_does_not_speak_of_one() {
    for side in [Recipient::Customer, Recipient::Host] {
        let mut notice = booking(Notice::Cancelled, side);
        assert!(read(&letter(notice.clone())).text.contains("The attached calendar update"));
        notice.first.is_in_calendar = false;
        let read = read(&letter(notice));
        assert!(read.calendars.is_empty() && !read.text.contains("attach"), "{}", read.text);
    }
}

#[test]
fn a_request_that_has_changed_still_waits_for_its_response() {
    let waiting = |recipient| {
        let mut notice = booking(Notice::RequestRescheduled, recipient);
        notice.first.expires_at = Some(notice.first.starts_at);
        read(&letter(notice))
    };
    let host = waiting(Recipient::Host);
    assert!(host.subject.starts_with("Please respond: ") && host.text.contains("Approve or decline"), "{}", host.text);
    let customer = waiting(Recipient::Customer).text;
    assert!(customer.contains("until Makers & Sons responds") && !customer.contains("calendar"), "{customer}");
}

#[test]
fn a_message_that_nobody_has_to_get_says_where_to_choose() {
    let choice = format!("You can choose which mails of this kind you receive:\n{}", link("me"));
    assert!(read_booking(Notice::Reminder, Recipient::Customer).text.ends_with(&choice));
    assert!(!read_booking(Notice::Cancelled, Recipient::Customer).text.contains("choose"));
}

#[test]
fn what_is_not_agreed_enters_no_calendar() {
    for happened in [Notice::Requested, Notice::Declined] {
        assert!(read_booking(happened, Recipient::Customer).calendars.is_empty());
    }
}

#[test]
fn a_message_sent_again_can_be_recognised() {
    let letter = letter(booking(Notice::Requested, Recipient::Host));
    let (first, again) = (write(&letter), write(&letter));
    let headers = first.headers();
    assert_eq!(headers.get_raw("Message-ID"), Some("<019b76da-a800-7000-8000-000000000002@share.example>"));
    assert_eq!(headers.get_raw("Date"), Some("Mon, 30 Nov 2026 09:00:00 +0000"));
    assert_eq!(headers.get_raw("Auto-Submitted"), Some("auto-generated"));
    let without_boundaries = |message: &Message| {
        let text = String::from_utf8(message.formatted()).unwrap();
        text.lines().filter(|line| !line.starts_with("--") && !line.contains("boundary=")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(without_boundaries(&first), without_boundaries(&again));
}

#[test]
fn every_letter_can_be_kept_and_is_kept_without_its_secret() {
    for letter in letters().into_iter().chain(notices().into_iter().step_by(29)) {
        let kept = serde_json::to_string(&letter).unwrap();
        assert_eq!(serde_json::from_str::<Letter>(&kept).unwrap(), letter);
        let without = letter.without_secret().unwrap_or(letter);
        assert!(!serde_json::to_string(&without).unwrap().contains("SECRET"));
    }
}

#[test]
fn a_sender_that_is_no_address_is_refused_by_its_key() {
    let mut config = Config::load(None).unwrap();
    config.mail.from = "nobody".to_owned();
    let refused = Mailer::new(&config, LinkKey::new(b"a secret")).err().unwrap().to_string();
    assert!(refused.starts_with("the configuration is not valid: mail.from must be an address such as"), "{refused}");
}

#[test]
fn the_host_is_read_from_the_public_url() {
    for (url, expected) in [
        ("https://share.example", "share.example"),
        ("http://share.example:8080/path?x#y", "share.example"),
        ("http://user:password@127.0.0.1:80", "127.0.0.1"),
        ("http://[::1]:8080/", "::1"),
    ] {
        let config = Config { public_url: url.to_owned(), ..Config::load(None).unwrap() };
        assert_eq!(config.public_host(), expected);
    }
}

#[tokio::test]
async fn a_file_is_a_whole_message_and_its_name_tells_when() {
    let folder = tempfile::tempdir().unwrap();
    let mailer = Mailer { transport: Transport::File(folder.path().to_owned()), ..mailer() };
    let envelope = Envelope {
        id: "019b76da-a800-7000-8000-000000000002".parse().unwrap(),
        recipient: &"ada@example.org".parse().unwrap(),
        written_at: UtcTime::parse("2026-11-30T09:00:00Z").unwrap(),
        attachments: &[],
    };
    let letter = account(Purpose::Verification, "token", "");
    for _ in 0..2 {
        mailer.send(&envelope, &letter).await.unwrap();
    }
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["20261130T090000000Z-019b76da-a800-7000-8000-000000000002.eml"]);
    let text = std::fs::read_to_string(folder.path().join(&files[0])).unwrap();
    assert!(text.contains("\r\nTo: ada@example.org\r\n") && text.contains("\r\ntoken\r\n"), "{text}");
}
