//! Why a booking is held, and the party that it waits for.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::waitlist::{ELEVEN, Rival, TEN, TWELVE};
use crate::support::people::{Market, User};
use crate::support::server::on_both_databases;

const CUSTOMER: &str = "customer";
const HOST: &str = "host";

/// What the API shows of a booking's hold.
fn hold(booking: &Value) -> Value {
    json!([booking["status"], booking["hold_reason"], booking["awaits"], booking["is_offered"]])
}

async fn seen(user: &User, booking: &str) -> Value {
    hold(&user.get(&format!("/bookings/{booking}")).await.expect(200).body)
}

async fn does(user: &User, booking: &str, verb: &str) -> Value {
    hold(&user.post(&format!("/bookings/{booking}/{verb}"), json!({})).await.expect(200).body)
}

async fn holds(market: &Market) -> Value {
    let mut wish = market.wish(TEN, ELEVEN);
    wish["hold"] = json!(true);
    market.customer.post("/bookings", wish).await.expect(201).body
}

/// The host offers the second hour to the customer.
async fn offers(market: &Market) -> Value {
    let mut offer = market.wish(ELEVEN, TWELVE);
    offer["operated_by"] = json!(market.customer.id);
    market.host.post("/bookings", offer).await.expect(201).body
}

fn id(booking: &Value) -> &str {
    booking["id"].as_str().unwrap()
}

