//! Booking, and what can happen to a booking.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

on_both_databases! {
    async fn a_slot_that_is_booked_is_confirmed_at_its_price(server) {
        let market = server.market(json!({})).await;
        let booked = market.book(TEN, TWELVE).await.expect(201);
        assert_eq!(booked["status"], "confirmed");
        assert_eq!(booked["price"], json!({ "amount": 2400, "currency": "GBP" }));
        assert_eq!(booked["starts_at"], TEN);
        assert_eq!(booked["organization_name"], "Newcomer");
        assert_eq!(booked.header("location"), format!("/api/v1/bookings/{}", booked.id()));
        for party in [&market.customer, &market.host] {
            assert_eq!(party.get(&format!("/bookings/{}", booked.id())).await.expect(200).body, booked.body);
            assert_eq!(party.get("/bookings").await.expect(200).items(), std::slice::from_ref(&booked.body));
        }
    }

    async fn an_offset_in_a_request_names_the_same_instant(server) {
        let market = server.market(json!({})).await;
        let booked = market.book("2026-12-01T11:00:00+01:00", "2026-12-01T13:00:00+02:00").await.expect(201);
        assert_eq!((&booked["starts_at"], &booked["ends_at"]), (&json!(TEN), &json!(ELEVEN)));
        let answer = market.book("2026-12-01T11:00:00", TWELVE).await;
        answer.refused_fields(&[("/starts_at", "invalid")]);
    }

    async fn a_slot_that_is_taken_is_refused_with_its_times_and_not_with_its_holder(server) {
        let market = server.market(json!({})).await;
        market.book(TEN, TWELVE).await.expect(201);
        let refused = market.book("2026-12-01T11:30:00Z", "2026-12-01T12:30:00Z").await.refused(409, "slot_unavailable");
        assert_eq!(refused["conflicts"], json!([{ "starts_at": "2026-12-01T11:30:00Z", "ends_at": TWELVE, "available_quantity": 0 }]));
        assert!(!refused.text.contains(&market.customer_organization), "{refused:?}");
        assert!(refused["detail"].as_str().unwrap().contains("`alternatives` lists"), "{refused:?}");
    }

    async fn a_refusal_says_how_much_is_free_and_not_who_has_the_rest(server) {
        let market = server.market(json!({ "kind": "floor_space", "capacity": { "quantity": 40, "unit": "m2" } })).await;
        let book = async |from: &str, to: &str, quantity: i32| {
            let mut wish = market.wish(from, to);
            wish["quantity"] = json!(quantity);
            market.customer.post("/bookings", wish).await
        };
        book(TEN, TWELVE, 15).await.expect(201);
        book(ELEVEN, TWELVE, 10).await.expect(201);
        let refused = book(TEN, "2026-12-01T13:00:00Z", 20).await.refused(409, "slot_unavailable");
        let conflict = json!({ "starts_at": ELEVEN, "ends_at": TWELVE, "available_quantity": 15 });
        assert_eq!(refused["conflicts"], json!([conflict]));
        let refused = book(TEN, "2026-12-01T13:00:00Z", 26).await.refused(409, "slot_unavailable");
        let conflict = json!({ "starts_at": TEN, "ends_at": TWELVE, "available_quantity": 15 });
        assert_eq!(refused["conflicts"], json!([conflict]));
        assert!(!refused.text.contains(&market.customer_organization), "{refused:?}");
    }

    async fn bookings_may_touch_each_other(server) {
        let market = server.market(json!({})).await;
        market.book(ELEVEN, TWELVE).await.expect(201);
        market.book(TEN, ELEVEN).await.expect(201);
    }

    async fn buffers_keep_bookings_apart(server) {
        let market = server.market(json!({ "booking_rules": { "buffer_before_minutes": 15, "buffer_after_minutes": 30 } })).await;
        market.book(TEN, ELEVEN).await.expect(201);
        market.book("2026-12-01T11:30:00Z", TWELVE).await.refused(409, "slot_unavailable");
        market.book("2026-12-01T11:45:00Z", TWELVE).await.expect(201);
        market.book("2026-12-01T09:00:00Z", "2026-12-01T09:30:00Z").await.refused(409, "slot_unavailable");
        market.book("2026-12-01T09:00:00Z", "2026-12-01T09:15:00Z").await.expect(201);
    }

    async fn quantities_share_a_resource_up_to_its_capacity(server) {
        let market = server.market(json!({ "capacity": { "quantity": 5, "unit": "pallet" } })).await;
        let book = async |quantity: i32| {
            let mut wish = market.wish(TEN, ELEVEN);
            wish["quantity"] = json!(quantity);
            market.customer.post("/bookings", wish).await
        };
        assert_eq!(book(3).await.expect(201)["price"]["amount"], 3600);
        book(3).await.refused(409, "slot_unavailable");
        book(2).await.expect(201);
        book(1).await.refused(409, "slot_unavailable");
        let violations = book(6).await.refused(422, "booking_rules_violated");
        assert_eq!(violations["violations"][0]["code"], "quantity_exceeds_capacity");
        book(0).await.refused_fields(&[("/quantity", "out_of_range")]);
    }

    async fn all_the_rules_that_are_broken_are_said_at_once(server) {
        let rules = json!({ "grid_minutes": 60, "min_minutes": 60, "horizon_days": 7 });
        let market = server.market(json!({ "booking_rules": rules })).await;
        let refused = market.book("2027-01-01T10:10:00Z", "2027-01-01T10:20:00Z").await.refused(422, "booking_rules_violated");
        let mut codes: Vec<_> = refused["violations"].as_array().unwrap().iter().map(|v| v["code"].as_str().unwrap()).collect();
        codes.sort_unstable();
        assert_eq!(codes, ["off_grid", "too_far", "too_short"]);
        assert!(refused["violations"].as_array().unwrap().iter().all(|violation| violation["overridable"] == true));
    }

    async fn the_past_cannot_be_booked(server) {
        let market = server.market(json!({})).await;
        let refused = market.book("2026-11-30T08:00:00Z", "2026-11-30T10:00:00Z").await.refused(422, "booking_rules_violated");
        assert_eq!(refused["violations"][0]["code"], "too_soon");
        assert_eq!(refused["violations"][0]["overridable"], false);
    }

    async fn a_booking_that_ends_before_it_starts_is_refused(server) {
        let market = server.market(json!({})).await;
        market.book(ELEVEN, TEN).await.refused_fields(&[("/ends_at", "invalid")]);
        market.book(TEN, TEN).await.refused_fields(&[("/ends_at", "invalid")]);
    }

    async fn a_quota_counts_the_bookings_of_one_organization_that_are_not_over(server) {
        let market = server.market(json!({ "booking_rules": { "max_active_per_organization": 1 } })).await;
        let first = market.book(TEN, ELEVEN).await.expect(201);
        let refused = market.book(ELEVEN, TWELVE).await.refused(422, "booking_rules_violated");
        assert_eq!(refused["violations"][0]["code"], "too_many_active");
        let other = market.customer.found("Second venture").await;
        let mut wish = market.wish(ELEVEN, TWELVE);
        wish["organization_id"] = json!(other);
        market.customer.post("/bookings", wish).await.expect(201);
        market.customer.post(&format!("/bookings/{}/cancel", first.id()), json!({})).await.expect(200);
        market.book(TEN, ELEVEN).await.expect(201);
    }

    async fn cancelling_frees_the_slot_at_once_and_only_once(server) {
        let market = server.market(json!({})).await;
        let cancel = format!("/bookings/{}/cancel", market.book(TEN, ELEVEN).await.expect(201).id());
        let cancelled = market.customer.post(&cancel, json!({ "reason": "No steel" })).await.expect(200);
        assert_eq!((&cancelled["status"], &cancelled["reason"]), (&json!("cancelled"), &json!("No steel")));
        market.customer.post(&cancel, json!({})).await.refused(409, "invalid_transition");
        market.book(TEN, ELEVEN).await.expect(201);
    }

    async fn the_host_may_cancel_and_a_stranger_does_not_even_see_it(server) {
        let market = server.market(json!({})).await;
        let path = format!("/bookings/{}", market.book(TEN, ELEVEN).await.expect(201).id());
        let stranger = server.user("Stella").await;
        stranger.get(&path).await.refused(404, "not_found");
        stranger.post(&format!("{path}/cancel"), json!({})).await.refused(404, "not_found");
        assert!(stranger.get("/bookings").await.expect(200).items().is_empty());
        market.host.post(&format!("{path}/cancel"), json!({})).await.expect(200);
    }

    async fn a_booking_that_is_over_cannot_be_cancelled(server) {
        let market = server.market(json!({})).await;
        let path = format!("/bookings/{}/cancel", market.book(TEN, ELEVEN).await.expect(201).id());
        server.advance(TimeDelta::days(3));
        market.customer.post(&path, json!({})).await.refused(409, "invalid_transition");
    }

    async fn a_request_holds_its_slot_until_the_host_answers(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let first = market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!(first["status"], "requested");
        market.book(TEN, ELEVEN).await.refused(409, "slot_unavailable");
        let path = |verb: &str| format!("/bookings/{}/{verb}", first.id());
        market.customer.post(&path("approve"), json!({})).await.refused(403, "forbidden");
        market.host.post(&path("approve"), json!({})).await.expect(200);
        market.host.post(&path("decline"), json!({})).await.refused(409, "invalid_transition");
        let second = market.book(ELEVEN, TWELVE).await.expect(201);
        let declined = market.host.post(&format!("/bookings/{}/decline", second.id()), json!({ "reason": "Closed" })).await.expect(200);
        assert_eq!((&declined["status"], &declined["reason"]), (&json!("declined"), &json!("Closed")));
        market.book(ELEVEN, TWELVE).await.expect(201);
    }

    async fn what_was_agreed_stays_agreed(server) {
        let market = server.market(json!({})).await;
        let booked = market.book(TEN, ELEVEN).await.expect(201);
        let dearer = json!({ "tariff": { "rate": 5000 }, "booking_rules": { "min_minutes": 120 } });
        market.host.patch(&format!("/resources/{}", market.resource), dearer).await.expect(200);
        let seen = market.customer.get(&format!("/bookings/{}", booked.id())).await.expect(200);
        assert_eq!(seen["price"]["amount"], 1200);
        market.book(ELEVEN, TWELVE).await.refused(422, "booking_rules_violated");
    }

    async fn a_quote_prices_a_slot_and_names_what_stands_in_its_way(server) {
        let tariff = json!({ "currency": "GBP", "rate": 1200, "per": "hour", "minimum_charge": 2000 });
        let market = server.market(json!({ "tariff": tariff, "booking_rules": { "min_minutes": 60 } })).await;
        let path = format!("/resources/{}/quote", market.resource);
        let slot = json!({ "starts_at": TEN, "ends_at": "2026-12-01T10:30:00Z" });
        let quote = server.anonymous().post(&path, slot).await.expect(200);
        assert_eq!(quote["total"], json!({ "amount": 2000, "currency": "GBP" }));
        assert_eq!(quote["lines"].as_array().unwrap().len(), 2);
        assert_eq!(quote["violations"][0]["code"], "too_short");
        assert_eq!(quote["expires_at"], "2026-11-30T09:15:00Z");
    }

    async fn a_repetition_with_the_same_key_books_once(server) {
        let market = server.market(json!({})).await;
        let customer = market.customer.with("idempotency-key", "\"job-1\"");
        let first = customer.post("/bookings", market.wish(TEN, ELEVEN)).await.expect(201);
        let again = customer.post("/bookings", market.wish(TEN, ELEVEN)).await.expect(201);
        assert_eq!((again.text.as_str(), again.header("location")), (first.text.as_str(), first.header("location")));
        customer.post("/bookings", market.wish(ELEVEN, TWELVE)).await.refused(422, "idempotency_key_reused");
        assert_eq!(market.customer.get("/bookings").await.expect(200).items().len(), 1);
    }

    async fn lists_can_be_narrowed_and_paged(server) {
        let market = server.market(json!({})).await;
        let mut ids = Vec::new();
        for hour in 10..15 {
            let (from, to) = (format!("2026-12-01T{hour}:00:00Z"), format!("2026-12-01T{}:00:00Z", hour + 1));
            ids.push(market.book(&from, &to).await.expect(201).id());
        }
        let list = async |query: &str| {
            let page = market.customer.get(&format!("/bookings?{query}")).await.expect(200);
            page.items().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(list(&format!("from={ELEVEN}&to=2026-12-01T13:00:00Z")).await, ids[1..3]);
        assert!(list("status=cancelled").await.is_empty());
        assert_eq!(list(&format!("resource_id={}&organization_id={}", market.resource, market.customer_organization)).await, ids);
        let first = market.customer.get("/bookings?limit=2").await.expect(200);
        let next = first.text("next_cursor");
        assert!(first.header("link").contains(&format!("cursor={next}")), "{first:?}");
        assert_eq!(list(&format!("limit=3&cursor={next}")).await, ids[2..5]);
        market.host.get(&format!("/bookings?organization_id={}", market.customer_organization)).await.refused(403, "forbidden");
    }

    async fn only_members_of_the_organization_book_in_its_name(server) {
        let market = server.market(json!({})).await;
        let stranger = server.user("Stella").await;
        stranger.post("/bookings", market.wish(TEN, ELEVEN)).await.refused(403, "forbidden");
        server.anonymous().post("/bookings", market.wish(TEN, ELEVEN)).await.refused(401, "not_signed_in");
    }

    async fn what_is_not_on_offer_cannot_be_booked(server) {
        let market = server.market(json!({ "status": "draft" })).await;
        market.book(TEN, ELEVEN).await.refused(404, "not_found");
        let path = format!("/resources/{}", market.resource);
        market.host.patch(&path, json!({ "status": "listed" })).await.expect(200);
        market.host.patch(&path, json!({ "status": "paused" })).await.expect(200);
        market.book(TEN, ELEVEN).await.refused(409, "resource_not_bookable");
    }

    async fn a_list_of_a_state_has_exactly_the_bookings_that_show_it(server) {
        let rules = json!({ "hold_minutes": 120, "no_show_minutes": 30, "buffer_after_minutes": 15 });
        let market = server.market(json!({ "capacity": { "quantity": 100, "unit": "unit" }, "booking_rules": rules })).await;
        let asked = json!({ "name": "Mill", "capacity": { "quantity": 9, "unit": "unit" }, "booking_rules": { "requires_approval": true } });
        let asked = market.host.list_resource(&market.site, asked).await;
        // As soon as it can be, one is brought into each state.
        let soon = ("2026-11-30T10:00:00Z", "2026-11-30T12:00:00Z");
        let mut wishes = Vec::new();
        for verb in ["confirm", "", "cancel", "check-in", "check-out"] {
            let mut wish = market.wish(soon.0, soon.1);
            wish["hold"] = json!(verb.is_empty() || verb == "confirm");
            wishes.push((wish, verb));
        }
        for verb in ["approve", "decline", ""] {
            let mut wish = market.wish(soon.0, soon.1);
            wish["resource_id"] = json!(asked);
            wishes.push((wish, verb));
        }
        server.advance(TimeDelta::minutes(46));
        for (wish, verb) in wishes {
            let booking = market.customer.post("/bookings", wish).await.expect(201).id();
            let verbs: &[&str] = match verb {
                "" => &[],
                "check-out" => &["check-in", "check-out"],
                _ => &[verb],
            };
            for verb in verbs {
                market.host.post(&format!("/bookings/{booking}/{verb}"), json!({})).await.expect(200);
            }
        }
        let list = async |query: &str| -> Vec<(Value, Value)> {
            let page = market.host.get(&format!("/bookings?limit=200{query}")).await.expect(200);
            page.items().iter().map(|booking| (booking["id"].clone(), booking["status"].clone())).collect()
        };
        let mut shown = std::collections::BTreeSet::new();
        for minutes in [0, 14, 44, 60, 75, 90, 720] {
            server.advance(TimeDelta::minutes(minutes));
            let all = list("").await;
            assert_eq!(all.len(), 8);
            for state in ["held", "requested", "confirmed", "in_use", "completed", "no_show", "cancelled", "declined", "expired"] {
                let expected: Vec<_> = all.iter().filter(|(_, shown)| shown == state).cloned().collect();
                shown.extend((!expected.is_empty()).then_some(state));
                let mut found = list(&format!("&status={state}")).await;
                found.sort_by_key(|(id, _)| all.iter().position(|(other, _)| other == id));
                assert_eq!(found, expected, "{state} after {minutes} more minutes");
            }
        }
        assert_eq!(shown.len(), 9, "{shown:?}");
    }

    async fn a_manager_looks_for_what_is_booked_with_their_organization(server) {
        let market = server.market(json!({})).await;
        let with_us = market.book(TEN, ELEVEN).await.expect(201).id();
        let elsewhere = server.user("Olga").await;
        let other_host = elsewhere.found("Elsewhere").await;
        let mill = elsewhere.list_resource(&elsewhere.open_site(&other_host, json!({})).await, json!({})).await;
        let wish = json!({ "organization_id": market.host_organization, "resource_id": mill, "starts_at": TEN, "ends_at": ELEVEN });
        let by_us = market.host.post("/bookings", wish).await.expect(201).id();
        let found = async |host: &str| {
            let path = format!("/bookings?organization_id={}&host_organization_id={host}", market.host_organization);
            market.host.get(&path).await.expect(200).items().iter().map(|item| item["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(found(&market.host_organization).await, [json!(with_us)]);
        assert_eq!(found(&other_host).await, [json!(by_us)]);
        let strange = format!("/bookings?host_organization_id={other_host}");
        assert!(market.customer.get(&strange).await.expect(200).items().is_empty());
    }

    async fn what_ends_after_the_last_instant_that_can_be_written_is_too_far_for_everybody(server) {
        let market = server.market(json!({ "booking_rules": { "buffer_after_minutes": 10_080 } })).await;
        let mut wish = market.wish("2199-12-31T10:00:00Z", "2199-12-31T12:00:00Z");
        wish["organization_id"] = json!(market.host_organization);
        wish["override_reason"] = json!("A test");
        let is_final = |violations: &Value| {
            let far = json!("too_far");
            violations.as_array().unwrap().iter().any(|one| one["code"] == far && one["overridable"] == false)
        };
        let refused = market.host.post("/bookings", wish.clone()).await.refused(422, "booking_rules_violated");
        assert!(is_final(&refused["violations"]), "{refused:?}");
        let booked = market.book(TEN, ELEVEN).await.expect(201).id();
        let there = json!({ "starts_at": "2199-12-31T10:00:00Z", "override_reason": "A test" });
        let refused = market.host.post(&format!("/bookings/{booked}/reschedule"), there).await.refused(422, "booking_rules_violated");
        assert!(is_final(&refused["violations"]), "{refused:?}");
        wish["rule"] = json!("FREQ=DAILY;COUNT=2");
        wish.as_object_mut().unwrap().remove("override_reason");
        let preview = market.host.post("/series/preview", wish).await.expect(200);
        assert!(preview["occurrences"].as_array().unwrap().iter().all(|one| is_final(&one["violations"])), "{preview:?}");
        let repeated = json!({
            "starts_at": "2199-12-30T10:00:00Z", "ends_at": "2199-12-30T12:00:00Z", "repeat": { "rule": "FREQ=DAILY;COUNT=4" },
        });
        let blocks = format!("/resources/{}/blocks", market.resource);
        market.host.post(&blocks, repeated).await.refused_fields(&[("/repeat/rule", "out_of_range")]);
    }

    async fn no_slot_is_longer_than_any_rules_allow_whoever_asks_for_it(server) {
        let market = server.market(json!({})).await;
        let moved = format!("/bookings/{}/reschedule", market.book(TEN, ELEVEN).await.expect(201).id());
        let of_resource = |noun: &str| format!("/resources/{}/{noun}", market.resource);
        let priced = of_resource("quote");
        let (longest, longer, endless) = ("2027-12-02T10:00:00Z", "2027-12-02T10:01:00Z", "2196-12-01T10:00:00Z");
        for end in [longer, endless] {
            let slot = json!({ "starts_at": TEN, "ends_at": end });
            let wish = market.wish(TEN, end);
            let mut member = slot.clone();
            member["resource_id"] = json!(market.resource);
            let group = json!({ "organization_id": market.customer_organization, "bookings": [member] });
            let with = |name: &str, value: Value| {
                let mut wish = wish.clone();
                wish[name] = value;
                wish
            };
            let daily = with("rule", json!("FREQ=DAILY;COUNT=200"));
            for (path, body, pointer) in [
                ("/bookings", wish.clone(), "/ends_at"),
                ("/series", daily.clone(), "/ends_at"),
                ("/series/preview", daily, "/ends_at"),
                ("/booking-groups", group, "/bookings/0/ends_at"),
                ("/waitlist", with("duration_minutes", json!(60)), "/ends_at"),
                (priced.as_str(), slot.clone(), "/ends_at"),
                (moved.as_str(), json!({ "ends_at": end }), "/ends_at"),
            ] {
                market.customer.post(path, body).await.refused_fields(&[(pointer, "out_of_range")]);
            }
            let mut own = with("override_reason", json!("A test"));
            own["organization_id"] = json!(market.host_organization);
            market.host.post("/bookings", own).await.refused_fields(&[("/ends_at", "out_of_range")]);
            market.host.post(&of_resource("blocks"), slot).await.refused_fields(&[("/ends_at", "out_of_range")]);
        }
        let window = format!("from={TEN}&to={endless}");
        for path in [of_resource("availability"), of_resource("slots"), "/search/available".to_owned()] {
            let length = if path.ends_with("availability") { "" } else { "&duration_minutes=60" };
            server.anonymous().get(&format!("{path}?{window}{length}")).await.refused_fields(&[("to", "out_of_range")]);
        }
        let search = format!("/search/available?starts_at={TEN}&ends_at={endless}");
        server.anonymous().get(&search).await.refused_fields(&[("ends_at", "out_of_range")]);

        // What is not longer is for the rules to judge, all of them.
        let wrong = json!({ "starts_at": "2026-12-01T10:07:00Z", "ends_at": longest, "quantity": 2 });
        let quote = market.customer.post(&priced, wrong).await.expect(200);
        let codes: Vec<_> = quote["violations"].as_array().unwrap().iter().map(|violation| violation["code"].clone()).collect();
        assert_eq!(codes, ["off_grid", "too_long", "quantity_exceeds_capacity"]);
        let mut own = market.wish(ELEVEN, longest);
        own["organization_id"] = json!(market.host_organization);
        own["override_reason"] = json!("Our own year");
        market.host.post("/bookings", own).await.expect(201);
    }

    async fn an_object_is_not_read_from_a_list_of_its_fields(server) {
        let market = server.market(json!({})).await;
        let wish = json!([market.customer_organization, market.resource, TEN, ELEVEN, 1, null, "", false, null, []]);
        market.customer.post("/bookings", wish).await.refused_fields(&[("", "wrong_type")]);
        let booked = market.book(TEN, ELEVEN).await.expect(201).id();
        market.customer.post(&format!("/bookings/{booked}/cancel"), json!(["because"])).await.refused_fields(&[("", "wrong_type")]);
        let mut wish = market.wish(TEN, ELEVEN);
        wish["accepted_terms"] = json!([["019acb2e-5d00-7a31-8c55-0a4b1f6f2f10", 1]]);
        market.customer.post("/bookings", wish).await.refused_fields(&[("/accepted_terms/0", "wrong_type")]);
    }
}
