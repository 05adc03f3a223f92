//! Booking several resources together, all or nothing.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::{Market, User};
use crate::support::server::{Server, on_both_databases};

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

/// A second host in the market, its name Bench & Co, with a bench on offer.
struct Neighbour {
    owner: User,
    organization: String,
    bench: String,
}

async fn neighbour(server: &Server, bench: Value) -> Neighbour {
    let owner = server.user("Nora").await;
    let organization = owner.found("Bench & Co").await;
    let site = owner.open_site(&organization, json!({ "name": "Annex" })).await;
    let mut resource = json!({ "name": "Bench", "category": "bench" });
    resource.as_object_mut().unwrap().extend(bench.as_object().unwrap().clone());
    let bench = owner.list_resource(&site, resource).await;
    Neighbour { owner, organization, bench }
}

fn slot(resource: &str, starts_at: &str, ends_at: &str) -> Value {
    json!({ "resource_id": resource, "starts_at": starts_at, "ends_at": ends_at })
}

fn group(market: &Market, bookings: Value) -> Value {
    json!({ "organization_id": market.customer_organization, "bookings": bookings, "note": "Prototype run" })
}

async fn book(market: &Market, bookings: Value) -> Answer {
    market.customer.post("/booking-groups", group(market, bookings)).await
}

/// One field of each booking of a group.
fn each(group: &Answer, field: &str) -> Vec<String> {
    group["bookings"].as_array().unwrap().iter().map(|booking| booking[field].as_str().unwrap().to_owned()).collect()
}

/// Which bookings stand in the way: where the body names them, their identifiers, and why.
fn in_the_way(refused: &Answer) -> Vec<(Value, Value, String)> {
    let one = |one: &Value| (one["pointer"].clone(), one["booking_id"].clone(), one["code"].as_str().unwrap().to_owned());
    refused["bookings"].as_array().unwrap().iter().map(one).collect()
}

