//! Coupons that a host makes for its customers.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::fees::pounds;
use super::waitlist::{ELEVEN, TEN, TWELVE};
use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

/// Twenty machines for 12.00 an hour each.
async fn market(server: &Server) -> Market {
    server.market(json!({ "capacity": { "quantity": 20, "unit": "unit" } })).await
}

impl Market {
    async fn coupon(&self, changes: Value) -> Answer {
        let mut coupon = json!({ "code": "SPRING-26", "name": "Spring fair", "percent": 25 });
        coupon.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        self.host.post(&format!("/organizations/{}/coupons", self.host_organization), coupon).await
    }

    async fn book_with(&self, coupon: &str) -> Answer {
        let mut wish = self.wish(TEN, ELEVEN);
        wish["coupon"] = json!(coupon);
        self.customer.post("/bookings", wish).await
    }

    async fn quote_with(&self, coupon: &str) -> Answer {
        let slot = json!({
            "starts_at": TEN, "ends_at": ELEVEN, "customer_organization_id": self.customer_organization, "coupon": coupon,
        });
        self.customer.post(&format!("/resources/{}/quote", self.resource), slot).await
    }
}

on_both_databases! {
    async fn a_coupon_makes_a_booking_cheaper_and_the_booking_keeps_it(server) {
        let market = market(server).await;
        let coupon = market.coupon(json!({})).await.expect(201);
        assert_eq!((&coupon["uses"], &coupon["percent"], &coupon["amount"]), (&json!(0), &json!(25), &Value::Null));
        assert_eq!(market.quote_with("spring-26").await.expect(200)["total"], pounds(900));
        let booked = market.book_with("spring-26").await.expect(201);
        assert_eq!(booked["price"], pounds(900));
        let line = &booked["price_lines"][1];
        assert_eq!((&line["rule"], &line["name"], &line["amount"]), (&json!("coupon"), &json!("Spring fair"), &pounds(-300)));
        let path = format!("/coupons/{}", coupon.id());
        assert_eq!(market.host.get(&path).await.expect(200)["uses"], 1);
        let ended = market.host.with("if-match", coupon.header("etag")).post(&format!("{path}/end"), json!({})).await.expect(200);
        assert_eq!(ended["valid_until"], json!(server.now()));
        market.host.post(&format!("{path}/end"), json!({})).await.refused(409, "invalid_transition");
        market.book_with("SPRING-26").await.refused_fields(&[("/coupon", "expired")]);
        let move_to = json!({ "ends_at": TWELVE });
        let moved = market.customer.post(&format!("/bookings/{}/reschedule", booked.id()), move_to).await.expect(200);
        assert_eq!(moved["price"], pounds(1800), "the booking keeps its coupon");
        market.customer.post(&format!("/bookings/{}/cancel", booked.id()), json!({})).await.expect(200);
        assert_eq!(market.host.get(&path).await.expect(200)["uses"], 0);
    }

    async fn an_amount_is_taken_off_and_never_more_than_the_price(server) {
        let market = market(server).await;
        market.coupon(json!({ "percent": null, "amount": pounds(500) })).await.expect(201);
        assert_eq!(market.book_with("SPRING-26").await.expect(201)["price"], pounds(700));
        market.coupon(json!({ "code": "ALL-OF-IT", "percent": null, "amount": pounds(5000) })).await.expect(201);
        assert_eq!(market.book_with("ALL-OF-IT").await.expect(201)["price"], pounds(0));
        let euros = json!({ "amount": 500, "currency": "EUR" });
        market.coupon(json!({ "code": "EUROS", "percent": null, "amount": euros })).await.expect(201);
        market.book_with("EUROS").await.refused_fields(&[("/coupon", "invalid")]);
    }

    async fn a_coupon_is_used_as_often_as_it_can_be_also_by_many_at_once(server) {
        let market = market(server).await;
        market.coupon(json!({ "max_uses": 3 })).await.expect(201);
        let booked = join_all((0..8).map(|_| market.book_with("SPRING-26"))).await;
        let won = booked.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(won, 3);
        for lost in booked.into_iter().filter(|answer| answer.status != 201) {
            lost.refused_fields(&[("/coupon", "expired")]);
        }
        market.coupon(json!({ "code": "ONCE-EACH", "max_uses_per_customer": 1 })).await.expect(201);
        let quote = market.quote_with("ONCE-EACH").await.expect(200);
        let first = market.book_with("ONCE-EACH").await.expect(201);
        market.book_with("ONCE-EACH").await.refused_fields(&[("/coupon", "expired")]);
        let mut wish = market.wish(TEN, ELEVEN);
        wish["quote_id"] = quote["id"].clone();
        market.customer.post("/bookings", wish.clone()).await.refused_fields(&[("/quote_id", "expired")]);
        market.customer.post(&format!("/bookings/{}/cancel", first.id()), json!({})).await.expect(200);
        assert_eq!(market.customer.post("/bookings", wish).await.expect(201)["price"], pounds(900));
    }

    async fn a_coupon_counts_for_its_resources_in_its_time(server) {
        let market = market(server).await;
        let other = market.host.list_resource(&market.site, json!({})).await;
        market.coupon(json!({ "code": "OTHER", "resource_ids": [other] })).await.expect(201);
        market.book_with("OTHER").await.refused_fields(&[("/coupon", "invalid")]);
        let (from, until) = (server.now() + TimeDelta::hours(1), server.now() + TimeDelta::hours(2));
        market.coupon(json!({ "code": "SOON", "valid_from": from, "valid_until": until })).await.expect(201);
        market.book_with("SOON").await.refused_fields(&[("/coupon", "invalid")]);
        server.advance(TimeDelta::hours(1));
        market.book_with("SOON").await.expect(201);
        server.advance(TimeDelta::hours(1));
        market.book_with("SOON").await.refused_fields(&[("/coupon", "expired")]);
        market.book_with("NONE-SUCH").await.refused_fields(&[("/coupon", "invalid")]);
        let slot = json!({ "starts_at": TEN, "ends_at": ELEVEN, "coupon": "OTHER" });
        let quote = format!("/resources/{}/quote", market.resource);
        market.customer.post(&quote, slot).await.refused_fields(&[("/customer_organization_id", "required")]);
    }

    async fn a_wrong_coupon_is_refused_at_its_fields(server) {
        let market = market(server).await;
        market.coupon(json!({})).await.expect(201);
        for (changes, pointer, code) in [
            (json!({}), "/code", "invalid"),
            (json!({ "code": "a b" }), "/code", "invalid"),
            (json!({ "code": "NEXT", "percent": 101 }), "/percent", "out_of_range"),
            (json!({ "code": "NEXT", "percent": null }), "/percent", "required"),
            (json!({ "code": "NEXT", "amount": pounds(5) }), "/amount", "invalid"),
            (json!({ "code": "NEXT", "percent": null, "amount": pounds(0) }), "/amount/amount", "out_of_range"),
            (json!({ "code": "NEXT", "max_uses": 0 }), "/max_uses", "out_of_range"),
            (json!({ "code": "NEXT", "valid_from": TEN, "valid_until": TEN }), "/valid_until", "invalid"),
            (json!({ "code": "NEXT", "resource_ids": ["019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11"] }), "/resource_ids/0", "invalid"),
        ] {
            market.coupon(changes).await.refused_fields(&[(pointer, code)]);
        }
        let listed = market.host.get(&format!("/organizations/{}/coupons", market.host_organization)).await.expect(200);
        assert_eq!(listed.items().len(), 1);
    }
}
