//! Bookings that are still in use when the next one starts.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::waitlist::{ELEVEN, Rival, TEN, TWELVE, WAITING};
use crate::support::client::Answer;
use crate::support::people::{Market, User};
use crate::support::server::{Server, on_both_databases};

const QUARTER_TO_TWELVE: &str = "2026-12-01T11:45:00Z";
const QUARTER_PAST_TWELVE: &str = "2026-12-01T12:15:00Z";
const HALF_PAST_TWELVE: &str = "2026-12-01T12:30:00Z";
const ONE: &str = "2026-12-01T13:00:00Z";

/// From when the tests begin until ten on the day of the bookings.
const UNTIL_TEN: TimeDelta = TimeDelta::hours(25);

async fn check_in(user: &User, booking: &str, body: Value) -> Answer {
    user.post(&format!("/bookings/{booking}/check-in"), body).await
}

/// The codes of the rules that a refused request violates.
fn codes(refused: &Answer) -> Vec<&str> {
    refused["violations"].as_array().unwrap().iter().map(|violation| violation["code"].as_str().unwrap()).collect()
}

/// Two of three machines whose user has not checked out at half past eleven, and should have at eleven.
async fn overrunning(server: &Server, rules: Value) -> (Market, String) {
    let market = server.market(json!({ "capacity": { "quantity": 3, "unit": "unit" }, "booking_rules": rules })).await;
    let mut wish = market.wish(TEN, ELEVEN);
    wish["quantity"] = json!(2);
    let booked = market.customer.post("/bookings", wish).await.expect(201).id();
    server.advance(UNTIL_TEN);
    check_in(&market.customer, &booked, json!({})).await.expect(200);
    server.advance(TimeDelta::minutes(90));
    (market, booked)
}

