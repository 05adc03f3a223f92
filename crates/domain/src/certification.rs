//! Proof that a person was trained on a kind of machine.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::fields::{Fields, InvalidFields};
use super::ids::OrganizationId;
use super::interval::Interval;
use super::text_enum::text_enum;
use super::time::UtcTime;

/// How many partners a kind is shared with at most.
const MOST_PARTNERS: usize = 50;

/// What a host trains people in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationKindFields {
    /// What it is called.
    pub name: String,
    /// What is learnt and examined.
    pub description: String,
    /// How many days it is good for after each grant; for ever where there is none.
    pub valid_days: Option<i32>,
    /// Other hosts that require and grant it as if it were their own.
    pub shared_with: Vec<OrganizationId>,
    /// Whether it is neither granted nor required anew.
    pub is_retired: bool,
}

/// A kind of certification to be defined.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Laser safety", "description": "Fire watch, lens care, materials that must not be cut.", "valid_days": 730}))]
pub struct NewCertificationKind {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// What is learnt and examined.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub description: String,
    /// How many days it is good for after each grant; for ever if left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 36_500)]
    pub valid_days: Option<i32>,
    /// Other hosts, whose managers require and grant it as if it were their own.
    #[serde(default)]
    #[schema(max_items = 50, required = false)]
    pub shared_with: Vec<OrganizationId>,
    /// Whether it is neither granted nor required anew; what was granted stays good.
    #[serde(default)]
    pub is_retired: bool,
}

impl NewCertificationKind {
    /// The fields as they are kept, with surrounding blanks removed.
    ///
    /// # Errors
    /// With everything that is wrong with them.
    pub fn read(&self) -> Result<CertificationKindFields, InvalidFields> {
        let mut fields = Fields::default();
        let name = fields.text("/name", &self.name, 200);
        let description = fields.note("/description", &self.description, 5000);
        let valid_days = self.valid_days.map(|days| fields.number("/valid_days", days, 1..=36_500));
        if self.shared_with.len() > MOST_PARTNERS {
            fields.refuse("/shared_with", "too_long", format!("must have at most {MOST_PARTNERS} items"));
        }
        for (index, partner) in self.shared_with.iter().enumerate() {
            if self.shared_with[..index].contains(partner) {
                fields.refuse(format!("/shared_with/{index}"), "invalid", "is listed twice");
            }
        }
        fields.finish(|| {
            Some(CertificationKindFields {
                name: name?,
                description: description?,
                valid_days: valid_days.flatten(),
                shared_with: self.shared_with.clone(),
                is_retired: self.is_retired,
            })
        })
    }
}

impl From<CertificationKindFields> for NewCertificationKind {
    fn from(fields: CertificationKindFields) -> Self {
        let CertificationKindFields { name, description, valid_days, shared_with, is_retired } = fields;
        Self { name, description, valid_days, shared_with, is_retired }
    }
}

text_enum! {
    /// Whether a certification is good.
    pub enum CertificationStatus {
        /// It is.
        Valid = "valid",
        /// Its time is over.
        Expired = "expired",
        /// It was taken away.
        Revoked = "revoked",
    }
}

/// From when until when a certification is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// From this instant,
    pub granted_at: UtcTime,
    /// up to but not including this one, if there is one,
    pub expires_at: Option<UtcTime>,
    /// nor from this one on.
    pub revoked_at: Option<UtcTime>,
}

impl Validity {
    /// From when it is good no more; the end of time where nothing ends it.
    pub fn ends_at(self) -> UtcTime {
        self.expires_at.into_iter().chain(self.revoked_at).min().unwrap_or(UtcTime::LATEST)
    }

    /// Whether it is good at an instant after its grant.
    pub fn status(self, now: UtcTime) -> CertificationStatus {
        if self.revoked_at.is_some_and(|at| at <= now) {
            CertificationStatus::Revoked
        } else if self.ends_at() <= now {
            CertificationStatus::Expired
        } else {
            CertificationStatus::Valid
        }
    }
}

/// Whether a person is certified at every instant of a time, by one certification of the kind or by
/// several that follow each other without a gap.
pub fn covers(mut held: Vec<Validity>, time: Interval) -> bool {
    held.sort_by_key(|validity| validity.granted_at);
    let mut until = time.starts_at();
    for validity in held {
        if validity.granted_at <= until {
            until = until.max(validity.ends_at());
        }
    }
    until >= time.ends_at()
}

/// So many days before a certification expires its holder hears of it.
const WARNING_DAYS: [i64; 2] = [30, 7];

/// When the holder hears next that a certification expires, if at all.
pub fn next_warning(expires_at: Option<UtcTime>, now: UtcTime) -> Option<UtcTime> {
    let expires_at = expires_at?;
    WARNING_DAYS.into_iter().map(|days| expires_at - TimeDelta::days(days)).find(|at| *at > now)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An instant so many hours after another.
    fn hour(number: i64) -> UtcTime {
        UtcTime::EARLIEST + TimeDelta::hours(number)
    }

    fn any_validity() -> impl Strategy<Value = Validity> {
        let end = || proptest::option::of(0..15_i64);
        (0..12_i64, end(), end()).prop_map(|(granted, expires, revoked)| Validity {
            granted_at: hour(granted),
            expires_at: expires.map(|after| hour(granted + after)),
            revoked_at: revoked.map(|after| hour(granted + after)),
        })
    }

    proptest! {
        #[test]
        fn whoever_is_certified_at_each_hour_is_certified_throughout(
            held in proptest::collection::vec(any_validity(), 0..5), from in 0..20_i64, length in 1..10_i64,
        ) {
            let is_good = |at: UtcTime| {
                held.iter().any(|one| {
                    one.granted_at <= at
                        && one.expires_at.is_none_or(|end| at < end)
                        && one.revoked_at.is_none_or(|end| at < end)
                })
            };
            let expected = (from..from + length).all(|number| is_good(hour(number)));
            let time = Interval::new(hour(from), hour(from + length)).unwrap();
            prop_assert_eq!(covers(held.clone(), time), expected);
            for one in held {
                let now = hour(from);
                let is_valid = one.status(now) == CertificationStatus::Valid;
                prop_assert!(one.granted_at > now || is_valid == covers(vec![one], Interval::new(now, now + UtcTime::TICK).unwrap()));
            }
        }
    }

    #[test]
    fn a_holder_is_warned_thirty_days_before_the_end_and_seven() {
        let expires_at = hour(24 * 100);
        let days_before = |now: i64| next_warning(Some(expires_at), hour(24 * now)).map(|at| (expires_at - at).num_days());
        assert_eq!([0, 69, 70, 92, 93, 100, 200].map(days_before), [Some(30), Some(30), Some(7), Some(7), None, None, None]);
        assert_eq!(next_warning(None, hour(0)), None);
    }

    #[test]
    fn all_that_is_wrong_with_a_kind_is_told_at_once() {
        let partner: OrganizationId = "019b76da-a800-7000-8000-000000000001".parse().unwrap();
        let kind = NewCertificationKind {
            name: " ".to_owned(),
            description: "x".repeat(5001),
            valid_days: Some(0),
            shared_with: vec![partner; 2],
            is_retired: false,
        };
        let InvalidFields(errors) = kind.read().unwrap_err();
        let found: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(found, ["/name", "/description", "/valid_days", "/shared_with/1"]);
    }
}
