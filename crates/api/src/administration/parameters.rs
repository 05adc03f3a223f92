//! The bodies and parameters that several operations for operators take.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use domain::fields::{Fields, InvalidFields};
use domain::limits;
use domain::order::CreationOrder;
use domain::paging::Paging;
use storage::administration::Filter;

/// The reason of a suspension.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Invoices of March are not paid."}))]
pub(super) struct Suspension {
    /// The reason. The managers of the organization, or the user, read it in a mail.
    #[schema(value_type = limits::SuspensionReason)]
    reason: String,
}

impl Suspension {
    pub(super) fn read(&self) -> Result<String, InvalidFields> {
        let mut fields = Fields::default();
        let reason = fields.text("/reason", &self.reason, limits::SuspensionReason::RANGE);
        fields.finish(|| reason)
    }
}

/// Filters for organizations or users.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FindQuery {
    /// Only with this identifier, or with this text in the name or the e-mail address.
    #[param(value_type = Option<limits::Name>)]
    q: Option<String>,
    /// True: only those that are suspended. False: only those that are not.
    is_suspended: Option<bool>,
    /// The order. Default: `-created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

impl FindQuery {
    pub(super) fn read(&self) -> Result<(Filter, CreationOrder, Paging), InvalidFields> {
        let filter = Filter { text: self.q.clone(), is_suspended: self.is_suspended };
        let order = self.order.unwrap_or(CreationOrder::CreatedAtDescending);
        Ok((filter, order, Paging::of(self.limit, self.cursor.as_deref())?))
    }
}
