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

/// Credit with the host that an organization has bought and paid for. Returns its identifier.
async fn credit(school: &School, user: &User, firm: &str, changes: Value) -> String {
    let mut package = json!({ "name": "Workshop card", "price": pounds(5000), "credit": pounds(6000), "valid_days": 60 });
    package.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    let packages = format!("/organizations/{}/packages", school.host_organization);
    let package = school.host.post(&packages, package).await.expect(201).id();
    let bought = user.post(&format!("/packages/{package}/buy"), json!({ "organization_id": firm })).await.expect(201);
    let paid = json!({
        "customer_organization_id": firm, "amount": bought["price"], "method": "cash", "paid_on": "2026-11-30",
        "invoice_id": bought["invoice_id"],
    });
    school.host.post(&format!("/organizations/{}/payments", school.host_organization), paid).await.expect(201);
    bought.id()
}

/// The credit that is left.
async fn left(user: &User, prepaid: &str) -> i64 {
    user.get(&format!("/prepaid/{prepaid}")).await.expect(200)["credit_left"]["amount"].as_i64().unwrap()
}

/// The credit that a seat uses of each sale.
fn used(seat: &Answer) -> Vec<(&str, i64)> {
    let uses = seat["prepaid_uses"].as_array().unwrap().iter();
    uses.map(|used| (used["prepaid_id"].as_str().unwrap(), used["credit"]["amount"].as_i64().unwrap())).collect()
}

/// The number of differences that the proof of the ledger finds among seats.
async fn differences(server: &Server) -> usize {
    let db = Db::open(&server.config.database_options().unwrap()).unwrap();
    let step = actions::ledger::Step::Seats(None);
    db.read(server.now(), move |tx| actions::ledger::verify(tx, step)).await.unwrap().0.len()
}

