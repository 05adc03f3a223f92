//! Resources that cannot be used for now.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

fn codes(answer: &Answer) -> Vec<String> {
    answer["violations"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

/// The subjects of what somebody was told that begin with a word, once there are `count` mails.
async fn told(server: &Server, email: &str, count: usize, word: &str) -> Vec<String> {
    let subjects = server.mails(email, count).await.into_iter().map(|mail| mail.subject);
    subjects.filter(|subject| subject.starts_with(word)).collect()
}

/// A room that the machine on offer takes along.
async fn room(market: &Market) -> String {
    let room = market.host.list_resource(&market.site, json!({ "name": "Room" })).await;
    let link = json!({ "other_id": room, "kind": "takes" });
    market.host.post(&format!("/resources/{}/links", market.resource), link).await.expect(201);
    room
}

on_both_databases! {
    async fn what_is_out_of_order_is_booked_by_nobody_before_it_is_mended(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}", market.resource);
        let body = json!({ "reason": "The spindle is broken", "until": ELEVEN });
        let out = market.host.post(&format!("{path}/out-of-order"), body).await.expect(200);
        let shown = json!({ "since": "2026-11-30T09:00:00Z", "reason": "The spindle is broken", "until": ELEVEN });
        assert_eq!(out["out_of_order"], shown);
        assert_eq!(server.anonymous().get(&path).await.expect(200).body, out.body);

        // With all else that is wrong.
        let refused = market.book("2026-12-01T10:07:00Z", TWELVE).await.refused(422, "booking_rules_violated");
        assert_eq!(codes(&refused), ["off_grid", "out_of_order"]);
        assert!(refused["violations"][1]["detail"].as_str().unwrap().contains("The spindle is broken"));
        let quote = market.customer.post(&format!("{path}/quote"), json!({ "starts_at": TEN, "ends_at": TWELVE })).await.expect(200);
        assert_eq!(codes(&quote), ["out_of_order"]);
        let slots = format!("{path}/slots?from={TEN}&to={TWELVE}&duration_minutes=60");
        let starts: Vec<_> = market.customer.get(&slots).await.expect(200).items().iter().map(|slot| slot["starts_at"].clone()).collect();
        assert_eq!(starts.first(), Some(&json!(ELEVEN)));
        let free = market.customer.get(&format!("{path}/availability?from={TEN}&to={TWELVE}")).await.expect(200);
        assert_eq!(free["free"], json!([{ "starts_at": ELEVEN, "ends_at": TWELVE, "quantity": 1 }]));
        let found = async |from: &str, to: &str| {
            market.customer.get(&format!("/search/available?starts_at={from}&ends_at={to}")).await.expect(200).items().len()
        };
        assert_eq!((found(TEN, ELEVEN).await, found(ELEVEN, TWELVE).await), (0, 1));
        let booking = market.book(ELEVEN, TWELVE).await.expect(201).id();
        let earlier = json!({ "starts_at": TEN });
        market.customer.post(&format!("/bookings/{booking}/reschedule"), earlier).await.refused(422, "booking_rules_violated");

        server.advance(TimeDelta::hours(26));
        assert_eq!(server.anonymous().get(&path).await.expect(200)["out_of_order"], Value::Null);
        market.host.post(&format!("{path}/back-in-order"), json!({})).await.refused(409, "invalid_transition");
    }

    async fn what_nobody_knows_the_end_of_is_booked_when_it_is_back_in_order(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}", market.resource);
        market.host.post(&format!("{path}/out-of-order"), json!({ "reason": "Broken" })).await.expect(200);
        market.book(TEN, ELEVEN).await.refused(422, "booking_rules_violated");
        let slots = format!("{path}/slots?from={TEN}&to={TWELVE}&duration_minutes=60");
        assert_eq!(market.customer.get(&slots).await.expect(200).items().len(), 0);
        let past = json!({ "reason": "Broken", "until": "2026-11-30T09:00:00Z" });
        let refused = market.host.post(&format!("{path}/out-of-order"), past).await.refused(422, "invalid_fields");
        assert_eq!(refused["errors"][0]["pointer"], "/until");
        let mended = market.host.post(&format!("{path}/back-in-order"), json!({})).await.expect(200);
        assert_eq!(mended["out_of_order"], Value::Null);
        market.book(TEN, ELEVEN).await.expect(201);
    }

    async fn what_is_back_in_order_goes_to_who_waits_for_it(server) {
        let market = server.market(json!({ "booking_rules": { "hold_minutes": 15 } })).await;
        let path = format!("/resources/{}", market.resource);
        let mut hold = market.wish(TEN, ELEVEN);
        hold["hold"] = json!(true);
        market.customer.post("/bookings", hold).await.expect(201);
        market.host.post(&format!("{path}/out-of-order"), json!({ "reason": "Broken" })).await.expect(200);
        let entry = market.customer.post("/waitlist", market.wish(TEN, ELEVEN)).await.expect(201).id();
        // The hold has run out meanwhile.
        server.advance(TimeDelta::minutes(15));
        market.host.post(&format!("{path}/back-in-order"), json!({})).await.expect(200);
        assert_eq!(market.customer.get(&format!("/waitlist/{entry}")).await.expect(200)["status"], "offered");
    }

    async fn those_whose_bookings_start_soon_are_warned(server) {
        let market = server.market(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        market.book("2026-12-09T10:00:00Z", "2026-12-09T11:00:00Z").await.expect(201);
        server.advance(TimeDelta::minutes(1));
        let path = format!("/resources/{}/out-of-order", market.resource);
        // Who says it twice tells nobody twice.
        for _ in 0..2 {
            market.host.post(&path, json!({ "reason": "The spindle is broken" })).await.expect(200);
        }
        server.tell_all().await;
        for email in [&market.customer.email, &market.host.email] {
            let mails = server.mails(email, 3).await;
            let warnings: Vec<_> = mails.iter().filter(|mail| mail.subject.starts_with("Out of order: ")).collect();
            assert_eq!(warnings.len(), 1);
            assert!(warnings[0].subject.contains("1 Dec 2026, 10:00-11:00") && warnings[0].text.contains("Reason: The spindle is broken\n"));
        }
    }

    async fn each_is_warned_by_one_mail_and_told_when_it_is_back_in_order(server) {
        let market = server.market(json!({})).await;
        let book = async |day: u32, hour: u32| {
            market.book(&format!("2026-12-0{day}T{hour}:00:00Z"), &format!("2026-12-0{day}T{}:00:00Z", hour + 1)).await.expect(201).id()
        };
        let cancelled = book(1, 10).await;
        for (day, hour) in [(1, 12), (3, 10), (5, 10)] {
            book(day, hour).await;
        }
        let told = async |email: &str, word: &str| -> Vec<String> {
            server.tell_all().await;
            server.advance(TimeDelta::minutes(1));
            let mails = server.mails(email, 4).await.into_iter();
            mails.filter(|mail| mail.subject.starts_with(word)).map(|mail| format!("{}\n{}", mail.subject, mail.text)).collect()
        };
        told(&market.host.email, "").await;
        let path = format!("/resources/{}", market.resource);
        let broken = json!({ "reason": "The spindle is broken", "until": "2026-12-04T10:00:00Z" });
        market.host.post(&format!("{path}/out-of-order"), broken).await.expect(200);
        for email in [&market.customer.email, &market.host.email] {
            let warnings = told(email, "Out of order: ").await;
            assert_eq!(warnings.len(), 1);
            for part in ["Out of order: Lathe, 3 bookings\n", "1 Dec 2026, 10:00", "1 Dec 2026, 12:00", "3 Dec 2026, 10:00", "\nReason: The spindle is broken\n", "\nIn order from: Fri 4 Dec"] {
                assert!(warnings[0].contains(part), "{part} is not in\n{}", warnings[0]);
            }
            assert!(!warnings[0].contains("5 Dec 2026"));
        }
        market.customer.post(&format!("/bookings/{cancelled}/cancel"), json!({})).await.expect(200);
        // It takes less long: who comes after it is told, and the others later.
        let sooner = json!({ "reason": "The spindle is broken", "until": "2026-12-02T10:00:00Z" });
        market.host.post(&format!("{path}/out-of-order"), sooner).await.expect(200);
        let relieved = told(&market.customer.email, "Back in order: ").await;
        assert_eq!(relieved.len(), 1);
        assert!(relieved[0].starts_with("Back in order: Lathe, Thu 3 Dec 2026, 10:00-11:00\n"), "{}", relieved[0]);
        market.host.post(&format!("{path}/back-in-order"), json!({})).await.expect(200);
        for email in [&market.customer.email, &market.host.email] {
            let relieved = told(email, "Back in order: ").await;
            assert_eq!(relieved.len(), 2);
            assert!(relieved[1].starts_with("Back in order: Lathe, Tue 1 Dec 2026, 12:00-13:00\n"), "{}", relieved[1]);
        }
    }

    async fn a_machine_is_not_to_be_had_while_the_room_that_it_takes_along_is_out_of_order(server) {
        let market = server.market(json!({})).await;
        let room = room(&market).await;
        market.book(TWELVE, "2026-12-01T13:00:00Z").await.expect(201);
        let mut hold = market.wish(ELEVEN, TWELVE);
        hold["hold"] = true.into();
        market.customer.post("/bookings", hold).await.expect(201);
        server.advance(TimeDelta::minutes(1));
        let path = format!("/resources/{room}");
        let wet = json!({ "reason": "The floor is wet", "until": "2026-12-01T14:00:00Z" });
        market.host.post(&format!("{path}/out-of-order"), wet).await.expect(200);
        let refused = market.book(TEN, ELEVEN).await.refused(422, "booking_rules_violated");
        assert_eq!(codes(&refused), ["out_of_order"]);
        let detail = "the resource also takes Room, which is out of order until 2026-12-01T14:00:00Z: The floor is wet";
        assert_eq!(refused["violations"][0]["detail"], detail);
        let machine = format!("/resources/{}", market.resource);
        let within = "from=2026-12-01T09:00:00Z&to=2026-12-01T15:00:00Z";
        let slots = market.customer.get(&format!("{machine}/slots?{within}&duration_minutes=60")).await.expect(200);
        assert_eq!(slots.items()[0]["starts_at"], "2026-12-01T14:00:00Z");
        let free = market.customer.get(&format!("{machine}/availability?{within}")).await.expect(200);
        assert_eq!(free["free"], json!([{ "starts_at": "2026-12-01T14:00:00Z", "ends_at": "2026-12-01T15:00:00Z", "quantity": 1 }]));
        let found = market.customer.get(&format!("/search/available?starts_at={TEN}&ends_at={ELEVEN}")).await.expect(200);
        assert_eq!(found.items().len(), 0);
        // Who has the machine is warned; of the hold the host has never heard.
        let warned = server.mails(&market.customer.email, 2).await.remove(1);
        assert_eq!(warned.subject, "Out of order: Lathe, 2 bookings");
        assert!(warned.text.contains("Reason: Room: The floor is wet\n"), "{}", warned.text);
        assert_eq!(told(server, &market.host.email, 2, "Out of order").await, ["Out of order: Lathe, Tue 1 Dec 2026, 12:00-13:00"]);
        market.host.post(&format!("{path}/back-in-order"), json!({})).await.expect(200);
        market.book(TEN, ELEVEN).await.expect(201);
    }

    async fn a_machine_is_not_to_be_had_while_the_room_that_it_takes_along_is_withdrawn(server) {
        let market = server.market(json!({})).await;
        let room = room(&market).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let path = format!("/resources/{room}");
        market.host.patch(&path, json!({ "status": "retired" })).await.refused(409, "resource_has_bookings");
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        for status in ["paused", "retired"] {
            market.host.patch(&path, json!({ "status": status })).await.expect(200);
            let refused = market.book(TEN, ELEVEN).await.refused(409, "resource_not_bookable");
            assert_eq!(refused.text("detail"), format!("The resource also takes Room, which is {status}."));
            let quote = json!({ "starts_at": TEN, "ends_at": ELEVEN });
            let quote = market.customer.post(&format!("/resources/{}/quote", market.resource), quote).await.expect(200);
            assert_eq!(codes(&quote), ["not_on_offer"]);
            let found = market.customer.get(&format!("/search/available?starts_at={TEN}&ends_at={ELEVEN}")).await.expect(200);
            assert_eq!(found.items().len(), 0);
            market.customer.post("/waitlist", market.wish(TEN, ELEVEN)).await.refused(409, "resource_not_bookable");
        }
    }

    async fn what_is_out_of_order_is_neither_confirmed_by_its_customer_nor_moved_to_but_by_a_manager_who_says_why(server) {
        let market = server.market(json!({})).await;
        let mut hold = market.wish(TEN, ELEVEN);
        hold["hold"] = true.into();
        let hold = market.customer.post("/bookings", hold).await.expect(201).id();
        let other = market.host.list_resource(&market.site, json!({ "name": "Other lathe" })).await;
        let mut wish = market.wish(ELEVEN, TWELVE);
        wish["resource_id"] = other.into();
        let booking = market.customer.post("/bookings", wish).await.expect(201).id();
        server.advance(TimeDelta::minutes(1));
        let path = format!("/resources/{}/out-of-order", market.resource);
        market.host.post(&path, json!({ "reason": "Broken" })).await.expect(200);
        let refused = market.customer.post(&format!("/bookings/{hold}/confirm"), json!({})).await.refused(422, "booking_rules_violated");
        assert_eq!(codes(&refused), ["out_of_order"]);
        let path = format!("/bookings/{booking}/reschedule");
        let mut there = json!({ "resource_id": market.resource });
        market.host.post(&path, there.clone()).await.refused(422, "booking_rules_violated");
        there["override_reason"] = "Mended by then".into();
        let by_customer = market.customer.post(&path, there.clone()).await;
        by_customer.refused_fields(&[("/override_reason", "not_permitted")]);
        server.advance(TimeDelta::minutes(1));
        market.host.post(&path, there).await.expect(200);
        // Whoever it was moved for hears what they have now.
        server.advance(TimeDelta::minutes(10));
        server.run_jobs().await;
        server.advance(TimeDelta::minutes(10));
        server.run_jobs().await;
        let warned = told(server, &market.customer.email, 4, "Out of order").await;
        assert_eq!(warned, ["Out of order: Lathe, Tue 1 Dec 2026, 10:00-11:00", "Out of order: Lathe, Tue 1 Dec 2026, 11:00-12:00"]);
    }

    async fn those_whose_bookings_come_near_while_nobody_knows_how_long_it_takes_are_warned_once(server) {
        let market = server.market(json!({})).await;
        market.book("2026-12-09T10:00:00Z", "2026-12-09T11:00:00Z").await.expect(201);
        let path = format!("/resources/{}", market.resource);
        market.host.post(&format!("{path}/out-of-order"), json!({ "reason": "Broken" })).await.expect(200);
        server.run_jobs().await;
        assert_eq!(server.mails(&market.customer.email, 1).await.len(), 1);
        for hours in [49, 1] {
            server.advance(TimeDelta::hours(hours));
            server.run_jobs().await;
        }
        let warned = told(server, &market.customer.email, 2, "").await;
        assert_eq!(warned[1..], ["Out of order: Lathe, Wed 9 Dec 2026, 10:00-11:00"]);
        market.host.post(&format!("{path}/back-in-order"), json!({})).await.expect(200);
        assert_eq!(told(server, &market.customer.email, 3, "Back in order").await.len(), 1);
    }

    async fn nobody_has_to_keep_what_is_out_of_order_then(server) {
        let market = server.market(json!({ "booking_rules": { "change_cutoff_minutes": 20160 } })).await;
        let booked = market.book(TEN, ELEVEN).await.expect(201);
        let grace = server.now() + TimeDelta::minutes(15);
        assert_eq!(booked["changeable_until"], json!(grace));
        assert_eq!(booked["booking_rules_id"].as_str().unwrap().len(), 36);
        let told = server.mails(&market.customer.email, 1).await.remove(0).text;
        let until = grace.to_chrono().format("cancel the booking (until Mon %-d Nov 2026, %H:%M").to_string();
        assert!(told.contains(&until), "{told}");
        let booking = format!("/bookings/{}", booked.id());
        server.advance(TimeDelta::minutes(16));
        market.customer.post(&format!("{booking}/cancel"), json!({})).await.refused(422, "booking_rules_violated");
        let path = format!("/resources/{}/out-of-order", market.resource);
        market.host.post(&path, json!({ "reason": "Broken" })).await.expect(200);
        market.customer.post(&format!("{booking}/cancel"), json!({})).await.expect(200);
    }
}
