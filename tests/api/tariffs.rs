//! Tariffs: the price that a quote explains is the price everywhere.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

/// A Tuesday.
const TEN: &str = "2026-12-01T10:00:00Z";
const NOON: &str = "2026-12-01T12:00:00Z";

/// Peak hours, a price by the day, a set-up fee, and discounts for start-ups, a partner and early booking.
fn tariff(partner: &str) -> Value {
    json!({
        "currency": "GBP", "rate": 1000, "per": "hour", "day_rate": 6000, "setup_fee": 300,
        "bands": [{ "name": "Peak", "rate": 2000, "hours": { "tue": [["11:00", "15:00"]] } }],
        "discounts": [
            { "name": "Start-up rate", "percent": 20, "kinds": ["startup"] },
            { "name": "Partner", "percent": 50, "organizations": [partner] },
            { "name": "Early", "percent": 10, "ahead_min_minutes": 10_080 },
        ],
        "volume_discounts": [{ "over": 100_000, "percent": 5 }],
    })
}

/// The customer's start-up beside its firm, and a third organization, the partner of the host.
struct Customers {
    startup: String,
    partner: String,
}

async fn priced_market(server: &Server) -> (Market, Customers) {
    let market = server.market(json!({})).await;
    let startup = market.customer.post("/organizations", json!({ "kind": "startup", "name": "New" })).await.expect(201).id();
    let partner = market.customer.found("Partner works").await;
    let path = format!("/resources/{}", market.resource);
    market.host.patch(&path, json!({ "tariff": tariff(&partner) })).await.expect(200);
    (market, Customers { startup, partner })
}

/// The prices of the slot from ten to twelve in the quote, in the list of slots and in the search.
pub(super) async fn prices(user: &Client, resource: &str, customer: Option<&str>) -> Vec<i64> {
    let slot = json!({ "starts_at": TEN, "ends_at": NOON, "organization_id": customer });
    let quote = user.post(&format!("/resources/{resource}/quote"), slot).await.expect(200);
    let of = customer.map(|customer| format!("&customer_organization_id={customer}")).unwrap_or_default();
    let slots = format!("/resources/{resource}/slots?from={TEN}&to={NOON}&duration_minutes=120{of}");
    let slots = user.get(&slots).await.expect(200);
    let found = user.get(&format!("/search/available?starts_at={TEN}&ends_at={NOON}{of}")).await.expect(200);
    let amounts = [&quote["total"]["amount"], &slots.items()[0]["price"]["amount"], &found.items()[0]["price"]["amount"]];
    amounts.map(|amount| amount.as_i64().unwrap()).to_vec()
}

