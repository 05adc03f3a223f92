//! The fees that the rules set for a cancellation, a no-show and an overrun.

use chrono::TimeDelta;

use super::BookingRules;
use super::fees::{CancellationFee, FeeAfter, percent_of};
use crate::fields::Fields;
use crate::limits;
use crate::money::Money;
use crate::said::said;
use crate::time::UtcTime;

impl BookingRules {
    /// Records the errors of the fees.
    pub(super) fn check_fees(&self, fields: &mut Fields) {
        for (at, pair) in self.cancellation_fees.windows(2).enumerate() {
            if pair[1].less_than_minutes >= pair[0].less_than_minutes || pair[1].percent <= pair[0].percent {
                let detail = said!("must have fewer minutes and a larger percentage than the fee before it");
                fields.refuse(format!("/cancellation_fees/{}", at + 1), "invalid", detail);
            }
        }
        fields.number("/no_show_fee_percent", self.no_show_fee_percent, limits::NoShowFeePercent::RANGE);
        fields.number("/overrun_fee_percent", self.overrun_fee_percent, limits::OverrunFeePercent::RANGE);
    }

    /// Returns the fees for a cancellation of a confirmed booking with this start and price by its customer, each with the instant after
    /// which it is due, in the order of time. None are due until the grace ends.
    pub fn cancellation_fees(&self, starts_at: UtcTime, grace_until: Option<UtcTime>, price: Money) -> Vec<FeeAfter> {
        let mut fees: Vec<FeeAfter> = Vec::with_capacity(self.cancellation_fees.len());
        for CancellationFee { less_than_minutes, percent } in &self.cancellation_fees {
            let due = starts_at - TimeDelta::minutes(*less_than_minutes);
            let after = grace_until.map_or(due, |grace_until| due.max(grace_until.min(starts_at)));
            let fee = percent_of(price, *percent);
            match fees.last_mut() {
                _ if fee.amount == 0 => {}
                Some(last) if last.after == after => last.fee = fee,
                _ => fees.push(FeeAfter { after, fee }),
            }
        }
        fees
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::oracle::at;

    fn rules(fees: &[(i64, i64)]) -> BookingRules {
        let fees = fees.iter().map(|(minutes, percent)| json!({"less_than_minutes": minutes, "percent": percent}));
        BookingRules::read(&json!({"cancellation_fees": fees.collect::<Vec<_>>()})).unwrap()
    }

    #[test]
    fn the_fee_for_a_cancellation_rises_towards_the_start_and_waits_for_the_grace() {
        let price = Money { amount: 9_999, currency: "GBP".parse().unwrap() };
        let rules = rules(&[(2880, 25), (1440, 50), (120, 100)]);
        let fees = |grace: Option<&str>| -> Vec<(UtcTime, i64)> {
            let fees = rules.cancellation_fees(at("2026-12-03T12:00:00Z"), grace.map(at), price);
            fees.iter().map(|fee| (fee.after, fee.fee.amount)).collect()
        };
        let [two_days, day, hours] = ["2026-12-01T12:00:00Z", "2026-12-02T12:00:00Z", "2026-12-03T10:00:00Z"].map(at);
        assert_eq!(fees(None), [(two_days, 2500), (day, 5000), (hours, 9999)]);
        assert_eq!(fees(Some("2026-11-30T12:00:00Z")), fees(None));
        let grace = "2026-12-02T18:00:00Z";
        assert_eq!(fees(Some(grace)), [(at(grace), 5000), (hours, 9999)], "the fees that the grace covers begin with its end");
        assert_eq!(fees(Some("2026-12-04T00:00:00Z")), [(at("2026-12-03T12:00:00Z"), 9999)], "never after the start");
    }

    #[test]
    fn a_share_is_rounded_half_up_and_a_fee_of_nothing_is_none() {
        let money = |amount| Money { amount, currency: "JPY".parse().unwrap() };
        for (amount, percent, share) in [(1, 50, 1), (1, 49, 0), (101, 50, 51), (i64::MAX, 100, i64::MAX), (0, 100, 0), (7, 0, 0)]
        {
            assert_eq!(percent_of(money(amount), percent), money(share), "{percent} % of {amount}");
        }
        assert_eq!(percent_of(money(i64::MAX), 1000), money(i64::MAX), "no overflow");
        assert!(rules(&[(60, 40)]).cancellation_fees(at("2026-12-03T12:00:00Z"), None, money(1)).is_empty());
    }

    #[test]
    fn each_fee_comes_later_and_is_larger_than_the_one_before() {
        let pointers = |raw: Value| -> Vec<String> {
            let errors = BookingRules::read(&raw).unwrap_err().0;
            errors.into_iter().map(|error| format!("{} {}", error.pointer, error.code)).collect()
        };
        let fees = |list: &[(i64, i64)]| {
            let fees = list.iter().map(|(minutes, percent)| json!({"less_than_minutes": minutes, "percent": percent}));
            json!({"cancellation_fees": fees.collect::<Vec<_>>()})
        };
        for wrong in [[(60, 50), (60, 100)], [(60, 50), (120, 100)], [(60, 50), (30, 50)], [(60, 50), (30, 20)]] {
            assert_eq!(pointers(fees(&wrong)), ["/cancellation_fees/1 invalid"], "{wrong:?}");
        }
        let wrong = json!({
            "cancellation_fees": [{"less_than_minutes": 0, "percent": 101}, {"percent": 0, "fee": 1}],
            "no_show_fee_percent": 101, "overrun_fee_percent": 1001,
        });
        let expected = [
            "/cancellation_fees/0/less_than_minutes out_of_range",
            "/cancellation_fees/0/percent out_of_range",
            "/cancellation_fees/1/less_than_minutes required",
            "/cancellation_fees/1/fee unknown_field",
            "/cancellation_fees/1/percent out_of_range",
            "/no_show_fee_percent out_of_range",
            "/overrun_fee_percent out_of_range",
        ];
        assert_eq!(pointers(wrong), expected);
        assert_eq!(pointers(fees(&[(60, 50); 11])), ["/cancellation_fees too_long"]);
    }
}
