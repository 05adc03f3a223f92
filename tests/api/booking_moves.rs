//! What a booking keeps when it moves, what it is judged by, and what it costs then.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::waitlist::Rival;
use crate::support::client::Answer;
use crate::support::people::{Market, User};
use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const HALF_PAST: &str = "2026-12-01T10:30:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

/// From when the tests begin until ten on the day of the bookings.
const UNTIL_TEN: TimeDelta = TimeDelta::hours(25);

async fn reschedule(user: &User, booking: &str, to: Value) -> Answer {
    user.post(&format!("/bookings/{booking}/reschedule"), to).await
}

/// The codes of the rules that an attempt broke.
fn broken(answer: Answer) -> Vec<String> {
    let answer = answer.refused(422, "booking_rules_violated");
    answer["violations"].as_array().unwrap().iter().map(|violation| violation["code"].as_str().unwrap().to_owned()).collect()
}

/// Where the alternatives of a refusal are, and what they cost.
fn alternatives(answer: Answer) -> Vec<(String, String, Value)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let answer = answer.refused(409, "slot_unavailable");
    let of = |one: &Value| (text(&one["resource_name"]), text(&one["starts_at"]), one["price"]["amount"].clone());
    answer["alternatives"].as_array().into_iter().flatten().map(of).collect()
}

async fn change(market: &Market, changes: Value) {
    market.host.patch(&format!("/resources/{}?bookings=keep", market.resource), changes).await.expect(200);
}

async fn book_of(market: &Market, resource: &str, from: &str, to: &str) -> Answer {
    let mut wish = market.wish(from, to);
    wish["resource_id"] = json!(resource);
    market.customer.post("/bookings", wish).await
}

