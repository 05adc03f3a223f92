//! Invoices and credit notes.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::waitlist::{ELEVEN, Rival, TEN, TWELVE};
use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

/// Until the bookings of the tests are over.
pub(super) const A_DAY_AND_A_HALF: TimeDelta = TimeDelta::hours(36);

pub(super) fn pounds(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "GBP" })
}

/// A host with a billing address, VAT of 20 % and machines for 0.99 an hour without it.
pub(super) async fn billing_market(server: &Server, resource: Value) -> Market {
    let mut wanted = json!({
        "capacity": { "quantity": 9, "unit": "unit" }, "tariff": { "currency": "GBP", "rate": 99, "per": "hour" },
    });
    wanted.as_object_mut().unwrap().extend(resource.as_object().unwrap().clone());
    let market = server.market(wanted).await;
    let address =
        json!({ "legal_name": "Rotor Works Ltd", "street": "1 Foundry Lane", "city": "London", "postal_code": "E1 1AA" });
    let billing = json!({ "country": "GB", "vat_number": "GB980780684", "billing_address": address, "vat": { "rate": 2000 } });
    market.host.patch(&format!("/organizations/{}/billing", market.host_organization), billing).await.expect(200);
    market
}

impl Market {
    pub(super) fn invoices(&self) -> String {
        format!("/organizations/{}/invoices", self.host_organization)
    }

    /// The host's attempt to invoice the customer.
    pub(super) async fn invoice(&self, changes: Value) -> Answer {
        let mut wanted = json!({ "customer_organization_id": self.customer_organization });
        wanted.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        self.host.post(&self.invoices(), wanted).await
    }

    async fn vat_account(&self) -> i64 {
        let balances = self.host.get(&format!("/organizations/{}/balances", self.host_organization)).await.expect(200);
        let vat = balances.items().iter().find(|item| item["account"] == "vat").unwrap();
        vat["balance"]["amount"].as_i64().unwrap()
    }
}

fn numbers(issued: &Answer) -> Vec<(String, String)> {
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    issued.items().iter().map(|item| (text(item, "kind"), text(item, "number"))).collect()
}

fn documents(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(kind, number)| ((*kind).to_owned(), (*number).to_owned())).collect()
}

/// Time passes, and what is due is written.
pub(super) async fn pass(server: &Server, time: TimeDelta) {
    server.advance(time);
    server.run_jobs().await;
}

