//! Extras: help, material and cleaning that are booked with a resource.

use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

/// A Tuesday.
const TEN: &str = "2026-12-01T10:00:00Z";
const NOON: &str = "2026-12-01T12:00:00Z";

fn extras() -> Value {
    json!([
        { "name": "Setter", "price": 4500, "per": "hour" },
        { "name": "Gloves", "price": 150, "per": "unit", "max_quantity": 5 },
        { "name": "Cleaning", "price": 2000, "per": "booking" },
    ])
}

/// A machine for 10.00 an hour with extras, a discount and a minimum charge.
async fn market_with_extras(server: &Server) -> Market {
    let tariff = json!({
        "currency": "EUR", "rate": 1000, "per": "hour", "minimum_charge": 1800, "extras": extras(),
        "discounts": [{ "name": "Early", "percent": 50, "ahead_min_minutes": 1 }],
    });
    server.market(json!({ "tariff": tariff })).await
}

fn money(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

/// A booking of the machine with these extras.
fn wish(market: &Market, from: &str, to: &str, extras: Value) -> Value {
    let mut wish = market.wish(from, to);
    wish["extras"] = extras;
    wish
}

async fn quote(market: &Market, extras: Value) -> Answer {
    let slot = json!({
        "starts_at": TEN, "ends_at": NOON, "customer_organization_id": market.customer_organization, "extras": extras,
    });
    market.customer.post(&format!("/resources/{}/quote", market.resource), slot).await
}

fn lines(priced: &Value) -> Vec<(&str, Option<&str>, i64)> {
    let lines = priced.as_array().unwrap().iter();
    lines
        .map(|line| (line["rule"].as_str().unwrap(), line["name"].as_str(), line["amount"]["amount"].as_i64().unwrap()))
        .collect()
}

on_both_databases! {
    async fn each_extra_of_a_booking_is_a_line_of_its_price(server) {
        let market = market_with_extras(server).await;
        let chosen = json!([{ "name": "Setter" }, { "name": "Gloves", "quantity": 3 }]);
        let quoted = quote(&market, chosen.clone()).await.expect(200);
        let expected = [
            ("rate", None, 2000),
            ("discount", Some("Early"), -1000),
            ("minimum_charge", None, 800),
            ("extra", Some("Setter"), 9000),
            ("extra", Some("Gloves"), 450),
        ];
        assert_eq!((lines(&quoted["lines"]), &quoted["total"]), (expected.to_vec(), &money(11_250)));
        let booked = market.customer.post("/bookings", wish(&market, TEN, NOON, chosen)).await.expect(201);
        assert_eq!((&booked["price"], &booked["price_lines"]), (&quoted["total"], &quoted["lines"]));
        let with_quantities = json!([{ "name": "Setter", "quantity": 1 }, { "name": "Gloves", "quantity": 3 }]);
        assert_eq!(booked["extras"], with_quantities);
        let path = format!("/bookings/{}", booked.id());
        for party in [&market.customer, &market.host] {
            assert_eq!(party.get(&path).await.expect(200)["extras"], with_quantities);
        }
        let without = market.book("2026-12-02T10:00:00Z", "2026-12-02T12:00:00Z").await.expect(201);
        assert_eq!((&without["extras"], &without["price"]), (&json!([]), &money(1800)));
    }

    async fn extras_that_cannot_be_booked_are_refused_at_their_fields(server) {
        let market = market_with_extras(server).await;
        let wrong = json!([{ "name": "Coffee" }, { "name": "Gloves", "quantity": 6 }, { "name": "Gloves", "quantity": 1 }]);
        let expected = [("/extras/0/name", "invalid"), ("/extras/1/quantity", "invalid"), ("/extras/2/name", "invalid")];
        quote(&market, wrong.clone()).await.refused_fields(&expected);
        market.customer.post("/bookings", wish(&market, TEN, NOON, wrong.clone())).await.refused_fields(&expected);
        let mut series = wish(&market, TEN, NOON, wrong.clone());
        series["rule"] = json!("FREQ=DAILY;COUNT=2");
        for path in ["/series", "/series/preview"] {
            market.customer.post(path, series.clone()).await.refused_fields(&expected);
        }
        let member = json!({ "resource_id": market.resource, "starts_at": TEN, "ends_at": NOON, "extras": wrong });
        let group = json!({ "organization_id": market.customer_organization, "bookings": [member] });
        let below = expected.map(|(pointer, code)| (format!("/bookings/0{pointer}"), code));
        let below: Vec<_> = below.iter().map(|(pointer, code)| (pointer.as_str(), *code)).collect();
        market.customer.post("/booking-groups", group).await.refused_fields(&below);
        let malformed = json!([{ "name": "", "quantity": 0 }]);
        let refused = market.customer.post("/bookings", wish(&market, TEN, NOON, malformed)).await;
        refused.refused_fields(&[("/extras/0/name", "required"), ("/extras/0/quantity", "out_of_range")]);
        assert_eq!(market.customer.get("/bookings").await.expect(200).items(), [json!(null); 0]);
    }

    async fn a_booking_keeps_its_extras_and_their_prices_when_it_moves(server) {
        let market = market_with_extras(server).await;
        let chosen = json!([{ "name": "Setter" }, { "name": "Cleaning" }]);
        let booked = market.customer.post("/bookings", wish(&market, TEN, NOON, chosen)).await.expect(201).id();
        // The host no longer offers them to others.
        let resource = format!("/resources/{}", market.resource);
        market.host.patch(&resource, json!({ "tariff": { "extras": [] } })).await.expect(200);
        quote(&market, json!([{ "name": "Setter" }])).await.refused_fields(&[("/extras/0/name", "invalid")]);
        let path = format!("/bookings/{booked}/reschedule");
        let longer = market.customer.post(&path, json!({ "ends_at": "2026-12-01T14:00:00Z" })).await.expect(200);
        let expected =
            [("rate", None, 4000), ("discount", Some("Early"), -2000), ("extra", Some("Setter"), 18_000), ("extra", Some("Cleaning"), 2000)];
        assert_eq!((lines(&longer["price_lines"]), &longer["price"]), (expected.to_vec(), &money(22_000)));
        // A resource without the extras cannot take the booking, and is no alternative.
        let plain = json!({ "name": "Saw", "tariff": { "currency": "EUR", "rate": 1000, "per": "hour" } });
        let plain = market.host.list_resource(&market.site, plain).await;
        let refused = market.customer.post(&path, json!({ "resource_id": plain })).await;
        refused.refused_fields(&[("/resource_id", "invalid")]);
        let cheaper = json!({ "currency": "EUR", "rate": 1000, "per": "hour", "extras": [
            { "name": "Cleaning", "price": 100, "per": "booking" }, { "name": "Setter", "price": 1000, "per": "hour" },
        ] });
        let other = market.host.list_resource(&market.site, json!({ "name": "Mill", "tariff": cheaper })).await;
        let moved = market.customer.post(&path, json!({ "resource_id": other })).await.expect(200);
        assert_eq!(moved["price"], money(4000 + 4000 + 100));
        let raised = market.host.post(&path, json!({ "ends_at": "2026-12-01T18:00:00Z" })).await.expect(200);
        assert_eq!(raised["price"], money(8100));
    }

    async fn a_taken_slot_offers_a_booking_with_extras_only_resources_that_have_them(server) {
        let market = market_with_extras(server).await;
        let chosen = json!([{ "name": "Cleaning" }]);
        let booked = market.customer.post("/bookings", wish(&market, TEN, NOON, chosen)).await.expect(201).id();
        market.book("2026-12-02T10:00:00Z", "2026-12-02T12:00:00Z").await.expect(201);
        let plain = json!({ "name": "Saw", "tariff": { "currency": "EUR", "rate": 1, "per": "hour" } });
        let plain = market.host.list_resource(&market.site, plain).await;
        let taken = json!({ "starts_at": "2026-12-02T10:00:00Z", "ends_at": "2026-12-02T12:00:00Z" });
        let refused = market.customer.post(&format!("/bookings/{booked}/reschedule"), taken).await;
        let refused = refused.refused(409, "slot_unavailable");
        let alternatives = refused["alternatives"].as_array().unwrap();
        assert!(!alternatives.is_empty() && alternatives.iter().all(|one| one["resource_id"] != plain), "{alternatives:?}");
        assert!(alternatives.iter().all(|one| one["price"] == money(3800)), "{alternatives:?}");
    }

    async fn a_booking_that_names_a_quote_has_its_extras(server) {
        let market = market_with_extras(server).await;
        let chosen = json!([{ "name": "Setter", "quantity": 1 }, { "name": "Gloves", "quantity": 2 }]);
        let quoted = quote(&market, chosen.clone()).await.expect(200);
        let resource = format!("/resources/{}", market.resource);
        market.host.patch(&resource, json!({ "tariff": { "extras": [] } })).await.expect(200);
        let book = async |extras: Value| {
            let mut wish = wish(&market, TEN, NOON, extras);
            wish["quote_id"] = quoted["id"].clone();
            market.customer.post("/bookings", wish).await
        };
        book(json!([{ "name": "Setter" }])).await.refused_fields(&[("/quote_id", "invalid")]);
        let booked = book(json!([])).await.expect(201);
        assert_eq!((&booked["price"], &booked["extras"]), (&quoted["total"], &chosen));
        market.customer.post(&format!("/bookings/{}/cancel", booked.id()), json!({})).await.expect(200);
        // The same ones, in another order.
        let again = json!([{ "name": "Gloves", "quantity": 2 }, { "name": "Setter" }]);
        assert_eq!(book(again).await.expect(201)["price"], quoted["total"]);
    }

    async fn groups_and_series_have_extras_and_so_have_the_dates_that_are_booked_later(server) {
        let market = market_with_extras(server).await;
        let chosen = json!([{ "name": "Cleaning", "quantity": 1 }]);
        let member = json!({ "resource_id": market.resource, "starts_at": TEN, "ends_at": NOON, "extras": chosen });
        let group = json!({ "organization_id": market.customer_organization, "bookings": [member] });
        let group = market.customer.post("/booking-groups", group).await.expect(201);
        assert_eq!((&group["price"], &group["bookings"][0]["extras"]), (&money(3800), &chosen));
        let taken = market.book("2026-12-03T10:00:00Z", "2026-12-03T12:00:00Z").await.expect(201);
        let mut new = wish(&market, "2026-12-02T10:00:00Z", "2026-12-02T12:00:00Z", chosen.clone());
        (new["rule"], new["on_clash"]) = (json!("FREQ=DAILY;COUNT=3"), json!("skip"));
        let preview = market.customer.post("/series/preview", new.clone()).await.expect(200);
        assert_eq!(preview["total"], money(7600));
        assert!(preview["occurrences"].as_array().unwrap().iter().all(|one| one["price"] == money(3800)));
        let series = market.customer.post("/series", new).await.expect(201);
        assert_eq!((&series["extras"], &series["price"]), (&chosen, &money(7600)));
        market.customer.post(&format!("/bookings/{}/cancel", taken.id()), json!({})).await.expect(200);
        let whole = market.customer.post(&format!("/series/{}/occurrences", series.id()), json!({})).await.expect(201);
        assert_eq!(whole["price"], money(11_400));
        assert!(whole["bookings"].as_array().unwrap().iter().all(|one| one["extras"] == chosen));
        let moved = json!({ "start_time": "13:00" });
        let moved = market.customer.post(&format!("/series/{}/reschedule", series.id()), moved).await.expect(200);
        assert_eq!(moved["price"], money(11_400));
    }

    async fn extras_are_taxed_at_their_own_rate(server) {
        let market = market_with_extras(server).await;
        let billing = json!({ "country": "DE", "vat": { "rate": 1900 } });
        market.host.patch(&format!("/organizations/{}/billing", market.host_organization), billing).await.expect(200);
        let tariff = json!({ "tariff": { "extras": [
            { "name": "Catering", "price": 1000, "per": "booking", "vat_rate": 700 }, { "name": "Cleaning", "price": 2000, "per": "booking" },
        ] } });
        market.host.patch(&format!("/resources/{}", market.resource), tariff).await.expect(200);
        let quoted = quote(&market, json!([{ "name": "Catering" }, { "name": "Cleaning" }])).await.expect(200);
        let taxes = quoted["taxes"].as_array().unwrap().iter();
        let amount = |money: &Value| money["amount"].as_i64().unwrap();
        let taxes: Vec<_> = taxes.map(|tax| (tax["rate"].as_i64().unwrap(), amount(&tax["net"]), amount(&tax["tax"]))).collect();
        assert_eq!((taxes, &quoted["total"]), (vec![(1900, 3800, 722), (700, 1000, 70)], &money(4800 + 792)));
        let booked = wish(&market, TEN, NOON, json!([{ "name": "Catering" }, { "name": "Cleaning" }]));
        assert_eq!(market.customer.post("/bookings", booked).await.expect(201)["taxes"], quoted["taxes"]);
    }

    async fn only_managers_of_the_host_set_extras_and_everybody_sees_them(server) {
        let market = market_with_extras(server).await;
        let resource = format!("/resources/{}", market.resource);
        let booker = server.user("Bob").await;
        server.add_member(&market.host_organization, &booker, "booker");
        let free = json!({ "tariff": { "extras": [{ "name": "Setter", "price": 0, "per": "booking" }] } });
        for user in [&market.customer, &booker] {
            user.patch(&resource, free.clone()).await.refused(403, "forbidden");
        }
        let twice = json!({ "tariff": { "extras": [
            { "name": "Setter", "price": 1, "per": "hour" }, { "name": " Setter ", "price": -1, "per": "week" },
        ] } });
        market.host.patch(&resource, twice).await.refused_fields(&[
            ("/tariff/extras/1/name", "invalid"),
            ("/tariff/extras/1/per", "invalid"),
            ("/tariff/extras/1/price", "out_of_range"),
        ]);
        let shown = server.anonymous().get(&resource).await.expect(200)["tariff"]["extras"].clone();
        assert_eq!((&shown[0]["name"], &shown[1]["max_quantity"], &shown[0]["vat_rate"]), (&json!("Setter"), &json!(5), &json!(null)));
    }

    async fn an_offer_of_the_host_can_have_extras(server) {
        let market = market_with_extras(server).await;
        let first = market.book(TEN, NOON).await.expect(201);
        market.customer.post(&format!("/bookings/{}/cancel", first.id()), json!({})).await.expect(200);
        let mut offer = wish(&market, "2026-12-02T10:00:00Z", "2026-12-02T12:00:00Z", json!([{ "name": "Cleaning" }]));
        offer["operated_by"] = json!(market.customer.id);
        let offered = market.host.post("/bookings", offer).await.expect(201);
        assert_eq!((&offered["price"], &offered["status"]), (&money(3800), &json!("held")));
        let confirmed = market.customer.post(&format!("/bookings/{}/confirm", offered.id()), json!({})).await.expect(200);
        assert_eq!((&confirmed["price"], &confirmed["extras"][0]["name"]), (&money(3800), &json!("Cleaning")));
    }
}
