//! Money in the model: prices, coupons, fees, deposits and debts, in pence. Prepaid credit and hours change nothing of them: they pay for
//! bookings.

use domain::booking::BookingStatus as Status;

use super::model::{Booked, Model};
use super::steps::{Answer, Target, Wish};

/// The price of a quarter of an hour of one unit.
const QUARTER: i64 = 300;

/// The fees and the deposit of a resource: times in quarters of an hour, fees in percent of the price.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fees {
    /// Less than so long before the start a cancellation costs so much; the first is the cheaper one.
    pub(crate) cancellation: Option<[(i64, i64); 2]>,
    /// How long it is free after the booking was confirmed, and after the host has moved it.
    pub(crate) grace: (i64, i64),
    pub(crate) no_show: i64,
    pub(crate) overrun: i64,
    pub(crate) deposit: i64,
}

/// The amounts of a booking.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Charges {
    pub(crate) price: i64,
    /// Until then its cancellation is free.
    pub(crate) grace: Option<i64>,
    /// For a late cancellation or for time beyond the end.
    pub(crate) fee: i64,
    pub(crate) is_waived: bool,
    /// The part of the deposit that the host kept when it returned the rest.
    pub(crate) kept: Option<i64>,
    /// Whether the service returned the deposit.
    pub(crate) is_returned_late: bool,
    /// Whether it was booked with the coupon.
    pub(crate) has_coupon: bool,
}

/// The amount that the coupon takes off.
pub(crate) const COUPON: i64 = 200;

/// In so many bookings the coupon can be used.
pub(crate) const MOST_COUPONS: i64 = 2;

impl Charges {
    /// The price of a slot.
    fn price_of(self, wish: Wish) -> i64 {
        price(wish) - if self.has_coupon { COUPON } else { 0 }
    }
}

/// Who moves a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Customer,
    Host,
    Both,
}

/// The price of a slot.
pub(crate) fn price(wish: Wish) -> i64 {
    QUARTER * wish.length * i64::from(wish.quantity)
}

impl Model {
    /// Until when a cancellation is free of what comes into a state now.
    pub(crate) fn grace(&self, status: Status, on: usize) -> Option<i64> {
        let grace = self.rules[on].fees.grace.0;
        (status == Status::Confirmed && grace > 0).then_some(self.now + grace)
    }

    /// What a cancellation by the customer costs now, however the resource is.
    fn late_fee(&self, booked: &Booked) -> i64 {
        let tiers = self.rules[booked.on].fees.cancellation.into_iter().flatten();
        let is_due = |(before, _): &(i64, i64)| {
            let grace = booked.charges.grace.unwrap_or(i64::MIN).min(booked.from);
            self.now > (booked.from - before).max(grace)
        };
        let percent = tiers.filter(is_due).map(|(_, percent)| percent).next_back();
        if booked.status == Status::Confirmed { percent.unwrap_or(0) * booked.charges.price / 100 } else { 0 }
    }

    /// Whether it is too late for the customer to move a booking, or would avoid a fee.
    pub(crate) fn is_too_late_to_move(&self, booked: &Booked) -> bool {
        let is_late = self.is_too_late(booked) || self.late_fee(booked) > 0 && !self.is_broken(booked.on, booked.from);
        booked.status == Status::Confirmed && is_late
    }

    /// The charges of a booking that comes into another state.
    pub(crate) fn charges_after(&self, booked: &Booked, to: Target, next: Status, by_host: bool) -> Charges {
        let charges = booked.charges;
        match (to, next) {
            (Target::Cancel, _) if !by_host && !self.is_broken(booked.on, booked.from) => {
                Charges { fee: self.late_fee(booked), ..charges }
            }
            (Target::CheckOut, Status::Completed) => {
                let more = price(Wish { length: (self.now - booked.to).max(0), ..booked.wish() });
                Charges { fee: more * self.rules[booked.on].fees.overrun / 100, ..charges }
            }
            (Target::Confirm | Target::Approve, Status::Confirmed) => Charges { grace: self.grace(next, booked.on), ..charges },
            _ => charges,
        }
    }

