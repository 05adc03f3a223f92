//! Time that a host donates each month.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::fees::pounds;
use super::tariffs::prices;
use super::waitlist::{ELEVEN, TEN, TWELVE};
use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

/// A machine for 12.00 an hour of which three hours a month are free for start-ups, for each of them two; and a start-up of the customer.
async fn market(server: &Server) -> (Market, String) {
    let donation =
        json!({ "name": "Hours for start-ups", "minutes_per_month": 180, "minutes_per_customer": 120, "kinds": ["startup"] });
    let tariff =
        json!({ "currency": "GBP", "rate": 1200, "per": "hour", "minimum_charge": 500, "setup_fee": 100, "donation": donation });
    let market = server.market(json!({ "tariff": tariff, "capacity": { "quantity": 20, "unit": "unit" } })).await;
    let startup = startup(&market).await;
    (market, startup)
}

async fn startup(market: &Market) -> String {
    market.customer.post("/organizations", json!({ "kind": "startup", "name": "New" })).await.expect(201).id()
}

async fn book(market: &Market, organization: &str, starts_at: &str, ends_at: &str) -> Answer {
    let mut wish = market.wish(starts_at, ends_at);
    wish["organization_id"] = json!(organization);
    market.customer.post("/bookings", wish).await
}

fn paid(booking: &Answer) -> (&Value, &Value) {
    (&booking["price"]["amount"], &booking["donated_minutes"])
}

