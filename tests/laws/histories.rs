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
use super::model_money::Fees;
use super::real::{Real, to_come};
use super::steps::{DAY, Refused, Step, in_general as in_general_of, step};
use super::told::{found, told};
use crate::support::queries;
use crate::support::server::{Kind, Server, block_on};

/// The outcomes that the usual histories must reach.
const REACHED: &[&str] = &[
    "AddLeftOut: done",
    "Approve: done",
    "Block: done",
    "Block: slot_unavailable",
    "Book: booking_rules_violated",
    "Book: done",
    "Book: operator_busy",
    "Book: quota_exceeded",
    "Book: slot_unavailable",
    "Book: still_in_use",
    "BookGroup: done",
    "BookGroup: in parts",
    "BookGroup: operator_busy",
    "BookSeries: done",
    "BookSeries: in parts",
    "BookWithCoupon: done",
    "BookWithCoupon: invalid_fields",
    "Break: done",
    "Buy: done",
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
    "Join: quota_exceeded",
    "Join: slot_available",
    "Leave: done",
    "Mend: done",
    "NoShow: done",
    "Propose: slot_unavailable",
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
    "cancelled fee",
    "cancelled: paid with credit",
    "cancelled: paid with hours",
    "completed: paid with credit",
    "completed: paid with hours",
    "completed fee",
    "ends cancelled",
    "ends completed",
    "ends declined",
    "ends expired",
    "ends no_show",
    "is kept from others",
    "keeps of a deposit",
    "no_show fee",
    "no_show: paid with hours",
    "proposal accepted",
    "proposal declined",
    "proposal lapsed",
    "proposal obsolete",
    "proposal replaced",
    "proposal withdrawn",
    "return of credit",
    "return of hours",
    "returns a deposit",
    "the service returns a deposit",
    "use of credit",
    "use of hours",
    "waits declined",
    "waits expired",
    "waits lapsed",
    "waits left",
    "waits taken",
    "waived fee",
    "was offered a slot",
];

/// The seed of the usual histories.
const SEED: u64 = 1;

fn fees() -> impl Strategy<Value = Fees> {
    let cancellation =
        prop::option::weighted(0.8, (1..4_i64, 1..60_i64).prop_map(|(last, percent)| [(4 * last, percent), (last, 100)]));
    let percent = |most: i64| prop_oneof![Just(0), 1..=most];
    (cancellation, (0..3_i64, 0..3_i64), percent(100), percent(200), prop_oneof![Just(0), Just(1000)])
        .prop_map(|(cancellation, grace, no_show, overrun, deposit)| Fees { cancellation, grace, no_show, overrun, deposit })
}

/// The rules of both resources. They have in common all that is about one of them alone.
fn rules() -> impl Strategy<Value = [Rules; 2]> {
    let buffers = prop_oneof![Just((0, 0)), (0..3_i64, 0..3_i64)];
    let no_show = prop_oneof![Just(None), (1..4_i64).prop_map(Some)];
    let common = (buffers, any::<bool>(), 1..4_i64, 1..4_i64, no_show, fees());
    let own = || (prop::bool::weighted(0.3), prop::option::weighted(0.3, 4..20_i64), 0..5_i64);
    (common, own(), own()).prop_map(|((buffers, requires_approval, hold, offer, no_show, fees), first, other)| {
        let of =
            |buffers, (alone, most, guard)| Rules { buffers, requires_approval, hold, offer, no_show, alone, most, guard, fees };
        [of(buffers, first), of((0, 0), other)]
    })
}