on_both_databases! {
    async fn a_booking_that_moves_on_its_resource_keeps_what_was_agreed(server) {
        let market = server.market(json!({ "booking_rules": { "buffer_after_minutes": 15 } })).await;
        let booked = market.book(TEN, ELEVEN).await.expect(201).id();
        let series = json!({ "rule": "FREQ=DAILY;COUNT=2" });
        let mut wish = market.wish("2026-12-02T10:00:00Z", "2026-12-02T11:00:00Z");
        wish["rule"] = series["rule"].clone();
        let series = market.customer.post("/series", wish).await.expect(201);
        change(&market, json!({ "booking_rules": { "change_cutoff_minutes": 20_160, "no_show_minutes": 5, "buffer_after_minutes": 120 } })).await;
        let moved = reschedule(&market.host, &booked, json!({ "starts_at": HALF_PAST })).await.expect(200);
        assert_eq!(moved["check_in_by"], Value::Null);
        // The buffer is the one that was agreed, and so is the cut-off.
        market.book("2026-12-01T11:45:00Z", "2026-12-01T12:45:00Z").await.expect(201);
        market.customer.post(&format!("/bookings/{booked}/cancel"), json!({})).await.expect(200);
        let moved = market.host.post(&format!("/series/{}/reschedule", series.id()), json!({ "start_time": "12:00" })).await.expect(200);
        assert_eq!(moved["bookings"][0]["check_in_by"], Value::Null);
        market.customer.post(&format!("/series/{}/cancel", series.id()), json!({})).await.expect(200);
    }

    async fn where_a_booking_goes_is_judged_by_the_rules_of_today(server) {
        let market = server.market(json!({})).await;
        let booked = market.book("2026-12-01T10:15:00Z", "2026-12-01T11:15:00Z").await.expect(201).id();
        change(&market, json!({ "booking_rules": { "grid_minutes": 60, "max_minutes": 120 } })).await;
        let later = json!({ "starts_at": "2026-12-01T11:15:00Z" });
        assert_eq!(broken(reschedule(&market.customer, &booked, later).await), ["off_grid"]);
        let longer = json!({ "starts_at": ELEVEN, "ends_at": "2026-12-01T14:00:00Z" });
        assert_eq!(broken(reschedule(&market.customer, &booked, longer).await), ["too_long"]);
        reschedule(&market.customer, &booked, json!({ "starts_at": ELEVEN })).await.expect(200);
    }

    async fn what_was_agreed_can_become_less_by_the_rules_that_it_was_agreed_under(server) {
        let resource = json!({ "capacity": { "quantity": 4, "unit": "unit" }, "booking_rules": { "requires_approval": true } });
        let market = server.market(resource).await;
        let mut wish = market.wish("2026-12-01T10:15:00Z", "2026-12-01T14:15:00Z");
        wish["quantity"] = json!(2);
        let booked = market.customer.post("/bookings", wish).await.expect(201).id();
        market.host.post(&format!("/bookings/{booked}/approve"), json!({})).await.expect(200);
        let rules = json!({
            "grid_minutes": 60, "min_minutes": 120, "requires_payment": true, "max_active_per_organization": 1,
            "quotas": [{ "per": "organization", "most_minutes": 0, "within": "day" }], "opening_hours": { "mon": [] },
        });
        change(&market, json!({ "booking_rules": rules, "status": "paused", "is_private": true })).await;
        let shorter = reschedule(&market.customer, &booked, json!({ "ends_at": "2026-12-01T13:20:00Z" })).await.expect(200);
        assert_eq!((&shorter["status"], &shorter["price_difference"]["amount"]), (&json!("confirmed"), &json!(-2200)));
        reschedule(&market.customer, &booked, json!({ "quantity": 1 })).await.expect(200);
        let within = json!({ "starts_at": "2026-12-01T11:15:00Z", "ends_at": "2026-12-01T11:30:00Z" });
        reschedule(&market.customer, &booked, within).await.expect(200);
        let seconds = json!({ "ends_at": "2026-12-01T11:29:30Z" });
        assert_eq!(broken(reschedule(&market.customer, &booked, seconds).await), ["not_whole_minutes", "too_short"]);
        reschedule(&market.customer, &booked, json!({ "ends_at": "2026-12-01T11:45:00Z" })).await.refused(404, "not_found");
        change(&market, json!({ "is_private": false })).await;
        reschedule(&market.customer, &booked, json!({ "quantity": 2 })).await.refused(409, "resource_not_bookable");
    }

    async fn a_series_on_a_paused_resource_can_become_shorter_but_not_later(server) {
        let market = server.market(json!({})).await;
        let mut wish = market.wish(TEN, TWELVE);
        wish["rule"] = json!("FREQ=DAILY;COUNT=2");
        let series = format!("/series/{}", market.customer.post("/series", wish).await.expect(201).id());
        change(&market, json!({ "status": "paused" })).await;
        let path = format!("{series}/reschedule");
        market.customer.post(&path, json!({ "start_time": "11:00" })).await.refused(409, "resource_not_bookable");
        let shorter = market.customer.post(&path, json!({ "duration_minutes": 60 })).await.expect(200);
        assert_eq!(shorter["bookings"][1]["ends_at"], "2026-12-02T11:00:00Z");
    }

    async fn it_can_be_too_late_for_the_customer_to_take_less(server) {
        let market = server.market(json!({ "booking_rules": { "change_cutoff_minutes": 60 } })).await;
        let booked = market.book(TEN, TWELVE).await.expect(201).id();
        server.advance(UNTIL_TEN - TimeDelta::minutes(59));
        let less = json!({ "ends_at": ELEVEN });
        assert_eq!(broken(reschedule(&market.customer, &booked, less.clone()).await), ["too_late_to_change"]);
        reschedule(&market.host, &booked, less).await.expect(200);
    }

    async fn the_host_moves_a_booking_at_the_agreed_price_or_for_less(server) {
        let market = server.market(json!({ "capacity": { "quantity": 5, "unit": "unit" } })).await;
        let other = async |name: &str, currency: &str, rate: i64| {
            let tariff = json!({ "currency": currency, "rate": rate, "per": "hour" });
            market.host.list_resource(&market.site, json!({ "name": name, "tariff": tariff })).await
        };
        let (dear, cheap, foreign) = (other("Dear", "GBP", 100_000).await, other("Cheap", "GBP", 100).await, other("Foreign", "EUR", 100).await);
        let booked = market.book(TEN, ELEVEN).await.expect(201).id();
        let longer = reschedule(&market.host, &booked, json!({ "quantity": 5, "ends_at": TWELVE })).await.expect(200);
        assert_eq!((&longer["price"]["amount"], &longer["price_difference"]["amount"]), (&json!(1200), &json!(0)));
        let line = json!({ "description": "reduced to the agreed price of 12.00 GBP", "amount": { "amount": -10_800, "currency": "GBP" }, "rule": "agreed_price", "name": null,
            "numbers": { "base": { "amount": 1200, "currency": "GBP" } } });
        assert_eq!(longer["price_lines"][1], line);
        let moved = reschedule(&market.host, &booked, json!({ "resource_id": dear, "quantity": 1 })).await.expect(200);
        assert_eq!(moved["price"]["amount"], 1200);
        let refused = reschedule(&market.host, &booked, json!({ "resource_id": foreign })).await;
        refused.refused_fields(&[("/resource_id", "invalid")]);
        let moved = reschedule(&market.host, &booked, json!({ "resource_id": cheap })).await.expect(200);
        assert_eq!(moved["price"]["amount"], 200);
        // For what the customer asks for, the customer pays.
        let moved = reschedule(&market.customer, &booked, json!({ "resource_id": dear })).await.expect(200);
        assert_eq!(moved["price"]["amount"], 200_000);
    }

    async fn whom_the_host_moves_hears_of_it_in_any_case(server) {
        let market = server.market(json!({})).await;
        market.customer.patch("/me", json!({ "mail_preferences": { "changes": false } })).await.expect(200);
        let booked = market.book(TEN, ELEVEN).await.expect(201).id();
        reschedule(&market.customer, &booked, json!({ "starts_at": HALF_PAST })).await.expect(200);
        reschedule(&market.host, &booked, json!({ "starts_at": ELEVEN })).await.expect(200);
        let mut wish = market.wish("2026-12-02T10:00:00Z", "2026-12-02T11:00:00Z");
        wish["rule"] = json!("FREQ=DAILY;COUNT=2");
        let series = market.customer.post("/series", wish).await.expect(201);
        let path = format!("/series/{}/reschedule", series.id());
        market.customer.post(&path, json!({ "start_time": "12:00" })).await.expect(200);
        market.host.post(&path, json!({ "start_time": "14:00" })).await.expect(200);
        // The host hears of all six things, so all is told.
        server.mails(&market.host.email, 6).await;
        let mails = server.mails(&market.customer.email, 4).await;
        let moved: Vec<_> = mails.iter().filter(|mail| mail.subject.starts_with("Moved: ")).collect();
        assert_eq!((mails.len(), moved.len()), (4, 2), "{mails:?}");
        let told = moved.iter().filter(|mail| mail.text.contains("Rotor Works has changed your booking of Lathe."));
        assert_eq!(told.count(), 1, "{moved:?}");
    }

    async fn where_payment_comes_first_a_customer_does_not_move_what_is_agreed_to_where_it_costs_more(server) {
        let market = server.market(json!({})).await;
        let paid = json!({ "name": "Paid", "booking_rules": { "requires_payment": true }, "capacity": { "quantity": 2, "unit": "unit" } });
        let paid = market.host.list_resource(&market.site, paid).await;
        let free = market.book(TEN, ELEVEN).await.expect(201).id();
        let there = json!({ "resource_id": paid });
        let refused = reschedule(&market.customer, &free, there.clone()).await.refused(422, "booking_rules_violated");
        assert_eq!((&refused["violations"][0]["code"], &refused["violations"][0]["overridable"]), (&json!("payment_required"), &json!(true)));
        let held = book_of(&market, &paid, TEN, ELEVEN).await.expect(201).id();
        market.host.post(&format!("/bookings/{held}/confirm"), json!({})).await.expect(200);
        let longer = json!({ "ends_at": TWELVE });
        assert_eq!(broken(reschedule(&market.customer, &held, longer.clone()).await), ["payment_required"]);
        reschedule(&market.customer, &held, json!({ "starts_at": ELEVEN })).await.expect(200);
        reschedule(&market.host, &held, longer).await.expect(200);
        let mut move_there = there;
        move_there["override_reason"] = json!("Has paid by telephone");
        let by_customer = reschedule(&market.customer, &free, move_there.clone()).await;
        by_customer.refused_fields(&[("/override_reason", "not_permitted")]);
        assert_eq!(reschedule(&market.host, &free, move_there).await.expect(200)["resource_name"], "Paid");
    }

    async fn where_nothing_would_change_nothing_happens(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true, "answer_minutes": 60 } })).await;
        let booked = market.book(TEN, ELEVEN).await.expect(201);
        server.advance(TimeDelta::minutes(30));
        let same = json!({ "starts_at": TEN, "ends_at": ELEVEN, "quantity": 1, "resource_id": market.resource, "operated_by": market.customer.id });
        for nothing in [json!({}), same] {
            let kept = reschedule(&market.customer, &booked.id(), nothing).await.expect(200);
            let revision = |answer: &Answer| answer.header("etag").split('-').next().unwrap_or_default().to_owned();
            assert_eq!(revision(&kept), revision(&booked));
            assert_eq!(kept["price_difference"], json!({ "amount": 0, "currency": "GBP" }));
            assert_eq!(["expires_at", "updated_at"].map(|field| &kept[field]), ["expires_at", "updated_at"].map(|field| &booked[field]));
        }
        let history = market.customer.get(&format!("/bookings/{}/history", booked.id())).await.expect(200);
        assert_eq!(history.items().len(), 1);
        let mut wish = market.wish("2026-12-02T10:00:00Z", "2026-12-02T11:00:00Z");
        wish["rule"] = json!("FREQ=DAILY;COUNT=2");
        let series = market.customer.post("/series", wish).await.expect(201);
        let path = format!("/series/{}/reschedule", series.id());
        let kept = market.customer.post(&path, json!({ "start_time": "10:00" })).await.expect(200);
        assert_eq!(kept["bookings"], series["bookings"]);
    }

    async fn a_booking_that_cannot_move_is_offered_what_it_can_have_at_what_it_would_cost(server) {
        let market = server.market(json!({})).await;
        market.host.list_resource(&market.site, json!({ "name": "Twin" })).await;
        market.host.list_resource(&market.site, json!({ "name": "Paid", "booking_rules": { "requires_payment": true } })).await;
        let other = server.user("Olga").await;
        let elsewhere = other.open_site(&other.found("Elsewhere").await, json!({})).await;
        other.list_resource(&elsewhere, json!({ "name": "Of another host" })).await;
        let booked = market.book(TEN, ELEVEN).await.expect(201).id();
        market.book(TWELVE, "2026-12-01T13:00:00Z").await.expect(201);
        change(&market, json!({ "tariff": { "rate": 9900 } })).await;
        let offered = alternatives(reschedule(&market.customer, &booked, json!({ "starts_at": TWELVE })).await);
        assert!(offered.contains(&("Twin".into(), TWELVE.into(), json!(1200))), "{offered:?}");
        assert!(offered.iter().all(|(name, _, price)| ["Lathe", "Twin"].contains(&name.as_str()) && *price == 1200), "{offered:?}");
        assert!(offered.iter().any(|(name, ..)| name == "Lathe"), "{offered:?}");

        server.advance(UNTIL_TEN);
        market.customer.post(&format!("/bookings/{booked}/check-in"), json!({})).await.expect(200);
        let longer = json!({ "ends_at": "2026-12-01T12:30:00Z" });
        assert_eq!(alternatives(reschedule(&market.customer, &booked, longer).await), []);
    }

    async fn on_another_resource_a_start_that_stays_is_asked_for_anew(server) {
        let market = server.market(json!({})).await;
        let other = market.host.list_resource(&market.site, json!({ "name": "Mill", "booking_rules": { "notice_minutes": 120 } })).await;
        let booked = market.book(TEN, TWELVE).await.expect(201).id();
        server.advance(UNTIL_TEN - TimeDelta::minutes(90));
        assert_eq!(broken(book_of(&market, &other, TEN, TWELVE).await), ["too_soon"]);
        let there = json!({ "resource_id": other });
        assert_eq!(broken(reschedule(&market.customer, &booked, there.clone()).await), ["too_soon"]);
        // What has begun the host can still move to a machine that is not broken.
        server.advance(TimeDelta::minutes(100));
        reschedule(&market.host, &booked, there).await.expect(200);
    }

    async fn a_request_does_not_move_to_where_payment_comes_first(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let paid_first = json!({ "name": "Mill", "booking_rules": { "requires_payment": true } });
        let paid_first = market.host.list_resource(&market.site, paid_first).await;
        let requested = market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!(requested["status"], "requested");
        let there = json!({ "resource_id": paid_first });
        assert_eq!(broken(reschedule(&market.customer, &requested.id(), there.clone()).await), ["payment_required"]);
        // A hold stays one until it is paid for.
        let mut hold = market.wish(ELEVEN, TWELVE);
        hold["hold"] = json!(true);
        let held = market.customer.post("/bookings", hold).await.expect(201).id();
        reschedule(&market.customer, &held, there).await.expect(200);
        market.customer.post(&format!("/bookings/{held}/confirm"), json!({})).await.refused(403, "forbidden");
    }

    async fn who_waits_is_served_before_a_booking_moves_by_its_longer_buffers(server) {
        let market = server.market(json!({ "booking_rules": { "buffer_after_minutes": 120 } })).await;
        let booked = market.book("2026-12-01T04:00:00Z", "2026-12-01T05:00:00Z").await.expect(201).id();
        change(&market, json!({ "booking_rules": { "buffer_after_minutes": 0, "hold_minutes": 30 } })).await;
        let (holder, waits) = (Rival::new(server, "Hal").await, Rival::new(server, "Flo").await);
        let mut hold = holder.wish(&market, (TWELVE, "2026-12-01T13:00:00Z"));
        hold["hold"] = json!(true);
        holder.user.post("/bookings", hold).await.expect(201);
        let entry = waits.waits(server, &market, (TWELVE, "2026-12-01T13:00:00Z"), 60).await;
        server.advance(TimeDelta::minutes(30));
        // It takes the time to one o'clock.
        reschedule(&market.customer, &booked, json!({ "starts_at": TEN })).await.refused(409, "slot_unavailable");
        waits.offer(&entry).await;
    }
}
