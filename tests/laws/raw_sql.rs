//! SQL typed by hand, at the database itself: what would overbook is refused, what fits is taken.

use std::fmt::Write as _;

use diesel::RunQueryDsl as _;
use domain::booking::BookingStatus;
use serde_json::json;

use super::books::{Books, connect};
use super::hand::{Hand, at, in_state};
use crate::support::server::{Kind, on_both_databases};

on_both_databases! {
    async fn an_allocation_must_fit(server) {
        let mut hand = Hand::at(server).await;
        let (big, small) = (hand.big.clone(), hand.small.clone());
        hand.takes(&hand.allocation("a", &small, (10, 12), 1));
        for (from, to) in [(10, 12), (11, 13), (9, 11), (9, 13), (11, 12), (10, 11)] {
            hand.overbooks(&hand.allocation("b", &small, (from, to), 1));
        }
        hand.takes(&hand.allocation("before", &small, (8, 10), 1));
        hand.takes(&hand.allocation("after", &small, (12, 14), 1));
        hand.overbooks(&hand.allocation("b", &small, (20, 21), 2));

        hand.takes(&hand.allocation("c", &big, (8, 12), 1));
        hand.takes(&hand.allocation("d", &big, (11, 16), 1));
        hand.takes(&hand.allocation("e", &big, (14, 18), 2));
        // The peak lies neither at its start nor at its end.
        hand.overbooks(&hand.allocation("f", &big, (9, 20), 1));
        hand.takes(&hand.allocation("f", &big, (9, 14), 1));
        hand.takes(&hand.allocation("g", &big, (16, 20), 1));
    }

    async fn an_allocation_is_moved_and_enlarged_only_where_it_fits(server) {
        let mut hand = Hand::at(server).await;
        let (big, small, eleven, thirteen) = (hand.big.clone(), hand.small.clone(), at(&hand.conn, 11), at(&hand.conn, 13));
        hand.takes(&hand.allocation("a", &small, (10, 12), 1));
        hand.takes(&hand.allocation("b", &small, (12, 14), 1));
        hand.takes(&hand.allocation("c", &big, (10, 12), 3));
        hand.overbooks(&format!("UPDATE allocations SET starts_at = {eleven} WHERE id = 'b'"));
        hand.overbooks(&format!("UPDATE allocations SET ends_at = {thirteen} WHERE id = 'a'"));
        hand.overbooks("UPDATE allocations SET quantity = 2 WHERE id = 'a'");
        hand.overbooks("UPDATE allocations SET quantity = quantity + 1");
        hand.refuses("identifiers_stay", &format!("UPDATE allocations SET resource_id = '{big}' WHERE id = 'b'"));
        hand.takes("DELETE FROM allocations WHERE id = 'b'");
        hand.takes(&format!("UPDATE allocations SET ends_at = {thirteen} WHERE id = 'a'"));
    }

    async fn a_booking_must_fit(server) {
        let mut hand = Hand::at(server).await;
        let (big, small) = (hand.big.clone(), hand.small.clone());
        hand.takes(&hand.booking("a", &small, (10, 13), 1));
        hand.overbooks(&hand.booking("b", &small, (12, 15), 1));
        // Only the buffer would be in the way.
        hand.overbooks(&hand.booking("b", &small, (12, 16), 1));
        hand.takes(&hand.booking("b", &small, (13, 16), 1));
        hand.overbooks(&hand.moves("b", (12, 16)));
        hand.takes(&hand.moves("b", (14, 20)));
        hand.overbooks("UPDATE bookings SET quantity = 2 WHERE id = 'b'");
        hand.takes(&hand.booking("c", &big, (10, 13), 2));
        hand.takes(&hand.booking("d", &big, (10, 13), 1));
        hand.overbooks(&format!("UPDATE bookings SET resource_id = '{small}' WHERE id = 'd'"));
        hand.overbooks(&format!("UPDATE bookings SET resource_id = '{big}' WHERE id = 'a'"));
        hand.takes(&format!("UPDATE bookings SET resource_id = '{big}' WHERE id = 'b'"));
    }

    async fn a_booking_that_ended_comes_back_only_where_it_fits(server) {
        let mut hand = Hand::at(server).await;
        let small = hand.small.clone();
        for status in ["cancelled", "declined", "expired", "completed", "no_show"] {
            hand.takes(&hand.booking(status, &small, (10, 13), 1));
            hand.takes(&format!("UPDATE bookings SET status = '{status}' WHERE id = '{status}'"));
        }
        hand.takes(&hand.booking("first", &small, (10, 13), 1));
        for status in ["held", "requested", "confirmed", "in_use"] {
            hand.overbooks(&format!("UPDATE bookings SET {} WHERE id = 'cancelled'", in_state(status)));
        }
        hand.takes("DELETE FROM bookings WHERE id = 'first'");
        hand.takes(&format!("UPDATE bookings SET {} WHERE id = 'expired'", in_state("held")));
        hand.overbooks("UPDATE bookings SET status = 'confirmed' WHERE id = 'no_show'");
        hand.overbooks(&format!("UPDATE bookings SET {}", in_state("confirmed")));
    }

    async fn a_booking_is_live_in_the_states_that_take_capacity_and_nobody_says_otherwise(server) {
        let mut hand = Hand::at(server).await;
        let small = hand.small.clone();
        hand.takes(&hand.booking("a", &small, (10, 13), 1));
        for status in BookingStatus::ALL {
            hand.takes(&format!("UPDATE bookings SET {} WHERE id = 'a'", in_state(status.as_str())));
            let live = server.select("SELECT id AS value FROM bookings WHERE id = 'a' AND is_live");
            assert_eq!(live.len(), usize::from(status.takes_capacity()), "{status}");
        }
        hand.refuses("is_live", "UPDATE bookings SET is_live = TRUE WHERE id = 'a'");
    }

    async fn a_booking_waits_for_a_party_exactly_while_it_is_held_or_if_it_ended_as_a_hold(server) {
        let mut hand = Hand::at(server).await;
        let small = hand.small.clone();
        hand.takes(&hand.booking_in("held", "a", &small, (10, 13), 1));
        let mut sets = |columns: &str| hand.run(&format!("UPDATE bookings SET {columns} WHERE id = 'a'"));
        for refused in [
            "hold_awaits = NULL",
            "hold_reason = NULL",
            "hold_reason = 'nothing'",
            "hold_awaits = 'nobody'",
            "hold_awaits = 'host'",
            "hold_reason = 'payment'",
            "status = 'confirmed'",
            "status = 'requested'",
            "status = 'declined'",
        ] {
            assert!(sets(refused).is_err(), "{refused}");
        }
        for taken in [
            "hold_reason = 'payment', hold_awaits = 'host'",
            "hold_reason = 'host_offer'",
            "hold_awaits = 'customer'",
            "hold_reason = 'waitlist'",
            "status = 'expired'",
            "status = 'cancelled'",
            "status = 'confirmed', hold_awaits = NULL",
            "status = 'cancelled'",
        ] {
            assert_eq!(sets(taken), Ok(1), "{taken}");
        }
        assert!(sets("status = 'held'").is_err());
    }

    async fn a_block_must_fit(server) {
        let mut hand = Hand::at(server).await;
        let small = hand.small.clone();
        hand.takes(&hand.booking("a", &small, (10, 13), 1));
        hand.overbooks(&hand.block("b", &small, (12, 15), 1));
        hand.takes(&hand.block("b", &small, (13, 15), 1));
        hand.overbooks(&hand.booking("c", &small, (14, 17), 1));
        let (nine, twelve, twenty) = (at(&hand.conn, 9), at(&hand.conn, 12), at(&hand.conn, 20));
        hand.overbooks(&format!("UPDATE blocks SET starts_at = {twelve} WHERE id = 'b'"));
        hand.overbooks(&format!("UPDATE blocks SET starts_at = {nine} WHERE id = 'b'"));
        hand.takes(&format!("UPDATE blocks SET ends_at = {twenty} WHERE id = 'b'"));
        hand.overbooks(&hand.booking("c", &small, (18, 22), 1));
        hand.takes("UPDATE blocks SET is_over = TRUE WHERE id = 'b'");
        hand.takes(&hand.booking("c", &small, (18, 22), 1));
        hand.overbooks("UPDATE blocks SET is_over = FALSE WHERE id = 'b'");
        hand.takes("DELETE FROM bookings WHERE id = 'c'");
        hand.takes("UPDATE blocks SET is_over = FALSE WHERE id = 'b'");
        hand.takes("DELETE FROM blocks WHERE id = 'b'");
        hand.takes(&hand.booking("c", &small, (18, 22), 1));
        Books::read(&mut hand.conn).assert_exact();
    }

    async fn capacity_is_not_lowered_below_what_is_claimed(server) {
        let mut hand = Hand::at(server).await;
        let big = hand.big.clone();
        hand.takes(&hand.booking("a", &big, (10, 13), 1));
        hand.takes(&hand.block("b", &big, (12, 15), 1));
        hand.takes(&hand.block("c", &big, (15, 16), 1));
        let set = |capacity| format!("UPDATE resources SET capacity = {capacity} WHERE id = '{big}'");
        hand.overbooks(&set(1));
        hand.takes(&set(2));
        hand.overbooks(&hand.block("d", &big, (12, 13), 1));
        hand.overbooks("UPDATE resources SET capacity = 1");
        hand.takes("DELETE FROM blocks WHERE id = 'b'");
        hand.takes(&set(1));
        hand.refuses("", &set(0));
        hand.refuses("", &set(-1));
        hand.refuses("", &format!("UPDATE resources SET capacity = NULL WHERE id = '{big}'"));
    }

    async fn many_rows_at_once_are_judged_together(server) {
        let mut hand = Hand::at(server).await;
        let (big, small) = (hand.big.clone(), hand.small.clone());
        let clones = |hand: &Hand, resource: &str, count: i64| {
            let mut sql = hand.booking("clone", resource, (10, 13), 1).replace("'clone'", "clones.id");
            let ids: Vec<_> = (0..count).map(|n| format!("SELECT 'clone {n}' AS id")).collect();
            let from = format!("FROM ({}) AS clones, bookings", ids.join(" UNION ALL "));
            sql = sql.replace("FROM bookings", &from).replace("WHERE id", "WHERE bookings.id");
            sql
        };
        hand.overbooks(&clones(&hand, &small, 2));
        hand.overbooks(&clones(&hand, &big, 4));
        hand.takes(&clones(&hand, &big, 3));
        let into = hand.allocation("", &small, (10, 11), 1);
        let (into, values) = into.split_once(" VALUES ").unwrap();
        let rows = |hours: &[i64]| hours.iter().fold(String::new(), |mut rows, hour| {
            let row = values.replace("''", &format!("'at {hour}'")).replace(&at(&hand.conn, 11), &at(&hand.conn, hour + 2));
            let row = row.replace(&at(&hand.conn, 10), &at(&hand.conn, *hour));
            let comma = if rows.is_empty() { "" } else { ", " };
            write!(rows, "{comma}{row}").unwrap();
            rows
        });
        let (overlapping, touching) = (format!("{into} VALUES {}", rows(&[20, 23, 21])), format!("{into} VALUES {}", rows(&[20, 22, 24])));
        hand.overbooks(&overlapping);
        hand.takes(&touching);
    }

    async fn what_goes_together_is_claimed_moved_and_given_up_together(server) {
        let mut hand = Hand::at(server).await;
        let (machine, room) = (hand.big.clone(), hand.small.clone());
        hand.takes(&hand.booking("before", &machine, (6, 9), 1));
        hand.takes(&format!("INSERT INTO resource_links VALUES ('{machine}', '{room}', 'takes', 1)"));
        // What was claimed before takes the room along, too.
        hand.overbooks(&hand.booking("room", &room, (8, 10), 1));
        hand.takes(&hand.booking("a", &machine, (10, 13), 1));
        hand.overbooks(&hand.booking("b", &machine, (12, 15), 1));
        hand.overbooks(&hand.booking("c", &machine, (20, 22), 2));
        hand.overbooks(&hand.block("d", &machine, (12, 14), 1));
        hand.takes(&hand.booking("room", &room, (13, 15), 1));
        hand.overbooks(&hand.moves("a", (11, 14)));
        hand.takes(&hand.moves("a", (15, 18)));
        hand.takes(&hand.booking("e", &room, (10, 13), 1));
        hand.takes(&format!("UPDATE bookings SET resource_id = '{machine}' WHERE id = 'e'"));
        hand.takes(&format!("UPDATE bookings SET resource_id = '{room}' WHERE id = 'e'"));
        hand.refuses("claim_without_allocation", &format!("DELETE FROM allocations WHERE id = 'a' AND resource_id = '{room}'"));
        hand.refuses("links_are_replaced", "UPDATE resource_links SET quantity = 2");
        hand.takes("UPDATE bookings SET status = 'completed' WHERE id = 'a'");
        hand.takes(&hand.booking("f", &room, (15, 18), 1));
        Books::read(&mut hand.conn).assert_exact();
        hand.takes("DELETE FROM resource_links");
        hand.takes(&hand.booking("g", &machine, (15, 18), 3));
        hand.overbooks(&format!("INSERT INTO resource_links VALUES ('{machine}', '{room}', 'takes', 1)"));
        hand.refuses("has_links_is_kept", "UPDATE resources SET has_links = TRUE");
        Books::read(&mut hand.conn).assert_exact();
    }

    async fn what_excludes_each_other_is_never_claimed_at_once(server) {
        let mut hand = Hand::at(server).await;
        let (big, small) = (hand.big.clone(), hand.small.clone());
        let link = format!("INSERT INTO resource_links VALUES ('{big}', '{small}', 'excludes', 1)");
        hand.takes(&hand.booking("a", &big, (10, 13), 1));
        hand.takes(&hand.booking("b", &small, (12, 15), 1));
        hand.overbooks(&link);
        hand.takes("DELETE FROM bookings WHERE id = 'b'");
        hand.takes(&link);
        hand.overbooks(&hand.booking("b", &small, (12, 15), 1));
        hand.takes(&hand.booking("b", &small, (13, 15), 1));
        hand.overbooks(&hand.block("c", &big, (14, 16), 1));
        hand.takes(&hand.booking("c", &big, (10, 13), 1));
        hand.overbooks(&hand.moves("c", (11, 14)));
        hand.overbooks(&hand.allocation("d", &small, (9, 11), 1));
        hand.takes("DELETE FROM resource_links");
        hand.takes(&hand.moves("c", (11, 14)));
    }

    async fn only_one_claim_takes_what_excludes_each_other_and_its_name_is_no_pass(server) {
        let mut hand = Hand::at(server).await;
        let (big, small) = (hand.big.clone(), hand.small.clone());
        let link = format!("INSERT INTO resource_links VALUES ('{big}', '{small}', 'excludes', 1)");
        hand.takes(&link);
        hand.takes(&hand.booking("a", &big, (10, 13), 1));
        let by_hand = hand.allocation("a", &small, (10, 13), 1).replace("'block'", "'booking'");
        hand.overbooks(&hand.block("a", &small, (10, 13), 1));
        hand.overbooks(&by_hand);
        // What lies there already does not become its own either.
        hand.takes("DELETE FROM bookings WHERE id = 'a'");
        hand.takes(&by_hand);
        hand.overbooks(&hand.booking("a", &big, (10, 13), 1));
        hand.takes("DELETE FROM resource_links");
        hand.takes(&hand.booking("a", &big, (10, 13), 1));
        hand.overbooks(&link);
        hand.takes(&format!("DELETE FROM allocations WHERE resource_id = '{small}'"));
        hand.takes("DELETE FROM bookings WHERE id = 'a'");

        let whole = hand.market.host.list_resource(&hand.market.site, json!({})).await;
        hand.takes(&link);
        for part in [&big, &small] {
            hand.takes(&format!("INSERT INTO resource_links VALUES ('{whole}', '{part}', 'takes', 1)"));
        }
        hand.takes(&hand.booking("a", &whole, (10, 13), 1));
        hand.overbooks(&hand.booking("b", &big, (12, 15), 1));
        Books::read(&mut hand.conn).assert_exact();
    }

    async fn what_replaces_a_resource_has_room_for_what_is_claimed(server) {
        let mut hand = Hand::at(server).await;
        let (big, small) = (hand.big.clone(), hand.small.clone());
        hand.takes(&hand.booking("a", &big, (10, 13), 2));
        hand.overbooks(&hand.resource_again(&big, &[("capacity", "1"), ("longest_allocation_minutes", "180")]));
        hand.refuses("longest_allocation_is_longer", &hand.resource_again(&big, &[("longest_allocation_minutes", "179")]));
        hand.refuses("has_links_is_kept", &hand.resource_again(&small, &[("has_links", "TRUE")]));
        hand.takes(&hand.resource_again(&big, &[("capacity", "2"), ("longest_allocation_minutes", "180")]));
        hand.overbooks(&hand.block("b", &big, (12, 13), 1));
        hand.takes(&format!("INSERT INTO resource_links VALUES ('{big}', '{small}', 'excludes', 1)"));
        hand.refuses("has_links_is_kept", &hand.resource_again(&small, &[("has_links", "FALSE")]));
    }

    async fn nobody_parts_an_allocation_from_its_claim(server) {
        let mut hand = Hand::at(server).await;
        let (big, small) = (hand.big.clone(), hand.small.clone());
        hand.takes(&hand.booking("booking", &big, (10, 13), 2));
        hand.takes(&hand.block("block", &big, (20, 23), 2));
        let (eleven, twenty_two) = (at(&hand.conn, 11), at(&hand.conn, 22));
        for claim in ["booking", "block"] {
            hand.refuses("claim_without_allocation", &format!("DELETE FROM allocations WHERE id = '{claim}'"));
            hand.refuses("claim_without_allocation", &format!("UPDATE allocations SET quantity = 1 WHERE id = '{claim}'"));
            hand.refuses("identifiers_stay", &format!("UPDATE allocations SET resource_id = '{small}' WHERE id = '{claim}'"));
        }
        hand.refuses("claim_without_allocation", "UPDATE allocations SET claimed_by = 'block'");
        hand.refuses("claim_without_allocation", "UPDATE allocations SET claimed_by = 'booking'");
        hand.refuses("claim_without_allocation", &format!("UPDATE allocations SET starts_at = {eleven} WHERE id = 'booking'"));
        hand.refuses("claim_without_allocation", &format!("UPDATE allocations SET ends_at = {twenty_two} WHERE id = 'block'"));
        hand.refuses("claim_without_allocation", "DELETE FROM allocations");
        Books::read(&mut hand.conn).assert_exact();
    }

    async fn nothing_takes_the_name_of_another(server) {
        let mut hand = Hand::at(server).await;
        let (big, small) = (hand.big.clone(), hand.small.clone());
        hand.takes(&hand.booking("booking", &small, (10, 13), 1));
        hand.takes(&hand.block("block", &small, (14, 15), 1));
        hand.refuses("identifiers_stay", "UPDATE bookings SET id = 'other' WHERE id = 'booking'");
        hand.refuses("identifiers_stay", "UPDATE bookings SET id = 'other', status = 'cancelled' WHERE id = 'booking'");
        hand.refuses("identifiers_stay", "UPDATE blocks SET id = 'other'");
        hand.refuses("identifiers_stay", "UPDATE allocations SET id = 'other' WHERE id = 'block'");
        hand.refuses("identifiers_stay", &format!("UPDATE resources SET id = 'other' WHERE id = '{big}'"));
        hand.takes("UPDATE bookings SET id = id");
    }

    async fn a_booking_and_a_block_never_share_an_allocation(server) {
        let mut hand = Hand::at(server).await;
        let big = hand.big.clone();
        hand.takes(&hand.booking("same", &big, (10, 13), 1));
        hand.refuses("", &hand.block("same", &big, (10, 13), 1));
        hand.takes("UPDATE bookings SET status = 'cancelled' WHERE id = 'same'");
        hand.takes(&hand.block("same", &big, (10, 13), 1));
        hand.refuses("", "UPDATE bookings SET status = 'confirmed' WHERE id = 'same'");
        // Nor does one that has none take the other's with it.
        hand.takes("UPDATE bookings SET status = 'declined' WHERE id = 'same'");
        hand.takes("DELETE FROM bookings WHERE id = 'same'");
        Books::read(&mut hand.conn).assert_exact();
    }

    async fn a_long_allocation_is_never_overlooked(server) {
        let mut hand = Hand::at(server).await;
        let small = hand.small.clone();
        hand.takes(&hand.allocation("a year", &small, (0, 365 * 24), 1));
        hand.takes(&hand.allocation("an hour", &small, (-1, 0), 1));
        let set = |minutes: i64| format!("UPDATE resources SET longest_allocation_minutes = {minutes} WHERE id = '{small}'");
        hand.refuses("longest_allocation_is_longer", &set(0));
        hand.refuses("longest_allocation_is_longer", &set(365 * 1440 - 1));
        hand.takes(&set(400 * 1440));
        hand.takes(&set(365 * 1440));
        hand.overbooks(&hand.booking("b", &small, (10, 13), 1));
        hand.takes("DELETE FROM allocations WHERE id = 'a year'");
        hand.takes(&set(60));
        hand.takes(&hand.booking("b", &small, (10, 13), 1));
    }

    async fn only_a_booking_of_a_series_has_left_a_slot_in_it(server) {
        let mut hand = Hand::at(server).await;
        let small = hand.small.clone();
        hand.takes(&hand.booking("b", &small, (10, 13), 1));
        hand.refuses("", "UPDATE bookings SET moved_from = '{}' WHERE id = 'b'");
    }

    async fn an_allocation_takes_something_for_some_time(server) {
        let mut hand = Hand::at(server).await;
        let small = hand.small.clone();
        hand.refuses("", &hand.allocation("a", &small, (10, 10), 1));
        hand.refuses("", &hand.allocation("a", &small, (10, 9), 1));
        hand.refuses("", &hand.allocation("a", &small, (10, 11), 0));
        hand.refuses("", &hand.allocation("a", &small, (10, 11), -1));
        hand.refuses("", &hand.allocation("a", "no resource", (10, 11), 1));
        hand.refuses("", &hand.allocation("a", &small, (-27 * 366 * 24, 1), 1));
        hand.refuses("", &hand.allocation("a", &small, (10, 200 * 366 * 24), 1));
        hand.takes(&hand.booking("b", &small, (10, 13), 1));
        for column in ["id", "claimed_by", "resource_id", "starts_at", "ends_at", "quantity"] {
            hand.refuses("", &format!("UPDATE allocations SET {column} = NULL"));
        }
        for column in ["id", "status", "resource_id", "claim_starts_at", "claim_ends_at", "quantity"] {
            hand.refuses("", &format!("UPDATE bookings SET {column} = NULL WHERE id = 'b'"));
        }
        hand.refuses("", "UPDATE bookings SET status = 'Confirmed' WHERE id = 'b'");
        // A buffer is part of the claim.
        hand.refuses("", "UPDATE bookings SET claim_ends_at = starts_at WHERE id = 'b'");
        hand.refuses("", "UPDATE bookings SET claim_starts_at = ends_at WHERE id = 'b'");
    }

    async fn a_table_that_a_session_makes_for_itself_hides_nothing(server) {
        let mut hand = Hand::at(server).await;
        let small = hand.small.clone();
        hand.takes(&hand.booking("a", &small, (10, 13), 1));
        let mut there = connect(server);
        let in_main = if server.kind == Kind::Sqlite { "INTO main.bookings" } else { "INTO public.bookings" };
        for table in ["allocations", "resources", "live_claims", "loads"] {
            let copy = format!("CREATE TEMPORARY TABLE {table} AS SELECT * FROM {table} WHERE FALSE");
            diesel::sql_query(copy).execute(&mut there).unwrap();
        }
        let sql = hand.booking("b", &small, (10, 13), 1).replace("INTO bookings", in_main);
        let error = diesel::sql_query(sql).execute(&mut there).unwrap_err();
        assert_eq!(error.to_string(), "capacity_exceeded");
    }
}
