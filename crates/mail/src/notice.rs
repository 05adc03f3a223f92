//! Notices about bookings: of one booking, of several, of a series or of a group.

use chrono::NaiveDate;
use chrono_tz::Tz;
use fluent_bundle::FluentArgs;
use serde::{Deserialize, Serialize};

use super::calendar::{Entry, Method};
use super::catalogue::{Texts, or_none, variables, yes_or_no};
use super::content::Content;
use super::page::{Fact, Page, Sender, facts, greeting, quantity};
use super::when;
use domain::alternatives::Alternative;
use domain::booking::change::SlotSnapshot;
use domain::ids::{BookingGroupId, BookingId, SeriesId};
use domain::mail::MailCategory;
use domain::money::Money;
use domain::notification::{Notice, Recipient};
use domain::resource::{ResourceKind, Unit};
use domain::time::UtcTime;

/// The content of a mail about bookings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoticeLetter {
    /// The notice of the whole mail.
    pub notice: Notice,
    /// In which role the reader receives it.
    pub recipient: Recipient,
    /// The name of the reader; may be empty.
    pub name: String,
    /// Whether the host made the change.
    #[serde(default)]
    pub is_by_host: bool,
    /// Which bookings the notice is about.
    pub scope: Scope,
    /// The first of these bookings.
    pub first: NotifiedBooking,
    /// The other bookings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<NotifiedBooking>,
}

/// Which bookings a notice is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One booking.
    One,
    /// Several bookings of one reader.
    Several {
        /// How many bookings there are besides those that are listed.
        more: usize,
    },
    /// Bookings of a series.
    Series {
        /// The series.
        series_id: SeriesId,
        /// The days that could not be booked.
        left_out: Vec<NaiveDate>,
        /// The days of the bookings that keep their slots, if the series was rescheduled.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        kept: Vec<NaiveDate>,
    },
    /// Bookings that were made together.
    Group {
        /// The group.
        group_id: BookingGroupId,
        /// The note of the customer; may be empty.
        note: String,
        /// Whether other bookings of the group were confirmed before or still wait.
        is_part: bool,
        /// The bookings that still wait to be confirmed, for the customer.
        remaining: Vec<NotifiedBooking>,
    },
}

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

impl Scope {
    /// Its name in the catalogue of texts.
    const fn name(&self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Several { .. } => "several",
            Self::Series { .. } => "series",
            Self::Group { .. } => "group",
        }
    }

    /// How the names of its mails begin.
    const fn prefix(&self) -> &'static str {
        match self {
            Self::One | Self::Several { .. } => "booking",
            Self::Series { .. } => "series",
            Self::Group { .. } => "group",
        }
    }
}

impl NoticeLetter {
    fn bookings(&self) -> impl Iterator<Item = &NotifiedBooking> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// How many bookings it is about.
    fn count(&self) -> usize {
        let more = if let Scope::Several { more } = self.scope { more } else { 0 };
        1 + self.others.len() + more
    }

    /// The name of its message in the catalogue.
    fn message(&self) -> String {
        format!("{}-{}", self.notice, self.recipient)
    }

