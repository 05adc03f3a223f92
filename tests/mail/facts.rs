//! The facts that actions record: who acted, and the bookings before and after, whether or not anybody is notified.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::server::{Server, on_both_databases};

const FROM: &str = "2026-12-01T09:00:00Z";
const TO: &str = "2026-12-01T11:00:00Z";

/// The facts about bookings, in order, each with its name and its subscribers.
fn facts(server: &Server) -> Vec<(String, Value, Vec<String>)> {
    let rows = server.select("SELECT id AS value FROM facts WHERE kind LIKE 'booking.%' ORDER BY id");
    let one =
        |column: &str, id: &String| server.select(&format!("SELECT {column} AS value FROM facts WHERE id = '{id}'")).remove(0);
    let subscribers =
        |id| server.select(&format!("SELECT subscriber AS value FROM deliveries WHERE fact_id = '{id}' ORDER BY subscriber"));
    rows.iter().map(|id| (one("kind", id), one("body", id).parse().unwrap(), subscribers(id))).collect()
}

on_both_databases! {
    async fn each_change_of_a_booking_is_a_fact_with_its_principal_and_the_booking_before_and_after(server) {
        let market = server.market(json!({})).await;
        let booked = market.book(FROM, TO).await.expect(201);
        let (id, customer) = (booked.id(), market.customer.get("/me").await.id());
        server.advance(TimeDelta::minutes(1));
        let slot = json!({ "ends_at": "2026-12-01T12:00:00Z" });
        market.customer.post(&format!("/bookings/{id}/reschedule"), slot).await.expect(200);
        server.advance(TimeDelta::minutes(1));
        market.host.post(&format!("/bookings/{id}/cancel"), json!({ "reason": "Broken" })).await.expect(200);
        let host = market.host.get("/me").await.id();
        let facts = facts(server);
        let summary: Vec<_> = facts.iter().map(|(kind, fact, subscribers)| {
            let change = &fact["event"]["changes"][0];
            let times = [&change["before"]["ends_at"], &change["after"]["ends_at"]].map(|at| at.as_str().unwrap_or("-").to_owned());
            let statuses = [&change["before"]["status"], &change["after"]["status"]].map(|status| status.as_str().unwrap_or("-"));
            assert_eq!((&change["after"]["id"], subscribers.join(" ")), (&json!(id), "events mail".to_owned()));
            (kind.as_str(), fact["principal"]["user_id"].as_str().unwrap(), change["side"].as_str().unwrap(), statuses, times)
        }).collect();
        let (two, three) = (TO.to_owned(), "2026-12-01T12:00:00Z".to_owned());
        let none = "-".to_owned();
        assert_eq!(summary, [
            ("booking.create", &*customer, "customer", ["-", "confirmed"], [none, two.clone()]),
            ("booking.reschedule", &*customer, "customer", ["confirmed", "confirmed"], [two, three.clone()]),
            ("booking.cancel", &*host, "host", ["confirmed", "cancelled"], [three.clone(), three]),
        ]);
        let last = &facts[2].1["event"]["changes"][0];
        assert_eq!((&last["reason"], &last["after"]["revision"]), (&json!("Broken"), &json!(3)));
        assert_eq!(last["after"]["price"]["total"]["currency"], "GBP");
    }

    async fn a_change_of_which_nobody_is_notified_is_a_fact_without_a_mail(server) {
        let market = server.market(json!({})).await;
        let mut hold = market.wish(FROM, TO);
        hold["hold"] = json!(true);
        let id = market.customer.post("/bookings", hold).await.expect(201).id();
        let found = facts(server);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0.as_str(), &found[0].2), ("booking.create", &vec!["events".to_owned()]));
        server.advance(TimeDelta::minutes(1));
        market.customer.post(&format!("/bookings/{id}/confirm"), json!({})).await.expect(200);
        let found = facts(server);
        assert_eq!((found[1].0.as_str(), &found[1].2), ("booking.confirm", &vec!["events".to_owned(), "mail".to_owned()]));
    }

    async fn a_fact_that_the_service_caused_names_no_user(server) {
        let market = server.market(json!({})).await;
        let mut hold = market.wish(FROM, TO);
        hold["hold"] = json!(true);
        market.customer.post("/bookings", hold).await.expect(201);
        server.advance(TimeDelta::hours(2));
        server.run_jobs().await;
        let (kind, fact, _) = facts(server).remove(1);
        assert_eq!((kind.as_str(), &fact["principal"]), ("booking.expire", &json!({ "type": "system" })));
        assert_eq!(fact["event"]["changes"][0]["before"]["status"], "held");
    }
}
