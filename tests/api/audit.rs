//! Who has done what in an organization.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";

on_both_databases! {
    async fn managers_see_what_was_done_in_their_organization_the_last_first(server) {
        let market = server.market(json!({ "booking_rules": { "min_minutes": 120 } })).await;
        let mut wish = market.wish(TEN, ELEVEN);
        wish["organization_id"] = json!(market.host_organization);
        wish["override_reason"] = json!("A trial");
        server.advance(TimeDelta::minutes(1));
        let booking = market.host.post("/bookings", wish).await.expect(201).id();
        server.advance(TimeDelta::minutes(1));
        market.host.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        let path = format!("/organizations/{}/audit", market.host_organization);
        let listed = async |query: &str| {
            let answer = market.host.get(&format!("{path}?{query}")).await.expect(200);
            answer.items().iter().map(|item| item["action"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let all = listed("").await;
        assert_eq!(all[..2], ["booking.cancel", "booking.create"]);
        assert!(all.iter().any(|action| action == "resource.create"), "{all:?}");
        assert_eq!(listed(&format!("object=booking&object_id={booking}")).await, all[..2]);
        assert_eq!(listed("action=booking.create").await, ["booking.create"]);
        assert_eq!(listed("object=site&action=booking.create").await, [""; 0]);
        let page = market.host.get(&format!("{path}?limit=1")).await.expect(200);
        let next = listed(&format!("limit=1&cursor={}", page.text("next_cursor"))).await;
        assert_eq!(next, ["booking.create"]);
        let created = &market.host.get(&format!("{path}?action=booking.create")).await.expect(200).items()[0].clone();
        assert_eq!((&created["user_id"], &created["at"]), (&json!(market.host.id), &json!("2026-11-30T09:01:00Z")));
        assert_eq!(created["detail"]["overridden"][0]["code"], "too_short");
        market.customer.get(&path).await.refused(403, "forbidden");
    }
}
