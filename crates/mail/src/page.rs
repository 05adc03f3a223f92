//! The words of each message; the templates give them their form.

use chrono_tz::Tz;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::letter::{BookingLetter, Letter, Side};
use super::when;
use super::words::{Words, words};
use domain::alternatives::Alternative;
use domain::event::{Happened, Slot};
use domain::organization::CONTACT_TOKEN_DAYS;
use domain::resource::Unit;
use domain::time::UtcTime;

/// One message, as text and as HTML.
pub(super) struct Page {
    pub(super) subject: String,
    pub(super) greeting: String,
    pub(super) intro: String,
    pub(super) facts: Vec<Fact>,
    /// What to do next, in front of the link.
    pub(super) call: String,
    pub(super) url: String,
    /// The secret of the link, for those who cannot follow it.
    pub(super) token: Option<String>,
    pub(super) outro: String,
}

/// A line of a table.
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) value: String,
}

impl Fact {
    /// The value in a text, where its further lines stand further in: nobody takes them for ours.
    pub(super) fn indented(&self) -> String {
        self.value.replace('\n', "\n    ")
    }
}

/// What the service tells about itself.
pub(super) struct Sender {
    /// Where people reach it, without a slash at the end.
    pub(super) public_url: String,
    /// How many hours a verification is good for.
    pub(super) verification_hours: u32,
    /// How many minutes a password link is good for.
    pub(super) reset_minutes: u32,
}

/// All but what RFC 3986 never wants encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Sender {
    /// Puts a letter into words.
    pub(super) fn page(&self, letter: &Letter) -> Page {
        match letter {
            Letter::Verification { token } => Page {
                subject: "Confirm your e-mail address".to_owned(),
                greeting: greeting(""),
                intro: format!("An account with this address was made at {}.", self.public_url),
                facts: Vec::new(),
                call: "If it was you, confirm that the address is yours by opening this link:".to_owned(),
                url: self.token_link("verify-email", token),
                token: Some(token.clone()),
                outro: format!(
                    "This is good for {} hours. If it was not you, do nothing: without you, nobody can use the account.",
                    self.verification_hours
                ),
            },
            Letter::ContactVerification { token } => Page {
                subject: "Confirm that mail about bookings may come here".to_owned(),
                greeting: greeting(""),
                intro: format!("An organization at {} has given this address for mail about its bookings.", self.public_url),
                facts: Vec::new(),
                call: "If you want to have that mail, confirm it by opening this link:".to_owned(),
                url: self.token_link("verify-contact", token),
                token: Some(token.clone()),
                outro: format!(
                    "This is good for {CONTACT_TOKEN_DAYS} days. If you do not want it, do nothing: no other mail comes here."
                ),
            },
            Letter::PasswordReset { token, name } => Page {
                subject: "Choose a new password".to_owned(),
                greeting: greeting(name),
                intro: format!("A new password was asked for your account at {}.", self.public_url),
                facts: Vec::new(),
                call: "If it was you, choose the new password by opening this link:".to_owned(),
                url: self.token_link("reset-password", token),
                token: Some(token.clone()),
                outro: format!(
                    "This is good for {} minutes and works once. If it was not you, do nothing: your password stays as it is.",
                    self.reset_minutes
                ),
            },
            Letter::Booking(letter) => self.booking_page(letter),
            Letter::Bookings(letter) => self.bookings_page(letter),
            Letter::Series(letter) => self.series_page(letter),
            Letter::Group(letter) => self.group_page(letter),
            Letter::Wait(letter) => self.wait_page(letter),
            Letter::Certification(letter) => self.certification_page(letter),
            Letter::Seat(letter) => self.seat_page(letter),
            Letter::Attendance(letter) => self.attendance_page(letter),
        }
    }

    fn booking_page(&self, letter: &BookingLetter) -> Page {
        let resource = &letter.resource;
        let Words { word, intro, call, outro } = words(letter);
        let is_over_for_customer = letter.side != Side::Host
            && matches!(
                letter.happened,
                Happened::Cancelled
                    | Happened::Displaced
                    | Happened::Declined
                    | Happened::Expired
                    | Happened::HoldExpired
                    | Happened::OfferLapsed
            );
        let timezone = letter.timezone();
        let span = when::span(timezone, letter.facts.starts_at, letter.facts.ends_at);
        Page {
            subject: format!("{word}: {resource}, {span}"),
            greeting: greeting(&letter.name),
            intro,
            facts: letter.facts().into_iter().chain(self.instead(letter)).collect(),
            call: match letter.facts.changeable_until.filter(|_| letter.side == Side::Customer) {
                Some(until) => call.replace("cancel it:", &format!("cancel it (until {}):", when::instant(timezone, until))),
                None => call.to_owned(),
            },
            url: if is_over_for_customer { self.public_url.clone() } else { self.booking_link(letter) },
            token: None,
            outro: outro.to_owned(),
        }
    }

    /// Where a booking is shown.
    pub(super) fn booking_link(&self, letter: &BookingLetter) -> String {
        format!("{}/bookings/{}", self.public_url, letter.facts.booking_id)
    }

    /// What its customer could book instead, and where, if there is anything.
    pub(super) fn instead(&self, letter: &BookingLetter) -> Option<Fact> {
        let offer = |slot: &Alternative| {
            let Alternative { resource_id, resource_name, organization_name, site_name, city, .. } = slot;
            let way = if slot.distance_km < 0.05 { String::new() } else { format!(" ({:.1} km away)", slot.distance_km) };
            let (when, price) = (letter.when(slot.starts_at, slot.ends_at), slot.price);
            let link = format!("{}/resources/{resource_id}", self.public_url);
            format!("{resource_name} at {organization_name}, {site_name}, {city}{way}\n{when}, {price}\n{link}")
        };
        let offers: Vec<_> = letter.facts.alternatives.iter().filter(|_| letter.side == Side::Customer).map(offer).collect();
        (!offers.is_empty()).then(|| Fact { label: "Instead", value: offers.join("\n") })
    }

    fn token_link(&self, path: &str, token: &str) -> String {
        format!("{}/{path}?token={}", self.public_url, utf8_percent_encode(token, ENCODED))
    }
}

