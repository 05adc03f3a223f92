//! The messages as their readers' programs see them.

use chrono::NaiveDate;
use ical::parser::ical::component::{IcalCalendar, IcalEvent};
use lettre::Message;
use mail_parser::{MessageParser, MimeHeaders as _};

use super::booking_group::GroupLetter;
use super::bookings::BookingsLetter;
use super::certification::{AttendanceLetter, CertificationEvent, CertificationLetter, SeatEvent, SeatLetter};
use super::letter::{BookingLetter, Letter, Side};
use super::series::SeriesLetter;
use super::waitlist::WaitLetter;
use super::{Envelope, Mailer, Transport, host, message};
use domain::email::Email;
use domain::event::{BookingFacts, GroupHappened, Happened, SeriesHappened, TrainingFacts, WaitHappened};
use domain::money::Money;
use domain::resource::Unit;
use domain::time::UtcTime;
use environment::config::Config;

const BOOKING: &str = "019b76da-a800-7000-8000-000000000001";

fn mailer() -> Mailer {
    let mut config = Config::load(None).unwrap();
    config.public_url = "https://share.example/".to_owned();
    config.mail.from = "Sharefloor <no-reply@share.example>".to_owned();
    Mailer::new(&config).unwrap()
}

fn booking(happened: Happened, side: Side) -> BookingLetter {
    BookingLetter {
        happened,
        side,
        name: "Ada".to_owned(),
        facts: BookingFacts {
            booking_id: BOOKING.parse().unwrap(),
            starts_at: UtcTime::parse("2026-12-01T09:00:00Z").unwrap(),
            ends_at: UtcTime::parse("2026-12-01T11:00:00Z").unwrap(),
            quantity: 2,
            price: Money { amount: 4250, currency: "GBP".parse().unwrap() },
            operated_by: None,
            calendar_sequence: 3,
            reason: String::new(),
            expires_at: None,
            requires_payment: false,
            requires_approval: false,
            changeable_until: None,
            in_order_from: None,
            alternatives: Vec::new(),
            before: None,
            is_by_host: false,
            is_offered: false,
            is_in_calendar: matches!(happened, Happened::Confirmed | Happened::Cancelled | Happened::Rescheduled),
            is_hold: false,
        },
        resource: "Laser cutter, large; CO₂".to_owned(),
        unit: Unit::Unit,
        place: "Workshop\n1 High Street\nE1 1AA London\nGB".to_owned(),
        access_notes: String::new(),
        contact: String::new(),
        timezone: "Europe/London".to_owned(),
        host: "Makers & Sons".to_owned(),
        customer: "Start <up>".to_owned(),
        operated_by: "Ada".to_owned(),
        note: "Two sheets\nof plywood".to_owned(),
    }
}

/// A letter of each kind.
fn letters() -> Vec<Letter> {
    let first = booking(Happened::Confirmed, Side::Host);
    let BookingLetter { name, resource, host, place, timezone, facts, .. } = first.clone();
    let (starts_at, ends_at, token) = (facts.starts_at, facts.ends_at, "SECRET".to_owned());
    let (kind, training) = ("Laser".to_owned(), "Laser, the first evening".to_owned());
    vec![
        Letter::Verification { token: token.clone() },
        Letter::PasswordReset { token: token.clone(), name: name.clone() },
        Letter::ContactVerification { token },
        Letter::Booking(Box::new(first.clone())),
        Letter::Bookings(Box::new(BookingsLetter { first: first.clone(), others: vec![first.clone()], more: 1 })),
        Letter::Series(Box::new(SeriesLetter {
            happened: SeriesHappened::Confirmed,
            series_id: BOOKING.parse().unwrap(),
            first: first.clone(),
            bookings: vec![facts],
            left_out: vec![NaiveDate::from_ymd_opt(2026, 12, 8).unwrap()],
        })),
        Letter::Group(Box::new(GroupLetter {
            happened: GroupHappened::Booked,
            group_id: BOOKING.parse().unwrap(),
            note: String::new(),
            first: first.clone(),
            others: vec![first.clone()],
            left: vec![first],
        })),
        Letter::Wait(Box::new(WaitLetter {
            happened: WaitHappened::Expired,
            name: name.clone(),
            resource,
            host: host.clone(),
            starts_at,
            ends_at,
            timezone: timezone.clone(),
        })),
        Letter::Certification(Box::new(CertificationLetter {
            event: CertificationEvent::Granted,
            name: name.clone(),
            certification_kind_id: BOOKING.parse().unwrap(),
            certification_kind: kind.clone(),
            organization: host.clone(),
            expires_at: Some(ends_at),
            reason: String::new(),
        })),
        Letter::Seat(Box::new(SeatLetter {
            event: SeatEvent::TrainingChanged,
            seat_id: BOOKING.parse().unwrap(),
            price: None,
            name: name.clone(),
            training_id: BOOKING.parse().unwrap(),
            training: training.clone(),
            trainer: "Grace".to_owned(),
            description: "Bring your glasses".to_owned(),
            calendar_sequence: 1,
            before: Some(TrainingFacts {
                name: kind.clone(),
                trainer: String::new(),
                site: "Workshop".to_owned(),
                starts_at,
                ends_at,
            }),
            starts_at,
            ends_at,
            timezone: timezone.clone(),
            place,
            access_notes: String::new(),
            contact: String::new(),
            certification_kind: kind,
            organization: host,
            reason: String::new(),
        })),
        Letter::Attendance(Box::new(AttendanceLetter {
            name,
            training_id: BOOKING.parse().unwrap(),
            training,
            starts_at,
            ends_at,
            timezone,
            seats: 5,
        })),
    ]
}

