//! Operators who operate another machine of the host at the same time.

use crate::customers::Requester;
use crate::error::Error;
use domain::ids::{OrganizationId, UserId};
use domain::interval::Interval;
use domain::resource::{Resource, ResourceKind};
use domain::rules::{Violation, ViolationCode};
use storage::db::{ReadTx, Tx};
use storage::operators::{self, Elsewhere};

/// The bookings of other machines that keep an operator busy.
pub(crate) struct Busy {
    customer: OrganizationId,
    elsewhere: Vec<Elsewhere>,
}

impl Busy {
    /// The violation if the operator is busy at some time of a slot. Only bookings of the same customer are described.
    pub(crate) fn violation(&self, time: Interval) -> Option<Violation> {
        let busy = self.elsewhere.iter().find(|other| other.interval.overlaps(time))?;
        let when = match busy.organization_id == self.customer {
            true => format!("from {} to {}", busy.interval.starts_at(), busy.interval.ends_at()),
            false => "during this time".to_owned(),
        };
        let detail = format!(
            "the operator operates another machine of the host {when}, and nobody can operate two at once; choose another time, or name \
             another operator"
        );
        Some(Violation::new(ViolationCode::OperatorBusy, detail))
    }
}

/// Loads the bookings that keep the operator of a requester busy within a span. The booking that the requester would give up and those of
/// the same group do not count: a group is one job.
///
/// # Errors
/// When the database fails.
pub(crate) fn busy(tx: &mut ReadTx, resource: &Resource, requester: Requester, within: Interval) -> Result<Busy, Error> {
    let Requester { organization_id: customer, instead_of, group_id, .. } = requester;
    let is_asked = resource.fields.kind == ResourceKind::Machine && !resource.fields.rules.operator_can_run_several;
    let mut elsewhere = match requester.operated_by.filter(|_| is_asked) {
        Some(operator) => {
            operators::list_elsewhere(&mut tx.conn, operator, (resource.organization_id, resource.id), tx.now, within)?
        }
        None => Vec::new(),
    };
    elsewhere.retain(|other| Some(other.booking_id) != instead_of && (group_id.is_none() || other.group_id != group_id));
    Ok(Busy { customer, elsewhere })
}

/// Before the operator is judged for a booking that is to be written: no other transaction books machines of the host for the operator
/// until this one ends.
///
/// # Errors
/// When the database fails.
pub(crate) fn lock(tx: &mut Tx<'_>, resource: &Resource, operator: Option<UserId>) -> Result<(), Error> {
    match operator.filter(|_| resource.fields.kind == ResourceKind::Machine) {
        Some(operator) => Ok(operators::lock(tx.conn, resource.organization_id, operator)?),
        None => Ok(()),
    }
}
