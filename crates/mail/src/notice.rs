//! Notices about bookings: of one booking, of several, of a series or of a group.

mod booking;

use chrono::NaiveDate;
use fluent_bundle::FluentArgs;
use serde::{Deserialize, Serialize};

use super::calendar::{Entry, Method};
use super::content::Content;
use super::page::{Fact, Page, Sender, described, facts, greeting, quantity};
use domain::ids::{BookingGroupId, SeriesId};
use domain::mail::MailCategory;
use domain::money::Money;
use domain::notification::{Notice, Recipient};
use domain::resource::ResourceKind;
use texts::amount::amount;
use texts::catalogue::{Texts, or_none, variables, yes_or_no};
use texts::when;

use booking::Lines;
pub use booking::{NotifiedBooking, ProposedSlot};

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
                let price = Money::sum(self.bookings().map(|booking| booking.price)).map(|price| amount(texts, price));
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
        let total = Money::sum(self.bookings().map(|booking| booking.price)).map(|total| amount(texts, total));
        let first = &self.first;
        let minutes = first.check_in_by.map(|at| (at - first.starts_at).num_minutes());
        let check_in = minutes.map(|minutes| texts.message("check-in-within", &variables([("minutes", minutes.into())])));
        let lines =
            Lines { time: times, price: total.unwrap_or_default(), check_in: check_in.unwrap_or_default(), ..first.told(texts) };
        let shared = first.lines(texts, self.recipient, lines);
        let days = |days: &[NaiveDate]| days.iter().map(|day| when::day(texts, *day)).collect::<Vec<_>>().join("\n");
        shared.into_iter().chain(facts(texts, [("label-left-out", days(left_out)), ("label-not-moved", days(kept))])).collect()
    }

    /// The calendar entries of the bookings, if the notice changes the reader's calendar.
    fn entries(&self, sender: &Sender, texts: &Texts, table: &[Fact]) -> Vec<Entry> {
        let entry = |booking: &NotifiedBooking| {
            // The table of a mail about one booking describes it, unless it offers others instead.
            let describe = || match self.scope {
                Scope::One if booking.alternatives.is_empty() => described(table),
                _ => described(&booking.facts(texts, self.recipient)),
            };
            booking.entry(sender, texts, (self.recipient, &self.name), describe)
        };
        self.bookings().filter_map(entry).collect()
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
        let facts = self.facts(sender, texts);
        let entries = self.entries(sender, texts, &facts);
        variables.set("word", word);
        variables.set("span", when::span(texts, self.first.timezone(), self.first.starts_at, self.first.ends_at));
        Page {
            subject: texts.message("subject", &variables),
            greeting: greeting(texts, &self.name),
            intro,
            facts,
            call,
            url: self.url(sender),
            token: None,
            outro,
            entries,
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
}
