//! Random histories of bookings that are paid by card and with prepaid credit, with a provider that fails and events that are doubled, lost,
//! late and out of order: the ledger agrees after each step, and nobody pays twice, or for a request that was declined.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use storage::db::Db;

use super::books::assert_ledger_agrees;
use crate::api::card_accounts::connected_shop;
use crate::api::card_payments::shop;
use crate::api::fees::pounds;
use crate::support::people::Market;
use crate::support::server::{Kind, Server, block_on};
use crate::support::stripe::{Account, Card, Fault, World, with_connect, with_stripe};

/// The price of each booking.
const PRICE: i64 = 1200;

struct Storm<'s> {
    server: &'s Server,
    market: Market,
    stripe: Account,
    db: Db,
    random: StdRng,
    /// The bookings, and whether a request of theirs can still be approved or declined by hand.
    bookings: Vec<String>,
    /// The groups that some of the bookings belong to.
    groups: Vec<String>,
    /// The prepaid credit of the customer.
    prepaid: Vec<String>,
    /// The bookings that were paid in part with prepaid credit and in part by card.
    paid_by_both: BTreeSet<String>,
    /// The events that are on their way.
    events: Vec<Value>,
    hours: i64,
    log: Vec<String>,
}

impl<'s> Storm<'s> {
    async fn new(server: &'s Server, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let fees = json!([{ "less_than_minutes": 10 * 1440, "percent": 25 }]);
        let rules = json!({ "requires_approval": random.random_bool(0.5), "cancellation_fees": fees });
        let (market, stripe) = match server.config.stripe.connect {
            true => {
                let (market, stripe, _) = connected_shop(server, rules).await;
                (market, stripe)
            }
            false => shop(server, rules).await,
        };
        // The sale of prepaid credit needs an invoice, and an invoice the address of the host.
        let address = json!({ "legal_name": "Rotor Works Ltd", "street": "1 Foundry Lane", "city": "London" });
        let billing = format!("/organizations/{}/billing", market.host_organization);
        market.host.patch(&billing, json!({ "billing_address": address })).await.expect(200);
        let db = Db::open(&server.config.database_options().unwrap()).unwrap();
        Self {
            server,
            market,
            stripe,
            db,
            random,
            bookings: Vec::new(),
            groups: Vec::new(),
            prepaid: Vec::new(),
            paid_by_both: BTreeSet::new(),
            events: Vec::new(),
            hours: 0,
            log: Vec::new(),
        }
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        (!of.is_empty()).then(|| of[self.random.random_range(0..of.len())].clone())
    }

    async fn post(&mut self, is_host: bool, booking: &str, action: &str) -> u16 {
        let user = if is_host { &self.market.host } else { &self.market.customer };
        user.post(&format!("/bookings/{booking}/{action}"), json!({})).await.status
    }

    async fn work(&self) {
        // A provider that fails makes the job fail, and it goes on later.
        drop(self.server.runner().run_once().await);
    }

    /// A booking of the next free hour.
    fn wish(&mut self) -> Value {
        self.hours += 1;
        let (day, from) = (8 + self.hours / 20, self.hours % 20);
        let at = |hour: i64| format!("2026-12-{day:02}T{hour:02}:00:00Z");
        json!({ "resource_id": self.market.resource, "starts_at": at(from), "ends_at": at(from + 1) })
    }

    /// Credit for a part of a booking or for several, which the customer pays for, or the host gives, or nobody has paid for yet.
    async fn buy(&mut self) {
        let credit = self.pick(&[300, 700, 2000]).unwrap();
        let valid_days = self.pick(&[1, 12, 60]).unwrap();
        let package =
            self.market.package(json!({ "price": pounds(credit * 3 / 4), "credit": pounds(credit), "valid_days": valid_days }));
        let package = package.await.expect(201).id();
        let bought = match self.random.random_range(0..4) {
            0 => {
                let gift = json!({ "customer_organization_id": self.market.customer_organization, "is_free": true });
                self.market.host.post(&format!("/packages/{package}/sell"), gift).await.expect(201)
            }
            kind => {
                let bought = self.market.buy(&package).await.expect(201);
                if kind > 1 {
                    self.market.pay_for(&bought).await;
                }
                bought
            }
        };
        self.prepaid.push(bought.id());
    }

