//! What is told about a booking group: of all its bookings that the reader may see together.

use serde::{Deserialize, Serialize};

use super::letter::{BookingLetter, Side};
use super::page::{Fact, Page, Sender, greeting};
use super::when;
use crate::domain::event::{GroupHappened, Happened};
use crate::domain::ids::BookingGroupId;
use crate::domain::mail::MailCategory;
use crate::domain::money::Money;

/// What a message about a group says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupLetter {
    /// What happened to it.
    pub happened: GroupHappened,
    /// The group.
    pub group_id: BookingGroupId,
    /// What the customer has written; may be empty.
    pub note: String,
    /// What would be said of the first of these bookings alone,
    pub first: BookingLetter,
    /// and of each of the others, all to the same reader.
    pub others: Vec<BookingLetter>,
}

impl GroupLetter {
    /// The word for the kind of message.
    pub(super) fn template(&self) -> String {
        format!("{}_{}", self.happened, self.first.side)
    }

    /// What would be said of each of the bookings alone.
    pub(super) fn each(&self) -> impl Iterator<Item = &BookingLetter> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// What it is about, if its reader need get none of what it says.
    pub(super) fn category(&self) -> Option<MailCategory> {
        let categories: Option<Vec<_>> = self.each().map(BookingLetter::category).collect();
        let categories = categories?;
        // A host that hears of requests has to answer them.
        categories.iter().find(|category| **category == MailCategory::Request).or(categories.first()).copied()
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts: Vec<_> = self.each().map(fact_of).collect();
        let price = Money::sum(self.each().map(|letter| letter.facts.price)).map(|price| price.to_string());
        let more = [
            ("Price together", price.unwrap_or_default()),
            ("Note", self.note.clone()),
            ("Reason", self.first.facts.reason.clone()),
        ];
        facts.extend(more.into_iter().filter(|(_, value)| !value.is_empty()).map(|(label, value)| Fact { label, value }));
        facts
    }
}

/// A booking in one cell of the table.
fn fact_of(letter: &BookingLetter) -> Fact {
    let label = match letter.happened {
        Happened::Requested => "Requested",
        Happened::Held => "To be paid",
        Happened::Confirmed => "Confirmed",
        _ => "Cancelled",
    };
    let shown = letter.facts().into_iter().filter(|fact| fact.label != "Reason");
    Fact { label, value: shown.map(|fact| fact.value).collect::<Vec<_>>().join("\n") }
}

impl Sender {
    /// Where a group is shown.
    pub(super) fn group_link(&self, letter: &GroupLetter) -> String {
        format!("{}/booking-groups/{}", self.public_url, letter.group_id)
    }

    /// Puts what is told about a group into words.
    pub(super) fn group_page(&self, letter: &GroupLetter) -> Page {
        let BookingLetter { customer, side, .. } = &letter.first;
        let count = match letter.others.len() {
            0 => "one booking".to_owned(),
            others => format!("{} bookings", others + 1),
        };
        let is_in_calendar = letter.each().any(|booking| booking.facts.is_in_calendar);
        let is_any = |happened| letter.each().any(|booking| booking.happened == happened);
        let (is_unpaid, is_asked) = (is_any(Happened::Held), is_any(Happened::Requested));
        let (word, intro, call) = match (letter.happened, side) {
            (GroupHappened::Booked, Side::Customer) if is_unpaid => (
                "Please pay",
                format!(
                    "You have made {count} together. Those that are to be paid are confirmed by their host when your payment has \
                     arrived, and those that are requested wait for their host; all times are kept for you until then."
                ),
                "Pay in time; we write again when a host has answered. To see the bookings, to move or to cancel them:",
            ),
            (GroupHappened::Booked, Side::Customer) if is_asked => (
                "Booked",
                format!(
                    "You have made {count} together. Those that are requested wait for their host; all times are kept for you."
                ),
                "We write again when a host has answered. To see the bookings, to move or to cancel them:",
            ),
            (GroupHappened::Booked, Side::Customer) => (
                "Confirmed",
                format!("You have made {count} together, and all are confirmed."),
                "The calendar entries are attached. To see the bookings, to move or to cancel them:",
            ),
            (GroupHappened::Booked, Side::Operator) => (
                "Named",
                format!("{customer} has made {count} together, and you are to operate what is booked."),
                "The calendar entries are attached. To see the bookings:",
            ),
            (GroupHappened::Booked, Side::Host) if is_unpaid => (
                "Payment expected",
                format!("{customer} has made {count} together. The times of those that are to be paid are kept for a while."),
                "Confirm them when the payment has arrived, and in time, and answer what is requested, from here:",
            ),
            (GroupHappened::Booked, Side::Host) if is_asked => (
                "Please answer",
                format!("{customer} has made {count} together. The times of those that are requested are kept until you answer."),
                "Approve or decline the requests, one by one, from here:",
            ),
            (GroupHappened::Booked, Side::Host) => (
                "Booked",
                format!("{customer} has made {count} together."),
                "The calendar entries are attached; you need not do anything. To see the bookings:",
            ),
            (GroupHappened::Cancelled, Side::Customer) => (
                "Cancelled",
                format!("Of the bookings that you made together, {count} will not take place."),
                match is_in_calendar {
                    true => "The attachment takes what was agreed out of your calendar. To see what is left:",
                    false => "You need not do anything. To see what is left:",
                },
            ),
            (GroupHappened::Cancelled, Side::Operator) => (
                "Cancelled",
                format!("Of the bookings of {customer} that you were to operate, {count} will not take place."),
                "The attachment takes what was agreed out of your calendar. To see what is left:",
            ),
            (GroupHappened::Cancelled, Side::Host) => (
                "Cancelled",
                format!(
                    "Of the bookings that {customer} made together, {count} will not take place. The times can be booked again."
                ),
                match is_in_calendar {
                    true => {
                        "The attachment takes what was agreed out of your calendar; you need not do anything. To see what is left:"
                    }
                    false => "You need not do anything. To see what is left:",
                },
            ),
        };
        let facts = &letter.first.facts;
        let first = when::span(letter.first.timezone(), facts.starts_at, facts.ends_at);
        let resource = &letter.first.resource;
        let others = match letter.others.len() {
            0 => String::new(),
            others => format!(" and {others} more"),
        };
        Page {
            subject: format!("{word}: {resource}, {first}{others}"),
            greeting: greeting(&letter.first.name),
            intro,
            facts: letter.facts(),
            call: call.to_owned(),
            url: self.group_link(letter),
            token: None,
            outro: String::new(),
        }
    }
}
