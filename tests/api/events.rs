//! The events of an organization: each change of its bookings and of its money, once, in order, with the whole object.

use chrono::TimeDelta;
use domain::organization_event::EventType;
use serde_json::{Value, json};

use super::access_money::new_payment;
use crate::support::client::{Answer, Client};
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

const FROM: &str = "2026-12-01T10:00:00Z";
const TO: &str = "2026-12-01T11:00:00Z";

/// The events of an organization, when all facts are told.
async fn events(server: &Server, reader: &Client, organization: &str, query: &str) -> Answer {
    server.tell_all().await;
    reader.get(&format!("/organizations/{organization}/events{query}")).await.expect(200)
}

/// The query for all events but the first one of the host, which is about its machine.
fn but_of_the_machine() -> String {
    let others: Vec<_> =
        EventType::ALL.iter().filter(|kind| **kind != EventType::ResourceCreate).map(|kind| kind.as_str()).collect();
    format!("?type={}", others.join(","))
}

/// The type, the version and the state of each event about a booking.
fn summary(events: &Answer) -> Vec<String> {
    let one = |event: &Value| format!("{} {} {}", event["type"], event["data"]["version"], event["data"]["booking"]["status"]);
    events.items().iter().map(|event| one(event).replace('"', "")).collect()
}

async fn cancel(market: &Market, id: &str) {
    market.customer.post(&format!("/bookings/{id}/cancel"), json!({})).await.expect(200);
}