on_both_databases! {
    async fn nobody_checks_in_where_somebody_else_is_still_there(server) {
        let market = server.market(json!({})).await;
        let rival = Rival::new(server, "Nina").await;
        let first = market.book(TEN, ELEVEN).await.expect(201).id();
        let next = rival.user.post("/bookings", rival.wish(&market, (ELEVEN, TWELVE))).await.expect(201).id();
        server.advance(UNTIL_TEN);
        check_in(&market.customer, &first, json!({})).await.expect(200);
        // Before the end of the first and after it.
        for minutes in [50, 20] {
            server.advance(TimeDelta::minutes(minutes));
            let refused = check_in(&rival.user, &next, json!({})).await.refused(422, "booking_rules_violated");
            assert_eq!(codes(&refused), ["still_in_use"]);
            assert!(!refused.text.contains(&first) && refused["violations"][0]["overridable"] == true, "{refused:?}");
        }
        let reason = json!({ "override_reason": "They share the machine." });
        check_in(&rival.user, &next, reason.clone()).await.refused_fields(&[("/override_reason", "not_permitted")]);
        let refused = check_in(&market.host, &next, json!({})).await.refused(422, "booking_rules_violated");
        assert_eq!(refused["violations"][0]["booking_ids"], json!([first]));
        assert_eq!(check_in(&market.host, &next, reason).await.expect(200)["status"], "in_use");
        let history = rival.user.get(&format!("/bookings/{next}/history")).await.expect(200);
        assert!(history.text.contains("still_in_use") && !history.text.contains(&first), "{history:?}");
    }

    async fn who_waits_for_the_check_out_of_another_checks_in_then(server) {
        let market = server.market(json!({})).await;
        let first = market.book(TEN, ELEVEN).await.expect(201).id();
        let next = market.book(ELEVEN, TWELVE).await.expect(201).id();
        server.advance(UNTIL_TEN);
        check_in(&market.customer, &first, json!({})).await.expect(200);
        server.advance(TimeDelta::minutes(61));
        check_in(&market.customer, &next, json!({})).await.refused(422, "booking_rules_violated");
        market.customer.post(&format!("/bookings/{first}/check-out"), json!({})).await.expect(200);
        check_in(&market.customer, &next, json!({})).await.expect(200);
    }

    async fn of_two_who_check_in_at_once_one_is_first(server) {
        let market = server.market(json!({})).await;
        let mut machines = Vec::new();
        for machine in 0..4 {
            let resource = market.host.list_resource(&market.site, json!({ "name": format!("Lathe {machine}") })).await;
            let book = async |from: &str, to: &str| {
                let mut wish = market.wish(from, to);
                wish["resource_id"] = json!(resource);
                market.customer.post("/bookings", wish).await.expect(201).id()
            };
            machines.push([book(TEN, ELEVEN).await, book(ELEVEN, TWELVE).await]);
        }
        server.advance(UNTIL_TEN + TimeDelta::minutes(45));
        for [first, second] in &machines {
            let (one, two) =
                tokio::join!(check_in(&market.customer, first, json!({})), check_in(&market.customer, second, json!({})));
            let mut statuses = [one.status, two.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 422]);
        }
    }

    async fn whoever_uses_a_machine_uses_the_room_that_it_takes(server) {
        let market = server.market(json!({})).await;
        let room = market.host.list_resource(&market.site, json!({ "name": "Room", "kind": "floor_space" })).await;
        let link = json!({ "other_id": room, "kind": "takes" });
        market.host.post(&format!("/resources/{}/links", market.resource), link).await.expect(201);
        let first = market.book(TEN, ELEVEN).await.expect(201).id();
        let mut wish = market.wish(ELEVEN, TWELVE);
        wish["resource_id"] = json!(room);
        let next = market.customer.post("/bookings", wish.clone()).await.expect(201).id();
        server.advance(UNTIL_TEN);
        check_in(&market.customer, &first, json!({})).await.expect(200);
        server.advance(TimeDelta::minutes(61));
        assert_eq!(codes(&check_in(&market.customer, &next, json!({})).await.refused(422, "booking_rules_violated")), ["still_in_use"]);
        market.customer.post(&format!("/bookings/{next}/cancel"), json!({})).await.refused(422, "booking_rules_violated");
        (wish["starts_at"], wish["ends_at"]) = (json!(TWELVE), json!(ONE));
        let refused = market.customer.post("/bookings", wish.clone()).await.refused(422, "booking_rules_violated");
        assert_eq!(codes(&refused), ["still_in_use"]);
        market.customer.post(&format!("/bookings/{first}/check-out"), json!({})).await.expect(200);
        market.customer.post("/bookings", wish).await.expect(201);
    }

    async fn what_overruns_is_sold_to_nobody_for_a_while(server) {
        let (market, overrunning) = overrunning(server, json!({ "offer_minutes": 1 })).await;
        let wish = |quantity: i32, from: &str, to: &str| {
            let mut wish = market.wish(from, to);
            wish["quantity"] = json!(quantity);
            wish
        };
        let refused = market.customer.post("/bookings", wish(2, QUARTER_TO_TWELVE, QUARTER_PAST_TWELVE)).await;
        let refused = refused.refused(422, "booking_rules_violated");
        assert_eq!((codes(&refused), &refused["violations"][0]["overridable"]), (vec!["still_in_use"], &json!(true)));
        assert!(!refused.text.contains(&overrunning), "{refused:?}");
        // Slots, quotes and searches say the same.
        let slots = async |quantity: i32| {
            let path = format!("/resources/{}/slots?from={QUARTER_TO_TWELVE}&to={ONE}&quantity={quantity}", market.resource);
            market.customer.get(&path).await.expect(200).items()[0]["starts_at"].clone()
        };
        assert_eq!([slots(1).await, slots(2).await], [QUARTER_TO_TWELVE, HALF_PAST_TWELVE]);
        let quote = async |quantity: i32| {
            let slot = json!({ "starts_at": QUARTER_TO_TWELVE, "ends_at": QUARTER_PAST_TWELVE, "quantity": quantity });
            market.customer.post(&format!("/resources/{}/quote", market.resource), slot).await.expect(200)["violations"].clone()
        };
        assert_eq!((quote(1).await, &quote(2).await[0]["code"]), (json!([]), &json!("still_in_use")));
        let found = async |quantity: i32| {
            let times = format!("starts_at={QUARTER_TO_TWELVE}&ends_at={QUARTER_PAST_TWELVE}");
            market.customer.get(&format!("/search/available?{times}&quantity={quantity}")).await.expect(200).items().len()
        };
        assert_eq!([found(1).await, found(2).await], [1, 0]);
        // No offer is made, and no booking moves there.
        let rival = Rival::new(server, "Flo").await;
        let mut waits = rival.wish(&market, (QUARTER_TO_TWELVE, QUARTER_PAST_TWELVE));
        waits["quantity"] = json!(2);
        let entry = rival.user.post("/waitlist", waits).await.expect(201).id();
        server.run_jobs().await;
        assert_eq!(rival.entry(&entry).await["status"], WAITING);
        let later = market.customer.post("/bookings", wish(2, HALF_PAST_TWELVE, ONE)).await.expect(201).id();
        let there = json!({ "starts_at": QUARTER_TO_TWELVE });
        let refused = market.customer.post(&format!("/bookings/{later}/reschedule"), there).await.refused(422, "booking_rules_violated");
        assert_eq!(codes(&refused), ["still_in_use"]);
        // Somebody who needs one machine gets it, and the host can override.
        market.customer.post("/bookings", wish(1, HALF_PAST_TWELVE, ONE)).await.expect(201);
        let mut own = wish(2, "2026-12-01T11:30:00Z", QUARTER_TO_TWELVE);
        own["organization_id"] = json!(market.host_organization);
        let refused = market.host.post("/bookings", own.clone()).await.refused(422, "booking_rules_violated");
        assert_eq!(codes(&refused), ["still_in_use"]);
        own["override_reason"] = json!("They are just packing up.");
        market.host.post("/bookings", own).await.expect(201);
        // The check-out frees it for the first in the queue.
        market.customer.post(&format!("/bookings/{overrunning}/check-out"), json!({})).await.expect(200);
        rival.offer(&entry).await;
    }

    async fn a_customer_can_wait_for_what_overruns_while_rules_forbid_all_that_is_free(server) {
        let (market, overrunning) = overrunning(server, json!({ "operator_can_run_several": false, "offer_minutes": 1 })).await;
        let mill = market.host.list_resource(&market.site, json!({ "name": "Mill" })).await;
        let mut wish = market.wish(HALF_PAST_TWELVE, "2026-12-01T15:00:00Z");
        wish["resource_id"] = json!(mill);
        market.customer.post("/bookings", wish).await.expect(201);
        // From half past twelve on two lathes are free, but their operator is busy.
        let mut waits = market.wish(QUARTER_TO_TWELVE, "2026-12-01T14:00:00Z");
        (waits["quantity"], waits["duration_minutes"]) = (json!(2), json!(30));
        let entry = market.customer.post("/waitlist", waits).await.expect(201).id();
        market.customer.post(&format!("/bookings/{overrunning}/check-out"), json!({})).await.expect(200);
        assert_eq!(market.customer.get(&format!("/waitlist/{entry}")).await.expect(200)["status"], "offered");
    }

    async fn a_slot_that_is_taken_anyway_is_refused_as_taken_while_something_overruns(server) {
        let (market, _) = overrunning(server, json!({})).await;
        let mut wish = market.wish(QUARTER_TO_TWELVE, QUARTER_PAST_TWELVE);
        market.customer.post("/bookings", wish.clone()).await.expect(201);
        wish["quantity"] = json!(3);
        market.customer.post("/bookings", wish).await.refused(409, "slot_unavailable");
    }

    async fn a_host_can_sell_at_once_what_overruns(server) {
        let (market, _) = overrunning(server, json!({ "overrun_guard_minutes": 0 })).await;
        let mut wish = market.wish(QUARTER_TO_TWELVE, QUARTER_PAST_TWELVE);
        wish["quantity"] = json!(3);
        market.customer.post("/bookings", wish).await.expect(201);
    }
}
