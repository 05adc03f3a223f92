//! What is told about a booking group: of all its bookings that the reader may see together.

use serde::{Deserialize, Serialize};

use super::letter::{BookingLetter, Side};
use super::page::{Fact, Page, Sender, greeting};
use super::when;
use domain::event::{GroupHappened, Happened};
use domain::ids::BookingGroupId;
use domain::mail::MailCategory;
use domain::money::Money;

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
    /// Those that are left to be agreed, for the customer to know.
    #[serde(default)]
    pub left: Vec<BookingLetter>,
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

    /// Who has to do something about what is held of it.
    fn rest(&self) -> String {
        let held = || self.each().chain(&self.left).filter(|letter| letter.happened == Happened::Held);
        let (is_paid, is_plain) = (held().any(|one| one.facts.requires_payment), held().any(|one| !one.facts.requires_payment));
        let paid =
            if is_paid { " What has to be paid for first is confirmed by its host when the payment has arrived." } else { "" };
        let plain = if is_plain { " The rest of what is kept is for you to confirm." } else { "" };
        format!("{paid}{plain}")
    }

    fn facts(&self) -> Vec<Fact> {
        let still = |letter: &BookingLetter| if letter.happened == Happened::Held { "Still kept" } else { "Still requested" };
        let told = self.each().map(|letter| fact_of(letter, state(letter)));
        let mut facts: Vec<_> = told.chain(self.left.iter().map(|letter| fact_of(letter, still(letter)))).collect();
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
fn fact_of(letter: &BookingLetter, label: &'static str) -> Fact {
    let line = |fact: Fact| match fact.label {
        "What" => fact.value,
        label => format!("{label}: {}", fact.value),
    };
    let shown = letter.facts().into_iter().filter(|fact| fact.label != "Reason").map(line);
    Fact { label, value: shown.collect::<Vec<_>>().join("\n") }
}

/// What has become of a booking, in a word.
const fn state(letter: &BookingLetter) -> &'static str {
    match letter.happened {
        Happened::Requested => "Requested",
        Happened::Held => "Kept",
        Happened::Confirmed => "Confirmed",
        Happened::Declined => "Declined",
        Happened::Expired => "Not answered",
        Happened::HoldExpired => "Not confirmed",
        _ => "Cancelled",
    }
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
        let is_one = letter.others.is_empty();
        let (are, were) = if is_one { ("is", "was") } else { ("are", "were") };
        let all = |happened| letter.each().all(|booking| booking.happened == happened);
        let (is_asked, is_all_asked) =
            (letter.each().any(|booking| booking.happened == Happened::Requested), all(Happened::Requested));
        let (expired, how) = match all(Happened::Expired) {
            true => ("Not answered", "not answered"),
            false => ("Not confirmed", "not confirmed"),
        };
        let entered = |text: &'static str| {
            let is_entered = letter.each().any(|booking| booking.facts.is_in_calendar);
            if is_entered {
                format!("The attachment takes what was agreed out of your calendar. {text}")
            } else {
                text.to_owned()
            }
        };
        let (word, intro, call) = match (letter.happened, side) {
            (GroupHappened::Booked | GroupHappened::Agreed, Side::Customer) if is_all_asked => (
                "Requested",
                format!("You have asked for {count} together. The times are kept for you until you are answered."),
                "We write again when a host has answered. To see the requests or to withdraw them:".to_owned(),
            ),
            (GroupHappened::Booked | GroupHappened::Agreed, Side::Customer) if is_asked => (
                "Booked",
                format!(
                    "You have made {count} together. Those that are requested wait for their host; all times are kept for you."
                ),
                "We write again when a host has answered. To see the bookings, to move or to cancel them:".to_owned(),
            ),
            (GroupHappened::Booked, Side::Customer) => (
                "Confirmed",
                format!("You have made {count} together, and all are confirmed."),
                "The calendar entries are attached. To see the bookings, to move or to cancel them:".to_owned(),
            ),
            (GroupHappened::Agreed, Side::Customer) => (
                "Confirmed",
                format!("Of the bookings that you made together, {count} {are} confirmed now.{}", letter.rest()),
                "The calendar entries are attached. To see the bookings, to move or to cancel them:".to_owned(),
            ),
            (GroupHappened::Booked | GroupHappened::Agreed, Side::Operator) => (
                "Named",
                format!("{customer} has made {count} together, and you are to operate what is booked."),
                "The calendar entries are attached. To see the bookings:".to_owned(),
            ),
            (GroupHappened::Booked | GroupHappened::Agreed, Side::Host) if is_asked => (
                "Please answer",
                match is_all_asked {
                    true => format!("{customer} has asked for {count} together. The times are kept for them until you answer."),
                    false => format!(
                        "{customer} has made {count} together. The times of those that are requested are kept until you answer."
                    ),
                },
                "Approve or decline the requests, together or one by one, here:".to_owned(),
            ),
            (GroupHappened::Booked | GroupHappened::Agreed, Side::Host) => (
                "Booked",
                format!("{customer} has made {count} together."),
                "The calendar entries are attached; you need not do anything. To see the bookings:".to_owned(),
            ),
            (GroupHappened::Held, Side::Customer | Side::Operator) => (
                "Kept",
                format!(
                    "You have made {count} together. They are kept for you for a while; what is not confirmed by then is given \
                     up.{}",
                    letter.rest()
                ),
                "To see the bookings, to confirm those that are yours to confirm, or to let them go:".to_owned(),
            ),
            (GroupHappened::Held, Side::Host) => (
                "Payment awaited",
                format!(
                    "{customer} has made {count} together that must be paid for first. The times are kept for them for a while."
                ),
                "When the payment has arrived, confirm what it is for here; what is not confirmed in time is given up:"
                    .to_owned(),
            ),
            (GroupHappened::Declined, Side::Customer | Side::Operator) => (
                "Declined",
                format!("Of the bookings that you asked for together, {count} {were} declined."),
                "To see what is left, and to look for other times:".to_owned(),
            ),
            (GroupHappened::Declined, Side::Host) => (
                "Declined",
                format!(
                    "Of the bookings that {customer} asked for together, {count} {were} declined. The times can be booked again."
                ),
                "They have been told; you need not do anything. To see what is left:".to_owned(),
            ),
            (GroupHappened::Expired, Side::Customer | Side::Operator) => (
                expired,
                format!(
                    "Of the bookings that you made together, {count} {were} {how} in time. The times are not kept for you any more."
                ),
                "To see what is left, and to look for other times:".to_owned(),
            ),
            (GroupHappened::Expired, Side::Host) => (
                expired,
                format!(
                    "Of the bookings that {customer} made together, {count} {were} {how} in time. The times can be booked again."
                ),
                "They have been told; you need not do anything. To see what is left:".to_owned(),
            ),
            (GroupHappened::Cancelled, Side::Customer) => (
                "Cancelled",
                format!("Of the bookings that you made together, {count} will not take place."),
                entered("To see what is left:"),
            ),
            (GroupHappened::Cancelled, Side::Operator) => (
                "Cancelled",
                format!("Of the bookings of {customer} that you were to operate, {count} will not take place."),
                entered("To see what is left:"),
            ),
            (GroupHappened::Cancelled, Side::Host) => (
                "Cancelled",
                format!(
                    "Of the bookings that {customer} made together, {count} will not take place. The times can be booked again."
                ),
                entered("You need not do anything. To see what is left:"),
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
            call,
            url: self.group_link(letter),
            token: None,
            outro: String::new(),
        }
    }
}
