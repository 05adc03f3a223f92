//! Resources: machines, floor space and storage that can be booked.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fields::{Fields, InvalidFields};
use super::ids::{BookingRulesId, OrganizationId, ResourceId, SiteId, TariffId};
use super::interval::Interval;
use super::limits;
use super::out_of_order::OutOfOrder;
use super::picture::Picture;
use super::pricing::{BookedExtra, Buyer, HostVat, NoPrice, Price, PriceBasis, Tariff, VatTerms, price};
use super::public_holidays::PublicHolidays;
pub use super::resource_kind::ResourceKind;
use super::rules::bookable::Bookable;
use super::rules::{BookingRules, OpeningHoursBind, Violation};
use super::site::SiteFields;
use super::slot::Slot;
use super::text_enum::text_enum;
use super::time::UtcTime;
use super::ways_to_pay::WaysToPay;
use super::words;
use crate::said::{Said, said};
use crate::with_json::WithJson;

text_enum! {
    /// The effect of a link on the other resource.
    pub enum LinkKind {
        /// A booking or block also takes a quantity of the other resource, as a machine takes its room.
        Takes = "takes",
        /// The two resources cannot be taken at the same time.
        Excludes = "excludes",
    }
}

impl ResourceKind {
    /// The part of a booking that must lie in the opening hours, if the rules do not say it.
    const fn opening_hours_bind(self) -> OpeningHoursBind {
        match self {
            Self::Machine => OpeningHoursBind::WholeTime,
            Self::FloorSpace | Self::Storage => OpeningHoursBind::StartAndEnd,
        }
    }
}

text_enum! {
    /// The unit of the capacity of a resource.
    pub enum Unit {
        /// Identical machines.
        Unit = "unit",
        /// Square metres.
        M2 = "m2",
        /// Pallet places.
        Pallet = "pallet",
        /// Shelves.
        Shelf = "shelf",
        /// Cubic metres.
        M3 = "m3",
    }
}

text_enum! {
    /// The state of a resource.
    pub enum ResourceStatus {
        /// Not offered yet. Only members of the host see it.
        Draft = "draft",
        /// Offered: customers can book it.
        Listed = "listed",
        /// Not offered for now. Existing bookings stay.
        Paused = "paused",
        /// Not offered any more. This cannot be undone.
        Retired = "retired",
    }
}

/// A resource, with everything that decides about bookings of it.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its identifier.
    pub id: ResourceId,
    /// The host.
    pub organization_id: OrganizationId,
    /// Its site.
    pub site_id: SiteId,
    /// The fields that the host edits.
    pub fields: ResourceFields,
    /// The current version of its booking rules.
    pub booking_rules_id: BookingRulesId,
    /// The current version of its tariff.
    pub tariff_id: TariffId,
    /// The host's name.
    pub organization_name: String,
    /// Whether the host has any terms in force.
    pub has_terms: bool,
    /// The VAT that the host charges; none if it charges no VAT.
    pub vat: Option<HostVat>,
    /// The ways to pay that the host offers.
    pub ways: WaysToPay,
    /// The fields of its site.
    pub site: SiteFields,
    /// An upper bound on how long its allocations last.
    pub longest_allocation_minutes: i64,
    /// Whether any link leads from or to it.
    pub has_links: bool,
    /// Whether the host is suspended.
    pub is_suspended: bool,
    /// Its pictures, in order.
    pub pictures: Vec<Picture>,
    /// The resources that each claim on it takes along.
    pub takes_along: Vec<TakenAlong>,
    /// Since when and why it cannot be used, if it is out of order.
    pub out_of_order: Option<OutOfOrder>,
    /// Incremented by each edit.
    pub revision: i64,
    /// When it was created.
    pub created_at: UtcTime,
    /// When it was edited last.
    pub updated_at: UtcTime,
}

