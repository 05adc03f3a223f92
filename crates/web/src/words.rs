//! Values in words.

use domain::booking::BookingStatus;
use domain::money::Money;
use domain::pricing::{Per, Tariff};
use domain::resource::{Resource, ResourceKind};
use domain::time::UtcTime;
use texts::amount::amount;
use texts::catalogue::{Texts, variables};

use super::page::text;

/// Returns a length: `30 minutes`, `8 hours`, `3 days`.
pub(crate) fn length(texts: &Texts, minutes: i64) -> String {
    let (unit, count) = match minutes {
        minutes if minutes > 0 && minutes % 1440 == 0 => ("days", minutes / 1440),
        minutes if minutes > 0 && minutes % 60 == 0 => ("hours", minutes / 60),
        minutes => ("minutes", minutes),
    };
    texts.attribute("web-length", unit, &variables([("count", count.into())]))
}

/// Returns the price of a tariff: `24.00 GBP an hour`.
pub(crate) fn rate(texts: &Texts, tariff: &Tariff) -> String {
    let per = match tariff.per {
        Per::Hour => "hour",
        Per::Day => "day",
        Per::Booking => "booking",
    };
    let rate = Money { amount: tariff.rate, currency: tariff.currency };
    texts.attribute("web-rate", per, &variables([("amount", amount(texts, rate).into())]))
}

/// Returns a kind of resource.
pub(crate) fn kind(texts: &Texts, kind: ResourceKind) -> String {
    text(
        texts,
        match kind {
            ResourceKind::Machine => "web-kind.machine",
            ResourceKind::FloorSpace => "web-kind.floor-space",
            ResourceKind::Storage => "web-kind.storage",
        },
    )
}

/// Returns the state of a booking.
pub(crate) fn status(texts: &Texts, status: BookingStatus) -> String {
    text(
        texts,
        match status {
            BookingStatus::Held => "web-status.held",
            BookingStatus::Requested => "web-status.requested",
            BookingStatus::Confirmed => "web-status.confirmed",
            BookingStatus::InUse => "web-status.in-use",
            BookingStatus::Completed => "web-status.completed",
            BookingStatus::NoShow => "web-status.no-show",
            BookingStatus::Cancelled => "web-status.cancelled",
            BookingStatus::Declined => "web-status.declined",
            BookingStatus::Expired => "web-status.expired",
        },
    )
}

/// A resource in a list.
pub(crate) struct Listed {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) rate: String,
    pub(crate) place: String,
    pub(crate) fault: String,
}

impl Listed {
    /// Puts a resource into the words of a list.
    pub(crate) fn of(texts: &Texts, resource: &Resource, now: UtcTime) -> Self {
        let fields = &resource.fields;
        let category = if fields.category.is_empty() { String::new() } else { format!(", {}", fields.category) };
        let is_broken = resource.out_of_order.as_ref().is_some_and(|known| !known.is_over(now));
        Self {
            href: format!("/resources/{}", resource.id),
            name: fields.name.clone(),
            about: format!("{}{category}", kind(texts, fields.kind)),
            rate: rate(texts, &fields.tariff),
            place: format!("{}, {}", resource.organization_name, resource.site.address.city),
            fault: if is_broken { text(texts, "web-resource.out-of-order") } else { String::new() },
        }
    }
}
