//! Identifiers: UUIDv7 as text, with one type for each noun so that they cannot be confused.

use crate::said::{said, says};
use std::fmt;
use std::str::FromStr;

/// A text that is not an identifier of this service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidId;

says!(InvalidId: |_| said!("must be an identifier"));

/// The common functions of all identifiers.
pub trait Identifier: Copy + FromStr<Err = InvalidId> + fmt::Display {
    /// Creates an identifier that sorts by `millis`, the Unix time of its creation in milliseconds.
    fn new(millis: u64, random: [u8; 10]) -> Self;
}

macro_rules! ids {
    ($($(#[doc = $about:literal])+ $name:ident),* $(,)?) => {$(
        $(#[doc = $about])+
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "columns", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow), diesel(sql_type = diesel::sql_types::Text))]
        pub struct $name([u8; 36]);

        impl $name {
            /// Returns the identifier as text: 36 lower-case characters.
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

        impl From<$name> for $crate::said::Variable {
            fn from(id: $name) -> Self {
                Self::Text(id.to_string())
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
                use utoipa::openapi::schema::{ObjectBuilder, Type};
                ObjectBuilder::new().schema_type(Type::String).description(Some(concat!($($about),+).trim_start())).into()
            }
        }
        impl utoipa::ToSchema for $name {}
    )*};
}

/// Identifiers of objects that are listed in their order.
pub trait Ordered: Identifier + Ord {
    /// Returns the identifier directly after this one.
    #[must_use]
    fn next(self) -> Self;
}

macro_rules! ordered {
    ($($name:ident)+) => {$(
        impl Ordered for $name {
            fn next(self) -> Self {
                let number = uuid::Uuid::try_parse(self.as_str()).unwrap_or_default().as_u128();
                let mut text = [0; 36];
                uuid::Uuid::from_u128(number.wrapping_add(1)).hyphenated().encode_lower(&mut text);
                Self(text)
            }
        }
    )+};
}

ordered! { AuditId BankStatementLineId CardPayoutItemId EventId LedgerRowId PrepaidEntryId }

// An allocation has the identifier of its booking or block.
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
    /// The identifier of a user.
    UserId,
    /// The identifier of an API key.
    ApiKeyId,
    /// The identifier of a calendar feed.
    CalendarFeedId,
    /// The identifier of a coupon.
    CouponId,
    /// The identifier of a picture of a resource.
    PictureId,
    /// The identifier of a package of prepaid credit.
    PackageId,
    /// The identifier of prepaid credit of a customer.
    PrepaidId,
    /// The identifier of a change of prepaid credit.
    PrepaidEntryId,
    /// The identifier of a session: one sign-in with all its refresh tokens.
    SessionId,
    /// The identifier of an identity at a provider with which a user signs in.
    IdentityId,
    /// The identifier of an organization.
    OrganizationId,
    /// The identifier of an invitation.
    InvitationId,
    /// The identifier of a waitlist entry.
    WaitlistEntryId,
    /// The identifier of a site.
    SiteId,
    /// The identifier of a resource.
    ResourceId,
    /// The identifier of one version of a resource's booking rules.
    BookingRulesId,
    /// The identifier of one version of a resource's tariff.
    TariffId,
    /// The identifier of an allocation.
    AllocationId,
    /// The identifier of a booking.
    BookingId,
    /// The identifier of a proposal of another slot for a booking.
    BookingProposalId,
    /// The identifier of a series.
    SeriesId,
    /// The identifier of a booking group.
    BookingGroupId,
    /// The identifier of a block.
    BlockId,
    /// The common identifier of the blocks of one recurrence.
    BlockSeriesId,
    /// The identifier of a terms document.
    TermsId,
    /// The identifier of an acceptance of terms.
    TermsAcceptanceId,
    /// The identifier of a kind of certification.
    CertificationKindId,
    /// The identifier of a certification.
    CertificationId,
    /// The identifier of a training.
    TrainingId,
    /// The identifier of a seat in a training.
    TrainingSeatId,
    /// The identifier of a fact.
    FactId,
    /// The identifier of an event of an organization.
    EventId,
    /// The identifier of a calendar import.
    CalendarImportId,
    /// The identifier of an event of an imported calendar that blocks nothing, because bookings are in the way.
    CalendarClashId,
    /// The identifier of a webhook.
    WebhookId,
    /// The identifier of an attempt to send an event to a webhook.
    WebhookDeliveryId,
    /// The identifier of a mail.
    MailId,
    /// The identifier of a row of the ledger.
    LedgerRowId,
    /// The identifier of a payment.
    PaymentId,
    /// The identifier of a payment by card.
    CardPaymentId,
    /// The identifier of a refund to a card.
    CardRefundId,
    /// The identifier of a payout of the provider of payments by card.
    CardPayoutId,
    /// The identifier of an amount in such a payout.
    CardPayoutItemId,
    /// The identifier of an invoice or credit note.
    InvoiceId,
    /// The identifier of an imported bank statement.
    BankStatementId,
    /// The identifier of a line of a bank statement.
    BankStatementLineId,
    /// The identifier of an entry in the audit log.
    AuditId,
    /// The identifier of a one-time token that was sent by mail.
    OneTimeTokenId,
}
