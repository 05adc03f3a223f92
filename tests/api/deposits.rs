//! Deposits, which hosts hold from the confirmation of a booking on and return after its use.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::fees::{charged, pounds};
use super::waitlist::{ELEVEN, TEN, TWELVE};
use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

/// A machine for 12.00 an hour with a deposit of 50.00.
async fn market(server: &Server) -> Market {
    server.market(json!({ "tariff": { "currency": "GBP", "rate": 1200, "per": "hour", "deposit": 5000 } })).await
}

impl Market {
    async fn give_back(&self, booking: &str, returned: Value) -> Answer {
        self.host.post(&format!("/bookings/{booking}/return-deposit"), returned).await
    }

    async fn see(&self, booking: &str) -> Value {
        self.customer.get(&format!("/bookings/{booking}")).await.expect(200).body
    }
}

on_both_databases! {
    async fn a_deposit_can_be_returned_while_the_buffer_after_the_booking_lasts(server) {
        let mut machine = json!({ "tariff": { "currency": "GBP", "rate": 1200, "per": "hour", "deposit": 5000 } });
        machine["booking_rules"] = json!({ "buffer_after_minutes": 30 });
        let market = server.market(machine).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        server.advance(TimeDelta::hours(26));
        assert_eq!(market.see(&booking).await["status"], "completed");
        let returned = market.give_back(&booking, json!({ "kept": 2000, "reason": "A scratch." })).await.expect(200);
        assert_eq!((&returned["status"], &returned["owed"]), (&json!("completed"), &pounds(3200)));
        assert_eq!(returned.body, market.see(&booking).await);
        server.advance(TimeDelta::minutes(30));
        server.run_jobs().await;
        assert_eq!(market.see(&booking).await["owed"], pounds(3200));
        let rows = [("deposit", -5000), ("deposit", 5000), ("kept_deposit", 2000), ("price", 1200)];
        let mut moved = market.charged(&booking).await;
        moved.sort();
        assert_eq!(moved, charged(&rows));
    }

    async fn a_deposit_is_shown_owed_and_returned_in_part(server) {
        let market = market(server).await;
        let slot = json!({ "starts_at": TEN, "ends_at": ELEVEN });
        let quote = market.customer.post(&format!("/resources/{}/quote", market.resource), slot).await.expect(200);
        assert_eq!((&quote["total"], &quote["deposit"]), (&pounds(1200), &pounds(5000)));
        let booked = market.book(TEN, ELEVEN).await.expect(201);
        let held = json!({ "amount": pounds(5000), "kept": null, "reason": null, "returned_at": null, "returned_by": null });
        assert_eq!((&booked["price"], &booked["owed"], &booked["deposit"]), (&pounds(1200), &pounds(6200), &held));
        let booking = booked.id();
        let mail = &server.mails(&market.customer.email, 1).await[0];
        assert!(mail.text.contains("Deposit: 50.00 GBP, returned after the use"), "{}", mail.text);

        market.give_back(&booking, json!({})).await.refused(409, "invalid_transition");
        server.advance(TimeDelta::hours(26));
        for (kept, code) in [(5001, "out_of_range"), (-1, "out_of_range")] {
            let returned = json!({ "kept": kept, "reason": "A scratch." });
            market.give_back(&booking, returned).await.refused_fields(&[("/kept", code)]);
        }
        market.give_back(&booking, json!({ "kept": 1 })).await.refused_fields(&[("/reason", "required")]);
        assert_eq!(market.see(&booking).await["deposit"], held);
        let returned = json!({ "kept": 2000, "reason": "The lens was scratched." });
        let seen = market.host.get(&format!("/bookings/{booking}")).await.expect(200);
        let path = format!("/bookings/{booking}/return-deposit");
        let changed = market.host.with("if-match", seen.header("etag")).post(&path, returned.clone()).await.expect(200);
        market.host.with("if-match", seen.header("etag")).post(&path, returned).await.refused(412, "precondition_failed");
        assert_eq!((&changed["owed"], &changed["status"]), (&pounds(3200), &json!("completed")));
        let deposit = json!({
            "amount": pounds(5000), "kept": pounds(2000), "reason": "The lens was scratched.",
            "returned_at": server.now(), "returned_by": market.host.id,
        });
        assert_eq!(changed["deposit"], deposit);
        let rows = [("price", 1200), ("deposit", 5000), ("deposit", -5000), ("kept_deposit", 2000)];
        let mut moved = market.charged(&booking).await;
        moved.sort_by_key(|(purpose, amount)| (rows.iter().position(|row| *row == (&**purpose, *amount)), *amount));
        assert_eq!(moved, charged(&rows));
        server.tell_all().await;
        let mails = server.mails(&market.customer.email, 2).await;
        let told = mails.iter().find(|mail| mail.text.contains("20.00 GBP of 50.00 GBP kept by the host")).unwrap();
        assert!(told.text.contains("The lens was scratched."), "{}", told.text);
        let history = market.customer.get(&format!("/bookings/{booking}/history")).await.expect(200);
        assert_eq!(history.items().last().unwrap()["action"], "return_deposit");
        // The host finds that the customer is right.
        assert_eq!(market.give_back(&booking, json!({})).await.expect(200)["owed"], pounds(1200));
        let balances = market.host.get(&format!("/organizations/{}/balances", market.host_organization)).await.expect(200);
        let of = |account: &str| balances.items().iter().find(|one| one["account"] == account).unwrap()["balance"]["amount"].clone();
        assert_eq!(["deposits", "receivable", "fees", "income"].map(of), [0, 1200, 0, 1200].map(|amount| json!(amount)));
    }

    async fn only_a_debt_says_since_when_it_is_owed(server) {
        let market = market(server).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let balances = market.host.get(&format!("/organizations/{}/balances", market.host_organization)).await.expect(200);
        let since = |account: &str| balances.items().iter().find(|one| one["account"] == account).unwrap()["owed_since"].clone();
        assert_eq!(["deposits", "receivable"].map(since), [Value::Null, json!(server.now())]);
    }

    async fn a_deposit_is_returned_at_once_if_the_booking_is_cancelled(server) {
        let market = market(server).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let cancelled = market.change(&booking, "cancel").await.expect(200);
        assert_eq!(cancelled["owed"], pounds(0));
        market.give_back(&booking, json!({ "kept": 1, "reason": "Why not?" })).await.refused(409, "invalid_transition");
        let sum: i64 = market.charged(&booking).await.iter().map(|(_, amount)| amount).sum();
        assert_eq!(sum, 0);
    }

    async fn the_service_returns_a_deposit_that_the_host_has_not_returned_in_time(server) {
        let market = market(server).await;
        let used = market.book(TEN, ELEVEN).await.expect(201).id();
        let later = market.book("2026-12-01T16:00:00Z", "2026-12-01T17:00:00Z").await.expect(201).id();
        let cancelled = market.book("2026-12-01T14:00:00Z", "2026-12-01T15:00:00Z").await.expect(201).id();
        let before = market.change(&cancelled, "cancel").await.expect(200);
        server.advance(TimeDelta::days(15) + TimeDelta::hours(6));
        server.run_jobs().await;
        server.run_jobs().await;
        assert_eq!(market.see(&later).await["deposit"]["returned_at"], Value::Null, "14 days have not passed");
        let returned = market.see(&used).await;
        assert_eq!((&returned["owed"], &returned["deposit"]["kept"]), (&pounds(1200), &pounds(0)));
        assert_eq!((&returned["deposit"]["returned_by"], &returned["deposit"]["returned_at"]), (&Value::Null, &json!(server.now())));
        let history = market.customer.get(&format!("/bookings/{used}/history")).await.expect(200);
        let returns = history.items().iter().filter(|entry| entry["action"] == "return_deposit").count();
        assert_eq!(returns, 1);
        let after = market.see(&cancelled).await;
        assert_eq!((&after["owed"], &after["updated_at"]), (&before["owed"], &before["updated_at"]));
        let history = market.customer.get(&format!("/bookings/{cancelled}/history")).await.expect(200);
        assert_eq!(history.items().last().unwrap()["action"], "cancel", "nobody is told again");
    }

    async fn a_booking_keeps_its_deposit_and_a_host_leaves_none_with_itself(server) {
        let market = market(server).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let path = format!("/resources/{}", market.resource);
        let dearer = json!({ "tariff": { "currency": "GBP", "rate": 1200, "per": "hour", "deposit": 9000 } });
        market.host.patch(&path, dearer).await.expect(200);
        let slot = json!({ "starts_at": TEN, "ends_at": TWELVE });
        let moved = market.customer.post(&format!("/bookings/{booking}/reschedule"), slot).await.expect(200);
        assert_eq!((&moved["deposit"]["amount"], &moved["owed"]), (&pounds(5000), &pounds(7400)));
        let own = json!({
            "organization_id": market.host_organization, "resource_id": market.resource,
            "starts_at": "2026-12-02T10:00:00Z", "ends_at": "2026-12-02T11:00:00Z",
        });
        let own = market.host.post("/bookings", own).await.expect(201);
        assert_eq!((&own["deposit"], &own["owed"]), (&Value::Null, &pounds(0)));
    }

    async fn a_deposit_is_on_no_invoice_and_is_no_income(server) {
        let market = market(server).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        server.advance(TimeDelta::hours(26));
        market.give_back(&booking, json!({ "kept": 5000, "reason": "The spindle is broken." })).await.expect(200);
        market.host.patch(&format!("/organizations/{}/billing", market.host_organization), json!({
            "country": "GB",
            "billing_address": { "legal_name": "Rotor Works Ltd", "street": "1 Foundry Lane", "city": "London", "postal_code": "E1 1AA" },
        })).await.expect(200);
        let invoices = format!("/organizations/{}/invoices", market.host_organization);
        let invoices = market.host.post(&invoices, json!({ "customer_organization_id": market.customer_organization })).await.expect(201);
        assert_eq!(invoices.items()[0]["total"], pounds(1200));
    }
}
