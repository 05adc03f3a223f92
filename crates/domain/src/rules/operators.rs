//! The rule that a user does not operate two machines of a host at the same time.

use chrono::TimeDelta;

use super::violations::{Violation, ViolationCode};
use crate::interval::Interval;
use crate::said::said;
use crate::time::UtcTime;

/// A time in which the operator operates another machine of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BusyTime {
    /// The booked time, without buffers.
    pub interval: Interval,
    /// True: that booking is of the same customer, so the customer may know its time.
    pub is_known: bool,
}

impl BusyTime {
    /// Returns the violation if a booking at `time` overlaps one of the busy times of its operator. Only a time that the customer
    /// may know is named.
    pub fn violation(busy: &[Self], time: Interval) -> Option<Violation> {
        let overlapping = |is_known| busy.iter().find(|one| one.is_known == is_known && one.interval.overlaps(time));
        let when = match (overlapping(true), overlapping(false)) {
            (Some(Self { interval, .. }), _) => {
                said!("from {starts_at} to {ends_at}", starts_at = interval.starts_at(), ends_at = interval.ends_at())
            }
            (None, Some(_)) => said!("during this time"),
            (None, None) => return None,
        };
        let detail = said!(
            "the operator operates another machine of the host {when}, and nobody can operate two at once; choose another time, or name another operator",
            when
        );
        Some(Violation::new(ViolationCode::OperatorBusy, detail))
    }

    /// Returns the span in which a slot of this length cannot start.
    pub(super) fn barred(self, length: TimeDelta) -> Interval {
        self.interval.widened(length - UtcTime::TICK, TimeDelta::zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::between;

    #[test]
    fn an_operator_is_busy_only_while_a_booked_time_overlaps_and_only_a_known_time_is_named() {
        let busy = |from, to, is_known| BusyTime { interval: between(from, to), is_known };
        let known = busy("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z", true);
        let other = busy("2026-12-01T10:30:00Z", "2026-12-01T12:00:00Z", false);
        let at = |from, to| BusyTime::violation(&[other, known], between(from, to)).map(|violation| violation.detail.to_string());
        assert_eq!(at("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z"), None);
        assert_eq!(at("2026-12-01T12:00:00Z", "2026-12-01T13:00:00Z"), None);
        let detail = at("2026-12-01T09:00:00Z", "2026-12-01T10:45:00Z").unwrap();
        assert!(detail.contains("from 2026-12-01T10:00:00Z to 2026-12-01T11:00:00Z"), "{detail}");
        let detail = at("2026-12-01T11:00:00Z", "2026-12-01T13:00:00Z").unwrap();
        assert!(detail.contains("during this time") && !detail.contains("2026"), "{detail}");
    }
}
