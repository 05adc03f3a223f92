//! The ways to pay that a host offers to each kind of customer.

use serde_json::{Value, json};

use super::fees::pounds;
use super::prepaid::{market, verify};
use super::waitlist::{ELEVEN, TEN, TWELVE};
use crate::support::people::Market;
use crate::support::server::on_both_databases;
use crate::support::stripe::Account;

impl Market {
    /// The host offers these ways to firms, the kind of the customer.
    async fn offer_ways(&self, ways: Value) {
        let billing = format!("/organizations/{}/billing", self.host_organization);
        let by_kind = json!({ "ways_to_pay_by_kind": [{ "kind": "firm", "ways": ways }] });
        self.host.patch(&billing, by_kind).await.expect(200);
    }

    /// The ways that a quote names for the customer, or for everybody.
    async fn quoted_ways(&self, is_customer: bool) -> Value {
        let mut slot = json!({ "starts_at": TEN, "ends_at": ELEVEN });
        if is_customer {
            slot["customer_organization_id"] = json!(self.customer_organization);
        }
        self.customer.post(&format!("/resources/{}/quote", self.resource), slot).await.expect(200)["ways_to_pay"].clone()
    }
}

on_both_databases! {
    async fn a_customer_without_invoices_needs_credit_for_all_of_a_booking(server) {
        let market = market(server, json!({})).await;
        assert_eq!(market.quoted_ways(true).await, json!(["invoice"]));
        market.offer_ways(json!(["prepaid"])).await;
        assert_eq!((market.quoted_ways(true).await, market.quoted_ways(false).await), (json!(["prepaid"]), json!(["invoice"])));
        let resource = server.anonymous().get(&format!("/resources/{}", market.resource)).await.expect(200);
        let ways = json!([
            { "kind": "firm", "ways": ["prepaid"] },
            { "kind": "startup", "ways": ["invoice"] },
            { "kind": "makerspace", "ways": ["invoice"] },
        ]);
        assert_eq!(resource["ways_to_pay_by_kind"], ways);
        let refused = market.book(TEN, ELEVEN).await;
        assert!(refused["detail"].as_str().unwrap().contains("prepaid"), "{refused:?}");
        refused.refused(409, "no_way_to_pay");
        // Credit for one hour, and not for a second one; a hold, which uses none, is confirmed only while there is any.
        let credit = market.bought(json!({ "price": pounds(1200), "credit": null })).await;
        market.book(TEN, TWELVE).await.refused(409, "no_way_to_pay");
        let mut wish = market.wish(TEN, ELEVEN);
        wish["hold"] = json!(true);
        let held = market.customer.post("/bookings", wish.clone()).await.expect(201);
        let booked = market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!((&booked["status"], &booked["owed"]), (&json!("confirmed"), &pounds(0)));
        market.change(&held.id(), "confirm").await.refused(409, "no_way_to_pay");
        market.change(&booked.id(), "cancel").await.expect(200);
        market.change(&held.id(), "confirm").await.expect(200);
        let longer = json!({ "ends_at": TWELVE });
        market.customer.post(&format!("/bookings/{}/reschedule", held.id()), longer).await.refused(422, "booking_rules_violated");
        let group = json!({ "organization_id": market.customer_organization, "bookings": [
            { "resource_id": market.resource, "starts_at": TEN, "ends_at": ELEVEN },
        ] });
        market.customer.post("/booking-groups", group).await.refused(409, "no_way_to_pay");
        assert_eq!(market.prepaid(&credit).await["state"], "spent");
        verify(server).await;
    }

    async fn bookings_at_once_use_credit_once_and_the_others_are_refused(server) {
        let market = market(server, json!({})).await;
        market.offer_ways(json!(["prepaid"])).await;
        market.bought(json!({ "price": pounds(2400), "credit": null })).await;
        let all = futures_util::future::join_all((0..6).map(|_| market.book(TEN, ELEVEN))).await;
        let mut statuses: Vec<u16> = all.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 201, 409, 409, 409, 409]);
        verify(server).await;
    }

    async fn a_customer_without_invoices_pays_by_card_before_the_booking_is_confirmed(server, crate::support::stripe::with_stripe) {
        let _stripe = Account::of(server);
        let market = market(server, json!({})).await;
        market.offer_ways(json!(["card"])).await;
        assert_eq!(market.quoted_ways(true).await, json!(["card"]));
        let held = market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!((&held["status"], &held["hold_reason"]), (&json!("held"), &json!("payment")));
        market.change(&held.id(), "confirm").await.refused(403, "forbidden");
        market.customer.post(&format!("/bookings/{}/pay", held.id()), json!({})).await.expect(200);
        // A host that offers no prepaid credit sells none to this kind; credit that it gives pays all the same.
        let package = market.package(json!({})).await.expect(201).id();
        market.buy(&package).await.refused(409, "no_way_to_pay");
        let sale = json!({ "customer_organization_id": market.customer_organization, "is_free": true });
        market.host.post(&format!("/packages/{package}/sell"), sale).await.expect(201);
        assert_eq!(market.book(TEN, ELEVEN).await.expect(201)["status"], "confirmed");
        let group = json!({ "organization_id": market.customer_organization, "bookings": [
            { "resource_id": market.resource, "starts_at": TEN, "ends_at": ELEVEN },
        ] });
        let group = market.customer.post("/booking-groups", group).await.expect(201);
        assert_eq!((&group["bookings"][0]["status"], &group["bookings"][0]["hold_reason"]), (&json!("held"), &json!("payment")));
    }

    async fn the_list_for_all_kinds_demands_no_payment_and_no_kind_is_left_without_a_way(server) {
        let market = market(server, json!({})).await;
        let billing = format!("/organizations/{}/billing", market.host_organization);
        market.host.patch(&billing, json!({ "ways_to_pay": ["prepaid"] })).await.expect(200);
        assert_eq!(market.book(TEN, ELEVEN).await.expect(201)["status"], "confirmed");
        for (by_kind, pointer, code) in [
            (json!([{ "kind": "firm", "ways": [] }]), "/ways_to_pay_by_kind/0/ways", "required"),
            (json!([{ "kind": "firm", "ways": ["card"] }]), "/ways_to_pay_by_kind/0/ways", "invalid"),
        ] {
            market.host.patch(&billing, json!({ "ways_to_pay_by_kind": by_kind })).await.refused_fields(&[(pointer, code)]);
        }
        market.offer_ways(json!(["invoice", "prepaid"])).await;
        assert_eq!(market.book(TEN, ELEVEN).await.expect(201)["owed"], pounds(1200));
        let cleared = market.host.patch(&billing, json!({ "ways_to_pay_by_kind": null })).await.expect(200);
        assert_eq!(cleared["ways_to_pay_by_kind"], json!([]));
    }
}
