//! Fees for late cancellations, for no-shows and for time beyond the end.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::waitlist::{ELEVEN, TEN, TWELVE};
use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

/// Until a day before [`TEN`].
const HOUR: TimeDelta = TimeDelta::hours(1);

/// A machine for 12.00 an hour: within a day of the start a cancellation costs half, within an hour all of it.
async fn market(server: &Server, mut rules: Value) -> Market {
    rules["cancellation_fees"] =
        json!([{ "less_than_minutes": 1440, "percent": 50 }, { "less_than_minutes": 60, "percent": 100 }]);
    server.market(json!({ "booking_rules": rules })).await
}

pub(crate) fn pounds(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "GBP" })
}

impl Market {
    pub(super) async fn change(&self, booking: &str, action: &str) -> Answer {
        self.customer.post(&format!("/bookings/{booking}/{action}"), json!({})).await
    }

    /// The rows of the ledger of a booking: purpose, debit, credit and amount.
    pub(super) async fn ledger(&self, booking: &str) -> Vec<(String, String, String, i64)> {
        let rows = self.customer.get(&format!("/bookings/{booking}/ledger")).await.expect(200);
        let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
        let row = |row: &Value| {
            assert_eq!(row["amount"]["currency"], "GBP");
            (text(row, "purpose"), text(row, "debit"), text(row, "credit"), row["amount"]["amount"].as_i64().unwrap())
        };
        rows.items().iter().map(row).collect()
    }

    pub(super) async fn charged(&self, booking: &str) -> Vec<(String, i64)> {
        let rows = self.ledger(booking).await.into_iter();
        rows.map(|(purpose, debit, _, amount)| (purpose, if debit == "receivable" { amount } else { -amount })).collect()
    }
}

pub(super) fn charged(rows: &[(&str, i64)]) -> Vec<(String, i64)> {
    rows.iter().map(|(purpose, amount)| ((*purpose).to_owned(), *amount)).collect()
}

