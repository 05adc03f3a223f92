//! When a resource is free, which slots of it can be booked, and what can be booked at some time.

use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

fn free(starts_at: &str, ends_at: &str, quantity: i32) -> Value {
    json!({ "starts_at": starts_at, "ends_at": ends_at, "quantity": quantity })
}

/// A patch of a site that is open at these hours and no others.
fn open_only(mut hours: Value) -> Value {
    for weekday in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] {
        hours.as_object_mut().unwrap().entry(weekday).or_insert(Value::Null);
    }
    json!({ "opening_hours": hours })
}

/// One field of each item of a list.
fn items(list: &Answer, field: &str) -> Vec<Value> {
    list.items().iter().map(|item| item[field].clone()).collect()
}

on_both_databases! {
    async fn hours_that_have_passed_show_how_much_was_really_taken(server) {
        let market = server.market(json!({ "capacity": { "quantity": 4, "unit": "unit" } })).await;
        let (host, customer) = (&market.host, &market.customer);
        let at = |time: &str| format!("2026-12-01T{time}:00Z");
        let until = |time: &str| server.advance(at(time).parse::<chrono::DateTime<chrono::Utc>>().unwrap() - server.now().to_chrono());
        let book = async |from: &str, to: &str| market.book(&at(from), &at(to)).await.expect(201).id();
        let path = format!("/resources/{}/availability?from={}&to={}", market.resource, at("09:00"), at("16:00"));
        let free = async || server.anonymous().get(&path).await.expect(200).body["free"].clone();

        let (left_early, missed, cancelled) = (book("10:00", "12:00").await, book("11:00", "13:00").await, book("12:00", "14:00").await);
        let (overran, given_up) = (book("10:00", "11:00").await, book("11:00", "14:00").await);
        let block = json!({ "starts_at": at("13:00"), "ends_at": at("14:00"), "quantity": 2 });
        host.post(&format!("/resources/{}/blocks", market.resource), block).await.expect(201);
        let act = async |booking: &str, verb: &str| {
            let who = if verb == "no-show" { host } else { customer };
            who.post(&format!("/bookings/{booking}/{verb}"), json!({})).await.expect(200);
        };
        act(&cancelled, "cancel").await;
        until("10:00");
        act(&left_early, "check-in").await;
        act(&overran, "check-in").await;
        until("10:30");
        act(&left_early, "check-out").await;
        until("11:15");
        act(&overran, "check-out").await;
        until("11:30");
        act(&missed, "no-show").await;
        host.post(&format!("/bookings/{given_up}/cancel"), json!({})).await.expect(200);
        book("14:00", "15:00").await;
        until("14:30");
        let slot = |from: &str, to: &str, quantity: i32| json!({ "starts_at": at(from), "ends_at": at(to), "quantity": quantity });
        let expected = json!([
            slot("09:00", "10:00", 4),
            slot("10:00", "10:30", 2), // both in use
            slot("10:30", "11:00", 3), // one has left early
            slot("11:00", "11:15", 1), // one is still there; one is awaited, and one not yet cancelled
            slot("11:15", "11:30", 2),
            slot("11:30", "13:00", 4),
            slot("13:00", "14:00", 2), // the block
            slot("14:00", "15:00", 3),
            slot("15:00", "16:00", 4),
        ]);
        assert_eq!(free().await, expected);
        until("15:30");
        assert_eq!(free().await, expected);
        server.run_jobs().await;
        assert_eq!(free().await, expected);
    }

    async fn what_took_a_linked_resource_along_is_seen_in_its_past(server) {
        let market = server.market(json!({})).await;
        let room = market.host.list_resource(&market.site, json!({ "name": "Room" })).await;
        let link = json!({ "other_id": room, "kind": "takes", "quantity": 1 });
        market.host.post(&format!("/resources/{}/links", market.resource), link).await.expect(201);
        market.book(TEN, ELEVEN).await.expect(201);
        let path = format!("/resources/{room}/availability?from={TEN}&to={TWELVE}");
        let expected = json!([free(ELEVEN, TWELVE, 1)]);
        assert_eq!(server.anonymous().get(&path).await.expect(200)["free"], expected);
        server.advance(TimeDelta::days(2));
        server.run_jobs().await;
        assert_eq!(server.anonymous().get(&path).await.expect(200)["free"], expected);
    }

    async fn a_resource_is_free_while_it_is_open_and_not_taken(server) {
        let rules = json!({ "buffer_before_minutes": 15, "buffer_after_minutes": 30 });
        let market = server.market(json!({ "capacity": { "quantity": 3, "unit": "unit" }, "booking_rules": rules })).await;
        let open = open_only(json!({ "tue": [["08:00", "12:00"], ["13:00", "18:00"]], "wed": [["22:00", "02:00"]] }));
        market.host.patch(&format!("/sites/{}", market.site), open).await.expect(200);
        market.book("2026-12-01T09:00:00Z", TEN).await.expect(201);
        let path = format!("/resources/{}/availability?from=2026-12-01T00:00:00Z&to=2026-12-04T00:00:00%2B01:00", market.resource);
        let answer = server.anonymous().get(&path).await.expect(200);
        assert_eq!(answer.body, json!({
            "resource_id": market.resource, "timezone": "Europe/London",
            "from": "2026-12-01T00:00:00Z", "to": "2026-12-03T23:00:00Z",
            "free": [
                free("2026-12-01T08:00:00Z", "2026-12-01T08:15:00Z", 3),
                free("2026-12-01T08:15:00Z", "2026-12-01T10:45:00Z", 2),
                free("2026-12-01T10:45:00Z", TWELVE, 3),
                free("2026-12-01T13:00:00Z", "2026-12-01T18:00:00Z", 3),
                free("2026-12-02T22:00:00Z", "2026-12-03T02:00:00Z", 3),
            ],
            "open": null,
        }));
        let three = server.anonymous().get(&format!("{path}&quantity=3")).await.expect(200);
        assert_eq!(three["free"][1], free("2026-12-01T10:45:00Z", TWELVE, 3));
        let four = server.anonymous().get(&format!("{path}&quantity=4")).await.expect(200);
        assert_eq!(four["free"], json!([]));
    }

    async fn a_booking_that_is_cancelled_and_a_block_that_is_lifted_are_free_again(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}/availability?from={TEN}&to={TWELVE}", market.resource);
        let whole = json!([free(TEN, TWELVE, 1)]);
        let booking = market.book(TEN, ELEVEN).await.expect(201);
        let blocks = format!("/resources/{}/blocks", market.resource);
        let block = market.host.post(&blocks, json!({ "starts_at": ELEVEN, "ends_at": TWELVE })).await.expect(201);
        assert_eq!(server.anonymous().get(&path).await.expect(200)["free"], json!([]));
        market.customer.post(&format!("/bookings/{}/cancel", booking.id()), json!({})).await.expect(200);
        market.host.delete(&format!("{blocks}/{}", block.id())).await.expect(204);
        assert_eq!(server.anonymous().get(&path).await.expect(200)["free"], whole);
    }

    async fn a_long_claim_is_seen_from_its_middle(server) {
        let market = server.market(json!({ "capacity": { "quantity": 2, "unit": "unit" } })).await;
        market.book("2026-12-01T00:00:00Z", "2026-12-20T00:00:00Z").await.expect(201);
        for day in 2..9 {
            market.book(&format!("2026-12-0{day}T08:00:00Z"), &format!("2026-12-0{day}T09:00:00Z")).await.expect(201);
        }
        let path = format!("/resources/{}/availability?from=2026-12-10T10:00:00Z&to=2026-12-10T11:00:00Z", market.resource);
        let free_then = server.anonymous().get(&path).await.expect(200);
        assert_eq!(free_then["free"], json!([free("2026-12-10T10:00:00Z", "2026-12-10T11:00:00Z", 1)]));
    }

    async fn the_clock_on_the_wall_decides_when_it_changes(server) {
        let market = server.market(json!({})).await;
        let open = open_only(json!({ "sat": [["09:00", "17:00"]], "sun": [["00:30", "03:30"]], "mon": [["09:00", "17:00"]] }));
        market.host.patch(&format!("/sites/{}", market.site), open).await.expect(200);
        let path = format!("/resources/{}/availability?from=2027-03-27T00:00:00Z&to=2027-03-30T00:00:00Z", market.resource);
        let spring = server.anonymous().get(&path).await.expect(200);
        assert_eq!(spring["free"], json!([
            free("2027-03-27T09:00:00Z", "2027-03-27T17:00:00Z", 1),
            free("2027-03-28T00:30:00Z", "2027-03-28T02:30:00Z", 1),
            free("2027-03-29T08:00:00Z", "2027-03-29T16:00:00Z", 1),
        ]));
    }

    async fn a_week_from_now_is_visible_to_all_if_nothing_else_is_wished(server) {
        let market = server.market(json!({})).await;
        server.advance(TimeDelta::seconds(59));
        let answer = server.anonymous().get(&format!("/resources/{}/availability", market.resource)).await.expect(200);
        assert_eq!((answer.text("from"), answer.text("to")), ("2026-11-30T09:00:00Z".to_owned(), "2026-12-07T09:00:00Z".to_owned()));
        let path = format!("/resources/{}/availability?from={TEN}", market.resource);
        assert_eq!(server.anonymous().get(&path).await.expect(200)["to"], "2026-12-08T10:00:00Z");
    }

    async fn windows_that_make_no_sense_are_refused(server) {
        let market = server.market(json!({})).await;
        for noun in ["availability", "slots"] {
            let path = format!("/resources/{}/{noun}", market.resource);
            let get = async |query: &str| server.anonymous().get(&format!("{path}?{query}")).await;
            get(&format!("from={TEN}&to={TEN}&quantity=0")).await.refused_fields(&[("to", "invalid"), ("quantity", "out_of_range")]);
            get("to=2026-11-30T08:00:00Z").await.refused_fields(&[("to", "invalid")]);
            get("from=2026-12-01T00:00:00Z&to=2027-03-03T00:00:01Z").await.refused_fields(&[("to", "out_of_range")]);
            get("from=2026-12-01T00:00:00Z&to=2027-03-03T00:00:00Z").await.expect(200);
            get("from=2026-12-01&quantity=x").await.refused_fields(&[("from", "invalid"), ("quantity", "wrong_type")]);
        }
        let path = format!("/resources/{}/slots?duration_minutes=0&limit=201&cursor=bm9uZQ", market.resource);
        let answer = server.anonymous().get(&path).await;
        answer.refused_fields(&[("duration_minutes", "out_of_range"), ("limit", "out_of_range")]);
        server.anonymous().get(&format!("/resources/{}/slots?cursor=bm9uZQ", market.resource)).await.refused_fields(&[("cursor", "invalid")]);
    }

    async fn whoever_may_not_see_a_resource_does_not_see_when_it_is_free(server) {
        let market = server.market(json!({ "status": "draft" })).await;
        for noun in ["availability", "slots"] {
            let path = format!("/resources/{}/{noun}?from={TEN}&to={TWELVE}", market.resource);
            server.anonymous().get(&path).await.refused(404, "not_found");
            market.customer.get(&path).await.refused(404, "not_found");
            market.host.get(&path).await.expect(200);
            server.anonymous().get(&format!("/resources/nothing/{noun}")).await.refused(404, "not_found");
        }
    }

    async fn only_what_is_on_offer_has_slots(server) {
        let market = server.market(json!({ "status": "draft" })).await;
        let resource = format!("/resources/{}", market.resource);
        let slots = async || market.host.get(&format!("{resource}/slots?from={TEN}&to={ELEVEN}")).await.expect(200).items().len();
        assert_eq!(slots().await, 0);
        market.host.patch(&resource, json!({ "status": "listed" })).await.expect(200);
        assert_eq!(slots().await, 4);
        market.host.patch(&resource, json!({ "status": "paused" })).await.expect(200);
        assert_eq!(slots().await, 0);
        let free_then = server.anonymous().get(&format!("{resource}/availability?from={TEN}&to={TWELVE}")).await.expect(200);
        assert_eq!(free_then["free"], json!([free(TEN, TWELVE, 1)]));
    }

    async fn slots_are_priced_and_keep_to_the_rules(server) {
        let rules = json!({ "grid_minutes": 30, "min_minutes": 60, "max_minutes": 120, "notice_minutes": 1440, "horizon_days": 2 });
        let market = server.market(json!({ "booking_rules": rules })).await;
        market.book("2026-12-01T11:00:00Z", "2026-12-01T12:30:00Z").await.expect(201);
        let path = format!("/resources/{}/slots", market.resource);
        let get = async |query: &str| server.anonymous().get(&format!("{path}?{query}")).await.expect(200);
        let slots = get("from=2026-11-30T00:00:00Z&to=2026-12-01T14:00:00Z&duration_minutes=90").await;
        assert_eq!(items(&slots, "starts_at"), ["09:00", "09:30", "12:30", "13:00", "13:30"].map(|time| format!("2026-12-01T{time}:00Z")));
        assert_eq!(slots.items()[0], json!({
            "starts_at": "2026-12-01T09:00:00Z", "ends_at": "2026-12-01T10:30:00Z", "price": { "amount": 1800, "currency": "GBP" }, "taxes": [],
        }));
        assert_eq!(get(&format!("from={TEN}&to={ELEVEN}")).await.items().len(), 1);
        let last = get("from=2026-12-02T22:30:00Z&to=2026-12-03T02:00:00Z").await;
        assert_eq!(items(&last, "starts_at"), ["22:30", "23:00", "23:30"].map(|time| format!("2026-12-02T{time}:00Z")));
        for nothing in ["duration_minutes=30", "duration_minutes=180", "quantity=2"] {
            assert_eq!(get(&format!("from={TEN}&to=2026-12-03T00:00:00Z&{nothing}")).await.items().len(), 0, "{nothing}");
        }
    }

    async fn slots_go_on_where_the_last_page_ended(server) {
        let market = server.market(json!({ "booking_rules": { "grid_minutes": 480, "min_minutes": 480 } })).await;
        for day in [2, 3, 4, 5, 6, 7, 8, 9, 20] {
            let block = json!({ "starts_at": format!("2026-12-{day:02}T00:00:00Z"), "ends_at": format!("2026-12-{day:02}T16:00:00Z") });
            market.host.post(&format!("/resources/{}/blocks", market.resource), block).await.expect(201);
        }
        let window = "from=2026-12-01T00:00:00Z&to=2026-12-25T00:00:00Z";
        let whole = market.customer.get(&format!("/resources/{}/slots?{window}&limit=200", market.resource)).await.expect(200);
        assert_eq!((whole.items().len(), &whole["next_cursor"]), (24 * 3 - 9 * 2, &Value::Null));
        for limit in [1, 7, 49] {
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let path = format!("/resources/{}/slots?{window}&limit={limit}{cursor}", market.resource);
                let page = market.customer.get(&path).await.expect(200);
                seen.extend_from_slice(page.items());
                let Some(next) = page["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(seen, whole.items(), "{limit}");
        }
    }

    async fn what_can_be_booked_for_a_slot_is_found_with_its_price_and_distance(server) {
        let market = server.market(json!({ "name": "Near", "capacity": { "quantity": 4, "unit": "pallet" } })).await;
        let site = market.host.open_site(&market.host_organization, json!({ "latitude": 51.6055 })).await;
        market.host.list_resource(&site, json!({ "name": "Far", "capacity": { "quantity": 2, "unit": "pallet" } })).await;
        market.host.list_resource(&site, json!({ "name": "Short", "booking_rules": { "max_minutes": 30 } })).await;
        market.host.list_resource(&site, json!({ "name": "Private", "is_private": true })).await;
        let get = async |query: &str| server.anonymous().get(&format!("/search/available?near=51.5155,-0.0922&{query}")).await.expect(200);
        let slot = format!("starts_at={TEN}&ends_at={TWELVE}");
        let found = get(&slot).await;
        assert_eq!(found.items().len(), 2);
        let near = server.anonymous().get(&format!("/resources/{}", market.resource)).await.expect(200).body;
        assert_eq!(found.items()[0], json!({
            "resource_id": market.resource, "resource": near, "distance_km": 0.0,
            "starts_at": TEN, "ends_at": TWELVE, "price": { "amount": 2400, "currency": "GBP" }, "taxes": [],
        }));
        assert_eq!(found.items()[1]["resource"]["name"], "Far");
        assert_eq!(found.items()[1]["distance_km"], 10.008);
        assert_eq!(get(&format!("{slot}&radius_km=10")).await.items().len(), 1);
        assert_eq!(get(&format!("{slot}&q=far")).await.items().len(), 1);
        let three = get(&format!("{slot}&quantity=3")).await;
        assert_eq!((three.items().len(), &three.items()[0]["price"]["amount"]), (1, &json!(7200)));
        market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!(get(&format!("{slot}&quantity=3")).await.items().len(), 1);
        assert_eq!(get(&format!("{slot}&quantity=4")).await.items().len(), 0);
        assert_eq!(get(&format!("{slot}&limit=1")).await.items().len(), 1);
    }

    async fn the_first_slot_of_each_in_a_window_is_found(server) {
        let market = server.market(json!({ "name": "Lathe" })).await;
        let site = market.host.open_site(&market.host_organization, json!({ "opening_hours": { "tue": [["10:30", "24:00"]] } })).await;
        market.host.list_resource(&site, json!({ "name": "Mill" })).await;
        market.host.list_resource(&site, json!({ "name": "Shears", "booking_rules": { "notice_minutes": 2880 } })).await;
        market.book("2026-12-01T09:30:00Z", ELEVEN).await.expect(201);
        let path = format!("/search/available?from=2026-12-01T09:00:00Z&to={TWELVE}&duration_minutes=60");
        let found = server.anonymous().get(&path).await.expect(200);
        let mut first: Vec<_> = found.items().iter().map(|item| (item["resource"]["name"].as_str().unwrap(), item["starts_at"].as_str().unwrap())).collect();
        first.sort_unstable();
        assert_eq!(first, [("Lathe", ELEVEN), ("Mill", "2026-12-01T10:30:00Z")]);
        assert_eq!(found.items()[0]["price"], json!({ "amount": 1200, "currency": "GBP" }));
    }

    async fn a_search_is_for_a_slot_or_for_a_window(server) {
        let get = async |query: &str| server.anonymous().get(&format!("/search/available?{query}")).await;
        get("").await.refused_fields(&[("starts_at", "required")]);
        get(&format!("starts_at={TEN}&from={TEN}&quantity=0")).await.refused_fields(&[("starts_at", "invalid"), ("quantity", "out_of_range")]);
        get(&format!("starts_at={TEN}&radius_km=3")).await.refused_fields(&[("ends_at", "required"), ("radius_km", "invalid")]);
        get(&format!("ends_at={TEN}")).await.refused_fields(&[("starts_at", "required")]);
        get(&format!("starts_at={TEN}&ends_at={TEN}")).await.refused_fields(&[("ends_at", "invalid")]);
        get(&format!("from={TEN}")).await.refused_fields(&[("to", "required"), ("duration_minutes", "required")]);
        get(&format!("from={TEN}&to=2027-01-02T00:00:00Z&duration_minutes=0")).await.refused_fields(&[("to", "out_of_range"), ("duration_minutes", "out_of_range")]);
        get(&format!("from={TEN}&to={TWELVE}&duration_minutes=60&kind=boat")).await.refused_fields(&[("kind", "invalid")]);
    }

    /// The oracle is the booking itself: what is found can be booked, what is not found cannot.
    async fn what_is_found_is_what_a_booking_gets(server) {
        let market = server.market(json!({})).await;
        let seed = 7;
        let mut random = StdRng::seed_from_u64(seed);
        let random = &mut random;
        let mut resources = vec![market.resource.clone()];
        for _ in 0..4 {
            let site = any_site(&market, random).await;
            for _ in 0..5 {
                resources.push(any_resource(&market, &site, random).await);
            }
        }
        for _ in 0..80 {
            let (starts_at, ends_at) = any_slot(random);
            let resource = pick(random, &resources);
            try_to_book(&market, resource, &starts_at, &ends_at, random.random_range(1..3)).await;
        }
        let (mut accepted, mut offered) = (0, 0);
        for round in 0..12 {
            let (starts_at, ends_at) = any_slot(random);
            let quantity = random.random_range(1..3);
            let found = walk(server, &format!("starts_at={starts_at}&ends_at={ends_at}&quantity={quantity}&limit=3")).await;
            let window = format!("from={starts_at}&to=2026-12-04T00:00:00Z&duration_minutes=60&quantity={quantity}&limit=3");
            let first = walk(server, &window).await;
            for resource in &resources {
                let offer = first.iter().find(|offer| offer["resource"]["id"] == **resource);
                let slots = format!("/resources/{resource}/slots?from={starts_at}&to=2026-12-03T23:00:00.000001Z&duration_minutes=60&quantity={quantity}");
                let slots = server.anonymous().get(&slots).await.expect(200);
                let slot = |item: &Value| json!([item["starts_at"], item["ends_at"], item["price"]]);
                assert_eq!(offer.map(slot), slots.items().first().map(slot), "seed {seed}, round {round}: {window} of {resource}");

                let is_found = found.iter().any(|offer| offer["resource"]["id"] == **resource);
                let booked = try_to_book(&market, resource, &starts_at, &ends_at, quantity).await;
                accepted += usize::from(is_found);
                offered += usize::from(offer.is_some());
                assert_eq!(is_found, booked.is_some(), "seed {seed}, round {round}: {starts_at} {ends_at} {quantity} of {resource}");
                if let (Some(booking), true) = (booked, round % 2 == 0) {
                    market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
                }
            }
        }
        assert!((20..200).contains(&accepted) && (50..200).contains(&offered), "of 252 wishes {accepted} and {offered} can be had");
    }
}

