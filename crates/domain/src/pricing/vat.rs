//! VAT: the settings of a host, the terms on which a booking is taxed, and prices with VAT.

use std::sync::Arc;

use super::breakdown::{Price, PriceLine, PriceOverflow, PriceRule};
use super::numbers::LineNumbers;
use super::tax::{Tax, TaxCategory, vat_in, vat_on};
use crate::country::Country;
use crate::fields::{Fields, InvalidFields};
use crate::limits;
use crate::money::Money;
use crate::said::said;

/// The VAT that a host charges.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"prices_include_vat": false, "rate": 1900, "exemption_reason": ""}))]
pub struct VatSettings {
    /// True: the prices in tariffs include VAT. False: VAT is added to them. Default: false.
    #[serde(default)]
    #[schema(required = false)]
    pub prices_include_vat: bool,
    /// The rate of VAT in hundredths of a percent: 1900 is 19 %. A tariff can name another one.
    #[schema(value_type = limits::VatRate)]
    pub rate: i64,
    /// The reason why the host is exempt from VAT, as its invoices must name it. Only with the rate 0. Default: empty, not exempt.
    #[serde(default)]
    #[schema(value_type = limits::ExemptionReason)]
    pub exemption_reason: String,
}

impl VatSettings {
    /// Returns the validated settings.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(&self) -> Result<Self, InvalidFields> {
        let mut fields = Fields::default();
        let rate = fields.number("/rate", self.rate, limits::VatRate::RANGE);
        let exemption_reason = fields.line("/exemption_reason", &self.exemption_reason, limits::ExemptionReason::RANGE);
        if rate.is_some_and(|rate| rate > 0) && exemption_reason.as_ref().is_some_and(|reason| !reason.is_empty()) {
            fields.refuse("/rate", "invalid", said!("must be 0 with a reason for an exemption"));
        }
        let prices_include_vat = self.prices_include_vat;
        fields.finish(|| Some(Self { prices_include_vat, rate: rate?, exemption_reason: exemption_reason? }))
    }
}

/// The facts about a host that charges VAT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostVat {
    /// Its settings.
    pub settings: Arc<VatSettings>,
    /// The country of its VAT number, if it has one.
    pub number_of: Option<Country>,
}

/// The terms on which a booking is taxed. A booking keeps those under which it was made.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct VatTerms {
    /// `standard`, which includes the rate 0, or one of the reasons for which no VAT is charged.
    pub category: TaxCategory,
    /// Whether the prices in tariffs include VAT.
    pub prices_include_vat: bool,
    /// The rate of tariffs that name no other one, in hundredths of a percent.
    pub rate: i64,
    /// The reason of an exemption; empty otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub exemption_reason: String,
}

impl VatTerms {
    /// Returns the terms between a host and a customer, of whom the country of its VAT number is known if it has one.
    pub fn between(host: &HostVat, customer_number_of: Option<Country>) -> Self {
        let HostVat { settings, number_of } = host;
        let VatSettings { prices_include_vat, rate, ref exemption_reason } = **settings;
        let crosses_a_border = number_of
            .zip(customer_number_of)
            .is_some_and(|(host, customer)| host != customer && host.is_in_eu() && customer.is_in_eu());
        let category = match (exemption_reason.is_empty(), crosses_a_border) {
            (false, _) => TaxCategory::Exempt,
            (true, true) => TaxCategory::ReverseCharge,
            (true, false) => TaxCategory::Standard,
        };
        Self { category, prices_include_vat, rate, exemption_reason: exemption_reason.clone() }
    }

    /// Returns the rate of an item, which can name another rate than the host.
    pub(super) fn rate_of(&self, own: Option<i64>) -> i64 {
        if self.category == TaxCategory::Exempt { 0 } else { own.unwrap_or(self.rate) }
    }

    /// Divides a sum of lines with a rate into its part without VAT and its VAT, with the category and the rate that is charged.
    pub(super) fn split(&self, sum: i128, rate: i64) -> Split {
        let category = self.category_of(rate);
        let included = if self.prices_include_vat { vat_in(sum, rate) } else { 0 };
        let net = sum - included;
        let (charged_rate, tax) = match category {
            TaxCategory::Standard if self.prices_include_vat => (rate, included),
            TaxCategory::Standard => (rate, vat_on(net, rate)),
            _ => (0, 0),
        };
        Split { category, charged_rate, net, tax }
    }

    /// Returns the category of what has a rate.
    fn category_of(&self, rate: i64) -> TaxCategory {
        match self.category {
            TaxCategory::Standard if rate == 0 => TaxCategory::Zero,
            category => category,
        }
    }
}

/// A sum of lines, divided by [`VatTerms::split`].
pub(super) struct Split {
    /// The category.
    pub(super) category: TaxCategory,
    /// The rate that is charged.
    pub(super) charged_rate: i64,
    /// The part without VAT.
    pub(super) net: i128,
    /// The VAT.
    pub(super) tax: i128,
}

