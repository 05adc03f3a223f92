//! Recording a change of a series.

use chrono::NaiveDate;
use serde_json::json;

use crate::bookings::access::Actor;
use crate::bookings::journal::publish_changes;
use crate::error::Error;
use crate::record::audit;
use domain::booking::change::BookingChange;
use domain::fact::Scope;
use storage::db::Tx;
use storage::series::Series;

/// The days of a series that its mails name beside the bookings that have changed.
#[derive(Debug, Default)]
pub(super) struct OtherDays {
    /// The days on which no booking could be made.
    pub(super) left_out: Vec<NaiveDate>,
    /// The days of the bookings that keep their slots.
    pub(super) kept: Vec<NaiveDate>,
}

impl OtherDays {
    /// The days that are left out of a series.
    pub(super) fn left_out(series: &Series) -> Self {
        let left_out = series.skipped.iter().map(|occurrence| occurrence.date).collect();
        Self { left_out, ..Self::default() }
    }
}

/// Writes a change of a series into the audit log, and publishes the changes of its bookings together.
pub(super) fn record(
    tx: &mut Tx<'_>,
    actor: Actor,
    action: &str,
    series: &Series,
    changes: Vec<BookingChange>,
    OtherDays { left_out, kept }: OtherDays,
) -> Result<(), Error> {
    let detail = json!({ "side": actor.side, "rule": series.rule, "bookings": changes.len() });
    let object = ("series", series.id.as_str());
    audit(tx, actor.principal, Some(series.host_organization_id), &format!("series.{action}"), object, &detail)?;
    publish_changes(tx, actor.principal, Scope::Series { series_id: series.id, left_out, kept }, changes)
}
