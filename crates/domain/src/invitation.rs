//! Invitations by mail: to become a member of an organization, or to receive a certification.

use super::ids::CertificationKindId;
use super::permissions::Role;
use super::text_enum::text_enum;
use super::time::UtcTime;

/// How many days an invitation is valid after its latest mail.
pub const INVITATION_DAYS: i64 = 14;

/// The subject of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// A membership with this role.
    Membership(Role),
    /// A certification.
    Certification {
        /// The kind.
        kind: CertificationKindId,
        /// When the certification expires. None: after the valid days of the kind.
        expires_at: Option<UtcTime>,
    },
}

text_enum! {
    /// The state of an invitation.
    pub enum InvitationStatus {
        /// It can be accepted.
        Open = "open",
        /// It was accepted.
        Accepted = "accepted",
        /// It was withdrawn.
        Withdrawn = "withdrawn",
        /// It was not accepted in time.
        Expired = "expired",
    }
}