fn histories_agree(kind: Kind) {
    let server = Server::start(kind, &[&queries::noted]);
    let (db, market) =
        block_on(async { (Db::open(&server.config.database_options().unwrap()).unwrap(), server.market(json!({})).await) });
    let rules = rules();
    let history = (1..5_i32, rules, prop::collection::vec(step(), 1..60));
    // The variable PROPTEST_CASES asks for more of them, which are others each time; what every change must pass is the same.
    let is_usual = std::env::var_os("PROPTEST_CASES").is_none();
    let asked = Config::default();
    let rng_seed = if is_usual { RngSeed::Fixed(SEED) } else { asked.rng_seed };
    let cases = asked.cases / 3;
    let mut runner = TestRunner::new(Config { cases, rng_seed, failure_persistence: None, ..asked });
    let number = AtomicUsize::new(0);
    let came_of = RefCell::new(BTreeMap::<String, usize>::new());
    let conn = RefCell::new(connect(&server));
    let agrees = |(capacity, rules, steps): (i32, [Rules; 2], Vec<Step>)| {
        block_on(async {
            let mut model = Model::new(capacity, rules);
            let mut real = Real::new(&server, &db, &market, &model, number.fetch_add(1, Ordering::Relaxed)).await;
            for step in &steps {
                let step = &model.aimed(step);
                if matches!(step, Step::BookWithCoupon { .. }) {
                    let _ = real.answer(&Step::RunJobs, &model).await;
                    let _ = model.answer(&Step::RunJobs);
                }
                let expected = model.answer(step);
                let answered = real.answer(step, &model).await;
                let in_general = expected.clone().map_err(Refused::in_general);
                prop_assert_eq!(in_general, answered, "{:?} on {:?}", step, model);
                let outcomes = match expected {
                    Ok(()) => vec!["done"],
                    Err(Refused::Whole(code)) => {
                        let is_named = real.broken.borrow().iter().any(|rule| rule.as_str() == code);
                        prop_assert!(in_general_of(code) == code || is_named, "{} not in {:?}", code, real.broken);
                        vec![code]
                    }
                    Err(Refused::Parts(parts)) => {
                        let rules = parts.into_iter().map(|(_, code)| code).filter(|code| in_general_of(code) != *code);
                        std::iter::once("in parts").chain(rules).collect()
                    }
                };
                let reach = |what: String| *came_of.borrow_mut().entry(what).or_default() += 1;
                outcomes.into_iter().for_each(|outcome| reach(format!("{}: {outcome}", step.name())));
                let waits = real.line().await;
                let expected = model.statuses();
                let line: Vec<_> = waits.iter().map(|waits| waits.status).collect();
                prop_assert_eq!(expected, line, "after {:?} on {:?}", step, model);
                real.name(&mut model, &waits);
                // What was offered and taken back within one step has no name.
                let is_named = model.bookings.iter().map(|booked| booked.id.is_some() || model.is_live(booked));
                let expected: Vec<_> = model.seen().into_iter().zip(is_named).map(|(seen, is)| is.then_some(seen)).collect();
                prop_assert_eq!(expected, real.seen(&model).await, "after {:?} on {:?}", step, model);
                let expected: Vec<_> = (0..model.proposals.len()).map(|number| model.proposal(number)).collect();
                prop_assert_eq!(expected, real.responses().await, "after {:?} on {:?}", step, model);
                for wish in real.alternatives.drain(..) {
                    let booked = model.clone().book(wish, false);
                    prop_assert!(booked.is_ok(), "{:?} is offered: {:?} after {:?} on {:?}", wish, booked, step, model);
                }
                // With a buffer a quarter may be free and yet not bookable.
                let guarded = model.guarded();
                for on in [0, 1].into_iter().filter(|on| model.rules[*on].buffers == (0, 0)) {
                    let open = to_come(model.now).filter(|at| !model.is_broken(on, *at));
                    if open.clone().any(|at| guarded.free(on, at) < model.free(on, at)) {
                        reach("is kept from others".to_owned());
                    }
                    let free: BTreeMap<_, _> = open.map(|at| (at, guarded.free(on, at))).filter(|(_, free)| *free > 0).collect();
                    prop_assert_eq!(free, real.free(on).await, "of {} after {:?} on {:?}", on, step, model);
                }
            }
            let _ = real.answer(&Step::RunJobs, &model).await;
            let _ = model.answer(&Step::RunJobs);
            let owed = model.bookings.iter().filter_map(|booked| Some((booked.id?.to_string(), model.owed(booked))));
            let owed: BTreeMap<_, _> = owed.filter(|(_, owed)| *owed != 0).collect();
            prop_assert_eq!(owed, real.charged(&mut conn.borrow_mut()), "of {:?}", model);
            let ends = model.seen().into_iter().map(|seen| format!("ends {}", seen.status));
            let waits = model.statuses().into_iter().map(|status| format!("waits {status}"));
            let offered = model.line.iter().filter(|waiting| waiting.offer.is_some()).map(|_| "was offered a slot".to_owned());
            let proposals = (0..model.proposals.len()).map(|number| format!("proposal {}", model.proposal(number)));
            for end in ends.chain(waits).chain(offered).chain(proposals) {
                *came_of.borrow_mut().entry(end).or_default() += 1;
            }
            // Three weeks later all bookings are over, and the service has returned all deposits.
            for step in [Step::Wait { quarters: 21 * DAY }, Step::RunJobs] {
                let _ = real.answer(&step, &model).await;
                let _ = model.answer(&step);
            }
            real.return_late().await;
            model.return_late();
            let owed = model.bookings.iter().filter_map(|booked| Some((booked.id?.to_string(), model.owed(booked))));
            let owed: BTreeMap<_, _> = owed.filter(|(_, owed)| *owed != 0).collect();
            prop_assert_eq!(owed, real.charged(&mut conn.borrow_mut()), "later, of {:?}", model);
            for paid in model.bookings.iter().flat_map(|booked| model.paid(booked)) {
                *came_of.borrow_mut().entry(paid).or_default() += 1;
            }
            Ok(())
        })
    };
    for history in found().into_iter().chain(told()) {
        agrees(history).unwrap();
    }
    runner.run(&history, agrees).unwrap();
    Books::read(&mut connect(&server)).assert_exact();
    block_on(assert_ledger_agrees(&db, server.now()));
    let mut came_of = came_of.into_inner();
    let kind = "CASE WHEN prepaid.hours IS NULL THEN ' of credit' ELSE ' of hours' END";
    let entries = format!(
        "SELECT DISTINCT prepaid_entries.kind || {kind} AS value FROM prepaid_entries JOIN prepaid ON prepaid.id = prepaid_id"
    );
    let paid = |kind: &str, sign: &str| {
        format!(
            "SELECT DISTINCT bookings.status || ': paid with {kind}' AS value FROM bookings JOIN booking_charges ON \
             booking_id = bookings.id WHERE prepaid LIKE '%prepaid_id%' AND prepaid {sign} '%minutes%'"
        )
    };
    for outcome in [entries, paid("hours", "LIKE"), paid("credit", "NOT LIKE")].iter().flat_map(|sql| server.select(sql)) {
        *came_of.entry(outcome).or_default() += 1;
    }
    queries::assert_none_reads_all(&server);
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
