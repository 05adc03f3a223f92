//! Countries, as ISO 3166-1 alpha-2 codes.

use crate::said::{said, says};
use std::fmt;
use std::str::FromStr;

/// A country, as an ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "columns", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow), diesel(sql_type = diesel::sql_types::Text))]
pub struct Country([u8; 2]);

/// A text that is not the code of a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownCountry;

says!(UnknownCountry: |_| said!("must be an ISO 3166-1 alpha-2 country code, such as GB"));

/// ISO 3166-1: the assigned two-letter codes.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV \
    BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR \
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG \
    KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX \
    MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG \
    SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG \
    VI VN VU WF WS YE YT ZA ZM ZW";

/// The member states of the European Union.
const EU: &str = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK";

impl Country {
    /// Returns the two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether the country is a member state of the European Union.
    pub fn is_in_eu(self) -> bool {
        EU.split(' ').any(|code| code == self.as_str())
    }
}

impl serde::Serialize for Country {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl FromStr for Country {
    type Err = UnknownCountry;
    fn from_str(text: &str) -> Result<Self, UnknownCountry> {
        let known = COUNTRIES.split_ascii_whitespace().find(|code| *code == text).ok_or(UnknownCountry)?;
        known.as_bytes().try_into().map(Self).map_err(|_| UnknownCountry)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_union_has_27_member_states_and_all_of_them_are_countries() {
        let members: Vec<Country> = EU.split(' ').map(|code| code.parse().unwrap()).collect();
        assert!(members.len() == 27 && members.is_sorted() && members.iter().all(|country| country.is_in_eu()));
        for other in ["GB", "CH", "NO", "IS", "US"] {
            assert!(!other.parse::<Country>().unwrap().is_in_eu(), "{other}");
        }
    }

    #[test]
    fn only_assigned_codes_in_upper_case_are_countries() {
        assert!(["AD", "GB", "ZW"].iter().all(|code| code.parse::<Country>().is_ok_and(|country| country.as_str() == *code)));
        assert!(["", "G", "gb", "UK", "EU", "XI", "GBR", "B B", "D "].iter().all(|code| code.parse::<Country>().is_err()));
    }
}
