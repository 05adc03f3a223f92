//! Opening hours that change while bookings lie in them.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const CLOSED: &str = r#"{"exceptions": [{"date": "2026-12-01", "spans": [], "reason": "Stocktaking"}]}"#;

async fn edit_site(market: &Market, query: &str, changes: Value) -> Answer {
    market.host.patch(&format!("/sites/{}{query}", market.site), changes).await
}

async fn edit_resource(market: &Market, query: &str, changes: Value) -> Answer {
    market.host.patch(&format!("/resources/{}{query}", market.resource), changes).await
}

async fn status(market: &Market, booking: &str) -> String {
    market.customer.get(&format!("/bookings/{booking}")).await.expect(200).text("status")
}

fn closed() -> Value {
    serde_json::from_str(CLOSED).unwrap()
}

on_both_databases! {
    async fn a_date_with_bookings_is_not_closed_unless_the_host_says_what_becomes_of_them(server) {
        let market = server.market(json!({})).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let other_day = market.book("2026-12-03T10:00:00Z", "2026-12-03T11:00:00Z").await.expect(201).id();
        let refused = edit_site(&market, "", closed()).await.refused(409, "bookings_outside_hours");
        let outside = json!([{
            "booking_id": booking, "resource_id": market.resource, "status": "confirmed", "starts_at": TEN, "ends_at": ELEVEN,
        }]);
        assert_eq!(refused["outside"], outside);
        assert!(refused.text("detail").starts_with("1 live booking would be outside the new opening hours."), "{refused:?}");
        let site = market.host.get(&format!("/sites/{}", market.site)).await.expect(200);
        assert_eq!(site["exceptions"], json!([]));

        let kept = edit_site(&market, "?bookings=keep", closed()).await.expect(200);
        assert_eq!(kept["exceptions"].as_array().map(Vec::len), Some(1));
        assert_eq!(status(&market, &booking).await, "confirmed");
        // The booking was outside before, so that a further edit does not strand it.
        let evening = json!({ "exceptions": [{ "date": "2026-12-01", "spans": [["18:00", "20:00"]] }] });
        edit_site(&market, "", evening).await.expect(200);
        edit_site(&market, "", json!({ "name": "Hall", "exceptions": [] })).await.expect(200);
        assert_eq!(status(&market, &other_day).await, "confirmed");
    }

    async fn bookings_on_a_closed_date_are_cancelled_with_the_reason_and_alternatives(server) {
        let market = server.market(json!({})).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let path = "?bookings=offer_alternatives&reason=Stocktaking";
        edit_site(&market, path, closed()).await.expect(200);
        let seen = market.customer.get(&format!("/bookings/{booking}")).await.expect(200);
        assert_eq!((seen.text("status"), seen.text("reason")), ("cancelled".to_owned(), "Stocktaking".to_owned()));
        let mails = server.mails(&market.customer.email, 2).await;
        let mail = mails.iter().find(|mail| mail.subject.starts_with("Cancelled: Lathe")).unwrap();
        assert!(mail.text.contains("Reason: Stocktaking\n"), "{}", mail.text);
        // The alternatives lie in the new hours.
        let (_, alternatives) = mail.text.split_once("\nAlternatives: ").expect("alternatives are offered");
        assert!(!alternatives.contains("    Tue 1 Dec 2026"), "{}", mail.text);
        let long = format!("?bookings=cancel&reason={}", "x".repeat(501));
        edit_site(&market, &long, json!({})).await.refused_fields(&[("reason", "too_long")]);
        edit_site(&market, "?bookings=move", json!({})).await.refused(422, "invalid_fields");
    }

    async fn each_way_to_shorter_hours_finds_the_bookings(server) {
        let rules = json!({ "booking_rules": { "requires_approval": true, "answer_minutes": 10000 } });
        let market = server.market(rules).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let hours = json!({ "tue": [["10:00", "11:00"]], "wed": [["10:00", "11:00"]] });
        edit_site(&market, "", json!({ "opening_hours": { "tue": [["10:30", "11:00"]] } })).await.refused(409, "bookings_outside_hours");
        edit_site(&market, "", json!({ "opening_hours": hours })).await.expect(200);
        // The local time of the booking is 11:00 there.
        edit_site(&market, "", json!({ "timezone": "Europe/Paris" })).await.refused(409, "bookings_outside_hours");
        edit_site(&market, "", json!({ "opening_hours": { "tue": [["00:00", "24:00"]] } })).await.expect(200);
        for rules in [
            json!({ "opening_hours": { "tue": [["12:00", "18:00"]] } }),
            json!({ "seasons": [{ "from": "11-01", "to": "12-31", "opening_hours": { "tue": [["12:00", "18:00"]] } }] }),
        ] {
            let refused = edit_resource(&market, "", json!({ "booking_rules": rules.clone() })).await;
            assert_eq!(refused.refused(409, "bookings_outside_hours")["outside"][0]["status"], "requested");
        }
        // What is over, cancelled or expired is outside nothing.
        let never = json!({ "booking_rules": { "opening_hours": { "wed": [["10:00", "11:00"]] } } });
        edit_resource(&market, "?bookings=cancel", never).await.expect(200);
        assert_eq!(status(&market, &booking).await, "cancelled");
        edit_site(&market, "", closed()).await.expect(200);
    }

    async fn hours_that_bind_only_the_ends_strand_only_bookings_that_begin_or_end_then(server) {
        let storage = json!({ "kind": "storage", "capacity": { "quantity": 12, "unit": "pallet" } });
        let market = server.market(storage).await;
        market.book("2026-11-30T12:00:00Z", "2026-12-02T12:00:00Z").await.expect(201);
        edit_site(&market, "", closed()).await.expect(200);
        let bind = json!({ "booking_rules": { "opening_hours_bind": "whole_time" } });
        edit_resource(&market, "", bind).await.refused(409, "bookings_outside_hours");
    }

    async fn a_booking_in_use_is_listed_and_never_cancelled(server) {
        let market = server.market(json!({})).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        server.advance(TimeDelta::hours(25));
        market.customer.post(&format!("/bookings/{booking}/check-in"), json!({})).await.expect(200);
        edit_site(&market, "", closed()).await.refused(409, "bookings_outside_hours");
        edit_site(&market, "?bookings=cancel", closed()).await.expect(200);
        assert_eq!(status(&market, &booking).await, "in_use");
    }
}