fn write(letter: &Letter) -> Message {
    let recipient: Email = "ada@example.org".parse().unwrap();
    let id = "019b76da-a800-7000-8000-000000000002".parse().unwrap();
    let written_at = UtcTime::parse("2026-11-30T09:00:00Z").unwrap();
    message::write(&mailer(), &Envelope { id, recipient: &recipient, written_at }, letter).unwrap()
}

/// What a reader's program finds in a message.
struct Read {
    subject: String,
    text: String,
    html: String,
    /// The types of all parts.
    parts: Vec<String>,
    calendars: Vec<String>,
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
            .map(|part| String::from_utf8(part.contents().to_vec()).unwrap())
            .collect(),
    }
}

fn read_booking(happened: Happened, side: Side) -> Read {
    read(&Letter::Booking(Box::new(booking(happened, side))))
}

/// The calendar that the message carries, the same in both places.
fn calendar(read: &Read) -> IcalCalendar {
    assert_eq!(read.calendars.len(), 2);
    assert_eq!(read.calendars[0], read.calendars[1]);
    let text = &read.calendars[0];
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
    let read = read(&Letter::Verification { token: "tok_EN-1".to_owned() });
    assert_eq!(read.subject, "Confirm your e-mail address");
    assert_eq!(read.parts, ["multipart/alternative", "text/plain", "text/html"]);
    assert_eq!(
        read.text,
        "Hello,\n\n\
         An account with this address was made at https://share.example.\n\n\
         If it was you, confirm that the address is yours by opening this link:\n\
         https://share.example/verify-email?token=tok_EN-1\n\n\
         Or give this code to the program that asks for it:\n\
         tok_EN-1\n\n\
         This is good for 48 hours. If it was not you, do nothing: without you, nobody can use the account.\n\n\
         -- \nSharefloor\nhttps://share.example"
    );
    assert!(read.html.contains("<a href=\"https://share.example/verify-email?token=tok_EN-1\">"), "{}", read.html);
}

#[test]
fn a_password_mail_shows_its_link_and_its_code() {
    let read = read(&Letter::PasswordReset { token: "tok+en".to_owned(), name: "Ada".to_owned() });
    assert!(read.text.starts_with("Hello Ada,\n\nA new password was asked"), "{}", read.text);
    assert!(read.text.contains("\nhttps://share.example/reset-password?token=tok%2Ben\n"), "{}", read.text);
    assert!(read.text.lines().any(|line| line == "tok+en"), "{}", read.text);
}

#[test]
fn a_customer_reads_what_was_booked_and_what_to_do_next() {
    let read = read_booking(Happened::Confirmed, Side::Customer);
    assert_eq!(read.subject, "Confirmed: Laser cutter, large; CO₂, Tue 1 Dec 2026, 09:00–11:00");
    assert_eq!(
        read.text,
        format!(
            "Hello Ada,\n\n\
             Your booking of Laser cutter, large; CO₂ at Makers & Sons is confirmed.\n\n\
             What: Laser cutter, large; CO₂\n\
             How much: 2 units\n\
             When: Tue 1 Dec 2026, 09:00–11:00 (Europe/London, GMT)\n\
             Where: Workshop\n    1 High Street\n    E1 1AA London\n    GB\n\
             Host: Makers & Sons\n\
             Price: 42.50 GBP\n\
             Operated by: Ada\n\
             Note: Two sheets\n    of plywood\n\n\
             The calendar entry is attached. To see the booking or to cancel it:\n\
             https://share.example/bookings/{BOOKING}\n\n\
             Should your plans change, please cancel early, so that others can use the time.\n\n\
             -- \nSharefloor\nhttps://share.example"
        )
    );
}

