//! Invoices that the service issues each month.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::invoices::{billing_market, pounds};
use super::waitlist::{ELEVEN, TEN};
use crate::support::inbox::Mail;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

/// From the start of the tests, 09:00 UTC on 30 November, to 12:00 UTC on 1 January, when the year has begun everywhere.
const TO_JANUARY: TimeDelta = TimeDelta::hours(32 * 24 + 3);

async fn monthly(server: &Server) -> (Market, String) {
    let market = billing_market(server, json!({ "booking_rules": { "horizon_days": 90 } })).await;
    let billing = format!("/organizations/{}/billing", market.host_organization);
    let set = market.host.patch(&billing, json!({ "monthly_invoices": true, "payment_days": 10 })).await.expect(200);
    assert_eq!(set["next_monthly_invoices_on"], "2026-12-01");
    (market, billing)
}

/// Time passes, and what is due is done.
async fn later(server: &Server, time: TimeDelta) {
    server.advance(time);
    server.run_jobs().await;
    server.tell_all().await;
}

/// The documents of the host: kind, number, lines and total.
async fn documents(market: &Market) -> Vec<(String, usize, Value)> {
    let document = |item: &Value| {
        let lines = item["lines"].as_array().unwrap().len();
        (format!("{} {}", item["kind"].as_str().unwrap(), item["number"].as_str().unwrap()), lines, item["total"].clone())
    };
    market.host.get(&market.invoices()).await.expect(200).items().iter().map(document).collect()
}

on_both_databases! {
    async fn a_host_invoices_each_customer_at_the_beginning_of_a_month_over_what_ended_before_it(server) {
        let (market, billing) = monthly(server).await;
        market.book(TEN, ELEVEN).await.expect(201);
        market.book("2026-12-31T16:00:00Z", "2026-12-31T18:00:00Z").await.expect(201);
        // Over at 12:00 UTC, but in January.
        market.book("2027-01-01T09:00:00Z", "2027-01-01T10:00:00Z").await.expect(201);
        later(server, TO_JANUARY - TimeDelta::hours(1)).await;
        assert_eq!(documents(&market).await, []);
        assert_eq!(market.host.get(&billing).await.expect(200)["next_monthly_invoices_on"], "2027-01-01");
        later(server, TimeDelta::hours(1)).await;
        // 1.19 and 2.38 with VAT of 20 %.
        assert_eq!(documents(&market).await, [("invoice 2027-00001".to_owned(), 2, pounds(357))]);
        let shown = market.customer.get(&format!("/organizations/{}/invoices?received=true", market.customer_organization)).await.expect(200);
        let invoice = &shown.items()[0];
        assert_eq!((&invoice["issued_by"], &invoice["due_on"]), (&Value::Null, &json!("2027-01-11")));
        assert_eq!(invoice["period"], json!({ "starts_on": "2026-12-01", "ends_on": "2026-12-31" }));
        let to = |mail: &Mail| mail.to == market.customer.email && mail.subject.contains("2027-00001");
        assert_eq!(Mail::read_all(&server.mail_dir()).iter().filter(|mail| to(mail)).count(), 1);
        assert_eq!(market.host.get(&billing).await.expect(200)["next_monthly_invoices_on"], "2027-02-01");
        later(server, TimeDelta::days(30)).await;
        assert_eq!(documents(&market).await.len(), 1);
        later(server, TimeDelta::days(1)).await;
        assert_eq!(documents(&market).await[1], ("invoice 2027-00002".to_owned(), 1, pounds(119)));
        later(server, TimeDelta::days(28)).await;
        assert_eq!(documents(&market).await.len(), 2, "there is nothing to invoice");
    }

    async fn two_servers_issue_monthly_invoices_once_also_after_downtime(server) {
        let (market, billing) = monthly(server).await;
        market.book(TEN, ELEVEN).await.expect(201);
        market.book("2027-01-20T10:00:00Z", "2027-01-20T11:00:00Z").await.expect(201);
        let other = server.another();
        server.advance(TO_JANUARY + TimeDelta::days(45));
        server.run_jobs().await;
        tokio::join!(server.run_jobs(), other.run_jobs());
        for _ in 0..3 {
            later(server, TimeDelta::minutes(30)).await;
        }
        let total: i64 = documents(&market).await.iter().map(|(.., total)| total["amount"].as_i64().unwrap()).sum();
        assert_eq!((total, documents(&market).await.len()), (238, 2));
        assert_eq!(market.host.get(&billing).await.expect(200)["next_monthly_invoices_on"], "2027-03-01");
    }

    async fn a_host_that_turns_monthly_invoices_off_issues_them_itself(server) {
        let (market, billing) = monthly(server).await;
        market.book(TEN, ELEVEN).await.expect(201);
        // An edit of something else changes nothing.
        let edited = market.host.patch(&billing, json!({ "payment_days": 20 })).await.expect(200);
        assert_eq!((&edited["monthly_invoices"], &edited["next_monthly_invoices_on"]), (&json!(true), &json!("2026-12-01")));
        market.host.patch(&billing, json!({ "billing_address": null })).await.refused_fields(&[("/billing_address", "required")]);
        let off = market.host.patch(&billing, json!({ "monthly_invoices": false })).await.expect(200);
        assert_eq!(off["next_monthly_invoices_on"], Value::Null);
        later(server, TO_JANUARY + TimeDelta::days(45)).await;
        assert_eq!(documents(&market).await, []);
        let issued = market.invoice(json!({})).await.expect(201);
        assert_eq!(issued.items()[0]["issued_by"].as_str(), Some(market.host.id.as_str()));
    }
}
