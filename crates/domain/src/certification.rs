//! Certifications: proof that a person was trained on a kind of machine.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::fields::{Fields, InvalidFields};
use super::ids::OrganizationId;
use super::interval::Interval;
use super::limits;
use super::text_enum::text_enum;
use super::time::UtcTime;
use crate::said::said;

/// A kind of certification, such as laser safety.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationKindFields {
    /// The name.
    pub name: String,
    /// The skills that the training teaches and examines.
    pub description: String,
    /// How many days a certification is valid after it is granted. None: it does not expire.
    pub valid_days: Option<i32>,
    /// Other hosts that can require and grant the kind like their own.
    pub shared_with: Vec<OrganizationId>,
    /// True: the kind can no longer be granted or newly required.
    pub is_retired: bool,
}

/// A new kind of certification.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Laser safety", "description": "Fire watch, lens care, materials that must not be cut.", "valid_days": 730}))]
pub struct NewCertificationKind {
    /// The name of the kind.
    #[schema(value_type = limits::Name)]
    pub name: String,
    /// The skills that the training teaches and examines. Default: empty.
    #[serde(default)]
    #[schema(value_type = limits::Description)]
    pub description: String,
    /// How many days a certification is valid after it is granted. Default: it does not expire.
    #[serde(default)]
    #[schema(value_type = Option<limits::ValidDays>)]
    pub valid_days: Option<i32>,
    /// Other hosts whose managers can require and grant the kind like their own. Default: none.
    #[serde(default)]
    #[schema(value_type = limits::Partners<OrganizationId>, required = false)]
    pub shared_with: Vec<OrganizationId>,
    /// True: the kind can no longer be granted or newly required. Granted certifications stay valid. Default: false.
    #[serde(default)]
    pub is_retired: bool,
}

impl NewCertificationKind {
    /// Returns the validated fields, without surrounding blanks.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(&self) -> Result<CertificationKindFields, InvalidFields> {
        let mut fields = Fields::default();
        let name = fields.line("/name", &self.name, limits::Name::RANGE);
        let description = fields.text("/description", &self.description, limits::Description::RANGE);
        let valid_days = self.valid_days.map(|days| fields.number("/valid_days", days, limits::ValidDays::RANGE));
        fields.list("/shared_with", &self.shared_with, limits::Partners::RANGE, said!("organizations"));
        for (index, partner) in self.shared_with.iter().enumerate() {
            if self.shared_with[..index].contains(partner) {
                fields.refuse(format!("/shared_with/{index}"), "invalid", said!("is listed twice"));
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
    /// The validity of a certification.
    pub enum CertificationStatus {
        /// It is valid.
        Valid = "valid",
        /// Its validity has ended.
        Expired = "expired",
        /// A manager revoked it.
        Revoked = "revoked",
    }
}

/// The time during which a certification is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// Start of the validity (inclusive).
    pub granted_at: UtcTime,
    /// End of the validity (exclusive). None: it does not expire.
    pub expires_at: Option<UtcTime>,
    /// The instant of the revocation. None: it was not revoked.
    pub revoked_at: Option<UtcTime>,
}

impl Validity {
    /// Returns the end of the validity, [`UtcTime::LATEST`] if nothing ends it.
    pub fn ends_at(self) -> UtcTime {
        self.expires_at.into_iter().chain(self.revoked_at).min().unwrap_or(UtcTime::LATEST)
    }

    /// Returns the status at an instant after the grant.
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

/// Returns whether a person is certified during a whole span, by one certification of the kind or by several without a gap
/// between them.
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

/// The numbers of days before the expiry at which the holder gets a mail.
const WARNING_DAYS: [i64; 2] = [30, 7];

/// Returns the instant of the next warning about the expiry. None: no further warning.
pub fn next_warning(expires_at: Option<UtcTime>, now: UtcTime) -> Option<UtcTime> {
    let expires_at = expires_at?;
    WARNING_DAYS.into_iter().map(|days| expires_at - TimeDelta::days(days)).find(|at| *at > now)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Returns the instant `number` hours after the epoch.
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
