//! The figures of a host.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::waitlist::{ELEVEN, TEN, TWELVE};
use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::on_both_databases;

const DECEMBER: &str = "from=2026-12-01&to=2027-01-01";

impl Market {
    async fn figures(&self, query: &str) -> Answer {
        self.host.get(&format!("/organizations/{}/figures?{query}", self.host_organization)).await
    }
}

/// Offered, booked, used and idle minutes, bookings, no-shows, and the income.
fn line(item: &Value) -> ([i64; 6], Value) {
    let numbers = ["offered_minutes", "booked_minutes", "used_minutes", "idle_minutes", "bookings", "no_shows"];
    (numbers.map(|name| item[name].as_i64().unwrap()), item["income"].clone())
}

fn pounds(amount: i64) -> Value {
    json!([{ "amount": amount, "currency": "GBP" }])
}

on_both_databases! {
    async fn hours_are_offered_booked_used_or_idle_and_earn_what_is_owed(server) {
        let rules = json!({ "booking_rules": { "no_show_minutes": 15, "no_show_fee_percent": 50,
            "opening_hours": { "tue": [["09:00", "17:00"]] } }, "capacity": { "quantity": 2, "unit": "unit" } });
        let market = server.market(rules).await;
        let used = market.book(TEN, TWELVE).await.expect(201).id();
        market.book(ELEVEN, TWELVE).await.expect(201);
        let cancelled = market.book("2026-12-01T14:00:00Z", "2026-12-01T15:00:00Z").await.expect(201).id();
        market.change(&cancelled, "cancel").await.expect(200);
        let block = json!({ "starts_at": "2026-12-01T16:00:00Z", "ends_at": "2026-12-01T18:00:00Z", "quantity": 1 });
        market.host.post(&format!("/resources/{}/blocks", market.resource), block).await.expect(201);
        server.advance(TimeDelta::hours(25));
        market.change(&used, "check-in").await.expect(200);
        server.advance(TimeDelta::minutes(90));
        market.change(&used, "check-out").await.expect(200);
        // Five Tuesdays of eight hours for two, less an hour of one.
        let offered = 5 * 8 * 60 * 2 - 60;
        let (numbers, income) = line(&market.figures(DECEMBER).await.expect(200).items()[0]);
        assert_eq!(numbers, [offered, 180, 90, offered - 180, 2, 1]);
        assert_eq!(income, pounds(2400 + 600));
    }

    async fn figures_are_added_up_by_resource_site_kind_and_month_of_the_local_calendar(server) {
        let market = server.market(json!({ "name": "Mill" })).await;
        let room = json!({ "name": "Room", "kind": "floor_space", "capacity": { "quantity": 10, "unit": "m2" } });
        let room = market.host.list_resource(&market.site, room).await;
        let draft = market.host.list_resource(&market.site, json!({ "name": "Zero", "status": "draft" })).await;
        // An hour around midnight at the end of the year.
        market.book("2026-12-31T23:30:00Z", "2027-01-01T00:30:00Z").await.expect(201);
        let period = "from=2026-12-01&to=2027-02-01";
        let by = async |by: &str| market.figures(&format!("{period}&by={by}")).await.expect(200).body["items"].clone();
        let days = 62 * 24 * 60;
        let of_resources = by("resource").await;
        let named: Vec<_> = of_resources.as_array().unwrap().iter().map(|item| (item["resource_id"].clone(), line(item).0)).collect();
        let expected = [
            (json!(market.resource), [days, 60, 0, days - 60, 1, 0]),
            (json!(room), [10 * days, 0, 0, 10 * days, 0, 0]),
            (json!(draft), [0; 6]),
        ];
        assert_eq!(named, expected);
        let all = [11 * days, 60, 0, 11 * days - 60, 1, 0];
        let sites = by("site").await;
        assert_eq!((line(&sites[0]).0, &sites[0]["site_id"], &sites[0]["name"]), (all, &json!(market.site), &json!("Main hall")));
        let kinds = by("kind").await;
        assert_eq!((&kinds[0]["kind"], line(&kinds[0]).0), (&json!("floor_space"), expected[1].1));
        assert_eq!((&kinds[1]["kind"], line(&kinds[1])), (&json!("machine"), (expected[0].1, pounds(1200))));
        let months = by("month").await;
        let of_december = 11 * 31 * 24 * 60;
        assert_eq!((&months[0]["month"], line(&months[0])), (&json!("2026-12-01"), ([of_december, 30, 0, of_december - 30, 1, 0], pounds(1200))));
        assert_eq!((&months[1]["month"], line(&months[1])), (&json!("2027-01-01"), ([of_december, 30, 0, of_december - 30, 0, 0], json!([]))));
    }

    async fn a_period_has_dates_in_order_and_a_year_at_most(server) {
        let market = server.market(json!({})).await;
        for (query, pointer, code) in [
            ("from=2026-12-01&to=2026-12-01", "to", "out_of_range"),
            ("from=2026-12-02&to=2026-12-01", "to", "out_of_range"),
            ("from=2026-12-01&to=2027-12-03", "to", "out_of_range"),
            ("from=2026-12-01&to=2026-12-02&by=week", "by", "invalid"),
        ] {
            market.figures(query).await.refused_fields(&[(pointer, code)]);
        }
        market.figures("from=2026-12-01&to=2027-12-02").await.expect(200);
        market.figures("from=1999-12-01&to=2000-02-01").await.refused_fields(&[("from", "out_of_range")]);
    }

    async fn figures_have_pages_and_are_written_for_a_spreadsheet(server) {
        let market = server.market(json!({ "name": "=1+1" })).await;
        market.host.list_resource(&market.site, json!({ "name": "Saw" })).await;
        let first = market.figures(&format!("{DECEMBER}&limit=1")).await.expect(200);
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = market.figures(&format!("{DECEMBER}&limit=1&cursor={cursor}")).await.expect(200);
        assert_eq!((&first.items()[0]["name"], &second.items()[0]["name"]), (&json!("=1+1"), &json!("Saw")));
        assert_eq!(second["next_cursor"], Value::Null);
        let sheet = market.host.get(&format!("/organizations/{}/figures.csv?{DECEMBER}", market.host_organization)).await.expect(200);
        let lines: Vec<_> = sheet.text.lines().collect();
        assert!(lines[0].starts_with("resource_id,site_id,name") && lines[1].contains(",'=1+1,"), "{lines:?}");
    }
}