on_both_databases! {
    async fn each_change_is_an_event_for_both_parties_with_the_booking_as_it_was(server) {
        let market = server.market(json!({})).await;
        let booked = market.book(FROM, TO).await.expect(201);
        let id = booked.id();
        let created = events(server, &market.host, &market.host_organization, &but_of_the_machine()).await;
        assert_eq!(created.items()[0]["data"], json!({ "version": 1, "booking": booked.body }));
        assert_eq!(created.items()[0]["timestamp"], json!("2026-11-30T09:00:00Z"));
        server.advance(TimeDelta::minutes(5));
        let slot = json!({ "starts_at": "2026-12-01T12:00:00Z", "ends_at": "2026-12-01T14:00:00Z" });
        market.customer.post(&format!("/bookings/{id}/reschedule"), slot).await.expect(200);
        let moved = market.customer.get(&format!("/bookings/{id}")).await.expect(200);
        server.advance(TimeDelta::minutes(5));
        let cancelled = market.host.post(&format!("/bookings/{id}/cancel"), json!({ "reason": "Broken" })).await.expect(200);
        let mut seen = Vec::new();
        for (reader, organization) in
            [(&market.host, &market.host_organization), (&market.customer, &market.customer_organization)]
        {
            let events = events(server, reader, organization, &but_of_the_machine()).await;
            assert_eq!(
                summary(&events),
                ["booking.create 1 confirmed", "booking.reschedule 2 confirmed", "booking.cancel 3 cancelled"]
            );
            // Each shows the booking as its change left it, also after later changes.
            let [first, second, third] = events.items() else { panic!("{events:?}") };
            for (event, then) in [(first, &booked), (second, &moved), (third, &cancelled)] {
                assert_eq!(event["data"]["booking"], then.body);
            }
            seen.push(events.items().iter().map(|event| event["id"].clone()).collect::<Vec<_>>());
        }
        assert!(seen[0].iter().all(|id| !seen[1].contains(id)), "the parties share identifiers: {seen:?}");
        let elsewhere = market.customer.found("Elsewhere").await;
        assert_eq!(events(server, &market.customer, &elsewhere, "").await.items(), [Value::Null; 0]);
    }

    async fn payments_and_invoices_are_events_for_both_parties(server) {
        let market = server.market(json!({})).await;
        let booking = market.book(FROM, TO).await.expect(201).id();
        let organization = format!("/organizations/{}", market.host_organization);
        let paid = market.host.post(&format!("{organization}/payments"), new_payment(&market.customer_organization)).await.expect(201);
        // Facts of one instant can be told in any order.
        server.advance(TimeDelta::seconds(1));
        market.host.post(&format!("/payments/{}/reverse", paid.id()), json!({ "reason": "Typo" })).await.expect(200);
        server.advance(TimeDelta::seconds(1));
        let address = json!({ "legal_name": "Rotor", "street": "1 Lane", "city": "London", "postal_code": "E1 1AA" });
        market.host.patch(&format!("{organization}/billing"), json!({ "billing_address": address })).await.expect(200);
        let wish = json!({ "customer_organization_id": market.customer_organization, "booking_id": booking });
        let issued = market.host.post(&format!("{organization}/invoices"), wish).await.expect(201);
        for (reader, organization) in
            [(&market.host, &market.host_organization), (&market.customer, &market.customer_organization)]
        {
            let events = events(server, reader, organization, "?type=payment.record,payment.reverse&type=invoice.issue").await;
            let types: Vec<_> = events.items().iter().map(|event| &event["type"]).collect();
            assert_eq!(types, ["payment.record", "payment.reverse", "invoice.issue"]);
            assert_eq!(events.items()[0]["data"]["payment"]["id"], json!(paid.id()));
            assert_eq!(events.items()[2]["data"], json!({ "version": 1, "invoice": issued.items()[0] }));
        }
    }

    async fn a_resource_that_has_changed_is_an_event_for_its_host(server) {
        let market = server.market(json!({})).await;
        let told = events(server, &market.host, &market.host_organization, "?type=resource.create").await;
        let listed = market.host.get(&format!("/resources/{}", market.resource)).await.expect(200);
        assert_eq!((told.items().len(), &told.items()[0]["data"]["resource"]), (1, &listed.body));
        market.book(FROM, TO).await.expect(201);
        let resource = format!("/resources/{}", market.resource);
        let calls = [
            ("patch", resource.clone(), json!({ "name": "Big lathe" })),
            ("patch", format!("/sites/{}", market.site), json!({ "name": "The old mill" })),
            ("post", format!("{resource}/blocks"), json!({ "starts_at": "2026-12-02T10:00:00Z", "ends_at": "2026-12-02T11:00:00Z" })),
            ("post", format!("{resource}/out-of-order"), json!({ "reason": "Belt" })),
            ("post", format!("{resource}/back-in-order"), json!({})),
        ];
        for (count, (method, path, body)) in calls.into_iter().enumerate() {
            server.advance(TimeDelta::seconds(1));
            let changed = match method {
                "patch" => market.host.patch(&path, body).await,
                _ => market.host.post(&path, body).await,
            };
            assert!(changed.status < 300, "{path}: {changed:?}");
            let told = events(server, &market.host, &market.host_organization, "?type=resource.update").await;
            assert_eq!(told.items().len(), count + 1, "{path}");
            let shown = market.host.get(&resource).await.expect(200);
            assert_eq!(told.items()[count]["data"]["resource"], shown.body);
        }
        server.advance(TimeDelta::seconds(1));
        let block = market.host.get(&format!("{resource}/blocks")).await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        market.host.patch(&format!("{resource}/blocks/{block}"), json!({ "reason": "Paint" })).await.expect(200);
        server.advance(TimeDelta::seconds(1));
        market.host.delete(&format!("{resource}/blocks/{block}")).await.expect(204);
        let told = events(server, &market.host, &market.host_organization, "?type=resource.update").await;
        assert_eq!(told.items().len(), 7);
        let told = events(server, &market.customer, &market.customer_organization, "?type=resource.update").await;
        assert_eq!(told.items(), [Value::Null; 0], "the customer is told nothing about the calendar of the host");
    }

    async fn a_client_goes_on_after_the_last_event_that_it_has(server) {
        let market = server.market(json!({ "capacity": { "quantity": 9, "unit": "unit" } })).await;
        for _ in 0..3 {
            let id = market.book(FROM, TO).await.expect(201).id();
            cancel(&market, &id).await;
        }
        let path = format!("/organizations/{}/events", market.host_organization);
        let all = events(server, &market.host, &market.host_organization, "").await;
        assert_eq!((all.items().len(), all.items()[0]["type"].as_str()), (7, Some("resource.create")));
        let mut ids: Vec<_> = all.items().iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect();
        assert!(ids.is_sorted());
        let after = market.host.get(&format!("{path}?after={}", ids[3])).await.expect(200);
        assert_eq!(after.items(), &all.items()[4..]);
        let page = market.host.get(&format!("{path}?limit=4")).await.expect(200);
        let rest = market.host.get(&format!("{path}?limit=4&cursor={}", page.text("next_cursor"))).await.expect(200);
        assert_eq!((page.items(), rest.items()), (&all.items()[..4], &all.items()[4..]));
        let cancelled = market.host.get(&format!("{path}?type=booking.cancel")).await.expect(200);
        assert_eq!(cancelled.items().len(), 3);
        let newest = market.host.get(&format!("{path}?order=-created_at")).await.expect(200);
        ids.reverse();
        assert_eq!(newest.items().iter().map(|event| event["id"].as_str().unwrap()).collect::<Vec<_>>(), ids);
        market.host.get(&format!("{path}?type=booking.none")).await.refused(422, "invalid_fields");
    }

    async fn the_events_of_a_booking_follow_its_versions_whatever_the_clocks_say(server) {
        let market = server.market(json!({ "capacity": { "quantity": 9, "unit": "unit" } })).await;
        for _ in 0..9 {
            let id = market.book(FROM, TO).await.expect(201).id();
            cancel(&market, &id).await;
        }
        server.tell_all().await;
        // All is told again at once. The facts have the same time, so nothing but the versions says which was first.
        server.execute("DELETE FROM organization_events");
        server.execute("UPDATE deliveries SET state = 'pending', done_at = NULL WHERE subscriber = 'events'");
        let events = events(server, &market.host, &market.host_organization, &but_of_the_machine()).await;
        let mut last = std::collections::HashMap::new();
        for event in events.items() {
            let version = event["data"]["version"].as_i64().unwrap();
            let before = last.insert(event["data"]["booking"]["id"].clone(), version).unwrap_or_default();
            assert_eq!(version, before + 1);
        }
        assert_eq!((events.items().len(), last.len()), (18, 9));
    }

    async fn several_servers_tell_each_change_once(server) {
        let market = server.market(json!({ "capacity": { "quantity": 99, "unit": "unit" } })).await;
        let (mut one, mut other) = (server.runner(), server.runner());
        for _ in 0..5 {
            let booked = futures_util::future::join_all((0..5).map(|_| market.book(FROM, TO)));
            let (booked, _, _) = tokio::join!(booked, one.run_once(), other.run_once());
            booked.into_iter().for_each(|answer| drop(answer.expect(201)));
        }
        let events = events(server, &market.customer, &market.customer_organization, "").await;
        let mut bookings: Vec<_> = events.items().iter().map(|event| event["data"]["booking"]["id"].to_string()).collect();
        bookings.sort();
        bookings.dedup();
        assert_eq!((events.items().len(), bookings.len()), (25, 25));
    }

    async fn a_key_reads_events_with_the_scope_and_no_more(server) {
        let market = server.market(json!({})).await;
        market.book(FROM, TO).await.expect(201);
        let keys = format!("/organizations/{}/api-keys", market.host_organization);
        let key = market.host.post(&keys, json!({ "name": "Sync", "scopes": ["events:read"] })).await.expect(201).text("key");
        let key = server.anonymous().with_token(key);
        assert_eq!(events(server, &key, &market.host_organization, &but_of_the_machine()).await.items().len(), 1);
        key.get("/bookings").await.refused(403, "forbidden");
        key.get(&format!("/organizations/{}/events", market.customer_organization)).await.refused(404, "not_found");
    }

    async fn events_go_with_their_facts_after_thirty_days(server) {
        let market = server.market(json!({})).await;
        market.book(FROM, TO).await.expect(201);
        assert_eq!(events(server, &market.host, &market.host_organization, &but_of_the_machine()).await.items().len(), 1);
        let id = server.select("SELECT id AS value FROM organization_events").remove(0);
        let copy = "INSERT INTO organization_events SELECT '019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11', organization_id, fact_id, change, kind \
                    FROM organization_events WHERE id = ";
        assert!(server.fails(&format!("{copy}'{id}'")), "a change is told twice");
        server.advance(TimeDelta::days(31));
        server.run_jobs().await;
        let left = events(server, &market.host, &market.host_organization, "?type=booking.create").await;
        assert_eq!(left.items(), [Value::Null; 0]);
    }
}