on_both_databases! {
    async fn prepaid_credit_pays_for_a_seat_and_comes_back_when_the_seat_is_cancelled(server) {
        let school = School::open(server, json!({})).await;
        let training = school.schedule_priced().await;
        let (ada, firm) = student(server, "Ada").await;
        // An invoice as XML needs it.
        let address = json!({ "legal_name": "Ada Ltd", "street": "2 Mill Lane", "city": "London" });
        ada.patch(&format!("/organizations/{firm}/billing"), json!({ "country": "GB", "billing_address": address })).await.expect(200);
        let late = credit(&school, &ada, &firm, json!({})).await;
        let early = credit(&school, &ada, &firm, json!({ "price": pounds(2000), "credit": pounds(2400), "valid_days": 20 })).await;
        // Hours are time on machines.
        let hours = json!({ "credit": null, "price": pounds(3000), "hours": { "minutes": 600 }, "valid_days": 10 });
        let hours = credit(&school, &ada, &firm, hours).await;

        let seat = take(&training, &ada, &firm).await.expect(201);
        assert_eq!(used(&seat), [(early.as_str(), 2400), (late.as_str(), 3600)]);
        assert_eq!((left(&ada, &early).await, left(&ada, &late).await, owes(&ada, &firm).await), (0, 2400, 0));
        assert_eq!(ada.get(&format!("/prepaid/{hours}")).await.expect(200)["minutes_left"], 600);
        // 20.00 and 30.00 were paid for the credit. The rest is a discount with its VAT.
        let invoice = ada.get(&format!("/invoices/{}", seat["invoice_id"].as_str().unwrap())).await.expect(200);
        assert_eq!((&invoice["total"], &invoice["prepaid"], &invoice["net"], &invoice["tax"]), (&pounds(0), &pounds(5000), &pounds(4167), &pounds(833)));
        let purposes: Vec<_> = invoice["lines"].as_array().unwrap().iter().map(|line| (line["purpose"].as_str().unwrap(), line["net"]["amount"].as_i64().unwrap())).collect();
        assert_eq!(purposes, [("prepaid_use", -833), ("training_seat", 5000)]);
        for form in ["pdf", "xml"] {
            ada.get(&format!("/invoices/{}.{form}", invoice.id())).await.expect(200);
        }
        verify(server).await;

        let cancelled = ada.post(&format!("{training}/seats/{}/cancel", seat.id()), json!({})).await.expect(200);
        assert_eq!((used(&cancelled), left(&ada, &early).await, left(&ada, &late).await), (vec![], 2400, 6000));
        let note = ada.get(&format!("/invoices/{}", cancelled["credit_note_id"].as_str().unwrap())).await.expect(200);
        assert_eq!((&note["kind"], &note["total"], &note["prepaid"]), (&json!("credit_note"), &pounds(0), &pounds(5000)));
        let entries = ada.get(&format!("/prepaid/{early}/entries")).await.expect(200);
        for (entry, kind) in entries.items().iter().zip(["use", "return"]) {
            assert_eq!((&entry["kind"], &entry["training_seat_id"], &entry["booking_id"]), (&json!(kind), &json!(seat.id()), &Value::Null));
        }
        assert_eq!((entries.items().len(), owes(&ada, &firm).await), (2, 0));
        verify(server).await;
    }

    async fn a_seat_uses_no_more_credit_than_its_price_and_none_against_the_will_of_the_organization(server) {
        let school = School::open(server, json!({})).await;
        let training = school.schedule_priced().await;
        let ((ada, firm), (bob, other)) = (student(server, "Ada").await, student(server, "Bob").await);
        let id = credit(&school, &ada, &firm, json!({ "price": pounds(2000), "credit": null })).await;
        let refused = json!({ "organization_id": firm, "use_prepaid": false });
        let seat = ada.post(&format!("{training}/seats"), refused).await.expect(201);
        assert_eq!((used(&seat), left(&ada, &id).await, owes(&ada, &firm).await), (vec![], 2000, 6000));
        ada.post(&format!("{training}/seats/{}/cancel", seat.id()), json!({})).await.expect(200);
        // Credit of others pays for nobody else.
        assert_eq!(used(&take(&training, &bob, &other).await.expect(201)), []);
        let seat = take(&training, &ada, &firm).await.expect(201);
        assert_eq!((used(&seat), owes(&ada, &firm).await), (vec![(id.as_str(), 2000)], 4000));
        // A seat that is given up too late keeps its credit.
        server.advance(TimeDelta::days(10));
        let late = ada.post(&format!("{training}/seats/{}/cancel", seat.id()), json!({})).await.expect(200);
        assert_eq!((used(&late), left(&ada, &id).await), (vec![(id.as_str(), 2000)], 0));
        verify(server).await;
        for sql in [
            "UPDATE prepaid_entries SET training_seat_id = NULL",
            "INSERT INTO prepaid_entries (id, prepaid_id, kind, credit, price, created_at) \
             SELECT 'x', id, 'return', 1, 1, created_at FROM prepaid",
            "INSERT INTO prepaid_entries (id, prepaid_id, kind, credit, price, created_at, training_seat_id) \
             SELECT 'x', prepaid_id, 'refund', 1, 1, created_at, training_seat_id FROM prepaid_entries WHERE kind = 'use'",
        ] {
            assert!(server.fails(sql), "{sql}");
        }
        // A use that the seat does not have is found.
        assert_eq!(server.execute("UPDATE training_seats SET prepaid = NULL WHERE prepaid IS NOT NULL"), 1);
        assert_eq!(differences(server).await, 2);
    }

    async fn a_customer_without_invoices_pays_for_a_seat_with_prepaid_credit_alone(server) {
        let school = School::open(server, json!({})).await;
        let training = school.schedule_priced().await;
        let (ada, firm) = student(server, "Ada").await;
        let billing = format!("/organizations/{}/billing", school.host_organization);
        let prepaid = json!({ "ways_to_pay_by_kind": [{ "kind": "firm", "ways": ["prepaid"] }] });
        school.host.patch(&billing, prepaid).await.expect(200);
        let id = credit(&school, &ada, &firm, json!({ "price": pounds(5999), "credit": null })).await;
        take(&training, &ada, &firm).await.refused(409, "no_way_to_pay");
        assert_eq!(left(&ada, &id).await, 5999);
        credit(&school, &ada, &firm, json!({ "price": pounds(1), "credit": null })).await;
        let seat = take(&training, &ada, &firm).await.expect(201);
        assert_eq!((used(&seat).len(), owes(&ada, &firm).await), (2, 0));
        // The host cancels the training.
        school.host.post(&format!("{training}/cancel"), json!({ "reason": "Ill" })).await.expect(200);
        assert_eq!(left(&ada, &id).await, 5999);
        verify(server).await;
    }

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
        assert_eq!(differences(server).await, 1);
    }
}
