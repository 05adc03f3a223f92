//! Nobody operates two machines of a host at once, unless the host allows it.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::{Market, User};
use crate::support::server::{Server, on_both_databases};

const NINE: &str = "2026-12-01T09:00:00Z";
const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const NOON: &str = "2026-12-01T12:00:00Z";
const ONE: &str = "2026-12-01T13:00:00Z";

/// The codes of the rules that an attempt breaks; none if it succeeds.
fn broken(answer: Answer) -> Vec<String> {
    if answer.status < 300 {
        return Vec::new();
    }
    let refused = answer.refused(422, "booking_rules_violated");
    let codes = refused["violations"].as_array().unwrap().iter().map(|violation| violation["code"].as_str().unwrap().to_owned());
    codes.collect()
}

impl Market {
    /// An attempt to book another resource for the customer.
    async fn book_other(&self, user: &User, resource: &str, (starts_at, ends_at): (&str, &str), more: Value) -> Answer {
        let mut wish = self.wish(starts_at, ends_at);
        wish["resource_id"] = json!(resource);
        wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        user.post("/bookings", wish).await
    }
}

/// A machine whose operator can run no other one at the same time, as by default.
fn machine(name: &str) -> Value {
    let rules = json!({ "operator_can_run_several": false, "min_minutes": 60, "grid_minutes": 60, "buffer_after_minutes": 30 });
    json!({ "name": name, "booking_rules": rules })
}

/// A market with two machines, of which the customer has booked the first from ten to twelve.
async fn busy_market(server: &Server) -> (Market, String, String) {
    let market = server.market(machine("Lathe")).await;
    let other = market.host.list_resource(&market.site, machine("Mill")).await;
    let booked = market.book(TEN, NOON).await.expect(201).id();
    (market, other, booked)
}

