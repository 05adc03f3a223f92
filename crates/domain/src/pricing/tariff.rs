//! Tariffs: the prices of a resource.

use serde_json::Value;

use super::band::Band;
use super::discount::{Discount, VolumeDiscount};
use super::donation::Donation;
use super::extra::Extra;
use crate::fields::{Fields, InvalidFields, Members};
use crate::limits;
use crate::money::Currency;
use crate::said::said;
use crate::text_enum::text_enum;

text_enum! {
    /// The unit of a rate, in addition to each unit of quantity.
    pub enum Per {
        /// For every 60 minutes.
        Hour = "hour",
        /// For every local day; for a part of a day by the minute, of 1,440.
        Day = "day",
        /// Once for each booking, for any length.
        Booking = "booking",
    }
}

/// The prices of a resource. Managers of the host set them. Existing bookings keep the version under which they were made.
///
/// The price of a booking is computed in this order: its time by `rate` and `bands`, or by day, week and month where that is cheaper;
/// `discounts`; `volume_discounts`; `setup_fee`; `minimum_charge`; `donation`; `extras`; VAT. Time is charged by the minute. The price is rounded once, with half
/// a minor unit rounded up.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "currency": "GBP", "rate": 1250, "per": "hour", "minimum_charge": 2000, "setup_fee": 500, "day_rate": 8000, "week_rate": 30_000,
    "bands": [{"name": "Evening", "rate": 800, "hours": {"mon": [["18:00", "22:00"]], "thu": [["18:00", "22:00"]]}}],
    "discounts": [{"name": "Start-up rate", "percent": 30, "kinds": ["startup"]}]
}))]
pub struct Tariff {
    /// The currency of all prices of the resource.
    pub currency: Currency,
    /// The price in minor units for each unit of quantity and each hour, day or booking.
    #[schema(value_type = limits::Charge)]
    pub rate: i64,
    /// The unit of the rate.
    pub per: Per,
    /// The lowest price of a booking after all discounts, in minor units. Default: 0.
    #[serde(default)]
    #[schema(value_type = limits::Charge)]
    pub minimum_charge: i64,
    /// Other rates for parts of the week or year, such as peak hours. At each moment the first band that contains it counts, otherwise
    /// `rate`. All bands together can begin and end at 24 different times of day. Not with `per: booking`. Default: none.
    #[serde(default)]
    #[schema(value_type = limits::Bands<super::band::RawBand>, required = false)]
    pub bands: Vec<Band>,
    /// The price in minor units for each unit of quantity and each local day, from a local time to the same time of the next day.
    /// Every booking costs the cheapest combination of hours, days, weeks and months that covers it. Only with `per: hour`.
    /// Default, and with null: none.
    #[serde(default)]
    #[schema(value_type = Option<limits::Charge>)]
    pub day_rate: Option<i64>,
    /// As `day_rate`, for seven local days. Not with `per: booking`. Default, and with null: none.
    #[serde(default)]
    #[schema(value_type = Option<limits::Charge>)]
    pub week_rate: Option<i64>,
    /// As `day_rate`, from a day of a month to the same day of the next month, or to its last day if it is shorter. Not with
    /// `per: booking`. Default, and with null: none.
    #[serde(default)]
    #[schema(value_type = Option<limits::Charge>)]
    pub month_rate: Option<i64>,
    /// A charge for each booking, in minor units, for any quantity and length. Discounts do not reduce it. Default: 0.
    #[serde(default)]
    #[schema(value_type = limits::Charge)]
    pub setup_fee: i64,
    /// The deposit for each booking, in minor units, beside the price. The customer owes it from the confirmation on. The host returns it
    /// after the use or keeps a part (`POST /bookings/{id}/return-deposit`). After 14 days the service returns it. Default: 0.
    #[serde(default)]
    #[schema(value_type = limits::Charge)]
    pub deposit: i64,
    /// Discounts for customers, and for booking early or late. At each moment of a booking only the largest one that applies counts.
    /// Default: none.
    #[serde(default)]
    #[schema(value_type = limits::Discounts<Discount>, required = false)]
    pub discounts: Vec<Discount>,
    /// Discounts on the part of a price that exceeds an amount, in ascending order of amounts and percentages. Default: none.
    #[serde(default)]
    #[schema(value_type = limits::VolumeDiscounts<VolumeDiscount>, required = false)]
    pub volume_discounts: Vec<VolumeDiscount>,
    /// Time that the host donates each month. Not with `per: booking`. Default, and with null: none.
    #[serde(default)]
    pub donation: Option<Donation>,
    /// Another rate of VAT than that of the host, such as a reduced one, in hundredths of a percent: 700 is 7 %. Without effect while the
    /// host charges no VAT or is exempt. Default, and with null: the rate of the host.
    #[serde(default)]
    #[schema(value_type = Option<limits::VatRate>)]
    pub vat_rate: Option<i64>,
    /// Services and material that customers can book with the resource at a price of its own, such as help or cleaning. Discounts and the minimum
    /// charge do not touch extras. Default: none.
    #[serde(default)]
    #[schema(value_type = limits::Extras<Extra>, required = false)]
    pub extras: Vec<Extra>,
}

