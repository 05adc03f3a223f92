//! The storage of domain values in columns: ids and other short values as text, instants in the format of each database. Only
//! compiled with the feature `columns`, so that tests of the rules need no database.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::pg::Pg;
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::Sqlite;

use crate::country::Country;
use crate::email::Email;
use crate::ids::{
    AllocationId, ApiKeyId, AuditId, BankStatementId, BankStatementLineId, BlockId, BlockSeriesId, BookingGroupId, BookingId,
    BookingProposalId, BookingRulesId, CalendarClashId, CalendarFeedId, CalendarImportId, CardPaymentId, CardPayoutId,
    CardPayoutItemId, CardRefundId, CertificationId, CertificationKindId, CouponId, EventId, FactId, IdentityId, InvitationId,
    InvoiceId, LedgerRowId, MailId, OneTimeTokenId, OrganizationId, PackageId, PaymentId, PictureId, PrepaidEntryId, PrepaidId,
    ResourceId, SeriesId, SessionId, SiteId, TariffId, TermsAcceptanceId, TermsId, TrainingId, TrainingSeatId, UserId,
    WaitlistEntryId, WebhookDeliveryId, WebhookId,
};
use crate::money::Currency;
use crate::password::PasswordHash;
use crate::secret_token::TokenHash;
use crate::time::{Instant, UtcTime};
use crate::vat_number::VatNumber;

impl QueryId for Instant {
    type QueryId = Self;
}

macro_rules! text_columns {
    ($($type:ty),* $(,)?) => {$(
        impl<DB: Backend> ToSql<Text, DB> for $type
        where
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.as_str().to_sql(out)
            }
        }

        impl<DB: Backend> FromSql<Text, DB> for $type
        where
            String: FromSql<Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(String::from_sql(bytes)?.parse()?)
            }
        }
    )*};
}

text_columns!(
    ApiKeyId,
    CalendarFeedId,
    AllocationId,
    AuditId,
    BankStatementId,
    BankStatementLineId,
    BlockId,
    BlockSeriesId,
    BookingGroupId,
    BookingProposalId,
    BookingId,
    BookingRulesId,
    CalendarClashId,
    CalendarImportId,
    CardPaymentId,
    CardPayoutId,
    CardPayoutItemId,
    CardRefundId,
    CertificationId,
    CertificationKindId,
    CouponId,
    EventId,
    IdentityId,
    InvitationId,
    InvoiceId,
    LedgerRowId,
    MailId,
    OneTimeTokenId,
    OrganizationId,
    PackageId,
    PaymentId,
    PictureId,
    PrepaidEntryId,
    PrepaidId,
    FactId,
    ResourceId,
    SeriesId,
    SessionId,
    SiteId,
    TariffId,
    TermsAcceptanceId,
    TermsId,
    TrainingId,
    TrainingSeatId,
    UserId,
    WaitlistEntryId,
    WebhookDeliveryId,
    WebhookId,
    Country,
    Currency,
    Email,
    PasswordHash,
    TokenHash,
    VatNumber,
);

/// PostgreSQL counts a `TIMESTAMP` in microseconds from 2000-01-01.
const POSTGRES_EPOCH: i64 = UtcTime::EARLIEST.micros();

impl ToSql<Instant, Pg> for UtcTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<BigInt, Pg>::to_sql(&(self.micros() - POSTGRES_EPOCH), &mut out.reborrow())
    }
}

impl FromSql<Instant, Pg> for UtcTime {
    fn from_sql(bytes: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Pg>>::from_sql(bytes).map(|micros| Self::from_micros(micros + POSTGRES_EPOCH))
    }
}

impl ToSql<Instant, Sqlite> for UtcTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.micros());
        Ok(IsNull::No)
    }
}

impl FromSql<Instant, Sqlite> for UtcTime {
    fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Sqlite>>::from_sql(bytes).map(Self::from_micros)
    }
}