#[test]
fn every_message_says_what_to_do_next() {
    let of_bookings = Happened::ALL.iter().flat_map(|happened| {
        let sides = [Side::Customer, Side::Operator, Side::Host];
        sides.map(|side| Letter::Booking(Box::new(booking(*happened, side))))
    });
    for letter in letters().into_iter().chain(of_bookings) {
        let page = mailer().sender.page(&letter);
        assert!(page.call.len() > 1 && page.call.ends_with(':'), "{}: {}", letter.template(), page.call);
        let text = read(&letter).text;
        assert!(text.contains(&format!("\n\n{}\n{}\n", page.call, page.url)), "{text}");
    }
}

#[test]
fn each_side_of_a_booking_reads_what_is_left_for_it_to_do() {
    for (happened, side, subject, call) in [
        (Happened::Requested, Side::Customer, "Requested", "You need not do anything: we write again when they have answered."),
        (Happened::Requested, Side::Host, "Please answer", "Approve or decline the request here:"),
        (Happened::Held, Side::Customer, "Please pay", "Pay in time: the host confirms the booking when"),
        (Happened::Held, Side::Host, "Payment expected", "Confirm it here when the payment has arrived"),
        (Happened::HoldExpired, Side::Customer, "Not kept any more", "To look for it again, or for another time or place:"),
        (Happened::HoldExpired, Side::Host, "Not paid", "They have been told. The time can be booked again."),
        (Happened::Offered, Side::Customer, "A place is free", "If you want it, confirm it in time; else"),
        (Happened::Offered, Side::Host, "Payment expected", "Confirm it here when the payment has arrived"),
        (Happened::OfferLapsed, Side::Customer, "Your turn is over", "It is the turn of whoever comes next; you are out"),
        (Happened::OfferLapsed, Side::Host, "Not paid", "They have been told, and it is the turn"),
        (Happened::Confirmed, Side::Host, "Booked", "The calendar entry is attached; you need not do anything."),
        (Happened::Cancelled, Side::Customer, "Cancelled", "The attachment takes it out of your calendar."),
        (Happened::Cancelled, Side::Host, "Cancelled", "The attachment takes it out of your calendar; you need not do anything."),
        (Happened::Declined, Side::Customer, "Declined", "To look for another time or place:"),
        (Happened::Declined, Side::Host, "Declined", "They have been told; you need not do anything."),
        (Happened::Confirmed, Side::Operator, "Named", "The calendar entry is attached. To see the booking:"),
        (Happened::Replaced, Side::Operator, "Not needed", "The attachment takes it out of your calendar;"),
        (Happened::OperatorLeft, Side::Customer, "Name somebody", "It stays booked. To name somebody else, or to cancel it:"),
        (Happened::BackInOrder, Side::Host, "Back in order", "Who has booked it has been told;"),
    ] {
        let read = read_booking(happened, side);
        assert!(read.subject.starts_with(&format!("{subject}: Laser cutter")), "{}", read.subject);
        assert!(read.text.contains(&format!("\n{call}")), "{}", read.text);
    }
}

#[test]
fn a_reason_is_told_to_both_sides() {
    for side in [Side::Customer, Side::Host] {
        let mut letter = booking(Happened::Cancelled, side);
        letter.facts.reason = "The lamp is broken".to_owned();
        assert!(read(&Letter::Booking(Box::new(letter))).text.contains("\nReason: The lamp is broken\n"));
    }
}

#[test]
fn names_cannot_write_html() {
    let read = read_booking(Happened::Confirmed, Side::Host);
    assert!(read.html.contains("Start &#60;up&#62; has booked"), "{}", read.html);
    assert!(!read.html.contains("<up>"));
}

#[test]
fn names_cannot_write_headers() {
    let mut letter = booking(Happened::Confirmed, Side::Customer);
    letter.resource = "Lathe\r\nBcc: eve@example.org\r\n\r\nHello".to_owned();
    letter.name = "Ada\r\nBcc: eve@example.org".to_owned();
    let message = write(&Letter::Booking(Box::new(letter)));
    assert_eq!(message.envelope().to().iter().map(ToString::to_string).collect::<Vec<_>>(), ["ada@example.org"]);
    let headers = message.headers().to_string();
    assert!(!headers.lines().any(|line| line.starts_with("Bcc") || line.is_empty()), "{headers}");
}

