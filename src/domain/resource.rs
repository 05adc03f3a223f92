//! What can be booked.

use super::pricing::Tariff;
use super::rules::BookingRules;
use super::text_enum::text_enum;

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

/// What a resource is.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Whether it is on offer.
    pub status: ResourceStatus,
    /// Whether only members of the host may see and book it.
    pub is_private: bool,
    /// When and how it may be booked.
    pub rules: BookingRules,
    /// What it costs.
    pub tariff: Tariff,
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