    /// Which of the bookings the host confirms when the payment has arrived.
    fn payment(&self) -> &'static str {
        let Scope::Group { remaining, .. } = &self.scope else {
            return if self.first.requires_payment { "all" } else { "none" };
        };
        let held = || self.bookings().chain(remaining).filter(|booking| booking.notice == Notice::PaymentDue);
        match (held().any(|one| one.requires_payment), held().any(|one| !one.requires_payment)) {
            (true, false) => "all",
            (true, true) => "some",
            (false, true) => "unpaid",
            (false, false) => "none",
        }
    }

    /// The variables of its message.
    fn variables(&self, texts: &Texts) -> FluentArgs<'_> {
        let NotifiedBooking { resource, host, customer, operator, .. } = &self.first;
        let until = self.first.changeable_until.filter(|_| self.recipient == Recipient::Customer);
        let changeable = match until {
            None => "always",
            Some(_) if self.first.is_too_late => "no_more",
            Some(_) => "until",
        };
        let is_in_calendar = self.bookings().any(|booking| booking.is_in_calendar);
        let methods: Vec<_> =
            self.bookings().filter_map(|booking| booking.method().map(|method| (method, booking.notice))).collect();
        let update = match methods.as_slice() {
            [] => "none",
            all if all.iter().all(|(method, _)| *method == Method::Cancel) => "remove",
            all if all.iter().all(|(_, notice)| *notice == Notice::Confirmed) => "enter",
            _ => "change",
        };
        let is_machine = self.bookings().any(|booking| booking.kind == ResourceKind::Machine);
        let is_part = matches!(self.scope, Scope::Group { is_part: true, .. });
        variables([
            ("scope", self.scope.name().into()),
            ("count", self.count().into()),
            ("others", self.others.len().into()),
            ("resource", resource.into()),
            ("host", host.into()),
            ("customer", customer.into()),
            ("operator", or_none(operator).into()),
            ("by", if self.is_by_host { "host" } else { "customer" }.into()),
            (
                "proposer",
                if self.first.proposed.as_ref().is_some_and(|slot| slot.is_by_host) { "host" } else { "customer" }.into(),
            ),
            ("payment", self.payment().into()),
            ("approval", yes_or_no(self.first.requires_approval).into()),
            ("calendar", yes_or_no(is_in_calendar).into()),
            ("update", update.into()),
            ("entries", methods.len().into()),
            ("role", if is_machine { "operator" } else { "on_site" }.into()),
            ("part", yes_or_no(is_part).into()),
            ("stays", yes_or_no(self.first.stays_on_waitlist).into()),
            ("changeable", changeable.into()),
            ("until", until.map_or_else(String::new, |at| when::instant(texts, self.first.timezone(), at)).into()),
        ])
    }

    /// The table of the mail.
    fn facts(&self, sender: &Sender, texts: &Texts) -> Vec<Fact> {
        let (first, recipient) = (&self.first, self.recipient);
        match &self.scope {
            Scope::One => {
                let alternatives = ("label-alternatives", first.offered_instead(sender, texts, recipient));
                first.facts(texts, recipient).into_iter().chain(facts(texts, [alternatives])).collect()
            }
            Scope::Several { more } => self.listed(sender, texts, *more),
            Scope::Series { left_out, kept, .. } => self.facts_of_series(texts, left_out, kept),
            Scope::Group { note, remaining, .. } => {
                let still = |booking: &NotifiedBooking| match booking.notice {
                    Notice::PaymentDue => "label-still-reserved",
                    _ => "label-still-requested",
                };
                let listed = self.bookings().map(|booking| booking.in_one_cell(texts, recipient, booking.state()));
                let remaining = remaining.iter().map(|booking| booking.in_one_cell(texts, recipient, still(booking)));
                let price = Money::sum(self.bookings().map(|booking| booking.price)).map(|price| price.to_string());
                let rest = [
                    ("label-total", price.unwrap_or_default()),
                    ("label-note", note.clone()),
                    ("label-reason", first.told_reason(texts)),
                ];
                listed.chain(remaining).chain(facts(texts, rest)).collect()
            }
        }
    }

    fn listed(&self, sender: &Sender, texts: &Texts, more: usize) -> Vec<Fact> {
        let first = &self.first;
        let listed = self.bookings().flat_map(|one| {
            let time = when::span(texts, one.timezone(), one.starts_at, one.ends_at);
            let time = when::in_zone(texts, time, one.timezone().name().to_owned());
            let other = if self.recipient == Recipient::Host { &one.customer } else { &one.host };
            let what = format!("{}, {}, {other}", one.resource, quantity(texts, one.quantity, one.unit, one.kind));
            let alternatives = one.offered_instead(sender, texts, self.recipient);
            let booking = format!("{what}\n{time}\n{}", sender.link(&one.path()));
            facts(texts, [("label-booking", booking), ("label-alternatives", alternatives)])
        });
        let more = if more == 0 { String::new() } else { texts.message("more-bookings", &variables([("count", more.into())])) };
        let in_order_from = first.in_order_from.map(|at| when::instant(texts, first.timezone(), at)).unwrap_or_default();
        let rest = [("label-more", more), ("label-reason", first.told_reason(texts)), ("label-in-order-from", in_order_from)];
        listed.collect::<Vec<_>>().into_iter().chain(facts(texts, rest)).collect()
    }

    fn facts_of_series(&self, texts: &Texts, left_out: &[NaiveDate], kept: &[NaiveDate]) -> Vec<Fact> {
        let timezone = self.first.timezone();
        let times = self.bookings().map(|booking| when::span(texts, timezone, booking.starts_at, booking.ends_at));
        let times = times.chain([format!("({timezone})")]).collect::<Vec<_>>().join("\n");
        let total = Money::sum(self.bookings().map(|booking| booking.price)).map(|total| total.to_string());
        let first = &self.first;
        let minutes = first.check_in_by.map(|at| (at - first.starts_at).num_minutes());
        let check_in = minutes.map(|minutes| texts.message("check-in-within", &variables([("minutes", minutes.into())])));
        let lines =
            Lines { time: times, price: total.unwrap_or_default(), check_in: check_in.unwrap_or_default(), ..first.told(texts) };
        let shared = first.lines(texts, self.recipient, lines);
        let days = |days: &[NaiveDate]| days.iter().map(|day| when::day(texts, *day)).collect::<Vec<_>>().join("\n");
        shared.into_iter().chain(facts(texts, [("label-left-out", days(left_out)), ("label-not-moved", days(kept))])).collect()
    }

    /// Where the bookings are shown; where to look for others if the customer has lost the only one.
    fn url(&self, sender: &Sender) -> String {
        match &self.scope {
            Scope::One if self.is_over() => sender.public_url.clone(),
            Scope::One => sender.link(&self.first.path()),
            Scope::Several { .. } => sender.link("bookings"),
            Scope::Series { series_id, .. } => sender.link(&format!("series/{series_id}")),
            Scope::Group { group_id, .. } => sender.link(&format!("booking-groups/{group_id}")),
        }
    }

    fn is_over(&self) -> bool {
        self.recipient != Recipient::Host
            && matches!(
                self.notice,
                Notice::Cancelled
                    | Notice::HoldCancelled
                    | Notice::Displaced
                    | Notice::HoldDisplaced
                    | Notice::Declined
                    | Notice::Expired
                    | Notice::HoldExpired
                    | Notice::WaitlistOfferExpired
            )
    }
}