impl Resource {
    /// The rules, hours and capacity that decide about its slots.
    pub fn bookable(&self) -> Bookable<'_> {
        let (rules, capacity) = (&self.fields.rules, self.fields.capacity.quantity);
        let holidays = || self.site.public_holidays().unwrap_or(PublicHolidays::ANY_DAY);
        let holidays = rules.closed_on_public_holidays.then(holidays);
        let hours_bind = rules.opening_hours_bind.unwrap_or(self.fields.kind.opening_hours_bind());
        Bookable { calendar: self.site.calendar(), holidays, rules, hours_bind, capacity, closed_before: self.closed_before() }
    }

    /// The basis of the price of a new booking with extras, without donated time and without a coupon.
    pub fn price_basis(&self, buyer: Buyer, extras: &[BookedExtra]) -> PriceBasis {
        let vat = self.vat.as_ref().map(|host| VatTerms::between(host, buyer.vat_number_of));
        let is_own = buyer.customer.is_some_and(|(customer, _)| customer == self.organization_id);
        let deposit = if is_own { 0 } else { self.fields.tariff.deposit };
        PriceBasis { vat, extras: extras.to_vec(), deposit, donated_minutes: 0, coupon: None }
    }

    /// The price of a slot by the current tariff.
    ///
    /// # Errors
    /// When the price is too large for an amount, or the tariff does not have the extras.
    pub fn price(&self, slot: Slot, buyer: Buyer, basis: &PriceBasis) -> Result<Price, NoPrice> {
        price(&self.fields.tariff, self.site.timezone, slot, buyer, basis)
    }

    /// The instant before which no booking can start, because the resource or one that it takes along cannot be used.
    fn closed_before(&self) -> UtcTime {
        let known = self.takes_along.iter().map(|other| &other.out_of_order).chain([&self.out_of_order]).flatten();
        let withdrawn = self.takes_along.iter().filter(|other| other.is_withdrawn()).map(|_| UtcTime::LATEST);
        known.map(OutOfOrder::closed_before).chain(withdrawn).max().unwrap_or(UtcTime::EARLIEST)
    }

    /// A violation for each resource that is out of order when a booking would start: this one and those that it takes along.
    pub fn broken(&self, now: UtcTime, starts_at: UtcTime) -> Vec<Violation> {
        let own = self.out_of_order.as_ref().and_then(|known| known.violation(now, starts_at, said!("is")));
        let along = |other: &TakenAlong| other.out_of_order.as_ref()?.violation(now, starts_at, other.which());
        own.into_iter().chain(self.takes_along.iter().filter_map(along)).collect()
    }

    /// Why the resource cannot be booked at all: it, or one that it takes along, is not on offer. Completes a sentence that begins
    /// with the resource.
    pub fn withheld(&self) -> Option<Said> {
        match self.fields.status {
            _ if self.is_suspended => Some(said!("belongs to an organization that is suspended")),
            ResourceStatus::Listed => {
                let withdrawn = self.takes_along.iter().find(|other| other.is_withdrawn())?;
                Some(said!("{which} {status}", which = withdrawn.which(), status = withdrawn.status))
            }
            status => Some(said!("is {status}", status)),
        }
    }

    /// The resource at an instant: whatever is out of order until then works again.
    #[must_use]
    pub fn at(self, now: UtcTime) -> Self {
        let still = |known: Option<OutOfOrder>| known.filter(|known| !known.is_over(now));
        let as_is = |other: TakenAlong| TakenAlong { out_of_order: still(other.out_of_order), ..other };
        let takes_along = self.takes_along.into_iter().map(as_is).collect();
        Self { out_of_order: still(self.out_of_order), takes_along, ..self }
    }

    /// The facts by which its allocations are found.
    pub const fn claimed(&self) -> Claimed {
        Claimed { id: self.id, longest_allocation_minutes: self.longest_allocation_minutes }
    }

    /// The resource as people outside the host see it: its rules and its tariff do not name organizations.
    #[must_use]
    pub fn without_names(mut self) -> Self {
        // Most rules and tariffs name nobody and are shared with other resources that have the same.
        if self.fields.rules.bookable_by.organizations.is_some() {
            let rules = Arc::make_mut(&mut self.fields.rules);
            rules.bookable_by = std::mem::take(&mut rules.bookable_by).without_names();
        }
        if self.fields.tariff.has_names() {
            let tariff = Arc::unwrap_or_clone(self.fields.tariff).into_inner();
            self.fields.tariff = Arc::new(tariff.without_names().into());
        }
        self
    }

    /// Whether its rules or its tariff name organizations.
    pub fn names_organizations(&self) -> bool {
        self.fields.rules.bookable_by.organizations.is_some() || self.fields.tariff.has_names()
    }

    /// Whether everybody may see the resource.
    pub const fn is_public(&self) -> bool {
        self.fields.status.is_visible_to_all() && !self.fields.is_private && !self.is_suspended
    }

    /// The words that a search looks through.
    pub fn search_text(&self) -> String {
        let (fields, site) = (&self.fields, &self.site);
        let postal_code = if site.is_address_public() { &*site.address.postal_code } else { "" };
        let others = [&*fields.description, &self.organization_name, &site.name, &site.address.city, postal_code];
        words::stored(&[&fields.name, &fields.category], &others)
    }

    /// The words that a typing error in a search can be corrected to.
    pub fn search_words(&self) -> BTreeSet<String> {
        let others = [&*self.organization_name, &self.site.name, &self.site.address.city];
        words::correct(&[&self.fields.name, &self.fields.category], &others)
    }
}