on_both_databases! {
    async fn an_operator_is_busy_while_another_machine_of_the_host_is_booked(server) {
        let (market, mill, booked) = busy_market(server).await;
        let customer = &market.customer;
        let refused = market.book_other(customer, &mill, (ELEVEN, ONE), json!({})).await.refused(422, "booking_rules_violated");
        assert_eq!(refused["violations"], json!([{
            "code": "operator_busy", "overridable": true,
            "detail": "the operator operates another machine of the host from 2026-12-01T10:00:00Z to 2026-12-01T12:00:00Z, and nobody \
                can operate two at once; choose another time, or name another operator",
        }]));
        // Times that touch do not overlap, and the buffer is no work of the operator.
        for free in [(NINE, TEN), (NOON, ONE)] {
            assert!(broken(market.book_other(customer, &mill, free, json!({})).await).is_empty());
        }
        // The same machine is decided by its capacity, and what is over counts no more.
        market.book(ELEVEN, NOON).await.refused(409, "slot_unavailable");
        customer.post(&format!("/bookings/{booked}/cancel"), json!({})).await.expect(200);
        let press = market.host.list_resource(&market.site, machine("Press")).await;
        assert!(broken(market.book_other(customer, &press, (TEN, NOON), json!({})).await).is_empty());
    }

    async fn floor_space_other_hosts_and_other_operators_are_free(server) {
        let (market, mill, _) = busy_market(server).await;
        let floor = json!({ "kind": "floor_space", "name": "Bench", "capacity": { "quantity": 20, "unit": "m2" } });
        let floor = market.host.list_resource(&market.site, floor).await;
        let stranger = server.user("Stella").await;
        let second = stranger.found("Second host").await;
        let site = stranger.open_site(&second, json!({})).await;
        let elsewhere = stranger.list_resource(&site, machine("Lathe")).await;
        for resource in [&floor, &elsewhere] {
            assert!(broken(market.book_other(&market.customer, resource, (TEN, NOON), json!({})).await).is_empty());
        }
        let colleague = server.user("Conny").await;
        server.add_member(&market.customer_organization, &colleague, "booker");
        let named = json!({ "operated_by": colleague.id });
        assert!(broken(market.book_other(&market.customer, &mill, (TEN, NOON), named).await).is_empty());
    }

    async fn the_host_can_allow_it_for_a_machine_and_a_manager_can_override_it(server) {
        let (market, mill, _) = busy_market(server).await;
        let patient = json!({ "name": "Printer", "booking_rules": { "operator_can_run_several": true } });
        let printer = market.host.list_resource(&market.site, patient).await;
        assert!(broken(market.book_other(&market.customer, &printer, (TEN, NOON), json!({})).await).is_empty());
        let override_it = json!({ "override_reason": "Both are automatic.", "operated_by": market.customer.id });
        let refused = market.book_other(&market.customer, &mill, (TEN, NOON), override_it.clone()).await;
        assert_ne!(refused.status, 201);
        let overridden = market.book_other(&market.host, &mill, (TEN, NOON), override_it).await.expect(201);
        let history = market.host.get(&format!("/bookings/{}/history", overridden.id())).await.expect(200);
        assert!(history.text.contains("operator_busy"), "{}", history.text);
    }

    async fn the_machines_of_a_group_are_one_job(server) {
        let (market, mill, booked) = busy_market(server).await;
        market.customer.post(&format!("/bookings/{booked}/cancel"), json!({})).await.expect(200);
        let member = |resource: &str| json!({ "resource_id": resource, "starts_at": TEN, "ends_at": NOON });
        let group = json!({
            "organization_id": market.customer_organization, "bookings": [member(&market.resource), member(&mill)],
        });
        let group = market.customer.post("/booking-groups", group).await.expect(201);
        // A booking of the group can become longer beside the others.
        let of_mill = group["bookings"].as_array().unwrap().iter().find(|one| one["resource_id"] == json!(mill)).unwrap();
        let path = format!("/bookings/{}/reschedule", of_mill["id"].as_str().unwrap());
        market.customer.post(&path, json!({ "ends_at": ONE })).await.expect(200);
        let press = market.host.list_resource(&market.site, machine("Press")).await;
        assert_eq!(broken(market.book_other(&market.customer, &press, (TEN, NOON), json!({})).await), ["operator_busy"]);
    }

    async fn moves_and_other_operators_are_judged_too(server) {
        let (market, mill, first) = busy_market(server).await;
        let later = market.book_other(&market.customer, &mill, (NOON, ONE), json!({})).await.expect(201).id();
        let path = format!("/bookings/{later}/reschedule");
        let earlier = json!({ "starts_at": ELEVEN, "ends_at": NOON });
        assert_eq!(broken(market.customer.post(&path, earlier).await), ["operator_busy"]);
        // A booking does not stand in its own way, not even on another machine.
        market.customer.post(&format!("/bookings/{later}/cancel"), json!({})).await.expect(200);
        let moved = json!({ "starts_at": ELEVEN, "ends_at": ONE, "resource_id": mill });
        market.customer.post(&format!("/bookings/{first}/reschedule"), moved).await.expect(200);
        // A colleague takes over a booking only if the colleague is free.
        let colleague = server.user("Conny").await;
        server.add_member(&market.customer_organization, &colleague, "booker");
        let theirs = json!({ "operated_by": colleague.id });
        let second = market.book_other(&market.customer, &market.resource, (NOON, ONE), theirs).await.expect(201).id();
        let rename = json!({ "operated_by": market.customer.id });
        assert_eq!(broken(market.customer.post(&format!("/bookings/{second}/reschedule"), rename.clone()).await), ["operator_busy"]);
        market.customer.post(&format!("/bookings/{first}/cancel"), json!({})).await.expect(200);
        market.customer.post(&format!("/bookings/{second}/reschedule"), rename).await.expect(200);
    }

    async fn an_operator_is_busy_with_no_booking_that_is_over(server) {
        let (market, _, booked) = busy_market(server).await;
        let rules = json!({ "operator_can_run_several": true, "min_minutes": 60, "grid_minutes": 60 });
        let printer = market.host.list_resource(&market.site, json!({ "name": "Printer", "booking_rules": rules })).await;
        market.book_other(&market.customer, &printer, (NINE, ELEVEN), json!({})).await.expect(201);
        server.advance(TimeDelta::hours(25));
        market.customer.post(&format!("/bookings/{booked}/check-in"), json!({})).await.expect(200);
        let (path, longer) = (format!("/bookings/{booked}/reschedule"), json!({ "ends_at": ONE }));
        assert_eq!(broken(market.customer.post(&path, longer.clone()).await), ["operator_busy"]);
        // No job has written yet that the other booking has ended.
        server.advance(TimeDelta::hours(1));
        market.customer.post(&path, longer).await.expect(200);
    }

    async fn slots_searches_and_quotes_know_that_the_operator_is_busy(server) {
        let (market, mill, _) = busy_market(server).await;
        let customer = &market.customer_organization;
        let slots = format!("/resources/{mill}/slots?from={NINE}&to={ONE}&duration_minutes=60&customer_organization_id={customer}");
        let slots = market.customer.get(&slots).await.expect(200);
        let starts: Vec<_> = slots.items().iter().map(|slot| slot["starts_at"].as_str().unwrap().to_owned()).collect();
        assert_eq!(starts, [NINE, NOON]);
        let slot = json!({ "starts_at": TEN, "ends_at": ELEVEN, "customer_organization_id": customer });
        let quote = market.customer.post(&format!("/resources/{mill}/quote"), slot).await.expect(200);
        assert_eq!(quote["violations"][0]["code"], "operator_busy");
        let window = format!("from={TEN}&to={ONE}&duration_minutes=60&customer_organization_id={customer}&q=Mill");
        let found = market.customer.get(&format!("/search/available?{window}")).await.expect(200);
        assert_eq!((&found.items()[0]["bookable"], &found.items()[0]["starts_at"]), (&json!(true), &json!(NOON)));
    }

    async fn the_times_of_another_customer_of_the_operator_stay_secret(server) {
        let (market, mill, _) = busy_market(server).await;
        let second = market.customer.found("Second venture").await;
        let other = json!({ "organization_id": second });
        let refused = market.book_other(&market.customer, &mill, (ELEVEN, ONE), other).await.refused(422, "booking_rules_violated");
        let detail = refused["violations"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("during this time") && !detail.contains(TEN), "{detail}");
    }

    async fn of_many_machines_at_once_an_operator_gets_one(server) {
        let market = server.market(machine("Lathe")).await;
        let mut machines = vec![market.resource.clone()];
        for number in 0..7 {
            machines.push(market.host.list_resource(&market.site, machine(&format!("Machine {number}"))).await);
        }
        let attempts = machines.iter().map(|machine| market.book_other(&market.customer, machine, (TEN, NOON), json!({})));
        let answers = join_all(attempts).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
        for answer in answers.into_iter().filter(|answer| answer.status != 201) {
            assert_eq!(broken(answer), ["operator_busy"]);
        }
    }
}
