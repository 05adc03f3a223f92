//! Resources that go together, and resources that exclude each other.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::people::Market;
use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";
const DAY: &str = "from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z";

/// Another resource of the host, of which there is so much.
async fn another(market: &Market, name: &str, quantity: i32) -> String {
    market.host.list_resource(&market.site, json!({ "name": name, "capacity": { "quantity": quantity, "unit": "unit" } })).await
}

async fn link(market: &Market, from: &str, to: &str, kind: &str, quantity: i32) -> Answer {
    market.host.post(&format!("/resources/{from}/links"), json!({ "other_id": to, "kind": kind, "quantity": quantity })).await
}

async fn book(market: &Market, resource: &str, starts_at: &str, ends_at: &str) -> Answer {
    let mut wish = market.wish(starts_at, ends_at);
    wish["resource_id"] = resource.into();
    market.customer.post("/bookings", wish).await
}

async fn free(client: &Client, resource: &str) -> Value {
    client.get(&format!("/resources/{resource}/availability?{DAY}")).await.expect(200)["free"].clone()
}

fn span(starts_at: &str, ends_at: &str, quantity: i32) -> Value {
    json!({ "starts_at": starts_at, "ends_at": ends_at, "quantity": quantity })
}

on_both_databases! {
    async fn a_machine_and_the_room_it_stands_in_are_booked_together(server) {
        let market = server.market(json!({ "capacity": { "quantity": 3, "unit": "unit" } })).await;
        let (machine, room) = (&market.resource, &another(&market, "Room", 1).await);
        link(&market, machine, room, "takes", 1).await.expect(201);
        book(&market, machine, TEN, ELEVEN).await.expect(201);
        let clash = book(&market, room, TEN, TWELVE).await.refused(409, "slot_unavailable");
        assert_eq!(clash["conflicts"], json!([{ "starts_at": TEN, "ends_at": ELEVEN, "available_quantity": 0 }]));
        book(&market, room, ELEVEN, TWELVE).await.expect(201);
        let clash = book(&market, machine, TEN, TWELVE).await.refused(409, "slot_unavailable");
        assert_eq!(clash["conflicts"], json!([{ "starts_at": TEN, "ends_at": TWELVE, "available_quantity": 0 }]));
        let path = format!("/resources/{machine}/blocks");
        market.host.post(&path, json!({ "starts_at": TEN, "ends_at": TWELVE, "quantity": 1 })).await.refused(409, "slot_unavailable");
        let hours = [span("2026-12-01T00:00:00Z", TEN, 1), span(TWELVE, "2026-12-02T00:00:00Z", 1)];
        assert_eq!(free(&server.anonymous(), machine).await, json!(hours));
        assert_eq!(free(&server.anonymous(), room).await, json!(hours));
    }

    async fn as_many_machines_are_free_as_find_room(server) {
        let market = server.market(json!({ "capacity": { "quantity": 5, "unit": "unit" } })).await;
        let (machine, floor) = (&market.resource, &another(&market, "Floor", 7).await);
        link(&market, machine, floor, "takes", 2).await.expect(201);
        let mut wish = market.wish(TEN, ELEVEN);
        wish["quantity"] = 4.into();
        market.customer.post("/bookings", wish).await.refused(409, "slot_unavailable");
        book(&market, floor, TEN, ELEVEN).await.expect(201);
        book(&market, floor, TEN, ELEVEN).await.expect(201);
        assert_eq!(free(&server.anonymous(), machine).await, json!([
            span("2026-12-01T00:00:00Z", TEN, 3), span(TEN, ELEVEN, 2), span(ELEVEN, "2026-12-02T00:00:00Z", 3),
        ]));
    }

    async fn what_excludes_each_other_is_not_booked_at_once(server) {
        let market = server.market(json!({ "capacity": { "quantity": 2, "unit": "unit" } })).await;
        let (paint, grinder, bench) =
            (&another(&market, "Paint shop", 1).await, &market.resource, &another(&market, "Bench", 1).await);
        link(&market, grinder, paint, "excludes", 1).await.expect(201);
        link(&market, bench, grinder, "takes", 1).await.expect(201);
        book(&market, grinder, TEN, ELEVEN).await.expect(201);
        book(&market, grinder, TEN, ELEVEN).await.expect(201);
        book(&market, paint, TEN, ELEVEN).await.refused(409, "slot_unavailable");
        book(&market, paint, ELEVEN, TWELVE).await.expect(201);
        let clash = book(&market, grinder, TEN, TWELVE).await.refused(409, "slot_unavailable");
        assert_eq!(clash["conflicts"], json!([{ "starts_at": TEN, "ends_at": TWELVE, "available_quantity": 0 }]));
        // What is taken along is excluded as if it were booked.
        let clash = book(&market, bench, ELEVEN, TWELVE).await.refused(409, "slot_unavailable");
        assert_eq!(clash["conflicts"], json!([{ "starts_at": ELEVEN, "ends_at": TWELVE, "available_quantity": 0 }]));
    }

    async fn what_is_visible_to_all_as_free_can_be_booked_and_nothing_else(server) {
        let rules = json!({ "grid_minutes": 60, "min_minutes": 60, "buffer_after_minutes": 60 });
        let market = server.market(json!({ "booking_rules": rules, "capacity": { "quantity": 2, "unit": "unit" } })).await;
        let (machine, room, noisy) = (&market.resource, &another(&market, "Room", 2).await, &another(&market, "Hammer", 1).await);
        link(&market, machine, room, "takes", 1).await.expect(201);
        link(&market, noisy, room, "excludes", 1).await.expect(201);
        book(&market, machine, "2026-12-01T03:00:00Z", "2026-12-01T05:00:00Z").await.expect(201);
        book(&market, room, "2026-12-01T04:00:00Z", "2026-12-01T07:00:00Z").await.expect(201);
        book(&market, noisy, TEN, TWELVE).await.expect(201);
        for resource in [machine, room, noisy] {
            let slots = format!("/resources/{resource}/slots?{DAY}&duration_minutes=60&limit=200");
            let slots = server.anonymous().get(&slots).await.expect(200);
            let is_slot = |starts_at: &str| slots.items().iter().any(|slot| slot["starts_at"] == starts_at);
            for hour in 0..23 {
                let (starts_at, ends_at) = (format!("2026-12-01T{hour:02}:00:00Z"), format!("2026-12-01T{:02}:00:00Z", hour + 1));
                let search = format!("/search/available?starts_at={starts_at}&ends_at={ends_at}");
                let search = server.anonymous().get(&search).await.expect(200);
                let is_found = search.items().iter().any(|found| found["resource"]["id"] == *resource);
                let answer = book(&market, resource, &starts_at, &ends_at).await;
                assert_eq!((is_slot(&starts_at), is_found), (answer.status == 201, answer.status == 201), "{starts_at} {answer:?}");
                if answer.status == 201 {
                    market.customer.post(&format!("/bookings/{}/cancel", answer.id()), json!({})).await.expect(200);
                }
            }
        }
    }

    async fn what_has_lapsed_or_is_over_stands_in_the_way_of_no_linked_claim(server) {
        let market = server.market(json!({})).await;
        let (machine, sister, room) = (&market.resource, &another(&market, "Sister", 1).await, &another(&market, "Room", 1).await);
        link(&market, machine, room, "takes", 1).await.expect(201);
        link(&market, sister, room, "takes", 1).await.expect(201);
        let mut hold = market.wish(TEN, ELEVEN);
        hold["hold"] = true.into();
        market.customer.post("/bookings", hold).await.expect(201);
        book(&market, sister, TEN, ELEVEN).await.refused(409, "slot_unavailable");
        server.advance(TimeDelta::hours(1));
        book(&market, sister, TEN, ELEVEN).await.expect(201);
        let block = json!({ "starts_at": ELEVEN, "ends_at": TWELVE });
        market.host.post(&format!("/resources/{machine}/blocks"), block.clone()).await.expect(201);
        server.advance(TimeDelta::days(2));
        market.host.post(&format!("/resources/{sister}/blocks"), block).await.expect(201);
    }

    async fn a_link_holds_for_what_is_booked_already_or_is_refused(server) {
        let market = server.market(json!({})).await;
        let (machine, room) = (&market.resource, &another(&market, "Room", 1).await);
        book(&market, machine, TEN, ELEVEN).await.expect(201);
        let in_room = book(&market, room, TEN, ELEVEN).await.expect(201).id();
        for kind in ["takes", "excludes"] {
            link(&market, machine, room, kind, 1).await.refused(409, "link_not_possible");
        }
        market.customer.post(&format!("/bookings/{in_room}/cancel"), json!({})).await.expect(200);
        link(&market, machine, room, "takes", 1).await.expect(201);
        book(&market, room, TEN, ELEVEN).await.refused(409, "slot_unavailable");
        market.host.delete(&format!("/resources/{machine}/links/{room}")).await.expect(204);
        book(&market, room, TEN, ELEVEN).await.expect(201);
        server.advance(TimeDelta::days(2));
        link(&market, machine, room, "excludes", 1).await.expect(201);
    }

    async fn a_link_is_listed_replaced_and_removed(server) {
        let market = server.market(json!({})).await;
        let (machine, room) = (&market.resource, &another(&market, "Room", 4).await);
        link(&market, machine, room, "takes", 2).await.expect(201);
        link(&market, machine, room, "takes", 4).await.expect(201);
        link(&market, room, machine, "excludes", 1).await.expect(201);
        let made = link(&market, machine, room, "excludes", 1).await.expect(201);
        assert_eq!(made.body, json!({ "resource_id": machine, "other_id": room, "kind": "excludes", "quantity": 1 }));
        for resource in [machine, room] {
            let listed = server.anonymous().get(&format!("/resources/{resource}/links")).await.expect(200);
            assert_eq!(listed.items(), std::slice::from_ref(&made.body));
        }
        // Others do not hear of what they may not see.
        market.host.patch(&format!("/resources/{room}"), json!({ "is_private": true })).await.expect(200);
        let path = format!("/resources/{machine}/links");
        assert!(market.customer.get(&path).await.expect(200).items().is_empty());
        assert_eq!(market.host.get(&path).await.expect(200).items().len(), 1);
        let path = format!("/resources/{room}/links/{machine}");
        market.host.delete(&path).await.expect(204);
        market.host.delete(&path).await.refused(404, "not_found");
        assert!(market.host.get(&format!("/resources/{machine}/links")).await.expect(200).items().is_empty());
    }

    async fn a_link_leads_to_another_resource_of_the_same_host(server) {
        let market = server.market(json!({})).await;
        let (machine, room) = (&market.resource, &another(&market, "Room", 1).await);
        let site = market.customer.open_site(&market.customer_organization, json!({})).await;
        let foreign = &market.customer.list_resource(&site, json!({})).await;
        for (to, kind, quantity, wrong) in [
            (machine, "takes", 1, "/other_id"),
            (foreign, "takes", 1, "/other_id"),
            (room, "excludes", 2, "/quantity"),
            (room, "takes", 0, "/quantity"),
            (room, "takes", 1001, "/quantity"),
            // There is one.
            (room, "takes", 2, "/quantity"),
            (room, "follows", 1, "/kind"),
        ] {
            let answer = link(&market, machine, to, kind, quantity).await.refused(422, "invalid_fields");
            assert_eq!(answer["errors"][0]["pointer"], wrong);
        }
        let mut rooms = Vec::new();
        for number in 0..50 {
            rooms.push(another(&market, &format!("Room {number}"), 1).await);
        }
        for room in &rooms[..49] {
            link(&market, machine, room, "takes", 1).await.expect(201);
        }
        link(&market, machine, &rooms[49], "takes", 1).await.refused(422, "invalid_fields");
        link(&market, &rooms[49], &rooms[0], "takes", 1).await.refused(422, "invalid_fields");
        link(&market, machine, &rooms[48], "excludes", 1).await.expect(201);
    }
}
