//! SQL typed by hand, by two at once, at every isolation level of PostgreSQL.

use diesel::connection::SimpleConnection as _;
use diesel::result::{DatabaseErrorKind, Error, QueryResult};
use diesel::{PgConnection, RunQueryDsl as _};
use std::sync::mpsc;
use std::thread;
use storage::connection::EitherConn;

use super::books::{Books, connect};
use super::hand::{Hand, in_state};
use crate::support::server::{Kind, Server, block_on};

fn by_hand(test: impl FnOnce(&Server, &mut Hand)) {
    let server = Server::start(Kind::Postgres, &[]);
    let mut hand = block_on(Hand::at(&server));
    test(&server, &mut hand);
}

#[test]
fn tables_that_claim_are_not_truncated() {
    by_hand(|_, hand| {
        let small = hand.small.clone();
        hand.takes(&hand.booking("a", &small, (10, 13), 1));
        for sql in ["allocations", "bookings CASCADE", "blocks", "resources CASCADE", "resource_links"] {
            hand.refuses("use DELETE", &format!("TRUNCATE {sql}"));
        }
    });
}

#[test]
fn nothing_lasts_for_ever() {
    by_hand(|_, hand| {
        let allocation = hand.allocation("a", &hand.small, (10, 11), 1);
        let ten = "TIMESTAMP '2026-12-01' + INTERVAL '10 hours'";
        hand.refuses("", &allocation.replace(ten, "'-infinity'"));
        hand.refuses("", &allocation.replace(&ten.replace("10 hours", "11 hours"), "'infinity'"));
    });
}

/// What two people type, each in a transaction of their own that has looked at the resource before.
fn at_once(server: &Server, isolation: &str, first: &str, second: &str) -> (QueryResult<usize>, QueryResult<usize>) {
    let begin = || {
        let EitherConn::Pg(mut conn) = connect(server) else { unreachable!("these tests are PostgreSQL's") };
        conn.batch_execute(&format!("BEGIN ISOLATION LEVEL {isolation}")).unwrap();
        // The snapshot of the transaction is taken here.
        conn.batch_execute("SELECT count(*) FROM allocations, resources, bookings").unwrap();
        conn
    };
    let (mut one, mut other) = (begin(), begin());
    let type_in = |conn: &mut PgConnection, sql: &str| diesel::sql_query(sql).execute(conn);
    let did_first = type_in(&mut one, first);
    let (blocked, second) = (mpsc::channel(), second.to_owned());
    let pid =
        diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>("pg_backend_pid()")).get_result::<i32>(&mut other).unwrap();
    let waiting = thread::spawn(move || {
        let result = diesel::sql_query(second).execute(&mut other);
        blocked.0.send(()).unwrap();
        result.and_then(|rows| other.batch_execute("COMMIT").map(|()| rows))
    });
    // The first commits once the second has done what it can, or waits for the first.
    let is_waiting = format!("SELECT 1 FROM pg_stat_activity WHERE pid = {pid} AND wait_event_type = 'Lock'");
    let mut observer = connect(server);
    while blocked.1.try_recv().is_err() && diesel::sql_query(&is_waiting).execute(&mut observer) != Ok(1) {
        thread::yield_now();
    }
    let did_first = did_first.and_then(|rows| one.batch_execute("COMMIT").map(|()| rows));
    (did_first, waiting.join().unwrap())
}

fn is_refusal(error: &Error) -> bool {
    let expected = [DatabaseErrorKind::ExclusionViolation, DatabaseErrorKind::SerializationFailure];
    matches!(error, Error::DatabaseError(kind, _) if expected.iter().any(|other| format!("{kind:?}") == format!("{other:?}")))
}

const LEVELS: [&str; 3] = ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"];

