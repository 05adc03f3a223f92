//! The kinds of resources.

use super::text_enum::text_enum;

text_enum! {
    /// The kind of a resource.
    pub enum ResourceKind {
        /// A machine, or several identical machines.
        Machine = "machine",
        /// Floor space to work on.
        FloorSpace = "floor_space",
        /// Storage space.
        Storage = "storage",
    }
}
