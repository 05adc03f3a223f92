//! Lists of bookings: several states, changes since an instant, orders, and CSV.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

async fn ids(market: &Market, query: &str) -> Vec<String> {
    let page = market.customer.get(&format!("/bookings?{query}")).await.expect(200);
    page.items().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// Bookings of one hour each, from 14:00 backwards, made one second after the other.
async fn book_backwards(server: &Server, market: &Market, count: usize) -> Vec<String> {
    let mut made = Vec::new();
    for number in 0..count {
        let (from, to) = (format!("2026-12-01T{}:00:00Z", 14 - number), format!("2026-12-01T{}:00:00Z", 15 - number));
        made.push(market.book(&from, &to).await.expect(201).id());
        server.advance(TimeDelta::seconds(1));
    }
    made
}

on_both_databases! {
    async fn a_booking_says_whose_resource_it_is_and_where(server) {
        let market = server.market(json!({})).await;
        let booked = market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201);
        let read = market.customer.get(&format!("/bookings/{}", booked.id())).await.expect(200);
        let listed = market.customer.get("/bookings").await.expect(200);
        for booking in [&booked.body, &read.body, &listed.items()[0]] {
            let place = ["host_organization_name", "site_name", "timezone"].map(|field| booking[field].as_str().unwrap());
            assert_eq!(place, ["Rotor Works", "Main hall", "Europe/London"]);
        }
        let annex = json!({ "name": "Annex", "timezone": "Europe/Brussels" });
        let annex = market.host.open_site(&market.host_organization, annex).await;
        let other = market.host.list_resource(&annex, json!({})).await;
        let path = format!("/bookings/{}/reschedule", booked.id());
        let moved = market.customer.post(&path, json!({ "resource_id": other })).await.expect(200);
        let booking = if moved["booking"].is_object() { &moved["booking"] } else { &moved.body };
        assert_eq!((&booking["site_name"], &booking["timezone"]), (&json!("Annex"), &json!("Europe/Brussels")));
    }

    async fn a_list_can_have_several_states(server) {
        let market = server.market(json!({ "booking_rules": { "hold_minutes": 60 } })).await;
        let [first, second] = &book_backwards(server, &market, 2).await[..] else { panic!() };
        let mut held = market.wish("2026-12-01T16:00:00Z", "2026-12-01T17:00:00Z");
        held["hold"] = json!(true);
        let held = market.customer.post("/bookings", held).await.expect(201).id();
        market.customer.post(&format!("/bookings/{second}/cancel"), json!({})).await.expect(200);
        for query in ["status=held,cancelled", "status=held&status=cancelled", "status=cancelled,held,held"] {
            assert_eq!(ids(&market, query).await, [second.clone(), held.clone()], "{query}");
        }
        assert_eq!(ids(&market, "status=confirmed,expired").await, [first.as_str()]);
        server.advance(TimeDelta::hours(1));
        // The hold has expired, whether or not a job has written it.
        assert_eq!(ids(&market, "status=confirmed,expired").await, [first.clone(), held.clone()]);
        assert_eq!(ids(&market, "status=held,cancelled").await, [second.as_str()]);
        market.customer.get("/bookings?status=held,late").await.refused_fields(&[("status", "invalid")]);
    }

    async fn a_list_has_the_order_that_was_asked_for_on_every_page(server) {
        let market = server.market(json!({})).await;
        let made = book_backwards(server, &market, 5).await;
        let reversed: Vec<_> = made.iter().rev().cloned().collect();
        for (order, expected) in [
            ("", &reversed), ("order=starts_at", &reversed), ("order=-starts_at", &made), ("order=created_at", &made),
            ("order=-created_at", &reversed),
        ] {
            let mut seen = Vec::new();
            let mut path = format!("/bookings?{order}&limit=2");
            loop {
                let page = market.customer.get(&path).await.expect(200);
                seen.extend(page.items().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
                let Some(cursor) = page["next_cursor"].as_str() else { break };
                path = format!("/bookings?{order}&limit=2&cursor={cursor}");
            }
            assert_eq!(&seen, expected, "{order}");
        }
        market.customer.get("/bookings?order=price").await.refused_fields(&[("order", "invalid")]);
    }

    async fn a_list_of_changes_has_what_was_made_or_changed_since_then(server) {
        let market = server.market(json!({ "booking_rules": { "hold_minutes": 5 } })).await;
        let made = book_backwards(server, &market, 3).await;
        let mut held = market.wish("2026-12-01T16:00:00Z", "2026-12-01T17:00:00Z");
        held["hold"] = json!(true);
        let held = market.customer.post("/bookings", held).await.expect(201).id();
        server.advance(TimeDelta::minutes(1));
        let since = server.now();
        let changed = async || ids(&market, &format!("updated_since={since}")).await;
        assert!(changed().await.is_empty());
        market.customer.post(&format!("/bookings/{}/cancel", made[1]), json!({})).await.expect(200);
        assert_eq!(changed().await, [made[1].clone()]);
        server.advance(TimeDelta::minutes(5));
        assert_eq!(changed().await, [made[1].clone(), held.clone()]);
        server.run_jobs().await;
        assert_eq!(changed().await, [made[1].clone(), held]);
    }

    async fn a_list_can_be_of_one_customer(server) {
        let market = server.market(json!({})).await;
        let made = book_backwards(server, &market, 1).await;
        assert_eq!(ids(&market, &format!("customer_organization_id={}", market.customer_organization)).await, made);
        assert!(ids(&market, &format!("customer_organization_id={}", market.host_organization)).await.is_empty());
    }

    async fn a_spreadsheet_gets_csv_in_which_no_note_is_a_formula(server) {
        let market = server.market(json!({ "name": "Lathe, large" })).await;
        let mut wish = market.wish("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z");
        wish["note"] = json!("=HYPERLINK(\"http://example.org\", \"open\")");
        let first = market.customer.post("/bookings", wish).await.expect(201);
        market.book("2026-12-01T11:00:00Z", "2026-12-01T12:00:00Z").await.expect(201);
        let csv = market.customer.get("/bookings.csv?limit=1").await.expect(200);
        assert!(csv.header("content-type").starts_with("text/csv"), "{csv:?}");
        assert_eq!(csv.header("content-disposition"), "attachment; filename=\"bookings.csv\"");
        let lines: Vec<_> = csv.text.split("\r\n").collect();
        let [names, line, ""] = lines[..] else { panic!("{lines:?}") };
        assert!(names.starts_with("id,status,organization_id,organization_name,host_organization_id"), "{names}");
        assert!(line.starts_with(&format!("{},confirmed,", first.id())), "{line}");
        assert!(line.contains(",\"Lathe, large\",2026-12-01T10:00:00Z,2026-12-01T11:00:00Z,1,1200,GBP,"), "{line}");
        assert!(line.contains(",\"'=HYPERLINK(\"\"http://example.org\"\", \"\"open\"\")\","), "{line}");
        assert!(csv.header("link").contains("/bookings.csv?limit=1&cursor="), "{csv:?}");

        let same = market.customer.with("accept", "text/csv").get("/bookings?limit=1").await.expect(200);
        assert_eq!((same.header("vary").contains("accept"), &same.text), (true, &csv.text));
        let json = market.customer.get("/bookings").await.expect(200);
        assert_eq!((json.header("content-type"), json.items().len()), ("application/json", 2));
        server.anonymous().get("/bookings.csv").await.refused(401, "not_signed_in");
        let none: Value = market.customer.get("/bookings?status=cancelled").await.expect(200).body;
        assert_eq!(none["items"], json!([]));
    }
}