fn pick<'a, T>(random: &mut StdRng, from: &'a [T]) -> &'a T {
    &from[random.random_range(0..from.len())]
}

/// A site with hours and a zone of its own.
async fn any_site(market: &Market, random: &mut StdRng) -> String {
    let zone = pick(random, &["Europe/London", "Europe/Brussels", "Asia/Kathmandu", "America/St_Johns"]);
    let mut spans = || {
        let start = random.random_range(0..24);
        json!([[format!("{start:02}:00"), format!("{:02}:30", (start + random.random_range(1..20)) % 24)]])
    };
    let hours = json!({ "mon": spans(), "tue": spans(), "wed": spans(), "thu": spans() });
    let exceptions = json!([{ "date": "2026-12-02", "spans": spans() }]);
    let latitude = random.random_range(50.0..52.0);
    let site = json!({ "latitude": latitude, "timezone": zone, "opening_hours": hours, "exceptions": exceptions });
    market.host.open_site(&market.host_organization, site).await
}

async fn any_resource(market: &Market, site: &str, random: &mut StdRng) -> String {
    let min = random.random_range(1..5) * 15;
    let rules = json!({
        "grid_minutes": pick(random, &[15, 30, 60]), "min_minutes": min, "max_minutes": min + random.random_range(0..600),
        "notice_minutes": random.random_range(0..1000), "horizon_days": random.random_range(1..9),
        "buffer_before_minutes": random.random_range(0..40), "buffer_after_minutes": random.random_range(0..40),
    });
    let capacity = json!({ "quantity": random.random_range(1..4), "unit": "unit" });
    market.host.list_resource(site, json!({ "capacity": capacity, "booking_rules": rules })).await
}

