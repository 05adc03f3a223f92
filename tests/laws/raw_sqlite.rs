//! SQL typed by hand, where SQLite is lenient: with types, and with conflicts that it settles without a word.

use diesel::connection::SimpleConnection as _;

use super::books::Books;
use super::hand::{Hand, at};
use crate::support::server::{Kind, Server, block_on};

/// Runs a test twice: a connection that somebody opens does not keep foreign keys unless it is told to.
fn by_hand(test: impl Fn(&mut Hand)) {
    for foreign_keys in ["ON", "OFF"] {
        let server = Server::start(Kind::Sqlite, &[]);
        let mut hand = block_on(Hand::at(&server));
        hand.conn.batch_execute(&format!("PRAGMA foreign_keys = {foreign_keys}")).unwrap();
        test(&mut hand);
        Books::read(&mut hand.conn).assert_lawful();
    }
}

#[test]
fn a_time_is_a_number() {
    by_hand(|hand| {
        let (eleven, small) = (at(&hand.conn, 11), hand.small.clone());
        let allocation = hand.allocation("a", &small, (10, 11), 1);
        for text in ["'2026-12-01 11:00:00'", "'soon'", "11.5", "x'31'", "9e18"] {
            hand.refuses("", &allocation.replace(&eleven, text));
            hand.refuses("", &hand.booking("a", &small, (8, 11), 1).replace(&eleven, text));
            hand.refuses("", &hand.block("a", &small, (8, 11), 1).replace(&eleven, text));
        }
        // Each of its times compares as it should.
        let mut texts = hand.booking("a", &small, (8, 10), 1);
        for hour in [8, 9, 10] {
            texts = texts.replace(&at(&hand.conn, hour), &format!("'2026-12-01 {hour:02}:00:00'"));
        }
        hand.refuses("", &texts);
        hand.refuses("", &texts.replace("INSERT INTO", "INSERT OR IGNORE INTO"));
        hand.takes(&hand.booking("a", &small, (8, 10), 1));
        hand.refuses("", "UPDATE OR IGNORE bookings SET claim_ends_at = 'late' WHERE id = 'a'");
    });
}

#[test]
fn a_quantity_is_a_whole_number() {
    by_hand(|hand| {
        let small = hand.small.clone();
        hand.takes(&hand.booking("a", &small, (10, 13), 1));
        for quantity in ["'many'", "0.5", "1.5", "x'31'", "-1", "9e99"] {
            hand.refuses("", &format!("UPDATE bookings SET quantity = {quantity} WHERE id = 'a'"));
            for skipped in ["IGNORE", "FAIL", "REPLACE"] {
                let _ = hand.run(&format!("UPDATE OR {skipped} bookings SET quantity = {quantity} WHERE id = 'a'"));
            }
            hand.refuses("", &format!("UPDATE allocations SET quantity = {quantity}"));
            hand.refuses("", &format!("UPDATE resources SET capacity = {quantity} WHERE id = '{small}'"));
            hand.refuses("", &format!("UPDATE resources SET longest_allocation_minutes = {quantity} WHERE id = '{small}'"));
        }
    });
}

#[test]
fn a_resource_that_was_away_comes_back_only_where_it_fits() {
    by_hand(|hand| {
        let (big, small) = (hand.big.clone(), hand.small.clone());
        hand.takes(&format!("INSERT INTO resource_links VALUES ('{big}', '{small}', 'excludes', 1)"));
        hand.takes(&hand.booking("a", &small, (10, 13), 1));
        hand.takes(&format!("CREATE TEMP TABLE kept AS SELECT * FROM resources WHERE id = '{small}'"));
        for (hours, fits) in [((12, 15), false), ((13, 16), true)] {
            let meanwhile = hand.booking("b", &big, hours, 1);
            let away = format!(
                "BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = ON; DELETE FROM resources WHERE id = '{small}'; {meanwhile}; SELECT 1"
            );
            hand.conn.batch_execute(&away).unwrap();
            let back = hand.conn.batch_execute("INSERT INTO resources SELECT * FROM kept");
            assert_eq!(back.map_err(|error| error.to_string()), if fits { Ok(()) } else { Err("capacity_exceeded".to_owned()) });
            hand.conn.batch_execute(if fits { "COMMIT" } else { "ROLLBACK" }).unwrap();
        }
    });
}

#[test]
fn a_trigger_that_a_session_makes_for_itself_leaves_nothing_out() {
    by_hand(|hand| {
        let small = hand.small.clone();
        let ignore = "CREATE TEMP TRIGGER mine BEFORE UPDATE ON main.resources BEGIN SELECT RAISE(IGNORE); END";
        hand.conn.batch_execute(ignore).unwrap();
        hand.refuses("longest_allocation_is_longer", &hand.booking("a", &small, (0, 100), 1));
        hand.refuses("longest_allocation_is_longer", &hand.block("a", &small, (0, 100), 1));
    });
}

#[test]
fn an_allocation_is_not_replaced() {
    by_hand(|hand| {
        let small = hand.small.clone();
        hand.takes(&hand.booking("a", &small, (10, 13), 1));
        hand.takes(&hand.allocation("b", &small, (14, 15), 1));
        for hours in [(11, 12), (10, 13)] {
            let sql = hand.allocation("a", &small, hours, 1).replace("INSERT", "REPLACE");
            hand.refuses("allocation_exists", &sql);
        }
        hand.refuses("identifiers_stay", "UPDATE OR REPLACE allocations SET id = 'a' WHERE id = 'b'");
        hand.refuses("", &hand.booking("a", &small, (20, 23), 1).replace("INSERT", "REPLACE"));
    });
}

#[test]
fn what_is_replaced_without_a_word_still_takes_capacity() {
    by_hand(|hand| {
        let small = hand.small.clone();
        hand.takes(&hand.booking("a", &small, (10, 13), 1));
        hand.takes(&hand.booking("b", &small, (13, 15), 1));
        hand.takes(&hand.booking("a", &small, (20, 23), 1).replace("'confirmed'", "'cancelled'").replace("INSERT", "REPLACE"));
        hand.overbooks(&hand.booking("c", &small, (10, 13), 1));
        hand.takes("UPDATE bookings SET status = 'confirmed' WHERE id = 'a'");
        hand.takes(&hand.booking("c", &small, (10, 13), 1));
    });
}

#[test]
fn what_is_skipped_without_a_word_is_not_done_by_half() {
    by_hand(|hand| {
        let big = hand.big.clone();
        hand.takes(&hand.allocation("a", &big, (10, 11), 1));
        for skip in ["INSERT OR IGNORE", "INSERT OR FAIL"] {
            hand.refuses("allocation_exists", &hand.booking("a", &big, (10, 13), 1).replace("INSERT", skip));
            hand.refuses("allocation_exists", &hand.block("a", &big, (10, 13), 1).replace("INSERT", skip));
            let too_early = hand.booking("c", &big, (-27 * 366 * 24, 10), 1).replace("INSERT", skip);
            assert_ne!(hand.run(&too_early), Ok(1));
        }
    });
}

#[test]
fn a_claim_has_a_name() {
    by_hand(|hand| {
        let small = hand.small.clone();
        hand.refuses("", &hand.allocation("a", &small, (10, 11), 1).replace("'a'", "NULL"));
        hand.refuses("", &hand.block("a", &small, (10, 11), 1).replace("'a'", "NULL"));
        hand.refuses("", &hand.booking("a", &small, (10, 13), 1).replace("'a'", "NULL"));
    });
}
