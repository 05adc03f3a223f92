//! Time at the site: clock changes, whole days, and closed hours.

use chrono::TimeDelta;
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
            assert_eq!(booking["price"]["amount"], json!(1200 * hours));
        }
    }

    async fn a_booking_of_whole_days_that_moves_stays_as_many_days(server) {
        let market = server.market(by_the_day(json!({ "min_minutes": 1440, "max_minutes": 2880, "horizon_days": 1000 }))).await;
        let booking = market.book("2027-03-20T09:00:00Z", "2027-03-22T09:00:00Z").await.expect(201);
        let path = format!("/bookings/{}/reschedule", booking.id());
        let moved = market.customer.post(&path, json!({ "starts_at": "2027-03-27T09:00:00Z" })).await.expect(200);
        assert_eq!(moved["ends_at"], "2027-03-29T08:00:00Z");
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

    async fn storage_is_kept_over_closed_hours_and_its_start_and_end_lie_in_them(server) {
        let market = server.market(json!({})).await;
        let day = [["08:00", "18:00"]];
        let hours = json!({ "opening_hours": { "mon": day, "tue": day, "wed": day, "thu": day, "fri": day } });
        let site = market.host.open_site(&market.host_organization, hours).await;
        let store = json!({ "kind": "storage", "name": "Rack", "capacity": { "quantity": 20, "unit": "pallet" } });
        let resource = market.host.list_resource(&site, store).await;
        let market = Market { site, resource, ..market };
        let (monday, friday) = ("2026-12-07T09:00:00Z", "2026-12-11T17:00:00Z");
        assert_eq!(codes(&market.quote([monday, friday]).await["violations"]).len(), 0);
        assert_eq!(market.search(&format!("starts_at={monday}&ends_at={friday}&kind=storage")).await, [[monday, friday]]);
        let slots = market.slots(monday, "2026-12-07T10:00:00Z", 4 * 1440 + 480).await;
        assert_eq!(slots.first(), Some(&[monday, friday].map(str::to_owned)));
        let booking = market.book(monday, friday).await.expect(201);
        let sunday = market.book("2026-12-07T09:00:00Z", "2026-12-13T12:00:00Z").await.refused(422, "booking_rules_violated");
        assert_eq!(codes(&sunday["violations"]), ["outside_opening_hours"]);
        let path = format!("/resources/{}/availability?from={monday}&to={friday}", market.resource);
        let found = market.customer.get(&path).await.expect(200);
        assert_eq!(found["free"], json!([{ "starts_at": monday, "ends_at": friday, "quantity": 19 }]));
        assert_eq!(found["open"][1], json!({ "starts_at": "2026-12-08T08:00:00Z", "ends_at": "2026-12-08T18:00:00Z" }));
        let path = format!("/bookings/{}/reschedule", booking.id());
        let night = market.customer.post(&path, json!({ "ends_at": "2026-12-09T03:00:00Z" })).await;
        assert_eq!(codes(&night.refused(422, "booking_rules_violated")["violations"]), ["outside_opening_hours"]);
        let series = json!({
            "organization_id": market.customer_organization, "resource_id": market.resource,
            "starts_at": "2026-12-14T09:00:00Z", "ends_at": "2026-12-18T17:00:00Z", "rule": "FREQ=WEEKLY;COUNT=2",
        });
        market.customer.post("/series", series).await.expect(201);
        // The host can bind the whole time, as for machines.
        let bind = json!({ "booking_rules": { "opening_hours_bind": "whole_time" } });
        market.host.patch(&format!("/resources/{}?bookings=keep", market.resource), bind).await.expect(200);
        assert_eq!(codes(&market.quote([monday, friday]).await["violations"]), ["outside_opening_hours"]);
    }

    async fn hours_of_a_resource_that_are_wider_than_those_of_the_site_are_refused_at_their_field(server) {
        let market = server.market(json!({})).await;
        let hours = json!({ "opening_hours": { "mon": [["08:00", "18:00"]] } });
        let site = market.host.open_site(&market.host_organization, hours).await;
        let rules = |start| {
            let hours = json!({ "mon": [[start, "18:00"]] });
            let season = json!({ "from": "06-01", "to": "06-30", "opening_hours": hours });
            json!({ "booking_rules": { "opening_hours": hours, "seasons": [season] } })
        };
        let resource = market.host.list_resource(&site, rules("08:00")).await;
        let path = format!("/resources/{resource}");
        let refused = market.host.patch(&path, rules("07:00")).await.refused(422, "invalid_fields");
        let pointers: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
        assert_eq!(pointers, ["/booking_rules/opening_hours/mon", "/booking_rules/seasons/0/opening_hours/mon"]);
        // A site can shrink; the hours of the resource stay as they are and count where the site is open.
        let shorter = json!({ "opening_hours": { "mon": [["10:00", "18:00"]] } });
        market.host.patch(&format!("/sites/{site}"), shorter).await.expect(200);
        market.host.patch(&path, json!({ "name": "Mill" })).await.expect(200);
        market.host.patch(&path, rules("09:00")).await.refused(422, "invalid_fields");
        let slots = Market { resource, ..market }.slots("2026-12-07T00:00:00Z", "2026-12-08T00:00:00Z", 60).await;
        assert_eq!(slots.first().map(|slot| slot[0].as_str()), Some("2026-12-07T10:00:00Z"));
    }

    async fn less_of_what_was_agreed_keeps_the_grid_and_the_shortest_length(server) {
        let market = server.market(json!({ "booking_rules": { "min_minutes": 240, "grid_minutes": 60 } })).await;
        let booking = market.book("2026-12-01T08:00:00Z", "2026-12-01T13:00:00Z").await.expect(201);
        let path = format!("/bookings/{}/reschedule", booking.id());
        let mut sliver = json!({ "starts_at": "2026-12-01T08:07:00Z", "ends_at": "2026-12-01T08:08:00Z" });
        for client in [&market.customer, &market.host] {
            let refused = client.post(&path, sliver.clone()).await.refused(422, "booking_rules_violated");
            assert_eq!(codes(&refused["violations"]), ["off_grid", "too_short"]);
        }
        // The rules under which it was made count, not those of today.
        let today = json!({ "booking_rules": { "min_minutes": 300, "grid_minutes": 30 } });
        market.host.patch(&format!("/resources/{}", market.resource), today).await.expect(200);
        market.customer.post(&path, json!({ "ends_at": "2026-12-01T12:00:00Z" })).await.expect(200);
        sliver["override_reason"] = json!("The customer needs no more.");
        market.host.post(&path, sliver).await.expect(200);
    }

    async fn the_grid_counts_from_the_opening_where_the_host_says_so(server) {
        let rules = json!({ "grid_minutes": 90, "min_minutes": 90, "opening_hours": { "tue": [["08:00", "13:00"]] } });
        let market = server.market(json!({ "booking_rules": rules })).await;
        let starts = async || -> Vec<String> {
            let slots = market.slots("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z", 90).await;
            slots.into_iter().map(|[starts_at, _]| starts_at[11..16].to_owned()).collect()
        };
        assert_eq!(starts().await, ["09:00", "10:30"]);
        let path = format!("/resources/{}", market.resource);
        market.host.patch(&path, json!({ "booking_rules": { "grid_from": "opening" } })).await.expect(200);
        assert_eq!(starts().await, ["08:00", "09:30", "11:00"]);
        let refused = market.book("2026-12-01T09:00:00Z", "2026-12-01T10:30:00Z").await.refused(422, "booking_rules_violated");
        let detail = "the start is 09:00; bookings start at multiples of 90 min from the opening; it is open from 08:00 (Europe/London)";
        assert_eq!((codes(&refused["violations"]), &refused["violations"][0]["detail"]), (vec!["off_grid"], &json!(detail)));
        market.book("2026-12-01T09:30:00Z", "2026-12-01T11:00:00Z").await.expect(201);
        // From the opening, a grid need not divide a day.
        market.host.patch(&path, json!({ "booking_rules": { "grid_minutes": 70 } })).await.expect(200);
        let midnight = json!({ "booking_rules": { "grid_from": "midnight" } });
        market.host.patch(&path, midnight).await.refused(422, "invalid_fields");
    }

    async fn a_booking_takes_exactly_one_of_the_shifts(server) {
        let shifts = json!([["06:00", "14:00"], ["14:00", "22:00"], ["22:00", "06:00"]]);
        let rules = json!({ "shifts": shifts, "min_minutes": 480, "horizon_days": 1000 });
        let market = server.market(json!({ "booking_rules": rules })).await;
        let found = market.customer.get(&format!("/resources/{}", market.resource)).await.expect(200);
        assert_eq!(found["booking_rules"]["shifts"], shifts);
        // The night in which the clocks go forward, and the shifts beside it.
        let late = ["2027-03-27T14:00:00Z", "2027-03-27T22:00:00Z"];
        let night = ["2027-03-27T22:00:00Z", "2027-03-28T05:00:00Z"];
        let early = ["2027-03-28T05:00:00Z", "2027-03-28T13:00:00Z"];
        assert_eq!(market.slots(late[0], early[1], 480).await, [late, night, early]);
        assert_eq!(market.search(&format!("starts_at={}&ends_at={}", night[0], night[1])).await, [night]);
        assert_eq!(market.search(&format!("from={}&to={}&duration_minutes=480", night[0], early[1])).await, [night]);
        let booking = market.book(night[0], night[1]).await.expect(201);
        let refused = market.book(late[0], early[1]).await.refused(422, "booking_rules_violated");
        assert_eq!(codes(&refused["violations"]), ["off_grid"]);
        let path = format!("/bookings/{}/reschedule", booking.id());
        let less = market.customer.post(&path, json!({ "ends_at": "2027-03-28T04:00:00Z" })).await;
        assert_eq!(codes(&less.refused(422, "booking_rules_violated")["violations"]), ["off_grid", "too_short"]);
        let wrong = json!({ "booking_rules": { "shifts": [["06:00", "14:00"], ["13:00", "15:00"]] } });
        let refused = market.host.patch(&format!("/resources/{}", market.resource), wrong).await.refused(422, "invalid_fields");
        assert_eq!(refused["errors"][0]["pointer"], "/booking_rules/shifts/1");
    }

    async fn a_day_is_searched_and_waited_for_in_a_window_of_23_hours(server) {
        let market = server.market(by_the_day(json!({ "min_minutes": 1440, "grid_minutes": 1440, "horizon_days": 1000 }))).await;
        assert_eq!(market.search(&format!("from={}&to={}&duration_minutes=1440", SPRING[0], SPRING[1])).await, [SPRING]);
        let booking = market.book(SPRING[0], SPRING[1]).await.expect(201);
        let wish = market.wish(SPRING[0], SPRING[1]);
        let entry = market.customer.post("/waitlist", wish).await.expect(201);
        market.host.post(&format!("/bookings/{}/cancel", booking.id()), json!({})).await.expect(200);
        let entry = market.customer.get(&format!("/waitlist/{}", entry.id())).await.expect(200);
        assert_eq!(entry["status"], "offered");
    }

    async fn notice_in_opening_hours_is_the_same_for_bookings_slots_and_searches(server) {
        let rules = json!({ "notice_minutes": 120, "notice_counts": "opening_hours", "min_minutes": 60, "grid_minutes": 60 });
        let market = server.market(json!({ "booking_rules": rules })).await;
        let hours = ["mon", "tue", "wed", "thu", "fri"].map(|day| (day.to_owned(), json!([["09:00", "17:00"]])));
        let hours = json!({ "opening_hours": Value::Object(hours.into_iter().collect()) });
        market.host.patch(&format!("/sites/{}", market.site), hours).await.expect(200);
        // From nine o'clock until the site closes.
        server.advance(TimeDelta::hours(8));
        let refused = market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.refused(422, "booking_rules_violated");
        assert_eq!(codes(&refused["violations"]), ["too_soon"]);
        let slots = market.slots("2026-11-30T17:00:00Z", "2026-12-01T23:00:00Z", 60).await;
        assert_eq!(slots[0][0], "2026-12-01T11:00:00Z");
        let search = "from=2026-11-30T17:00:00Z&to=2026-12-01T23:00:00Z&duration_minutes=60";
        assert_eq!(market.search(search).await[0][0], "2026-12-01T11:00:00Z");
        market.book("2026-12-01T11:00:00Z", "2026-12-01T12:00:00Z").await.expect(201);
    }
}