on_both_databases! {
    async fn a_late_cancellation_costs_the_fee_that_was_shown_before(server) {
        let market = market(server, json!({ "grace_minutes": 0 })).await;
        let quote = json!({ "starts_at": TEN, "ends_at": ELEVEN });
        let quote = market.customer.post(&format!("/resources/{}/quote", market.resource), quote).await.expect(200);
        let fees = json!([
            { "after": "2026-11-30T10:00:00Z", "fee": pounds(600) },
            { "after": "2026-12-01T09:00:00Z", "fee": pounds(1200) },
        ]);
        let booked = market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!((&quote["cancellation_fees"], &booked["cancellation_fees"]), (&fees, &fees));
        assert_eq!((&booked["owed"], &booked["fee"]), (&pounds(1200), &Value::Null));
        let mail = &server.mails(&market.customer.email, 1).await[0];
        for line in ["12.00 GBP after", "6.00 GBP after"] {
            assert!(mail.text.contains(line), "{line} is not in\n{}", mail.text);
        }
        server.advance(HOUR * 2);
        let cancelled = market.change(&booked.id(), "cancel").await.expect(200);
        let fee = json!({
            "kind": "late_cancellation", "amount": pounds(600), "waived_at": null, "waived_by": null, "waiver_reason": null,
        });
        assert_eq!((&cancelled["fee"], &cancelled["owed"], &cancelled["cancellation_fees"]), (&fee, &pounds(600), &json!([])));
        assert_eq!(market.host.get(&format!("/bookings/{}", booked.id())).await.expect(200).body, cancelled.body);
        let rows = [("price", 1200), ("price", -1200), ("late_cancellation_fee", 600)];
        assert_eq!(market.charged(&booked.id()).await, charged(&rows));
        let mail = &server.mails(&market.customer.email, 2).await[1];
        assert!(mail.text.contains("6.00 GBP for the late cancellation"), "{}", mail.text);
    }

    async fn a_fee_is_due_only_after_its_instant(server) {
        let market = market(server, json!({ "grace_minutes": 0 })).await;
        let [first, second] = [market.book(TEN, ELEVEN).await.expect(201).id(), market.book(ELEVEN, TWELVE).await.expect(201).id()];
        server.advance(HOUR);
        let free = market.change(&first, "cancel").await.expect(200);
        assert_eq!((&free["fee"], &free["owed"]), (&Value::Null, &pounds(0)));
        server.advance(HOUR + TimeDelta::microseconds(1));
        assert_eq!(market.change(&second, "cancel").await.expect(200)["fee"]["amount"], pounds(600));
    }

    async fn what_is_cancelled_within_the_grace_or_by_the_host_or_while_the_machine_is_broken_costs_nothing(server) {
        let market = market(server, json!({ "grace_minutes": 15 })).await;
        server.advance(HOUR * 2);
        let booked = market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!(booked["cancellation_fees"][0]["after"], "2026-11-30T11:15:00Z", "{booked:?}");
        assert_eq!(market.change(&booked.id(), "cancel").await.expect(200)["owed"], pounds(0));
        let [by_host, broken, due] = [
            market.book(TEN, ELEVEN).await.expect(201).id(),
            market.book(ELEVEN, TWELVE).await.expect(201).id(),
            market.book(TWELVE, "2026-12-01T13:00:00Z").await.expect(201).id(),
        ];
        server.advance(HOUR * 2);
        let cancelled = market.host.post(&format!("/bookings/{by_host}/cancel"), json!({})).await.expect(200);
        assert_eq!((&cancelled["fee"], &cancelled["owed"]), (&Value::Null, &pounds(0)));
        let until = json!({ "reason": "Broken", "until": TWELVE });
        market.host.post(&format!("/resources/{}/out-of-order", market.resource), until).await.expect(200);
        assert_eq!(market.change(&broken, "cancel").await.expect(200)["owed"], pounds(0));
        assert_eq!(market.change(&due, "cancel").await.expect(200)["owed"], pounds(600));
    }

    async fn while_a_fee_is_due_only_the_host_moves_the_booking(server) {
        let market = market(server, json!({ "grace_minutes": 0 })).await;
        let booking = market.book(TEN, TWELVE).await.expect(201).id();
        server.advance(HOUR * 2);
        let path = format!("/bookings/{booking}/reschedule");
        for dodge in [json!({ "starts_at": "2026-12-08T10:00:00Z" }), json!({ "ends_at": ELEVEN })] {
            let refused = market.customer.post(&path, dodge).await.refused(422, "booking_rules_violated");
            assert_eq!(refused["violations"][0]["code"], "too_late_to_change", "{refused:?}");
            assert!(refused["violations"][0]["detail"].as_str().unwrap().contains("12.00 GBP"), "{refused:?}");
        }
        let moved = market.host.post(&path, json!({ "ends_at": ELEVEN })).await.expect(200);
        assert_eq!(moved["owed"], pounds(1200));
        assert_eq!(market.charged(&booking).await, charged(&[("price", 2400), ("price", -1200)]));
    }

    async fn a_no_show_owes_a_share_of_the_price_also_before_the_service_writes_it(server) {
        let market = server.market(json!({ "booking_rules": { "no_show_fee_percent": 50, "no_show_minutes": 15 } })).await;
        let [first, second] = [market.book(TEN, ELEVEN).await.expect(201).id(), market.book(ELEVEN, TWELVE).await.expect(201).id()];
        server.advance(TimeDelta::hours(25) + TimeDelta::minutes(5));
        let missed = market.host.post(&format!("/bookings/{first}/no-show"), json!({})).await.expect(200);
        assert_eq!((&missed["fee"]["kind"], &missed["owed"]), (&json!("no_show"), &pounds(600)));
        server.advance(HOUR + TimeDelta::minutes(11));
        let path = format!("/bookings/{second}");
        let before = market.customer.get(&path).await.expect(200);
        assert_eq!((&before["status"], &before["fee"]["amount"]), (&json!("no_show"), &pounds(600)));
        server.run_jobs().await;
        assert_eq!(market.customer.get(&path).await.expect(200).body, before.body);
        for booking in [&first, &second] {
            assert_eq!(market.charged(booking).await, charged(&[("price", 1200), ("price", -1200), ("no_show_fee", 600)]));
        }
    }

    async fn a_manager_waives_a_fee_with_a_reason_once(server) {
        let market = server.market(json!({ "booking_rules": { "no_show_minutes": 15 } })).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let waive = format!("/bookings/{booking}/waive-fee");
        let reason = json!({ "reason": "The train was late." });
        market.host.post(&waive, reason.clone()).await.refused(409, "invalid_transition");
        // The no-show has happened and is not written yet.
        server.advance(TimeDelta::hours(25) + TimeDelta::minutes(15));
        let owed = market.customer.get(&format!("/bookings/{booking}")).await.expect(200);
        assert_eq!(owed["owed"], pounds(1200));
        market.customer.post(&waive, reason.clone()).await.refused(403, "forbidden");
        let waived = market.host.with("if-match", owed.header("etag")).post(&waive, reason.clone()).await.expect(200);
        assert_eq!((&waived["owed"], &waived["fee"]["waiver_reason"]), (&pounds(0), &reason["reason"]));
        assert_eq!((&waived["fee"]["waived_by"], &waived["status"]), (&json!(market.host.id), &json!("no_show")));
        assert_ne!(waived.header("etag"), owed.header("etag"));
        market.host.post(&waive, reason.clone()).await.refused(409, "invalid_transition");
        let rows = [("price", 1200), ("price", -1200), ("no_show_fee", 1200), ("no_show_fee", -1200)];
        assert_eq!(market.charged(&booking).await, charged(&rows));
        let history = market.customer.get(&format!("/bookings/{booking}/history")).await.expect(200);
        let last = history.items().last().unwrap();
        assert_eq!((&last["action"], &last["reason"]), (&json!("waive_fee"), &reason["reason"]));
        server.tell_all().await;
        let mails = server.mails(&market.customer.email, 3).await;
        let told = mails.iter().find(|mail| mail.text.contains("has waived the fee")).unwrap();
        assert!(told.text.contains("The train was late.") && told.text.contains("(waived)"), "{}", told.text);
    }

    async fn time_beyond_the_end_costs_its_share_of_the_tariff(server) {
        let market = server.market(json!({ "booking_rules": { "overrun_fee_percent": 150 } })).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        server.advance(TimeDelta::hours(25));
        market.change(&booking, "check-in").await.expect(200);
        server.advance(HOUR + TimeDelta::minutes(30) + TimeDelta::seconds(59));
        let done = market.change(&booking, "check-out").await.expect(200);
        assert_eq!((&done["fee"]["kind"], &done["fee"]["amount"], &done["owed"]), (&json!("overrun"), &pounds(900), &pounds(2100)));
        assert_eq!(market.charged(&booking).await, charged(&[("price", 1200), ("overrun_fee", 900)]));
        server.tell_all().await;
        let mails = server.mails(&market.customer.email, 2).await;
        assert!(mails.iter().any(|mail| mail.text.contains("9.00 GBP for the time after the end")));
    }

    async fn a_host_that_books_its_own_machine_owes_nothing(server) {
        let market = market(server, json!({ "grace_minutes": 0, "no_show_minutes": 15 })).await;
        let own = |from: &str, to: &str| {
            json!({ "organization_id": market.host_organization, "resource_id": market.resource, "starts_at": from, "ends_at": to })
        };
        let [first, second] = [
            market.host.post("/bookings", own(TEN, ELEVEN)).await.expect(201),
            market.host.post("/bookings", own(ELEVEN, TWELVE)).await.expect(201),
        ];
        assert_eq!((&first["owed"], &first["cancellation_fees"]), (&pounds(0), &json!([])));
        server.advance(TimeDelta::hours(24));
        let cancelled = market.host.post(&format!("/bookings/{}/cancel", first.id()), json!({})).await.expect(200);
        assert_eq!((&cancelled["fee"], &cancelled["owed"]), (&Value::Null, &pounds(0)));
        server.advance(TimeDelta::hours(3));
        let missed = market.host.get(&format!("/bookings/{}", second.id())).await.expect(200);
        assert_eq!((&missed["status"], &missed["fee"]), (&json!("no_show"), &Value::Null));
        server.run_jobs().await;
        assert_eq!(server.select("SELECT id AS value FROM ledger_rows"), [""; 0]);
    }
}