/// How a message begins.
pub(super) fn greeting(name: &str) -> String {
    if name.is_empty() { "Hello,".to_owned() } else { format!("Hello {name},") }
}

impl BookingLetter {
    /// The zone that times are told in; UTC should the site's be unknown to this version.
    pub(super) fn timezone(&self) -> Tz {
        self.timezone.parse().unwrap_or(Tz::UTC)
    }

    /// A time at the site.
    fn when(&self, starts_at: UtcTime, ends_at: UtcTime) -> String {
        let timezone = self.timezone();
        format!("{} ({})", when::span(timezone, starts_at, ends_at), when::zone(timezone, starts_at, ends_at))
    }

    /// The booking in a table.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let (timezone, facts) = (self.timezone(), &self.facts);
        let when = |starts_at, ends_at| self.when(starts_at, ends_at);
        let has_moved = |before: &&Slot| {
            (before.starts_at, before.ends_at, before.quantity, before.price, &before.resource)
                != (facts.starts_at, facts.ends_at, facts.quantity, facts.price, &self.resource)
        };
        let before = facts.before.as_ref().filter(has_moved).map_or_else(String::new, |before| {
            let (quantity, price) = (quantity(before.quantity, self.unit), before.price);
            format!("{}, {quantity}\n{}\n{price}", before.resource, when(before.starts_at, before.ends_at))
        });
        let (other, name) = match self.side {
            Side::Customer | Side::Operator => ("Host", &self.host),
            Side::Host => ("Customer", &self.customer),
        };
        let table = [
            ("What", self.resource.clone()),
            ("How much", quantity(facts.quantity, self.unit)),
            ("When", when(facts.starts_at, facts.ends_at)),
            ("Where", self.place.clone()),
            ("Getting in", self.access_notes.clone()),
            ("Contact", self.contact.clone()),
            (other, name.clone()),
            ("Price", facts.price.to_string()),
            ("Before", before),
            ("Kept until", facts.expires_at.map_or_else(String::new, |at| when::instant(timezone, at))),
            ("Operated by", self.operated_by.clone()),
            ("Note", self.note.clone()),
            ("Reason", facts.reason.clone()),
            ("In order from", facts.in_order_from.map_or_else(String::new, |at| when::instant(timezone, at))),
        ];
        table.into_iter().filter(|(_, value)| !value.is_empty()).map(|(label, value)| Fact { label, value }).collect()
    }
}

/// A quantity in words.
pub(super) fn quantity(number: i32, unit: Unit) -> String {
    let word = match (unit, number) {
        (Unit::Unit, 1) => "unit",
        (Unit::Unit, _) => "units",
        (Unit::M2, _) => "m²",
        (Unit::M3, _) => "m³",
        (Unit::Pallet, 1) => "pallet place",
        (Unit::Pallet, _) => "pallet places",
        (Unit::Shelf, 1) => "shelf",
        (Unit::Shelf, _) => "shelves",
    };
    format!("{number} {word}")
}