#[test]
fn names_cannot_write_calendar_properties() {
    let mut letter = booking(Happened::Confirmed, Side::Customer);
    letter.resource = "Lathe\r\nATTENDEE:mailto:eve@example.org".to_owned();
    letter.name = "Ada\";X=\"\r\nATTENDEE:mailto:eve@example.org".to_owned();
    let calendar = calendar(&read(&Letter::Booking(Box::new(letter))));
    assert_eq!(property(&calendar.events[0], "ATTENDEE"), "mailto:ada@example.org");
    assert_eq!(property(&calendar.events[0], "SUMMARY"), "Lathe\\nATTENDEE:mailto:eve@example.org");
}

#[test]
fn a_confirmation_enters_the_booking_into_the_calendar() {
    let read = read_booking(Happened::Confirmed, Side::Customer);
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
    let read = read_booking(Happened::Cancelled, Side::Host);
    assert!(read.parts.contains(&"text/calendar; method=CANCEL".to_owned()), "{:?}", read.parts);
    let calendar = calendar(&read);
    assert!(calendar.properties.iter().any(|p| p.name == "METHOD" && p.value.as_deref() == Some("CANCEL")));
    assert_eq!(property(&calendar.events[0], "UID"), format!("{BOOKING}@share.example"));
    assert_eq!(property(&calendar.events[0], "STATUS"), "CANCELLED");
}

#[test]
fn a_message_without_a_calendar_entry_does_not_speak_of_one() {
    for side in [Side::Customer, Side::Host] {
        let mut letter = booking(Happened::Cancelled, side);
        assert!(read(&Letter::Booking(Box::new(letter.clone()))).text.contains("The attachment"));
        letter.facts.is_in_calendar = false;
        let read = read(&Letter::Booking(Box::new(letter)));
        assert!(read.calendars.is_empty() && !read.text.contains("attachment"), "{}", read.text);
    }
}

#[test]
fn a_request_that_has_changed_still_waits_for_its_answer() {
    let waiting = |side| {
        let mut letter = booking(Happened::Rescheduled, side);
        (letter.facts.is_in_calendar, letter.facts.expires_at) = (false, Some(letter.facts.starts_at));
        read(&Letter::Booking(Box::new(letter)))
    };
    let host = waiting(Side::Host);
    assert!(host.subject.starts_with("Please answer: ") && host.text.contains("Approve or decline"), "{}", host.text);
    let customer = waiting(Side::Customer).text;
    assert!(customer.contains("until they answer") && !customer.contains("calendar"), "{customer}");
}

#[test]
fn a_message_that_nobody_has_to_get_says_where_to_choose() {
    let choice = "You choose which mails like this one you get:\nhttps://share.example/me";
    assert!(read_booking(Happened::Reminder, Side::Customer).text.ends_with(choice));
    assert!(!read_booking(Happened::Cancelled, Side::Customer).text.contains("choose"));
}

#[test]
fn what_is_not_agreed_enters_no_calendar() {
    for happened in [Happened::Requested, Happened::Declined] {
        assert!(read_booking(happened, Side::Customer).calendars.is_empty());
    }
}

#[test]
fn a_message_sent_again_can_be_recognised() {
    let letter = Letter::Booking(Box::new(booking(Happened::Requested, Side::Host)));
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
    for letter in letters() {
        let kept = serde_json::to_string(&letter).unwrap();
        assert_eq!(serde_json::from_str::<Letter>(&kept).unwrap(), letter);
        assert!(!serde_json::to_string(&letter.without_secret()).unwrap().contains("SECRET"));
    }
}

#[test]
fn a_sender_that_is_no_address_is_refused_by_its_key() {
    let mut config = Config::load(None).unwrap();
    config.mail.from = "nobody".to_owned();
    let refused = Mailer::new(&config).err().unwrap().to_string();
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
        assert_eq!(host(url), expected);
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
    };
    let letter = Letter::Verification { token: "token".to_owned() };
    for _ in 0..2 {
        mailer.send(&envelope, &letter).await.unwrap();
    }
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["20261130T090000000Z-019b76da-a800-7000-8000-000000000002.eml"]);
    let text = std::fs::read_to_string(folder.path().join(&files[0])).unwrap();
    assert!(text.contains("\r\nTo: ada@example.org\r\n") && text.contains("\r\ntoken\r\n"), "{text}");
}