impl Price {
    /// Returns the price without rates of VAT.
    #[must_use]
    pub(super) fn without_rates(mut self) -> Self {
        self.lines.iter_mut().for_each(|line| line.vat_rate = None);
        self
    }

    /// Returns the price with a rate of VAT for each line: its own, that of the tariff, or that of the host.
    #[must_use]
    pub(super) fn at_rates(mut self, terms: &VatTerms, of_tariff: Option<i64>) -> Self {
        self.lines.iter_mut().for_each(|line| line.vat_rate = Some(terms.rate_of(line.vat_rate.or(of_tariff))));
        self
    }

    /// Returns the sum of the lines of each rate without those for VAT, the highest rate first.
    fn by_rate(&self) -> Vec<(Option<i64>, i128)> {
        let mut sums: Vec<(Option<i64>, i128)> = Vec::new();
        for line in self.lines.iter().filter(|line| line.rule != Some(PriceRule::Vat)) {
            match sums.iter_mut().find(|(rate, _)| *rate == line.vat_rate) {
                Some((_, sum)) => *sum += i128::from(line.amount.amount),
                None => sums.push((line.vat_rate, line.amount.amount.into())),
            }
        }
        sums.sort_unstable_by_key(|(rate, _)| std::cmp::Reverse(*rate));
        sums
    }

    /// Returns the price with VAT, of which the lines have their rates. The rule: VAT is computed once for each rate, on the sum of the
    /// rounded lines, and rounded with half a minor unit up.
    pub(super) fn taxed(mut self, terms: &VatTerms) -> Result<Self, PriceOverflow> {
        let currency = self.total.currency;
        let money = |amount: i128| Some(Money { amount: i64::try_from(amount).ok()?, currency });
        let mut taxes: Vec<(TaxCategory, i64, i128, i128)> = Vec::new();
        for (rate, sum) in self.by_rate() {
            let rate = rate.unwrap_or_default();
            let Split { category, charged_rate, net, tax } = terms.split(sum, rate);
            let added = net + tax - sum;
            if added != 0 {
                let amount = money(added).ok_or(PriceOverflow)?;
                let line = PriceLine::new(PriceRule::Vat, None, LineNumbers::default(), amount);
                self.lines.push(PriceLine { vat_rate: Some(rate), ..line });
            }
            match taxes.iter_mut().find(|known| (known.0, known.1) == (category, charged_rate)) {
                Some((.., all_net, all_tax)) => (*all_net, *all_tax) = (*all_net + net, *all_tax + tax),
                None => taxes.push((category, charged_rate, net, tax)),
            }
        }
        let total = taxes.iter().map(|(.., net, tax)| net + tax).sum();
        self.total = money(total).ok_or(PriceOverflow)?;
        let tax = |(category, rate, net, tax): (TaxCategory, i64, i128, i128)| {
            let exemption_reason = terms.exemption_reason.clone();
            Some(Tax { category, rate, net: money(net)?, tax: money(tax)?, exemption_reason })
        };
        self.taxes = taxes.into_iter().map(tax).collect::<Option<_>>().ok_or(PriceOverflow)?;
        Ok(self)
    }

    /// Returns the price after a change that the customer did not request: at most the agreed price. If it would be higher, separate
    /// lines, one for each rate of VAT, reduce it to the agreed price, with the VAT of that. Both must be in the same currency and on the
    /// same terms.
    #[must_use]
    pub fn at_most(self, agreed: &Self) -> Self {
        if self.total.amount <= agreed.total.amount {
            return self;
        }
        let (own, had) = (self.by_rate(), agreed.by_rate());
        let sum_of =
            |sums: &[(Option<i64>, i128)], sought| sums.iter().find(|(rate, _)| *rate == sought).map_or(0, |(_, sum)| *sum);
        let mut rates: Vec<_> = own.iter().chain(&had).map(|(rate, _)| *rate).collect();
        rates.sort_unstable_by_key(|rate| std::cmp::Reverse(*rate));
        rates.dedup();
        let is_vat = |line: &PriceLine| line.rule == Some(PriceRule::Vat);
        let mut lines: Vec<_> = self.lines.into_iter().filter(|line| !is_vat(line)).collect();
        for vat_rate in rates {
            let difference = sum_of(&had, vat_rate) - sum_of(&own, vat_rate);
            // Sums of lines that are parts of totals.
            let amount = Money { amount: i64::try_from(difference).unwrap_or_default(), ..agreed.total };
            if amount.amount != 0 {
                let numbers = LineNumbers { base: Some(agreed.total), ..LineNumbers::default() };
                lines.push(PriceLine { vat_rate, ..PriceLine::new(PriceRule::AgreedPrice, None, numbers, amount) });
            }
        }
        lines.extend(agreed.lines.iter().filter(|line| is_vat(line)).cloned());
        Self { lines, ..agreed.clone() }
    }
}
