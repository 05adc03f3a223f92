//! Money: integer minor units and a currency, with checked arithmetic.

use std::fmt;
use std::str::FromStr;

/// A currency, as an ISO 4217 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "columns", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow), diesel(sql_type = diesel::sql_types::Text))]
pub struct Currency([u8; 3]);

/// A text that is not an ISO 4217 code in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownCurrency;

/// ISO 4217, list one of 2026: the codes of currencies that are legal tender, in order.
const CURRENCIES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD \
    CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG \
    HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK \
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD \
    SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND \
    VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

impl Currency {
    /// Returns the three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Returns the number of decimals of the minor unit: 2 for most currencies, 0 for the yen, 3 for the dinar.
    pub fn decimals(self) -> u32 {
        match self.as_str() {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV" | "XAF"
            | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;
    fn from_str(text: &str) -> Result<Self, UnknownCurrency> {
        let code: [u8; 3] = text.as_bytes().try_into().map_err(|_| UnknownCurrency)?;
        let (known, last) = CURRENCIES.as_bytes().as_chunks::<4>();
        let is_known = known.binary_search_by(|[a, b, c, _]| [*a, *b, *c].cmp(&code)).is_ok() || last == code;
        if is_known { Ok(Self(code)) } else { Err(UnknownCurrency) }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Currency {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        let code = ObjectBuilder::new().schema_type(Type::String).description(Some("A currency, as an ISO 4217 code."));
        code.pattern(Some("^[A-Z]{3}$")).examples(["GBP"]).into()
    }
}
impl utoipa::ToSchema for Currency {}

/// An amount of money in minor units (pence, cents).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"amount": 1250, "currency": "GBP"}))]
pub struct Money {
    /// The amount in minor units: pence, cents.
    pub amount: i64,
    /// The ISO 4217 code of the currency.
    pub currency: Currency,
}

impl Money {
    /// Returns the sum. None without amounts, if the currencies differ, or on overflow.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut amounts = amounts.into_iter();
        let first = amounts.next()?;
        amounts.try_fold(first, Self::checked_add)
    }

    /// Returns the sum. None if the currencies differ or on overflow.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let amount = self.amount.checked_add(other.amount)?;
        (self.currency == other.currency).then_some(Self { amount, ..self })
    }

    /// Returns the difference. None if the currencies differ or on overflow.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let amount = self.amount.checked_sub(other.amount)?;
        (self.currency == other.currency).then_some(Self { amount, ..self })
    }
}

impl fmt::Display for Money {
    /// Writes a decimal number with the code: `12.50 GBP`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.currency.decimals();
        let unit = 10_u64.pow(decimals);
        let sign = if self.amount < 0 { "-" } else { "" };
        let (whole, rest) = (self.amount.unsigned_abs() / unit, self.amount.unsigned_abs() % unit);
        if decimals == 0 {
            write!(f, "{sign}{whole} {}", self.currency)
        } else {
            write!(f, "{sign}{whole}.{rest:0width$} {}", self.currency, width = decimals as usize)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_with_the_decimals_of_its_currency() {
        let written = |amount, code: &str| code.parse().map(|currency| Money { amount, currency }.to_string());
        assert_eq!(written(1250, "GBP").as_deref(), Ok("12.50 GBP"));
        assert_eq!(written(-5, "EUR").as_deref(), Ok("-0.05 EUR"));
        assert_eq!(written(1250, "JPY").as_deref(), Ok("1250 JPY"));
        assert_eq!(written(1250, "KWD").as_deref(), Ok("1.250 KWD"));
        assert_eq!(written(1, "XXX"), Err(UnknownCurrency));
    }

    #[test]
    fn every_listed_code_is_known_and_nothing_else() {
        let listed: Vec<&str> = CURRENCIES.split(' ').collect();
        assert!(listed.is_sorted() && listed.iter().all(|code| code.len() == 3), "{listed:?}");
        let letters = || (b'A'..=b'Z').map(char::from);
        for code in letters().flat_map(|a| letters().flat_map(move |b| letters().map(move |c| String::from_iter([a, b, c])))) {
            assert_eq!(code.parse::<Currency>().is_ok(), listed.contains(&code.as_str()), "{code}");
        }
        assert!(["", "GB", "GBPS", "gbp", " GB", "P E"].iter().all(|text| text.parse::<Currency>().is_err()));
    }
}
