//! Quotas over several resources of a host.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::waitlist::{ELEVEN, Rival, TEN, TWELVE, WAITING};
use crate::support::client::Answer;
use crate::support::people::{Market, User};
use crate::support::server::{Server, on_both_databases};

const ONE: &str = "2026-12-01T13:00:00Z";
const NEXT_TEN: &str = "2026-12-02T10:00:00Z";
const NEXT_ELEVEN: &str = "2026-12-02T11:00:00Z";

/// Rules with one quota per organization and day, of so many minutes, which is shared by this name.
fn rules(most: i64, shared: impl Into<Value>) -> Value {
    json!({ "quotas": [{ "per": "organization", "most_minutes": most, "within": "day", "shared": shared.into() }] })
}

fn codes(violations: &Value) -> Vec<&str> {
    violations.as_array().unwrap().iter().map(|violation| violation["code"].as_str().unwrap()).collect()
}

fn assert_exceeded(answer: Answer) {
    assert_eq!(codes(&answer.refused(422, "booking_rules_violated")["violations"]), ["quota_exceeded"]);
}

/// A host with two lasers, on each of which a customer may have an hour a day of both together, and the second of them.
async fn two_lasers(server: &Server) -> (Market, String) {
    let market = server.market(json!({ "name": "First laser", "booking_rules": rules(60, "lasers") })).await;
    let second = json!({ "name": "Second laser", "booking_rules": rules(60, "lasers") });
    let second = market.host.list_resource(&market.site, second).await;
    (market, second)
}

impl Market {
    /// The customer's attempt to book another resource.
    async fn book_on(&self, resource: &str, starts_at: &str, ends_at: &str) -> Answer {
        let mut wish = self.wish(starts_at, ends_at);
        wish["resource_id"] = json!(resource);
        self.customer.post("/bookings", wish).await
    }

    async fn change_rules_of(&self, resource: &str, rules: Value) {
        self.host.patch(&format!("/resources/{resource}"), json!({ "booking_rules": rules })).await.expect(200);
    }
}

async fn cancel(user: &User, booking: &str) {
    user.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
}

