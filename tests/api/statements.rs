//! Statements of a host: its accounts in a period.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::invoices::{A_DAY_AND_A_HALF, billing_market, pass};
use super::waitlist::{ELEVEN, Rival, TEN};
use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::on_both_databases;

impl Market {
    async fn statement(&self, query: &str) -> Answer {
        self.host.get(&format!("/organizations/{}/statement?{query}", self.host_organization)).await
    }
}

/// The accounts of a statement: opening, debits, credits, closing.
fn accounts(statement: &Answer) -> Vec<(String, [i64; 4])> {
    let account = |one: &Value| {
        let amounts = ["opening", "debits", "credits", "closing"].map(|name| one[name]["amount"].as_i64().unwrap());
        (one["account"].as_str().unwrap().to_owned(), amounts)
    };
    statement["accounts"].as_array().unwrap().iter().map(account).collect()
}

fn movements(statement: &Answer) -> Vec<(String, i64, i64)> {
    let movement = |one: &Value| {
        let kind = format!("{} {} {}", one["purpose"], one["debit"], one["credit"]).replace('"', "");
        (kind, one["amount"]["amount"].as_i64().unwrap(), one["rows"].as_i64().unwrap())
    };
    statement["movements"].as_array().unwrap().iter().map(movement).collect()
}

fn named<const N: usize>(expected: [(&str, [i64; 4]); N]) -> Vec<(String, [i64; 4])> {
    expected.map(|(name, amounts)| (name.to_owned(), amounts)).into()
}

on_both_databases! {
    async fn a_month_has_the_balances_at_its_beginning_and_end_and_the_movements_between(server) {
        // 0.99 for an hour and VAT of 20 %: on 30 November one booking, on 1 December one booking and a payment, on 2 January one.
        let market = billing_market(server, json!({ "booking_rules": { "horizon_days": 90 } })).await;
        market.book(TEN, ELEVEN).await.expect(201);
        pass(server, A_DAY_AND_A_HALF).await;
        market.book("2027-01-20T10:00:00Z", "2027-01-20T11:00:00Z").await.expect(201);
        let paid = json!({
            "customer_organization_id": market.customer_organization, "amount": { "amount": 100, "currency": "GBP" },
            "method": "bank_transfer", "paid_on": "2026-12-01",
        });
        market.host.post(&format!("/organizations/{}/payments", market.host_organization), paid).await.expect(201);
        pass(server, TimeDelta::days(32)).await;
        market.book("2027-01-21T10:00:00Z", "2027-01-21T11:00:00Z").await.expect(201);
        let december = market.statement("from=2026-12-01&to=2027-01-01").await.expect(200);
        assert_eq!((&december["timezone"], &december["from"], &december["to"]),
            (&json!("Europe/London"), &json!("2026-12-01T00:00:00Z"), &json!("2027-01-01T00:00:00Z")));
        assert_eq!(accounts(&december), named([
            ("receivable", [119, 119, 100, 138]), ("income", [99, 0, 99, 198]), ("vat", [20, 0, 20, 40]), ("bank", [0, 100, 0, 100]),
        ]));
        assert_eq!(movements(&december), [
            ("payment bank receivable".to_owned(), 100, 1),
            ("price receivable income".to_owned(), 99, 1),
            ("price receivable vat".to_owned(), 20, 1),
        ]);
        let taxes: Vec<_> = december["movements"].as_array().unwrap().iter().map(|one| (&one["tax_category"], &one["tax_rate"])).collect();
        assert_eq!(taxes, [(&Value::Null, &Value::Null), (&json!("standard"), &json!(2000)), (&json!("standard"), &json!(2000))]);
        let until_now = market.statement("from=2026-11-30&to=2027-11-30").await.expect(200);
        assert_eq!(accounts(&until_now)[0], ("receivable".to_owned(), [0, 357, 100, 257]));
        let before = market.statement("from=2026-10-01&to=2026-11-01").await.expect(200);
        assert!(accounts(&before).iter().all(|(_, amounts)| *amounts == [0; 4]) && movements(&before).is_empty());
    }

    async fn a_statement_can_be_about_one_customer_and_in_another_zone(server) {
        let market = billing_market(server, json!({})).await;
        let rival = Rival::new(server, "Nina").await;
        rival.user.post("/bookings", rival.wish(&market, (TEN, ELEVEN))).await.expect(201);
        market.book(TEN, ELEVEN).await.expect(201);
        market.book(TEN, ELEVEN).await.expect(201);
        let of_customer = format!("from=2026-11-30&to=2026-12-01&customer_organization_id={}", market.customer_organization);
        let receivable = |statement: &Answer| accounts(statement).into_iter().find(|(name, _)| name == "receivable").unwrap().1;
        let today = market.statement("from=2026-11-30&to=2026-12-01").await.expect(200);
        assert_eq!(receivable(&today), [0, 357, 0, 357]);
        assert_eq!(receivable(&market.statement(&of_customer).await.expect(200)), [0, 238, 0, 238]);
        // 30 November, 09:00 UTC, is still 29 November in Honolulu (UTC-10).
        let honolulu = market.statement("from=2026-11-30&to=2026-12-01&timezone=Pacific/Honolulu").await.expect(200);
        assert_eq!((&honolulu["from"], receivable(&honolulu)), (&json!("2026-11-30T10:00:00Z"), [357, 0, 0, 357]));
    }

    async fn a_wrong_period_or_zone_is_refused(server) {
        let market = server.market(json!({})).await;
        let invalid = |query: &'static str, field: &'static str, code: &'static str| {
            let market = &market;
            async move { market.statement(query).await.refused_fields(&[(field, code)]) }
        };
        invalid("from=2026-12-01&to=2026-12-01", "to", "out_of_range").await;
        invalid("from=2026-12-01&to=2027-12-03", "to", "out_of_range").await;
        invalid("from=2026-12-01&to=2027-01-01&timezone=Mars", "timezone", "invalid").await;
        market.customer.get(&format!("/organizations/{}/statement?from=2026-12-01&to=2027-01-01", market.host_organization)).await.refused(403, "forbidden");
    }
}
