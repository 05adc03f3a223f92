//! How the values of the domain are written in columns, on both databases.

use std::collections::HashMap;
use std::fmt;
use std::io::Write as _;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{HasSqlType, Text};
use diesel::sqlite::Sqlite;
use foldhash::fast::RandomState;

use super::connection::MultiBackend;
use domain::opening_hours::{DateExceptions, OpeningHours};
use domain::pricing::{Tariff, VatSettings};
use domain::rules::BookingRules;
use domain::time::Instant;
use domain::time::UtcTime;
use domain::with_json::WithJson;

impl HasSqlType<Instant> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        Self::lookup_sql_type::<Instant>(lookup)
    }
}

impl ToSql<Instant, MultiBackend> for UtcTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Instant, self));
        Ok(IsNull::No)
    }
}

impl FromSql<Instant, MultiBackend> for UtcTime {
    fn from_sql(bytes: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        bytes.from_sql::<Self, Instant>()
    }
}

/// A time zone in a text column, by its IANA name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Zone(pub chrono_tz::Tz);

impl<DB: Backend> ToSql<Text, DB> for Zone
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.name().to_sql(out)
    }
}

impl<DB: Backend> FromSql<Text, DB> for Zone
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(domain::wall_clock::timezone(&String::from_sql(bytes)?)?))
    }
}

/// A value of the domain in a text column, as JSON.
#[derive(Debug, Clone, PartialEq, serde::Serialize, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Json<T: fmt::Debug>(pub T);

impl<T: fmt::Debug + serde::Serialize> ToSql<Text, Pg> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&serde_json::to_vec(&self.0)?)?;
        Ok(IsNull::No)
    }
}

impl<T: fmt::Debug + serde::Serialize> ToSql<Text, Sqlite> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}

impl<T: fmt::Debug + serde::Serialize + Send + Sync + 'static> ToSql<Text, MultiBackend> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Text, self));
        Ok(IsNull::No)
    }
}

impl<T: fmt::Debug + serde::de::DeserializeOwned, DB: Backend> FromSql<Text, DB> for Json<T>
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_str(&String::from_sql(bytes)?)?))
    }
}

/// The largest total length of the texts by which the values of one type are cached, in bytes.
const MOST_CACHED_BYTES: usize = 4 << 20;

/// Values that were read from JSON, by their text: to read the rules of a resource takes longer than to find it, and the same
/// ones are read again and again. The value of a text never changes, so that no entry is ever out of date.
pub struct JsonCache<T>(LazyLock<RwLock<Cached<T>>>);

struct Cached<T> {
    by_text: HashMap<Box<str>, Arc<T>, RandomState>,
    bytes: usize,
}

impl<T: serde::de::DeserializeOwned> JsonCache<T> {
    const fn new() -> Self {
        Self(LazyLock::new(|| RwLock::new(Cached { by_text: HashMap::default(), bytes: 0 })))
    }

    fn read(&self, text: &str) -> serde_json::Result<Arc<T>> {
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).by_text.get(text) {
            return Ok(Arc::clone(known));
        }
        let value = Arc::new(serde_json::from_str(text)?);
        let mut remembered = self.0.write().unwrap_or_else(PoisonError::into_inner);
        remembered.bytes += text.len();
        if remembered.bytes > MOST_CACHED_BYTES {
            *remembered = Cached { by_text: HashMap::default(), bytes: text.len() };
        }
        remembered.by_text.insert(text.into(), Arc::clone(&value));
        Ok(value)
    }
}

/// A value that is parsed once and then shared.
pub trait Cacheable: Sized + 'static {
    /// The cache of all values of this type.
    fn cache() -> &'static JsonCache<Self>;
}

macro_rules! cacheable {
    ($($type:ty),*) => {$(
        impl Cacheable for $type {
            fn cache() -> &'static JsonCache<Self> {
                static CACHE: JsonCache<$type> = JsonCache::new();
                &CACHE
            }
        }
    )*};
}
cacheable!(DateExceptions, OpeningHours, VatSettings, WithJson<BookingRules>, WithJson<Tariff>);

/// A value of the domain from a text column with JSON, shared by all who read the same.
#[derive(Debug, Clone, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct CachedJson<T: fmt::Debug>(pub Arc<T>);

/// The booking rules of a resource.
pub type CachedRules = CachedJson<WithJson<BookingRules>>;

/// The tariff of a resource.
pub type CachedTariff = CachedJson<WithJson<Tariff>>;

impl<T: fmt::Debug + Cacheable + serde::de::DeserializeOwned, DB: Backend> FromSql<Text, DB> for CachedJson<T>
where
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(T::cache().read(&String::from_sql(bytes)?)?))
    }
}
