//! One booking in a notice.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::calendar::{Entry, Method};
use crate::page::{Fact, Sender, facts, quantity};
use domain::alternatives::Alternative;
use domain::booking::change::SlotSnapshot;
use domain::booking::{Deposit, Fee};
use domain::ids::BookingId;
use domain::money::Money;
use domain::notification::{Notice, Recipient};
use domain::resource::{ResourceKind, Unit};
use domain::rules::FeeAfter;
use domain::time::UtcTime;
use texts::amount::{amount, tenths};
use texts::catalogue::{Texts, variables, yes_or_no};
use texts::when;

/// The description of one booking in a notice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotifiedBooking {
    /// The notice about this booking.
    pub notice: Notice,
    /// The booking.
    pub booking_id: BookingId,
    /// From this instant
    pub starts_at: UtcTime,
    /// up to but not including this one.
    pub ends_at: UtcTime,
    /// How much of the resource.
    pub quantity: i32,
    /// The price.
    pub price: Money,
    /// The fee, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Fee>,
    /// The deposit, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit: Option<Deposit>,
    /// The fees for a cancellation by the customer, each with the instant after which it is due.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancellation_fees: Vec<FeeAfter>,
    /// RFC 5545 `SEQUENCE` of the calendar entry.
    pub calendar_sequence: i32,
    /// Why it was cancelled or declined; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Until when a hold or a request reserves the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<UtcTime>,
    /// Whether the host confirms a hold, when the payment has arrived.
    #[serde(default)]
    pub requires_payment: bool,
    /// Whether a hold becomes a request when the customer confirms it.
    #[serde(default)]
    pub requires_approval: bool,
    /// Until when the customer can cancel or reschedule it, if that is earlier than its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changeable_until: Option<UtcTime>,
    /// Whether that time was over when the mail was written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_too_late: bool,
    /// The last instant for the check-in, if one is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_in_by: Option<UtcTime>,
    /// Whether the customer stays on the waitlist after the offer has expired.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stays_on_waitlist: bool,
    /// From when on the resource works again, if it is out of order and this is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_order_from: Option<UtcTime>,
    /// Slots that the customer can book instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
    /// The slot before the booking was rescheduled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<SlotSnapshot>,
    /// The slot that is proposed for the booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<ProposedSlot>,
    /// Whether it is in the calendars of both parties.
    #[serde(default)]
    pub is_in_calendar: bool,
    /// The name of the resource.
    pub resource: String,
    /// The kind of the resource.
    #[serde(default = "machine")]
    pub kind: ResourceKind,
    /// The unit of its capacity.
    pub unit: Unit,
    /// The name and address of the site, a line each.
    pub place: String,
    /// How to enter the site; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub access_notes: String,
    /// The contact at the site; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact: String,
    /// The time zone of the site.
    pub timezone: String,
    /// The name of the organization that owns the resource.
    pub host: String,
    /// The name of the organization that booked.
    pub customer: String,
    /// How the reader reaches the other party: a line each for the user who booked, with an address, and for the organization;
    /// may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub other_contact: String,
    /// The address of the other party to which an answer goes; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reply_to: String,
    /// The name of the operator; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub operator: String,
    /// The note of the user who booked; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// The slot that a party of a booking proposes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProposedSlot {
    /// Whether the host proposes it.
    pub is_by_host: bool,
    /// The slot, with its price.
    pub slot: SlotSnapshot,
    /// The message to the other party; may be empty.
    pub message: String,
    /// Until when the other party can accept or decline.
    pub lapses_at: UtcTime,
}

/// The kind of every resource in letters that older versions have queued: they do not say it.
const fn machine() -> ResourceKind {
    ResourceKind::Machine
}

impl NotifiedBooking {
    /// The zone of its times; UTC should this version not know the zone of the site.
    pub(super) fn timezone(&self) -> Tz {
        self.timezone.parse().unwrap_or(Tz::UTC)
    }

    pub(super) fn path(&self) -> String {
        format!("bookings/{}", self.booking_id)
    }