    /// The storm begins with three bookings that are paid by card, and with credit for one and a half.
    async fn begin(&mut self) {
        self.prepaid.push(self.market.bought(json!({ "price": pounds(1500), "credit": pounds(1800) })).await);
        for _ in 0..3 {
            let mut new = self.wish();
            new["organization_id"] = json!(self.market.customer_organization);
            let booking = self.market.customer.post("/bookings", new).await.expect(201).id();
            let payment = self.market.customer.post(&format!("/bookings/{booking}/pay"), json!({})).await.expect(200);
            self.stripe.pay(&payment["page_url"], Card::Good);
            self.stripe.send_all().await;
            self.work().await;
            self.post(true, &booking, "approve").await;
            self.work().await;
            self.bookings.push(booking);
        }
        self.check().await;
        assert_eq!(self.paid_by_both, BTreeSet::from([self.bookings[1].clone()]));
    }

    async fn step(&mut self) {
        let faults = [Fault::None, Fault::Fails, Fault::DoneAndFails, Fault::DoneAndSilent, Fault::Nonsense, Fault::TooMany];
        let booking = self.pick(&self.bookings.clone()).unwrap();
        let kind = self.random.random_range(0..26);
        self.log.push(format!("{kind} {booking}"));
        match kind {
            0 => {
                let [first, second] = [self.wish(), self.wish()];
                let new = json!({ "organization_id": self.market.customer_organization, "bookings": [first, second] });
                let group = self.market.customer.post("/booking-groups", new).await.expect(201);
                let booked = group["bookings"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned());
                self.bookings.extend(booked);
                self.groups.push(group.id());
            }
            21..=22 => {
                let mut new = self.wish();
                new["organization_id"] = json!(self.market.customer_organization);
                new["use_prepaid"] = json!(self.random.random_bool(0.8));
                self.bookings.push(self.market.customer.post("/bookings", new).await.expect(201).id());
            }
            1..=2 if !self.groups.is_empty() => {
                let group = self.pick(&self.groups.clone()).unwrap();
                self.log.push(format!("pay group {group}"));
                self.market.customer.post(&format!("/booking-groups/{group}/pay"), json!({})).await;
            }
            1..=4 => {
                self.post(false, &booking, "pay").await;
            }
            5..=8 => {
                let open = |world: &mut World| -> Vec<String> {
                    world.sessions.values().filter_map(|one| Some(one["url"].as_str()?.to_owned())).collect()
                };
                if let Some(page) = self.pick(&self.stripe.with(open)) {
                    let card = self.pick(&[
                        Card::Good,
                        Card::Good,
                        Card::Authenticated,
                        Card::Declined,
                        Card::NotAuthenticated,
                        Card::SavedOnly,
                        Card::SavedWithAuthentication,
                    ]);
                    self.stripe.pay(&json!(page), card.unwrap());
                }
            }
            9 => drop(self.post(false, &booking, "cancel").await),
            10 => drop(self.post(true, &booking, "cancel").await),
            11 => drop(self.post(true, &booking, "decline").await),
            12 => drop(self.post(true, &booking, "approve").await),
            13 => {
                let count = self.random.random_range(1..4);
                let some: Vec<_> = (0..count).filter_map(|_| self.pick(&faults)).collect();
                self.stripe.fail(some);
            }
            14 => {
                let minutes = self.pick(&[1, 5, 20, 60, 600]).unwrap();
                self.server.advance(TimeDelta::minutes(minutes));
            }
            15 => {
                let paid = |world: &mut World| -> Vec<String> {
                    let is_free = |id: &&String| !world.disputes.values().any(|one| one["payment_intent"] == **id);
                    let paid =
                        world.intents.iter().filter(|(id, one)| one["amount_received"].as_i64() > Some(world.refunded(id)));
                    paid.map(|(id, _)| id).filter(is_free).cloned().collect()
                };
                if let Some(intent) = self.pick(&self.stripe.with(paid)) {
                    match self.random.random_range(0..3) {
                        0 => drop(self.stripe.with(|world| world.dispute(&intent))),
                        _ => self.stripe.with(|world| world.refund_in_dashboard(&intent, 1)),
                    }
                }
            }
            16 => {
                // Some events arrive, one of them twice, in any order; others are lost.
                self.events.extend(self.stripe.events());
                for _ in 0..3 {
                    if let Some(event) = self.pick(&self.events.clone()) {
                        assert_eq!(self.stripe.send(&event).await, 204);
                    }
                }
                if self.events.len() > 20 {
                    self.events.drain(..10);
                }
            }
            17..=18 => self.buy().await,
            19 => {
                // The host takes back a part of what is left, or all of it. Nothing may be left.
                if let Some(prepaid) = self.pick(&self.prepaid.clone()) {
                    let amount = self.pick(&[json!(null), pounds(100)]).unwrap();
                    let refund = json!({ "amount": amount, "reason": "Too much" });
                    self.market.host.post(&format!("/prepaid/{prepaid}/refund"), refund).await;
                }
            }
            20 => {
                // To another hour for the same price.
                let wish = self.wish();
                let user = if self.random.random_bool(0.7) { &self.market.host } else { &self.market.customer };
                let slot = json!({ "starts_at": wish["starts_at"], "ends_at": wish["ends_at"] });
                user.post(&format!("/bookings/{booking}/reschedule"), slot).await;
            }
            _ => self.work().await,
        }
        self.check().await;
    }