on_both_databases! {
    async fn bookings_that_are_over_are_invoiced_once_with_vat_on_their_sum(server) {
        let market = billing_market(server, json!({})).await;
        for _ in 0..3 {
            market.book(TEN, ELEVEN).await.expect(201);
        }
        market.book("2026-12-20T10:00:00Z", "2026-12-20T11:00:00Z").await.expect(201);
        market.invoice(json!({})).await.refused(409, "invalid_transition");
        pass(server, A_DAY_AND_A_HALF).await;
        // 0.20 for each of the four bookings; 0.59 for the three that are over, not 0.60.
        assert_eq!(market.vat_account().await, 80);
        let issued = market.invoice(json!({ "due_days": 14 })).await.expect(201);
        assert_eq!(numbers(&issued), documents(&[("invoice", "2026-00001")]));
        let invoice = &issued.items()[0];
        let sums = ["net", "tax", "rounding", "total"].map(|name| invoice[name].clone());
        assert_eq!(sums, [pounds(297), pounds(59), pounds(1), pounds(357)]);
        assert_eq!(invoice["taxes"], json!([{ "category": "standard", "rate": 2000, "net": pounds(297), "tax": pounds(59), "exemption_reason": "" }]));
        assert_eq!((&invoice["issued_on"], &invoice["due_on"]), (&json!("2026-12-01"), &json!("2026-12-15")));
        assert_eq!((&invoice["seller"]["name"], &invoice["seller"]["vat_number"]), (&json!("Rotor Works Ltd"), &json!("GB980780684")));
        assert_eq!((&invoice["buyer"]["name"], &invoice["buyer"]["address"]), (&json!("Newcomer"), &Value::Null));
        let line = &invoice["lines"][0];
        assert_eq!(line["description"], "1 × Lathe, 2026-12-01 10:00 – 2026-12-01 11:00 (Europe/London)");
        assert_eq!((&line["net"], &line["tax_category"], &line["tax_rate"]), (&pounds(99), &json!("standard"), &json!(2000)));
        assert_eq!(invoice["lines"].as_array().unwrap().len(), 3);
        assert_eq!(market.vat_account().await, 79, "the account agrees with the invoice");
        market.invoice(json!({})).await.refused(409, "invalid_transition");
        let path = issued.header("location").trim_start_matches("/api/v1").to_owned();
        assert_eq!(market.customer.get(&path).await.expect(200).body, *invoice);
        let received = format!("/organizations/{}/invoices?received=true", market.customer_organization);
        assert_eq!(market.customer.get(&received).await.expect(200).items(), std::slice::from_ref(invoice));
        assert_eq!(market.host.get(&market.invoices()).await.expect(200).items(), std::slice::from_ref(invoice));
        // The document stays as it was.
        market.host.patch(&format!("/organizations/{}/billing", market.host_organization), json!({ "vat": null })).await.expect(200);
        assert_eq!(market.customer.get(&path).await.expect(200).body, *invoice);
    }

    async fn a_booking_that_was_invoiced_and_is_cancelled_gets_a_credit_note_beside_the_next_invoice(server) {
        let market = billing_market(server, json!({})).await;
        let later = market.book("2026-12-20T10:00:00Z", "2026-12-20T13:00:00Z").await.expect(201).id();
        let first = market.invoice(json!({ "booking_id": later })).await.expect(201);
        assert_eq!(first.items()[0]["total"], pounds(356));
        market.book(TEN, ELEVEN).await.expect(201);
        pass(server, A_DAY_AND_A_HALF).await;
        market.change(&later, "cancel").await.expect(200);
        let issued = market.invoice(json!({})).await.expect(201);
        assert_eq!(numbers(&issued), documents(&[("invoice", "2026-00002"), ("credit_note", "2026-00003")]));
        let credit = &issued.items()[1];
        let sums = ["net", "tax", "rounding", "total"].map(|name| credit[name].clone());
        assert_eq!(sums, ["net", "tax", "rounding", "total"].map(|name| first.items()[0][name].clone()));
        assert_eq!((&credit["corrects"], &credit["due_on"]), (&json!(["2026-00001"]), &credit["issued_on"]));
        assert_eq!(credit["taxes"], first.items()[0]["taxes"]);
        assert_eq!(market.vat_account().await, 20);
    }

    async fn amounts_that_were_taken_back_before_they_were_invoiced_are_on_no_document(server) {
        let market = billing_market(server, json!({ "booking_rules": { "no_show_minutes": 15, "no_show_fee_percent": 50 } })).await;
        let cancelled = market.book(TEN, ELEVEN).await.expect(201).id();
        market.change(&cancelled, "cancel").await.expect(200);
        market.invoice(json!({})).await.refused(409, "invalid_transition");
        market.book(TEN, TWELVE).await.expect(201);
        pass(server, A_DAY_AND_A_HALF).await;
        let issued = market.invoice(json!({})).await.expect(201);
        let lines = issued.items()[0]["lines"].as_array().unwrap();
        assert_eq!((lines.len(), &lines[0]["purpose"], &lines[0]["net"]), (1, &json!("no_show_fee"), &pounds(99)));
        assert_eq!(issued.items()[0]["total"], pounds(119));
    }

    async fn numbers_have_no_gaps_for_each_host_and_year_also_for_requests_at_the_same_time(server) {
        let market = billing_market(server, json!({})).await;
        let rivals = [Rival::new(server, "Nina").await, Rival::new(server, "Olga").await];
        for rival in &rivals {
            rival.user.post("/bookings", rival.wish(&market, (TEN, ELEVEN))).await.expect(201);
        }
        market.book(TEN, ELEVEN).await.expect(201);
        pass(server, A_DAY_AND_A_HALF).await;
        market.host.post(&market.invoices(), json!({ "customer_organization_id": market.host_organization })).await
            .refused_fields(&[("/customer_organization_id", "invalid")]);
        let bodies = rivals.each_ref().map(|rival| rival.wish(&market, (TEN, ELEVEN))["organization_id"].clone());
        let issue = async |customer: &Value| {
            let host = market.host.alone();
            host.post(&market.invoices(), json!({ "customer_organization_id": customer })).await
        };
        let own = json!(market.customer_organization);
        let (first, second, third, again) = tokio::join!(issue(&bodies[0]), issue(&bodies[1]), issue(&own), issue(&own));
        let mut issued: Vec<String> = Vec::new();
        for answer in [first, second, third, again] {
            match answer.status {
                201 => issued.extend(numbers(&answer).into_iter().map(|(_, number)| number)),
                _ => drop(answer.refused(409, "invalid_transition")),
            }
        }
        issued.sort();
        assert_eq!(issued, ["2026-00001", "2026-00002", "2026-00003"]);
        pass(server, TimeDelta::days(31)).await;
        server.advance(-TimeDelta::days(31));
        market.book("2027-01-05T10:00:00Z", "2027-01-05T11:00:00Z").await.expect(201);
        pass(server, TimeDelta::days(40)).await;
        assert_eq!(numbers(&market.invoice(json!({})).await.expect(201)), documents(&[("invoice", "2027-00001")]));
    }

    async fn a_host_without_vat_has_no_taxes_and_one_without_an_address_no_invoices(server) {
        let market = server.market(json!({})).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let refused = market.invoice(json!({ "booking_id": booking })).await.refused(409, "invalid_transition");
        assert!(refused["detail"].as_str().unwrap().contains("billing address"), "{refused:?}");
        let address = json!({ "legal_name": "Rotor Works Ltd", "street": "1 Foundry Lane", "city": "London" });
        let billing = format!("/organizations/{}/billing", market.host_organization);
        market.host.patch(&billing, json!({ "billing_address": address })).await.expect(200);
        let issued = market.invoice(json!({ "booking_id": booking })).await.expect(201);
        let invoice = &issued.items()[0];
        assert_eq!((&invoice["taxes"], &invoice["total"], &invoice["rounding"]), (&json!([]), &pounds(1200), &pounds(0)));
        assert_eq!(invoice["lines"][0]["tax_category"], Value::Null);
        let others = Rival::new(server, "Nina").await;
        let theirs = others.user.post("/bookings", others.wish(&market, (ELEVEN, TWELVE))).await.expect(201).id();
        market.invoice(json!({ "booking_id": theirs })).await.refused(409, "invalid_transition");
        market.invoice(json!({ "due_days": 366 })).await.refused_fields(&[("/due_days", "out_of_range")]);
    }

    async fn bookings_without_a_price_are_invoiced_once_where_the_host_wants_it(server) {
        let market = billing_market(server, json!({ "tariff": { "currency": "GBP", "rate": 0, "per": "hour" } })).await;
        let later = market.book("2026-12-20T10:00:00Z", "2026-12-20T11:00:00Z").await.expect(201).id();
        for _ in 0..2 {
            market.book(TEN, ELEVEN).await.expect(201);
        }
        let cancelled = market.book(TEN, ELEVEN).await.expect(201).id();
        market.change(&cancelled, "cancel").await.expect(200);
        pass(server, A_DAY_AND_A_HALF).await;
        market.invoice(json!({})).await.refused(409, "invalid_transition");
        let issued = market.invoice(json!({ "include_free": true })).await.expect(201);
        let invoice = &issued.items()[0];
        assert_eq!((&invoice["total"], invoice["lines"].as_array().unwrap().len()), (&pounds(0), 2));
        assert_eq!(invoice["taxes"], json!([{ "category": "standard", "rate": 2000, "net": pounds(0), "tax": pounds(0), "exemption_reason": "" }]));
        market.invoice(json!({ "include_free": true })).await.refused(409, "invalid_transition");
        let alone = market.invoice(json!({ "include_free": true, "booking_id": later })).await.expect(201);
        assert_eq!(numbers(&alone), documents(&[("invoice", "2026-00002")]));
        for attempt in ["DELETE FROM invoice_bookings", "UPDATE invoice_bookings SET invoice_id = 'x'"] {
            assert!(server.refuses(attempt, "invoices_stay"), "{attempt}");
        }
        let path = format!("/invoices/{}", invoice["id"].as_str().unwrap());
        market.host.get(&format!("{path}.pdf")).await.expect(200);
        let country = json!({ "country": "GB" });
        market.customer.patch(&format!("/organizations/{}/billing", market.customer_organization), country).await.expect(200);
        market.book("2026-12-21T10:00:00Z", "2026-12-21T11:00:00Z").await.expect(201);
        pass(server, TimeDelta::days(30)).await;
        let issued = market.invoice(json!({ "include_free": true })).await.expect(201);
        let xml = market.host.get(&format!("/invoices/{}.xml", issued.items()[0]["id"].as_str().unwrap())).await.expect(200);
        assert!(xml.text.contains("<cbc:PayableAmount currencyID=\"GBP\">0.00</cbc:PayableAmount>"), "{}", xml.text);
    }

    async fn documents_stay_whoever_writes_and_are_seen_by_the_two_parties(server) {
        let market = billing_market(server, json!({})).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let issued = market.invoice(json!({ "booking_id": booking })).await.expect(201);
        for attempt in [
            "UPDATE invoices SET total = 0", "DELETE FROM invoices", "DELETE FROM invoice_rows", "UPDATE invoice_rows SET invoice_id = 'x'",
        ] {
            assert!(server.refuses(attempt, "invoices_stay"), "{attempt}");
        }
        let path = format!("/invoices/{}", issued.items()[0]["id"].as_str().unwrap());
        let (booker, stranger) = (server.user("Bob").await, server.user("Sam").await);
        server.add_member(&market.customer_organization, &booker, "booker");
        for user in [&booker, &stranger] {
            user.get(&path).await.refused(404, "not_found");
        }
        market.customer.post(&market.invoices(), json!({ "customer_organization_id": market.customer_organization })).await
            .refused(403, "forbidden");
        let sheet = market.host.get(&format!("{}.csv", market.invoices())).await.expect(200);
        assert!(sheet.text.lines().nth(1).unwrap().contains(",invoice,2026-00001,2026-11-30,2026-12-30,"), "{sheet:?}");
    }
}
