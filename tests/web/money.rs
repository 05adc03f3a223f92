//! The invoices of customers, and the payments by card that wait.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::server::on_both_databases;
use crate::support::stripe::Account;

on_both_databases! {
    async fn managers_of_a_customer_see_its_invoices_and_others_do_not(server) {
        let market = server.market(json!({})).await;
        let address = json!({ "legal_name": "Rotor Works Ltd", "street": "1 Foundry Lane", "city": "London", "postal_code": "E1 1AA" });
        let host = format!("/organizations/{}", market.host_organization);
        market.host.patch(&format!("{host}/billing"), json!({ "country": "GB", "billing_address": address })).await.expect(200);
        let mut browser = server.browser_of(&market.customer.email).await;
        browser.open("/invoices").await.expect(200).says("There is no invoice yet.");
        market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201);
        server.advance(TimeDelta::hours(48));
        server.run_jobs().await;
        let new = json!({ "customer_organization_id": market.customer_organization, "due_days": 14 });
        let issued = market.host.post(&format!("{host}/invoices"), new).await.expect(201);
        let id = issued.items()[0]["id"].as_str().unwrap().to_owned();
        let list = browser.open("/invoices").await.expect(200);
        let list = list.says("Invoice 2026-00001 (PDF) Rotor Works Ltd Wed 2 Dec 2026 Wed 16 Dec 2026 12.00 GBP 12.00 GBP To pay");
        assert!(browser.open("/bookings").await.expect(200).links("/invoices").len() == 2, "in the menu, and on the page");
        let pdf = browser.open(&list.links("/invoices/")[0]).await;
        assert_eq!((pdf.status, pdf.headers["content-type"].to_str().unwrap()), (200, "application/pdf"));
        let payment = json!({ "customer_organization_id": market.customer_organization, "invoice_id": id, "method": "bank_transfer",
            "amount": { "amount": 1200, "currency": "GBP" }, "paid_on": "2026-12-02" });
        market.host.post(&format!("{host}/payments"), payment).await.expect(201);
        browser.open("/invoices").await.expect(200).says("12.00 GBP 0.00 GBP Paid");
        // A booker and another tenant see none of it, and no link leads to it.
        let (booker, other) = (server.user("Bo").await, server.user("Otto").await);
        server.add_member(&market.customer_organization, &booker, "booker");
        let mut booker = server.browser_of(&booker.email).await;
        assert_eq!(booker.open("/bookings").await.expect(200).links("/invoices"), [] as [String; 0]);
        booker.open("/invoices").await.expect(200).says("You are neither.");
        booker.open(&format!("/invoices/{id}")).await.expect(404);
        other.found("Elsewhere").await;
        let mut other = server.browser_of(&other.email).await;
        other.open(&format!("/invoices?organization={}", market.customer_organization)).await.expect(200).says("There is no invoice yet.");
        other.open(&format!("/invoices/{id}")).await.expect(404);
        server.browser().open(&format!("/invoices/{id}")).await.expect(200).says("Sign in");
    }

    async fn a_booking_that_waits_for_a_card_is_paid_from_the_page(server, crate::support::stripe::with_stripe) {
        let _stripe = Account::of(server);
        let market = server.market(json!({ "booking_rules": { "requires_payment": true } })).await;
        let billing = format!("/organizations/{}/billing", market.host_organization);
        market.host.patch(&billing, json!({ "ways_to_pay": ["card"] })).await.expect(200);
        let id = market.book("2026-12-03T10:00:00Z", "2026-12-03T12:00:00Z").await.expect(201).id();
        let mut browser = server.browser_of(&market.customer.email).await;
        let page = browser.open("/invoices").await.expect(200).says("To pay by card now").says("Pay by card: 24.00 GBP");
        let pay = browser.submit(&page.form(&format!("/bookings/{id}/pay"))).await.expect(200).says("Pay 24.00 GBP");
        assert_eq!(pay.links("http").len(), 1);
    }

    async fn a_group_that_waits_for_a_card_is_paid_on_one_page(server, crate::support::stripe::with_stripe) {
        let _stripe = Account::of(server);
        let market = server.market(json!({ "booking_rules": { "requires_payment": true } })).await;
        let slot = |from: &str, to: &str| json!({ "resource_id": market.resource, "starts_at": from, "ends_at": to });
        let bookings = [slot("2026-12-03T10:00:00Z", "2026-12-03T12:00:00Z"), slot("2026-12-04T10:00:00Z", "2026-12-04T12:00:00Z")];
        let new = json!({ "organization_id": market.customer_organization, "bookings": bookings });
        let group = market.customer.post("/booking-groups", new).await.expect(201).id();
        let path = format!("/booking-groups/{group}");
        let mut browser = server.browser_of(&market.customer.email).await;
        let says_pay = |text: String| text.contains("Pay for all by card");
        assert!(!says_pay(browser.open(&path).await.expect(200).text()), "no host takes cards");
        let billing = format!("/organizations/{}/billing", market.host_organization);
        market.host.patch(&billing, json!({ "ways_to_pay": ["card"] })).await.expect(200);
        let page = browser.open(&path).await.expect(200).says("Pay for all by card");
        let pay = browser.submit(&page.form(&format!("{path}/pay"))).await.expect(200).says("Pay 48.00 GBP");
        assert_eq!(pay.links("http").len(), 1);
        let mut host = server.browser_of(&market.host.email).await;
        assert!(!says_pay(host.open(&path).await.expect(200).text()), "a host does not pay");
    }
}