on_both_databases! {
    async fn donated_time_is_free_until_it_is_used_up_and_comes_back_with_a_cancellation(server) {
        let (market, startup_one) = market(server).await;
        let firm = market.book(TEN, TWELVE).await.expect(201);
        assert_eq!(paid(&firm), (&json!(2500), &json!(0)), "a firm pays all");
        for expected in prices(&market.customer, &market.resource, Some(&startup_one)).await {
            assert_eq!(expected, 100, "only the set-up fee is left");
        }
        let first = book(&market, &startup_one, TEN, ELEVEN).await.expect(201);
        assert_eq!(paid(&first), (&json!(100), &json!(60)));
        let lines: Vec<_> = first["price_lines"].as_array().unwrap().iter().map(|line| line["rule"].clone()).collect();
        assert_eq!(lines, ["rate", "setup_fee", "donation"]);
        let second = book(&market, &startup_one, TEN, TWELVE).await.expect(201);
        assert_eq!(paid(&second), (&json!(1300), &json!(60)), "each customer has two hours");
        let startup_two = startup(&market).await;
        let third = book(&market, &startup_two, TEN, TWELVE).await.expect(201);
        assert_eq!(paid(&third), (&json!(1300), &json!(60)), "all have three hours together");
        assert_eq!(paid(&book(&market, &startup_two, TEN, ELEVEN).await.expect(201)), (&json!(1300), &json!(0)));
        let january = book(&market, &startup_two, "2027-01-01T10:00:00Z", "2027-01-01T11:00:00Z").await.expect(201);
        assert_eq!(paid(&january), (&json!(100), &json!(60)), "another month has hours of its own");
        market.customer.post(&format!("/bookings/{}/cancel", first.id()), json!({})).await.expect(200);
        assert_eq!(paid(&book(&market, &startup_two, TEN, ELEVEN).await.expect(201)), (&json!(100), &json!(60)));
    }

    async fn a_booking_that_moves_gets_the_time_that_is_left_there(server) {
        let (market, startup) = market(server).await;
        let booking = book(&market, &startup, TEN, TWELVE).await.expect(201);
        assert_eq!(paid(&booking), (&json!(100), &json!(120)));
        let path = format!("/bookings/{}/reschedule", booking.id());
        let shorter = market.customer.post(&path, json!({ "ends_at": ELEVEN })).await.expect(200);
        assert_eq!(paid(&shorter), (&json!(100), &json!(60)));
        assert_eq!(paid(&book(&market, &startup, TEN, TWELVE).await.expect(201)), (&json!(1300), &json!(60)));
        let longer = market.customer.post(&path, json!({ "ends_at": TWELVE })).await.expect(200);
        assert_eq!(paid(&longer), (&json!(1300), &json!(60)));
        let january = json!({ "starts_at": "2027-01-05T10:00:00Z" });
        let january = market.customer.post(&path, january).await.expect(200);
        assert_eq!(paid(&january), (&json!(100), &json!(120)));
    }

    async fn a_quote_with_time_that_others_have_used_is_refused(server) {
        let (market, startup_one) = market(server).await;
        let slot = json!({ "starts_at": TEN, "ends_at": TWELVE, "organization_id": startup_one });
        let quote = market.customer.post(&format!("/resources/{}/quote", market.resource), slot).await.expect(200);
        assert_eq!((&quote["total"], &quote["donated_minutes"]), (&pounds(100), &json!(120)));
        let startup_two = startup(&market).await;
        let taken = book(&market, &startup_two, TEN, TWELVE).await.expect(201);
        let mut wish = market.wish(TEN, TWELVE);
        wish["organization_id"] = json!(startup_one);
        wish["quote_id"] = quote["id"].clone();
        market.customer.post("/bookings", wish.clone()).await.refused_fields(&[("/quote_id", "expired")]);
        market.customer.post(&format!("/bookings/{}/cancel", taken.id()), json!({})).await.expect(200);
        assert_eq!(paid(&market.customer.post("/bookings", wish).await.expect(201)), (&json!(100), &json!(120)));
    }

    async fn time_is_not_given_twice_to_many_at_once(server) {
        let (market, startup_one) = market(server).await;
        let startup_two = startup(&market).await;
        let organizations = [startup_one, startup_two];
        for month in ["2026-12", "2027-01"] {
            let [starts_at, ends_at] = [10, 11].map(|hour| format!("{month}-15T{hour}:00:00Z"));
            let attempts = organizations.iter().cycle().take(8).map(|one| book(&market, one, &starts_at, &ends_at));
            let booked = join_all(attempts).await;
            let minutes = booked.iter().map(|booking| booking["donated_minutes"].as_i64().unwrap()).sum::<i64>();
            assert_eq!(minutes, 180, "in {month}");
        }
    }

    async fn time_beyond_the_end_is_not_donated(server) {
        let (market, startup) = market(server).await;
        let path = format!("/resources/{}", market.resource);
        market.host.patch(&path, json!({ "booking_rules": { "overrun_fee_percent": 100 } })).await.expect(200);
        let booking = book(&market, &startup, TEN, ELEVEN).await.expect(201).id();
        server.advance(TimeDelta::hours(25));
        market.change(&booking, "check-in").await.expect(200);
        server.advance(TimeDelta::minutes(90));
        let done = market.change(&booking, "check-out").await.expect(200);
        assert_eq!((&done["fee"]["amount"], &done["owed"]), (&pounds(600), &pounds(700)));
    }

    async fn a_donation_for_listed_organizations_is_not_shown_to_others(server) {
        let (market, _) = market(server).await;
        let path = format!("/resources/{}", market.resource);
        let named = |kinds: Value| json!({ "tariff": { "currency": "GBP", "rate": 1200, "per": "hour", "donation": {
            "name": "For friends", "minutes_per_month": 60, "kinds": kinds, "organizations": [market.customer_organization],
        } } });
        market.host.patch(&path, named(Value::Null)).await.expect(200);
        assert_eq!(market.customer.get(&path).await.expect(200)["tariff"]["donation"], Value::Null);
        assert_eq!(paid(&market.book(TEN, ELEVEN).await.expect(201)), (&json!(100), &json!(60)));
        market.host.patch(&path, named(json!(["makerspace"]))).await.expect(200);
        let shown = market.customer.get(&path).await.expect(200)["tariff"]["donation"].clone();
        assert_eq!((&shown["kinds"], &shown["organizations"]), (&json!(["makerspace"]), &json!([])));
        market.host.patch(&path, json!({ "tariff": { "donation": null } })).await.expect(200);
        let refused = [
            (json!({ "per": "booking", "donation": { "name": "A", "minutes_per_month": 1, "kinds": ["firm"] } }), "/tariff/donation"),
            (json!({ "donation": { "name": "A", "minutes_per_month": 1 } }), "/tariff/donation"),
        ];
        for (change, pointer) in refused {
            let mut tariff = json!({ "currency": "GBP", "rate": 1200, "per": "hour" });
            tariff.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            market.host.patch(&path, json!({ "tariff": tariff })).await.refused_fields(&[(pointer, "invalid")]);
        }
        let none = json!({ "name": "A", "minutes_per_month": 0, "kinds": ["firm"] });
        let none = json!({ "tariff": { "currency": "GBP", "rate": 1, "per": "hour", "donation": none } });
        market.host.patch(&path, none).await.refused_fields(&[("/tariff/donation/minutes_per_month", "out_of_range")]);
    }
}
