//! Values in words.

use chrono::{Datelike as _, NaiveDate};

use actions::search::{Found, Offer};
use domain::booking::BookingStatus;
use domain::certification::CertificationStatus;
use domain::ids::SiteId;
use domain::money::Money;
use domain::pricing::Tariff;
use domain::resource::{Resource, ResourceFields, ResourceKind, ResourceStatus, Unit};
use domain::time::UtcTime;
use domain::training::{SeatStatus, TrainingStatus};
use domain::wall_clock::local_time;
use texts::amount::{amount, tenths};
use texts::catalogue::{Texts, variables};
use texts::when;

use super::page::{address, text};
use super::pictures::Shown;

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
    let rate = Money { amount: tariff.rate, currency: tariff.currency };
    texts.attribute("web-rate", tariff.per.as_str(), &variables([("amount", amount(texts, rate).into())]))
}

/// Returns a kind of resource.
pub(crate) fn kind(texts: &Texts, kind: ResourceKind) -> String {
    texts.attribute_text("web-kind", kind.as_str())
}

/// Returns the kind of a resource, with its category if it has one.
pub(crate) fn about(texts: &Texts, fields: &ResourceFields) -> String {
    let kind = kind(texts, fields.kind);
    if fields.category.is_empty() { kind } else { format!("{kind}, {}", fields.category) }
}

/// Returns the unit of a capacity.
pub(crate) fn unit(texts: &Texts, unit: Unit) -> String {
    texts.attribute_text("web-unit", unit.as_str())
}

/// Returns the state of a booking.
pub(crate) fn status(texts: &Texts, status: BookingStatus) -> String {
    texts.attribute_text("web-status", status.as_str())
}

/// Returns the month of a day: `Dec 2026`.
pub(crate) fn month(texts: &Texts, date: NaiveDate) -> String {
    texts.message("web-month", &variables([("month", date.month().into()), ("year", date.year().into())]))
}

/// Returns the state of a listing.
pub(crate) fn listing(texts: &Texts, status: ResourceStatus) -> String {
    texts.attribute_text("web-listing", status.as_str())
}

/// Returns how often a series repeats: `Every 2 weeks`; empty for a rule that says it in another way.
pub(crate) fn repetition(texts: &Texts, rule: &str) -> String {
    let rule = rule.to_ascii_uppercase();
    let part = |name: &str| rule.split(';').find_map(|part| part.trim().strip_prefix(name));
    let frequency = match part("FREQ=") {
        Some("DAILY") => "daily",
        Some("WEEKLY") => "weekly",
        Some("MONTHLY") => "monthly",
        _ => return String::new(),
    };
    let count: i64 = part("INTERVAL=").and_then(|interval| interval.parse().ok()).unwrap_or(1);
    texts.attribute("web-repeats", frequency, &variables([("count", count.into())]))
}

/// Returns the state of a certification.
pub(crate) fn certification(texts: &Texts, status: CertificationStatus) -> String {
    texts.attribute_text("web-certification", status.as_str())
}

/// Returns when a certification expires.
pub(crate) fn expiry(texts: &Texts, expires_at: Option<UtcTime>) -> String {
    expires_at.map_or_else(|| text(texts, "web-kinds.never"), |at| when::utc(texts, at))
}

/// Returns the state of a training.
pub(crate) fn training(texts: &Texts, status: TrainingStatus) -> String {
    texts.attribute_text("web-training-status", status.as_str())
}

/// Returns the state of a seat in a training.
pub(crate) fn seat(texts: &Texts, status: SeatStatus) -> String {
    texts.attribute_text("web-seat", status.as_str())
}

/// A resource in a list.
pub(crate) struct Listed {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) rate: String,
    pub(crate) place: String,
    pub(crate) fault: String,
    pub(crate) picture: Option<Shown>,
    /// The distance from the place of a search; empty without one.
    pub(crate) distance: String,
    /// The slot of a search: what it costs, and its booking form.
    pub(crate) slot: Option<(String, String)>,
    /// Its place on a map, where the page has one.
    pub(crate) placed: Option<Placed>,
}

/// The place of a resource on a map.
pub(crate) struct Placed {
    pub(crate) site: SiteId,
    /// Latitude and longitude in degrees.
    pub(crate) at: String,
    pub(crate) name: String,
}

