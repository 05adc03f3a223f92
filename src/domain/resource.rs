//! What can be booked.

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