on_both_databases! {
    async fn quotes_slots_searches_and_bookings_have_one_price_for_each_customer(server) {
        let (market, customers) = priced_market(server).await;
        let firm = &market.customer_organization;
        // An hour and a peak hour, and the set-up fee.
        for (customer, expected) in
            [(None, 3300), (Some(firm), 3300), (Some(&customers.startup), 2700), (Some(&customers.partner), 1800)]
        {
            let prices = prices(&market.customer, &market.resource, customer.map(String::as_str)).await;
            assert_eq!(prices, [expected; 3], "{customer:?}");
            let Some(customer) = customer else { continue };
            let mut wish = market.wish(TEN, NOON);
            wish["organization_id"] = json!(customer);
            let booking = market.customer.post("/bookings", wish).await.expect(201);
            assert_eq!(booking["price"]["amount"], expected);
            market.customer.post(&format!("/bookings/{}/cancel", booking.id()), json!({})).await.expect(200);
        }
        assert_eq!(prices(&server.anonymous(), &market.resource, None).await, [3300; 3]);
    }

    async fn a_quote_names_the_rule_behind_each_line(server) {
        let (market, customers) = priced_market(server).await;
        let slot = json!({ "starts_at": TEN, "ends_at": NOON, "organization_id": customers.startup });
        let quote = market.customer.post(&format!("/resources/{}/quote", market.resource), slot).await.expect(200);
        let amount = |amount| json!({ "amount": amount, "currency": "GBP" });
        let an_hour = |price| json!({ "quantity": 1, "minutes": 60, "unit_price": amount(price), "per": "hour" });
        let expected = json!([
            { "description": "1 × 1 h at 10.00 GBP per hour", "amount": amount(1000), "rule": "rate", "name": null, "numbers": an_hour(1000) },
            { "description": "Peak: 1 × 1 h at 20.00 GBP per hour", "amount": amount(2000), "rule": "band", "name": "Peak", "numbers": an_hour(2000) },
            { "description": "Start-up rate: 20 % off 30.00 GBP", "amount": amount(-600), "rule": "discount", "name": "Start-up rate",
              "numbers": { "percent": 20, "base": amount(3000) } },
            { "description": "set-up fee", "amount": amount(300), "rule": "setup_fee", "name": null },
        ]);
        assert_eq!(quote["lines"], expected);
    }

    async fn early_bookings_stay_early_when_they_move(server) {
        let (market, _) = priced_market(server).await;
        let booked = market.book("2026-12-14T10:00:00Z", "2026-12-14T12:00:00Z").await.expect(201);
        assert_eq!(booked["price"]["amount"], 300 + 1800);
        server.advance(TimeDelta::days(13));
        let path = format!("/bookings/{}/reschedule", booked.id());
        let moved = json!({ "starts_at": "2026-12-15T08:00:00Z", "ends_at": "2026-12-15T11:00:00Z" });
        let moved = market.customer.post(&path, moved).await.expect(200);
        assert_eq!(moved["price"]["amount"], 300 + 2700);
        // Somebody who books now is late.
        let late = market.book("2026-12-14T10:00:00Z", "2026-12-14T12:00:00Z").await.expect(201);
        assert_eq!(late["price"]["amount"], 300 + 2000);
    }

    async fn a_booking_keeps_the_tariff_under_which_it_was_made(server) {
        let (market, customers) = priced_market(server).await;
        let mut wish = market.wish(TEN, NOON);
        wish["organization_id"] = json!(customers.startup);
        let booked = market.customer.post("/bookings", wish).await.expect(201);
        let flat = json!({ "tariff": { "rate": 9000, "bands": [], "discounts": [], "day_rate": null, "setup_fee": 0 } });
        market.host.patch(&format!("/resources/{}", market.resource), flat).await.expect(200);
        let path = format!("/bookings/{}/reschedule", booked.id());
        let longer = json!({ "starts_at": TEN, "ends_at": "2026-12-01T13:00:00Z" });
        let longer = market.customer.post(&path, longer).await.expect(200);
        assert_eq!(longer["price"]["amount"], 300 + (1000 + 4000) * 4 / 5);
        let quote = json!({ "starts_at": TEN, "ends_at": NOON });
        let quote = server.anonymous().post(&format!("/resources/{}/quote", market.resource), quote).await.expect(200);
        assert_eq!(quote["total"]["amount"], 18_000);
    }

    async fn only_members_of_the_host_see_the_organizations_of_a_discount(server) {
        let (market, customers) = priced_market(server).await;
        let path = format!("/resources/{}", market.resource);
        let own = market.host.get(&path).await.expect(200);
        assert_eq!(own["tariff"]["discounts"][1]["organizations"], json!([customers.partner]));
        for user in [&*market.customer, &server.anonymous()] {
            let seen = user.get(&path).await.expect(200);
            let names: Vec<_> = seen["tariff"]["discounts"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
            assert_eq!(names, ["Start-up rate", "Early"]);
            assert_ne!(seen.header("etag"), own.header("etag"));
            for list in ["/resources".to_owned(), format!("/sites/{}/resources", market.site)] {
                assert!(!user.get(&list).await.expect(200).text.contains(&customers.partner), "{list}");
            }
        }
    }

    async fn all_errors_of_a_tariff_are_reported_at_once(server) {
        let market = server.market(json!({})).await;
        let wrong = json!({ "tariff": {
            "currency": "GBP", "rate": 1000, "per": "booking", "day_rate": 1, "setup_fee": -1,
            "bands": [{ "name": "Peak", "rate": 1 }], "discounts": [{ "name": "All", "percent": 101 }],
        } });
        let path = format!("/resources/{}", market.resource);
        let expected = [
            ("/tariff/setup_fee", "out_of_range"),
            ("/tariff/bands/0/hours", "required"),
            ("/tariff/discounts/0/percent", "out_of_range"),
            ("/tariff/discounts/0", "invalid"),
            ("/tariff/day_rate", "invalid"),
        ];
        market.host.patch(&path, wrong).await.refused_fields(&expected);
        assert_eq!(market.host.get(&path).await.expect(200)["tariff"]["rate"], 1200);
    }

    async fn a_booking_that_names_a_quote_gets_its_price(server) {
        let (market, customers) = priced_market(server).await;
        let quote_path = format!("/resources/{}/quote", market.resource);
        let quoted = async |customer: Option<&str>, ends_at: &str| {
            let slot = json!({ "starts_at": "2026-12-07T10:00:00Z", "ends_at": ends_at, "customer_organization_id": customer });
            market.customer.post(&quote_path, slot).await.expect(200)
        };
        let until = "2026-12-07T12:00:00Z";
        assert_eq!(quoted(None, until).await["id"], json!(null));
        let quote = quoted(Some(&customers.startup), until).await;
        let other_slot = quoted(Some(&customers.startup), "2026-12-07T11:00:00Z").await;
        let other_customer = quoted(Some(&market.customer_organization), until).await;
        // The host raises its prices, and the booking is no longer early.
        let dearer = json!({ "tariff": { "rate": 9000, "discounts": [], "day_rate": null } });
        market.host.patch(&format!("/resources/{}", market.resource), dearer).await.expect(200);
        server.advance(TimeDelta::minutes(14));
        let book = async |quote_id: Value| {
            let mut wish = market.wish("2026-12-07T10:00:00Z", until);
            (wish["organization_id"], wish["quote_id"]) = (json!(customers.startup), quote_id);
            market.customer.post("/bookings", wish).await
        };
        for wrong in [json!(""), json!("no quote"), json!(quote.text("id") + "x")] {
            let code = if wrong == "" { "required" } else { "invalid" };
            book(wrong).await.refused_fields(&[("/quote_id", code)]);
        }
        for other in [other_slot, other_customer] {
            book(other["id"].clone()).await.refused_fields(&[("/quote_id", "invalid")]);
        }
        let booked = book(quote["id"].clone()).await.expect(201);
        assert_eq!((&booked["price"], &booked["price_lines"]), (&quote["total"], &quote["lines"]));
        market.customer.post(&format!("/bookings/{}/cancel", booked.id()), json!({})).await.expect(200);
        assert_eq!(book(json!(null)).await.expect(201)["price"]["amount"], 300 + 18_000);
    }

    async fn a_quote_is_valid_until_it_expires_and_in_a_group_too(server) {
        let (market, _) = priced_market(server).await;
        let slot = json!({ "starts_at": TEN, "ends_at": NOON, "customer_organization_id": market.customer_organization });
        let quote = market.customer.post(&format!("/resources/{}/quote", market.resource), slot).await.expect(200);
        let free = json!({ "tariff": { "rate": 0, "bands": [], "setup_fee": 0 } });
        market.host.patch(&format!("/resources/{}", market.resource), free).await.expect(200);
        let member = json!({ "resource_id": market.resource, "starts_at": TEN, "ends_at": NOON, "quote_id": quote["id"] });
        let group = json!({ "organization_id": market.customer_organization, "bookings": [member] });
        let booked = market.customer.post("/booking-groups", group.clone()).await.expect(201);
        assert_eq!(booked["price"], quote["total"]);
        market.customer.post(&format!("/booking-groups/{}/cancel", booked.id()), json!({})).await.expect(200);
        server.advance(TimeDelta::minutes(15));
        let mut wish = market.wish(TEN, NOON);
        wish["quote_id"] = quote["id"].clone();
        market.customer.post("/bookings", wish).await.refused_fields(&[("/quote_id", "expired")]);
        market.customer.post("/booking-groups", group).await.refused_fields(&[("/bookings/0/quote_id", "expired")]);
    }
}
