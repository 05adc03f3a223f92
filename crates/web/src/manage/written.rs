//! The texts of a page with hundreds of bookings. They share a few times, prices and states, so each of these is written once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;
use std::rc::Rc;

use chrono_tz::Tz;

use crate::page::text;
use crate::words;
use domain::booking::BookingStatus;
use domain::interval::Interval;
use domain::money::Money;
use texts::amount::amount;
use texts::catalogue::Texts;
use texts::when;

/// The texts of values that were written before.
struct Known<K>(RefCell<HashMap<K, Rc<str>>>);

impl<K> Default for Known<K> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<K: Eq + Hash + Copy> Known<K> {
    fn get(&self, key: K, write: impl FnOnce() -> String) -> Rc<str> {
        self.0.borrow_mut().entry(key).or_insert_with(|| write().into()).clone()
    }
}

/// Writes the texts of a page.
pub(super) struct Written<'a> {
    pub(super) texts: &'a Texts,
    /// The state of a block.
    pub(super) blocked: Rc<str>,
    times: Known<(Tz, Interval)>,
    prices: Known<Money>,
    states: Known<BookingStatus>,
}

impl<'a> Written<'a> {
    /// Returns the texts of a page, of which none has been written yet.
    pub(super) fn new(texts: &'a Texts) -> Self {
        let blocked = text(texts, "web-manage.blocked").into();
        Self { texts, blocked, times: Known::default(), prices: Known::default(), states: Known::default() }
    }

    /// Returns a span in local time: `Tue 1 Dec 2026, 09:00-11:00`.
    pub(super) fn time(&self, timezone: Tz, span: Interval) -> Rc<str> {
        self.times.get((timezone, span), || when::span(self.texts, timezone, span.starts_at(), span.ends_at()))
    }

    /// Returns an amount with its currency.
    pub(super) fn price(&self, price: Money) -> Rc<str> {
        self.prices.get(price, || amount(self.texts, price))
    }

    /// Returns the state of a booking.
    pub(super) fn status(&self, status: BookingStatus) -> Rc<str> {
        self.states.get(status, || words::status(self.texts, status))
    }
}
