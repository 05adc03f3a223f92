//! Identifiers: UUIDv7 as text, one type for each noun so that they cannot be mixed up.

use std::fmt;
use std::str::FromStr;

/// A text that is not an identifier of this service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct InvalidId;

/// What all identifiers can do.
pub trait Identifier: Copy + FromStr<Err = InvalidId> + fmt::Display {
    /// A fresh identifier that sorts by `millis`, the Unix time in milliseconds of its making.
    fn new(millis: u64, random: [u8; 10]) -> Self;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "columns", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow), diesel(sql_type = diesel::sql_types::Text))]
        pub struct $name([u8; 36]);

        impl $name {
            /// The identifier as it is written everywhere: 36 lower-case characters.
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.0).unwrap_or_default()
            }
        }

        impl Identifier for $name {
            fn new(millis: u64, random: [u8; 10]) -> Self {
                let id = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
                let mut text = [0; 36];
                id.hyphenated().encode_lower(&mut text);
                Self(text)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let bytes: [u8; 36] = text.as_bytes().try_into().map_err(|_| InvalidId)?;
                let lower = !bytes.iter().any(u8::is_ascii_uppercase);
                uuid::Uuid::try_parse(text).ok().filter(|_| lower).map(|_| Self(bytes)).ok_or(InvalidId)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                String::schema()
            }
        }
        impl utoipa::ToSchema for $name {}
    )*};
}

// What takes capacity gives its allocations their name.
impl AuditId {
    /// The identifier that comes just after this one.
    #[must_use]
    pub fn next(self) -> Self {
        let number = uuid::Uuid::try_parse(self.as_str()).unwrap_or_default().as_u128();
        let mut text = [0; 36];
        uuid::Uuid::from_u128(number.wrapping_add(1)).hyphenated().encode_lower(&mut text);
        Self(text)
    }
}

impl From<BookingId> for AllocationId {
    fn from(BookingId(id): BookingId) -> Self {
        Self(id)
    }
}

impl From<BlockId> for AllocationId {
    fn from(BlockId(id): BlockId) -> Self {
        Self(id)
    }
}

ids! {
    /// Of a user.
    UserId,
    /// Of a session: one sign-in and the family of refresh tokens that grew from it.
    SessionId,
    /// Of an organization.
    OrganizationId,
    /// Of a place in the line for a resource.
    WaitlistEntryId,
    /// Of a site.
    SiteId,
    /// Of a resource.
    ResourceId,
    /// Of one version of a resource's booking rules.
    BookingRulesId,
    /// Of one version of a resource's tariff.
    TariffId,
    /// Of an allocation.
    AllocationId,
    /// Of a booking.
    BookingId,
    /// Of a series.
    SeriesId,
    /// Of a booking group.
    BookingGroupId,
    /// Of a block.
    BlockId,
    /// Of the blocks that one recurrence rule made.
    BlockSeriesId,
    /// Of a host's document.
    TermsId,
    /// Of an acceptance of a version of such a document.
    TermsAcceptanceId,
    /// Of a kind of certification.
    CertificationKindId,
    /// Of a certification.
    CertificationId,
    /// Of a training.
    TrainingId,
    /// Of a seat in a training.
    TrainingSeatId,
    /// Of a fact.
    FactId,
    /// Of a mail.
    MailId,
    /// Of an entry in the audit log.
    AuditId,
    /// Of a one-time token that was sent by mail.
    OneTimeTokenId,
}
