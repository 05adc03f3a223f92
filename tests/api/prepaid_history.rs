//! Random histories of prepaid credit and hours: the ledger agrees after them, and no credit is lost.

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;

use super::fees::pounds;
use super::prepaid::{market, verify};
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

/// A step of a history; the numbers choose one of those that there are.
#[derive(Debug, Clone)]
enum Step {
    Buy { price: i64, bonus: i64, days: i64, is_paid: bool },
    BuyHours { price: i64, minutes: i64, days: i64, is_paid: bool },
    Book { day: u32, hours: u32, is_held: bool },
    Confirm(usize),
    Cancel(usize),
    Reschedule(usize, u32),
    Refund(usize),
    RefundPart(usize, i64),
    Release(usize),
    Invoice,
    Wait(i64),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (1..4000_i64, 0..900_i64, 1..9_i64, any::<bool>())
            .prop_map(|(price, bonus, days, is_paid)| Step::Buy { price, bonus, days, is_paid }),
        2 => (1..9000_i64, 1..400_i64, 1..9_i64, any::<bool>())
            .prop_map(|(price, minutes, days, is_paid)| Step::BuyHours { price, minutes, days, is_paid }),
        4 => (10..30_u32, 1..4_u32, any::<bool>()).prop_map(|(day, hours, is_held)| Step::Book { day, hours, is_held }),
        2 => any::<usize>().prop_map(Step::Confirm),
        2 => any::<usize>().prop_map(Step::Cancel),
        3 => (any::<usize>(), 1..5_u32).prop_map(|(which, hours)| Step::Reschedule(which, hours)),
        1 => any::<usize>().prop_map(Step::Refund),
        1 => (any::<usize>(), 1..300_i64).prop_map(|(which, part)| Step::RefundPart(which, part)),
        1 => any::<usize>().prop_map(Step::Release),
        1 => Just(Step::Invoice),
        2 => (1..40_i64).prop_map(Step::Wait),
    ]
}

/// Does a step, if it can be done.
async fn act(server: &Server, market: &Market, step: &Step, (sold, booked): (&mut Vec<String>, &mut Vec<String>)) {
    let one = |all: &[String], which: usize| (!all.is_empty()).then(|| all[which % all.len()].clone());
    let at = |day: u32, hour: u32| format!("2026-12-{day}T{hour:02}:00:00Z");
    match step {
        Step::Buy { days, is_paid, .. } | Step::BuyHours { days, is_paid, .. } => {
            let changes = match step {
                Step::Buy { price, bonus, .. } => {
                    json!({ "price": pounds(*price), "credit": pounds(price + bonus), "valid_days": days })
                }
                Step::BuyHours { price, minutes, .. } => {
                    json!({ "price": pounds(*price), "credit": null, "hours": { "minutes": minutes }, "valid_days": days })
                }
                _ => unreachable!(),
            };
            let package = market.package(changes).await.expect(201).id();
            let bought = market.buy(&package).await.expect(201);
            if *is_paid {
                market.pay_for(&bought).await;
            }
            sold.push(bought.id());
        }
        Step::Book { day, hours, is_held } => {
            let mut wish = market.wish(&at(*day, 10), &at(*day, 10 + hours));
            wish["hold"] = json!(is_held);
            let answer = market.customer.post("/bookings", wish).await;
            if answer.status == 201 {
                booked.push(answer.id());
            }
        }
        Step::Confirm(which) | Step::Cancel(which) | Step::Reschedule(which, _) => {
            let Some(id) = one(booked, *which) else { return };
            let seen = market.customer.get(&format!("/bookings/{id}")).await.expect(200);
            let (action, body) = match step {
                Step::Confirm(_) => ("confirm", json!({})),
                Step::Cancel(_) => ("cancel", json!({})),
                _ => {
                    let hours = if let Step::Reschedule(_, hours) = step { *hours } else { 1 };
                    let day: u32 = seen["starts_at"].as_str().unwrap()[8..10].parse().unwrap();
                    ("reschedule", json!({ "ends_at": at(day, 10 + hours) }))
                }
            };
            let answer = market.customer.post(&format!("/bookings/{id}/{action}"), body).await;
            assert!(answer.status < 500, "{answer:?}");
        }
        Step::Refund(which) | Step::Release(which) => {
            let Some(id) = one(sold, *which) else { return };
            let action = if matches!(step, Step::Refund(_)) { "refund" } else { "release" };
            let answer = market.host.post(&format!("/prepaid/{id}/{action}"), json!({})).await;
            assert!([200, 409].contains(&answer.status), "{answer:?}");
        }
        Step::RefundPart(which, part) => {
            let Some(id) = one(sold, *which) else { return };
            let is_hours = !market.prepaid(&id).await["hours"].is_null();
            let body = if is_hours { json!({ "minutes": part }) } else { json!({ "amount": pounds(*part) }) };
            let answer = market.host.post(&format!("/prepaid/{id}/refund"), body).await;
            assert!([200, 409, 422].contains(&answer.status), "{answer:?}");
        }
        Step::Invoice => {
            let answer = market.invoice(json!({})).await;
            assert!([201, 409].contains(&answer.status), "{answer:?}");
        }
        Step::Wait(hours) => {
            server.advance(TimeDelta::hours(*hours));
            if hours % 3 != 0 {
                server.run_jobs().await;
            }
        }
    }
}

on_both_databases! {
    async fn after_any_history_all_credit_is_used_expired_refunded_or_left(server) {
        let fees = json!([{ "less_than_minutes": 2880, "percent": 40 }]);
        let market = market(server, json!({ "cancellation_fees": fees, "grace_minutes": 0 })).await;
        let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let (mut sold, mut booked) = (Vec::new(), Vec::new());
        for number in 0..240 {
            let step = any_step().new_tree(&mut runner).unwrap().current();
            act(server, &market, &step, (&mut sold, &mut booked)).await;
            if number % 20 == 19 {
                verify(server).await;
            }
        }
        // Every booking ends or is cancelled, and everything expires.
        for id in booked {
            market.host.post(&format!("/bookings/{id}/cancel"), json!({})).await;
        }
        server.advance(TimeDelta::days(60));
        server.run_jobs().await;
        let _ = market.invoice(json!({})).await;
        verify(server).await;
        let kinds = server.select("SELECT DISTINCT kind AS value FROM prepaid_entries ORDER BY kind");
        assert_eq!(kinds, ["expiry", "refund", "return", "use"]);
        assert_eq!(server.select("SELECT id AS value FROM prepaid WHERE credit_left > 0"), [""; 0]);
    }
}
