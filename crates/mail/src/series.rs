//! What is told about a series: of all its bookings together.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::letter::{BookingLetter, Side};
use super::page::{Fact, Page, Sender, greeting};
use super::when;
use domain::event::{BookingFacts, SeriesHappened};
use domain::ids::SeriesId;
use domain::money::Money;

/// What a message about a series says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesLetter {
    /// What happened to it.
    pub happened: SeriesHappened,
    /// The series.
    pub series_id: SeriesId,
    /// What would be said of the first of these bookings alone.
    pub first: BookingLetter,
    /// The bookings that it happened to, the first of them included.
    pub bookings: Vec<BookingFacts>,
    /// The days that could not be booked.
    pub left_out: Vec<NaiveDate>,
}

impl SeriesLetter {
    /// The word for the kind of message.
    pub(super) fn template(&self) -> String {
        format!("{}_{}", self.happened, self.first.side)
    }

    /// What would be said of each of the bookings alone.
    pub(super) fn each(&self) -> impl Iterator<Item = BookingLetter> {
        self.bookings.iter().map(|facts| BookingLetter { facts: facts.clone(), ..self.first.clone() })
    }

    fn facts(&self) -> Vec<Fact> {
        let timezone = self.first.timezone();
        let mut facts = self.first.facts();
        facts.retain(|fact| fact.label != "Before");
        for fact in &mut facts {
            match fact.label {
                "When" => {
                    let times = self.bookings.iter().map(|booking| when::span(timezone, booking.starts_at, booking.ends_at));
                    fact.value = times.chain([format!("({timezone})")]).collect::<Vec<_>>().join("\n");
                }
                "Price" => {
                    let total = Money::sum(self.bookings.iter().map(|booking| booking.price));
                    fact.value = total.map_or_else(String::new, |total| total.to_string());
                }
                _ => {}
            }
        }
        if !self.left_out.is_empty() {
            let days = self.left_out.iter().map(|day| day.format("%a %-d %b %Y").to_string());
            facts.push(Fact { label: "Left out", value: days.collect::<Vec<_>>().join("\n") });
        }
        facts
    }
}

impl Sender {
    /// Where a series is shown.
    pub(super) fn series_link(&self, letter: &SeriesLetter) -> String {
        format!("{}/series/{}", self.public_url, letter.series_id)
    }

    /// Puts what is told about a series into words.
    pub(super) fn series_page(&self, letter: &SeriesLetter) -> Page {
        let BookingLetter { host, customer, resource, side, .. } = &letter.first;
        let times = match letter.bookings.len() {
            1 => "once".to_owned(),
            count => format!("{count} times"),
        };
        let is_in_calendar = letter.bookings.iter().any(|booking| booking.is_in_calendar);
        let (word, intro, call) = match (letter.happened, side) {
            (SeriesHappened::Requested, Side::Customer | Side::Operator) => (
                "Requested",
                format!("You have asked {host} for {resource}, {times}. The times are kept for you until they answer."),
                "You need not do anything: we write again when they have answered. To see the requests or to withdraw them:",
            ),
            (SeriesHappened::Requested, Side::Host) => (
                "Please answer",
                format!("{customer} would like to book {resource}, {times}. The times are kept for them until you answer."),
                "Approve or decline them, together or one by one, here:",
            ),
            (SeriesHappened::Held, Side::Customer | Side::Operator) => (
                "Please pay",
                format!("{resource} at {host} is kept for you for a while, {times}. Payment comes first."),
                "Pay in time: the host confirms the bookings when your payment has arrived. To see them or to let them go:",
            ),
            (SeriesHappened::Held, Side::Host) => (
                "Payment expected",
                format!("{customer} would like to book {resource}, {times}, and payment comes first. It is kept for a while."),
                "Confirm the bookings here when the payment has arrived, and in time, for then the times can be booked again:",
            ),
            (SeriesHappened::Confirmed, Side::Customer) => (
                "Confirmed",
                format!("You have {resource} at {host} {times}: all of these bookings are confirmed."),
                "The calendar entries are attached. To see the bookings, to move or to cancel them:",
            ),
            (SeriesHappened::Confirmed, Side::Operator) => (
                "Named",
                format!("{customer} has booked {resource} at {host}, {times}, and you are to operate it."),
                "The calendar entries are attached. To see the bookings:",
            ),
            (SeriesHappened::Confirmed, Side::Host) => (
                "Booked",
                format!("{customer} has booked {resource}, {times}."),
                "The calendar entries are attached; you need not do anything. To see the bookings:",
            ),
            (SeriesHappened::Rescheduled, Side::Customer) => (
                "Moved",
                format!("Your bookings of {resource} at {host} have new times."),
                "The attachment brings those in your calendar up to date. To see the bookings, to move or to cancel them:",
            ),
            (SeriesHappened::Rescheduled, Side::Operator) => (
                "Moved",
                format!("The bookings of {resource} at {host}, which you are to operate, have new times."),
                "The attachment brings those in your calendar up to date. To see the bookings:",
            ),
            (SeriesHappened::Rescheduled, Side::Host) => (
                "Moved",
                format!("The bookings of {resource} by {customer} have new times."),
                "The attachment brings those in your calendar up to date. To see the bookings:",
            ),
            (SeriesHappened::Cancelled, Side::Customer) => (
                "Cancelled",
                format!("Your bookings of {resource} at {host} are cancelled."),
                match is_in_calendar {
                    true => "The attachment takes them out of your calendar. To see what is left of the series:",
                    false => "You need not do anything. To see what is left of the series:",
                },
            ),
            (SeriesHappened::Cancelled, Side::Operator) => (
                "Cancelled",
                format!("The bookings of {resource} at {host}, which you were to operate, are cancelled."),
                "The attachment takes them out of your calendar. To see what is left of the series:",
            ),
            (SeriesHappened::Cancelled, Side::Host) => (
                "Cancelled",
                format!("The bookings of {resource} by {customer} are cancelled. The times can be booked again."),
                match is_in_calendar {
                    true => {
                        "The attachment takes them out of your calendar; you need not do anything. \
                         To see what is left of the series:"
                    }
                    false => "You need not do anything. To see what is left of the series:",
                },
            ),
            (SeriesHappened::Declined, Side::Customer | Side::Operator) => (
                "Declined",
                format!("{host} cannot give you {resource} at the times that you asked for."),
                "To see what is left of the series, and to look for other times:",
            ),
            (SeriesHappened::Declined, Side::Host) => (
                "Declined",
                format!("The requests of {customer} for {resource} are declined. The times can be booked again."),
                "They have been told; you need not do anything. To see what is left of the series:",
            ),
            (SeriesHappened::Expired, Side::Customer | Side::Operator) => (
                "Not answered",
                format!("{host} has not answered your requests for {resource} in time. The times are not kept for you any more."),
                "To see what is left of the series, and to look for other times:",
            ),
            (SeriesHappened::Expired, Side::Host) => (
                "Not answered",
                format!("The requests of {customer} for {resource} were not answered in time. The times can be booked again."),
                "They have been told. To see what is left of the series:",
            ),
        };
        let facts = &letter.first.facts;
        let first = when::span(letter.first.timezone(), facts.starts_at, facts.ends_at);
        Page {
            subject: format!("{word}: {resource}, {times} from {first}"),
            greeting: greeting(&letter.first.name),
            intro,
            facts: letter.facts(),
            call: call.to_owned(),
            url: self.series_link(letter),
            token: None,
            outro: String::new(),
        }
    }
}