    /// The amounts that Stripe has taken for a booking, and that it has paid back.
    fn moved(&self) -> BTreeMap<String, (i64, i64)> {
        let paid = self.server.select("SELECT id || ' ' || booking_id AS value FROM card_payments");
        let bookings: BTreeMap<_, _> = paid.iter().filter_map(|pair| pair.split_once(' ')).collect();
        self.stripe.with(|world| {
            let mut moved = BTreeMap::new();
            for (id, intent) in &world.intents {
                let payment = intent["metadata"]["card_payment_id"].as_str().unwrap();
                let booking = bookings.get(payment).expect("it was recorded before it was paid");
                let sum: &mut (i64, i64) = moved.entry((*booking).to_owned()).or_default();
                sum.0 += intent["amount_received"].as_i64().unwrap();
                sum.1 += world.refunded(id);
            }
            moved
        })
    }

    /// The prepaid credit that each booking uses, by the changes of the credit.
    fn used(&self) -> BTreeMap<String, i64> {
        let used = "SELECT booking_id || ' ' || SUM(CASE kind WHEN 'use' THEN credit ELSE -credit END) AS value FROM prepaid_entries \
                    WHERE booking_id IS NOT NULL GROUP BY booking_id";
        let used = self.server.select(used);
        used.iter()
            .filter_map(|pair| pair.split_once(' '))
            .map(|(booking, sum)| (booking.to_owned(), sum.parse().unwrap()))
            .collect()
    }

    async fn check(&mut self) {
        assert_ledger_agrees(&self.db, self.server.now()).await;
        let (moved, used, log) = (self.moved(), self.used(), &self.log);
        for booking in moved.keys().chain(used.keys()) {
            let (taken, refunded) = moved.get(booking).copied().unwrap_or_default();
            let used = used.get(booking).copied().unwrap_or_default();
            assert!(taken <= PRICE && refunded <= taken, "{booking}: {taken} {refunded} after {log:#?}");
            assert!((0..=PRICE).contains(&used), "{booking} uses {used} after {log:#?}");
            let states = self.server.select(&format!("SELECT status AS value FROM bookings WHERE id = '{booking}'"));
            if ["held", "requested", "declined", "expired"].contains(&states[0].as_str()) {
                assert_eq!((taken, used), (0, 0), "{booking} is {states:?} after {log:#?}");
            }
            if taken > refunded && used > 0 && taken - refunded + used == PRICE {
                self.paid_by_both.insert(booking.clone());
            }
        }
        // Nothing of what was sold is lost, and nothing is used twice.
        let wrong = "SELECT id AS value FROM prepaid WHERE credit <> credit_left + (SELECT COALESCE(SUM(CASE entry.kind WHEN 'return' \
                     THEN -entry.credit ELSE entry.credit END), 0) FROM prepaid_entries AS entry WHERE entry.prepaid_id = prepaid.id)";
        assert_eq!(self.server.select(wrong), [""; 0], "{log:#?}");
    }

