//! Which part of each invoice is paid.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::bank_statements::with_invoice;
use super::invoices::{A_DAY_AND_A_HALF, billing_market, pass, pounds};
use super::waitlist::{ELEVEN, TEN};
use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::on_both_databases;

impl Market {
    /// The host records a payment of the customer.
    async fn record(&self, amount: i64, changes: Value) -> Answer {
        let mut payment = json!({
            "customer_organization_id": self.customer_organization, "amount": pounds(amount), "method": "bank_transfer", "paid_on": "2026-12-04",
        });
        payment.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        self.host.post(&format!("/organizations/{}/payments", self.host_organization), payment).await
    }

    /// The documents of the host, in a state if the query says so: number, open amount, state.
    async fn standings(&self, query: &str) -> Vec<(String, i64, String)> {
        let documents = self.host.get(&format!("{}{query}", self.invoices())).await.expect(200);
        let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
        let standing = |item: &Value| (text(item, "number"), item["open"]["amount"].as_i64().unwrap(), text(item, "state"));
        let mut all: Vec<_> = documents.items().iter().map(standing).collect();
        // Of the same instant, they are in any order.
        all.sort();
        all
    }
}

fn documents(expected: &[(&str, i64, &str)]) -> Vec<(String, i64, String)> {
    expected.iter().map(|(number, open, state)| ((*number).to_owned(), *open, (*state).to_owned())).collect()
}

