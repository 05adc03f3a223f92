//! Finding what is on offer, and when.

use serde_json::{Value, json};

use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

/// One field of each of some objects.
fn each(objects: &Value, field: &str) -> Vec<Value> {
    objects.as_array().unwrap().iter().map(|object| object[field].clone()).collect()
}

on_both_databases! {
    async fn whoever_comes_too_late_is_offered_other_times_and_other_resources(server) {
        let market = server.market(json!({})).await;
        let (host, organization) = (&market.host, &market.host_organization);
        let near = host.open_site(organization, json!({ "latitude": 51.5425 })).await;
        let far = host.open_site(organization, json!({ "latitude": 51.7 })).await;
        let like = host.list_resource(&near, json!({ "name": "Other lathe", "tariff": { "currency": "GBP", "rate": 900, "per": "hour" } })).await;
        host.list_resource(&far, json!({ "name": "Far lathe" })).await;
        host.list_resource(&near, json!({ "name": "Mill", "category": "mill" })).await;
        host.list_resource(&near, json!({ "name": "Private lathe", "is_private": true })).await;
        host.list_resource(&near, json!({ "name": "Lathe to come", "status": "draft" })).await;
        market.book(TEN, TWELVE).await.expect(201);

        let refused = market.book(TEN, ELEVEN).await.refused(409, "slot_unavailable");
        assert_eq!(refused["conflicts"], json!([{ "starts_at": TEN, "ends_at": ELEVEN }]));
        let alternatives = &refused["alternatives"];
        assert_eq!(each(alternatives, "resource_name"), ["Other lathe", "Lathe", "Lathe", "Lathe", "Lathe"]);
        assert_eq!(
            each(alternatives, "starts_at"),
[TEN, "2026-12-01T09:00:00Z", "2026-12-01T08:00:00Z", TWELVE, "2026-12-01T07:00:00Z"]
        );
        assert_eq!(alternatives[0]["resource_id"], like);
        assert_eq!(alternatives[0]["price"], json!({ "amount": 900, "currency": "GBP" }));
        let distance = alternatives[0]["distance_km"].as_f64().unwrap();
        assert!((distance - 3.0).abs() < 0.01, "{distance}");

        let taken = alternatives[1].clone();
        market.book(taken["starts_at"].as_str().unwrap(), taken["ends_at"].as_str().unwrap()).await.expect(201);
    }

    async fn conflicts_are_the_times_at_which_too_little_is_left_buffers_included(server) {
        let rules = json!({ "buffer_before_minutes": 30, "buffer_after_minutes": 15 });
        let market = server.market(json!({ "capacity": { "quantity": 2, "unit": "unit" }, "booking_rules": rules })).await;
        let book = async |quantity: i32, starts_at: &str, ends_at: &str| {
            let mut wish = market.wish(starts_at, ends_at);
            wish["quantity"] = json!(quantity);
            market.customer.post("/bookings", wish).await
        };
        book(1, TEN, ELEVEN).await.expect(201);
        book(1, ELEVEN, TWELVE).await.expect(201);
        let refused = book(2, "2026-12-01T09:00:00Z", "2026-12-01T13:00:00Z").await.refused(409, "slot_unavailable");
        assert_eq!(refused["conflicts"], json!([{ "starts_at": "2026-12-01T09:30:00Z", "ends_at": "2026-12-01T12:15:00Z" }]));
        let refused = book(2, "2026-12-01T08:00:00Z", "2026-12-01T09:30:00Z").await.refused(409, "slot_unavailable");
        assert_eq!(refused["conflicts"], json!([{ "starts_at": "2026-12-01T09:30:00Z", "ends_at": "2026-12-01T09:45:00Z" }]));
    }
}
