//! Reminders of invoices that are overdue.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::bank_statements::with_invoice;
use super::invoices::pounds;
use crate::support::inbox::Mail;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

const REMINDER: &str = "Payment reminder: invoice 2026-00001";

/// A host that reminds 7 and 21 days after an invoice is due, with an unpaid one that is due on 31 December.
async fn reminding(server: &Server) -> (Market, String) {
    let (market, invoice) = with_invoice(server).await;
    let billing = format!("/organizations/{}/billing", market.host_organization);
    market.host.patch(&billing, json!({ "reminder_days": [7, 21] })).await.expect(200);
    let due_on = market.host.get(&format!("/invoices/{invoice}")).await.expect(200)["due_on"].clone();
    assert_eq!(due_on, "2026-12-31");
    (market, invoice)
}

/// Time passes, and what is due is sent.
async fn later(server: &Server, time: TimeDelta) {
    server.advance(time);
    server.run_jobs().await;
    server.tell_all().await;
}

/// The reminders that an address has got.
fn reminders(server: &Server, to: &str) -> Vec<Mail> {
    Mail::read_all(&server.mail_dir()).into_iter().filter(|mail| mail.to == to && mail.subject == REMINDER).collect()
}

/// The reminders that the invoice shows: the step and the open amount.
async fn shown(market: &Market, invoice: &str) -> Vec<(i64, i64)> {
    let invoice = market.customer.get(&format!("/invoices/{invoice}")).await.expect(200);
    let reminder = |one: &Value| (one["step_days"].as_i64().unwrap(), one["open"]["amount"].as_i64().unwrap());
    invoice["reminders"].as_array().unwrap().iter().map(reminder).collect()
}

async fn pay(market: &Market, amount: i64) {
    let paid = json!({
        "customer_organization_id": market.customer_organization, "amount": pounds(amount), "method": "bank_transfer", "paid_on": "2026-12-04",
    });
    market.host.post(&format!("/organizations/{}/payments", market.host_organization), paid).await.expect(201);
}

on_both_databases! {
    async fn a_customer_is_reminded_once_at_each_step_of_what_is_still_open(server) {
        let (market, invoice) = reminding(server).await;
        let to = market.customer.email.clone();
        // It is 21:00 UTC on 1 December; the seventh day after the due date begins everywhere at 12:00 UTC on 7 January.
        later(server, TimeDelta::days(36) + TimeDelta::hours(14)).await;
        assert_eq!((reminders(server, &to).len(), shown(&market, &invoice).await), (0, vec![]));
        later(server, TimeDelta::hours(2)).await;
        later(server, TimeDelta::hours(1)).await;
        let [mail] = &reminders(server, &to)[..] else { panic!("one reminder") };
        assert!(mail.text.contains("Invoice 2026-00001 from Rotor Works Ltd is 7 days overdue. 3.57 GBP of it is not paid yet."), "{}", mail.text);
        assert!(mail.text.contains("Thu 31 Dec 2026"), "{}", mail.text);
        assert_eq!(shown(&market, &invoice).await, [(7, 357)]);
        pay(&market, 100).await;
        later(server, TimeDelta::days(14)).await;
        later(server, TimeDelta::days(50)).await;
        assert_eq!(shown(&market, &invoice).await, [(7, 357), (21, 257)]);
        let all = reminders(server, &to);
        assert!(all.len() == 2 && all.iter().any(|mail| mail.text.contains("is 21 days overdue. 2.57 GBP of it")), "{all:?}");
    }

    async fn nobody_is_reminded_of_what_is_paid_nor_by_a_host_that_does_not_remind(server) {
        let (market, invoice) = reminding(server).await;
        pay(&market, 357).await;
        later(server, TimeDelta::days(60)).await;
        assert_eq!((reminders(server, &market.customer.email).len(), shown(&market, &invoice).await), (0, vec![]));
    }

    async fn after_downtime_only_the_latest_step_is_sent_and_none_that_is_too_old(server) {
        let (market, invoice) = reminding(server).await;
        let billing = format!("/organizations/{}/billing", market.host_organization);
        market.host.patch(&billing, json!({ "reminder_days": [] })).await.expect(200);
        later(server, TimeDelta::days(70)).await;
        assert_eq!(shown(&market, &invoice).await, []);
        market.host.patch(&billing, json!({ "reminder_days": [7, 21] })).await.expect(200);
        later(server, TimeDelta::hours(1)).await;
        assert_eq!(shown(&market, &invoice).await, [(21, 357)]);
        // A step before one that was sent is not made up for.
        market.host.patch(&billing, json!({ "reminder_days": [14] })).await.expect(200);
        later(server, TimeDelta::hours(1)).await;
        assert_eq!(shown(&market, &invoice).await, [(21, 357)]);
        market.host.patch(&billing, json!({ "reminder_days": [30] })).await.expect(200);
        later(server, TimeDelta::days(100)).await;
        assert_eq!((shown(&market, &invoice).await, reminders(server, &market.customer.email).len()), (vec![(21, 357)], 1));
    }

    async fn two_servers_send_a_reminder_once(server) {
        let (market, invoice) = reminding(server).await;
        let other = server.another();
        server.advance(TimeDelta::days(38));
        tokio::join!(server.run_jobs(), other.run_jobs());
        server.tell_all().await;
        assert_eq!(shown(&market, &invoice).await, [(7, 357)]);
        assert_eq!(reminders(server, &market.customer.email).len(), 1);
    }

    async fn the_confirmed_address_for_invoices_is_reminded(server) {
        let (market, _) = reminding(server).await;
        let billing = format!("/organizations/{}/billing", market.customer_organization);
        let (office, manager) = ("office@newcomer.example", market.customer.email.as_str());
        market.customer.patch(&billing, json!({ "billing_email": office })).await.expect(200);
        later(server, TimeDelta::days(38)).await;
        assert_eq!([office, manager].map(|to| reminders(server, to).len()), [0, 1], "nobody has confirmed the address");
        server.execute("DELETE FROM payment_reminders");
        let accounts = "accounts@newcomer.example";
        market.customer.patch(&billing, json!({ "billing_email": accounts })).await.expect(200);
        let token = json!({ "token": server.take_token(accounts, "verify-contact").await });
        server.anonymous().post("/auth/verify-contact", token).await.expect(204);
        later(server, TimeDelta::hours(1)).await;
        assert_eq!([office, accounts, manager].map(|to| reminders(server, to).len()), [0, 1, 1]);
    }
}
