//! Dates that were left out of a series, and are booked later.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::series::{broken, each, starts, wish};
use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";

/// Books the Tuesdays from 10 to 11 that can be booked of so many.
async fn book_what_is_free(market: &Market, count: usize) -> Answer {
    let mut weekly = wish(market, TEN, ELEVEN, &format!("FREQ=WEEKLY;COUNT={count}"));
    weekly["on_clash"] = json!("skip");
    weekly["note"] = json!("Our Tuesdays.");
    market.customer.post("/series", weekly).await.expect(201)
}

async fn take(market: &Market, day: &str) -> String {
    market.book(&format!("{day}T10:30:00Z"), &format!("{day}T12:00:00Z")).await.expect(201).id()
}

async fn cancel(market: &Market, booking: &str) {
    market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
}

on_both_databases! {
    async fn a_left_out_date_is_booked_later_like_a_new_booking(server) {
        let market = server.market(json!({})).await;
        let taken = take(&market, "2026-12-08").await;
        let series = book_what_is_free(&market, 3).await;
        let (series_path, path) = (format!("/series/{}", series.id()), format!("/series/{}/occurrences", series.id()));
        let refused = market.customer.post(&path, json!({})).await.refused(409, "slot_unavailable");
        assert_eq!(each(&refused["occurrences"], "date"), ["2026-12-08"]);
        assert_eq!(refused["conflicts"][0]["starts_at"], "2026-12-08T10:30:00Z");
        assert!(!refused["occurrences"][0]["alternatives"].as_array().unwrap().is_empty(), "{refused:?}");
        assert_eq!(market.customer.get(&series_path).await.expect(200).body, series.body);

        cancel(&market, &taken).await;
        let dearer = json!({ "tariff": { "currency": "GBP", "rate": 2000, "per": "hour" } });
        market.host.patch(&format!("/resources/{}", market.resource), dearer).await.expect(200);
        server.advance(TimeDelta::minutes(1));
        let added = market.customer.post(&path, json!({})).await.expect(201);
        assert_eq!(added.header("location"), format!("/api/v1{series_path}"));
        assert_eq!(starts(&added), [TEN, "2026-12-08T10:00:00Z", "2026-12-15T10:00:00Z"]);
        assert_eq!((&added["skipped"], &added["price"]["amount"]), (&json!([]), &json!(1200 + 2000 + 1200)));
        let booking = &added["bookings"][1];
        assert_eq!((&booking["series_id"], &booking["note"]), (&json!(series.id()), &json!("Our Tuesdays.")));
        assert_eq!(market.host.get(&series_path).await.expect(200).body, added.body);
        let subject = |mail: &crate::support::inbox::Mail| mail.subject == "Confirmed: Lathe, once from Tue 8 Dec 2026, 10:00-11:00";
        let mails = server.mails(&market.customer.email, 4).await;
        assert!(mails.iter().any(subject), "{:?}", mails.iter().map(|mail| &mail.subject).collect::<Vec<_>>());

        // Nothing is left out any more, and a booking that is cancelled is not left out.
        cancel(&market, booking["id"].as_str().unwrap()).await;
        market.customer.post(&path, json!({})).await.refused(409, "invalid_transition");
        market.customer.post(&path, json!({ "dates": ["2026-12-08"] })).await.refused_fields(&[("/dates/0", "invalid")]);
    }

    async fn dates_that_are_refused_again_refuse_all_or_stay_left_out(server) {
        let market = server.market(json!({ "booking_rules": { "horizon_days": 30 } })).await;
        take(&market, "2026-12-08").await;
        let second = take(&market, "2026-12-15").await;
        let series = book_what_is_free(&market, 6).await;
        let dates = ["2026-12-08", "2026-12-15", "2027-01-05"];
        assert_eq!(each(&series["skipped"], "date"), dates);
        let path = format!("/series/{}/occurrences", series.id());
        cancel(&market, &second).await;
        let refused = market.customer.post(&path, json!({})).await.refused(422, "booking_rules_violated");
        assert_eq!(each(&refused["occurrences"], "date"), [dates[0], dates[2]]);
        let added = market.customer.post(&path, json!({ "dates": dates[1..], "on_clash": "skip" })).await.expect(201);
        assert_eq!(starts(&added)[1], "2026-12-15T10:00:00Z");
        assert_eq!(each(&added["skipped"], "date"), [dates[0], dates[2]]);
        assert_eq!(broken(&added["skipped"]), [vec![], vec![json!("too_far")]]);

        // With time, the horizon reaches the last date. The first is over: it is tried only by name.
        server.advance(TimeDelta::days(10));
        let named = market.customer.post(&path, json!({ "dates": [dates[0]] })).await.refused(422, "booking_rules_violated");
        assert_eq!(broken(&named["occurrences"]), [["too_soon"]]);
        let added = market.customer.post(&path, json!({})).await.expect(201);
        assert_eq!((starts(&added).last(), each(&added["skipped"], "date")), (Some(&json!("2027-01-05T10:00:00Z")), vec![json!(dates[0])]));
        market.customer.post(&path, json!({})).await.refused(409, "invalid_transition");
    }

    async fn left_out_dates_are_the_customers_to_book(server) {
        let market = server.market(json!({ "booking_rules": { "hold_minutes": 60 } })).await;
        let taken = take(&market, "2026-12-08").await;
        let series = book_what_is_free(&market, 2).await;
        let path = format!("/series/{}/occurrences", series.id());
        cancel(&market, &taken).await;
        market.host.post(&path, json!({})).await.refused(403, "forbidden");
        server.user("Stella").await.post(&path, json!({})).await.refused(404, "not_found");
        market.customer.post("/series/none/occurrences", json!({})).await.refused(404, "not_found");
        for dates in [json!([]), json!(vec!["2026-12-08"; 201])] {
            market.customer.post(&path, json!({ "dates": dates })).await.refused_fields(&[("/dates", "out_of_range")]);
        }
        let held = market.customer.post(&path, json!({ "dates": ["2026-12-08", "2026-12-08"], "hold": true })).await.expect(201);
        assert_eq!(each(&held["bookings"], "status"), ["confirmed", "held"]);
        let confirmed = market.customer.post(&format!("/series/{}/confirm", series.id()), json!({})).await.expect(200);
        assert_eq!(each(&confirmed["bookings"], "status"), ["confirmed", "confirmed"]);
    }

    async fn an_hour_that_the_clocks_skip_stays_left_out(server) {
        let market = server.market(json!({})).await;
        let mut daily = wish(&market, "2027-03-27T01:30:00Z", "2027-03-27T03:30:00Z", "FREQ=DAILY;COUNT=3");
        daily["on_clash"] = json!("skip");
        let series = market.customer.post("/series", daily).await.expect(201);
        let path = format!("/series/{}/occurrences", series.id());
        market.customer.post(&path, json!({})).await.refused(409, "invalid_transition");
        let refused = market.customer.post(&path, json!({ "dates": ["2027-03-28"] })).await.refused(422, "booking_rules_violated");
        assert_eq!(broken(&refused["occurrences"]), [["no_such_time"]]);
        assert_eq!(refused["occurrences"][0]["starts_at"], Value::Null);
    }
}