on_both_databases! {
    async fn a_shared_quota_counts_the_bookings_of_all_resources_that_share_it(server) {
        let (market, second) = two_lasers(server).await;
        market.change_rules_of(&second, rules(90, "lasers")).await;
        let first = market.book(TEN, ELEVEN).await.expect(201).id();
        let refused = market.book_on(&second, TEN, ELEVEN).await.refused(422, "booking_rules_violated");
        assert_eq!(refused["violations"], json!([{
            "code": "quota_exceeded", "overridable": true,
            "detail": "an organization can book at most 90 min per day of all resources with the shared quota \"lasers\" together; \
                       30 min are left in the day from 2026-12-01",
        }]));
        // Each resource has its own limit.
        market.book_on(&second, TEN, "2026-12-01T10:30:00Z").await.expect(201);
        assert_exceeded(market.book_on(&second, ELEVEN, "2026-12-01T11:15:00Z").await);
        market.book_on(&second, NEXT_TEN, NEXT_ELEVEN).await.expect(201);
        assert_exceeded(market.book(NEXT_TEN, NEXT_ELEVEN).await);
        cancel(&market.customer, &first).await;
        market.book(TEN, "2026-12-01T10:30:00Z").await.expect(201);
        assert_exceeded(market.book(ELEVEN, "2026-12-01T11:15:00Z").await);
        // Other customers have their own.
        let rival = Rival::new(server, "Flo").await;
        rival.user.post("/bookings", rival.wish(&market, (ELEVEN, TWELVE))).await.expect(201);
    }

    async fn bookings_of_other_names_of_resources_without_the_quota_and_of_other_hosts_do_not_count(server) {
        let (market, second) = two_lasers(server).await;
        let other = server.user("Olga").await;
        let elsewhere = other.open_site(&other.found("Elsewhere").await, json!({})).await;
        let of_other_host = other.list_resource(&elsewhere, json!({ "booking_rules": rules(60, "lasers") })).await;
        let (own, capitals) = (rules(60, Value::Null), rules(60, "Lasers"));
        for (rules, site) in [(own, &market.site), (capitals, &market.site), (json!({}), &market.site)] {
            let resource = market.host.list_resource(site, json!({ "booking_rules": rules })).await;
            market.book_on(&resource, TEN, ELEVEN).await.expect(201);
        }
        market.book_on(&of_other_host, TEN, ELEVEN).await.expect(201);
        market.book_on(&second, TEN, ELEVEN).await.expect(201);
        assert_exceeded(market.book(TEN, ELEVEN).await);
        assert_exceeded(market.book_on(&of_other_host, ELEVEN, TWELVE).await);
    }

    async fn the_current_rules_decide_which_resources_share_a_quota(server) {
        let (market, second) = two_lasers(server).await;
        let there = market.book_on(&second, TEN, ELEVEN).await.expect(201).id();
        assert_exceeded(market.book(TEN, ELEVEN).await);
        for stops in [rules(60, "mills"), rules(60, Value::Null), json!({ "quotas": [] })] {
            market.change_rules_of(&second, stops).await;
            let booked = market.book(TEN, ELEVEN).await.expect(201).id();
            cancel(&market.customer, &booked).await;
            market.change_rules_of(&second, rules(60, "lasers")).await;
            assert_exceeded(market.book(TEN, ELEVEN).await);
        }
        // A change of something else, and a pause, change nothing.
        market.host.patch(&format!("/resources/{second}"), json!({ "name": "Laser 2", "status": "paused" })).await.expect(200);
        assert_exceeded(market.book(TEN, ELEVEN).await);
        cancel(&market.customer, &there).await;
        let past = market.book(TEN, ELEVEN).await.expect(201).id();
        cancel(&market.customer, &past).await;
        // Nor does another site of the same host.
        market.host.patch(&format!("/resources/{second}"), json!({ "status": "listed" })).await.expect(200);
        let annex = market.host.open_site(&market.host_organization, json!({ "name": "Annex" })).await;
        market.host.post(&format!("/resources/{second}/move"), json!({ "site_id": annex })).await.expect(200);
        market.book_on(&second, TEN, ELEVEN).await.expect(201);
        assert_exceeded(market.book(TEN, ELEVEN).await);
    }

    async fn slots_searches_quotes_and_alternatives_agree_with_what_a_shared_quota_lets_a_customer_book(server) {
        let (market, second) = two_lasers(server).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let (midnight, later) = ("2026-12-02T00:00:00Z", "2026-12-02T12:00:00Z");
        let (window, customer) = (format!("from={ELEVEN}&to={later}&duration_minutes=60"), &market.customer_organization);
        for resource in [&market.resource, &second] {
            let slots = format!("/resources/{resource}/slots?{window}&customer_organization_id={customer}");
            assert_eq!(market.customer.get(&slots).await.expect(200).items()[0]["starts_at"], midnight);
            let slot = json!({ "starts_at": ELEVEN, "ends_at": TWELVE, "customer_organization_id": customer });
            let quote = market.customer.post(&format!("/resources/{resource}/quote"), slot).await.expect(200);
            assert_eq!(codes(&quote["violations"]), ["quota_exceeded"]);
        }
        let search = async |query: &str| {
            let path = format!("/search/available?{query}&customer_organization_id={customer}");
            let found = market.customer.get(&path).await.expect(200);
            found.items().iter().map(|item| json!([item["starts_at"], item["bookable"]])).collect::<Vec<_>>()
        };
        assert_eq!(search(&window).await, [json!([midnight, true]), json!([midnight, true])]);
        assert_eq!(search(&format!("starts_at={ELEVEN}&ends_at={TWELVE}")).await, [json!([ELEVEN, false]), json!([ELEVEN, false])]);
        // The slot is taken on the one laser, and the quota keeps the customer from the same time on the other.
        let rival = Rival::new(server, "Flo").await;
        rival.user.post("/bookings", rival.wish(&market, (ELEVEN, TWELVE))).await.expect(201);
        let refused = market.book(ELEVEN, TWELVE).await.refused(422, "booking_rules_violated");
        assert_eq!(codes(&refused["violations"]), ["quota_exceeded"]);
        rival.user.post("/bookings", rival.wish(&market, (NEXT_TEN, NEXT_ELEVEN))).await.expect(201);
        let offered = async || {
            let taken = market.book(NEXT_TEN, NEXT_ELEVEN).await.refused(409, "slot_unavailable");
            let alternatives = taken["alternatives"].as_array().unwrap().clone();
            alternatives.iter().any(|other| other["resource_id"] == second && other["starts_at"] == NEXT_TEN)
        };
        assert!(offered().await);
        market.book_on(&second, "2026-12-02T15:00:00Z", "2026-12-02T15:15:00Z").await.expect(201);
        assert_exceeded(market.book(NEXT_TEN, NEXT_ELEVEN).await);
    }

    async fn a_manager_of_the_host_overrides_a_shared_quota(server) {
        let (market, second) = two_lasers(server).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let mut offer = market.wish(ELEVEN, TWELVE);
        (offer["resource_id"], offer["operated_by"]) = (json!(second), json!(market.customer.id));
        assert_exceeded(market.host.post("/bookings", offer.clone()).await);
        offer["override_reason"] = json!("The fair is next week");
        assert_eq!(market.host.post("/bookings", offer).await.expect(201)["status"], "held");
    }

    async fn a_booking_that_moves_to_another_resource_does_not_count_itself(server) {
        let (market, second) = two_lasers(server).await;
        let path = format!("/bookings/{}/reschedule", market.book(TEN, ELEVEN).await.expect(201).id());
        market.customer.post(&path, json!({ "resource_id": second, "starts_at": "2026-12-01T10:30:00Z" })).await.expect(200);
        assert_exceeded(market.customer.post(&path, json!({ "resource_id": market.resource, "ends_at": TWELVE })).await);
        market.book(NEXT_TEN, NEXT_ELEVEN).await.expect(201);
        assert_exceeded(market.customer.post(&path, json!({ "starts_at": NEXT_TEN })).await);
    }

    async fn the_parts_of_a_group_and_of_a_series_count_each_other(server) {
        let (market, second) = two_lasers(server).await;
        let part = |resource: &str, (from, to): (&str, &str)| json!({ "resource_id": resource, "starts_at": from, "ends_at": to });
        let group = |second_half: (&str, &str)| json!({
            "organization_id": market.customer_organization,
            "bookings": [part(&market.resource, (TEN, "2026-12-01T10:30:00Z")), part(&second, second_half)],
        });
        let refused = market.customer.post("/booking-groups", group((TEN, ELEVEN))).await.refused(422, "booking_rules_violated");
        assert_eq!(refused["bookings"][0]["pointer"], "/bookings/1");
        assert_eq!(codes(&refused["bookings"][0]["violations"]), ["quota_exceeded"]);
        market.customer.post("/booking-groups", group((TEN, "2026-12-01T10:30:00Z"))).await.expect(201);
        let mut series = market.wish(ELEVEN, TWELVE);
        (series["rule"], series["on_clash"]) = (json!("FREQ=DAILY;COUNT=3"), json!("skip"));
        let made = market.customer.post("/series", series).await.expect(201);
        let starts: Vec<_> = made["bookings"].as_array().unwrap().iter().map(|one| one["starts_at"].clone()).collect();
        assert_eq!(starts, [NEXT_ELEVEN, "2026-12-03T11:00:00Z"]);
    }

    async fn a_user_has_one_shared_quota_for_all_their_organizations_and_resources(server) {
        let rules = json!({ "quotas": [{ "per": "user", "most_minutes": 60, "within": "week", "shared": "lasers" }] });
        let market = server.market(json!({ "booking_rules": rules })).await;
        let second = market.host.list_resource(&market.site, json!({ "booking_rules": rules })).await;
        let organization = market.customer.found("Second venture").await;
        let mut wish = market.wish(TEN, ELEVEN);
        wish["organization_id"] = json!(organization);
        market.customer.post("/bookings", wish).await.expect(201);
        assert_exceeded(market.book_on(&second, NEXT_TEN, NEXT_ELEVEN).await);
    }

    async fn days_and_peak_hours_of_a_shared_quota_are_those_of_the_resource_that_is_booked(server) {
        let rules = |from: &str, to: &str| json!({
            "quotas": [{ "per": "organization", "most_minutes": 60, "within": "day", "at": "peak", "shared": "lasers" }],
            "peak_hours": { "tue": [[from, to]] },
        });
        let market = server.market(json!({ "booking_rules": rules("08:00", "11:00") })).await;
        let afternoon = market.host.list_resource(&market.site, json!({ "booking_rules": rules("11:00", "18:00") })).await;
        market.book(TEN, ELEVEN).await.expect(201);
        market.book_on(&afternoon, ELEVEN, TWELVE).await.expect(201);
        // The hour from ten to eleven is a peak hour of the first only.
        assert_exceeded(market.book("2026-12-01T09:00:00Z", TEN).await);
        assert_exceeded(market.book_on(&afternoon, TWELVE, ONE).await);
        market.book_on(&afternoon, "2026-12-01T09:00:00Z", TEN).await.expect(201);
    }

    async fn an_entry_gets_its_offer_when_a_booking_of_another_resource_leaves_room_in_the_shared_quota(server) {
        let (market, second) = two_lasers(server).await;
        let rival = Rival::new(server, "Flo").await;
        let taken = market.book(TEN, ELEVEN).await.expect(201).id();
        let entry = rival.waits(server, &market, (TEN, ELEVEN), 60).await;
        let mut elsewhere = rival.wish(&market, (ELEVEN, TWELVE));
        elsewhere["resource_id"] = json!(second);
        let used = rival.user.post("/bookings", elsewhere).await.expect(201).id();
        cancel(&market.customer, &taken).await;
        server.run_jobs().await;
        assert_eq!(rival.entry(&entry).await["status"], WAITING);
        cancel(&rival.user, &used).await;
        // No booking overtakes the entry,
        market.book(TEN, ELEVEN).await.refused(409, "slot_unavailable");
        // and the job makes the offer without one.
        server.advance(TimeDelta::minutes(1));
        server.run_jobs().await;
        rival.offer(&entry).await;
    }

    async fn the_name_of_a_shared_quota_is_one_line_of_1_to_60_characters(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}", market.resource);
        let wrong = [(json!(""), "required"), (json!("x".repeat(61)), "too_long"), (json!("a\nb"), "invalid"), (json!(7), "wrong_type")];
        for (name, code) in wrong {
            let refused = market.host.patch(&path, json!({ "booking_rules": rules(60, name) })).await;
            refused.refused_fields(&[("/booking_rules/quotas/0/shared", code)]);
        }
        for name in ["\"lasers\" & '; DROP TABLE bookings --".to_owned(), "é".repeat(58)] {
            let changed = market.host.patch(&path, json!({ "booking_rules": rules(60, format!(" {name} ")) })).await.expect(200);
            assert_eq!(changed["booking_rules"]["quotas"][0]["shared"], name);
            market.book(TEN, ELEVEN).await.expect(201);
            assert_exceeded(market.book(ELEVEN, TWELVE).await);
            let booked = market.customer.get("/bookings?status=confirmed").await.items()[0]["id"].clone();
            cancel(&market.customer, booked.as_str().unwrap()).await;
        }
        let shown = server.anonymous().get(&path).await.expect(200);
        assert_eq!(shown["booking_rules"]["quotas"][0]["shared"], "é".repeat(58));
    }
}