on_both_databases! {
    async fn payments_in_parts_pay_an_invoice_and_what_is_too_much_pays_the_next_one(server) {
        let (market, invoice) = with_invoice(server).await;
        market.record(100, json!({})).await.expect(201);
        assert_eq!(market.standings("").await, documents(&[("2026-00001", 257, "open")]));
        market.record(300, json!({ "invoice_id": invoice })).await.expect(201);
        assert_eq!(market.standings("").await, documents(&[("2026-00001", 0, "paid")]));
        market.book("2026-12-20T10:00:00Z", "2026-12-20T11:00:00Z").await.expect(201);
        pass(server, TimeDelta::days(20)).await;
        let next = market.invoice(json!({ "due_days": 3 })).await.expect(201);
        assert_eq!((&next.items()[0]["total"], &next.items()[0]["open"]), (&pounds(119), &pounds(76)), "43 were paid too much");
        assert_eq!(market.standings("?state=open").await, documents(&[("2026-00002", 76, "open")]));
        assert_eq!(market.standings("?state=paid").await, documents(&[("2026-00001", 0, "paid")]));
        let due_on = next.items()[0]["due_on"].as_str().unwrap();
        assert_eq!(due_on, "2026-12-24");
        pass(server, TimeDelta::days(3)).await;
        assert_eq!(market.standings("?state=overdue").await, []);
        pass(server, TimeDelta::hours(15)).await;
        assert_eq!(market.standings("?state=overdue").await, documents(&[("2026-00002", 76, "overdue")]));
        let received = format!("/organizations/{}/invoices?received=true&state=overdue", market.customer_organization);
        assert_eq!(market.customer.get(&received).await.expect(200).items().len(), 1);
        market.record(76, json!({})).await.expect(201);
        assert_eq!(market.standings("?state=overdue").await, []);
        let sheet = market.host.get(&format!("{}.csv?state=paid", market.invoices())).await.expect(200);
        assert!(sheet.text.lines().nth(2).unwrap().ends_with(",119,GBP,0,paid"), "{sheet:?}");
    }

    async fn a_payment_names_an_invoice_of_its_customer_and_is_taken_back_with_its_effect(server) {
        let (market, invoice) = with_invoice(server).await;
        market.record(1, json!({ "invoice_id": market.resource })).await.refused_fields(&[("/invoice_id", "invalid")]);
        let euros = json!({ "invoice_id": invoice, "amount": { "amount": 1, "currency": "EUR" } });
        market.record(1, euros).await.refused_fields(&[("/invoice_id", "invalid")]);
        let paid = market.record(357, json!({ "invoice_id": invoice })).await.expect(201);
        assert_eq!(market.standings("").await, documents(&[("2026-00001", 0, "paid")]));
        market.record(57, json!({ "is_refund": true })).await.expect(201);
        assert_eq!(market.standings("").await, documents(&[("2026-00001", 57, "open")]));
        market.host.post(&format!("/payments/{}/reverse", paid.id()), json!({})).await.expect(200);
        assert_eq!(market.standings("").await, documents(&[("2026-00001", 357, "open")]));
    }

    async fn a_credit_note_takes_an_invoice_back_and_what_was_paid_of_it_pays_others(server) {
        let market = billing_market(server, json!({})).await;
        let later = market.book("2026-12-20T10:00:00Z", "2026-12-20T13:00:00Z").await.expect(201).id();
        let first = market.invoice(json!({ "booking_id": later })).await.expect(201);
        assert_eq!(first.items()[0]["total"], pounds(356));
        market.record(300, json!({ "booking_id": later })).await.expect(201);
        market.book(TEN, ELEVEN).await.expect(201);
        pass(server, A_DAY_AND_A_HALF).await;
        market.change(&later, "cancel").await.expect(200);
        let issued = market.invoice(json!({})).await.expect(201);
        assert_eq!((&issued.items()[1]["kind"], &issued.items()[1]["state"]), (&json!("credit_note"), &json!("credited")));
        let expected = [("2026-00001", 0, "credited"), ("2026-00002", 0, "paid"), ("2026-00003", 0, "credited")];
        assert_eq!(market.standings("").await, documents(&expected));
        assert_eq!(market.standings("?state=credited").await, documents(&[expected[0], expected[2]]));
    }

    async fn a_list_of_one_state_has_pages(server) {
        let market = billing_market(server, json!({})).await;
        for day in 10..14 {
            let booking = market.book(&format!("2026-12-{day}T10:00:00Z"), &format!("2026-12-{day}T11:00:00Z")).await.expect(201).id();
            server.advance(TimeDelta::seconds(1));
            market.invoice(json!({ "booking_id": booking })).await.expect(201);
        }
        market.record(119, json!({})).await.expect(201);
        for (order, expected) in [("created_at", ["2026-00002", "2026-00003", "2026-00004"]), ("-created_at", ["2026-00004", "2026-00003", "2026-00002"])] {
            let path = format!("{}?state=open&limit=2&order={order}", market.invoices());
            let first = market.host.get(&path).await.expect(200);
            let second = market.host.get(&format!("{path}&cursor={}", first.text("next_cursor"))).await.expect(200);
            let all: Vec<&Value> = first.items().iter().chain(second.items()).map(|item| &item["number"]).collect();
            assert_eq!((all, &second["next_cursor"]), (expected.iter().map(|number| json!(number)).collect::<Vec<_>>().iter().collect(), &Value::Null));
        }
    }

    async fn the_terms_of_payment_of_a_host_are_those_of_its_invoices(server) {
        let market = billing_market(server, json!({})).await;
        let billing = format!("/organizations/{}/billing", market.host_organization);
        let set = market.host.patch(&billing, json!({ "payment_days": 10, "reminder_days": [21, 7, 7] })).await.expect(200);
        assert_eq!((&set["payment_days"], &set["reminder_days"]), (&json!(10), &json!([7, 21])));
        market.host.patch(&billing, json!({ "reminder_days": [0] })).await.refused_fields(&[("/reminder_days/0", "out_of_range")]);
        market.book(TEN, ELEVEN).await.expect(201);
        pass(server, A_DAY_AND_A_HALF).await;
        assert_eq!(market.invoice(json!({})).await.expect(201).items()[0]["due_on"], "2026-12-11");
        let unset = market.host.patch(&billing, json!({ "payment_days": null, "reminder_days": null })).await.expect(200);
        assert_eq!((&unset["payment_days"], &unset["reminder_days"]), (&Value::Null, &json!([])));
    }
}
