//! The choice about bookings that new opening hours would leave outside, in the query of an edit.

use serde::Deserialize;
use utoipa::IntoParams;

use actions::closing::Closing;
use domain::closing::OnClosing;
use domain::fields::{Fields, InvalidFields};
use domain::limits;

/// The choice of the host.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ClosingQuery {
    /// The treatment of live bookings that lie in the present opening hours and outside the new ones: `refuse` the edit, `keep` the
    /// bookings, `cancel` them, or cancel them and `offer_alternatives`. Bookings in use are never cancelled. Default: `refuse`.
    #[serde(default = "refuse")]
    #[param(inline, required = false)]
    bookings: OnClosing,
    /// The reason that the customers of cancelled bookings read. Default: empty.
    #[serde(default)]
    #[param(value_type = Option<limits::BlockReason>)]
    reason: String,
}

const fn refuse() -> OnClosing {
    OnClosing::Refuse
}

impl ClosingQuery {
    pub(super) fn read(&self) -> Result<Closing, InvalidFields> {
        let mut fields = Fields::default();
        let reason = fields.text("reason", &self.reason, limits::BlockReason::RANGE);
        fields.finish(|| Some(Closing { on_bookings: self.bookings, reason: reason? }))
    }
}
