//! Seats in trainings that organizations pay.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::certifications::School;
use super::fees::pounds;
use super::prepaid::verify;
use crate::support::client::Answer;
use crate::support::people::User;
use crate::support::server::{Server, on_both_databases};
use storage::db::Db;

impl School {
    /// A training with seats for 50.00 at a host that charges VAT of 20 %.
    async fn schedule_priced(&self) -> String {
        let address = json!({ "legal_name": "Rotor Works Ltd", "street": "1 Foundry Lane", "city": "London" });
        let billing =
            json!({ "country": "GB", "vat_number": "GB980780684", "billing_address": address, "vat": { "rate": 2000 } });
        self.host.patch(&format!("/organizations/{}/billing", self.host_organization), billing).await.expect(200);
        let new = json!({
            "certification_kind_id": self.kind, "site_id": self.site, "name": "Laser evening", "starts_at": "2026-12-08T18:00:00Z",
            "ends_at": "2026-12-08T20:00:00Z", "seats": 5, "price": pounds(5000),
        });
        let trainings = format!("/organizations/{}/trainings", self.host_organization);
        format!("/trainings/{}", self.host.post(&trainings, new).await.expect(201).id())
    }

    /// The kinds and totals of the documents of the host, sorted, since documents of one instant have no order.
    async fn documents(&self) -> Vec<(String, i64)> {
        let invoices = self.host.get(&format!("/organizations/{}/invoices", self.host_organization)).await.expect(200);
        let document = |item: &Value| (item["kind"].as_str().unwrap().to_owned(), item["total"]["amount"].as_i64().unwrap());
        let mut documents: Vec<_> = invoices.items().iter().map(document).collect();
        documents.sort();
        documents
    }
}

async fn student(server: &Server, name: &str) -> (User, String) {
    let user = server.user(name).await;
    let organization = user.found(&format!("{name} Ltd")).await;
    (user, organization)
}

async fn take(training: &str, user: &User, payer: &str) -> Answer {
    user.post(&format!("{training}/seats"), json!({ "organization_id": payer })).await
}

async fn owes(user: &User, organization: &str) -> i64 {
    let debts = user.get(&format!("/organizations/{organization}/debts")).await.expect(200);
    debts.items().first().map_or(0, |debt| debt["owed"]["amount"].as_i64().unwrap())
}

fn documents(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected.iter().map(|(kind, total)| ((*kind).to_owned(), *total)).collect()
}