    /// The charges of a booking that moves. The host does not make it dearer.
    pub(crate) fn charges_of_move(&self, booked: &Booked, wish: Wish, by: By) -> Charges {
        let (charges, fees) = (booked.charges, self.rules[wish.on].fees);
        let until = |grace: i64| (grace > 0).then_some(self.now + grace);
        let grace = match by {
            _ if booked.status != Status::Confirmed => charges.grace,
            By::Host => charges.grace.max(until(fees.grace.1)),
            By::Customer if self.now <= booked.from => charges.grace.max(until(fees.grace.0)),
            By::Customer | By::Both => charges.grace,
        };
        let new = charges.price_of(wish);
        Charges { price: if by == By::Host { new.min(charges.price) } else { new }, grace, ..charges }
    }

    /// The fee of a booking, waived or not.
    pub(crate) fn fee(&self, booked: &Booked) -> i64 {
        match self.status(booked) {
            Status::NoShow => booked.charges.price * self.rules[booked.on].fees.no_show / 100,
            _ => booked.charges.fee,
        }
    }

    /// What a booking owes.
    pub(crate) fn owed(&self, booked: &Booked) -> i64 {
        let Charges { price, is_waived, kept, .. } = booked.charges;
        let fee = if is_waived { 0 } else { self.fee(booked) };
        let deposit = kept.unwrap_or(self.rules[booked.on].fees.deposit);
        match self.status(booked) {
            Status::Confirmed | Status::InUse | Status::Completed => price + fee + deposit,
            Status::NoShow => fee + deposit,
            Status::Cancelled => fee,
            Status::Held | Status::Requested | Status::Declined | Status::Expired => 0,
        }
    }

    /// What has become of money, in a word or two.
    pub(crate) fn paid(&self, booked: &Booked) -> impl Iterator<Item = String> {
        let Charges { is_waived, kept, is_returned_late, .. } = booked.charges;
        let fee = (self.fee(booked) > 0).then(|| match is_waived {
            true => "waived fee".to_owned(),
            false => format!("{} fee", self.status(booked)),
        });
        let kept = kept
            .filter(|_| !is_returned_late)
            .map(|kept| if kept > 0 { "keeps of a deposit" } else { "returns a deposit" }.to_owned());
        let late = is_returned_late.then(|| "the service returns a deposit".to_owned());
        fee.into_iter().chain(kept).chain(late)
    }

    pub(crate) fn waive(&mut self, which: usize) -> Answer {
        let Some(booked) = self.named(which) else { return Ok(()) };
        self.touch(booked.on);
        if self.fee(&booked) == 0 || booked.charges.is_waived {
            return Err("invalid_transition".into());
        }
        self.bookings[which].charges.is_waived = true;
        Ok(())
    }

    pub(crate) fn return_deposit(&mut self, which: usize, kept: i64) -> Answer {
        let Some(booked) = self.named(which) else { return Ok(()) };
        self.touch(booked.on);
        let deposit = self.rules[booked.on].fees.deposit;
        if deposit == 0 || !matches!(self.status(&booked), Status::Completed | Status::NoShow) {
            return Err("invalid_transition".into());
        }
        if kept > deposit {
            return Err("invalid_fields".into());
        }
        self.bookings[which].charges.kept = Some(kept);
        Ok(())
    }

    /// Weeks later the service returns the deposits that the host still holds.
    pub(crate) fn return_late(&mut self) {
        for which in 0..self.bookings.len() {
            let booked = self.bookings[which];
            let is_over = matches!(self.status(&booked), Status::Completed | Status::NoShow);
            if is_over && booked.charges.kept.is_none() && self.rules[booked.on].fees.deposit > 0 {
                let charges = Charges { kept: Some(0), is_returned_late: true, ..booked.charges };
                self.bookings[which].charges = charges;
            }
        }
    }

    /// Books with the coupon, when all that is due was written: what has expired has given its coupon back.
    pub(crate) fn book_with_coupon(&mut self, wish: Wish) -> Answer {
        let is_used = |booked: &&Booked| {
            booked.charges.has_coupon && !matches!(self.status(booked), Status::Cancelled | Status::Declined | Status::Expired)
        };
        if self.bookings.iter().filter(is_used).count() >= usize::try_from(MOST_COUPONS).unwrap() {
            return Err("invalid_fields".into());
        }
        let which = self.book(wish, false)?;
        let charges = Charges { has_coupon: true, ..self.bookings[which].charges };
        self.bookings[which].charges = Charges { price: charges.price_of(wish), ..charges };
        Ok(())
    }

    /// A booking by whose name somebody can ask for it.
    pub(crate) fn named(&self, which: usize) -> Option<Booked> {
        self.bookings.get(which).copied().filter(|booked| booked.id.is_some())
    }
}