    /// The host has what the customers have paid, less 10 %, and the operator no more.
    fn check_shares(&self, moved: &BTreeMap<String, (i64, i64)>) {
        let log = &self.log;
        let kept: i64 = moved.values().map(|(taken, refunded)| taken - refunded).sum();
        let sum = "SELECT CAST(COALESCE(SUM(commission), 0) AS TEXT) AS value FROM card_payments";
        let commission: i64 = self.server.select(sum)[0].parse().unwrap();
        let (host, operator) = self.stripe.with(|world| world.shares());
        assert_eq!(host, kept - commission, "of {kept}: {log:#?}");
        assert!(operator <= commission && commission <= kept / 10, "{operator} {commission} of {kept}: {log:#?}");
    }

    /// When the provider works again, everything comes to its end without any event.
    async fn end(&mut self) {
        self.stripe.with(|world| world.faults.clear());
        let disputes: Vec<String> = self.stripe.with(|world| world.disputes.keys().cloned().collect());
        for dispute in disputes {
            self.stripe.with(|world| world.decide(&dispute, true));
        }
        for _ in 0..8 {
            self.server.advance(TimeDelta::hours(5));
            self.server.run_jobs().await;
        }
        self.server.advance(TimeDelta::days(20));
        for _ in 0..3 {
            self.server.run_jobs().await;
            self.server.advance(TimeDelta::minutes(10));
        }
        self.check().await;
        let (log, moved) = (&self.log, self.moved());
        let reserved =
            self.stripe.with(|world| world.intents.values().filter_map(|one| one["amount_capturable"].as_i64()).sum::<i64>());
        assert_eq!(reserved, 0, "{log:#?}");
        if self.server.config.stripe.connect {
            self.check_shares(&moved);
        }
        let live = "SELECT id AS value FROM card_payments WHERE state IN ('started', 'open', 'authorized')";
        assert_eq!(self.server.select(live), [""; 0], "{log:#?}");
        for booking in &self.bookings {
            let owed = "SELECT CAST(COALESCE(SUM(CASE WHEN debit = 'receivable' THEN amount WHEN credit = 'receivable' THEN -amount END), 0) AS TEXT) \
                        AS value FROM ledger_rows WHERE payment_id IS NULL AND";
            let owed: i64 = self.server.select(&format!("{owed} booking_id = '{booking}'"))[0].parse().unwrap();
            let (taken, refunded) = moved.get(booking).copied().unwrap_or_default();
            let by_hand = self
                .stripe
                .with(|world| world.refunds.values().filter(|one| one["metadata"]["card_refund_id"].is_null()).count());
            // Somebody paid a part back at the provider; otherwise the customer has paid no more than is owed.
            let kept = taken - refunded;
            assert!(kept <= owed, "{booking} owes {owed}, paid {kept}: {log:#?}");
            let is_paid = taken == 0 || kept == owed || by_hand > 0;
            assert!(is_paid, "{booking} owes {owed}, paid {kept}: {log:#?}");
        }
    }
}

fn run(kind: Kind, seeds: std::ops::Range<u64>) {
    for seed in seeds {
        // Of two storms, one has accounts of hosts.
        let server = Server::start(kind, &[if seed % 2 == 0 { &with_connect } else { &with_stripe }]);
        block_on(async {
            let mut storm = Storm::new(&server, seed).await;
            storm.begin().await;
            for _ in 0..60 {
                storm.step().await;
            }
            storm.end().await;
        });
    }
}

#[test]
fn nobody_pays_twice_whatever_happens_on_sqlite() {
    run(Kind::Sqlite, 0..6);
}

#[test]
fn nobody_pays_twice_whatever_happens_on_postgres() {
    run(Kind::Postgres, 100..106);
}
