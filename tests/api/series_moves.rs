//! Series that move around bookings that were rescheduled alone, and to other resources and quantities.

use serde_json::{Value, json};

use super::series::{each, starts, wish};
use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";

/// Books so many Tuesdays from 10 to 11.
async fn book_tuesdays(market: &Market, count: usize) -> Answer {
    market.customer.post("/series", wish(market, TEN, ELEVEN, &format!("FREQ=WEEKLY;COUNT={count}"))).await.expect(201)
}

/// The path of a booking of a series to do something with it.
fn path_of(series: &Answer, number: usize, verb: &str) -> String {
    format!("/bookings/{}/{verb}", series["bookings"][number]["id"].as_str().unwrap())
}

/// Reschedules a booking alone, and returns it.
async fn move_alone(market: &Market, series: &Answer, number: usize, to: Value) -> Answer {
    market.customer.post(&path_of(series, number, "reschedule"), to).await.expect(200)
}

on_both_databases! {
    async fn a_booking_that_was_rescheduled_alone_stays_when_its_series_moves_and_moves_along_if_asked(server) {
        let market = server.market(json!({})).await;
        let series = book_tuesdays(&market, 3).await;
        let ids = each(&series["bookings"], "id");
        let path = format!("/series/{}/reschedule", series.id());
        let to = json!({ "starts_at": "2026-12-09T14:00:00Z", "ends_at": "2026-12-09T16:00:00Z" });
        let alone = move_alone(&market, &series, 1, to).await;
        let left = json!({
            "resource_id": market.resource, "starts_at": "2026-12-08T10:00:00Z", "ends_at": "2026-12-08T11:00:00Z", "quantity": 1,
        });
        assert_eq!(alone["moved_from"], left);

        let moved = market.customer.post(&path, json!({ "start_time": "12:00" })).await.expect(200);
        assert_eq!(starts(&moved), ["2026-12-01T12:00:00Z", "2026-12-09T14:00:00Z", "2026-12-15T12:00:00Z"]);
        assert_eq!(moved["kept_booking_ids"], json!([ids[1]]));
        assert_eq!(each(&moved["bookings"], "moved_from"), [Value::Null, left, Value::Null]);
        let mail = server.mails(&market.host.email, 3).await.into_iter().find(|mail| mail.subject.contains("2 times")).unwrap();
        assert!(mail.text.contains("Not moved: Wed 9 Dec 2026\n"), "{}", mail.text);

        // With nothing else left, the refusal says how to take it along.
        market.customer.post(&path_of(&series, 2, "cancel"), json!({})).await.expect(200);
        let mut later = json!({ "from_booking_id": ids[1], "start_time": "13:00" });
        let refused = market.customer.post(&path, later.clone()).await.refused(409, "invalid_transition");
        assert!(refused.text("detail").contains("include_moved"), "{refused:?}");
        later["include_moved"] = json!(true);
        let moved = market.customer.post(&path, later).await.expect(200);
        assert_eq!(starts(&moved), ["2026-12-01T12:00:00Z", "2026-12-09T13:00:00Z"]);
        assert_eq!(moved["bookings"][1]["ends_at"], "2026-12-09T15:00:00Z");
        assert_eq!((&moved["kept_booking_ids"], &moved["bookings"][1]["moved_from"]), (&json!([]), &Value::Null));
        // It belongs to the series again.
        let moved = market.customer.post(&path, json!({ "shift_days": 1 })).await.expect(200);
        assert_eq!(starts(&moved), ["2026-12-02T12:00:00Z", "2026-12-10T13:00:00Z"]);
    }

    async fn a_booking_that_moved_by_a_proposal_stays_when_its_series_moves(server) {
        let market = server.market(json!({})).await;
        let series = book_tuesdays(&market, 2).await;
        let proposed = json!({ "starts_at": "2026-12-01T14:00:00Z" });
        let proposal = market.host.post(&path_of(&series, 0, "proposals"), proposed).await.expect(201).id();
        let accept = path_of(&series, 0, &format!("proposals/{proposal}/accept"));
        market.customer.post(&accept, json!({})).await.expect(200);
        let path = format!("/series/{}/reschedule", series.id());
        let moved = market.customer.post(&path, json!({ "start_time": "12:00" })).await.expect(200);
        assert_eq!(starts(&moved), ["2026-12-01T14:00:00Z", "2026-12-08T12:00:00Z"]);
        assert_eq!(each(&moved["bookings"], "moved_from")[0]["starts_at"], TEN);
    }

    async fn another_quantity_or_resource_marks_a_booking_of_a_series_until_it_returns(server) {
        let market = server.market(json!({ "capacity": { "quantity": 3, "unit": "unit" } })).await;
        let mill = market.host.list_resource(&market.site, json!({ "name": "Mill" })).await;
        let series = book_tuesdays(&market, 2).await;
        let path = format!("/series/{}/reschedule", series.id());
        for (away, back) in [
            (json!({ "quantity": 2 }), json!({ "quantity": 1 })),
            (json!({ "resource_id": mill }), json!({ "resource_id": market.resource })),
            (json!({ "ends_at": "2026-12-01T10:30:00Z" }), json!({ "ends_at": ELEVEN })),
        ] {
            assert_eq!(move_alone(&market, &series, 0, away.clone()).await["moved_from"]["starts_at"], TEN, "{away}");
            let moved = market.customer.post(&path, json!({ "shift_days": 1 })).await.expect(200);
            assert_eq!(moved["kept_booking_ids"], json!([series["bookings"][0]["id"]]), "{away}");
            market.customer.post(&path, json!({ "shift_days": -1 })).await.expect(200);
            assert_eq!(move_alone(&market, &series, 0, back).await["moved_from"], Value::Null, "{away}");
        }
        // A second move alone still names the slot in the series, and a booking of no series has none.
        for hour in ["12", "14"] {
            let to = json!({ "starts_at": format!("2026-12-01T{hour}:00:00Z") });
            assert_eq!(move_alone(&market, &series, 0, to).await["moved_from"]["starts_at"], TEN);
        }
        let single = market.book(TEN, ELEVEN).await.expect(201).id();
        let moved = market.customer.post(&format!("/bookings/{single}/reschedule"), json!({ "quantity": 2 })).await.expect(200);
        assert_eq!(moved["moved_from"], Value::Null);
    }

    async fn this_and_later_goes_by_the_present_times(server) {
        let market = server.market(json!({})).await;
        let series = book_tuesdays(&market, 4).await;
        // The second moves behind the third, the fourth before it.
        move_alone(&market, &series, 1, json!({ "starts_at": "2026-12-20T10:00:00Z" })).await;
        move_alone(&market, &series, 3, json!({ "starts_at": "2026-12-05T10:00:00Z" })).await;
        let from = json!({ "from_booking_id": series["bookings"][2]["id"] });
        let cancelled = market.customer.post(&format!("/series/{}/cancel", series.id()), from).await.expect(200);
        assert_eq!(starts(&cancelled), [TEN, "2026-12-05T10:00:00Z"]);
    }

    async fn a_series_moves_to_another_resource_and_quantity_all_or_none(server) {
        let market = server.market(json!({})).await;
        let (mill, saw) = ("Mill", "Saw");
        let tariff = json!({ "currency": "GBP", "rate": 600, "per": "hour" });
        let capacity = json!({ "quantity": 2, "unit": "unit" });
        let mill = market.host.list_resource(&market.site, json!({ "name": mill, "tariff": tariff, "capacity": capacity })).await;
        let saw = market.host.list_resource(&market.site, json!({ "name": saw, "status": "paused" })).await;
        let series = book_tuesdays(&market, 3).await;
        let path = format!("/series/{}/reschedule", series.id());
        let mut taken = market.wish("2026-12-15T10:00:00Z", "2026-12-15T10:30:00Z");
        taken["resource_id"] = json!(mill);
        let taken = market.customer.post("/bookings", taken).await.expect(201).id();

        // As for a single booking, the rules, the prices and the capacity of the other resource decide.
        let to_mill = json!({ "resource_id": mill, "quantity": 2, "start_time": "10:00" });
        let refused = market.customer.post(&path, to_mill.clone()).await.refused(409, "slot_unavailable");
        assert_eq!(each(&refused["occurrences"], "date"), ["2026-12-15"]);
        assert_eq!(market.customer.get(&format!("/series/{}", series.id())).await.expect(200).body, series.body);
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);
        let from = series["bookings"][1]["id"].clone();
        let mut later = to_mill;
        later["from_booking_id"] = from;
        let moved = market.customer.post(&path, later).await.expect(200);
        assert_eq!(each(&moved["bookings"], "resource_name"), ["Lathe", "Mill", "Mill"]);
        assert_eq!(each(&moved["bookings"], "quantity"), [1, 2, 2]);
        assert_eq!(moved["price_difference"], json!({ "amount": 0, "currency": "GBP" }));
        assert_eq!(each(&moved["bookings"], "moved_from"), [Value::Null, Value::Null, Value::Null]);
        let moved = market.host.post(&path, json!({ "quantity": 1 })).await.expect(200);
        assert_eq!(moved["price_difference"], json!({ "amount": -1200, "currency": "GBP" }));
        market.book("2026-12-08T10:00:00Z", "2026-12-08T11:00:00Z").await.expect(201);

        let stranger = server.user("Olga").await;
        let elsewhere = stranger.open_site(&stranger.found("Elsewhere").await, json!({})).await;
        let foreign = stranger.list_resource(&elsewhere, json!({})).await;
        for (body, error) in [
            (json!({ "resource_id": foreign }), ("/resource_id", "invalid")),
            (json!({ "resource_id": mill, "quantity": 0 }), ("/quantity", "out_of_range")),
            (json!({ "include_moved": true }), ("", "required")),
        ] {
            market.customer.post(&path, body).await.refused_fields(&[error]);
        }
        market.customer.post(&path, json!({ "resource_id": saw })).await.refused(409, "resource_not_bookable");
        let too_many = market.customer.post(&path, json!({ "quantity": 3 })).await.refused(422, "booking_rules_violated");
        assert_eq!(too_many["occurrences"].as_array().unwrap().len(), 3);
    }

    async fn a_series_keeps_its_local_times_at_a_site_in_another_time_zone(server) {
        let market = server.market(json!({})).await;
        let site = market.host.open_site(&market.host_organization, json!({ "name": "Brussels", "timezone": "Europe/Brussels" })).await;
        let there = market.host.list_resource(&site, json!({ "name": "Press" })).await;
        let series = book_tuesdays(&market, 2).await;
        let path = format!("/series/{}/reschedule", series.id());
        let moved = market.customer.post(&path, json!({ "resource_id": there })).await.expect(200);
        assert_eq!(starts(&moved), ["2026-12-01T09:00:00Z", "2026-12-08T09:00:00Z"]);
        assert_eq!(each(&moved["bookings"], "timezone"), ["Europe/Brussels"; 2]);
    }

    async fn all_bookings_of_a_series_get_another_operator_or_none(server) {
        let market = server.market(json!({ "booking_rules": { "operator_can_run_several": false } })).await;
        let series = book_tuesdays(&market, 3).await;
        let path = format!("/series/{}/reschedule", series.id());
        let (colleague, stranger) = (server.user("Conny").await, server.user("Stella").await);
        server.add_member(&market.customer_organization, &colleague, "booker");
        let refused = market.customer.post(&path, json!({ "operated_by": stranger.id })).await;
        refused.refused_fields(&[("/operated_by", "not_a_member")]);
        let named = market.customer.post(&path, json!({ "operated_by": colleague.id })).await.expect(200);
        assert_eq!(each(&named["bookings"], "operated_by"), vec![json!(colleague.id); 3]);
        assert_eq!((starts(&named), &named["price_difference"]["amount"]), (starts(&series), &json!(0)));
        // Those who are named already are not named again, and a move can name an operator, too.
        let again = market.customer.post(&path, json!({ "operated_by": colleague.id })).await.expect(200);
        assert_eq!(each(&again["bookings"], "updated_at"), each(&named["bookings"], "updated_at"));
        let moved = json!({ "start_time": "12:00", "operated_by": market.customer.id });
        let moved = market.customer.post(&path, moved).await.expect(200);
        assert_eq!(each(&moved["bookings"], "operated_by"), vec![json!(market.customer.id); 3]);
        assert_eq!(starts(&moved)[0], "2026-12-01T12:00:00Z");
        // The colleague operates another machine on one of the days.
        let mill = market.host.list_resource(&market.site, json!({ "name": "Mill" })).await;
        let mut other = market.wish("2026-12-08T12:00:00Z", "2026-12-08T13:00:00Z");
        (other["resource_id"], other["operated_by"]) = (json!(mill), json!(colleague.id));
        market.customer.post("/bookings", other).await.expect(201);
        let refused = market.customer.post(&path, json!({ "operated_by": colleague.id })).await;
        let refused = refused.refused(422, "booking_rules_violated");
        let days: Vec<_> = each(&refused["occurrences"], "date");
        assert_eq!((days, &refused["occurrences"][0]["violations"][0]["code"]), (vec![json!("2026-12-08")], &json!("operator_busy")));
        let seen = market.customer.get(&format!("/series/{}", series.id())).await.expect(200);
        assert_eq!(each(&seen["bookings"], "operated_by"), vec![json!(market.customer.id); 3]);
    }
}