impl Content for NoticeLetter {
    fn template(&self) -> String {
        format!("{}_{}_{}", self.scope.prefix(), self.notice, self.recipient)
    }

    fn category(&self) -> Option<MailCategory> {
        self.notice.category(self.recipient, self.is_by_host)
    }

    fn page(&self, sender: &Sender, texts: &Texts) -> Page {
        let (message, mut variables) = (self.message(), self.variables(texts));
        let word = texts.message(&message, &variables);
        let (intro, call) = (texts.attribute(&message, "intro", &variables), texts.attribute(&message, "call", &variables));
        let call = [texts.message("calendar-update", &variables), call].join(" ").trim_start().to_owned();
        let outro = texts.attribute(&message, "outro", &variables);
        variables.set("word", word);
        variables.set("span", when::span(texts, self.first.timezone(), self.first.starts_at, self.first.ends_at));
        Page {
            subject: texts.message("subject", &variables),
            greeting: greeting(texts, &self.name),
            intro,
            facts: self.facts(sender, texts),
            call,
            url: self.url(sender),
            token: None,
            outro,
        }
    }

    fn topics(&self) -> Vec<String> {
        self.bookings().map(|booking| booking.booking_id.to_string()).collect()
    }

    fn reply_to(&self) -> Option<&str> {
        let address = self.first.reply_to.as_str();
        // An answer about bookings of several parties goes to none of them.
        let is_same = self.bookings().all(|booking| booking.reply_to == address) && self.count() == 1 + self.others.len();
        Some(address).filter(|address| is_same && !address.is_empty())
    }

    fn calendar_entries(&self, sender: &Sender, texts: &Texts) -> Vec<Entry> {
        self.bookings().filter_map(|booking| booking.entry(sender, texts, self.recipient, &self.name)).collect()
    }
}

impl NotifiedBooking {
    /// The zone of its times; UTC should this version not know the zone of the site.
    fn timezone(&self) -> Tz {
        self.timezone.parse().unwrap_or(Tz::UTC)
    }

    fn path(&self) -> String {
        format!("bookings/{}", self.booking_id)
    }