#[test]
fn two_at_once_never_overbook_at_any_isolation_level() {
    by_hand(|server, hand| {
        let (big, small) = (hand.big.clone(), hand.small.clone());
        let capacity = format!("UPDATE resources SET capacity = 1 WHERE id = '{big}'");
        let sqls = [
            (hand.booking("a", &small, (10, 13), 1), hand.booking("b", &small, (12, 15), 1)),
            (hand.booking("a", &small, (10, 13), 1), hand.block("b", &small, (8, 20), 1)),
            (hand.allocation("a", &big, (10, 13), 2), hand.booking("b", &big, (12, 15), 2)),
            (hand.booking("a", &big, (10, 13), 2), capacity.clone()),
            (capacity, hand.block("b", &big, (10, 13), 2)),
            (hand.moves("early", (20, 23)), hand.moves("late", (20, 23))),
            (hand.moves("early", (20, 23)), hand.booking("b", &small, (22, 25), 1)),
            ("UPDATE bookings SET status = 'confirmed' WHERE id = 'off'".to_owned(), hand.booking("b", &small, (40, 43), 1)),
            (hand.booking("b", &small, (40, 43), 1), format!("UPDATE bookings SET {} WHERE id = 'off'", in_state("held"))),
            (
                format!("UPDATE bookings SET resource_id = '{big}', quantity = 2 WHERE id = 'early'"),
                hand.block("b", &big, (0, 9), 2),
            ),
        ];
        hand.takes(&hand.booking("early", &small, (0, 3), 1));
        hand.takes(&hand.booking("late", &small, (30, 33), 1));
        hand.takes(&hand.booking("off", &small, (40, 43), 1));
        hand.takes("UPDATE bookings SET status = 'cancelled' WHERE id = 'off'");
        for isolation in LEVELS {
            for (first, second) in &sqls {
                hand.conn.batch_execute("CREATE TABLE before AS SELECT * FROM bookings; SELECT 1").unwrap();
                let results = at_once(server, isolation, first, second);
                assert_eq!(results.0, Ok(1), "{isolation}: {first}");
                let error = results.1.expect_err(second);
                assert!(is_refusal(&error), "{isolation}: {first}; {second}: {error:?}");
                let books = Books::read(&mut hand.conn);
                books.assert_lawful();
                undo(hand);
            }
        }
    });
}

/// Puts everything back as it was before two met.
fn undo(hand: &mut Hand) {
    let columns = "status, hold_reason, hold_awaits, resource_id, starts_at, ends_at, claim_starts_at, claim_ends_at, quantity";
    let set = columns.split(", ").map(|column| format!("{column} = before.{column}")).collect::<Vec<_>>().join(", ");
    let big = hand.big.clone();
    hand.conn
        .batch_execute(&format!(
            "DELETE FROM bookings WHERE id NOT IN (SELECT id FROM before); DELETE FROM blocks; \
             DELETE FROM allocations WHERE id NOT IN (SELECT id FROM live_claims); \
             UPDATE bookings SET {set} FROM before WHERE bookings.id = before.id; DROP TABLE before; \
             UPDATE resources SET capacity = 3 WHERE id = '{big}'"
        ))
        .unwrap();
    Books::read(&mut hand.conn).assert_exact();
}

#[test]
fn two_at_once_both_have_what_fits() {
    by_hand(|server, hand| {
        let (big, small) = (hand.big.clone(), hand.small.clone());
        let pairs = [
            (hand.booking("a", &small, (10, 13), 1), hand.booking("b", &small, (13, 16), 1)),
            (hand.booking("a", &big, (10, 13), 2), hand.booking("b", &big, (10, 13), 1)),
        ];
        for (first, second) in &pairs {
            assert_eq!(at_once(server, "READ COMMITTED", first, second), (Ok(1), Ok(1)), "{first}; {second}");
            hand.takes("DELETE FROM bookings WHERE id IN ('a', 'b')");
        }
    });
}