on_both_databases! {
    async fn a_booking_that_was_never_held_waits_for_nobody(server) {
        let market = server.market(json!({})).await;
        let booked = market.book(TEN, ELEVEN).await.expect(201).body;
        assert_eq!(hold(&booked), json!(["confirmed", null, null, false]));
        assert_eq!(does(&market.customer, id(&booked), "cancel").await, json!(["cancelled", null, null, false]));
    }

    async fn a_customers_hold_waits_for_the_customer_and_keeps_its_reason(server) {
        let market = server.market(json!({})).await;
        let held = holds(&market).await;
        assert_eq!(hold(&held), json!(["held", CUSTOMER, CUSTOMER, false]));
        assert_eq!(does(&market.customer, id(&held), "confirm").await, json!(["confirmed", CUSTOMER, null, false]));
        assert_eq!(does(&market.customer, id(&held), "cancel").await, json!(["cancelled", CUSTOMER, null, false]));
    }

    async fn a_hold_that_is_requested_waits_for_nobody_as_a_hold(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true, "answer_minutes": 60 } })).await;
        let held = holds(&market).await;
        assert_eq!(does(&market.customer, id(&held), "confirm").await, json!(["requested", CUSTOMER, null, false]));
        server.advance(TimeDelta::minutes(60));
        assert_eq!(seen(&market.host, id(&held)).await, json!(["expired", CUSTOMER, null, false]));
    }

    async fn a_booking_that_ended_as_a_hold_shows_the_party_that_it_waited_for(server) {
        let market = server.market(json!({})).await;
        let cancelled = holds(&market).await;
        assert_eq!(does(&market.customer, id(&cancelled), "cancel").await, json!(["cancelled", CUSTOMER, CUSTOMER, false]));
        let expired = holds(&market).await;
        server.advance(TimeDelta::minutes(15));
        let ended = json!(["expired", CUSTOMER, CUSTOMER, false]);
        assert_eq!(seen(&market.customer, id(&expired)).await, ended);
        server.run_jobs().await;
        assert_eq!(seen(&market.customer, id(&expired)).await, ended);
    }

    async fn a_hold_for_payment_waits_for_the_host(server) {
        let market = server.market(json!({ "booking_rules": { "requires_payment": true } })).await;
        let held = market.book(TEN, ELEVEN).await.expect(201).body;
        assert_eq!(hold(&held), json!(["held", "payment", HOST, false]));
        assert_eq!(does(&market.host, id(&held), "confirm").await, json!(["confirmed", "payment", null, false]));
        let let_go = market.book(ELEVEN, TWELVE).await.expect(201).body;
        assert_eq!(does(&market.customer, id(&let_go), "cancel").await, json!(["cancelled", "payment", HOST, false]));
    }

    async fn an_offer_from_the_waitlist_waits_for_the_customer_or_for_the_host_where_it_is_paid_first(server) {
        let mut market = server.market(json!({})).await;
        for (requires_payment, awaits) in [(false, CUSTOMER), (true, HOST)] {
            let rules = json!({ "requires_payment": requires_payment, "offer_minutes": 60 });
            market.resource = market.host.list_resource(&market.site, json!({ "booking_rules": rules })).await;
            let path = format!("/resources/{}/blocks", market.resource);
            let block = market.host.post(&path, json!({ "starts_at": TEN, "ends_at": ELEVEN })).await.expect(201).id();
            let rival = Rival::new(server, &format!("Rival{requires_payment}")).await;
            let entry = rival.waits(server, &market, (TEN, ELEVEN), 60).await;
            market.host.delete(&format!("{path}/{block}")).await.expect(204);
            let offered = rival.offer(&entry).await;
            assert_eq!(seen(&rival.user, &offered).await, json!(["held", "waitlist", awaits, false]));
            let taker = if requires_payment { &market.host } else { &rival.user };
            assert_eq!(does(taker, &offered, "confirm").await, json!(["confirmed", "waitlist", null, false]));
            assert_eq!(rival.entry(&entry).await["status"], "taken");
        }
    }

    async fn an_offer_of_the_host_waits_for_the_customer_or_for_the_host_where_it_is_paid_first(server) {
        let mut market = server.market(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        for (requires_payment, awaits) in [(false, CUSTOMER), (true, HOST)] {
            let rules = json!({ "requires_payment": requires_payment });
            market.resource = market.host.list_resource(&market.site, json!({ "booking_rules": rules })).await;
            let offered = offers(&market).await;
            assert_eq!(hold(&offered), json!(["held", "host_offer", awaits, true]));
            let taker = if requires_payment { &market.host } else { &market.customer };
            assert_eq!(does(taker, id(&offered), "confirm").await, json!(["confirmed", "host_offer", null, true]));
        }
    }

    async fn a_hold_that_moves_becomes_what_it_is_by_the_rules_of_its_new_resource(server) {
        let market = server.market(json!({})).await;
        let paid = json!({ "name": "Mill", "booking_rules": { "requires_payment": true } });
        let paid = market.host.list_resource(&market.site, paid).await;
        let held = holds(&market).await;
        let path = format!("/bookings/{}/reschedule", id(&held));
        for (resource, reason, awaits) in [(&paid, "payment", HOST), (&market.resource, CUSTOMER, CUSTOMER)] {
            let moved = market.customer.post(&path, json!({ "resource_id": resource })).await.expect(200);
            assert_eq!(hold(&moved.body), json!(["held", reason, awaits, false]));
        }
        let offered = offers(&market).await;
        let path = format!("/bookings/{}/reschedule", id(&offered));
        let more = json!({ "ends_at": "2026-12-01T13:00:00Z" });
        let by_host = market.host.post(&path, more).await.expect(200);
        assert_eq!(hold(&by_host.body), json!(["held", "host_offer", CUSTOMER, true]));
        let even_more = json!({ "ends_at": "2026-12-01T14:00:00Z" });
        let by_customer = market.customer.post(&path, even_more).await.expect(200);
        assert_eq!(hold(&by_customer.body), json!(["held", CUSTOMER, CUSTOMER, false]));
    }

    async fn in_a_group_each_hold_waits_for_the_party_of_its_own_rules(server) {
        let market = server.market(json!({ "booking_rules": { "requires_payment": true } })).await;
        let plain = market.host.list_resource(&market.site, json!({ "name": "Saw" })).await;
        let slot = |resource: &str| json!({ "resource_id": resource, "starts_at": TEN, "ends_at": ELEVEN });
        let wish = json!({ "organization_id": market.customer_organization, "bookings": [slot(&market.resource), slot(&plain)] });
        let made = market.customer.post("/booking-groups", wish).await.expect(201);
        let mut holds: Vec<_> = made["bookings"].as_array().unwrap().iter().map(hold).collect();
        holds.sort_by_key(ToString::to_string);
        assert_eq!(json!(holds), json!([["held", CUSTOMER, CUSTOMER, false], ["held", "payment", HOST, false]]));
    }
}
