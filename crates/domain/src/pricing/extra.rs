//! Extras: services and material that customers can book with a resource, such as help or cleaning.

use serde_json::Value;

use super::basis::BookedExtra;
use crate::fields::{Fields, InvalidFields, Members};
use crate::limits;
use crate::said::said;
use crate::text_enum::text_enum;

text_enum! {
    /// The unit of the price of an extra, in addition to each unit of its quantity.
    pub enum ExtraPer {
        /// Once for each booking.
        Booking = "booking",
        /// For each unit of the quantity of the resource that is booked.
        Unit = "unit",
        /// For every 60 minutes of the booking, by the minute.
        Hour = "hour",
        /// For every local day of the booking; for a part of a day by the minute, of 1,440.
        Day = "day",
    }
}

/// Something that customers can book with the resource, at a price of its own.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Machine setter", "price": 4500, "per": "hour", "max_quantity": 1}))]
pub struct Extra {
    /// The name, by which bookings choose the extra. No other extra of the tariff can have it.
    #[schema(value_type = limits::RateName)]
    pub name: String,
    /// The price in minor units for each unit of quantity of the extra and each booking, unit, hour or day. Discounts do not reduce it.
    #[schema(value_type = limits::Charge)]
    pub price: i64,
    /// The unit of the price.
    pub per: ExtraPer,
    /// The largest quantity that a booking can have. Default: 1.
    #[serde(default = "one")]
    #[schema(value_type = limits::ExtraQuantity, default = 1, required = false)]
    pub max_quantity: i32,
    /// Another rate of VAT than that of the tariff, in hundredths of a percent. Default, and with null: the rate of the tariff.
    #[serde(default)]
    #[schema(value_type = Option<limits::VatRate>)]
    pub vat_rate: Option<i64>,
}

const fn one() -> i32 {
    1
}

impl Extra {
    /// Reads an extra from its JSON form.
    pub(super) fn read(raw: &Value) -> Result<Self, InvalidFields> {
        let mut members = Members::of(raw);
        for name in ["name", "price", "per"] {
            members.require(name);
        }
        let name: Option<String> = members.optional("name");
        let per = members.parsed("per");
        let price: Option<i64> = members.optional("price");
        let max_quantity: Option<i32> = members.optional("max_quantity");
        let vat_rate: Option<i64> = members.optional("vat_rate").flatten();
        let mut fields = members.close();
        let name = name.and_then(|name| fields.line("/name", &name, limits::RateName::RANGE));
        let price = price.and_then(|price| fields.number("/price", price, limits::Charge::RANGE));
        let max_quantity = fields.number("/max_quantity", max_quantity.unwrap_or(one()), limits::ExtraQuantity::RANGE);
        let vat_rate = vat_rate.and_then(|rate| fields.number("/vat_rate", rate, limits::VatRate::RANGE));
        fields.finish(|| Some(Self { name: name?, price: price?, per: per?, max_quantity: max_quantity?, vat_rate }))
    }

    /// Records an error for each extra of a tariff, in its JSON form, with the name of one before it.
    pub(super) fn check_names(extras: &[Value], fields: &mut Fields) {
        let names: Vec<_> = extras.iter().map(|extra| extra["name"].as_str().map(str::trim)).collect();
        for (at, name) in names.iter().enumerate().filter(|(_, name)| name.is_some()) {
            if names[..at].contains(name) {
                fields.refuse(format!("/extras/{at}/name"), "invalid", said!("must differ from the names of the other extras"));
            }
        }
    }

    /// Returns the extras of a booking, each with its quantity.
    ///
    /// # Errors
    /// Extras that the tariff does not have, in a larger quantity than it allows, or named twice.
    pub(super) fn choose<'e>(extras: &'e [Self], booked: &[BookedExtra]) -> Result<Vec<(&'e Self, i32)>, InvalidFields> {
        let mut fields = Fields::default();
        let mut chosen = Vec::new();
        for (at, BookedExtra { name, quantity }) in booked.iter().enumerate() {
            let pointer = format!("/extras/{at}/name");
            let Some(extra) = extras.iter().find(|extra| extra.name == *name) else {
                let names: Vec<_> = extras.iter().map(|extra| extra.name.as_str()).collect();
                let known = if names.is_empty() { said!("it has none") } else { said!("it has: {names}", names) };
                fields.refuse(pointer, "invalid", said!("must be an extra of the resource; {known}", known));
                continue;
            };
            if booked[..at].iter().any(|before| before.name == *name) {
                fields.refuse(pointer, "invalid", said!("must be named once, with the whole quantity"));
            }
            match (1..=extra.max_quantity).contains(quantity) {
                true => chosen.push((extra, *quantity)),
                false => {
                    let detail = said!(
                        "must be between 1 and {most}, the most that the resource has of this extra",
                        most = extra.max_quantity
                    );
                    fields.refuse(format!("/extras/{at}/quantity"), "invalid", detail);
                }
            }
        }
        fields.finish(|| Some(chosen))
    }
}