/// A slot of up to five hours in the three days after the start.
fn any_slot(random: &mut StdRng) -> (String, String) {
    let starts_at = crate::support::server::START.parse::<chrono::DateTime<chrono::Utc>>().unwrap()
        + TimeDelta::minutes(random.random_range(0..288) * 15);
    let ends_at = starts_at + TimeDelta::minutes(random.random_range(1..20) * 15);
    (starts_at.format("%FT%TZ").to_string(), ends_at.format("%FT%TZ").to_string())
}

/// The booking, if it is accepted.
async fn try_to_book(market: &Market, resource: &str, starts_at: &str, ends_at: &str, quantity: i32) -> Option<String> {
    let mut wish = market.wish(starts_at, ends_at);
    wish["resource_id"] = json!(resource);
    wish["quantity"] = json!(quantity);
    let answer = market.customer.post("/bookings", wish).await;
    match answer.status {
        201 => Some(answer.id()),
        409 => None,
        _ => {
            answer.refused(422, "booking_rules_violated");
            None
        }
    }
}

/// Everything that a search finds, page by page.
async fn walk(server: &Server, query: &str) -> Vec<Value> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page =
            server.anonymous().get(&format!("/search/available?near=51,0&radius_km=300&{query}{cursor}")).await.expect(200);
        found.extend_from_slice(page.items());
        let Some(next) = page["next_cursor"].as_str() else { return found };
        cursor = format!("&cursor={next}");
    }
}
