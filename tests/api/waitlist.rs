//! In line for slots that are taken.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::{Market, User};
use crate::support::server::{Server, on_both_databases};

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

/// Somebody with an organization, who wants what the customer wants.
struct Rival {
    user: User,
    organization: String,
}

impl Rival {
    async fn new(server: &Server, name: &str) -> Self {
        let user = server.user(name).await;
        let organization = user.found(&format!("{name}'s works")).await;
        Self { user, organization }
    }

    fn wish(&self, market: &Market, (from, to): (&str, &str)) -> Value {
        let mut wish = market.wish(from, to);
        wish["organization_id"] = json!(self.organization);
        wish
    }

    /// Joins the line, and answers the entry.
    async fn waits(&self, server: &Server, market: &Market, window: (&str, &str), minutes: i64) -> String {
        // Whoever comes later has a later time.
        server.advance(TimeDelta::milliseconds(1));
        let mut wish = self.wish(market, window);
        wish["duration_minutes"] = json!(minutes);
        self.user.post("/waitlist", wish).await.expect(201).id()
    }

    async fn entry(&self, id: &str) -> Value {
        let entry = self.user.get(&format!("/waitlist/{id}")).await.expect(200);
        json!({ "status": entry["status"], "booking_id": entry["booking_id"] })
    }

    /// The hold that was offered.
    async fn offer(&self, id: &str) -> String {
        let entry = self.entry(id).await;
        assert_eq!(entry["status"], "offered");
        entry["booking_id"].as_str().unwrap().to_owned()
    }
}

const WAITING: &str = "waiting";

