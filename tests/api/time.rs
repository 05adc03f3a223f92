//! Time at the site: clock changes, whole days, and closed hours.

use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::on_both_databases;

/// The Sunday of 23 hours in London, and that of 25.
const SPRING: [&str; 2] = ["2027-03-28T00:00:00Z", "2027-03-28T23:00:00Z"];
const AUTUMN: [&str; 2] = ["2027-10-30T23:00:00Z", "2027-11-01T00:00:00Z"];

fn codes(violations: &Value) -> Vec<&str> {
    violations.as_array().unwrap().iter().map(|violation| violation["code"].as_str().unwrap()).collect()
}

impl Market {
    async fn quote(&self, [starts_at, ends_at]: [&str; 2]) -> Answer {
        let slot = json!({ "starts_at": starts_at, "ends_at": ends_at });
        self.customer.post(&format!("/resources/{}/quote", self.resource), slot).await.expect(200)
    }

    /// The starts and ends of the slots of some minutes.
    async fn slots(&self, from: &str, to: &str, minutes: i64) -> Vec<[String; 2]> {
        let query = format!("from={from}&to={to}&duration_minutes={minutes}&limit=200");
        let found = self.customer.get(&format!("/resources/{}/slots?{query}", self.resource)).await.expect(200);
        let ends = |slot: &Value| ["starts_at", "ends_at"].map(|name| slot[name].as_str().unwrap().to_owned());
        found["items"].as_array().unwrap().iter().map(ends).collect()
    }

    /// The slots that a search finds at the only resource.
    async fn search(&self, query: &str) -> Vec<[String; 2]> {
        let found = self.customer.get(&format!("/search/available?{query}")).await.expect(200);
        let ends = |found: &Value| ["starts_at", "ends_at"].map(|name| found[name].as_str().unwrap().to_owned());
        found["items"].as_array().unwrap().iter().map(ends).collect()
    }
}

fn by_the_day(rules: Value) -> Value {
    json!({ "booking_rules": rules, "tariff": { "currency": "GBP", "rate": 1000, "per": "day" } })
}

on_both_databases! {
    async fn a_whole_day_is_a_local_day_when_the_clocks_change(server) {
        let rules = json!({ "grid_minutes": 1440, "min_minutes": 1440, "max_minutes": 10_080, "horizon_days": 1000 });
        let market = server.market(by_the_day(rules)).await;
        for (day, next) in [(SPRING, "2027-03-29T23:00:00Z"), (AUTUMN, "2027-11-02T00:00:00Z")] {
            let [starts_at, ends_at] = day;
            assert_eq!(market.slots(starts_at, ends_at, 1440).await, [day]);
            assert_eq!(market.search(&format!("starts_at={starts_at}&ends_at={ends_at}")).await, [day]);
            assert_eq!(market.search(&format!("from={starts_at}&to={next}&duration_minutes=1440")).await, [day]);
            let quote = market.quote(day).await;
            assert_eq!((codes(&quote["violations"]).len(), &quote["total"]["amount"]), (0, &json!(1000)));
            market.book(starts_at, ends_at).await.expect(201);
        }
        for week in [["2027-03-22T00:00:00Z", "2027-03-28T23:00:00Z"], ["2027-10-24T23:00:00Z", "2027-11-01T00:00:00Z"]] {
            let quote = market.quote(week).await;
            assert_eq!((codes(&quote["violations"]).len(), &quote["total"]["amount"]), (0, &json!(7000)));
        }
        let quote = market.quote(["2027-10-23T23:00:00Z", "2027-11-01T00:00:00Z"]).await;
        assert_eq!(codes(&quote["violations"]), ["too_long"]);
    }

    async fn a_night_shift_can_be_booked_in_every_night_and_is_charged_by_its_hours(server) {
        let hours = json!({ "mon": [["22:00", "06:00"]], "sat": [["22:00", "06:00"]] });
        let rules = json!({ "min_minutes": 480, "max_minutes": 480, "opening_hours": hours, "horizon_days": 1000 });
        let market = server.market(json!({ "booking_rules": rules })).await;
        for (night, hours) in [
            (["2027-03-22T22:00:00Z", "2027-03-23T06:00:00Z"], 8),
            (["2027-03-27T22:00:00Z", "2027-03-28T05:00:00Z"], 7),
            (["2027-10-30T21:00:00Z", "2027-10-31T06:00:00Z"], 9),
        ] {
            assert_eq!(market.search(&format!("starts_at={}&ends_at={}", night[0], night[1])).await, [night]);
            let booking = market.book(night[0], night[1]).await.expect(201);
            assert_eq!(booking["price"]["total"]["amount"], json!(1200 * hours));
        }
    }

    async fn a_booking_of_whole_days_that_moves_stays_as_many_days(server) {
        let market = server.market(by_the_day(json!({ "min_minutes": 1440, "max_minutes": 2880, "horizon_days": 1000 }))).await;
        let booking = market.book("2027-03-20T09:00:00Z", "2027-03-22T09:00:00Z").await.expect(201);
        let path = format!("/bookings/{}/reschedule", booking.id());
        let moved = market.customer.post(&path, json!({ "starts_at": "2027-03-27T09:00:00Z" })).await.expect(200);
        assert_eq!(moved["booking"]["ends_at"], "2027-03-29T08:00:00Z");
        assert_eq!(moved["price_difference"]["amount"], 0);
    }

    async fn a_quota_of_a_whole_day_admits_the_day_of_25_hours(server) {
        let quotas = json!([{ "per": "organization", "most_minutes": 1440, "within": "day" }]);
        let capacity = json!({ "quantity": 2, "unit": "unit" });
        let rules = json!({ "quotas": quotas, "horizon_days": 1000 });
        let market = server.market(json!({ "capacity": capacity, "booking_rules": rules })).await;
        market.book(AUTUMN[0], AUTUMN[1]).await.expect(201);
        let more = market.book("2027-10-31T10:00:00Z", "2027-10-31T10:15:00Z").await.refused(422, "booking_rules_violated");
        assert_eq!(codes(&more["violations"]), ["quota_exceeded"]);
    }
}
