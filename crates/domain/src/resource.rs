//! What can be booked.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fields::{Fields, InvalidFields};
use super::pricing::Tariff;
use super::rules::BookingRules;
use super::text_enum::text_enum;

text_enum! {
    /// What a claim on a resource means for one that is linked to it.
    pub enum LinkKind {
        /// It takes a quantity of the other along: the machine takes the room that it stands in.
        Takes = "takes",
        /// Nobody can have the other at the same time, and the other way round.
        Excludes = "excludes",
    }
}

text_enum! {
    /// What a resource is.
    pub enum ResourceKind {
        /// A machine, or several that are alike.
        Machine = "machine",
        /// Floor to work on.
        FloorSpace = "floor_space",
        /// Room to keep things in.
        Storage = "storage",
    }
}

text_enum! {
    /// What the capacity of a resource is counted in.
    pub enum Unit {
        /// Machines that are alike.
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
    /// Whether a resource is on offer.
    pub enum ResourceStatus {
        /// Not yet.
        Draft = "draft",
        /// On offer.
        Listed = "listed",
        /// Not at the moment; bookings that are made stay.
        Paused = "paused",
        /// Never again.
        Retired = "retired",
    }
}

/// What a resource is; written as [`NewResource`] is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResourceFields {
    /// What kind of thing.
    pub kind: ResourceKind,
    /// What it is called.
    pub name: String,
    /// What it can do.
    pub description: String,
    /// What sort of its kind, in the host's words: `laser cutter`.
    pub category: String,
    /// How much of it there is.
    pub capacity: Capacity,
    /// When and how it may be booked.
    #[serde(rename = "booking_rules")]
    pub rules: Arc<BookingRules>,
    /// What it costs.
    pub tariff: Tariff,
    /// Whether it is on offer.
    pub status: ResourceStatus,
    /// Whether only members of the host may see and book it.
    pub is_private: bool,
}

/// How much of a resource exists at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"quantity": 1, "unit": "unit"}))]
pub struct Capacity {
    /// How many of the unit; a booking takes a quantity of them.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub quantity: i32,
    /// What is counted.
    pub unit: Unit,
}

impl Default for Capacity {
    fn default() -> Self {
        Self { quantity: 1, unit: Unit::Unit }
    }
}

/// Something to be listed.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "machine", "name": "Trotec Speedy 400", "category": "laser cutter", "description": "CO2, 120 W, 1000 x 610 mm",
    "capacity": {"quantity": 1, "unit": "unit"}, "booking_rules": {"grid_minutes": 30, "min_minutes": 60, "buffer_after_minutes": 15},
    "tariff": {"currency": "GBP", "rate": 2400, "per": "hour", "minimum_charge": 1200}, "status": "listed"
}))]
pub struct NewResource {
    /// What kind of thing.
    pub kind: ResourceKind,
    /// What it is called.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// What it can do.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub description: String,
    /// What sort of its kind, in the host's words.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub category: String,
    /// How much of it there is. Left out: one.
    #[serde(default)]
    pub capacity: Capacity,
    /// When and how it may be booked; a rule that is left out has its default.
    #[serde(default = "no_rules")]
    #[schema(value_type = BookingRules, required = false)]
    pub booking_rules: Value,
    /// What it costs.
    #[schema(value_type = Tariff)]
    pub tariff: Value,
    /// Whether it is on offer.
    #[serde(default = "draft")]
    #[schema(default = "draft", required = false)]
    pub status: ResourceStatus,
    /// Whether only members of the host may see and book it.
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
    /// The fields as they are kept, with surrounding blanks removed.
    ///
    /// # Errors
    /// With everything that is wrong with them.
    pub fn read(&self) -> Result<ResourceFields, InvalidFields> {
        let mut fields = Fields::default();
        let name = fields.text("/name", &self.name, 200);
        let description = fields.note("/description", &self.description, 5000);
        let category = fields.note("/category", &self.category, 100);
        fields.number("/capacity/quantity", self.capacity.quantity, 1..=1_000_000);
        let rules = fields.nest("/booking_rules", BookingRules::read(&self.booking_rules));
        let tariff = fields.nest("/tariff", Tariff::read(&self.tariff));
        fields.finish(|| {
            Some(ResourceFields {
                kind: self.kind,
                name: name?,
                description: description?,
                category: category?,
                capacity: self.capacity,
                rules: Arc::new(rules?),
                tariff: tariff?,
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
            tariff: serde_json::to_value(fields.tariff).unwrap_or_default(),
            status: fields.status,
            is_private: fields.is_private,
        }
    }
}

impl ResourceStatus {
    /// Whether the owner may set `next` after this one.
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Draft, Self::Draft | Self::Listed | Self::Retired)
                | (Self::Listed | Self::Paused, Self::Listed | Self::Paused | Self::Retired)
                | (Self::Retired, Self::Retired)
        )
    }

    /// Whether those who do not belong to the host may see a resource in this state.
    pub const fn is_shown(self) -> bool {
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
