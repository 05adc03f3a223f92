//! Sites, and the resources at them.

use chrono::TimeDelta;
use serde_json::json;

use super::certifications::School;
use super::waitlist::Rival;
use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";

on_both_databases! {
    async fn a_site_answers_with_what_it_was_made_with(server) {
        let host = server.user("Hannah").await;
        let organization = host.found("Rotor Works").await;
        let site = json!({
            "name": "Main hall", "latitude": 51.5, "longitude": -0.09, "timezone": "Europe/London",
            "address": { "line1": "1 Foundry Lane", "line2": "Gate B", "city": "London", "postal_code": "E1 1AA", "country": "GB" },
            "opening_hours": { "mon": [["08:00", "18:00"]], "fri": [["20:00", "02:00"], ["08:00", "24:00"]] },
            "exceptions": [{ "date": "2026-12-25", "spans": [], "reason": "Christmas" }],
        });
        let answer = host.post(&format!("/organizations/{organization}/sites"), site.clone()).await;
        answer.refused_fields(&[("/opening_hours/fri/0", "invalid")]);
        let mut site = site;
        site["opening_hours"]["fri"] = json!([["08:00", "12:00"], ["20:00", "02:00"]]);
        let made = host.post(&format!("/organizations/{organization}/sites"), site.clone()).await.expect(201);
        for (name, value) in site.as_object().unwrap() {
            assert_eq!(made[name.as_str()], *value, "{name}");
        }
        assert_eq!(host.get(&format!("/sites/{}", made.id())).await.expect(200).body, made.body);
        server.anonymous().get(&format!("/sites/{}", made.id())).await.refused(404, "not_found");
    }

    async fn everything_wrong_with_a_site_is_said_at_once(server) {
        let host = server.user("Hannah").await;
        let organization = host.found("Rotor Works").await;
        let site = json!({
            "name": "", "latitude": 91, "longitude": -181, "timezone": "Europe/Londinium",
            "address": { "line1": "", "city": "London", "country": "UK" },
            "opening_hours": { "mon": [["8", "18:00"]], "someday": [] },
            "exceptions": [{ "date": "2026-02-30", "spans": [] }],
        });
        host.post(&format!("/organizations/{organization}/sites"), site).await.refused_fields(&[
            ("/name", "required"),
            ("/latitude", "out_of_range"),
            ("/longitude", "out_of_range"),
            ("/timezone", "invalid"),
            ("/address/line1", "required"),
            ("/address/country", "invalid"),
            ("/opening_hours/mon/0", "invalid"),
            ("/opening_hours/someday", "unknown_field"),
            ("/exceptions/0/date", "invalid"),
        ]);
    }

    async fn a_resource_without_upcoming_bookings_can_be_moved_to_another_site_of_its_host(server) {
        let market = server.market(json!({})).await;
        let site = |name: &str, hours: [&str; 2]| json!({
            "name": name, "latitude": 52.37, "longitude": 4.9, "timezone": "Europe/Amsterdam",
            "address": { "line1": "1 Dam", "city": "Amsterdam", "country": "NL" },
            "opening_hours": { "tue": [hours] },
        });
        let sites = format!("/organizations/{}/sites", market.host_organization);
        let amsterdam = market.host.post(&sites, site("Werkplaats", ["08:00", "18:00"])).await.expect(201).id();
        let path = format!("/resources/{}/move", market.resource);
        let move_to = json!({ "site_id": amsterdam });
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        market.host.post(&path, move_to.clone()).await.refused(409, "resource_has_bookings");
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        let theirs = format!("/organizations/{}/sites", market.customer_organization);
        let others = market.customer.post(&theirs, site("Yard", ["08:00", "18:00"])).await.expect(201).id();
        for unknown in [others.as_str(), "019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11"] {
            market.host.post(&path, json!({ "site_id": unknown })).await.refused_fields(&[("/site_id", "unknown_site")]);
        }
        let etag = market.host.get(&format!("/resources/{}", market.resource)).await.expect(200).header("etag").to_owned();
        let moved = market.host.with("if-match", &etag).post(&path, move_to.clone()).await.expect(200);
        assert_eq!((moved.text("site_id"), &moved["place"]["timezone"]), (amsterdam.clone(), &json!("Europe/Amsterdam")));
        market.host.with("if-match", &etag).post(&path, move_to).await.refused(412, "precondition_failed");
        // The hours of the new site count, in its time; a past booking keeps its site.
        market.book("2026-12-01T17:00:00Z", "2026-12-01T18:00:00Z").await.refused(422, "booking_rules_violated");
        let booked = market.book("2026-12-01T16:00:00Z", "2026-12-01T17:00:00Z").await.expect(201);
        assert_eq!(booked.text("site_id"), amsterdam);
        assert_eq!(market.customer.get(&format!("/bookings/{booking}")).await.expect(200).text("site_id"), market.site);
        let found = server.anonymous().get("/resources?near=52.37,4.9&radius_km=5").await.expect(200);
        assert_eq!(found.items().len(), 1);
        assert_eq!(server.anonymous().get("/resources?q=werkplaats").await.expect(200).items().len(), 1);
    }

    async fn a_resource_is_a_draft_until_it_is_listed(server) {
        let market = server.market(json!({ "status": "draft" })).await;
        let path = format!("/resources/{}", market.resource);
        let anyone = server.anonymous();
        anyone.get(&path).await.refused(404, "not_found");
        market.host.patch(&path, json!({ "status": "listed" })).await.expect(200);
        let seen = anyone.get(&path).await.expect(200);
        assert_eq!(seen["place"]["city"], "London");
        assert_eq!(seen["booking_rules"]["grid_minutes"], 15);
        market.host.patch(&path, json!({ "status": "draft" })).await.refused(409, "invalid_transition");
        market.host.patch(&path, json!({ "is_private": true })).await.expect(200);
        anyone.get(&path).await.refused(404, "not_found");
        let list = format!("/sites/{}/resources", market.site);
        anyone.get(&list).await.refused(404, "not_found");
        assert_eq!(market.host.get(&list).await.expect(200).items().len(), 1);
    }

    async fn everything_wrong_with_a_resource_is_said_at_once(server) {
        let market = server.market(json!({})).await;
        let resource = json!({
            "kind": "machine", "name": "Lathe", "capacity": { "quantity": 0, "unit": "unit" },
            "booking_rules": { "grid_minutes": 7, "min_minutes": 90, "max_minutes": 60, "surprise": 1 },
            "tariff": { "currency": "GPB", "rate": -1, "per": "minute" },
        });
        market.host.post(&format!("/sites/{}/resources", market.site), resource).await.refused_fields(&[
            ("/capacity/quantity", "out_of_range"),
            ("/booking_rules/grid_minutes", "invalid"),
            ("/booking_rules/max_minutes", "invalid"),
            ("/booking_rules/surprise", "unknown_field"),
            ("/tariff/currency", "invalid"),
            ("/tariff/rate", "out_of_range"),
            ("/tariff/per", "invalid"),
        ]);
    }

    async fn a_stale_edit_is_refused(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}", market.resource);
        let tag = market.host.get(&path).await.expect(200).header("etag").to_owned();
        market.book(TEN, ELEVEN).await.expect(201);
        market.host.with("if-match", &tag).patch(&path, json!({ "name": "Big lathe" })).await.expect(200);
        market.host.with("if-match", &tag).patch(&path, json!({ "name": "Small lathe" })).await.refused(412, "precondition_failed");
    }

    async fn capacity_does_not_fall_below_what_is_claimed(server) {
        let market = server.market(json!({ "capacity": { "quantity": 3, "unit": "unit" } })).await;
        let path = format!("/resources/{}", market.resource);
        let mut wish = market.wish(TEN, ELEVEN);
        wish["quantity"] = json!(2);
        market.customer.post("/bookings", wish).await.expect(201);
        let capacity = |quantity: i32| json!({ "capacity": { "quantity": quantity } });
        market.host.patch(&path, capacity(2)).await.expect(200);
        market.host.patch(&path, capacity(1)).await.refused(409, "capacity_in_use");
        server.advance(TimeDelta::days(2));
        market.host.patch(&path, capacity(1)).await.expect(200);
    }

    async fn a_resource_with_bookings_to_come_does_not_vanish(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}", market.resource);
        market.book(TEN, ELEVEN).await.expect(201);
        market.host.patch(&path, json!({ "status": "retired" })).await.refused(409, "resource_has_bookings");
        market.host.patch(&path, json!({ "status": "paused" })).await.expect(200);
        server.advance(TimeDelta::days(2));
        let host = &market.host;
        host.patch(&path, json!({ "status": "retired" })).await.expect(200);
        host.patch(&path, json!({ "status": "listed" })).await.refused(409, "invalid_transition");
    }

    async fn a_hold_that_has_run_out_does_not_keep_a_resource_from_being_retired(server) {
        let market = server.market(json!({ "booking_rules": { "hold_minutes": 30 } })).await;
        let path = format!("/resources/{}", market.resource);
        let mut hold = market.wish(TEN, ELEVEN);
        hold["hold"] = json!(true);
        market.customer.post("/bookings", hold).await.expect(201);
        let retired = json!({ "status": "retired" });
        market.host.patch(&path, retired.clone()).await.refused(409, "resource_has_bookings");
        server.advance(TimeDelta::minutes(30));
        market.host.patch(&path, retired).await.expect(200);
    }

    async fn a_resource_is_not_retired_with_what_is_offered_at_that_moment(server) {
        let market = School::open(server, json!({})).await.requiring().await;
        market.grant(&market.customer).await.expect(201);
        let taken = market.book(TEN, ELEVEN).await.expect(201).id();
        let rival = Rival::new(server, "Flo").await;
        let entry = rival.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);
        market.grant(&rival.user).await.expect(201);
        let path = format!("/resources/{}", market.resource);
        market.host.patch(&path, json!({ "status": "retired" })).await.refused(409, "resource_has_bookings");
        server.run_jobs().await;
        rival.offer(&entry).await;
    }

    async fn those_who_do_not_manage_the_host_change_nothing(server) {
        let market = server.market(json!({})).await;
        let site = format!("/sites/{}", market.site);
        let resource = format!("/resources/{}", market.resource);
        for path in [&site, &resource] {
            market.customer.patch(path, json!({ "name": "Mine" })).await.refused(403, "forbidden");
            server.anonymous().patch(path, json!({ "name": "Mine" })).await.refused(401, "not_signed_in");
        }
        let listing = json!({ "kind": "machine", "name": "Mill", "tariff": { "currency": "GBP", "rate": 1, "per": "hour" } });
        market.customer.post(&format!("{site}/resources"), listing).await.refused(403, "forbidden");
    }
}
