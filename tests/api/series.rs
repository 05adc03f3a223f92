//! Bookings made from one recurrence rule.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

/// The body of a series of the customer's.
pub(super) fn wish(market: &Market, starts_at: &str, ends_at: &str, rule: &str) -> Value {
    let mut wish = market.wish(starts_at, ends_at);
    wish["rule"] = rule.into();
    wish
}

/// The same that leaves out what cannot be booked.
fn lenient(mut wish: Value) -> Value {
    wish["on_clash"] = "skip".into();
    wish
}

/// A field of each item of a list.
pub(super) fn each(list: &Value, name: &str) -> Vec<Value> {
    list.as_array().unwrap().iter().map(|item| item[name].clone()).collect()
}

/// The codes of the rules that each occurrence breaks.
pub(super) fn broken(occurrences: &Value) -> Vec<Vec<Value>> {
    each(occurrences, "violations").iter().map(|violations| each(violations, "code")).collect()
}

/// The bookings of a series, as the answer has them, that are not cancelled: their starts.
pub(super) fn starts(series: &Answer) -> Vec<Value> {
    let bookings = series["bookings"].as_array().unwrap().iter();
    bookings.filter(|booking| booking["status"] != "cancelled").map(|booking| booking["starts_at"].clone()).collect()
}

on_both_databases! {
    async fn every_occurrence_is_a_booking_at_the_same_time_of_day_whatever_the_clocks_do(server) {
        let market = server.market(json!({})).await;
        let weekly = wish(&market, "2027-03-21T00:30:00Z", "2027-03-21T02:30:00Z", "FREQ=WEEKLY;COUNT=3");
        let series = market.customer.post("/series", weekly).await.expect(201);
        assert_eq!(starts(&series), ["2027-03-21T00:30:00Z", "2027-03-28T00:30:00Z", "2027-04-03T23:30:00Z"]);
        let ends = ["2027-03-21T02:30:00Z", "2027-03-28T01:30:00Z", "2027-04-04T01:30:00Z"];
        assert_eq!(each(&series["bookings"], "ends_at"), ends);
        // What is paid for is what passes: an hour less in the night that has one hour less.
        let prices: Vec<_> = each(&series["bookings"], "price").iter().map(|price| price["amount"].clone()).collect();
        assert_eq!(prices, [2400, 1200, 2400]);
        assert_eq!(series.header("location"), format!("/api/v1/series/{}", series.id()));
        let path = format!("/series/{}", series.id());
        for party in [&market.customer, &market.host] {
            assert_eq!(party.get(&path).await.expect(200).body, series.body);
            assert_eq!(party.get("/series").await.expect(200).items()[0]["id"], series.id());
        }
        assert!(each(&series["bookings"], "series_id").iter().all(|id| *id == series.id()));
        let listed = market.customer.get(&format!("/bookings?series_id={}", series.id())).await.expect(200);
        assert_eq!(listed["items"], series["bookings"]);
    }

    async fn an_hour_that_the_clocks_skip_is_refused_by_name_or_skipped(server) {
        let market = server.market(json!({})).await;
        let daily = wish(&market, "2027-03-27T01:30:00Z", "2027-03-27T03:30:00Z", "FREQ=DAILY;COUNT=3");
        let refused = market.customer.post("/series", daily.clone()).await.refused(422, "booking_rules_violated");
        assert_eq!((each(&refused["occurrences"], "date"), broken(&refused["occurrences"])), (vec![json!("2027-03-28")], vec![vec![json!("no_such_time")]]));
        let detail = refused["violations"][0]["detail"].as_str().unwrap();
        assert_eq!(detail, "does not exist: the clocks of Europe/London never show 2027-03-28 01:30");
        let series = market.customer.post("/series", lenient(daily)).await.expect(201);
        assert_eq!(starts(&series), ["2027-03-27T01:30:00Z", "2027-03-29T00:30:00Z"]);
        assert_eq!(each(&series["skipped"], "starts_at"), [Value::Null]);
    }

    async fn an_hour_that_comes_twice_is_meant_the_first_time(server) {
        let market = server.market(json!({})).await;
        let daily = wish(&market, "2027-10-30T00:30:00Z", "2027-10-30T01:00:00Z", "FREQ=DAILY;COUNT=2");
        let series = market.customer.post("/series", daily).await.expect(201);
        assert_eq!(starts(&series), ["2027-10-30T00:30:00Z", "2027-10-31T00:30:00Z"]);
        let second = wish(&market, "2027-10-31T01:30:00Z", "2027-10-31T03:00:00Z", "FREQ=DAILY;COUNT=2");
        market.customer.post("/series", second).await.refused_fields(&[("/starts_at", "invalid")]);
    }

    async fn a_preview_tells_what_would_be_and_books_nothing(server) {
        let market = server.market(json!({ "booking_rules": { "max_active_per_organization": 4 } })).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let stranger = server.user("Stella").await;
        let other = stranger.found("Second venture").await;
        let mut wish = wish(&market, "2026-11-30T10:00:00Z", "2026-11-30T11:30:00Z", "FREQ=DAILY;COUNT=4");
        wish["organization_id"] = json!(other);
        let preview = stranger.post("/series/preview", wish.clone()).await.expect(200);
        assert_eq!((&preview["timezone"], &preview["total"]), (&json!("Europe/London"), &json!({ "amount": 5400, "currency": "GBP" })));
        let occurrences = &preview["occurrences"];
        assert_eq!(each(occurrences, "is_bookable"), [true, false, true, true]);
        assert_eq!(each(occurrences, "conflicts")[1], json!([{ "starts_at": TEN, "ends_at": ELEVEN, "available_quantity": 0 }]));
        assert_eq!(each(occurrences, "price")[1], json!({ "amount": 1800, "currency": "GBP" }));
        assert!(!preview.text.contains(&market.customer_organization), "{preview:?}");
        assert!(stranger.get("/bookings").await.expect(200).items().is_empty());
        assert!(stranger.get("/series").await.expect(200).items().is_empty());
        wish["rule"] = "FREQ=DAILY;COUNT=6".into();
        let preview = stranger.post("/series/preview", wish).await.expect(200);
        assert_eq!(broken(&preview["occurrences"])[4..], [vec![], vec![json!("too_many_active")]]);
    }

    async fn one_occurrence_that_is_taken_refuses_all_or_is_skipped(server) {
        let market = server.market(json!({})).await;
        let taken = market.book("2026-12-08T10:30:00Z", "2026-12-08T12:00:00Z").await.expect(201);
        let weekly = wish(&market, TEN, ELEVEN, "FREQ=WEEKLY;COUNT=3");
        let refused = market.customer.post("/series", weekly.clone()).await.refused(409, "slot_unavailable");
        let conflicts = json!([{ "starts_at": "2026-12-08T10:30:00Z", "ends_at": "2026-12-08T11:00:00Z", "available_quantity": 0 }]);
        assert_eq!((refused["occurrences"].as_array().unwrap().len(), &refused["occurrences"][0]["conflicts"]), (1, &conflicts));
        assert_eq!(refused["conflicts"], conflicts);
        assert_eq!(market.customer.get("/bookings").await.expect(200)["items"], json!([taken.body]));
        let series = market.customer.post("/series", lenient(weekly.clone())).await.expect(201);
        assert_eq!(starts(&series), [TEN, "2026-12-15T10:00:00Z"]);
        assert_eq!(each(&series["skipped"], "date"), ["2026-12-08"]);
        // Nothing is left of it now.
        let refused = market.customer.post("/series", lenient(weekly)).await.refused(409, "slot_unavailable");
        assert_eq!(each(&refused["occurrences"], "date"), ["2026-12-01", "2026-12-08", "2026-12-15"]);
    }

    async fn rules_that_an_occurrence_breaks_are_told_with_its_day(server) {
        let market = server.market(json!({ "booking_rules": { "max_active_per_organization": 2, "horizon_days": 20 } })).await;
        let weekly = wish(&market, TEN, ELEVEN, "FREQ=WEEKLY;COUNT=4");
        let refused = market.customer.post("/series", weekly.clone()).await.refused(422, "booking_rules_violated");
        assert_eq!(each(&refused["occurrences"], "date"), ["2026-12-15", "2026-12-22"]);
        assert_eq!(broken(&refused["occurrences"]), [vec!["too_many_active"], vec!["too_far", "too_many_active"]]);
        let codes: std::collections::BTreeSet<_> = each(&refused["violations"], "code").iter().map(|code| code.to_string()).collect();
        assert_eq!(codes.len(), 2, "{refused:?}");
        let series = market.customer.post("/series", lenient(weekly)).await.expect(201);
        assert_eq!(starts(&series), [TEN, "2026-12-08T10:00:00Z"]);
    }

    async fn a_rule_that_is_not_accepted_is_refused_with_what_is(server) {
        let market = server.market(json!({})).await;
        for rule in ["", "FREQ=YEARLY;COUNT=2", "FREQ=DAILY", "FREQ=DAILY;COUNT=2;BYHOUR=9", "FREQ=WEEKLY;COUNT=60"] {
            for path in ["/series", "/series/preview"] {
                let refused = market.customer.post(path, wish(&market, TEN, ELEVEN, rule)).await;
                refused.refused_fields(&[("/rule", if rule.is_empty() { "required" } else { "invalid" })]);
            }
        }
        let refused = market.customer.post("/series", wish(&market, ELEVEN, TEN, "weekly")).await;
        refused.refused_fields(&[("/ends_at", "invalid"), ("/rule", "invalid")]);
    }

    async fn two_hundred_occurrences_are_booked_at_once(server) {
        let market = server.market(json!({})).await;
        let daily = wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=200");
        let series = market.customer.post("/series", daily).await.expect(201);
        assert_eq!(starts(&series).len(), 200);
        let moved = market.customer.post(&format!("/series/{}/reschedule", series.id()), json!({ "start_time": "10:30" })).await;
        assert_eq!(starts(&moved.expect(200)).len(), 200);
        let cancelled = market.customer.post(&format!("/series/{}/cancel", series.id()), json!({})).await.expect(200);
        assert!(starts(&cancelled).is_empty());
    }

    async fn a_booking_and_the_later_ones_or_all_that_are_not_over_are_cancelled(server) {
        let market = server.market(json!({})).await;
        let series = market.customer.post("/series", wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=5")).await.expect(201);
        let cancel = format!("/series/{}/cancel", series.id());
        let from = json!({ "from_booking_id": series["bookings"][3]["id"], "reason": "No steel" });
        let cancelled = market.customer.post(&cancel, from).await.expect(200);
        assert_eq!(starts(&cancelled).len(), 3);
        assert_eq!((&cancelled["bookings"][4]["reason"], &cancelled["bookings"][2]["reason"]), (&json!("No steel"), &json!("")));
        market.book("2026-12-04T10:00:00Z", "2026-12-04T11:00:00Z").await.expect(201);
        server.advance(TimeDelta::days(1) + TimeDelta::hours(3));
        let cancelled = market.host.post(&cancel, json!({})).await.expect(200);
        assert_eq!(starts(&cancelled), [TEN], "what is over stays");
        market.customer.post(&cancel, json!({})).await.refused(409, "invalid_transition");
        let other = market.customer.get("/bookings?status=confirmed").await.expect(200).items().last().unwrap()["id"].clone();
        let refused = market.customer.post(&cancel, json!({ "from_booking_id": other })).await;
        refused.refused_fields(&[("/from_booking_id", "invalid")]);
    }

    async fn what_it_is_too_late_to_cancel_stays(server) {
        let market = server.market(json!({ "booking_rules": { "change_cutoff_minutes": 2880, "grace_minutes": 0 } })).await;
        let series = market.customer.post("/series", wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=3")).await.expect(201);
        let cancel = format!("/series/{}/cancel", series.id());
        let cancelled = market.customer.post(&cancel, json!({})).await.expect(200);
        assert_eq!(starts(&cancelled), [TEN]);
        market.customer.post(&cancel, json!({})).await.refused(422, "booking_rules_violated");
        assert!(starts(&market.host.post(&cancel, json!({})).await.expect(200)).is_empty());
    }

    async fn what_has_begun_of_a_series_stays_when_it_is_moved(server) {
        let market = server.market(json!({})).await;
        let series = market.customer.post("/series", wish(&market, TEN, TWELVE, "FREQ=DAILY;COUNT=2")).await.expect(201);
        let path = format!("/series/{}/reschedule", series.id());
        server.advance(TimeDelta::hours(25));
        let moved = market.customer.post(&path, json!({ "start_time": "11:00" })).await.expect(200);
        assert_eq!(starts(&moved), [TEN, "2026-12-02T11:00:00Z"]);
        server.advance(TimeDelta::hours(25));
        market.customer.post(&path, json!({ "start_time": "12:00" })).await.refused(409, "invalid_transition");
    }

    async fn a_series_moves_onto_itself_in_either_direction(server) {
        let market = server.market(json!({})).await;
        let whole_days = wish(&market, TEN, "2026-12-02T10:00:00Z", "FREQ=DAILY;COUNT=4");
        let series = market.customer.post("/series", whole_days).await.expect(201);
        let path = format!("/series/{}/reschedule", series.id());
        for (change, first) in [
            (json!({ "start_time": "11:00" }), ELEVEN),
            (json!({ "start_time": "09:00" }), "2026-12-01T09:00:00Z"),
            (json!({ "start_time": "12:00", "shift_days": 2 }), "2026-12-03T12:00:00Z"),
            (json!({ "shift_days": -1 }), "2026-12-02T12:00:00Z"),
        ] {
            let moved = market.customer.post(&path, change).await.expect(200);
            assert_eq!((&starts(&moved)[0], starts(&moved).len()), (&json!(first), 4));
            assert_eq!(each(&moved["bookings"], "id"), each(&series["bookings"], "id"), "they stay the same bookings");
        }
        let longer = market.customer.post(&path, json!({ "duration_minutes": 1441 })).await;
        longer.refused(409, "slot_unavailable");
    }

    async fn a_series_that_moves_as_a_whole_is_never_told_that_it_stands_in_its_own_way(server) {
        let market = server.market(json!({})).await;
        let whole_days = wish(&market, TEN, "2026-12-02T10:00:00Z", "FREQ=DAILY;COUNT=3");
        let series = market.customer.post("/series", whole_days).await.expect(201);
        market.book("2026-12-04T10:00:00Z", "2026-12-04T10:30:00Z").await.expect(201);
        let path = format!("/series/{}/reschedule", series.id());
        let refused = market.customer.post(&path, json!({ "start_time": "11:00" })).await.refused(409, "slot_unavailable");
        assert_eq!(each(&refused["occurrences"], "date"), ["2026-12-03"]);
        assert_eq!(refused["conflicts"], json!([{ "starts_at": "2026-12-04T10:00:00Z", "ends_at": "2026-12-04T10:30:00Z", "available_quantity": 0 }]));
        assert_eq!(market.customer.get(&format!("/series/{}", series.id())).await.expect(200).body, series.body);
        // The new time of one may stand in the way of another.
        let refused = market.customer.post(&path, json!({ "start_time": "09:00", "duration_minutes": 1500 })).await;
        let refused = refused.refused(409, "slot_unavailable");
        assert_eq!(each(&refused["occurrences"], "date"), ["2026-12-02"]);
        assert_eq!(refused["conflicts"], json!([{ "starts_at": "2026-12-02T09:00:00Z", "ends_at": "2026-12-02T10:00:00Z", "available_quantity": 0 }]));
    }

    async fn a_booking_and_the_later_ones_are_moved_all_or_none(server) {
        let market = server.market(json!({})).await;
        let weekly = wish(&market, "2027-03-09T10:00:00Z", "2027-03-09T11:00:00Z", "FREQ=WEEKLY;COUNT=4");
        let series = market.customer.post("/series", weekly).await.expect(201);
        let path = format!("/series/{}/reschedule", series.id());
        market.book("2027-03-30T12:00:00Z", "2027-03-30T13:00:00Z").await.expect(201);
        let change = json!({ "from_booking_id": series["bookings"][2]["id"], "start_time": "12:30", "duration_minutes": 60 });
        let refused = market.customer.post(&path, change).await.refused(409, "slot_unavailable");
        assert_eq!(each(&refused["occurrences"], "date"), ["2027-03-30"]);
        assert_eq!(market.customer.get(&format!("/series/{}", series.id())).await.expect(200).body, series.body);
        let change = json!({ "from_booking_id": series["bookings"][2]["id"], "start_time": "11:30", "duration_minutes": 90 });
        let moved = market.customer.post(&path, change).await.expect(200);
        assert_eq!(starts(&moved)[1..], ["2027-03-16T10:00:00Z", "2027-03-23T11:30:00Z", "2027-03-30T10:30:00Z"]);
        assert_eq!(moved["bookings"][3]["price"]["amount"], 1800);
        server.advance(TimeDelta::days(150));
        market.customer.post(&path, json!({ "start_time": "09:00" })).await.refused(409, "invalid_transition");
        market.customer.post(&path, json!({ "start_time": "9", "shift_days": 400 })).await
            .refused_fields(&[("/start_time", "invalid"), ("/shift_days", "out_of_range")]);
    }

    async fn a_series_at_nine_stays_at_nine_when_the_clocks_change(server) {
        let market = server.market(json!({})).await;
        let weekly = wish(&market, "2027-03-22T09:00:00Z", "2027-03-22T10:00:00Z", "FREQ=WEEKLY;COUNT=2");
        let series = market.customer.post("/series", weekly).await.expect(201);
        assert_eq!(starts(&series), ["2027-03-22T09:00:00Z", "2027-03-29T08:00:00Z"]);
        // Moved by days over the change it keeps its hour, too.
        let path = format!("/series/{}/reschedule", series.id());
        let moved = market.customer.post(&path, json!({ "shift_days": 7 })).await.expect(200);
        assert_eq!(starts(&moved), ["2027-03-29T08:00:00Z", "2027-04-05T08:00:00Z"]);
        let autumn = wish(&market, "2027-10-25T08:00:00Z", "2027-10-25T09:00:00Z", "FREQ=WEEKLY;COUNT=2");
        let series = market.customer.post("/series", autumn).await.expect(201);
        assert_eq!(starts(&series), ["2027-10-25T08:00:00Z", "2027-11-01T09:00:00Z"]);
    }

    async fn a_series_is_not_moved_to_an_hour_that_the_clocks_skip(server) {
        let market = server.market(json!({})).await;
        let weekly = wish(&market, "2027-03-21T09:00:00Z", "2027-03-21T10:00:00Z", "FREQ=WEEKLY;COUNT=2");
        let series = market.customer.post("/series", weekly).await.expect(201);
        let path = format!("/series/{}/reschedule", series.id());
        let refused = market.customer.post(&path, json!({ "start_time": "01:30" })).await.refused(422, "booking_rules_violated");
        assert_eq!((each(&refused["occurrences"], "date"), broken(&refused["occurrences"])), (vec![json!("2027-03-28")], vec![vec![json!("no_such_time")]]));
        assert_eq!(market.customer.get(&format!("/series/{}", series.id())).await.expect(200).body, series.body);
    }

    async fn a_series_tells_what_it_costs_together_and_what_moving_it_costs(server) {
        let market = server.market(json!({ "booking_rules": { "min_minutes": 60 } })).await;
        let series = market.customer.post("/series", wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=3")).await.expect(201);
        assert_eq!(series["price"], json!({ "amount": 3600, "currency": "GBP" }));
        server.advance(TimeDelta::minutes(1));
        let path = |verb: &str| format!("/series/{}/{verb}", series.id());
        let from = series["bookings"][1]["id"].clone();
        let mut other = json!({ "from_booking_id": from, "start_time": "12:00", "duration_minutes": 30 });
        let refused = market.host.post(&path("reschedule"), other.clone()).await.refused(422, "booking_rules_violated");
        assert_eq!(broken(&refused["occurrences"]), [["too_short"]; 2]);
        other["override_reason"] = json!(" ");
        market.host.post(&path("reschedule"), other.clone()).await.refused_fields(&[("/override_reason", "required")]);
        // A manager of the host says why the rules give way, and nobody else.
        other["override_reason"] = json!("Agreed by phone");
        let by_customer = market.customer.post(&path("reschedule"), other.clone()).await;
        by_customer.refused_fields(&[("/override_reason", "not_permitted")]);
        let moved = market.host.post(&path("reschedule"), other).await.expect(200);
        assert_eq!(moved["price_difference"], json!({ "amount": -1200, "currency": "GBP" }));
        assert_eq!(moved["price"], json!({ "amount": 2400, "currency": "GBP" }));
        let history = market.host.get(&format!("/bookings/{}/history", from.as_str().unwrap())).await.expect(200);
        assert_eq!(history.items().last().unwrap()["reason"], "Agreed by phone");
        let left = market.customer.post(&path("cancel"), json!({ "from_booking_id": from })).await.expect(200);
        assert_eq!(left["price"], json!({ "amount": 1200, "currency": "GBP" }));
    }

    async fn a_series_that_is_refused_names_what_could_be_booked_instead(server) {
        let market = server.market(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let daily = wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=2");
        let refused = market.customer.post("/series", daily).await.refused(409, "slot_unavailable");
        let instead = &refused["occurrences"][0]["alternatives"][0];
        assert_eq!((&instead["resource_id"], &instead["price"]["amount"]), (&json!(market.resource), &json!(1200)));
        market.book(instead["starts_at"].as_str().unwrap(), instead["ends_at"].as_str().unwrap()).await.expect(201);
    }

    async fn the_requests_of_a_series_are_answered_together(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let request = async || market.customer.post("/series", wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=3")).await.expect(201);
        let first = request().await;
        assert_eq!(each(&first["bookings"], "status"), ["requested"; 3]);
        let path = |verb: &str| format!("/series/{}/{verb}", first.id());
        market.customer.post(&path("approve"), json!({})).await.refused(403, "forbidden");
        let approved = market.host.post(&path("approve"), json!({})).await.expect(200);
        assert_eq!(each(&approved["bookings"], "status"), ["confirmed"; 3]);
        market.host.post(&path("decline"), json!({})).await.refused(409, "invalid_transition");
        market.host.post(&path("cancel"), json!({})).await.expect(200);
        let second = request().await;
        let decline = format!("/series/{}/decline", second.id());
        let declined = market.host.post(&decline, json!({ "reason": "Closed" })).await.expect(200);
        assert_eq!(each(&declined["bookings"], "reason"), ["Closed"; 3]);
        request().await;
    }

    async fn a_series_that_is_paid_first_is_held_until_the_host_confirms_it(server) {
        let market = server.market(json!({ "booking_rules": { "requires_payment": true, "hold_minutes": 60 } })).await;
        let daily = wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=2");
        let series = market.customer.post("/series", daily.clone()).await.expect(201);
        assert_eq!(each(&series["bookings"], "status"), ["held"; 2]);
        let path = |verb: &str| format!("/series/{}/{verb}", series.id());
        market.customer.post(&path("confirm"), json!({})).await.refused(403, "forbidden");
        server.advance(TimeDelta::minutes(1));
        market.customer.post(&path("reschedule"), json!({ "start_time": "09:30" })).await.expect(200);
        server.advance(TimeDelta::minutes(58));
        let confirmed = market.host.post(&path("confirm"), json!({})).await.expect(200);
        assert_eq!(each(&confirmed["bookings"], "status"), ["confirmed"; 2]);
        market.host.post(&path("confirm"), json!({})).await.refused(409, "invalid_transition");
        let mails = server.mails(&market.host.email, 3).await;
        let subjects: Vec<_> = mails.iter().map(|mail| mail.subject.as_str()).collect();
        let told = |word, time| format!("{word}: Lathe, 2 times from Tue 1 Dec 2026, {time}");
        let expected = [told("Payment expected", "10:00-11:00"), told("Payment expected", "09:30-10:30"), told("Booked", "09:30-10:30")];
        assert_eq!(subjects, expected);
    }

    async fn a_series_is_held_until_one_instant_and_confirmed_as_one(server) {
        let market = server.market(json!({ "booking_rules": { "hold_minutes": 60 } })).await;
        let mut held = wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=3");
        held["hold"] = true.into();
        let series = market.customer.post("/series", held.clone()).await.expect(201);
        assert_eq!(each(&series["bookings"], "status"), ["held"; 3]);
        assert_eq!(each(&series["bookings"], "expires_at"), ["2026-11-30T10:00:00Z"; 3]);
        server.advance(TimeDelta::minutes(59));
        let path = |id: &str, verb: &str| format!("/series/{id}/{verb}");
        let confirmed = market.customer.post(&path(&series.id(), "confirm"), json!({})).await.expect(200);
        assert_eq!(each(&confirmed["bookings"], "status"), ["confirmed"; 3]);
        // Nobody has heard of the hold, and of one that is let go nobody hears.
        assert_eq!(server.mails(&market.host.email, 1).await.len(), 1);
        market.host.post(&path(&series.id(), "cancel"), json!({})).await.expect(200);
        let let_go = market.customer.post("/series", held.clone()).await.expect(201).id();
        market.customer.post(&path(&let_go, "cancel"), json!({})).await.expect(200);
        let late = market.customer.post("/series", held).await.expect(201).id();
        server.advance(TimeDelta::minutes(60));
        market.customer.post(&path(&late, "confirm"), json!({})).await.refused(409, "invalid_transition");
        let daily = wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=3");
        market.customer.post("/series", daily).await.expect(201);
        let subjects: Vec<_> = server.mails(&market.host.email, 3).await.into_iter().map(|mail| mail.subject).collect();
        assert_eq!(subjects.len(), 3, "{subjects:?}");
    }

    async fn a_series_accepts_what_it_names_once_and_its_preview_says_what_is_missing(server) {
        let market = server.market(json!({})).await;
        let terms = json!({ "kind": "house_rules", "name": "House rules", "text": "Be kind." });
        let terms = market.host.post(&format!("/organizations/{}/terms", market.host_organization), terms).await.expect(201).id();
        let accepting = |version: i32| {
            let mut wish = wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=3");
            wish["accepted_terms"] = json!([{ "terms_id": terms, "version": version }]);
            wish
        };
        let silent = wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=3");
        let preview = market.customer.post("/series/preview", silent.clone()).await.expect(200);
        assert_eq!(broken(&preview["occurrences"]), [["terms_not_accepted"]; 3]);
        let violation = &preview["occurrences"][0]["violations"][0];
        assert!(violation["overridable"] == false && violation["detail"].as_str().unwrap().ends_with(": House rules (version 1)"));
        market.customer.post("/series", silent).await.refused(422, "booking_rules_violated");
        for path in ["/series", "/series/preview"] {
            market.customer.post(path, accepting(2)).await.refused(409, "terms_outdated");
        }
        let preview = market.customer.post("/series/preview", accepting(1)).await.expect(200);
        assert_eq!(each(&preview["occurrences"], "is_bookable"), [true; 3]);
        let accepted = "SELECT id AS value FROM terms_acceptances";
        assert_eq!(server.select(accepted), [""; 0]);
        let series = market.customer.post("/series", accepting(1)).await.expect(201);
        assert_eq!(each(&series["bookings"], "terms"), vec![json!([{ "terms_id": terms, "version": 1 }]); 3]);
        assert_eq!(server.select(accepted).len(), 1);
    }

    async fn rules_give_way_to_a_series_for_a_manager_of_the_host_who_says_why(server) {
        let market = server.market(json!({ "booking_rules": { "min_minutes": 120 } })).await;
        let mut short = wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=2");
        let preview = market.customer.post("/series/preview", short.clone()).await.expect(200);
        assert_eq!(preview["occurrences"][1]["violations"][0]["overridable"], true);
        short["override_reason"] = "A demonstration".into();
        for path in ["/series", "/series/preview"] {
            let by_customer = market.customer.post(path, short.clone()).await;
            by_customer.refused_fields(&[("/override_reason", "not_permitted")]);
        }
        short["organization_id"] = json!(market.host_organization);
        let preview = market.host.post("/series/preview", short.clone()).await.expect(200);
        assert_eq!(each(&preview["occurrences"], "is_bookable"), [true; 2]);
        let series = market.host.post("/series", short.clone()).await.expect(201);
        for booking in each(&series["bookings"], "id") {
            let history = market.host.get(&format!("/bookings/{}/history", booking.as_str().unwrap())).await.expect(200);
            assert_eq!(history.items()[0]["reason"], "A demonstration");
        }
        // What nobody may override stays as it is.
        short["quantity"] = 2.into();
        market.host.post("/series", short.clone()).await.refused(422, "booking_rules_violated");
        short["override_reason"] = " ".into();
        short["accepted_terms"] = json!(vec![json!({ "terms_id": series.id(), "version": 1 }); 51]);
        market.host.post("/series", short).await.refused_fields(&[("/override_reason", "required"), ("/accepted_terms", "too_long")]);
    }

    async fn occurrences_before_a_resource_is_back_in_order_are_refused_or_skipped(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}/out-of-order", market.resource);
        let out = json!({ "reason": "The spindle is broken", "until": "2026-12-02T10:00:00Z" });
        market.host.post(&path, out).await.expect(200);
        market.book("2026-12-03T10:00:00Z", "2026-12-03T11:00:00Z").await.expect(201);
        let daily = wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=4");
        let refused = market.customer.post("/series", daily.clone()).await.refused(422, "booking_rules_violated");
        assert_eq!(each(&refused["occurrences"], "date"), ["2026-12-01", "2026-12-03"]);
        assert_eq!(broken(&refused["occurrences"]), [vec!["out_of_order"], vec![]]);
        let detail = refused["violations"][0]["detail"].as_str().unwrap();
        assert_eq!(detail, "the resource is out of order until 2026-12-02T10:00:00Z: The spindle is broken");
        let preview = market.customer.post("/series/preview", daily.clone()).await.expect(200);
        assert_eq!(each(&preview["occurrences"], "is_bookable"), [false, true, false, true]);
        let series = market.customer.post("/series", lenient(daily.clone())).await.expect(201);
        assert_eq!(starts(&series), ["2026-12-02T10:00:00Z", "2026-12-04T10:00:00Z"]);
        assert_eq!(broken(&series["skipped"]), [vec!["out_of_order"], vec![]]);

        // It is moved to no earlier time by its customer; where it stays it can be made longer.
        let path_of = format!("/series/{}/reschedule", series.id());
        let refused = market.customer.post(&path_of, json!({ "start_time": "09:00" })).await.refused(422, "booking_rules_violated");
        assert_eq!(each(&refused["occurrences"], "date"), ["2026-12-02"]);
        market.customer.post(&path_of, json!({ "duration_minutes": 90 })).await.expect(200);

        // While nobody knows how long it takes, nothing can be booked.
        market.host.post(&path, json!({ "reason": "The spindle is broken" })).await.expect(200);
        let later = wish(&market, "2027-01-04T10:00:00Z", "2027-01-04T11:00:00Z", "FREQ=WEEKLY;COUNT=2");
        let refused = market.customer.post("/series", lenient(later)).await.refused(422, "booking_rules_violated");
        assert_eq!(broken(&refused["occurrences"]), [["out_of_order"]; 2]);
    }

    async fn requests_of_a_series_that_nobody_answers_expire_with_one_mail(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true, "answer_minutes": 120 } })).await;
        market.customer.post("/series", wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=3")).await.expect(201);
        server.advance(TimeDelta::hours(2));
        // Whoever comes next makes room for themselves, if the job has not.
        market.book(TEN, ELEVEN).await.expect(201);
        let mails = server.mails(&market.customer.email, 3).await;
        let subjects: Vec<_> = mails.iter().filter(|mail| mail.subject.starts_with("Not answered")).map(|mail| &mail.subject).collect();
        assert_eq!(subjects, ["Not answered: Lathe, 3 times from Tue 1 Dec 2026, 10:00-11:00"]);
    }

    async fn each_party_gets_one_mail_for_a_whole_series(server) {
        let market = server.market(json!({})).await;
        market.book("2026-12-08T10:00:00Z", "2026-12-08T11:00:00Z").await.expect(201);
        let weekly = lenient(wish(&market, TEN, TWELVE, "FREQ=WEEKLY;COUNT=4"));
        server.advance(TimeDelta::minutes(1));
        let series = market.customer.post("/series", weekly).await.expect(201);
        let booked = server.mails(&market.customer.email, 2).await.remove(1);
        assert_eq!(booked.subject, "Confirmed: Lathe, 3 times from Tue 1 Dec 2026, 10:00-12:00");
        for line in [
            "When: Tue 1 Dec 2026, 10:00-12:00\n",
            "    Tue 15 Dec 2026, 10:00-12:00\n",
            "Left out: Tue 8 Dec 2026\n",
            "Price: 72.00 GBP\n",
            &format!("{}/series/{}?token=", server.config.public_url, series.id()),
        ] {
            assert!(booked.text.contains(line), "{line} is not in\n{}", booked.text);
        }
        assert_eq!(booked.calendar.matches("BEGIN:VEVENT").count(), 3);
        server.advance(TimeDelta::minutes(1));
        market.host.post(&format!("/series/{}/reschedule", series.id()), json!({ "start_time": "14:00" })).await.expect(200);
        let moved = server.mails(&market.host.email, 3).await.remove(2);
        assert_eq!(moved.subject, "Moved: Lathe, 3 times from Tue 1 Dec 2026, 14:00-16:00");
        assert!(moved.calendar.contains("SEQUENCE:1"), "{}", moved.calendar);
        server.advance(TimeDelta::minutes(1));
        market.customer.post(&format!("/series/{}/cancel", series.id()), json!({ "reason": "No steel" })).await.expect(200);
        let cancelled = server.mails(&market.host.email, 4).await.remove(3);
        assert_eq!(cancelled.subject, "Cancelled: Lathe, 3 times from Tue 1 Dec 2026, 14:00-16:00");
        assert!(cancelled.text.contains("Reason: No steel\n"), "{}", cancelled.text);
        assert_eq!(cancelled.calendar.matches("STATUS:CANCELLED").count(), 3);
    }

    async fn lists_can_be_narrowed_and_paged_and_show_strangers_nothing(server) {
        let market = server.market(json!({ "capacity": { "quantity": 3, "unit": "unit" } })).await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            let series = market.customer.post("/series", wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=2")).await.expect(201);
            ids.push(series.id());
            server.advance(TimeDelta::minutes(1));
        }
        let first = market.host.get(&format!("/series?limit=2&resource_id={}", market.resource)).await.expect(200);
        let next = market.host.get(&format!("/series?limit=2&cursor={}", first.text("next_cursor"))).await.expect(200);
        let found: Vec<_> = first.items().iter().chain(next.items()).map(|series| series["id"].clone()).collect();
        assert_eq!(found, ids);
        let stranger = server.user("Stella").await;
        stranger.get(&format!("/series/{}", ids[0])).await.refused(404, "not_found");
        stranger.get(&format!("/series?organization_id={}", market.customer_organization)).await.refused(403, "forbidden");
        assert!(stranger.get("/series").await.expect(200).items().is_empty());
    }

    async fn what_is_moved_of_a_series_goes_by_the_rules_of_where_it_is(server) {
        let rules = json!({ "booking_rules": { "requires_payment": true, "requires_approval": true, "hold_minutes": 60 } });
        let market = server.market(rules).await;
        let free = market.host.list_resource(&market.site, json!({ "name": "Bench", "tariff": { "currency": "GBP", "rate": 0, "per": "hour" } })).await;
        let series = market.customer.post("/series", wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=3")).await.expect(201);
        let (path, first) = (format!("/series/{}/confirm", series.id()), series["bookings"][0]["id"].as_str().unwrap().to_owned());
        market.customer.post(&path, json!({})).await.refused(403, "forbidden");
        market.customer.post(&format!("/bookings/{first}/reschedule"), json!({ "resource_id": free })).await.expect(200);
        let confirmed = market.customer.post(&path, json!({})).await.expect(200);
        assert_eq!(each(&confirmed["bookings"], "status"), ["confirmed", "held", "held"]);
        market.customer.post(&path, json!({})).await.refused(403, "forbidden");
        let confirmed = market.host.post(&path, json!({})).await.expect(200);
        assert_eq!(each(&confirmed["bookings"], "status"), ["confirmed"; 3]);
    }

    async fn a_series_that_becomes_longer_keeps_the_gap_between_bookings(server) {
        let market = server.market(json!({ "booking_rules": { "gap_minutes": 60 } })).await;
        let series = market.customer.post("/series", wish(&market, TEN, ELEVEN, "FREQ=DAILY;COUNT=3")).await.expect(201);
        let longer = json!({ "duration_minutes": 24 * 60 - 15 });
        let path = format!("/series/{}/reschedule", series.id());
        let refused = market.customer.post(&path, longer).await.refused(422, "booking_rules_violated");
        assert_eq!(broken(&refused["occurrences"]).concat(), ["gap_too_short"]);
        market.customer.post(&path, json!({ "duration_minutes": 23 * 60 })).await.expect(200);
    }
}