on_both_databases! {
    async fn a_seat_that_an_organization_pays_is_invoiced_with_vat_and_credited_when_it_is_cancelled_in_time(server) {
        let school = School::open(server, json!({})).await;
        let training = school.schedule_priced().await;
        let (ada, firm) = student(server, "Ada").await;
        // An invoice as XML needs it.
        let address = json!({ "legal_name": "Ada Ltd", "street": "2 Mill Lane", "city": "London" });
        ada.patch(&format!("/organizations/{firm}/billing"), json!({ "country": "GB", "billing_address": address })).await.expect(200);
        let seat = take(&training, &ada, &firm).await.expect(201);
        let invoice = ada.get(&format!("/invoices/{}", seat["invoice_id"].as_str().unwrap())).await.expect(200);
        let line = &invoice["lines"][0];
        assert_eq!((&invoice["net"], &invoice["tax"], &invoice["total"]), (&pounds(5000), &pounds(1000), &pounds(6000)));
        assert_eq!((&line["purpose"], &line["description"]), (&json!("training_seat"), &json!("Laser evening, 2026-12-08")));
        for form in ["pdf", "xml"] {
            ada.get(&format!("/invoices/{}.{form}", invoice.id())).await.expect(200);
        }
        assert_eq!((owes(&ada, &firm).await, &seat["customer_organization_id"]), (6000, &json!(firm)));
        verify(server).await;
        let cancelled = ada.post(&format!("{training}/seats/{}/cancel", seat.id()), json!({})).await.expect(200);
        assert_eq!((owes(&ada, &firm).await, cancelled["credit_note_id"].is_string()), (0, true));
        assert_eq!(school.documents().await, documents(&[("credit_note", 6000), ("invoice", 6000)]));
        // The same person can take a seat again, which is another charge.
        let again = take(&training, &ada, &firm).await.expect(201);
        assert_eq!((owes(&ada, &firm).await, &again["credit_note_id"]), (6000, &Value::Null));
        verify(server).await;
    }

    async fn a_seat_is_not_given_back_after_the_training_has_begun_unless_by_the_host(server) {
        let school = School::open(server, json!({})).await;
        let training = school.schedule_priced().await;
        let ((ada, firm), (bob, other)) = (student(server, "Ada").await, student(server, "Bob").await);
        let [first, second] = [take(&training, &ada, &firm).await.expect(201).id(), take(&training, &bob, &other).await.expect(201).id()];
        server.advance(TimeDelta::days(10));
        let late = ada.post(&format!("{training}/seats/{first}/cancel"), json!({})).await.expect(200);
        assert_eq!((&late["status"], &late["credit_note_id"]), (&json!("cancelled"), &Value::Null));
        let removed = school.host.post(&format!("{training}/seats/{second}/cancel"), json!({})).await.expect(200);
        assert_eq!((removed["credit_note_id"].is_string(), owes(&ada, &firm).await, owes(&bob, &other).await), (true, 6000, 0));
        verify(server).await;
    }

    async fn a_training_that_is_cancelled_and_an_account_that_is_deleted_give_all_prices_back(server) {
        let school = School::open(server, json!({})).await;
        let training = school.schedule_priced().await;
        let ((ada, firm), (bob, other)) = (student(server, "Ada").await, student(server, "Bob").await);
        take(&training, &ada, &firm).await.expect(201);
        take(&training, &bob, &other).await.expect(201);
        // A seat that nobody pays with the service.
        school.host.post(&format!("{training}/seats"), json!({})).await.expect(201);
        let colleague = server.user("Eve").await;
        server.add_member(&firm, &colleague, "booker");
        take(&training, &colleague, &firm).await.expect(201);
        assert_eq!(owes(&ada, &firm).await, 12_000);
        colleague.delete_account().await.expect(204);
        assert_eq!(owes(&ada, &firm).await, 6000);
        school.host.post(&format!("{training}/cancel"), json!({ "reason": "Ill" })).await.expect(200);
        assert_eq!((owes(&ada, &firm).await, owes(&bob, &other).await, school.documents().await.len()), (0, 0, 6));
        verify(server).await;
    }

    async fn only_a_customer_for_which_the_user_can_book_pays_and_the_database_keeps_the_documents(server) {
        let school = School::open(server, json!({})).await;
        let training = school.schedule_priced().await;
        let ((ada, firm), (bob, _)) = (student(server, "Ada").await, student(server, "Bob").await);
        take(&training, &bob, &firm).await.refused(403, "forbidden");
        take(&training, &school.host, &school.host_organization).await.refused_fields(&[("/organization_id", "invalid")]);
        let billing = format!("/organizations/{}/billing", school.host_organization);
        let prepaid = json!({ "ways_to_pay_by_kind": [{ "kind": "firm", "ways": ["prepaid"] }] });
        school.host.patch(&billing, prepaid).await.expect(200);
        take(&training, &ada, &firm).await.refused(409, "no_way_to_pay");
        school.host.patch(&billing, json!({ "ways_to_pay_by_kind": null })).await.expect(200);
        assert_eq!(server.select("SELECT id AS value FROM training_seats"), [""; 0]);
        take(&training, &ada, &firm).await.expect(201);
        for sql in [
            "UPDATE training_seats SET credit_note_id = invoice_id",
            "UPDATE training_seats SET charge = NULL",
            "UPDATE training_seats SET invoice_id = NULL",
        ] {
            assert!(server.fails(sql), "{sql}");
        }
        // A lie that the constraints allow is found.
        assert_eq!(server.execute("UPDATE training_seats SET status = 'cancelled', credit_note_id = invoice_id"), 1);
        let db = Db::open(&server.config.database_options().unwrap()).unwrap();
        let step = actions::ledger::Step::Seats(None);
        let (differ, _) = db.read(server.now(), move |tx| actions::ledger::verify(tx, step)).await.unwrap();
        assert_eq!(differ.len(), 1);
    }
}