    /// The label that names its state.
    const fn state(&self) -> &'static str {
        match self.notice {
            Notice::Requested => "label-requested",
            Notice::PaymentDue => "label-reserved",
            Notice::Confirmed => "label-confirmed",
            Notice::Declined => "label-declined",
            Notice::Expired => "label-not-answered",
            Notice::HoldExpired => "label-not-confirmed",
            _ => "label-cancelled",
        }
    }

    /// The booking in a table.
    fn facts(&self, texts: &Texts, recipient: Recipient) -> Vec<Fact> {
        let timezone = self.timezone();
        let now = (self.starts_at, self.ends_at, self.quantity, self.price, &self.resource);
        let has_moved =
            |before: &&SlotSnapshot| (before.starts_at, before.ends_at, before.quantity, before.price, &before.resource) != now;
        let before = self.before.as_ref().filter(has_moved).map_or_else(String::new, |before| self.slot(texts, before));
        let lines = Lines {
            time: when::span_in_zone(texts, timezone, self.starts_at, self.ends_at),
            price: self.price.to_string(),
            before,
            ..self.told(texts)
        };
        self.lines(texts, recipient, lines)
    }

    /// A slot and its price, a line each.
    fn slot(&self, texts: &Texts, slot: &SlotSnapshot) -> String {
        let (quantity, price) = (quantity(texts, slot.quantity, self.unit, self.kind), slot.price);
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
    fn told_reason(&self, texts: &Texts) -> String {
        if self.reason.is_empty() && self.notice == Notice::Declined { texts.text("no-reason") } else { self.reason.clone() }
    }

    /// The lines that do not depend on the other bookings of the mail.
    fn told(&self, texts: &Texts) -> Lines {
        let check_in = self.check_in_by.map(|at| when::instant(texts, self.timezone(), at));
        let check_in = check_in.map(|at| texts.message("check-in-by", &variables([("at", at.into())])));
        Lines { check_in: check_in.unwrap_or_default(), reason: self.told_reason(texts), ..Lines::default() }
    }

    fn lines(&self, texts: &Texts, recipient: Recipient, lines: Lines) -> Vec<Fact> {
        let instant = |at: Option<UtcTime>| at.map_or_else(String::new, |at| when::instant(texts, self.timezone(), at));
        let (label, other) = match recipient {
            Recipient::Host => ("label-customer", &self.customer),
            _ => ("label-host", &self.host),
        };
        let other = [other.as_str(), &self.other_contact].join("\n");
        let operator = if self.kind == ResourceKind::Machine { "label-operator" } else { "label-on-site" };
        let [proposed, message, respond_by] = self.proposal(texts);
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

    /// The label of the instant until which it is reserved, which is when a host must have acted.
    const fn until(&self, recipient: Recipient) -> &'static str {
        match (recipient, self.notice) {
            (Recipient::Host, Notice::Requested | Notice::RequestRescheduled) => "label-respond-by",
            (Recipient::Host, Notice::PaymentDue | Notice::HoldRescheduled | Notice::HostOffer | Notice::WaitlistOffer) => {
                "label-confirm-by"
            }
            _ => "label-reserved-until",
        }
    }

    /// The booking in one cell of a table, a line for each fact. The reason is the same for all bookings of the table and stands
    /// below them.
    fn in_one_cell(&self, texts: &Texts, recipient: Recipient, label: &'static str) -> Fact {
        let reason = texts.text("label-reason");
        let mut lines = self.facts(texts, recipient).into_iter().filter(|fact| fact.label != reason);
        let name = lines.next().map(|fact| fact.value);
        let rest = lines.map(|Fact { label, value }| {
            texts.message("labelled", &variables([("label", label.into()), ("value", value.replace('\n', ", ").into())]))
        });
        Fact { label: texts.text(label), value: name.into_iter().chain(rest).collect::<Vec<_>>().join("\n") }
    }

    /// The slots that the customer can book instead, each with its link.
    fn offered_instead(&self, sender: &Sender, texts: &Texts, recipient: Recipient) -> String {
        if recipient != Recipient::Customer {
            return String::new();
        }
        let offer = |slot: &Alternative| {
            let Alternative { resource_id, resource_name, organization_name, site_name, city, .. } = slot;
            let place = [resource_name, organization_name, site_name, city].map(String::as_str).join(", ");
            let distance = format!("{:.1}", slot.distance_km);
            let distance = texts.message("kilometres-away", &variables([("distance", distance.into())]));
            let way = if slot.distance_km < 0.05 { String::new() } else { format!(" ({distance})") };
            let time = when::span_in_zone(texts, self.timezone(), slot.starts_at, slot.ends_at);
            format!("{place}{way}\n{time}, {}\n{}", slot.price, sender.link(&format!("resources/{resource_id}")))
        };
        self.alternatives.iter().map(offer).collect::<Vec<_>>().join("\n")
    }

    /// The action on the reader's calendar, if the notice changes it.
    const fn method(&self) -> Option<Method> {
        match self.notice {
            _ if !self.is_in_calendar => None,
            Notice::Confirmed | Notice::Rescheduled | Notice::ProposalAccepted => Some(Method::Request),
            Notice::Cancelled | Notice::Displaced | Notice::Replaced => Some(Method::Cancel),
            _ => None,
        }
    }

    /// Its calendar entry, if the notice changes the reader's calendar.
    fn entry(&self, sender: &Sender, texts: &Texts, recipient: Recipient, name: &str) -> Option<Entry> {
        let (resource, customer) = (self.resource.as_str(), self.customer.as_str());
        let summary = match recipient {
            Recipient::Host => {
                let names = variables([("resource", resource.into()), ("customer", customer.into())]);
                texts.message("calendar-title-of-host", &names)
            }
            _ => resource.to_owned(),
        };
        Some(Entry {
            method: self.method()?,
            id: self.booking_id.to_string(),
            sequence: self.calendar_sequence,
            time: (self.starts_at, self.ends_at),
            summary,
            place: self.place.clone(),
            facts: self.facts(texts, recipient),
            name: name.to_owned(),
            url: sender.plain_link(&self.path()),
        })
    }
}

/// The lines of a table that are written in another way for one booking than for several.
#[derive(Default)]
struct Lines {
    time: String,
    check_in: String,
    price: String,
    before: String,
    reason: String,
}