/// The largest number of different times of day at which the bands of a tariff begin or end: it bounds the time that the cheapest
/// combination takes to find.
const MOST_BAND_TIMES: usize = 24;

impl Tariff {
    /// Creates a tariff with one rate and nothing else.
    pub const fn flat(currency: Currency, rate: i64, per: Per) -> Self {
        Self {
            currency,
            rate,
            per,
            minimum_charge: 0,
            bands: Vec::new(),
            day_rate: None,
            week_rate: None,
            month_rate: None,
            setup_fee: 0,
            deposit: 0,
            discounts: Vec::new(),
            volume_discounts: Vec::new(),
            donation: None,
            vat_rate: None,
            extras: Vec::new(),
        }
    }

    /// Reads a tariff from its JSON form.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(raw: &Value) -> Result<Self, InvalidFields> {
        let mut members = Members::of(raw);
        for name in ["currency", "rate", "per"] {
            members.require(name);
        }
        let currency = members.parsed("currency");
        let per = members.parsed("per");
        let [rate, minimum_charge, setup_fee, deposit] =
            ["rate", "minimum_charge", "setup_fee", "deposit"].map(|name| members.optional(name));
        let long_rates = ["day_rate", "week_rate", "month_rate"].map(|name| members.optional(name).flatten());
        let vat_rate = members.optional("vat_rate").flatten();
        let donation: Option<Value> = members.optional("donation").flatten();
        let [bands, discounts, volume_discounts, extras]: [Vec<Value>; 4] =
            ["bands", "discounts", "volume_discounts", "extras"].map(|name| members.optional(name).unwrap_or_default());
        let mut fields = members.close();
        let mut charge = |name: &str, charge: Option<i64>| {
            charge.and_then(|charge| fields.number(&format!("/{name}"), charge, limits::Charge::RANGE))
        };
        let rate = charge("rate", rate);
        let minimum_charge = charge("minimum_charge", minimum_charge).unwrap_or_default();
        let setup_fee = charge("setup_fee", setup_fee).unwrap_or_default();
        let deposit = charge("deposit", deposit).unwrap_or_default();
        let [day_rate, week_rate, month_rate] = long_rates;
        let day_rate = charge("day_rate", day_rate);
        let week_rate = charge("week_rate", week_rate);
        let month_rate = charge("month_rate", month_rate);
        let vat_rate = vat_rate.and_then(|rate| fields.number("/vat_rate", rate, limits::VatRate::RANGE));
        let bands = fields.each("/bands", &bands, limits::Bands::RANGE, Band::read);
        let discounts = fields.each("/discounts", &discounts, limits::Discounts::RANGE, Discount::read);
        let volume_discounts =
            fields.each("/volume_discounts", &volume_discounts, limits::VolumeDiscounts::RANGE, VolumeDiscount::read);
        let donation = donation.and_then(|raw| fields.nest("/donation", Donation::read(&raw)));
        Extra::check_names(&extras, &mut fields);
        let extras = fields.each("/extras", &extras, limits::Extras::RANGE, Extra::read);
        let tariff = || {
            let (currency, rate, per) = (currency?, rate?, per?);
            let flat = Self::flat(currency, rate, per);
            Some(Self {
                minimum_charge,
                bands,
                day_rate,
                week_rate,
                month_rate,
                setup_fee,
                deposit,
                discounts,
                volume_discounts,
                donation,
                vat_rate,
                extras,
                ..flat
            })
        };
        let tariff = tariff();
        tariff.iter().for_each(|tariff| tariff.check(&mut fields));
        fields.finish(|| tariff)
    }

    /// Records the errors of fields that do not go together.
    fn check(&self, fields: &mut Fields) {
        let long_rates = [("day_rate", self.day_rate), ("week_rate", self.week_rate), ("month_rate", self.month_rate)];
        let is_by_time = self.per != Per::Booking;
        for (name, _) in long_rates.iter().filter(|(_, rate)| rate.is_some() && !is_by_time) {
            fields.refuse(format!("/{name}"), "invalid", said!("cannot be combined with a rate per booking"));
        }
        if self.per == Per::Day && self.day_rate.is_some() {
            fields.refuse(
                "/day_rate",
                "invalid",
                said!("cannot be combined with a rate per day, which is the price of a day already"),
            );
        }
        if !is_by_time && !self.bands.is_empty() {
            fields.refuse("/bands", "invalid", said!("cannot be combined with a rate per booking"));
        }
        if !is_by_time && self.donation.is_some() {
            fields.refuse("/donation", "invalid", said!("cannot be combined with a rate per booking"));
        }
        let mut times: Vec<u16> = self.bands.iter().flat_map(Band::times_of_day).collect();
        times.sort_unstable();
        times.dedup();
        if times.len() > MOST_BAND_TIMES {
            let count = times.len();
            let detail = said!(
                "can begin and end at {most} different times of day at most; these bands have {count}",
                most = MOST_BAND_TIMES,
                count
            );
            fields.refuse("/bands", "out_of_range", detail);
        }
        if !is_by_time {
            for (at, _) in self.discounts.iter().enumerate().filter(|(_, discount)| discount.counts_time_ahead()) {
                let detail = said!("cannot depend on the time of booking if the rate is per booking");
                fields.refuse(format!("/discounts/{at}"), "invalid", detail);
            }
        }
        for (at, pair) in self.volume_discounts.windows(2).enumerate() {
            if pair[1].over <= pair[0].over || pair[1].percent <= pair[0].percent {
                let detail = said!("must have a larger amount and a larger percentage than the volume discount before it");
                fields.refuse(format!("/volume_discounts/{}", at + 1), "invalid", detail);
            }
        }
    }

    /// Whether the price depends on the kind of the customer.
    pub fn asks_for_kind(&self) -> bool {
        let is_donated_by_kind = self.donation.as_ref().is_some_and(|donation| donation.kinds.is_some());
        is_donated_by_kind || self.discounts.iter().any(|discount| discount.kinds.is_some())
    }

    /// Whether the tariff names organizations.
    pub fn has_names(&self) -> bool {
        let is_donated_by_name = self.donation.as_ref().is_some_and(|donation| donation.organizations.is_some());
        is_donated_by_name || self.discounts.iter().any(|discount| discount.organizations.is_some())
    }

    /// Returns the tariff as users outside the host may see it: without the organizations of discounts and of the donation, and without
    /// those that are only for listed organizations.
    #[must_use]
    pub fn without_names(mut self) -> Self {
        self.discounts = self.discounts.into_iter().filter_map(Discount::without_names).collect();
        self.donation = self.donation.and_then(Donation::without_names);
        self
    }
}
