//! SQL that somebody types at random. Whatever becomes of a statement, the law holds after it.

use std::cell::{Cell, RefCell};

use diesel::connection::SimpleConnection as _;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use storage::connection::EitherConn;

use super::books::Books;
use super::hand::{Hand, at, in_state};
use crate::support::server::{Kind, Server, block_on};

/// A statement, before the names and the dialect of a database are known.
#[derive(Debug, Clone)]
struct Statement {
    text: &'static str,
    id: &'static str,
    other: &'static str,
    is_small: bool,
    hours: (i64, i64),
    number: &'static str,
    status: &'static str,
    conflict: &'static str,
}

const STATEMENTS: &[&str] = &[
    "INSERT {conflict} INTO bookings",
    "INSERT {conflict} INTO bookings",
    "INSERT {conflict} INTO blocks",
    "INSERT {conflict} INTO allocations",
    "REPLACE INTO resources",
    "UPDATE {conflict} bookings SET {state} WHERE id = '{id}'",
    "UPDATE {conflict} bookings SET id = '{other}' WHERE id = '{id}'",
    "UPDATE {conflict} bookings SET id = '{other}', {state}, quantity = {number} WHERE id = '{id}'",
    "UPDATE {conflict} bookings SET resource_id = '{resource}' WHERE id = '{id}'",
    "UPDATE {conflict} bookings SET claim_starts_at = {from}, starts_at = {from}, ends_at = {to}, claim_ends_at = {to} WHERE id = '{id}'",
    "UPDATE {conflict} bookings SET {state}, quantity = {number}",
    "UPDATE {conflict} blocks SET id = '{other}', quantity = {number} WHERE id = '{id}'",
    "UPDATE {conflict} blocks SET starts_at = {from}, ends_at = {to}, is_over = NOT is_over WHERE id = '{id}'",
    "UPDATE {conflict} blocks SET is_over = (id = '{id}'), resource_id = '{resource}'",
    "UPDATE {conflict} allocations SET id = '{other}' WHERE id = '{id}'",
    "UPDATE {conflict} allocations SET claimed_by = 'block', quantity = {number} WHERE id = '{id}'",
    "UPDATE {conflict} allocations SET claimed_by = 'booking', lapses_at = {from} WHERE id = '{id}'",
    "UPDATE {conflict} bookings SET lapses_at = {from} WHERE id = '{id}'",
    "UPDATE {conflict} allocations SET starts_at = {from}, ends_at = {to} WHERE id <> '{id}'",
    "DELETE FROM allocations WHERE id = '{id}'",
    "DELETE FROM bookings WHERE id = '{id}'",
    "DELETE FROM blocks WHERE id = '{id}'",
    "UPDATE {conflict} resources SET capacity = {number} WHERE id = '{resource}'",
    "UPDATE {conflict} resources SET longest_allocation_minutes = {number} WHERE id = '{resource}'",
    "UPDATE {conflict} resources SET has_links = NOT has_links WHERE id = '{resource}'",
    "INSERT {conflict} INTO resource_links VALUES ('{resource}', '{neighbour}', 'takes', {number})",
    "INSERT {conflict} INTO resource_links VALUES ('{resource}', '{neighbour}', 'excludes', 1)",
    "UPDATE {conflict} resource_links SET quantity = {number}, kind = 'takes'",
    "DELETE FROM resource_links WHERE resource_id = '{resource}'",
    "UPDATE {conflict} resources SET longest_allocation_minutes = 180, capacity = capacity + {number}",
];

