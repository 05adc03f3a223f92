//! What is told about several bookings together.

use serde::{Deserialize, Serialize};

use super::letter::{BookingLetter, Side};
use super::page::{Fact, Page, Sender, greeting, quantity};
use super::when;
use super::words::{Words, words};

/// How many bookings are listed at most; of more, the number is told.
pub const MOST: usize = 50;

/// What a message about several bookings says, to all of which the same has happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookingsLetter {
    /// What would be said of the first of these bookings alone,
    pub first: BookingLetter,
    /// and of each of the others, all to the same reader.
    pub others: Vec<BookingLetter>,
    /// How many more there are that are not listed.
    pub more: usize,
}

impl BookingsLetter {
    /// What would be said of each of the bookings that are listed alone.
    pub(super) fn each(&self) -> impl Iterator<Item = &BookingLetter> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

impl Sender {
    /// Where all bookings are shown.
    pub(super) fn bookings_link(&self) -> String {
        format!("{}/bookings", self.public_url)
    }

    /// Puts what is told about several bookings into words.
    pub(super) fn bookings_page(&self, letter: &BookingsLetter) -> Page {
        let Words { word, intro, call, outro } = words(&letter.first);
        Page {
            subject: format!("{word}: {}, {} bookings", letter.first.resource, letter.others.len() + letter.more + 1),
            greeting: greeting(&letter.first.name),
            intro,
            facts: self.bookings_facts(letter),
            call: call.to_owned(),
            url: self.bookings_link(),
            token: None,
            outro: outro.to_owned(),
        }
    }

    fn bookings_facts(&self, letter: &BookingsLetter) -> Vec<Fact> {
        let BookingsLetter { first, more, .. } = letter;
        let listed = letter.each().flat_map(|one| {
            let span = when::span(one.timezone(), one.facts.starts_at, one.facts.ends_at);
            let other = if one.side == Side::Host { &one.customer } else { &one.host };
            let what = format!("{}, {}, {other}", one.resource, quantity(one.facts.quantity, one.unit));
            let value = format!("{what}\n{span} ({})\n{}", one.timezone(), self.booking_link(one));
            std::iter::once(Fact { label: "Booking", value }).chain(self.instead(one))
        });
        let mut facts: Vec<_> = listed.collect();
        let in_order_from = first.facts.in_order_from.map(|at| when::instant(first.timezone(), at));
        let rest = [
            ("More", if *more == 0 { String::new() } else { format!("{more} bookings") }),
            ("Reason", first.facts.reason.clone()),
            ("In order from", in_order_from.unwrap_or_default()),
        ];
        facts.extend(rest.into_iter().filter(|(_, value)| !value.is_empty()).map(|(label, value)| Fact { label, value }));
        facts
    }
}
