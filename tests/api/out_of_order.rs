//! Resources that cannot be used for now.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

on_both_databases! {
    async fn what_is_out_of_order_is_booked_by_nobody_before_it_is_mended(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}", market.resource);
        let body = json!({ "reason": "The spindle is broken", "until": ELEVEN });
        let out = market.host.post(&format!("{path}/out-of-order"), body).await.expect(200);
        let shown = json!({ "since": "2026-11-30T09:00:00Z", "reason": "The spindle is broken", "until": ELEVEN });
        assert_eq!(out["out_of_order"], shown);
        assert_eq!(server.anonymous().get(&path).await.expect(200).body, out.body);

        let refused = market.book(TEN, TWELVE).await.refused(409, "resource_not_bookable");
        assert!(refused.text("detail").contains("The spindle is broken"));
        let slots = format!("{path}/slots?from={TEN}&to={TWELVE}&duration_minutes=60");
        let starts: Vec<_> = market.customer.get(&slots).await.expect(200).items().iter().map(|slot| slot["starts_at"].clone()).collect();
        assert_eq!(starts.first(), Some(&json!(ELEVEN)));
        let free = market.customer.get(&format!("{path}/availability?from={TEN}&to={TWELVE}")).await.expect(200);
        assert_eq!(free["free"], json!([{ "starts_at": ELEVEN, "ends_at": TWELVE, "quantity": 1 }]));
        let found = async |from: &str, to: &str| {
            market.customer.get(&format!("/search/available?starts_at={from}&ends_at={to}")).await.expect(200).items().len()
        };
        assert_eq!((found(TEN, ELEVEN).await, found(ELEVEN, TWELVE).await), (0, 1));
        let booking = market.book(ELEVEN, TWELVE).await.expect(201).id();
        let earlier = json!({ "starts_at": TEN });
        market.customer.post(&format!("/bookings/{booking}/reschedule"), earlier).await.refused(409, "resource_not_bookable");

        server.advance(TimeDelta::hours(26));
        assert_eq!(server.anonymous().get(&path).await.expect(200)["out_of_order"], Value::Null);
        market.host.post(&format!("{path}/back-in-order"), json!({})).await.refused(409, "invalid_transition");
    }

    async fn what_nobody_knows_the_end_of_is_booked_when_it_is_back_in_order(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}", market.resource);
        market.host.post(&format!("{path}/out-of-order"), json!({ "reason": "Broken" })).await.expect(200);
        market.book(TEN, ELEVEN).await.refused(409, "resource_not_bookable");
        let slots = format!("{path}/slots?from={TEN}&to={TWELVE}&duration_minutes=60");
        assert_eq!(market.customer.get(&slots).await.expect(200).items().len(), 0);
        let past = json!({ "reason": "Broken", "until": "2026-11-30T09:00:00Z" });
        let refused = market.host.post(&format!("{path}/out-of-order"), past).await.refused(422, "invalid_fields");
        assert_eq!(refused["errors"][0]["pointer"], "/until");
        let mended = market.host.post(&format!("{path}/back-in-order"), json!({})).await.expect(200);
        assert_eq!(mended["out_of_order"], Value::Null);
        market.book(TEN, ELEVEN).await.expect(201);
    }

    async fn what_is_back_in_order_goes_to_who_waits_for_it(server) {
        let market = server.market(json!({ "booking_rules": { "hold_minutes": 15 } })).await;
        let path = format!("/resources/{}", market.resource);
        let mut hold = market.wish(TEN, ELEVEN);
        hold["hold"] = json!(true);
        market.customer.post("/bookings", hold).await.expect(201);
        market.host.post(&format!("{path}/out-of-order"), json!({ "reason": "Broken" })).await.expect(200);
        let entry = market.customer.post("/waitlist", market.wish(TEN, ELEVEN)).await.expect(201).id();
        // The hold has run out meanwhile.
        server.advance(TimeDelta::minutes(15));
        market.host.post(&format!("{path}/back-in-order"), json!({})).await.expect(200);
        assert_eq!(market.customer.get(&format!("/waitlist/{entry}")).await.expect(200)["status"], "offered");
    }

    async fn those_whose_bookings_start_soon_are_warned(server) {
        let market = server.market(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        market.book("2026-12-09T10:00:00Z", "2026-12-09T11:00:00Z").await.expect(201);
        server.advance(TimeDelta::minutes(1));
        let path = format!("/resources/{}/out-of-order", market.resource);
        market.host.post(&path, json!({ "reason": "The spindle is broken" })).await.expect(200);
        for email in [&market.customer.email, &market.host.email] {
            let mails = server.mails(email, 3).await;
            let warnings: Vec<_> = mails.iter().filter(|mail| mail.subject.starts_with("Out of order: ")).collect();
            assert_eq!(warnings.len(), 1);
            assert!(warnings[0].subject.contains("1 Dec 2026, 10:00–11:00") && warnings[0].text.contains("Reason: The spindle is broken\n"));
        }
    }

    async fn each_is_warned_by_one_mail_and_told_when_it_is_back_in_order(server) {
        let market = server.market(json!({})).await;
        let book = async |day: u32, hour: u32| {
            market.book(&format!("2026-12-0{day}T{hour}:00:00Z"), &format!("2026-12-0{day}T{}:00:00Z", hour + 1)).await.expect(201).id()
        };
        let cancelled = book(1, 10).await;
        for (day, hour) in [(1, 12), (3, 10), (5, 10)] {
            book(day, hour).await;
        }
        let told = async |email: &str, word: &str| -> Vec<String> {
            server.tell_all().await;
            server.advance(TimeDelta::minutes(1));
            let mails = server.mails(email, 4).await.into_iter();
            mails.filter(|mail| mail.subject.starts_with(word)).map(|mail| format!("{}\n{}", mail.subject, mail.text)).collect()
        };
        told(&market.host.email, "").await;
        let path = format!("/resources/{}", market.resource);
        let broken = json!({ "reason": "The spindle is broken", "until": "2026-12-04T10:00:00Z" });
        market.host.post(&format!("{path}/out-of-order"), broken).await.expect(200);
        for email in [&market.customer.email, &market.host.email] {
            let warnings = told(email, "Out of order: ").await;
            assert_eq!(warnings.len(), 1);
            for part in ["Out of order: Lathe, 3 bookings\n", "1 Dec 2026, 10:00", "1 Dec 2026, 12:00", "3 Dec 2026, 10:00", "\nReason: The spindle is broken\n", "\nIn order from: Fri 4 Dec"] {
                assert!(warnings[0].contains(part), "{part} is not in\n{}", warnings[0]);
            }
            assert!(!warnings[0].contains("5 Dec 2026"));
        }
        market.customer.post(&format!("/bookings/{cancelled}/cancel"), json!({})).await.expect(200);
        // It takes less long: who comes after it is told, and the others later.
        let sooner = json!({ "reason": "The spindle is broken", "until": "2026-12-02T10:00:00Z" });
        market.host.post(&format!("{path}/out-of-order"), sooner).await.expect(200);
        let relieved = told(&market.customer.email, "Back in order: ").await;
        assert_eq!(relieved.len(), 1);
        assert!(relieved[0].starts_with("Back in order: Lathe, Thu 3 Dec 2026, 10:00–11:00\n"), "{}", relieved[0]);
        market.host.post(&format!("{path}/back-in-order"), json!({})).await.expect(200);
        for email in [&market.customer.email, &market.host.email] {
            let relieved = told(email, "Back in order: ").await;
            assert_eq!(relieved.len(), 2);
            assert!(relieved[1].starts_with("Back in order: Lathe, Tue 1 Dec 2026, 12:00–13:00\n"), "{}", relieved[1]);
        }
    }
}
