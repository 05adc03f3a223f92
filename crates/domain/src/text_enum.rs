//! Enumerations that are the same word everywhere: in JSON, in the database and in messages.

use crate::said::{said, says};

/// A text that is not a value of a [`text_enum!`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownValue(pub &'static [&'static str]);

says!(UnknownValue: |UnknownValue(values)| said!("must be one of: {values}", values = values.to_vec()));

/// Defines an enumeration whose values are written as the given words by `Display`, serde, the OpenAPI document and every
/// database. The doc comment of each value is part of the OpenAPI document.
macro_rules! text_enum {
    (
        $(#[doc = $about:literal])+
        pub enum $name:ident { $($(#[doc = $value_about:literal])+ $value:ident = $text:literal),+ $(,)? }
    ) => {
        $(#[doc = $about])+
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash
        )]
        #[cfg_attr(feature = "columns", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow), diesel(sql_type = diesel::sql_types::Text))]
        pub enum $name {
            $($(#[doc = $value_about])+ $value,)+
        }

        impl $name {
            /// All values.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// Returns the word of the value.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $text,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl From<$name> for $crate::said::Variable {
            fn from(value: $name) -> Self {
                Self::Word(value.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::text_enum::UnknownValue;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$value),)+
                    _ => Err($crate::text_enum::UnknownValue(&[$($text),+])),
                }
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
                // Each line of a doc comment begins with a blank.
                let about = concat!($($about,)+ "\n" $(, "\n- `", $text, "`:" $(, $value_about)+)+).trim_start();
                ObjectBuilder::new().schema_type(Type::String).description(Some(about)).enum_values(Some([$($text),+])).into()
            }
        }
        impl utoipa::ToSchema for $name {}

        #[cfg(feature = "columns")]
        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.as_str().to_sql(out)
            }
        }

        #[cfg(feature = "columns")]
        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                Ok(String::from_sql(bytes)?.parse()?)
            }
        }
    };
}
pub(crate) use text_enum;

#[cfg(test)]
mod tests {
    use crate::booking::{BookingStatus, HoldReason};

    #[test]
    fn a_value_reads_back_from_its_word() {
        for status in BookingStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status));
            assert_eq!(serde_json::from_value::<BookingStatus>(serde_json::json!(status)).unwrap(), *status);
        }
    }

    #[test]
    fn another_word_is_refused_and_the_allowed_ones_are_listed() {
        let refused = "busy".parse::<BookingStatus>().unwrap_err().to_string();
        assert!(refused.starts_with("must be one of: held, requested, confirmed, "), "{refused}");
        assert!(serde_json::from_str::<BookingStatus>("\"busy\"").unwrap_err().to_string().starts_with(&refused));
    }

    #[test]
    fn the_document_explains_each_value() {
        let about = |schema| serde_json::json!(schema)["description"].as_str().unwrap().to_owned();
        let of_booking = about(<BookingStatus as utoipa::PartialSchema>::schema());
        assert!(of_booking.starts_with("The state of a booking.\n\n- `held`: The slot is kept for a while, "), "{of_booking}");
        assert!(of_booking.contains("\n- `confirmed`: The booking is agreed.\n- `in_use`: "), "{of_booking}");
        let of_reason = about(<HoldReason as utoipa::PartialSchema>::schema());
        assert!(of_reason.contains(" is held has this reason, too.\n- "), "{of_reason}");
    }
}