    /// The label that names its state.
    pub(super) const fn state(&self) -> &'static str {
        match self.notice {
            Notice::Requested => "label-requested",
            Notice::PaymentDue | Notice::PaymentFailed => "label-reserved",
            Notice::Confirmed => "label-confirmed",
            Notice::Declined => "label-declined",
            Notice::Expired => "label-not-answered",
            Notice::HoldExpired => "label-not-confirmed",
            _ => "label-cancelled",
        }
    }

    /// The booking in a table.
    pub(super) fn facts(&self, texts: &Texts, recipient: Recipient) -> Vec<Fact> {
        let timezone = self.timezone();
        let now = (self.starts_at, self.ends_at, self.quantity, self.price, &self.resource);
        let has_moved =
            |before: &&SlotSnapshot| (before.starts_at, before.ends_at, before.quantity, before.price, &before.resource) != now;
        let before = self.before.as_ref().filter(has_moved).map_or_else(String::new, |before| self.slot(texts, before));
        let lines = Lines {
            time: when::span_in_zone(texts, timezone, self.starts_at, self.ends_at),
            price: amount(texts, self.price),
            before,
            ..self.told(texts)
        };
        self.lines(texts, recipient, lines)
    }

    /// A slot and its price, a line each.
    fn slot(&self, texts: &Texts, slot: &SlotSnapshot) -> String {
        let (quantity, price) = (quantity(texts, slot.quantity, self.unit, self.kind), amount(texts, slot.price));
        let time = when::span_in_zone(texts, self.timezone(), slot.starts_at, slot.ends_at);
        format!("{}, {quantity}\n{time}\n{price}", slot.resource)
    }

    /// The slot that a party proposes, unless the booking has it now.
    fn proposal(&self, texts: &Texts) -> [(&'static str, String); 3] {
        let is_open = matches!(self.notice, Notice::Proposed);
        let has_moved = matches!(self.notice, Notice::ProposalAccepted | Notice::Confirmed);
        let proposed = self.proposed.as_ref().filter(|_| !has_moved);
        let slot = proposed.map(|proposed| self.slot(texts, &proposed.slot)).unwrap_or_default();
        let message = proposed.filter(|_| is_open).map(|proposed| proposed.message.clone()).unwrap_or_default();
        let until = proposed.filter(|_| is_open).map(|proposed| when::instant(texts, self.timezone(), proposed.lapses_at));
        [("label-proposed", slot), ("label-message", message), ("label-respond-by", until.unwrap_or_default())]
    }

    /// The reason; if the host declined without one, that it gave none.
    pub(super) fn told_reason(&self, texts: &Texts) -> String {
        if self.reason.is_empty() && self.notice == Notice::Declined { texts.text("no-reason") } else { self.reason.clone() }
    }

    /// The lines that do not depend on the other bookings of the mail.
    pub(super) fn told(&self, texts: &Texts) -> Lines {
        let check_in = self.check_in_by.map(|at| when::instant(texts, self.timezone(), at));
        let check_in = check_in.map(|at| texts.message("check-in-by", &variables([("at", at.into())])));
        Lines { check_in: check_in.unwrap_or_default(), reason: self.told_reason(texts), ..Lines::default() }
    }

    pub(super) fn lines(&self, texts: &Texts, recipient: Recipient, lines: Lines) -> Vec<Fact> {
        let instant = |at: Option<UtcTime>| at.map_or_else(String::new, |at| when::instant(texts, self.timezone(), at));
        let (label, other) = match recipient {
            Recipient::Host => ("label-customer", &self.customer),
            _ => ("label-host", &self.host),
        };
        let other = [other.as_str(), &self.other_contact].join("\n");
        let operator = if self.kind == ResourceKind::Machine { "label-operator" } else { "label-on-site" };
        let [proposed, message, respond_by] = self.proposal(texts);
        let deposit = self.told_deposit(texts, &lines.price);
        let table = [
            ("label-what", self.resource.clone()),
            ("label-quantity", quantity(texts, self.quantity, self.unit, self.kind)),
            ("label-when", lines.time),
            ("label-check-in-by", lines.check_in),
            ("label-where", self.place.clone()),
            ("label-access", self.access_notes.clone()),
            ("label-contact", self.contact.clone()),
            (label, other.trim_end().to_owned()),
            ("label-price", lines.price),
            ("label-deposit", deposit),
            ("label-fee", self.told_fee(texts)),
            ("label-cancellation-fee", self.told_cancellation_fees(texts, recipient)),
            ("label-before", lines.before),
            proposed,
            message,
            respond_by,
            (self.until(recipient), instant(self.expires_at)),
            (operator, self.operator.clone()),
            ("label-note", self.note.clone()),
            ("label-reason", lines.reason),
            ("label-in-order-from", instant(self.in_order_from)),
        ];
        facts(texts, table)
    }

    /// The fee, and whether it was waived.
    fn told_fee(&self, texts: &Texts) -> String {
        let Some(Fee { kind, amount: fee, waiver }) = &self.fee else { return String::new() };
        let waived = yes_or_no(waiver.is_some());
        let amount = amount(texts, *fee);
        texts.message("fee", &variables([("kind", kind.as_str().into()), ("amount", amount.into()), ("waived", waived.into())]))
    }

    /// The deposit beside the price, and what became of it.
    fn told_deposit(&self, texts: &Texts, price: &str) -> String {
        let Some(deposit) = self.deposit.as_ref().filter(|deposit| !price.is_empty() || deposit.returned.is_some()) else {
            return String::new();
        };
        let kept = Money { amount: deposit.kept(), ..deposit.amount };
        let state = match &deposit.returned {
            None => "held",
            Some(_) if kept.amount == 0 => "returned",
            Some(_) => "kept",
        };
        let [amount, kept] = [deposit.amount, kept].map(|money| amount(texts, money));
        texts.message("deposit", &variables([("state", state.into()), ("amount", amount.into()), ("kept", kept.into())]))
    }

    /// The fees for a cancellation by the customer, in notices that invite to cancel.
    fn told_cancellation_fees(&self, texts: &Texts, recipient: Recipient) -> String {
        let can_cancel = matches!(
            self.notice,
            Notice::Confirmed
                | Notice::Rescheduled
                | Notice::ProposalAccepted
                | Notice::Reminder
                | Notice::Requested
                | Notice::HostOffer
        );
        let told = |fee: &FeeAfter| {
            let after = when::instant(texts, self.timezone(), fee.after);
            texts.message("cancellation-fee", &variables([("amount", amount(texts, fee.fee).into()), ("after", after.into())]))
        };
        match can_cancel && recipient == Recipient::Customer {
            true => self.cancellation_fees.iter().map(told).collect::<Vec<_>>().join("\n"),
            false => String::new(),
        }
    }

    /// The label of the instant until which it is reserved, which is when a host must have acted.
    const fn until(&self, recipient: Recipient) -> &'static str {
        match (recipient, self.notice) {
            (Recipient::Host, Notice::Requested | Notice::RequestRescheduled) => "label-respond-by",
            (
                Recipient::Host,
                Notice::PaymentDue | Notice::PaymentFailed | Notice::HoldRescheduled | Notice::HostOffer | Notice::WaitlistOffer,
            ) => "label-confirm-by",
            _ => "label-reserved-until",
        }
    }

    /// The booking in one cell of a table, a line for each fact. The reason is the same for all bookings of the table and stands
    /// below them.
    pub(super) fn in_one_cell(&self, texts: &Texts, recipient: Recipient, label: &'static str) -> Fact {
        let reason = texts.text("label-reason");
        let mut lines = self.facts(texts, recipient).into_iter().filter(|fact| fact.label != reason);
        let name = lines.next().map(|fact| fact.value);
        let rest = lines.map(|Fact { label, value }| {
            texts.message("labelled", &variables([("label", label.into()), ("value", value.replace('\n', ", ").into())]))
        });
        Fact { label: texts.text(label), value: name.into_iter().chain(rest).collect::<Vec<_>>().join("\n") }
    }

    /// The slots that the customer can book instead, each with its link.
    pub(super) fn offered_instead(&self, sender: &Sender, texts: &Texts, recipient: Recipient) -> String {
        if recipient != Recipient::Customer {
            return String::new();
        }
        let offer = |slot: &Alternative| {
            let Alternative { resource_id, resource_name, organization_name, site_name, city, .. } = slot;
            let place = [resource_name, organization_name, site_name, city].map(String::as_str).join(", ");
            let distance = tenths(texts, slot.distance_km);
            let distance = texts.message("kilometres-away", &variables([("distance", distance.into())]));
            let way = if slot.distance_km < 0.05 { String::new() } else { format!(" ({distance})") };
            let time = when::span_in_zone(texts, self.timezone(), slot.starts_at, slot.ends_at);
            format!("{place}{way}\n{time}, {}\n{}", amount(texts, slot.price), sender.link(&format!("resources/{resource_id}")))
        };
        self.alternatives.iter().map(offer).collect::<Vec<_>>().join("\n")
    }

    /// The action on the reader's calendar, if the notice changes it.
    pub(super) const fn method(&self) -> Option<Method> {
        match self.notice {
            _ if !self.is_in_calendar => None,
            Notice::Confirmed | Notice::Rescheduled | Notice::ProposalAccepted => Some(Method::Request),
            Notice::Cancelled | Notice::Displaced | Notice::Replaced | Notice::PaymentFailed => Some(Method::Cancel),
            _ => None,
        }
    }

    /// Its calendar entry, if the notice changes the reader's calendar.
    pub(super) fn entry(
        &self,
        sender: &Sender,
        texts: &Texts,
        (recipient, name): (Recipient, &str),
        describe: impl FnOnce() -> String,
    ) -> Option<Entry> {
        let method = self.method()?;
        let (resource, customer) = (self.resource.as_str(), self.customer.as_str());
        let summary = match recipient {
            Recipient::Host => {
                let names = variables([("resource", resource.into()), ("customer", customer.into())]);
                texts.message("calendar-title-of-host", &names)
            }
            _ => resource.to_owned(),
        };
        Some(Entry {
            method,
            id: self.booking_id.to_string(),
            sequence: self.calendar_sequence,
            time: (self.starts_at, self.ends_at),
            summary,
            place: self.place.clone(),
            description: describe(),
            name: name.to_owned(),
            url: sender.plain_link(&self.path()),
        })
    }
}

/// The lines of a table that are written in another way for one booking than for several.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) time: String,
    pub(super) check_in: String,
    pub(super) price: String,
    pub(super) before: String,
    pub(super) reason: String,
}
