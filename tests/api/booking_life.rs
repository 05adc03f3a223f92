//! What can be done with a booking, and what time does to it.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::{Market, User};
use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const HALF_PAST: &str = "2026-12-01T10:30:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

/// From when the tests begin until a quarter to ten on the day of the bookings.
const UNTIL_QUARTER_TO_TEN: TimeDelta = TimeDelta::minutes(24 * 60 + 45);

async fn hold(market: &Market, from: &str, to: &str) -> Answer {
    let mut wish = market.wish(from, to);
    wish["hold"] = json!(true);
    market.customer.post("/bookings", wish).await
}

async fn do_with(user: &User, booking: &str, verb: &str, body: Value) -> Answer {
    user.post(&format!("/bookings/{booking}/{verb}"), body).await
}

/// Some fields of an answer, all of them texts.
fn texts<'a, const N: usize>(answer: &'a Answer, fields: [&str; N]) -> [&'a str; N] {
    fields.map(|field| answer[field].as_str().unwrap())
}

async fn status(market: &Market, booking: &str) -> String {
    market.customer.get(&format!("/bookings/{booking}")).await.expect(200).text("status").to_owned()
}

on_both_databases! {
    async fn a_hold_that_its_customer_lets_go_is_told_to_nobody_and_one_that_the_host_ends_is(server) {
        let market = server.market(json!({})).await;
        let held = hold(&market, TEN, ELEVEN).await.expect(201).id();
        do_with(&market.customer, &held, "cancel", json!({})).await.expect(200);
        let slot = json!({ "resource_id": market.resource, "starts_at": TEN, "ends_at": ELEVEN });
        let group = json!({ "organization_id": market.customer_organization, "bookings": [slot], "hold": true });
        let group = async || market.customer.post("/booking-groups", group.clone()).await.expect(201).id();
        market.customer.post(&format!("/booking-groups/{}/cancel", group().await), json!({})).await.expect(200);
        let held = hold(&market, TEN, ELEVEN).await.expect(201).id();
        do_with(&market.host, &held, "cancel", json!({})).await.expect(200);
        market.host.post(&format!("/booking-groups/{}/cancel", group().await), json!({})).await.expect(200);
        for email in [&market.customer.email, &market.host.email] {
            let mut subjects: Vec<_> = server.mails(email, 2).await.into_iter().map(|mail| mail.subject).collect();
            subjects.sort();
            let ended = ["Cancelled", "No longer reserved"].map(|word| format!("{word}: Lathe, Tue 1 Dec 2026, 10:00-11:00"));
            assert_eq!(subjects, ended);
        }
    }

    async fn a_hold_keeps_the_slot_until_it_runs_out_to_the_second(server) {
        let market = server.market(json!({ "booking_rules": { "hold_minutes": 10 } })).await;
        let held = hold(&market, TEN, ELEVEN).await.expect(201);
        assert_eq!(texts(&held, ["status", "expires_at"]), ["held", "2026-11-30T09:10:00Z"]);
        server.advance(TimeDelta::minutes(10) - TimeDelta::seconds(1));
        market.book(TEN, ELEVEN).await.refused(409, "slot_unavailable");
        let day = format!("/resources/{}/availability?from={TEN}&to={ELEVEN}", market.resource);
        assert_eq!(market.customer.get(&day).await.expect(200)["free"], json!([]));
        server.advance(TimeDelta::seconds(1));
        // No job has run: time alone frees it.
        assert_eq!(market.customer.get(&day).await.expect(200)["free"][0]["quantity"], 1);
        assert_eq!(status(&market, &held.id()).await, "expired");
        do_with(&market.customer, &held.id(), "confirm", json!({})).await.refused(409, "invalid_transition");
        market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!(server.select(&format!("SELECT status AS value FROM bookings WHERE id = '{}'", held.id())), ["expired"]);
    }

    async fn a_hold_that_is_confirmed_becomes_a_booking_or_where_the_host_approves_a_request(server) {
        let market = server.market(json!({})).await;
        let held = hold(&market, TEN, ELEVEN).await.expect(201);
        let confirmed = do_with(&market.customer, &held.id(), "confirm", json!({})).await.expect(200);
        assert_eq!((&confirmed["status"], &confirmed["expires_at"]), (&json!("confirmed"), &Value::Null));

        market.host.patch(&format!("/resources/{}", market.resource), json!({ "booking_rules": { "requires_approval": true } })).await.expect(200);
        let held = hold(&market, ELEVEN, TWELVE).await.expect(201);
        let requested = do_with(&market.customer, &held.id(), "confirm", json!({})).await.expect(200);
        assert_eq!(texts(&requested, ["status", "expires_at"]), ["requested", ELEVEN]);
    }

    async fn where_payment_comes_first_the_host_confirms_that_it_has_arrived(server) {
        let market = server.market(json!({ "booking_rules": { "requires_payment": true } })).await;
        let held = market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!(held["status"], "held");
        let refused = do_with(&market.customer, &held.id(), "confirm", json!({})).await.refused(403, "forbidden");
        assert!(refused.text("detail").starts_with("Payment comes first: a manager of the host confirms the booking "), "{refused:?}");
        let confirmed = do_with(&market.host, &held.id(), "confirm", json!({})).await.expect(200);
        assert_eq!(confirmed["status"], "confirmed");
        let late = market.book(ELEVEN, TWELVE).await.expect(201);
        server.advance(TimeDelta::minutes(15));
        server.run_jobs().await;
        assert_eq!(status(&market, &late.id()).await, "expired");
        for (reader, asked, missed, until) in [
            (&market.customer, "Please pay", "No longer reserved", "Reserved until: "),
            (&market.host, "Payment expected", "Not paid", "Confirm by: "),
        ] {
            let mails = server.mails(&reader.email, 4).await;
            let count = |word: &str| mails.iter().filter(|mail| mail.subject.starts_with(&format!("{word}: Lathe, "))).count();
            assert_eq!((count(asked), count(missed)), (2, 1), "{mails:?}");
            assert!(mails.iter().any(|mail| mail.text.contains(until)), "{mails:?}");
        }
    }

    async fn a_hold_that_its_customer_does_not_confirm_is_told_to_them_alone_and_together(server) {
        let market = server.market(json!({})).await;
        let mut wish = market.wish(TEN, ELEVEN);
        wish["hold"] = json!(true);
        market.customer.post("/bookings", wish.clone()).await.expect(201);
        wish["rule"] = "FREQ=DAILY;COUNT=3".into();
        (wish["starts_at"], wish["ends_at"]) = (json!(ELEVEN), json!(TWELVE));
        market.customer.post("/series", wish).await.expect(201);
        server.advance(TimeDelta::minutes(15));
        server.run_jobs().await;
        // The last of them is told after all others.
        let mut ask = market.wish(TEN, ELEVEN);
        ask["starts_at"] = json!("2026-12-05T10:00:00Z");
        ask["ends_at"] = json!("2026-12-05T11:00:00Z");
        market.customer.post("/bookings", ask).await.expect(201);
        let heard = async |user: &crate::support::people::User, count| -> Vec<String> {
            let words = server.mails(&user.email, count).await.into_iter();
            let mut words: Vec<_> = words.filter_map(|mail| Some(mail.subject.split_once(": ")?.0.to_owned())).collect();
            words.sort();
            words
        };
        assert_eq!(heard(&market.customer, 3).await, ["Confirmed", "No longer reserved", "No longer reserved"]);
        assert_eq!(heard(&market.host, 1).await, ["Booked"]);
    }

    async fn a_request_that_nobody_answers_expires_after_a_set_time_or_at_its_start(server) {
        let rules = json!({ "requires_approval": true, "answer_minutes": 120 });
        let market = server.market(json!({ "booking_rules": rules })).await;
        let late = market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!(late["expires_at"], "2026-11-30T11:00:00Z");
        let soon = market.book("2026-11-30T10:00:00Z", "2026-11-30T10:30:00Z").await.expect(201);
        assert_eq!(soon["expires_at"], "2026-11-30T10:00:00Z");
        server.advance(TimeDelta::hours(2));
        do_with(&market.host, &late.id(), "approve", json!({})).await.refused(409, "invalid_transition");
        for booking in [&late, &soon] {
            assert_eq!(status(&market, &booking.id()).await, "expired");
        }
        let mails = server.mails(&market.customer.email, 4).await;
        assert_eq!(mails.iter().filter(|mail| mail.subject.starts_with("Not answered: ")).count(), 2);
    }

    async fn managers_have_a_queue_of_requests_the_oldest_first(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let mut asked = Vec::new();
        for (from, to) in [(ELEVEN, TWELVE), (TEN, HALF_PAST), (HALF_PAST, ELEVEN)] {
            asked.push(market.book(from, to).await.expect(201).id());
            server.advance(TimeDelta::seconds(1));
        }
        let queue = async |query: &str| {
            let path = format!("/bookings?status=requested&organization_id={}&{query}", market.host_organization);
            let page = market.host.get(&path).await.expect(200);
            (page.items().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), page["next_cursor"].clone())
        };
        let (first, cursor) = queue(&format!("site_id={}&limit=2", market.site)).await;
        assert_eq!(first, asked[..2]);
        assert_eq!(queue(&format!("cursor={}", cursor.as_str().unwrap())).await.0, asked[2..]);
        do_with(&market.host, &asked[0], "approve", json!({})).await.expect(200);
        assert_eq!(queue("").await.0, asked[1..]);
    }

    async fn rescheduling_moves_a_booking_in_one_and_tells_the_difference_in_price(server) {
        let market = server.market(json!({})).await;
        let booked = market.book(TEN, ELEVEN).await.expect(201);
        let dearer = json!({ "tariff": { "rate": 5000 } });
        market.host.patch(&format!("/resources/{}", market.resource), dearer).await.expect(200);
        // Onto itself, and by the tariff that it was made under.
        let moved = do_with(&market.customer, &booked.id(), "reschedule", json!({ "starts_at": HALF_PAST, "ends_at": TWELVE })).await.expect(200);
        assert_eq!(texts(&moved, ["id", "starts_at", "ends_at"]), [&booked.id(), HALF_PAST, TWELVE]);
        assert_eq!((&moved["price"]["amount"], &moved["price_difference"]["amount"]), (&json!(1800), &json!(600)));
        market.book(TEN, HALF_PAST).await.expect(201);
        let mails = server.mails(&market.customer.email, 3).await;
        let mail = mails.iter().find(|mail| mail.subject.starts_with("Moved: ")).unwrap();
        assert!(mail.calendar.contains("SEQUENCE:1") && mail.calendar.contains(&format!("UID:{}@", booked.id())), "{}", mail.calendar);
    }

    async fn a_booking_that_cannot_move_stays_where_it_is(server) {
        let market = server.market(json!({})).await;
        let booked = market.book(TEN, ELEVEN).await.expect(201).id();
        market.book(ELEVEN, TWELVE).await.expect(201);
        let clash = do_with(&market.customer, &booked, "reschedule", json!({ "starts_at": HALF_PAST })).await.refused(409, "slot_unavailable");
        assert!(!clash["alternatives"].as_array().unwrap().is_empty());
        let past = json!({ "starts_at": "2026-11-29T10:00:00Z", "ends_at": "2026-11-30T10:00:00Z" });
        do_with(&market.customer, &booked, "reschedule", past).await.refused(422, "booking_rules_violated");
        do_with(&market.customer, &booked, "reschedule", json!({ "ends_at": TEN, "quantity": 0 })).await.refused(422, "invalid_fields");
        assert_eq!(market.customer.get(&format!("/bookings/{booked}")).await.expect(200)["starts_at"], TEN);
        market.book(TEN, ELEVEN).await.refused(409, "slot_unavailable");
    }

    async fn a_booking_that_cannot_move_is_told_what_others_take_and_where_else_it_could_go(server) {
        let market = server.market(json!({ "booking_rules": { "buffer_after_minutes": 15 } })).await;
        let room = market.host.list_resource(&market.site, json!({ "name": "Room" })).await;
        let booked = market.book(TEN, "2026-12-01T10:45:00Z").await.expect(201).id();
        market.book("2026-12-01T11:15:00Z", TWELVE).await.expect(201);
        let clashing = json!({ "starts_at": HALF_PAST, "ends_at": "2026-12-01T11:15:00Z" });
        let conflicts = json!([{ "starts_at": "2026-12-01T11:15:00Z", "ends_at": "2026-12-01T11:30:00Z", "available_quantity": 0 }]);
        let mut other_times = Vec::new();
        // It is the same where its claim takes another resource along.
        for is_linked in [false, true] {
            if is_linked {
                let link = json!({ "other_id": room, "kind": "takes" });
                market.host.post(&format!("/resources/{}/links", market.resource), link).await.expect(201);
            }
            let clash = do_with(&market.customer, &booked, "reschedule", clashing.clone()).await.refused(409, "slot_unavailable");
            assert_eq!(clash["conflicts"], conflicts);
            let own = clash["alternatives"].as_array().unwrap().iter().filter(|other| other["resource_id"] == json!(market.resource));
            let starts: Vec<_> = own.map(|other| other["starts_at"].clone()).collect();
            assert_eq!(starts[0], "2026-12-01T10:15:00Z", "a quarter of an hour later, half of it where it is now");
            assert!(!starts.contains(&json!(TEN)), "{starts:?}");
            other_times = starts;
        }
        for start in other_times {
            do_with(&market.customer, &booked, "reschedule", json!({ "starts_at": start })).await.expect(200);
        }
    }

    async fn a_booking_moves_to_another_resource_of_the_same_host_only(server) {
        let market = server.market(json!({})).await;
        let second = market.host.list_resource(&market.site, json!({ "name": "Mill", "tariff": { "currency": "GBP", "rate": 600, "per": "hour" } })).await;
        let other = server.user("Olga").await;
        let elsewhere = other.open_site(&other.found("Elsewhere").await, json!({})).await;
        let foreign = other.list_resource(&elsewhere, json!({})).await;
        let booked = market.book(TEN, ELEVEN).await.expect(201).id();
        let refused = do_with(&market.customer, &booked, "reschedule", json!({ "resource_id": foreign })).await.refused(422, "invalid_fields");
        assert_eq!(refused["errors"][0]["pointer"], "/resource_id");
        let moved = do_with(&market.customer, &booked, "reschedule", json!({ "resource_id": second })).await.expect(200);
        assert_eq!((&moved["resource_name"], &moved["price_difference"]["amount"]), (&json!("Mill"), &json!(-600)));
        market.book(TEN, ELEVEN).await.expect(201);
    }

    async fn what_the_host_has_approved_the_host_moves(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let booked = market.book(TEN, ELEVEN).await.expect(201).id();
        do_with(&market.customer, &booked, "reschedule", json!({ "starts_at": HALF_PAST })).await.expect(200);
        do_with(&market.host, &booked, "approve", json!({})).await.expect(200);
        let refused = do_with(&market.customer, &booked, "reschedule", json!({ "starts_at": TEN })).await.refused(422, "booking_rules_violated");
        assert_eq!(refused["violations"][0]["code"], "approval_required");
        do_with(&market.host, &booked, "reschedule", json!({ "starts_at": TEN })).await.expect(200);
    }

    async fn a_customer_checks_in_from_a_set_time_before_the_start_and_out_when_they_leave(server) {
        let market = server.market(json!({ "booking_rules": { "check_in_minutes": 15 } })).await;
        let booked = market.book(TEN, TWELVE).await.expect(201).id();
        server.advance(UNTIL_QUARTER_TO_TEN - TimeDelta::seconds(1));
        do_with(&market.customer, &booked, "check-in", json!({})).await.refused(409, "invalid_transition");
        server.advance(TimeDelta::seconds(1));
        let begun = do_with(&market.customer, &booked, "check-in", json!({})).await.expect(200);
        assert_eq!(texts(&begun, ["status", "checked_in_at"]), ["in_use", "2026-12-01T09:45:00Z"]);
        do_with(&market.customer, &booked, "cancel", json!({})).await.refused(409, "invalid_transition");
        server.advance(TimeDelta::minutes(75));
        market.book(ELEVEN, TWELVE).await.refused(409, "slot_unavailable");
        let left = do_with(&market.customer, &booked, "check-out", json!({})).await.expect(200);
        assert_eq!(texts(&left, ["status", "checked_out_at", "ends_at"]), ["completed", ELEVEN, TWELVE]);
        market.book(ELEVEN, TWELVE).await.expect(201);
    }

    async fn the_buffer_follows_the_end_that_really_was_and_takes_nothing_from_the_next_booking(server) {
        let rules = json!({ "buffer_after_minutes": 60, "grid_minutes": 15 });
        let market = server.market(json!({ "booking_rules": rules })).await;
        let early = market.book(TEN, ELEVEN).await.expect(201).id();
        let late = market.book(TWELVE, "2026-12-01T13:00:00Z").await.expect(201).id();
        let next = market.book("2026-12-01T14:15:00Z", "2026-12-01T15:00:00Z").await.expect(201).id();
        let blocks = async || market.host.get(&format!("/resources/{}/blocks", market.resource)).await.expect(200)["items"].clone();
        let time = |block: &Value| ["booking_id", "starts_at", "ends_at"].map(|name| block[name].as_str().unwrap().to_owned());

        server.advance(UNTIL_QUARTER_TO_TEN + TimeDelta::minutes(15));
        do_with(&market.customer, &early, "check-in", json!({})).await.expect(200);
        server.advance(TimeDelta::seconds(30 * 60 + 10));
        do_with(&market.customer, &early, "check-out", json!({})).await.expect(200);
        let buffer = blocks().await;
        assert_eq!(time(&buffer[0]), [early.as_str(), "2026-12-01T10:31:00Z", "2026-12-01T11:31:00Z"]);
        market.book("2026-12-01T10:45:00Z", ELEVEN).await.refused(409, "slot_unavailable");
        // The host has finished the cleaning earlier. The time that is now free can be booked, with a buffer of its own.
        let path = format!("/resources/{}/blocks/{}", market.resource, buffer[0]["id"].as_str().unwrap());
        market.host.delete(&path).await.expect(204);
        market.book("2026-12-01T10:45:00Z", ELEVEN).await.expect(201);

        server.advance(TimeDelta::minutes(90));
        do_with(&market.customer, &late, "check-in", json!({})).await.expect(200);
        server.advance(TimeDelta::minutes(90));
        do_with(&market.customer, &late, "check-out", json!({})).await.expect(200);
        let buffers = blocks().await;
        let expected = [late.as_str(), "2026-12-01T13:31:00Z", "2026-12-01T14:15:00Z"];
        assert_eq!(time(buffers.as_array().unwrap().last().unwrap()), expected);
        assert_eq!(status(&market, &next).await, "confirmed");
    }

    async fn a_booking_ends_with_its_time_and_its_buffer_stays_taken(server) {
        let market = server.market(json!({ "booking_rules": { "buffer_after_minutes": 60 } })).await;
        let booked = market.book(TEN, ELEVEN).await.expect(201).id();
        let read = async || market.host.get(&format!("/bookings/{booked}")).await.expect(200);
        server.advance(UNTIL_QUARTER_TO_TEN + TimeDelta::minutes(74));
        assert_eq!(read().await["status"], "confirmed");
        server.advance(TimeDelta::minutes(1));
        let ended = read().await;
        assert_eq!(texts(&ended, ["status", "updated_at"]), ["completed", ELEVEN]);
        for (user, verb) in [(&market.host, "no-show"), (&market.customer, "check-in"), (&market.customer, "cancel")] {
            do_with(user, &booked, verb, json!({})).await.refused(409, "invalid_transition");
        }
        for (state, count) in [("completed", 1), ("confirmed", 0), ("no_show", 0)] {
            assert_eq!(market.host.get(&format!("/bookings?status={state}")).await.expect(200).items().len(), count, "{state}");
        }
        market.book("2026-12-01T11:45:00Z", TWELVE).await.refused(409, "slot_unavailable");
        server.run_jobs().await;
        let stored = async || server.select(&format!("SELECT status AS value FROM bookings WHERE id = '{booked}'"));
        assert_eq!(stored().await, ["confirmed"]);
        // The service writes the end when the buffer is over, and says the same as before.
        server.advance(TimeDelta::minutes(60));
        server.run_jobs().await;
        assert_eq!(stored().await, ["completed"]);
        market.book("2026-12-01T12:15:00Z", "2026-12-01T13:00:00Z").await.expect(201);
        let written = read().await;
        assert_eq!((&written.body, written.header("etag")), (&ended.body, ended.header("etag")));
        let history = market.host.get(&format!("/bookings/{booked}/history")).await.expect(200);
        let last = history.items().last().unwrap();
        assert_eq!((&last["action"], &last["at"]), (&json!("end"), &json!(ELEVEN)));
    }

    async fn without_room_for_a_buffer_a_late_check_out_has_none(server) {
        let market = server.market(json!({ "booking_rules": { "buffer_after_minutes": 15 } })).await;
        let late = market.book(TEN, ELEVEN).await.expect(201).id();
        market.book("2026-12-01T11:15:00Z", TWELVE).await.expect(201);
        server.advance(UNTIL_QUARTER_TO_TEN + TimeDelta::minutes(15));
        do_with(&market.customer, &late, "check-in", json!({})).await.expect(200);
        server.advance(TimeDelta::minutes(90));
        assert_eq!(do_with(&market.customer, &late, "check-out", json!({})).await.expect(200)["status"], "completed");
        let blocks = market.host.get(&format!("/resources/{}/blocks", market.resource)).await.expect(200);
        assert_eq!(blocks["items"], json!([]));
    }

    async fn a_check_in_by_mistake_is_taken_back_before_the_start(server) {
        let rules = json!({ "check_in_minutes": 30, "no_show_minutes": 30, "buffer_after_minutes": 30 });
        let market = server.market(json!({ "booking_rules": rules })).await;
        let booked = market.book(TEN, ELEVEN).await.expect(201);
        server.advance(UNTIL_QUARTER_TO_TEN);
        do_with(&market.customer, &booked.id(), "check-in", json!({})).await.expect(200);
        let back = do_with(&market.customer, &booked.id(), "check-out", json!({})).await.expect(200);
        assert_eq!(back["status"], "confirmed");
        for field in ["checked_in_at", "checked_out_at", "check_in_by", "changeable_until"] {
            assert_eq!(back[field], booked[field], "{field}");
        }
        market.book(TEN, ELEVEN).await.refused(409, "slot_unavailable");
        do_with(&market.customer, &booked.id(), "check-in", json!({})).await.expect(200);
        server.advance(TimeDelta::minutes(15));
        assert_eq!(do_with(&market.customer, &booked.id(), "check-out", json!({})).await.expect(200)["status"], "completed");
    }

    async fn what_is_checked_in_keeps_its_time_when_its_series_moves(server) {
        let market = server.market(json!({ "booking_rules": { "check_in_minutes": 30 } })).await;
        let mut wish = market.wish(TEN, ELEVEN);
        wish["rule"] = json!("FREQ=WEEKLY;COUNT=3");
        let series = market.customer.post("/series", wish).await.expect(201);
        let first = series["bookings"][0]["id"].as_str().unwrap().to_owned();
        server.advance(UNTIL_QUARTER_TO_TEN);
        do_with(&market.customer, &first, "check-in", json!({})).await.expect(200);
        let path = format!("/series/{}/reschedule", series.id());
        let moved = market.customer.post(&path, json!({ "shift_days": 1 })).await.expect(200);
        assert_eq!(moved["kept_booking_ids"], json!([first]));
        let starts: Vec<_> = moved["bookings"].as_array().unwrap().iter().map(|booking| &booking["starts_at"]).collect();
        assert_eq!(starts, [TEN, "2026-12-09T10:00:00Z", "2026-12-16T10:00:00Z"]);
    }

    async fn who_does_not_come_within_the_grace_time_loses_the_rest_of_it(server) {
        let market = server.market(json!({ "booking_rules": { "no_show_minutes": 30 } })).await;
        let booked = market.book(TEN, TWELVE).await.expect(201);
        assert_eq!(booked["check_in_by"], HALF_PAST);
        server.advance(UNTIL_QUARTER_TO_TEN + TimeDelta::minutes(45));
        assert_eq!(status(&market, &booked.id()).await, "no_show");
        do_with(&market.customer, &booked.id(), "check-in", json!({})).await.refused(409, "invalid_transition");
        market.book(HALF_PAST, TWELVE).await.expect(201);
        let mails = server.mails(&market.customer.email, 3).await;
        assert!(mails.iter().any(|mail| mail.subject.starts_with("Missed: Lathe, ")), "{mails:?}");
    }

    async fn only_the_host_notes_a_no_show_and_not_before_the_start(server) {
        let market = server.market(json!({})).await;
        let booked = market.book(TEN, TWELVE).await.expect(201).id();
        do_with(&market.customer, &booked, "no-show", json!({})).await.refused(403, "forbidden");
        do_with(&market.host, &booked, "no-show", json!({})).await.refused(409, "invalid_transition");
        server.advance(UNTIL_QUARTER_TO_TEN + TimeDelta::minutes(15));
        assert_eq!(do_with(&market.host, &booked, "no-show", json!({})).await.expect(200)["status"], "no_show");
        market.book("2026-12-01T10:15:00Z", TWELVE).await.expect(201);
    }

    async fn an_overrun_is_flagged_and_the_next_customer_is_warned_once(server) {
        let market = server.market(json!({})).await;
        let booked = market.book(TEN, ELEVEN).await.expect(201).id();
        let next = server.user("Nina").await;
        next.patch("/me", json!({ "reminder_minutes": [] })).await.expect(200);
        let mut wish = market.wish(ELEVEN, TWELVE);
        wish["organization_id"] = json!(next.found("Next").await);
        next.post("/bookings", wish).await.expect(201);
        server.advance(UNTIL_QUARTER_TO_TEN);
        do_with(&market.customer, &booked, "check-in", json!({})).await.expect(200);
        server.advance(TimeDelta::minutes(90));
        server.run_jobs().await;
        server.advance(TimeDelta::minutes(2));
        server.run_jobs().await;
        let seen = market.customer.get(&format!("/bookings/{booked}")).await.expect(200);
        assert_eq!((&seen["status"], &seen["is_overrun"]), (&json!("in_use"), &json!(true)));
        let warned: Vec<_> = server.mails(&next.email, 2).await.into_iter().map(|mail| mail.subject).collect();
        assert!(warned[1].starts_with("May start late: Lathe, ") && warned.len() == 2, "{warned:?}");
        do_with(&market.customer, &booked, "check-out", json!({})).await.expect(200);
    }

    async fn all_who_start_next_are_warned_once_however_many_overrun(server) {
        let market = server.market(json!({ "name": "Mill", "capacity": { "quantity": 2, "unit": "unit" } })).await;
        let mut overrunning = Vec::new();
        for _ in 0..2 {
            overrunning.push(market.book(TEN, ELEVEN).await.expect(201).id());
        }
        let book_for = async |user: &User, resource: &str, from: &str, to: &str| {
            user.patch("/me", json!({ "reminder_minutes": [] })).await.expect(200);
            let organization = user.found(&format!("{} & Co", user.name)).await;
            let wish = json!({ "organization_id": organization, "resource_id": resource, "starts_at": from, "ends_at": to });
            user.post("/bookings", wish).await.expect(201).id()
        };
        let nina = server.user("Nina").await;
        book_for(&nina, &market.resource, ELEVEN, TWELVE).await;
        let otto = server.user("Otto").await;
        book_for(&otto, &market.resource, ELEVEN, TWELVE).await;
        server.advance(UNTIL_QUARTER_TO_TEN);
        for booking in &overrunning {
            do_with(&market.customer, booking, "check-in", json!({})).await.expect(200);
        }
        server.advance(TimeDelta::minutes(75));
        // It overruns from its end on, whether or not the job has come by.
        let seen = market.customer.get(&format!("/bookings/{}", overrunning[0])).await.expect(200);
        assert_eq!((&seen["status"], &seen["is_overrun"]), (&json!("in_use"), &json!(true)));
        for _ in 0..2 {
            server.run_jobs().await;
            server.advance(TimeDelta::minutes(2));
        }
        let written = market.customer.get(&format!("/bookings/{}", overrunning[0])).await.expect(200);
        assert_eq!(written.header("etag"), seen.header("etag"));

        // Who comes later is told, too, and so is who moves there.
        let paula = server.user("Paula").await;
        book_for(&paula, &market.resource, "2026-12-01T13:00:00Z", "2026-12-01T14:00:00Z").await;
        let quinn = server.user("Quinn").await;
        let moved = book_for(&quinn, &market.resource, "2026-12-02T13:00:00Z", "2026-12-02T14:00:00Z").await;
        let there = json!({ "starts_at": "2026-12-01T13:00:00Z" });
        do_with(&quinn, &moved, "reschedule", there).await.expect(200);
        do_with(&quinn, &moved, "reschedule", json!({ "ends_at": "2026-12-01T13:30:00Z" })).await.expect(200);
        for (user, all) in [(&nina, 2), (&otto, 2), (&paula, 2), (&quinn, 4)] {
            let mails = server.mails(&user.email, all).await;
            let warned = mails.iter().filter(|mail| mail.subject.starts_with("May start late: Mill, ")).count();
            assert_eq!((mails.len(), warned), (all, 1), "{mails:?}");
        }
        let late = do_with(&market.customer, &overrunning[0], "check-out", json!({})).await.expect(200);
        assert_eq!((&late["status"], &late["is_overrun"]), (&json!("completed"), &json!(true)));
    }

    async fn who_is_to_have_what_is_linked_is_warned_of_an_overrun_too(server) {
        let market = server.market(json!({})).await;
        let room = market.host.list_resource(&market.site, json!({ "name": "Room" })).await;
        market.host.post(&format!("/resources/{}/links", market.resource), json!({ "other_id": room, "kind": "takes" })).await.expect(201);
        let booked = market.book(TEN, ELEVEN).await.expect(201).id();
        let mut wish = market.wish(ELEVEN, TWELVE);
        wish["resource_id"] = json!(room);
        let next = market.customer.post("/bookings", wish).await.expect(201).id();
        server.advance(UNTIL_QUARTER_TO_TEN);
        do_with(&market.customer, &booked, "check-in", json!({})).await.expect(200);
        server.advance(TimeDelta::minutes(76));
        server.run_jobs().await;
        let history = market.customer.get(&format!("/bookings/{next}/history")).await.expect(200);
        let actions: Vec<_> = history.items().iter().map(|item| item["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["create", "delay"]);
    }

    async fn a_hold_that_would_start_by_now_does_not_become_a_request(server) {
        let rules = json!({ "requires_approval": true, "hold_minutes": 10_080 });
        let market = server.market(json!({ "booking_rules": rules })).await;
        let held = hold(&market, TEN, ELEVEN).await.expect(201);
        assert_eq!(held["expires_at"], TEN);
        let earlier = json!({ "starts_at": "2026-12-01T09:30:00Z" });
        let moved = do_with(&market.customer, &held.id(), "reschedule", earlier).await.expect(200);
        assert_eq!(moved["expires_at"], "2026-12-01T09:30:00Z");
        server.advance(UNTIL_QUARTER_TO_TEN);
        do_with(&market.customer, &held.id(), "confirm", json!({})).await.refused(409, "invalid_transition");

        market.host.patch(&format!("/resources/{}", market.resource), json!({ "booking_rules": { "requires_approval": false } })).await.expect(200);
        assert_eq!(hold(&market, TEN, ELEVEN).await.expect(201)["expires_at"], ELEVEN);
    }

    async fn what_is_done_with_a_booking_is_done_to_the_one_that_was_seen_or_not_at_all(server) {
        let market = server.market(json!({ "capacity": { "quantity": 4, "unit": "unit" }, "booking_rules": { "requires_approval": true } })).await;
        let Market { host, customer, .. } = &market;
        server.advance(UNTIL_QUARTER_TO_TEN);
        let before = [(customer, "confirm"), (host, "approve"), (customer, "check-in")];
        for (user, verb, steps) in [
            (customer, "confirm", 0), (customer, "cancel", 1), (customer, "reschedule", 1), (host, "approve", 1),
            (host, "decline", 1), (customer, "check-in", 2), (customer, "check-out", 3), (host, "no-show", 2),
        ] {
            let booked = hold(&market, TEN, TWELVE).await.expect(201).id();
            for (user, verb) in &before[..steps] {
                do_with(user, &booked, verb, json!({})).await.expect(200);
            }
            if verb == "no-show" {
                server.advance(TimeDelta::minutes(15));
            }
            let seen = customer.get(&format!("/bookings/{booked}")).await.expect(200);
            let later = json!({ "starts_at": HALF_PAST });
            let body = if verb == "reschedule" { later } else { json!({}) };
            let path = format!("/bookings/{booked}/{verb}");
            user.with("if-match", "\"0\"").post(&path, body.clone()).await.refused(412, "precondition_failed");
            user.with("if-match", seen.header("etag")).post(&path, body).await.expect(200);
            host.post(&format!("/bookings/{booked}/cancel"), json!({})).await;
        }
        // What time has changed is another state, even before it is written.
        let held = hold(&market, "2026-12-02T10:00:00Z", "2026-12-02T11:00:00Z").await.expect(201);
        server.advance(TimeDelta::hours(1));
        let path = format!("/bookings/{}", held.id());
        let lapsed = customer.with("if-none-match", held.header("etag")).get(&path).await.expect(200);
        assert_eq!(lapsed["status"], "expired");
        server.run_jobs().await;
        let written = customer.get(&path).await.expect(200);
        assert_eq!((written.header("etag"), &written.text), (lapsed.header("etag"), &lapsed.text));
        // The service wrote it later, and it happened then.
        let lapsed_at = held["expires_at"].clone();
        assert_eq!(written["updated_at"], lapsed_at);
        let history = customer.get(&format!("{path}/history")).await.expect(200);
        assert_eq!((&history.items()[1]["action"], &history.items()[1]["at"]), (&json!("expire"), &lapsed_at));
    }

    async fn a_manager_of_the_host_overrides_a_rule_with_a_reason_that_is_kept(server) {
        let market = server.market(json!({ "booking_rules": { "min_minutes": 120 } })).await;
        let mut wish = market.wish(TEN, ELEVEN);
        wish["override_reason"] = json!("A trial for a new member");
        market.customer.post("/bookings", wish.clone()).await.refused_fields(&[("/override_reason", "not_permitted")]);
        wish["organization_id"] = json!(market.host_organization);
        let booked = market.host.post("/bookings", wish.clone()).await.expect(201).id();
        let history = market.host.get(&format!("/bookings/{booked}/history")).await.expect(200);
        assert_eq!(history.items()[0]["reason"], "A trial for a new member");
        let gave_way = json!([{ "code": "too_short", "detail": "the booking lasts 60 min; it must last at least 120 min", "overridable": true }]);
        assert_eq!(history.items()[0]["overridden"], gave_way);
        wish["quantity"] = json!(2);
        let refused = market.host.post("/bookings", wish).await.refused(422, "booking_rules_violated");
        let codes: Vec<_> = refused["violations"].as_array().unwrap().iter().map(|violation| violation["code"].clone()).collect();
        assert_eq!(codes, ["too_short", "quantity_exceeds_capacity"]);
    }

    async fn the_history_of_a_booking_tells_each_change_when_and_by_whom(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let booked = hold(&market, TEN, ELEVEN).await.expect(201).id();
        let Market { host, customer, .. } = &market;
        for (user, verb, body) in [
            (customer, "confirm", json!({})),
            (customer, "reschedule", json!({ "starts_at": HALF_PAST })),
            (host, "approve", json!({})),
            (customer, "cancel", json!({ "reason": "No steel" })),
        ] {
            server.advance(TimeDelta::minutes(1));
            do_with(user, &booked, verb, body).await.expect(200);
        }
        let history = market.customer.get(&format!("/bookings/{booked}/history?limit=200")).await.expect(200);
        let told: Vec<_> = history.items().iter().map(|item| ["action", "side", "status", "starts_at"].map(|field| item[field].as_str().unwrap())).collect();
        let expected = [
            ["create", "customer", "held", TEN],
            ["request", "customer", "requested", TEN],
            ["reschedule", "customer", "requested", HALF_PAST],
            ["approve", "host", "confirmed", HALF_PAST],
            ["cancel", "customer", "cancelled", HALF_PAST],
        ];
        assert_eq!(told, expected);
        let names: Vec<_> = history.items().iter().map(|item| item["user_name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Carl", "Carl", "Carl", "Hannah", "Carl"]);
        assert_eq!((&history.items()[3]["user_id"], &history.items()[4]["reason"]), (&json!(market.host.id), &json!("No steel")));
        assert_eq!((&history.items()[0]["at"], &history.items()[1]["at"]), (&json!("2026-11-30T09:00:00Z"), &json!("2026-11-30T09:01:00Z")));
    }

    async fn changes_within_one_moment_stand_in_the_history_in_their_order(server) {
        let market = server.market(json!({})).await;
        let booked = hold(&market, TEN, ELEVEN).await.expect(201).id();
        let slots = [HALF_PAST, TEN, HALF_PAST, TEN, HALF_PAST, TEN, HALF_PAST];
        for slot in slots {
            do_with(&market.customer, &booked, "reschedule", json!({ "starts_at": slot })).await.expect(200);
        }
        do_with(&market.customer, &booked, "confirm", json!({})).await.expect(200);
        do_with(&market.customer, &booked, "cancel", json!({})).await.expect(200);
        let history = market.host.get(&format!("/bookings/{booked}/history")).await.expect(200);
        let told: Vec<_> = history.items().iter().map(|item| item["starts_at"].as_str().unwrap()).collect();
        assert_eq!(told, [&[TEN], slots.as_slice(), &[HALF_PAST; 2]].concat());
        let actions: Vec<_> = history.items()[8..].iter().map(|item| item["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["confirm", "cancel"]);
    }
}