/// A resource that another one takes along: the facts that can prevent a booking even if all of its capacity is free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenAlong {
    /// Its name; none where only members of the host may know it.
    pub name: Option<String>,
    /// Its status.
    pub status: ResourceStatus,
    /// Since when and why it cannot be used, if it is out of order.
    pub out_of_order: Option<OutOfOrder>,
}

impl TakenAlong {
    /// Whether it cannot be taken along. A draft can: it may exist only to be taken along.
    pub const fn is_withdrawn(&self) -> bool {
        matches!(self.status, ResourceStatus::Paused | ResourceStatus::Retired)
    }

    /// The middle of a sentence about the resource that takes it along: "also takes the spray booth, which is".
    pub fn which(&self) -> Said {
        match &self.name {
            Some(name) => said!("also takes {name}, which is", name),
            None => said!("also takes another resource that is"),
        }
    }
}

/// The facts about a resource by which its allocations are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    /// The resource.
    pub id: ResourceId,
    /// An upper bound on how long its allocations last. With this bound the index finds the allocations that overlap a given time
    /// without reading all that end later.
    pub longest_allocation_minutes: i64,
}

impl Claimed {
    /// The instant before which every allocation that overlaps `within` ends.
    pub fn last_end(self, within: Interval) -> UtcTime {
        within.ends_at() + TimeDelta::minutes(self.longest_allocation_minutes)
    }
}

/// The fields of a resource, in the form of [`NewResource`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResourceFields {
    /// The kind.
    pub kind: ResourceKind,
    /// The name.
    pub name: String,
    /// A description of the resource and its use.
    pub description: String,
    /// The category in the host's words, such as `laser cutter`.
    pub category: String,
    /// The capacity.
    pub capacity: Capacity,
    /// The booking rules.
    #[serde(rename = "booking_rules")]
    pub rules: Arc<WithJson<BookingRules>>,
    /// The prices.
    pub tariff: Arc<WithJson<Tariff>>,
    /// The state.
    pub status: ResourceStatus,
    /// True: only members of the host can see and book it.
    pub is_private: bool,
}

/// The capacity of a resource: the quantity that exists at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"quantity": 1, "unit": "unit"}))]
pub struct Capacity {
    /// The number of units. A booking takes a quantity of them.
    #[schema(value_type = limits::Quantity)]
    pub quantity: i32,
    /// The unit.
    pub unit: Unit,
}

impl Default for Capacity {
    fn default() -> Self {
        Self { quantity: 1, unit: Unit::Unit }
    }
}

