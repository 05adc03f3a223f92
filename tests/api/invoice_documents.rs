//! Invoices and credit notes as PDF and XML, and the mails with them.

use serde_json::{Value, json};

use super::invoices::{A_DAY_AND_A_HALF, billing_market, pass};
use super::waitlist::{ELEVEN, TEN, TWELVE};
use crate::support::client::Answer;
use crate::support::inbox::Mail;
use crate::support::people::Market;
use crate::support::server::{link_key, on_both_databases};

const IBAN: &str = "DE89370400440532013000";

impl Market {
    /// Sets billing data of the customer.
    async fn set_customer_billing(&self, billing: Value) -> Answer {
        self.customer.patch(&format!("/organizations/{}/billing", self.customer_organization), billing).await
    }

    /// Sets billing data of the host.
    async fn set_host_billing(&self, billing: Value) -> Answer {
        self.host.patch(&format!("/organizations/{}/billing", self.host_organization), billing).await
    }
}

/// The path of the first document of a response.
fn path(issued: &Answer) -> String {
    format!("/invoices/{}", issued.items()[0]["id"].as_str().unwrap())
}

on_both_databases! {
    async fn the_two_parties_download_an_invoice_as_pdf_and_as_xml_as_it_was_issued(server) {
        let tariff = json!({ "tariff": { "currency": "EUR", "rate": 1000, "per": "hour" } });
        let market = billing_market(server, tariff).await;
        let account = json!({ "iban": "de89 3704 0044 0532 0130 00", "bic": "COBADEFFXXX" });
        let billing = market.set_host_billing(json!({ "bank_account": account, "tax_number": "30/123/45678" })).await.expect(200);
        assert_eq!(billing["bank_account"], json!({ "iban": IBAN, "bic": "COBADEFFXXX", "holder": null }));
        assert_eq!(billing["tax_number"], "30/123/45678");
        market.set_customer_billing(json!({ "country": "GB" })).await.expect(200);
        let booking = market.book(TEN, TWELVE).await.expect(201).id();
        let issued = market.invoice(json!({ "booking_id": booking, "due_days": 14 })).await.expect(201);
        let invoice = &issued.items()[0];
        assert_eq!(invoice["bank_account"]["iban"], IBAN);
        assert_eq!(invoice["period"], json!({ "starts_on": "2026-12-01", "ends_on": "2026-12-01" }));
        assert_eq!(invoice["seller"]["tax_number"], "30/123/45678");
        let path = path(&issued);
        let xml = market.customer.get(&format!("{path}.xml")).await.expect(200);
        assert_eq!((xml.header("content-type"), xml.header("content-disposition")),
            ("application/xml", "attachment; filename=\"invoice-2026-00001.xml\""));
        for text in [
            "<cbc:ID>2026-00001</cbc:ID>", "<cbc:PaymentMeansCode>58</cbc:PaymentMeansCode>", IBAN,
            "<cbc:PayableAmount currencyID=\"EUR\">24.00</cbc:PayableAmount>", "<cbc:DueDate>2026-12-14</cbc:DueDate>",
        ] {
            assert!(xml.text.contains(text), "{text} is not in {}", xml.text);
        }
        let pdf = market.host.get(&format!("{path}.pdf")).await.expect(200);
        assert_eq!((pdf.header("content-type"), pdf.header("content-disposition")),
            ("application/pdf", "attachment; filename=\"invoice-2026-00001.pdf\""));
        assert!(pdf.text.starts_with("%PDF-1.7") && pdf.text.contains("factur-x.xml"));
        market.set_host_billing(json!({ "bank_account": null, "vat": null })).await.expect(200);
        assert_eq!(market.customer.get(&format!("{path}.pdf")).await.expect(200).text, pdf.text, "documents stay");
        let (booker, stranger) = (server.user("Bob").await, server.user("Sam").await);
        server.add_member(&market.customer_organization, &booker, "booker");
        for user in [&booker, &stranger] {
            for extension in ["pdf", "xml"] {
                user.get(&format!("{path}.{extension}")).await.refused(404, "not_found");
            }
        }
        market.host.get("/invoices/none.pdf").await.refused(404, "not_found");
    }

    async fn a_document_keeps_the_language_that_its_customer_had_when_it_was_issued(server) {
        let market = billing_market(server, json!({})).await;
        market.set_customer_billing(json!({ "country": "GB" })).await.expect(200);
        let issue = async || {
            let booking = market.book(TEN, TWELVE).await.expect(201).id();
            market.invoice(json!({ "booking_id": booking })).await.expect(201)
        };
        // The language of the owner of the customer.
        market.customer.patch("/me", json!({ "language": "de" })).await.expect(200);
        let german = issue().await;
        let files = async |issued: &Answer| {
            let [pdf, xml] = ["pdf", "xml"].map(|form| format!("{}.{form}", path(issued)));
            [market.host.get(&pdf).await.expect(200), market.customer.get(&xml).await.expect(200)]
        };
        let [pdf, xml] = files(&german).await;
        assert_eq!((&german.items()[0]["language"], pdf.header("content-disposition")),
            (&json!("de"), "attachment; filename=\"rechnung-2026-00001.pdf\""));
        // The reader of a confirmed address for invoices comes first.
        let reader = server.user("Rose").await;
        reader.patch("/me", json!({ "language": "fr" })).await.expect(200);
        market.set_customer_billing(json!({ "billing_email": reader.email })).await.expect(200);
        assert_eq!(issue().await.items()[0]["language"], "de", "it is not confirmed yet");
        let token = server.take_token(&reader.email, "verify-contact").await;
        server.anonymous().post("/auth/verify-contact", json!({ "token": token })).await.expect(204);
        market.customer.patch("/me", json!({ "language": "nl" })).await.expect(200);
        assert_eq!(files(&german).await.map(|file| file.text), [pdf.text, xml.text], "documents stay");
        // The sale of credit has a document, too.
        let package = market.package(json!({})).await.expect(201).id();
        let bought = market.buy(&package).await.expect(201);
        let sale = market.customer.get(&format!("/invoices/{}", bought["invoice_id"].as_str().unwrap())).await.expect(200);
        assert_eq!(sale["language"], "fr");
    }

    async fn a_currency_with_three_decimals_has_the_pdf_alone(server) {
        let market = billing_market(server, json!({ "tariff": { "currency": "KWD", "rate": 1234, "per": "hour" } })).await;
        market.set_customer_billing(json!({ "country": "KW" })).await.expect(200);
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let issued = market.invoice(json!({ "booking_id": booking })).await.expect(201);
        let refused = market.host.get(&format!("{}.xml", path(&issued))).await.refused(409, "no_electronic_invoice");
        assert_eq!(refused["detail"], "EN 16931 allows amounts with two decimals, and KWD has three.");
        let pdf = market.host.get(&format!("{}.pdf", path(&issued))).await.expect(200);
        assert!(pdf.text.starts_with("%PDF-1.7") && !pdf.text.contains("factur-x.xml"));
    }

    async fn a_customer_without_a_country_has_the_pdf_alone(server) {
        let market = billing_market(server, json!({})).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let issued = market.invoice(json!({ "booking_id": booking })).await.expect(201);
        let refused = market.host.get(&format!("{}.xml", path(&issued))).await.refused(409, "no_electronic_invoice");
        assert!(refused["detail"].as_str().unwrap().contains("(BR-11)"), "{refused:?}");
        let pdf = market.host.get(&format!("{}.pdf", path(&issued))).await.expect(200);
        assert!(!pdf.text.contains("factur-x.xml"));
        // The next one has XML.
        market.set_customer_billing(json!({ "country": "GB" })).await.expect(200);
        let other = market.book(ELEVEN, TWELVE).await.expect(201).id();
        let issued = market.invoice(json!({ "booking_id": other })).await.expect(201);
        market.host.get(&format!("{}.xml", path(&issued))).await.expect(200);
    }

    async fn managers_of_the_customer_receive_documents_until_an_address_for_them_is_confirmed(server) {
        let market = billing_market(server, json!({})).await;
        let manager = server.user("Mia").await;
        server.add_member(&market.customer_organization, &manager, "manager");
        let booker = server.user("Bob").await;
        server.add_member(&market.customer_organization, &booker, "booker");
        let set = market.set_customer_billing(json!({ "country": "GB", "billing_email": "invoices@newcomer.example" })).await.expect(200);
        assert_eq!(set["is_billing_email_verified"], false);
        let booking = market.book(TEN, TWELVE).await.expect(201).id();
        let issued = market.invoice(json!({ "booking_id": booking, "due_days": 14 })).await.expect(201);
        let path = path(&issued);
        for to in [&manager.email, &market.customer.email] {
            let mail = server.documents(to, 1).await.remove(0);
            assert_eq!(mail.subject, "Invoice 2026-00001 from Rotor Works Ltd");
            for line in ["Number: 2026-00001", "Amount: 2.38 GBP", "Pay by: Mon 14 Dec 2026"] {
                assert!(mail.text.lines().any(|found| found == line), "no {line} in {}", mail.text);
            }
            let (name, pdf) = &mail.pdfs[0];
            assert_eq!(name, "invoice-2026-00001.pdf");
            assert_eq!(String::from_utf8_lossy(pdf), market.customer.get(&format!("{path}.pdf")).await.expect(200).text);
        }
        let token = server.take_token("invoices@newcomer.example", "verify-contact").await;
        server.anonymous().post("/auth/verify-contact", json!({ "token": token })).await.expect(204);
        let billing = market.customer.get(&format!("/organizations/{}/billing", market.customer_organization)).await.expect(200);
        assert_eq!(billing["is_billing_email_verified"], true);
        server.anonymous().post("/auth/verify-contact", json!({ "token": token })).await.refused(422, "invalid_one_time_token");
        market.change(&booking, "cancel").await.expect(200);
        market.invoice(json!({})).await.expect(201);
        let mail = server.documents("invoices@newcomer.example", 1).await.remove(0);
        assert_eq!(mail.subject, "Credit note 2026-00002 from Rotor Works Ltd");
        assert!(mail.text.contains("Corrects: 2026-00001") && !mail.text.contains("Pay by"), "{}", mail.text);
        assert_eq!(mail.pdfs[0].0, "credit-note-2026-00002.pdf");
        server.run_jobs().await;
        assert_eq!(server.documents(&manager.email, 1).await.len(), 1, "the managers receive no more");
        assert!(Mail::read_all(&server.mail_dir()).iter().all(|mail| mail.to != booker.email || mail.pdfs.is_empty()));
    }

    async fn an_address_for_invoices_is_asked_unless_it_is_known(server) {
        let market = billing_market(server, json!({})).await;
        let own = market.set_customer_billing(json!({ "billing_email": market.customer.email })).await.expect(200);
        assert_eq!(own["is_billing_email_verified"], true);
        let other = market.set_customer_billing(json!({ "billing_email": "first@newcomer.example" })).await.expect(200);
        assert_eq!(other["is_billing_email_verified"], false);
        let token = server.take_token("first@newcomer.example", "verify-contact").await;
        market.set_customer_billing(json!({ "billing_email": "second@newcomer.example" })).await.expect(200);
        server.anonymous().post("/auth/verify-contact", json!({ "token": token })).await.refused(422, "invalid_one_time_token");
        let none = market.set_customer_billing(json!({ "billing_email": null })).await.expect(200);
        assert_eq!(none["is_billing_email_verified"], false);
        market.set_host_billing(json!({ "bank_account": { "iban": "DE88370400440532013000", "bic": "X" } })).await
            .refused_fields(&[("/bank_account/iban", "invalid"), ("/bank_account/bic", "invalid")]);
    }

    async fn the_link_in_the_mail_opens_the_document_for_its_reader_alone(server) {
        let market = billing_market(server, json!({})).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let issued = market.invoice(json!({ "booking_id": booking })).await.expect(201);
        let page = path(&issued).trim_start_matches('/').to_owned();
        let mail = server.documents(&market.customer.email, 1).await.remove(0);
        let link = mail.text.lines().find(|line| line.contains(&format!("/{page}?token="))).unwrap().to_owned();
        let root = server.root();
        let opened = root.get(&link[link.find("/invoices/").unwrap()..]).await.expect(200);
        assert_eq!(opened.header("content-type"), "application/pdf");
        assert_eq!(opened.text, String::from_utf8_lossy(&mail.pdfs[0].1));
        let stranger = server.user("Sam").await;
        let token = link_key(&server.config).sign(&stranger.email.parse().unwrap(), &page, server.now());
        assert_eq!(root.get(&format!("/{page}?token={token}")).await.status, 404);
        let refused = root.get(&format!("/{page}?token=none")).await;
        assert_eq!((refused.status, refused.header("content-type")), (422, "text/html; charset=utf-8"));
    }

    async fn an_exemption_is_named_with_the_reason_that_its_bookings_were_made_with(server) {
        let market = billing_market(server, json!({})).await;
        let exempt = json!({ "vat": { "rate": 0, "exemption_reason": "Small business" } });
        market.set_host_billing(exempt).await.expect(200);
        market.set_customer_billing(json!({ "country": "GB" })).await.expect(200);
        market.book(TEN, ELEVEN).await.expect(201);
        pass(server, A_DAY_AND_A_HALF).await;
        market.set_host_billing(json!({ "vat": { "rate": 2000, "exemption_reason": "" } })).await.expect(200);
        let issued = market.invoice(json!({})).await.expect(201);
        assert_eq!(issued.items()[0]["taxes"][0]["exemption_reason"], "Small business");
        let xml = market.customer.get(&format!("{}.xml", path(&issued))).await.expect(200);
        assert!(xml.text.contains("<cbc:TaxExemptionReason>Small business</cbc:TaxExemptionReason>"), "{}", xml.text);
    }
}
