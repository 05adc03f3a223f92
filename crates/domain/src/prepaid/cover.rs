//! The hours that cover the time of a booking.

use super::{BookedPrepaid, Credit, HoursUse, PrepaidUse};
use crate::ids::PrepaidId;
use crate::money::Currency;
use crate::pricing::TimePrice;

impl PrepaidUse {
    /// The part of the sale that the booking uses: minutes of hours, otherwise credit.
    pub fn used(&self) -> Credit {
        self.hours.map_or(self.credit, |hours| Credit { amount: hours.minutes, paid: hours.paid })
    }
}

impl BookedPrepaid {
    /// The minutes of all hours.
    pub fn minutes(&self) -> i64 {
        self.uses.iter().filter_map(|used| used.hours).fold(0, |sum: i64, hours| sum.saturating_add(hours.minutes))
    }

    /// Adds hours that the booking uses. Their price is yet to be computed by [`Self::price_hours`].
    pub fn add_hours(&mut self, id: PrepaidId, part: Credit, currency: Currency) {
        match self.uses.iter_mut().find(|used| used.prepaid_id == id) {
            Some(known) => {
                if let Some(hours) = &mut known.hours {
                    (hours.minutes, hours.paid) = (hours.minutes + part.amount, hours.paid + part.paid);
                }
            }
            None => {
                let hours = HoursUse { minutes: part.amount, paid: part.paid, net: 0, tax: 0, taxed: None };
                self.uses.push(PrepaidUse { prepaid_id: id, credit: Credit::NONE, currency, hours: Some(hours) });
            }
        }
    }

    /// Takes hours away that the booking gives back.
    pub fn take_hours(&mut self, id: PrepaidId, part: Credit) {
        let used = self.uses.iter_mut().find(|used| used.prepaid_id == id);
        if let Some(hours) = used.and_then(|used| used.hours.as_mut()) {
            (hours.minutes, hours.paid) = (hours.minutes - part.amount, hours.paid - part.paid);
        }
        self.uses.retain(|used| used.hours.is_none_or(|hours| hours.minutes > 0));
    }

    /// Computes the price of the time that the hours cover: together exactly their share of the whole time, rounded down.
    pub fn price_hours(&mut self, time: &TimePrice) {
        let (mut minutes, mut before) = (0, (0, 0));
        for used in &mut self.uses {
            let Some(hours) = &mut used.hours else { continue };
            minutes += hours.minutes;
            let until = time.of_part(minutes);
            (hours.net, hours.tax, hours.taxed) = (until.0 - before.0, until.1 - before.1, time.taxed);
            used.credit = Credit { amount: hours.net + hours.tax, paid: 0 };
            before = until;
        }
    }

    /// Takes away the hours that a booking no longer needs because it owes only a fee: the hours pay it first. Those of the sales that
    /// come first in `last_first` are taken first. Returns the parts that the booking gives back.
    pub fn keep_hours_for(&mut self, payable: i64, last_first: &[PrepaidId]) -> Vec<(PrepaidId, Credit)> {
        let covered: i64 = self.uses.iter().filter(|used| used.hours.is_some()).map(|used| used.credit.amount).sum();
        let mut needless = (covered - payable.max(0)).max(0);
        let mut given_back = Vec::new();
        for id in last_first {
            let Some(used) = self.uses.iter_mut().find(|used| used.prepaid_id == *id) else { continue };
            let Some(hours) = &mut used.hours else { continue };
            let worth = used.credit.amount;
            let back = needless.min(worth);
            needless -= back;
            let all = Credit { amount: hours.minutes, paid: hours.paid };
            // What is left covers at least the rest of the fee.
            let minutes = if payable <= 0 { hours.minutes } else { share(hours.minutes, back, worth) };
            let part = all.part(minutes);
            if part.amount > 0 {
                given_back.push((*id, part));
            }
            let net = share(hours.net, worth - back, worth);
            (hours.minutes, hours.paid) = (all.less(part).amount, all.less(part).paid);
            (hours.net, hours.tax) = (net, worth - back - net);
            used.credit = Credit { amount: worth - back, paid: 0 };
        }
        self.uses.retain(|used| used.hours.is_none_or(|hours| hours.minutes > 0));
        given_back
    }
}

/// Returns `whole × part ÷ of`, rounded down; all of it if nothing is to be divided.
fn share(whole: i64, part: i64, of: i64) -> i64 {
    if of == part {
        return if part == 0 { 0 } else { whole };
    }
    i64::try_from(i128::from(whole) * i128::from(part) / i128::from(of.max(1))).unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::Identifier as _;
    use crate::pricing::TaxCategory;

    fn id(number: u64) -> PrepaidId {
        PrepaidId::new(number, [0; 10])
    }

    fn any_time() -> impl Strategy<Value = TimePrice> {
        (1..500_i64, 1..100_000_i64, 0..3000_i64).prop_map(|(minutes, net, tax)| TimePrice {
            minutes,
            net,
            tax,
            taxed: Some((TaxCategory::Standard, 2000)),
        })
    }

    proptest! {
        /// The minutes for an amount cost no more than it, and are as many as an exact division gives.
        #[test]
        fn the_minutes_for_an_amount_are_the_most_that_it_pays(time in any_time(), amount in -100..120_000_i64) {
            let price = time.net + time.tax;
            let minutes = time.minutes_for(amount);
            let most = (0..=time.minutes).rev().find(|minutes| minutes * price <= amount.max(0) * time.minutes);
            prop_assert_eq!(Some(minutes), most);
            let (net, tax) = time.of_part(minutes);
            prop_assert!(net + tax <= amount.max(0));
        }

        /// The hours cover their share of the time, all of it without a remainder, and a fee is paid by as few minutes as cover it.
        #[test]
        fn hours_cover_their_share_and_come_back_whole(
            time in any_time(),
            parts in prop::collection::vec((1..200_i64, 0..5000_i64), 1..4),
            fee in 0..120_000_i64,
        ) {
            let currency = "GBP".parse().unwrap();
            let mut booked = BookedPrepaid::default();
            let (mut left, mut sold) = (time.minutes, Vec::new());
            for (number, (minutes, paid)) in (0..).zip(parts) {
                let part = Credit { amount: minutes, paid }.part(left);
                if part.amount > 0 {
                    booked.add_hours(id(number), part, currency);
                    left -= part.amount;
                    sold.push((id(number), part));
                }
            }
            booked.price_hours(&time);
            let covered = time.of_part(booked.minutes());
            prop_assert_eq!(booked.covered_by_hours(currency), covered.0 + covered.1);
            if left == 0 {
                prop_assert_eq!(covered, (time.net, time.tax));
            }
            let last_first: Vec<PrepaidId> = sold.iter().rev().map(|(id, _)| *id).collect();
            let before = booked.clone();
            let given_back = booked.keep_hours_for(fee, &last_first);
            let kept = booked.covered_by_hours(currency);
            prop_assert_eq!(kept, fee.min(covered.0 + covered.1));
            for (id, all) in sold {
                let used = booked.uses.iter().find(|used| used.prepaid_id == id).map_or(Credit::NONE, PrepaidUse::used);
                let back = given_back.iter().find(|(of, _)| *of == id).map_or(Credit::NONE, |(_, back)| *back);
                prop_assert_eq!(used.and(back), all);
                prop_assert!(used.amount >= 0 && used.paid >= 0 && back.paid >= 0);
            }
            if fee == 0 {
                prop_assert!(booked.uses.is_empty());
            }
            if kept == before.covered_by_hours(currency) && fee > 0 {
                prop_assert_eq!(booked, before);
            }
        }
    }
}