fn statement() -> impl Strategy<Value = Statement> {
    let ids = || select(&["a", "b", "c", "d"][..]);
    let hours =
        (0..8_i64, prop_oneof![9 => 1..4_i64, 1 => Just(-26 * 365 * 24)]).prop_map(|(from, length)| (from, from + length));
    let numbers = select(&["1", "1", "2", "3", "0", "-1", "NULL", "1.5", "'x'", "60", "9000000000000"][..]);
    let statuses = select(&["held", "requested", "confirmed", "in_use", "completed", "cancelled"][..]);
    let conflicts = select(&["", "OR REPLACE", "OR IGNORE", "OR FAIL"][..]);
    (select(STATEMENTS), ids(), ids(), any::<bool>(), hours, numbers, statuses, conflicts).prop_map(
        |(text, id, other, is_small, hours, number, status, conflict)| Statement {
            text,
            id,
            other,
            is_small,
            hours,
            number,
            status,
            conflict,
        },
    )
}

impl Statement {
    fn typed_by(&self, hand: &Hand) -> String {
        let (resource, neighbour) = if self.is_small { (&hand.small, &hand.big) } else { (&hand.big, &hand.small) };
        let conflict = if matches!(hand.conn, EitherConn::Sqlite(_)) { self.conflict } else { "" };
        let insert = match self.text.rsplit_once(' ').map(|(_, table)| table) {
            Some("bookings") => hand.booking_in(self.status, self.id, resource, self.hours, 1),
            Some("blocks") => hand.block(self.id, resource, self.hours, 1),
            Some("allocations") => hand.allocation(self.id, resource, self.hours, 1),
            Some("resources") => hand.resource_again(resource, &[("capacity", self.number)]),
            _ => self.text.to_owned(),
        };
        insert
            .replace("INSERT INTO", &format!("INSERT {conflict} INTO"))
            .replace("{conflict}", conflict)
            .replace("{id}", self.id)
            .replace("{other}", self.other)
            .replace("{resource}", resource)
            .replace("{neighbour}", neighbour)
            .replace("{from}", &at(&hand.conn, self.hours.0))
            .replace("{to}", &at(&hand.conn, self.hours.1))
            .replace("{number}", self.number)
            .replace("{state}", &in_state(self.status))
    }
}

/// Types some statements in one transaction, each to be undone by itself, and undoes all of them.
fn type_in(hand: &mut Hand, statements: &[Statement]) -> usize {
    let mut taken = 0;
    hand.conn.batch_execute("BEGIN").unwrap();
    for statement in statements {
        let sql = statement.typed_by(hand);
        let is_postgres = matches!(hand.conn, EitherConn::Pg(_));
        if is_postgres {
            hand.conn.batch_execute("SAVEPOINT typed").unwrap();
        }
        match hand.conn.batch_execute(&sql) {
            Ok(()) => taken += 1,
            Err(_) if is_postgres => hand.conn.batch_execute("ROLLBACK TO typed").unwrap(),
            Err(_) => {}
        }
        Books::read(&mut hand.conn).assert_lawful();
    }
    hand.conn.batch_execute("ROLLBACK").unwrap();
    taken
}

fn random_sql(kind: Kind, settings: &str) {
    let server = Server::start(kind, &[]);
    let hand = RefCell::new(block_on(Hand::at(&server)));
    hand.borrow_mut().conn.batch_execute(settings).unwrap();
    let (typed, taken) = (Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new(Config { cases: 100, failure_persistence: None, ..Config::default() });
    let result = runner.run(&prop::collection::vec(statement(), 1..40), |statements| {
        let mut hand = hand.borrow_mut();
        // After one that failed.
        drop(hand.conn.batch_execute("ROLLBACK"));
        typed.set(typed.get() + statements.len());
        taken.set(taken.get() + type_in(&mut hand, &statements));
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(taken.get() * 4 > typed.get(), "only {taken:?} of {typed:?} were worth typing");
}

#[test]
fn random_sql_never_overbooks_sqlite() {
    random_sql(Kind::Sqlite, "PRAGMA foreign_keys = ON");
}

#[test]
fn random_sql_never_overbooks_sqlite_without_foreign_keys() {
    random_sql(Kind::Sqlite, "PRAGMA foreign_keys = OFF");
}

#[test]
fn random_sql_never_overbooks_postgres() {
    random_sql(Kind::Postgres, "SELECT 1");
}
