//! Whether an operator holds the certifications that the rules of a resource require.

use crate::error::Error;
use domain::certification::{Validity, covers};
use domain::ids::{CertificationKindId, UserId};
use domain::interval::Interval;
use domain::rules::{BookingRules, Violation, ViolationCode};
use domain::said::said;
use domain::time::UtcTime;
use storage::db::ReadTx;
use storage::{certification_kinds, certifications};

/// The violation if the operator does not hold all certifications that the rules require, for the whole time of the booking.
///
/// # Errors
/// When the database fails.
pub(crate) fn missing(
    tx: &mut ReadTx,
    rules: &BookingRules,
    operator: UserId,
    time: Interval,
) -> Result<Option<Violation>, Error> {
    let missing = held(tx, rules, operator)?.missing(tx.now, time);
    if missing.is_empty() {
        return Ok(None);
    }
    let kinds = certification_kinds::list_all(&mut tx.conn, &missing)?;
    let named = kinds.iter().map(|kind| {
        let trainings = format!("/api/v1/trainings?certification_kind_id={}", kind.id);
        let (name, organization) = (&kind.fields.name, &kind.organization_name);
        said!("{name} by {organization} (trainings: {trainings})", name, organization, trainings)
    });
    let named: Vec<_> = named.collect();
    let detail = said!("the operator must be certified until {ends_at} in {named}", ends_at = time.ends_at(), named);
    let violation = Violation::new(ViolationCode::CertificationMissing, detail);
    Ok(Some(Violation { certification_kind_ids: missing, ..violation }))
}

/// The certifications that rules require, and when the operator holds each of them.
pub(crate) struct Certified {
    required: Vec<CertificationKindId>,
    held: Vec<(CertificationKindId, Validity)>,
}

impl Certified {
    /// The required kinds that the operator does not hold for the whole time.
    pub(crate) fn missing(&self, now: UtcTime, time: Interval) -> Vec<CertificationKindId> {
        // Only the time that is still to come counts.
        let Ok(time) = Interval::new(time.starts_at().max(now), time.ends_at()) else { return Vec::new() };
        let of = |kind| self.held.iter().filter(move |(one, _)| *one == kind).map(|(_, validity)| *validity).collect();
        self.required.iter().copied().filter(|kind| !covers(of(*kind), time)).collect()
    }
}

/// Loads which of the required certifications the operator holds.
///
/// # Errors
/// When the database fails.
pub(crate) fn held(tx: &mut ReadTx, rules: &BookingRules, operator: UserId) -> Result<Certified, Error> {
    let required = rules.required_certification_ids.clone();
    let held = match required.is_empty() {
        true => Vec::new(),
        false => certifications::list_held(&mut tx.conn, operator, &required, tx.now)?,
    };
    Ok(Certified { required, held })
}

/// The violation if the rules require certifications and the booking names no operator.
pub(crate) fn unnamed(rules: &BookingRules) -> Option<Violation> {
    let detail = said!("the operator must be named, and must hold the certifications that the host requires");
    let certification_kind_ids = rules.required_certification_ids.clone();
    let violation = Violation::new(ViolationCode::CertificationMissing, detail);
    (!certification_kind_ids.is_empty()).then_some(Violation { certification_kind_ids, ..violation })
}
