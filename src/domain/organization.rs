//! Firms, start-ups and maker spaces.

use super::email::Email;
use super::text_enum::text_enum;

text_enum! {
    /// What an organization is; any kind may host and any may book.
    pub enum OrganizationKind {
        /// An established firm.
        Firm = "firm",
        /// A start-up.
        Startup = "startup",
        /// A maker space.
        Makerspace = "makerspace",
    }
}

/// What an organization tells about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationFields {
    /// What it is.
    pub kind: OrganizationKind,
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// An address on the web, or nothing.
    pub website: String,
    /// Where mail about its bookings goes besides its managers, if anywhere.
    pub contact_email: Option<Email>,
}