impl Placed {
    /// Returns the place of a resource that everybody can see.
    pub(crate) fn of(resource: &Resource) -> Self {
        let position = resource.site.public_position();
        Self {
            site: resource.site_id,
            at: format!("{},{}", position.latitude(), position.longitude()),
            name: format!("{}, {}", resource.site.name, resource.site.address.city),
        }
    }
}

impl Listed {
    /// Puts a resource into the words of a list.
    pub(crate) fn of(texts: &Texts, resource: &Resource, now: UtcTime) -> Self {
        let fields = &resource.fields;
        let is_broken = resource.out_of_order.as_ref().is_some_and(|known| !known.is_over(now));
        Self {
            href: format!("/resources/{}", resource.id),
            name: fields.name.clone(),
            about: about(texts, fields),
            rate: rate(texts, &fields.tariff),
            place: format!("{}, {}", resource.organization_name, resource.site.address.city),
            fault: if is_broken { text(texts, "web-resource.out-of-order") } else { String::new() },
            picture: resource.pictures.first().map(|picture| Shown::small(resource.id, picture)),
            distance: String::new(),
            slot: None,
            placed: None,
        }
    }

    /// As [`Self::of`], with its distance from the place of a search.
    pub(crate) fn found(texts: &Texts, found: &Found, now: UtcTime) -> Self {
        let distance = |km| texts.attribute("web-found", "distance", &variables([("km", tenths(texts, km).into())]));
        Self { distance: found.distance_km.map(distance).unwrap_or_default(), ..Self::of(texts, &found.resource, now) }
    }

    /// As [`Self::found`], with the slot of a search.
    pub(crate) fn offered(texts: &Texts, offer: &Offer, now: UtcTime) -> Self {
        let (resource, slot) = (&offer.found.resource, offer.slot);
        let time = when::span(texts, resource.site.timezone, slot.starts_at(), slot.ends_at());
        let price = amount(texts, offer.price.total);
        let (id, starts_at, ends_at) = (resource.id.to_string(), slot.starts_at().to_string(), slot.ends_at().to_string());
        let book = texts.attribute("web-found", "book", &variables([("time", time.into()), ("price", price.into())]));
        let form = address("/book", &[("resource", &*id), ("starts_at", &*starts_at), ("ends_at", &*ends_at)]);
        let day = local_time(resource.site.timezone, slot.starts_at()).date().to_string();
        let href = address(&format!("/resources/{id}"), &[("day", &*day), ("minutes", &*slot.minutes().to_string())]) + "#free";
        Self { href, slot: Some((book, form)), ..Self::found(texts, &offer.found, now) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::booking::FeeKind;
    use domain::mail::{Locale, MailStatus};
    use domain::open_invoices::InvoiceState;
    use domain::organization::OrganizationKind;
    use domain::permissions::Role;
    use domain::pricing::{ExtraPer, Per};

    #[test]
    fn every_value_has_its_text() {
        let texts = Texts::new(&Locale::default());
        let has = |id: &str, value: &str| assert!(!texts.attribute_text(id, value).is_empty(), "{id} lacks {value}");
        ResourceKind::ALL.iter().for_each(|one| has("web-kind", one.as_str()));
        Unit::ALL.iter().for_each(|one| has("web-unit", one.as_str()));
        BookingStatus::ALL.iter().for_each(|one| has("web-status", one.as_str()));
        FeeKind::ALL.iter().for_each(|one| has("web-fee", one.as_str()));
        InvoiceState::ALL.iter().for_each(|one| has("web-invoice-state", one.as_str()));
        CertificationStatus::ALL.iter().for_each(|one| has("web-certification", one.as_str()));
        TrainingStatus::ALL.iter().for_each(|one| has("web-training-status", one.as_str()));
        SeatStatus::ALL.iter().for_each(|one| has("web-seat", one.as_str()));
        ResourceStatus::ALL.iter().for_each(|one| has("web-listing", one.as_str()));
        OrganizationKind::ALL.iter().for_each(|one| has("web-organization", one.as_str()));
        MailStatus::ALL.iter().for_each(|one| has("web-mail-status", one.as_str()));
        Role::ALL.iter().for_each(|one| {
            has("web-role", one.as_str());
            has("web-role-about", one.as_str());
        });
        ExtraPer::ALL.iter().for_each(|one| has("web-extra", one.as_str()));
        Per::ALL.iter().for_each(|one| {
            has("web-rate", one.as_str());
            has("web-per", one.as_str());
        });
    }
}