/// A new resource.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "machine", "name": "Trotec Speedy 400", "category": "laser cutter", "description": "CO2, 120 W, 1000 x 610 mm",
    "capacity": {"quantity": 1, "unit": "unit"}, "booking_rules": {"grid_minutes": 30, "min_minutes": 60, "buffer_after_minutes": 15},
    "tariff": {"currency": "GBP", "rate": 2400, "per": "hour", "minimum_charge": 1200}, "status": "listed"
}))]
pub struct NewResource {
    /// The kind of the resource.
    pub kind: ResourceKind,
    /// The name of the resource.
    #[schema(value_type = limits::Name)]
    pub name: String,
    /// A description of the resource and its use. Default: empty.
    #[serde(default)]
    #[schema(value_type = limits::Description)]
    pub description: String,
    /// The category in the host's words, such as `laser cutter`. Default: empty.
    #[serde(default)]
    #[schema(value_type = limits::Category)]
    pub category: String,
    /// The capacity. Default: 1 `unit`.
    #[serde(default)]
    pub capacity: Capacity,
    /// The booking rules. A missing rule has its default.
    #[serde(default = "no_rules")]
    #[schema(value_type = BookingRules, required = false)]
    pub booking_rules: Value,
    /// The prices.
    #[schema(value_type = Tariff)]
    pub tariff: Value,
    /// The state. A new resource is a draft by default.
    #[serde(default = "draft")]
    #[schema(default = "draft", required = false)]
    pub status: ResourceStatus,
    /// True: only members of the host can see and book it. Default: false.
    #[serde(default)]
    pub is_private: bool,
}

fn no_rules() -> Value {
    Value::Object(serde_json::Map::new())
}

const fn draft() -> ResourceStatus {
    ResourceStatus::Draft
}

impl NewResource {
    /// Returns the validated fields, without surrounding blanks.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(&self) -> Result<ResourceFields, InvalidFields> {
        let mut fields = Fields::default();
        let name = fields.line("/name", &self.name, limits::Name::RANGE);
        let description = fields.text("/description", &self.description, limits::Description::RANGE);
        let category = fields.line("/category", &self.category, limits::Category::RANGE);
        fields.number("/capacity/quantity", self.capacity.quantity, limits::Quantity::RANGE);
        let rules = fields.nest("/booking_rules", BookingRules::read(&self.booking_rules));
        let tariff = fields.nest("/tariff", Tariff::read(&self.tariff));
        fields.finish(|| {
            Some(ResourceFields {
                kind: self.kind,
                name: name?,
                description: description?,
                category: category?,
                capacity: self.capacity,
                rules: Arc::new(rules?.into()),
                tariff: Arc::new(tariff?.into()),
                status: self.status,
                is_private: self.is_private,
            })
        })
    }
}

impl From<ResourceFields> for NewResource {
    fn from(fields: ResourceFields) -> Self {
        Self {
            kind: fields.kind,
            name: fields.name,
            description: fields.description,
            category: fields.category,
            capacity: fields.capacity,
            booking_rules: serde_json::to_value(&*fields.rules).unwrap_or_default(),
            tariff: serde_json::to_value(&*fields.tariff).unwrap_or_default(),
            status: fields.status,
            is_private: fields.is_private,
        }
    }
}

impl ResourceStatus {
    /// Returns whether a manager of the host can change the state to `next`.
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Draft, Self::Draft | Self::Listed | Self::Retired)
                | (Self::Listed | Self::Paused, Self::Listed | Self::Paused | Self::Retired)
                | (Self::Retired, Self::Retired)
        )
    }

    /// Returns whether users outside the host can see a resource in this state.
    pub const fn is_visible_to_all(self) -> bool {
        matches!(self, Self::Listed | Self::Paused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_never_comes_back_from_retirement_nor_becomes_a_draft_again() {
        for from in ResourceStatus::ALL {
            assert_eq!(from.may_become(ResourceStatus::Draft), *from == ResourceStatus::Draft, "{from}");
            assert!(from.may_become(ResourceStatus::Retired), "{from}");
            assert_eq!(ResourceStatus::Retired.may_become(*from), *from == ResourceStatus::Retired, "{from}");
        }
    }
}