on_both_databases! {
    async fn what_comes_free_is_offered_to_the_first_whose_wish_fits_and_then_to_the_next(server) {
        let market = server.market(json!({ "booking_rules": { "offer_minutes": 60 } })).await;
        let taken = market.book(TEN, TWELVE).await.expect(201).id();
        let (long, first, second) = (Rival::new(server, "Lou").await, Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        let too_long = long.waits(server, &market, (TEN, "2026-12-01T13:00:00Z"), 180).await;
        market.host.post(&format!("/resources/{}/blocks", market.resource), json!({ "starts_at": TWELVE, "ends_at": "2026-12-01T13:00:00Z" })).await.expect(201);
        let one = first.waits(server, &market, (TEN, ELEVEN), 60).await;
        let two = second.waits(server, &market, (TEN, ELEVEN), 30).await;
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);

        assert_eq!(long.entry(&too_long).await["status"], WAITING);
        let offered = first.offer(&one).await;
        assert_eq!(second.entry(&two).await["status"], WAITING);
        let mail = &server.mails(&first.user.email, 1).await[0];
        assert!(mail.subject.starts_with("A place is free: Lathe, ") && mail.text.contains("Kept until: "), "{mail:?}");
        let held = first.user.get(&format!("/bookings/{offered}")).await.expect(200);
        assert_eq!((&held["status"], &held["starts_at"]), (&json!("held"), &json!(TEN)));

        // It is let go, and offered to the next; who comes anew does not jump the line.
        server.advance(TimeDelta::minutes(60));
        market.book(TEN, ELEVEN).await.refused(409, "slot_unavailable");
        let offered = second.offer(&two).await;
        second.user.post(&format!("/bookings/{offered}/confirm"), json!({})).await.expect(200);
        let rest = market.book("2026-12-01T10:30:00Z", ELEVEN).await.expect(201);
        assert_eq!(rest["status"], "confirmed");
    }

    async fn who_declines_an_offer_passes_it_on_at_once(server) {
        let market = server.market(json!({})).await;
        let taken = market.book(TEN, ELEVEN).await.expect(201).id();
        let (first, second) = (Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        let one = first.waits(server, &market, (TEN, ELEVEN), 60).await;
        let two = second.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);
        let offered = first.offer(&one).await;
        first.user.post(&format!("/bookings/{offered}/cancel"), json!({})).await.expect(200);
        second.offer(&two).await;
    }

    async fn every_way_of_freeing_capacity_serves_the_line(server) {
        let market = server.market(json!({ "capacity": { "quantity": 1, "unit": "unit" } })).await;
        let rival = Rival::new(server, "Flo").await;
        let path = format!("/resources/{}", market.resource);
        let block = market.host.post(&format!("{path}/blocks"), json!({ "starts_at": TEN, "ends_at": ELEVEN })).await.expect(201).id();
        let entry = rival.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.host.delete(&format!("{path}/blocks/{block}")).await.expect(204);
        rival.offer(&entry).await;

        let entry = rival.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.host.patch(&path, json!({ "capacity": { "quantity": 2 } })).await.expect(200);
        rival.offer(&entry).await;

        let moved = market.book(ELEVEN, TWELVE).await.expect(201).id();
        market.book(ELEVEN, TWELVE).await.expect(201);
        let entry = rival.waits(server, &market, (ELEVEN, TWELVE), 60).await;
        let later = json!({ "starts_at": TWELVE });
        market.customer.post(&format!("/bookings/{moved}/reschedule"), later).await.expect(200);
        rival.offer(&entry).await;
    }

    async fn nobody_waits_for_what_is_free_or_twice_for_the_same_or_for_what_cannot_be(server) {
        let market = server.market(json!({ "booking_rules": { "max_minutes": 120 } })).await;
        market.customer.post("/waitlist", market.wish(TEN, ELEVEN)).await.refused(409, "slot_available");
        market.book(TEN, TWELVE).await.expect(201);
        market.customer.post("/waitlist", market.wish(TEN, ELEVEN)).await.expect(201);
        market.customer.post("/waitlist", market.wish(TEN, ELEVEN)).await.refused(409, "already_waiting");
        for (change, pointer) in [
            (json!({ "duration_minutes": 121 }), "/duration_minutes"),
            (json!({ "ends_at": "2027-12-01T10:00:00Z" }), "/ends_at"),
            (json!({ "starts_at": "2026-11-01T10:00:00Z", "ends_at": "2026-11-01T11:00:00Z" }), "/ends_at"),
            (json!({ "quantity": 2 }), "/quantity"),
        ] {
            let mut wish = market.wish(TEN, "2026-12-01T20:00:00Z");
            wish["duration_minutes"] = json!(60);
            wish.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let refused = market.customer.post("/waitlist", wish).await.refused(422, "invalid_fields");
            assert_eq!(refused["errors"][0]["pointer"], pointer);
        }
    }

    async fn who_waits_in_vain_is_told_and_who_leaves_is_offered_nothing(server) {
        let market = server.market(json!({})).await;
        let taken = market.book(TEN, ELEVEN).await.expect(201).id();
        let (patient, quitter) = (Rival::new(server, "Pat").await, Rival::new(server, "Quinn").await);
        let left = quitter.waits(server, &market, (TEN, ELEVEN), 60).await;
        quitter.user.post(&format!("/waitlist/{left}/leave"), json!({})).await.expect(200);
        quitter.user.post(&format!("/waitlist/{left}/leave"), json!({})).await.refused(409, "invalid_transition");
        let waiting = patient.waits(server, &market, (TEN, ELEVEN), 60).await;
        server.advance(TimeDelta::hours(26));
        server.run_jobs().await;
        assert_eq!(patient.entry(&waiting).await["status"], "expired");
        let mail = &server.mails(&patient.user.email, 1).await[0];
        assert!(mail.subject.starts_with("No place came free: Lathe, "), "{}", mail.subject);
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.refused(409, "invalid_transition");
        assert_eq!(quitter.entry(&left).await, json!({ "status": "left", "booking_id": null }));
    }

    async fn longer_opening_hours_serve_the_line_too(server) {
        let market = server.market(json!({})).await;
        let site = format!("/sites/{}", market.site);
        market.host.patch(&site, json!({ "opening_hours": { "tue": [["08:00", "10:00"]] } })).await.expect(200);
        let rival = Rival::new(server, "Flo").await;
        let entry = rival.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.host.patch(&site, json!({ "opening_hours": { "tue": [["08:00", "18:00"]] } })).await.expect(200);
        server.advance(TimeDelta::minutes(2));
        server.run_jobs().await;
        rival.offer(&entry).await;
    }

    async fn the_line_is_seen_by_who_waits_and_by_the_host_in_order(server) {
        let market = server.market(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let (first, second) = (Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        let one = first.waits(server, &market, (TEN, ELEVEN), 60).await;
        let two = second.waits(server, &market, (TEN, ELEVEN), 60).await;
        let ids = |page: &Answer| page.items().iter().map(|item| item["id"].clone()).collect::<Vec<_>>();
        let seen = market.host.get(&format!("/waitlist?resource_id={}", market.resource)).await.expect(200);
        assert_eq!(ids(&seen), [one.clone(), two]);
        let own = first.user.get("/waitlist").await.expect(200);
        assert_eq!(ids(&own), [one.as_str()]);
        second.user.get(&format!("/waitlist/{one}")).await.refused(404, "not_found");
    }
}