on_both_databases! {
    async fn a_preview_has_the_price_or_the_refusal_of_each_booking_and_books_nothing(server) {
        let market = server.market(json!({ "booking_rules": { "max_active_per_organization": 2 } })).await;
        let Neighbour { bench, .. } = neighbour(server, json!({})).await;
        let preview = async |bookings: Value| market.customer.post("/booking-groups/preview", group(&market, bookings)).await.expect(200);
        let seen = preview(json!([slot(&bench, TEN, TWELVE), slot(&market.resource, TEN, ELEVEN)])).await;
        assert_eq!(seen["total"], json!({ "amount": 3600, "currency": "GBP" }));
        assert_eq!(seen["bookings"][1], json!({ "price": { "amount": 1200, "currency": "GBP" }, "refused": null }));
        market.book(TEN, ELEVEN).await.expect(201);
        // Of two bookings of the lathe, the second one breaks the quota that the first one fills.
        let seen = preview(json!([
            slot(&market.resource, TEN, ELEVEN), slot(&market.resource, ELEVEN, TWELVE), slot(&market.resource, "2026-12-02T10:00:00Z", "2026-12-02T11:00:00Z"),
            slot(&bench, TEN, TWELVE),
        ])).await;
        assert_eq!(seen["total"], Value::Null);
        let refused: Vec<_> = (0..4).map(|index| seen["bookings"][index]["refused"]["code"].clone()).collect();
        assert_eq!(refused, [json!("slot_unavailable"), Value::Null, json!("booking_rules_violated"), Value::Null]);
        assert_eq!(seen["bookings"][3]["price"]["amount"], 2400);
        assert!(!seen["bookings"][0]["refused"]["conflicts"].as_array().unwrap().is_empty());
        assert_eq!(market.customer.get("/bookings").await.expect(200).items().len(), 1);
        assert_eq!(market.customer.get("/booking-groups").await.expect(200).items().len(), 0);
    }

    async fn resources_of_several_hosts_are_booked_together_at_one_price(server) {
        let market = server.market(json!({})).await;
        let Neighbour { owner, organization, bench } = neighbour(server, json!({ "booking_rules": { "requires_approval": true } })).await;
        let wish = json!([slot(&bench, TEN, TWELVE), slot(&market.resource, TEN, ELEVEN)]);
        let made = book(&market, wish).await.expect(201);
        assert_eq!(made["price"], json!({ "amount": 3600, "currency": "GBP" }));
        let mut statuses = each(&made, "status");
        statuses.sort();
        assert_eq!(statuses, ["confirmed", "requested"]);
        assert_eq!(each(&made, "group_id"), [made.id(), made.id()]);
        let path = format!("/booking-groups/{}", made.id());
        assert_eq!(made.header("location"), format!("/api/v1{path}"));
        assert_eq!(market.customer.get(&path).await.expect(200).body, made.body);

        // A host never sees what its customer books elsewhere.
        for (host, organization, resource, price) in
            [(&market.host, &market.host_organization, &market.resource, 1200), (&owner, &organization, &bench, 2400)]
        {
            let seen = host.get(&path).await.expect(200);
            assert_eq!((each(&seen, "resource_id"), &seen["price"]["amount"]), (vec![resource.clone()], &json!(price)));
            let listed = host.get(&format!("/booking-groups?organization_id={organization}")).await.expect(200);
            assert_eq!(listed["items"], json!([seen.body]));
        }
        let listed = market.customer.get("/booking-groups").await.expect(200);
        assert_eq!(listed["items"], json!([made.body]));
        let stranger = server.user("Stella").await;
        stranger.get(&path).await.refused(404, "not_found");
        assert!(stranger.get("/booking-groups").await.expect(200).items().is_empty());
        for organization in [&market.customer_organization, &market.host_organization] {
            let path = format!("/booking-groups?organization_id={organization}");
            stranger.get(&path).await.refused(403, "forbidden");
        }
    }

    async fn each_person_gets_one_letter_about_the_bookings_that_they_may_see(server) {
        let market = server.market(json!({})).await;
        let Neighbour { owner, bench, .. } = neighbour(server, json!({})).await;
        let wish = json!([slot(&market.resource, TEN, ELEVEN), slot(&bench, ELEVEN, TWELVE), slot(&market.resource, ELEVEN, TWELVE)]);
        let made = book(&market, wish).await.expect(201);
        let customer = &server.mails(&market.customer.email, 1).await[0];
        assert_eq!(customer.subject, "Confirmed: Lathe, Tue 1 Dec 2026, 10:00-11:00 and 2 more");
        let hosts = [("Rotor Works", &market.host), ("Bench & Co", &owner)].map(|(name, user)| format!("    Host: {name}, {}", user.email));
        for line in ["Price together: 36.00 GBP", "Note: Prototype run", &hosts[0], &hosts[1]] {
            assert!(customer.text.contains(&format!("{line}\n")), "{line} is not in\n{}", customer.text);
        }
        assert_eq!(customer.calendar.matches("BEGIN:VEVENT").count(), 3);
        let host = &server.mails(&market.host.email, 1).await[0];
        assert_eq!(host.calendar.matches("BEGIN:VEVENT").count(), 2);
        assert!(host.text.contains("Price together: 24.00 GBP\n") && !host.text.contains("Bench"), "{}", host.text);
        let neighbour = &server.mails(&owner.email, 1).await[0];
        assert_eq!(neighbour.subject, "Booked: Bench, Tue 1 Dec 2026, 11:00-12:00");
        assert!(!neighbour.text.contains("Lathe"), "{}", neighbour.text);

        server.advance(TimeDelta::minutes(1));
        let path = format!("/booking-groups/{}/cancel", made.id());
        market.customer.post(&path, json!({ "reason": "Too early" })).await.expect(200);
        for (email, entries) in [(&market.customer.email, 3), (&market.host.email, 2), (&owner.email, 1)] {
            let mails = server.mails(email, 2).await;
            assert_eq!(mails.len(), 2);
            assert!(mails[1].subject.starts_with("Cancelled: ") && mails[1].text.contains("Reason: Too early\n"), "{:?}", mails[1]);
            assert_eq!(mails[1].calendar.matches("STATUS:CANCELLED").count(), entries);
        }
    }

    async fn a_refusal_names_each_booking_that_stands_in_the_way_and_nothing_is_booked(server) {
        let market = server.market(json!({})).await;
        let Neighbour { owner, bench, .. } = neighbour(server, json!({ "booking_rules": { "min_minutes": 120 } })).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let wish = json!([
            slot(&market.resource, ELEVEN, TWELVE),
            slot(&market.resource, TEN, ELEVEN),
            slot(&bench, TEN, ELEVEN),
            slot(&market.resource, ELEVEN, TWELVE),
        ]);
        let refused = book(&market, wish.clone()).await.refused(422, "booking_rules_violated");
        let told = refused["bookings"].as_array().unwrap();
        let named: Vec<_> = told.iter().map(|one| (one["pointer"].as_str().unwrap(), one["code"].as_str().unwrap())).collect();
        // The last meets the first.
        assert_eq!(named, [
            ("/bookings/1", "slot_unavailable"),
            ("/bookings/2", "booking_rules_violated"),
            ("/bookings/3", "slot_unavailable"),
        ]);
        assert_eq!(told[0]["conflicts"], json!([{ "starts_at": TEN, "ends_at": ELEVEN, "available_quantity": 0 }]));
        assert_eq!(told[1]["violations"][0]["code"], "too_short");

        owner.patch(&format!("/resources/{bench}"), json!({ "status": "paused" })).await.expect(200);
        book(&market, wish.clone()).await.refused(409, "resource_not_bookable");
        owner.patch(&format!("/resources/{bench}"), json!({ "is_private": true })).await.expect(200);
        book(&market, wish).await.refused(404, "not_found");
        let wish = json!([slot(&market.resource, TEN, ELEVEN), slot(&market.resource, ELEVEN, TWELVE)]);
        book(&market, wish).await.refused(409, "slot_unavailable");
        assert_eq!(market.customer.get("/bookings").await.expect(200).items().len(), 1);
        assert_eq!(market.customer.get("/booking-groups").await.expect(200).items().len(), 0);
    }

    async fn a_booking_in_the_past_leaves_the_others_of_its_group_to_the_rules(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true, "max_active_per_organization": 1 } })).await;
        let mut wish = group(&market, json!([
            slot(&market.resource, TEN, ELEVEN),
            slot(&market.resource, ELEVEN, TWELVE),
            slot(&market.resource, "2026-11-30T08:00:00Z", "2026-11-30T10:00:00Z"),
        ]));
        wish["hold"] = json!(true);
        let refused = market.customer.post("/booking-groups", wish).await.refused(422, "booking_rules_violated");
        let told = refused["bookings"].as_array().unwrap();
        let named: Vec<_> = told.iter().map(|one| (one["pointer"].as_str().unwrap(), one["violations"][0]["code"].as_str().unwrap())).collect();
        assert_eq!(named, [("/bookings/1", "too_many_active"), ("/bookings/2", "too_soon")]);
    }

    async fn all_that_stands_in_the_way_of_a_group_is_told_at_once_with_where_it_was_asked(server) {
        let market = server.market(json!({ "booking_rules": { "min_minutes": 60 } })).await;
        let tariff = json!({ "currency": "EUR", "rate": 100, "per": "hour" });
        let Neighbour { owner, organization, bench } = neighbour(server, json!({ "tariff": tariff })).await;
        let rules = json!({ "kind": "house_rules", "name": "House rules", "text": "Be kind." });
        let terms = owner.post(&format!("/organizations/{organization}/terms"), rules).await.expect(201).id();
        let accepting = |version: i32| {
            let mut slot = slot(&bench, TEN, ELEVEN);
            slot["accepted_terms"] = json!([{ "terms_id": terms, "version": version }]);
            slot
        };
        market.book(ELEVEN, TWELVE).await.expect(201);
        let mut operated = slot(&market.resource, TEN, ELEVEN);
        operated["operated_by"] = json!(owner.id);
        let short = slot(&market.resource, TEN, "2026-12-01T10:30:00Z");
        let wish = json!([operated, short, slot(&market.resource, ELEVEN, TWELVE), accepting(2)]);
        let refused = book(&market, wish).await.refused_fields(&[("/bookings/0/operated_by", "not_a_member")]);
        let named: Vec<_> = in_the_way(&refused).into_iter().map(|(pointer, _, code)| (pointer.as_str().unwrap().to_owned(), code)).collect();
        let expected = [
            ("/bookings/3/accepted_terms/0", "terms_outdated"),
            ("/bookings/0", "invalid_fields"),
            ("/bookings/1", "booking_rules_violated"),
            ("/bookings/2", "slot_unavailable"),
            ("/bookings/3", "booking_rules_violated"),
        ];
        assert_eq!(named, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
        let told = refused["bookings"].as_array().unwrap();
        assert!(told.iter().all(|one| !one["detail"].as_str().unwrap().is_empty()), "{refused:?}");
        assert_eq!(refused["conflicts"], json!([{ "starts_at": ELEVEN, "ends_at": TWELVE, "available_quantity": 0 }]));
        let codes: Vec<_> = refused["violations"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
        assert_eq!(codes, ["too_short", "terms_not_accepted"]);

        // What could be booked instead comes with what is taken.
        let best = &told[3]["alternatives"][0];
        assert_eq!((&best["resource_id"], &best["starts_at"]), (&json!(market.resource), &json!(TEN)));
        let wish = json!([slot(&market.resource, TEN, ELEVEN), accepting(2)]);
        book(&market, wish).await.refused(422, "booking_rules_violated");
        let wish = json!([slot(&market.resource, TEN, ELEVEN), accepting(1), slot(&market.resource, ELEVEN, TWELVE)]);
        book(&market, wish).await.refused_fields(&[("/bookings/1/resource_id", "invalid")]);
    }

    async fn terms_are_accepted_once_for_all_of_a_group(server) {
        let market = server.market(json!({})).await;
        let saw = market.host.list_resource(&market.site, json!({ "name": "Saw" })).await;
        let rules = json!({ "kind": "house_rules", "name": "House rules", "text": "Be kind." });
        let terms = format!("/organizations/{}/terms", market.host_organization);
        let terms = market.host.post(&terms, rules).await.expect(201).id();
        let block = json!({ "starts_at": TEN, "ends_at": ELEVEN });
        market.host.post(&format!("/resources/{}/blocks", market.resource), block).await.expect(201);
        let wish = |starts_at, ends_at| {
            let mut first = slot(&market.resource, starts_at, ends_at);
            first["accepted_terms"] = json!([{ "terms_id": terms, "version": 1 }]);
            json!([first, slot(&saw, starts_at, ends_at)])
        };
        // The other is not accused of what was accepted with the one that is taken.
        let refused = book(&market, wish(TEN, ELEVEN)).await.refused(409, "slot_unavailable");
        assert_eq!(in_the_way(&refused), [(json!("/bookings/0"), Value::Null, "slot_unavailable".to_owned())]);
        let accepted = "SELECT id AS value FROM terms_acceptances";
        assert_eq!(server.select(accepted), [""; 0]);
        let made = book(&market, wish(ELEVEN, TWELVE)).await.expect(201);
        assert!(made["bookings"].as_array().unwrap().iter().all(|booking| booking["terms"][0]["terms_id"] == json!(terms)), "{made:?}");
        assert_eq!(server.select(accepted).len(), 1);
    }

    async fn a_group_or_a_series_that_is_refused_leaves_nothing_but_the_offer_that_stands_in_its_way(server) {
        let market = server.market(json!({ "booking_rules": { "hold_minutes": 10, "offer_minutes": 10 } })).await;
        let rules = json!({ "kind": "house_rules", "name": "House rules", "text": "Be kind.", "applies_to": [] });
        let terms = format!("/organizations/{}/terms", market.host_organization);
        let accepted_terms = json!([{ "terms_id": market.host.post(&terms, rules).await.expect(201).id(), "version": 1 }]);
        let waiter = server.user("Wendy").await;
        let mut waits = market.wish(TEN, ELEVEN);
        waits["organization_id"] = json!(waiter.found("Patience").await);
        let mut grouped = slot(&market.resource, TEN, ELEVEN);
        grouped["accepted_terms"] = accepted_terms.clone();
        let mut repeated = market.wish(TEN, ELEVEN);
        (repeated["rule"], repeated["accepted_terms"]) = (json!("FREQ=DAILY;COUNT=2"), accepted_terms);
        for (path, wish) in [("/booking-groups", group(&market, json!([grouped]))), ("/series", repeated)] {
            let mut hold = market.wish(TEN, ELEVEN);
            hold["hold"] = json!(true);
            market.customer.post("/bookings", hold).await.expect(201);
            let entry = waiter.post("/waitlist", waits.clone()).await.expect(201).id();
            server.advance(TimeDelta::minutes(10));
            let refused = market.customer.post(path, wish).await.refused(409, "slot_unavailable");
            assert_eq!(refused["conflicts"], json!([{ "starts_at": TEN, "ends_at": ELEVEN, "available_quantity": 0 }]));
            let offered = waiter.get(&format!("/waitlist/{entry}")).await.expect(200);
            assert_eq!(offered["status"], "offered", "after {path}");
            for table in ["booking_groups", "series", "terms_acceptances"] {
                assert_eq!(server.select(&format!("SELECT id AS value FROM {table}")), [""; 0], "after {path}");
            }
            // The line is empty again.
            waiter.post(&format!("/waitlist/{entry}/leave"), json!({})).await.expect(200);
        }
        let left = "SELECT action AS value FROM audit WHERE action IN ('booking.create', 'terms.accept', 'series.create')";
        assert_eq!(server.select(left).len(), 2);
    }

    async fn a_group_is_of_one_currency_and_its_fields_are_all_read_at_once(server) {
        let market = server.market(json!({})).await;
        let tariff = json!({ "currency": "EUR", "rate": 100, "per": "hour" });
        let Neighbour { bench, .. } = neighbour(server, json!({ "tariff": tariff })).await;
        let wish = json!([slot(&market.resource, TEN, ELEVEN), slot(&bench, TEN, ELEVEN)]);
        book(&market, wish).await.refused_fields(&[("/bookings/1/resource_id", "invalid")]);
        assert_eq!(market.customer.get("/bookings").await.expect(200).items().len(), 0);

        let mut wrong = slot(&market.resource, ELEVEN, TEN);
        wrong["quantity"] = json!(0);
        let refused = book(&market, json!([slot(&bench, TEN, ELEVEN), wrong])).await.refused(422, "invalid_fields");
        let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/bookings/1/ends_at", "/bookings/1/quantity"]);
        book(&market, json!([])).await.refused(422, "invalid_fields");
        book(&market, json!(vec![slot(&bench, TEN, ELEVEN); 51])).await.refused(422, "invalid_fields");
    }

    async fn a_group_is_cancelled_in_part_or_in_whole_by_each_party_what_is_theirs(server) {
        let market = server.market(json!({ "capacity": { "quantity": 3, "unit": "unit" } })).await;
        let Neighbour { owner, bench, .. } = neighbour(server, json!({})).await;
        let lathe = || slot(&market.resource, TEN, ELEVEN);
        let made = book(&market, json!([lathe(), lathe(), lathe(), slot(&bench, ELEVEN, TWELVE)])).await.expect(201);
        let ids = each(&made, "id");
        let path = format!("/booking-groups/{}/cancel", made.id());
        let part = market.customer.post(&path, json!({ "booking_ids": [ids[0]] })).await.expect(200);
        assert_eq!(each(&part, "status"), ["cancelled", "confirmed", "confirmed", "confirmed"]);
        assert_eq!(part["price"]["amount"], 3600);

        // One that cannot be cancelled any more keeps the others; one of another host does not exist for this one.
        let refused = market.customer.post(&path, json!({ "booking_ids": [ids[1], ids[0]] })).await.refused(409, "invalid_transition");
        assert_eq!(in_the_way(&refused), [(json!("/booking_ids/1"), json!(ids[0]), "invalid_transition".to_owned())]);
        let refused = market.host.post(&path, json!({ "booking_ids": [ids[1], ids[3]] })).await.refused(422, "invalid_fields");
        assert_eq!(refused["errors"][0]["pointer"], "/booking_ids/1");
        let seen = market.customer.get(&format!("/booking-groups/{}", made.id())).await.expect(200);
        assert_eq!(each(&seen, "status"), ["cancelled", "confirmed", "confirmed", "confirmed"]);

        let own = owner.post(&path, json!({})).await.expect(200);
        assert_eq!((each(&own, "status"), &own["price"]), (vec!["cancelled".to_owned()], &Value::Null));
        owner.post(&path, json!({})).await.refused(409, "invalid_transition");
        let whole = market.customer.post(&path, json!({})).await.expect(200);
        assert_eq!(each(&whole, "status"), ["cancelled"; 4]);
        // All of it is free again.
        book(&market, json!([lathe(), lathe(), lathe(), slot(&bench, ELEVEN, TWELVE)])).await.expect(201);
    }

    async fn each_booking_that_keeps_a_group_from_being_cancelled_is_named_with_the_reason(server) {
        let market = server.market(json!({ "booking_rules": { "change_cutoff_minutes": 1440, "grace_minutes": 0 } })).await;
        let Neighbour { bench, .. } = neighbour(server, json!({})).await;
        let late = || slot(&market.resource, "2026-11-30T20:00:00Z", "2026-11-30T21:00:00Z");
        let wish = json!([late(), slot(&bench, TEN, ELEVEN), slot(&market.resource, "2026-12-03T10:00:00Z", "2026-12-03T11:00:00Z")]);
        let made = book(&market, wish).await.expect(201);
        let ids = each(&made, "id");
        market.customer.post(&format!("/bookings/{}/cancel", ids[1]), json!({})).await.expect(200);
        let path = format!("/booking-groups/{}/cancel", made.id());
        let refused = market.customer.post(&path, json!({ "booking_ids": [ids[2], ids[1], ids[0]] })).await;
        let refused = refused.refused(422, "booking_rules_violated");
        assert_eq!(in_the_way(&refused), [
            (json!("/booking_ids/2"), json!(ids[0]), "booking_rules_violated".to_owned()),
            (json!("/booking_ids/1"), json!(ids[1]), "invalid_transition".to_owned()),
        ]);
        assert_eq!(refused["bookings"][0]["violations"][0]["code"], "too_late_to_change");
        assert!(refused["bookings"][1]["detail"].as_str().unwrap().starts_with("The booking is already cancelled"), "{refused:?}");
        let whole = market.customer.post(&path, json!({})).await.refused(422, "booking_rules_violated");
        assert_eq!(in_the_way(&whole), [(Value::Null, json!(ids[0]), "booking_rules_violated".to_owned())]);
        let seen = market.customer.get(&format!("/booking-groups/{}", made.id())).await.expect(200);
        assert_eq!(each(&seen, "status"), ["confirmed", "cancelled", "confirmed"]);
    }

    async fn a_group_that_is_held_is_kept_until_one_instant_and_confirmed_together(server) {
        let market = server.market(json!({ "booking_rules": { "hold_minutes": 30 } })).await;
        let rules = json!({ "hold_minutes": 10, "requires_approval": true });
        let Neighbour { owner, bench, .. } = neighbour(server, json!({ "booking_rules": rules })).await;
        let mut wish = group(&market, json!([slot(&market.resource, TEN, ELEVEN), slot(&bench, TEN, ELEVEN)]));
        wish["hold"] = json!(true);
        let held = market.customer.post("/booking-groups", wish.clone()).await.expect(201);
        assert_eq!(each(&held, "status"), ["held", "held"]);
        assert_eq!(each(&held, "expires_at"), ["2026-11-30T09:10:00Z"; 2]);
        server.advance(TimeDelta::minutes(10));
        let path = format!("/booking-groups/{}/confirm", held.id());
        market.customer.post(&path, json!({})).await.refused(409, "invalid_transition");

        let held = market.customer.post("/booking-groups", wish).await.expect(201);
        let path = format!("/booking-groups/{}/confirm", held.id());
        let confirmed = market.customer.post(&path, json!({})).await.expect(200);
        let mut statuses = each(&confirmed, "status");
        statuses.sort();
        assert_eq!(statuses, ["confirmed", "requested"]);
        market.customer.post(&path, json!({})).await.refused(409, "invalid_transition");
        // Of the holds nobody but the customer has heard.
        let mails = server.mails(&owner.email, 1).await;
        assert_eq!(mails[0].subject, "Please respond: Bench, Tue 1 Dec 2026, 10:00-11:00");
    }

    async fn what_is_paid_for_first_keeps_its_whole_group_until_each_party_has_confirmed(server) {
        let market = server.market(json!({ "booking_rules": { "hold_minutes": 30 } })).await;
        let rules = json!({ "hold_minutes": 20, "requires_payment": true });
        let Neighbour { owner, bench, .. } = neighbour(server, json!({ "booking_rules": rules })).await;
        let wish = || json!([slot(&market.resource, TEN, ELEVEN), slot(&bench, ELEVEN, TWELVE)]);
        let made = book(&market, wish()).await.expect(201);
        assert_eq!(each(&made, "status"), ["held", "held"]);
        assert_eq!(each(&made, "expires_at"), ["2026-11-30T09:20:00Z"; 2]);
        let told = server.mails(&market.customer.email, 1).await.remove(0);
        assert_eq!(told.subject, "Please pay: Lathe, Tue 1 Dec 2026, 10:00-11:00 and 1 more");
        assert_eq!(told.text.matches("    Reserved until: Mon 30 Nov 2026, 09:20").count(), 2, "{}", told.text);
        assert!(told.text.contains("when your payment has arrived"), "{}", told.text);
        let asked = server.mails(&owner.email, 1).await.remove(0);
        assert_eq!(asked.subject, "Payment expected: Bench, Tue 1 Dec 2026, 11:00-12:00");
        assert!(asked.text.contains("    Confirm by: Mon 30 Nov 2026, 09:20"), "{}", asked.text);

        server.advance(TimeDelta::minutes(1));
        let path = format!("/booking-groups/{}/confirm", made.id());
        let confirmed = market.customer.post(&path, json!({})).await.expect(200);
        assert_eq!(each(&confirmed, "status"), ["confirmed", "held"]);
        let told = server.mails(&market.customer.email, 2).await.remove(1);
        assert_eq!(told.subject, "Confirmed: Lathe, Tue 1 Dec 2026, 10:00-11:00");
        assert!(told.text.contains("Still reserved: Bench\n"), "{}", told.text);
        let refused = market.customer.post(&path, json!({})).await.refused(409, "invalid_transition");
        assert!(refused.text("detail").contains("payment"), "{refused:?}");
        server.advance(TimeDelta::minutes(1));
        let whole = owner.post(&path, json!({})).await.expect(200);
        assert_eq!(each(&whole, "status"), ["confirmed"]);
        let told = server.mails(&market.customer.email, 3).await.remove(2);
        assert_eq!(told.subject, "Confirmed: Bench, Tue 1 Dec 2026, 11:00-12:00");
        assert!(!told.text.contains("Still"), "{}", told.text);
        let subjects: Vec<_> = server.mails(&market.host.email, 1).await.into_iter().map(|mail| mail.subject).collect();
        assert_eq!(subjects, ["Booked: Lathe, Tue 1 Dec 2026, 10:00-11:00"]);

        // Of one that nobody confirms nothing is left, and both who knew of it hear so, once.
        market.customer.post(&format!("/booking-groups/{}/cancel", made.id()), json!({})).await.expect(200);
        server.advance(TimeDelta::minutes(1));
        let made = book(&market, wish()).await.expect(201);
        server.advance(TimeDelta::minutes(20));
        server.run_jobs().await;
        server.run_jobs().await;
        let seen = market.customer.get(&format!("/booking-groups/{}", made.id())).await.expect(200);
        assert_eq!((each(&seen, "status"), &seen["price"]), (vec!["expired".to_owned(); 2], &Value::Null));
        // In one mail, unless somebody tells the first while the second resource is settled.
        let told = server.mails(&market.customer.email, 6).await.split_off(5);
        let is_of_both = told[0].subject == "Not confirmed: Lathe, Tue 1 Dec 2026, 10:00-11:00 and 1 more";
        let told = if is_of_both { told } else { server.mails(&market.customer.email, 7).await.split_off(5) };
        assert!(told.iter().all(|mail| mail.subject.starts_with("Not confirmed: ")), "{told:?}");
        assert_eq!(told.len(), if is_of_both { 1 } else { 2 }, "{told:?}");
        let told = server.mails(&owner.email, 5).await.remove(4);
        assert_eq!(told.subject, "Not confirmed: Bench, Tue 1 Dec 2026, 11:00-12:00");
        assert_eq!(server.mails(&market.host.email, 2).await.len(), 2);
    }

    async fn a_host_hears_that_what_it_awaits_the_payment_of_is_let_go(server) {
        let market = server.market(json!({ "booking_rules": { "requires_payment": true } })).await;
        let Neighbour { owner, bench, .. } = neighbour(server, json!({})).await;
        let made = book(&market, json!([slot(&market.resource, TEN, ELEVEN), slot(&bench, TEN, ELEVEN)])).await.expect(201);
        server.advance(TimeDelta::minutes(1));
        market.customer.post(&format!("/booking-groups/{}/cancel", made.id()), json!({})).await.expect(200);
        let mails = server.mails(&market.host.email, 2).await;
        assert_eq!(mails[1].subject, "Cancelled: Lathe, Tue 1 Dec 2026, 10:00-11:00");
        assert!(!mails[1].text.contains("attach"), "{}", mails[1].text);
        server.tell_all().await;
        assert!(server.mails(&owner.email, 0).await.is_empty());
    }

    async fn a_request_that_has_expired_keeps_nobody_from_confirming_the_rest(server) {
        let market = server.market(json!({ "booking_rules": { "requires_payment": true, "hold_minutes": 60 } })).await;
        let rules = json!({ "requires_approval": true, "answer_minutes": 5, "hold_minutes": 60 });
        let Neighbour { bench, .. } = neighbour(server, json!({ "booking_rules": rules })).await;
        let made = book(&market, json!([slot(&market.resource, TEN, ELEVEN), slot(&bench, ELEVEN, TWELVE)])).await.expect(201);
        let path = format!("/booking-groups/{}/confirm", made.id());
        assert_eq!(each(&market.customer.post(&path, json!({})).await.expect(200), "status"), ["held", "requested"]);
        server.advance(TimeDelta::minutes(5));
        server.run_jobs().await;
        market.host.post(&path, json!({})).await.expect(200);
        let seen = market.customer.get(&format!("/booking-groups/{}", made.id())).await.expect(200);
        assert_eq!(each(&seen, "status"), ["confirmed", "expired"]);
    }

    async fn each_host_answers_its_requests_of_a_group_together_and_the_customer_hears_what_is_left(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let saw = json!({ "name": "Saw", "booking_rules": { "requires_approval": true } });
        let saw = market.host.list_resource(&market.site, saw).await;
        let Neighbour { owner, bench, .. } = neighbour(server, json!({ "booking_rules": { "requires_approval": true } })).await;
        let wish = json!([slot(&market.resource, TEN, ELEVEN), slot(&saw, ELEVEN, TWELVE), slot(&bench, TWELVE, "2026-12-01T13:00:00Z")]);
        let made = book(&market, wish).await.expect(201);
        let ids = each(&made, "id");
        assert_eq!(each(&made, "status"), ["requested"; 3]);
        let asked = server.mails(&market.customer.email, 1).await.remove(0);
        assert_eq!(asked.subject, "Requested: Lathe, Tue 1 Dec 2026, 10:00-11:00 and 2 more");
        assert!(asked.text.contains("You asked for 3 bookings together."), "{}", asked.text);
        let asked = server.mails(&market.host.email, 1).await.remove(0);
        assert_eq!(asked.subject, "Please respond: Lathe, Tue 1 Dec 2026, 10:00-11:00 and 1 more");

        let path = |verb: &str| format!("/booking-groups/{}/{verb}", made.id());
        for verb in ["approve", "decline"] {
            market.customer.post(&path(verb), json!({})).await.refused(403, "forbidden");
        }
        server.advance(TimeDelta::minutes(1));
        assert_eq!(each(&owner.post(&path("approve"), json!({})).await.expect(200), "status"), ["confirmed"]);
        owner.post(&path("approve"), json!({})).await.refused(409, "invalid_transition");
        let told = server.mails(&market.customer.email, 2).await.remove(1);
        assert_eq!(told.subject, "Confirmed: Bench, Tue 1 Dec 2026, 12:00-13:00");
        assert!(told.text.contains("Still requested: Lathe\n") && told.text.contains("Still requested: Saw\n"), "{}", told.text);

        server.advance(TimeDelta::minutes(1));
        let foreign = json!({ "booking_ids": [ids[0], ids[2]] });
        market.host.post(&path("decline"), foreign).await.refused_fields(&[("/booking_ids/1", "invalid")]);
        let declined = json!({ "booking_ids": [ids[0]], "reason": "Broken" });
        assert_eq!(each(&market.host.post(&path("decline"), declined.clone()).await.expect(200), "status"), ["declined", "requested"]);
        let refused = market.host.post(&path("decline"), declined).await.refused(409, "invalid_transition");
        assert_eq!(in_the_way(&refused), [(json!("/booking_ids/0"), json!(ids[0]), "invalid_transition".to_owned())]);
        for (email, count) in [(&market.customer.email, 3), (&market.host.email, 2)] {
            let told = server.mails(email, count).await.remove(count - 1);
            assert_eq!(told.subject, "Declined: Lathe, Tue 1 Dec 2026, 10:00-11:00");
            assert!(told.text.contains("Reason: Broken\n"), "{}", told.text);
        }
        market.host.post(&path("decline"), json!({})).await.expect(200);
        market.host.post(&path("decline"), json!({})).await.refused(409, "invalid_transition");
        let seen = market.customer.get(&format!("/booking-groups/{}", made.id())).await.expect(200);
        assert_eq!(each(&seen, "status"), ["declined", "declined", "confirmed"]);
    }

    async fn requests_of_a_group_that_nobody_answers_expire_with_one_mail_to_each(server) {
        let rules = json!({ "requires_approval": true, "answer_minutes": 60 });
        let market = server.market(json!({ "booking_rules": rules })).await;
        let saw = market.host.list_resource(&market.site, json!({ "name": "Saw", "booking_rules": rules })).await;
        book(&market, json!([slot(&market.resource, TEN, ELEVEN), slot(&saw, ELEVEN, TWELVE)])).await.expect(201);
        server.advance(TimeDelta::minutes(60));
        server.run_jobs().await;
        server.run_jobs().await;
        for email in [&market.customer.email, &market.host.email] {
            let subjects: Vec<_> = server.mails(email, 2).await.into_iter().skip(1).map(|mail| mail.subject).collect();
            assert_eq!(subjects, ["Not answered: Lathe, Tue 1 Dec 2026, 10:00-11:00 and 1 more"]);
        }
    }

    async fn rules_give_way_in_a_group_for_those_who_manage_the_hosts_whose_rules_they_are(server) {
        let market = server.market(json!({ "booking_rules": { "min_minutes": 120 } })).await;
        let Neighbour { bench, .. } = neighbour(server, json!({})).await;
        let mut wish = group(&market, json!([slot(&market.resource, TEN, ELEVEN), slot(&bench, TEN, ELEVEN)]));
        wish["override_reason"] = json!("A short demonstration");
        market.customer.post("/booking-groups", wish.clone()).await.refused_fields(&[("/override_reason", "not_permitted")]);
        wish["organization_id"] = json!(market.host_organization);
        let made = market.host.post("/booking-groups", wish).await.expect(201);
        assert_eq!(each(&made, "status"), ["confirmed", "confirmed"]);
    }
}