/// A link that comes or goes while what it is about changes: whichever is first, everything has just the allocations that it
/// must have.
#[test]
fn a_link_and_a_claim_that_changes_wait_for_each_other_at_any_isolation_level() {
    by_hand(|server, hand| {
        let (big, small) = (hand.big.clone(), hand.small.clone());
        let link = format!("INSERT INTO resource_links VALUES ('{big}', '{small}', 'takes', 1)");
        let unlink = "DELETE FROM resource_links".to_owned();
        let changes = [
            hand.moves("a", (20, 23)),
            "UPDATE blocks SET starts_at = starts_at + INTERVAL '10 hours', ends_at = ends_at + INTERVAL '10 hours'".to_owned(),
            "UPDATE bookings SET quantity = 2 WHERE id = 'a'".to_owned(),
            "UPDATE bookings SET status = 'cancelled' WHERE id = 'a'".to_owned(),
            "UPDATE bookings SET status = 'confirmed' WHERE id = 'c'".to_owned(),
            "DELETE FROM bookings WHERE id = 'a'".to_owned(),
            format!("UPDATE bookings SET resource_id = '{small}' WHERE id = 'a'"),
            "UPDATE bookings SET status = 'requested', lapses_at = starts_at WHERE id = 'a'".to_owned(),
            "UPDATE blocks SET quantity = 2".to_owned(),
            "UPDATE blocks SET is_over = TRUE".to_owned(),
            "DELETE FROM blocks".to_owned(),
            hand.booking("d", &big, (10, 13), 1),
            hand.block("d", &big, (10, 13), 1),
        ];
        hand.takes("UPDATE resources SET capacity = 9");
        for (isolation, change) in LEVELS.iter().flat_map(|isolation| changes.iter().map(move |change| (isolation, change))) {
            for (first, second, was) in
                [(&link, change, ""), (change, &link, ""), (&unlink, change, &*link), (change, &unlink, &*link)]
            {
                hand.takes(&hand.booking("a", &big, (10, 13), 1));
                hand.takes(&hand.block("b", &big, (10, 13), 1));
                hand.takes(&hand.booking("c", &big, (10, 13), 1).replace("'confirmed'", "'cancelled'"));
                if !was.is_empty() {
                    hand.takes(was);
                }
                let (did_first, did_second) = at_once(server, isolation, first, second);
                assert_eq!(did_first, Ok(1), "{isolation}: {first}");
                let is_fine =
                    did_second.as_ref().map_or_else(|error| *isolation != LEVELS[0] && is_refusal(error), |rows| *rows == 1);
                assert!(is_fine, "{isolation}: {first}; {second}: {did_second:?}");
                Books::read(&mut hand.conn).assert_exact();
                hand.conn
                    .batch_execute("DELETE FROM bookings WHERE length(id) = 1; DELETE FROM blocks; DELETE FROM resource_links")
                    .unwrap();
            }
        }
    });
}

/// What is written most often writes the row of its resource once.
#[test]
fn a_new_claim_locks_its_resource_once_and_what_claims_nothing_not_at_all() {
    by_hand(|server, hand| {
        let small = hand.small.clone();
        let claims = || server.select(&format!("SELECT claims::TEXT AS value FROM resources WHERE id = '{small}'")).concat();
        let writes = [
            (hand.booking("a", &small, (10, 13), 1), "1"),
            (hand.block("b", &small, (13, 16), 1), "2"),
            (hand.booking("c", &small, (10, 13), 1).replace("'confirmed'", "'cancelled'"), "2"),
            ("UPDATE bookings SET status = 'in_use', note = 'here', revision = 2 WHERE id = 'a'".to_owned(), "2"),
            ("UPDATE bookings SET status = 'cancelled' WHERE id = 'a'".to_owned(), "3"),
        ];
        for (sql, count) in &writes {
            hand.takes(sql);
            assert_eq!(claims(), *count, "{sql}");
        }
    });
}

#[test]
fn what_waits_for_a_resource_that_is_replaced_does_not_pass_it_by() {
    by_hand(|server, hand| {
        let big = hand.big.clone();
        let lower = hand.resource_again(&big, &[("capacity", "1"), ("longest_allocation_minutes", "180")]);
        let higher = hand.resource_again(&big, &[("capacity", "3"), ("longest_allocation_minutes", "180")]);
        for isolation in LEVELS {
            hand.takes(&hand.allocation("a", &big, (10, 13), 1));
            for second in [
                "UPDATE allocations SET quantity = 2 WHERE id = 'a'".to_owned(),
                hand.booking("b", &big, (12, 15), 1),
                hand.block("b", &big, (12, 15), 1),
            ] {
                let (did_first, did_second) = at_once(server, isolation, &lower, &second);
                assert_eq!(did_first, Ok(1));
                assert!(did_second.is_err(), "{isolation}: {second}");
                Books::read(&mut hand.conn).assert_lawful();
                hand.takes(&higher);
            }
            hand.takes("DELETE FROM allocations");
        }
    });
}
