//! The hours of a package, as requests and views have them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use domain::fields::{Fields, InvalidFields};
use domain::ids::ResourceId;
use domain::limits;
use domain::package::HoursFor;
use domain::resource::ResourceKind;
use domain::said::said;

/// The hours of a package, and the resources on which they can be used: those in `resource_ids` and those of `kinds`; without both lists
/// all resources of the host.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"minutes": 600, "kinds": ["machine"]}))]
pub(super) struct Hours {
    /// The minutes, of one unit of quantity.
    #[schema(value_type = limits::DonatedMinutes)]
    minutes: i64,
    /// These resources of the host. Default, and with null: no list.
    #[serde(default)]
    #[schema(value_type = Option<limits::Customers<ResourceId>>)]
    resource_ids: Option<Vec<ResourceId>>,
    /// The resources of these kinds. Default, and with null: no list.
    #[serde(default)]
    #[schema(value_type = Option<limits::ResourceKinds<ResourceKind>>)]
    kinds: Option<Vec<ResourceKind>>,
    /// The rate of VAT of the sale, in hundredths of a percent. The hours can be used only on resources whose tariff has the same
    /// `vat_rate`. Default, and with null: the rate of the host, for resources whose tariff has no `vat_rate`.
    #[serde(default)]
    #[schema(value_type = Option<limits::VatRate>)]
    vat_rate: Option<i64>,
}

impl Hours {
    /// Returns the minutes, and the resources.
    pub(super) fn read(&self) -> Result<(i64, HoursFor), InvalidFields> {
        let mut fields = Fields::default();
        let minutes = fields.number("/minutes", self.minutes, limits::DonatedMinutes::RANGE);
        if let Some(ids) = &self.resource_ids {
            fields.list("/resource_ids", ids, limits::Customers::<()>::RANGE, said!("resources"));
        }
        if let Some(kinds) = &self.kinds {
            fields.list("/kinds", kinds, limits::ResourceKinds::<()>::RANGE, said!("kinds"));
        }
        let rate = self.vat_rate.map(|rate| fields.number("/vat_rate", rate, limits::VatRate::RANGE));
        let usable = || HoursFor { resource_ids: self.resource_ids.clone(), kinds: self.kinds.clone(), vat_rate: rate.flatten() };
        fields.finish(|| Some((minutes?, usable())))
    }

    /// The hours of a package or of a sale.
    pub(super) fn of(minutes: i64, HoursFor { resource_ids, kinds, vat_rate }: HoursFor) -> Self {
        Self { minutes, resource_ids, kinds, vat_rate }
    }
}
