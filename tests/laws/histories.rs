//! Random histories through the actions, against the plainest model there is.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::json;
use storage::db::Db;

use super::books::{Books, assert_ledger_agrees, connect};
use super::model::{Model, Rules};
use super::real::{Real, to_come};
use super::steps::{Refused, Step, Wish, step};
use crate::support::server::{Kind, Server, block_on};

/// What the usual histories must come to, or they are not about much; each of it happens more than twice.
const REACHED: &[&str] = &[
    "AddLeftOut: done",
    "Approve: done",
    "Block: done",
    "Block: slot_unavailable",
    "Book: booking_rules_violated",
    "Book: done",
    "Book: slot_unavailable",
    "BookGroup: done",
    "BookGroup: in parts",
    "BookSeries: done",
    "BookSeries: in parts",
    "Break: done",
    "Cancel by host: done",
    "Cancel: done",
    "CancelGroup: done",
    "CancelGroup: in parts",
    "CheckIn: done",
    "CheckOut: done",
    "Confirm by host: done",
    "Confirm: done",
    "ConfirmGroup: done",
    "Decline: done",
    "Excludes: done",
    "Excludes: link_not_possible",
    "Join: done",
    "Join: slot_available",
    "Leave: done",
    "Mend: done",
    "NoShow: done",
    "Reschedule by host: done",
    "Reschedule by host: slot_unavailable",
    "Reschedule: booking_rules_violated",
    "Reschedule: done",
    "Reschedule: slot_unavailable",
    "SeriesApprove: done",
    "SeriesCancel: done",
    "SeriesConfirm: done",
    "SeriesDecline: done",
    "SeriesReschedule: done",
    "SeriesReschedule: in parts",
    "SetCapacity: capacity_in_use",
    "SetCapacity: done",
    "Takes: done",
    "Takes: link_not_possible",
    "Unblock: done",
    "Unlink: done",
    "ends cancelled",
    "ends completed",
    "ends declined",
    "ends expired",
    "ends no_show",
    "waits declined",
    "waits expired",
    "waits lapsed",
    "waits left",
    "waits taken",
    "was offered a slot",
];

/// What the usual histories are drawn from.
const SEED: u64 = 1;

/// Random histories in which the service once differed from the model.
fn found() -> Vec<(i32, Rules, Vec<Step>)> {
    let rules = Rules { buffers: (0, 0), requires_approval: true, hold: 1, offer: 1, no_show: None };
    let wish = |from, length| Wish { on: 0, from, length, quantity: 1 };
    let out_of_order = || Step::Break { on: 0, until: None };
    vec![
        // The same notice again left an entry in the queue whose time had passed.
        (
            1,
            rules,
            vec![
                Step::Book { wish: wish(1, 3), hold: false },
                out_of_order(),
                Step::Join { wish: wish(1, 3), slack: 0, taken: Some(0) },
                Step::Wait { quarters: 3 },
                out_of_order(),
            ],
        ),
    ]
}

fn histories_agree(kind: Kind) {
    let server = Server::start(kind, &[]);
    let (db, market) =
        block_on(async { (Db::open(&server.config.database_options().unwrap()).unwrap(), server.market(json!({})).await) });
    let buffers = prop_oneof![Just((0, 0)), (0..3_i64, 0..3_i64)];
    let no_show = prop_oneof![Just(None), (1..4_i64).prop_map(Some)];
    let rules =
        (buffers, any::<bool>(), 1..4_i64, 1..4_i64, no_show).prop_map(|(buffers, requires_approval, hold, offer, no_show)| {
            Rules { buffers, requires_approval, hold, offer, no_show }
        });
    let history = (1..5_i32, rules, prop::collection::vec(step(), 1..60));
    // The variable PROPTEST_CASES asks for more of them, which are others each time; what every change must pass is the same.
    let is_usual = std::env::var_os("PROPTEST_CASES").is_none();
    let asked = Config::default();
    let rng_seed = if is_usual { RngSeed::Fixed(SEED) } else { asked.rng_seed };
    let cases = asked.cases / 3;
    let mut runner = TestRunner::new(Config { cases, rng_seed, failure_persistence: None, ..asked });
    let number = AtomicUsize::new(0);
    let came_of = RefCell::new(BTreeMap::<String, usize>::new());
    let agrees = |(capacity, rules, steps): (i32, Rules, Vec<Step>)| {
        block_on(async {
            let mut model = Model::new(capacity, rules);
            let mut real = Real::new(&server, &db, &market, &model, number.fetch_add(1, Ordering::Relaxed)).await;
            for step in &steps {
                let step = &model.aimed(step);
                let expected = model.answer(step);
                let answered = real.answer(step, &model).await;
                prop_assert_eq!(&expected, &answered, "{:?} on {:?}", step, model);
                let outcome = match expected {
                    Ok(()) => "done",
                    Err(Refused::Whole(code)) => code,
                    Err(Refused::Parts(_)) => "in parts",
                };
                *came_of.borrow_mut().entry(format!("{}: {outcome}", step.name())).or_default() += 1;
                let waits = real.line().await;
                let expected = model.statuses();
                let line: Vec<_> = waits.iter().map(|waits| waits.status).collect();
                prop_assert_eq!(expected, line, "after {:?} on {:?}", step, model);
                real.name(&mut model, &waits);
                // What was offered and taken back within one step has no name.
                let is_named = model.bookings.iter().map(|booked| booked.id.is_some() || model.is_live(booked));
                let expected: Vec<_> = model.seen().into_iter().zip(is_named).map(|(seen, is)| is.then_some(seen)).collect();
                prop_assert_eq!(expected, real.seen(&model).await, "after {:?} on {:?}", step, model);
                for wish in real.alternatives.drain(..) {
                    let booked = model.clone().book(wish, false);
                    prop_assert!(booked.is_ok(), "{:?} is offered: {:?} after {:?} on {:?}", wish, booked, step, model);
                }
                // With a buffer a quarter may be free and yet not bookable.
                for on in [0, 1].into_iter().filter(|on| model.rules[*on].buffers == (0, 0)) {
                    let open = to_come(model.now).filter(|at| !model.is_broken(on, *at));
                    let free: BTreeMap<_, _> = open.map(|at| (at, model.free(on, at))).filter(|(_, free)| *free > 0).collect();
                    prop_assert_eq!(free, real.free(on).await, "of {} after {:?} on {:?}", on, step, model);
                }
            }
            let ends = model.seen().into_iter().map(|seen| format!("ends {}", seen.status));
            let waits = model.statuses().into_iter().map(|status| format!("waits {status}"));
            let offered = model.line.iter().filter(|waiting| waiting.offer.is_some()).map(|_| "was offered a slot".to_owned());
            for end in ends.chain(waits).chain(offered) {
                *came_of.borrow_mut().entry(end).or_default() += 1;
            }
            Ok(())
        })
    };
    for found in found() {
        agrees(found).unwrap();
    }
    runner.run(&history, agrees).unwrap();
    Books::read(&mut connect(&server)).assert_exact();
    block_on(assert_ledger_agrees(&db, server.now()));
    let came_of = came_of.into_inner();
    let missed: Vec<_> = REACHED.iter().filter(|one| !came_of.contains_key(**one)).collect();
    assert!(!is_usual || missed.is_empty(), "no history came to {missed:?}, but to {came_of:#?}");
}

#[test]
fn random_histories_are_answered_as_the_model_answers_them_on_sqlite() {
    histories_agree(Kind::Sqlite);
}

#[test]
fn random_histories_are_answered_as_the_model_answers_them_on_postgres() {
    histories_agree(Kind::Postgres);
}
