//! Prepaid credit.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use storage::db::Db;

use super::fees::{charged, pounds};
use super::invoices::billing_market;
use super::waitlist::{ELEVEN, TEN, TWELVE};
use crate::laws::books::assert_ledger_agrees;
use crate::support::client::Answer;
use crate::support::inbox::Mail;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

/// Nine machines for 10.00 an hour and VAT of 20 %.
pub(super) async fn market(server: &Server, rules: Value) -> Market {
    let tariff = json!({ "currency": "GBP", "rate": 1000, "per": "hour" });
    let market = billing_market(server, json!({ "tariff": tariff, "booking_rules": rules })).await;
    // An invoice as XML needs it.
    let billing = format!("/organizations/{}/billing", market.customer_organization);
    market.customer.patch(&billing, json!({ "country": "GB" })).await.expect(200);
    market
}

/// Fails unless the ledger agrees with everything.
pub(super) async fn verify(server: &Server) {
    let db = Db::open(&server.config.database_options().unwrap()).unwrap();
    assert_ledger_agrees(&db, server.now()).await;
}

impl Market {
    /// A package of the host: 60.00 for 50.00, valid for 60 days, where `changes` say nothing else.
    pub(crate) async fn package(&self, changes: Value) -> Answer {
        let mut package = json!({ "name": "Workshop card", "price": pounds(5000), "credit": pounds(6000), "valid_days": 60 });
        package.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        self.host.post(&format!("/organizations/{}/packages", self.host_organization), package).await
    }

    pub(crate) async fn buy(&self, package: &str) -> Answer {
        let customer = json!({ "organization_id": self.customer_organization });
        self.customer.post(&format!("/packages/{package}/buy"), customer).await
    }

    /// Pays for credit, and returns it.
    pub(crate) async fn pay_for(&self, prepaid: &Answer) -> Value {
        let paid = json!({
            "customer_organization_id": self.customer_organization, "amount": prepaid["price"], "method": "cash",
            "paid_on": "2026-11-30", "invoice_id": prepaid["invoice_id"],
        });
        self.host.post(&format!("/organizations/{}/payments", self.host_organization), paid).await.expect(201);
        self.prepaid(&prepaid.id()).await
    }

    /// Credit that is bought and paid for.
    pub(crate) async fn bought(&self, changes: Value) -> String {
        let package = self.package(changes).await.expect(201).id();
        let bought = self.buy(&package).await.expect(201);
        self.pay_for(&bought).await;
        bought.id()
    }

    pub(super) async fn prepaid(&self, id: &str) -> Value {
        self.customer.get(&format!("/prepaid/{id}")).await.expect(200).body
    }

    /// The state and the credit that is left.
    async fn left(&self, id: &str) -> (String, i64) {
        let prepaid = self.prepaid(id).await;
        (prepaid["state"].as_str().unwrap().to_owned(), prepaid["credit_left"]["amount"].as_i64().unwrap())
    }

    /// The part of the price of an hour that credit would pay.
    async fn quoted(&self, customer: bool) -> Value {
        let mut slot = json!({ "starts_at": TEN, "ends_at": ELEVEN });
        if customer {
            slot["customer_organization_id"] = json!(self.customer_organization);
        }
        self.customer.post(&format!("/resources/{}/quote", self.resource), slot).await.expect(200)["prepaid"].clone()
    }

    /// The changes of credit: kind, credit and share of the price.
    async fn entries(&self, id: &str) -> Vec<(String, i64, i64)> {
        let entries = self.host.get(&format!("/prepaid/{id}/entries")).await.expect(200);
        let amount = |item: &Value, name: &str| item[name]["amount"].as_i64().unwrap();
        let entry = |item: &Value| (item["kind"].as_str().unwrap().to_owned(), amount(item, "credit"), amount(item, "price"));
        entries.items().iter().map(entry).collect()
    }

    async fn owes(&self) -> i64 {
        let debts = self.customer.get(&format!("/organizations/{}/debts", self.customer_organization)).await.expect(200);
        debts.items().first().map_or(0, |debt| debt["owed"]["amount"].as_i64().unwrap())
    }
}

fn entries(expected: &[(&str, i64, i64)]) -> Vec<(String, i64, i64)> {
    expected.iter().map(|(kind, credit, price)| ((*kind).to_owned(), *credit, *price)).collect()
}

fn used(booking: &Answer) -> Vec<(String, i64)> {
    let uses = booking["prepaid_uses"].as_array().unwrap().iter();
    uses.map(|used| (used["prepaid_id"].as_str().unwrap().to_owned(), used["credit"]["amount"].as_i64().unwrap())).collect()
}

fn usable(left: i64) -> (String, i64) {
    ("usable".to_owned(), left)
}

on_both_databases! {
    async fn credit_that_is_paid_for_pays_for_bookings_when_they_are_confirmed(server) {
        let market = market(server, json!({})).await;
        let package = market.package(json!({})).await.expect(201);
        let offered = server.anonymous().get(&format!("/organizations/{}/packages", market.host_organization)).await.expect(200);
        assert_eq!((offered.items().len(), &offered.items()[0]["credit"]), (1, &pounds(6000)));
        let bought = market.buy(&package.id()).await.expect(201);
        let id = bought.id();
        assert_eq!((&bought["state"], &bought["price_left"], market.owes().await), (&json!("unpaid"), &pounds(5000), 5000));
        let invoice = market.customer.get(&format!("/invoices/{}", bought["invoice_id"].as_str().unwrap())).await.expect(200);
        let line = &invoice["lines"][0];
        assert_eq!((&invoice["total"], &invoice["tax"], &line["purpose"]), (&pounds(5000), &pounds(0), &json!("prepayment")));
        assert_eq!((&line["booking_id"], &line["description"]), (&Value::Null, &json!("Workshop card")));
        for form in ["pdf", "xml"] {
            market.customer.get(&format!("/invoices/{}.{form}", invoice.id())).await.expect(200);
        }
        // Nobody uses what is not paid for.
        assert_eq!(market.quoted(true).await, pounds(0));
        assert_eq!(used(&market.book(TEN, ELEVEN).await.expect(201)), []);

        assert_eq!(market.pay_for(&bought).await["state"], "usable");
        assert_eq!((market.quoted(true).await, market.quoted(false).await), (pounds(1200), pounds(0)));
        let mut wish = market.wish(TEN, ELEVEN);
        wish["use_prepaid"] = json!(false);
        let refused = market.customer.post("/bookings", wish).await.expect(201);
        assert_eq!((&refused["use_prepaid"], used(&refused), &refused["owed"]), (&json!(false), vec![], &pounds(1200)));
        // A slot that is only chosen uses nothing.
        let mut wish = market.wish(TEN, ELEVEN);
        wish["hold"] = json!(true);
        let held = market.customer.post("/bookings", wish).await.expect(201);
        assert_eq!((&held["status"], used(&held), market.left(&id).await), (&json!("held"), vec![], usable(6000)));
        let confirmed = market.change(&held.id(), "confirm").await.expect(200);
        assert_eq!((used(&confirmed), &confirmed["owed"]), (vec![(id.clone(), 1200)], &pounds(0)));
        assert_eq!(market.left(&id).await, usable(4800));
        // The part that was paid for pays, and the rest is a discount with its VAT.
        let mut moved = market.charged(&held.id()).await;
        moved.sort();
        assert_eq!(moved, charged(&[("prepaid_use", -1000), ("prepaid_use", -167), ("prepaid_use", -33), ("price", 200), ("price", 1000)]));
        let cancelled = market.change(&held.id(), "cancel").await.expect(200);
        assert_eq!((used(&cancelled), &cancelled["owed"], market.left(&id).await), (vec![], &pounds(0), usable(6000)));
        assert_eq!(market.entries(&id).await, entries(&[("use", 1200, 1000), ("return", 1200, 1000)]));
        verify(server).await;
    }

    async fn a_request_uses_credit_when_it_is_approved_and_a_declined_one_never(server) {
        let market = market(server, json!({ "requires_approval": true })).await;
        let id = market.bought(json!({})).await;
        let [approved, declined] = [market.book(TEN, ELEVEN).await, market.book(TEN, ELEVEN).await].map(|asked| asked.expect(201).id());
        assert_eq!(market.left(&id).await, usable(6000));
        market.host.post(&format!("/bookings/{declined}/decline"), json!({})).await.expect(200);
        let approved = market.host.post(&format!("/bookings/{approved}/approve"), json!({})).await.expect(200);
        assert_eq!((used(&approved), market.entries(&id).await), (vec![(id, 1200)], entries(&[("use", 1200, 1000)])));
    }

    async fn credit_that_expires_first_comes_first_and_a_shorter_booking_gives_back_what_expires_last(server) {
        let market = market(server, json!({})).await;
        let late = market.bought(json!({})).await;
        let early = market.bought(json!({ "name": "Trial", "price": pounds(1500), "credit": null, "valid_days": 10 })).await;
        let booked = market.book(TEN, TWELVE).await.expect(201);
        assert_eq!(used(&booked), [(early.clone(), 1500), (late.clone(), 900)]);
        let path = format!("/bookings/{}/reschedule", booked.id());
        let shorter = market.customer.post(&path, json!({ "ends_at": ELEVEN })).await.expect(200);
        assert_eq!((used(&shorter), &shorter["owed"]), (vec![(early.clone(), 1200)], &pounds(0)));
        assert_eq!((market.left(&early).await, market.left(&late).await), (usable(300), usable(6000)));
        let longer = market.customer.post(&path, json!({ "ends_at": "2026-12-01T13:00:00Z" })).await.expect(200);
        assert_eq!((used(&longer), &longer["owed"]), (vec![(early, 1500), (late, 2100)], &pounds(0)));
        verify(server).await;
    }

    async fn many_bookings_at_once_never_use_more_credit_than_there_is(server) {
        let market = market(server, json!({})).await;
        let id = market.bought(json!({ "price": pounds(3000), "credit": pounds(3500) })).await;
        let all = join_all((0..8).map(|_| market.book(TEN, ELEVEN))).await;
        let all: Vec<_> = all.into_iter().flat_map(|booked| used(&booked.expect(201))).map(|(_, credit)| credit).collect();
        assert_eq!((all.len(), all.iter().sum::<i64>()), (3, 3500), "{all:?}");
        assert_eq!(market.left(&id).await, ("spent".to_owned(), 0));
        let prices: i64 = market.entries(&id).await.iter().map(|(.., price)| price).sum();
        assert_eq!(prices, 3000);
        verify(server).await;
    }

    async fn credit_expires_at_its_instant_and_the_job_writes_it_once(server) {
        let market = market(server, json!({})).await;
        let id = market.bought(json!({ "valid_days": 1 })).await;
        let booked = market.book("2026-12-20T10:00:00Z", "2026-12-20T11:00:00Z").await.expect(201);
        server.advance(TimeDelta::days(1) - TimeDelta::microseconds(1));
        assert_eq!(market.quoted(true).await, pounds(1200));
        server.advance(TimeDelta::microseconds(1));
        assert_eq!((market.quoted(true).await, market.left(&id).await), (pounds(0), ("expired".to_owned(), 4800)));
        assert_eq!(used(&market.book("2026-12-20T10:00:00Z", "2026-12-20T11:00:00Z").await.expect(201)), []);
        let (mut one, mut other) = (server.runner(), server.runner());
        let (one, other) = tokio::join!(one.run_once(), other.run_once());
        assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
        let written = [("use", 1200, 1000), ("expiry", 4800, 4000)];
        assert_eq!(market.entries(&id).await, entries(&written));
        verify(server).await;
        // A booking that gives credit back afterwards does not lose it.
        market.change(&booked.id(), "cancel").await.expect(200);
        let returned = market.prepaid(&id).await;
        assert_eq!((&returned["state"], &returned["credit_left"]), (&json!("usable"), &pounds(1200)));
        assert_eq!(returned["expires_at"], json!(server.now() + TimeDelta::days(30)));
        assert_eq!(used(&market.book("2026-12-20T10:00:00Z", "2026-12-20T11:00:00Z").await.expect(201)), [(id, 1200)]);
        verify(server).await;
    }

    async fn only_what_a_booking_gives_back_lasts_longer_even_if_the_job_is_late(server) {
        let market = market(server, json!({})).await;
        let id = market.bought(json!({ "valid_days": 1 })).await;
        let booked = market.book("2026-12-20T10:00:00Z", "2026-12-20T11:00:00Z").await.expect(201);
        server.advance(TimeDelta::days(2));
        market.change(&booked.id(), "cancel").await.expect(200);
        assert_eq!(market.left(&id).await, usable(1200));
        assert_eq!(market.entries(&id).await, entries(&[("use", 1200, 1000), ("expiry", 4800, 4000), ("return", 1200, 1000)]));
        verify(server).await;
    }

    async fn credit_that_is_not_paid_for_until_it_expires_is_taken_back(server) {
        let market = market(server, json!({})).await;
        let package = market.package(json!({})).await.expect(201).id();
        let bought = market.buy(&package).await.expect(201);
        server.advance(TimeDelta::days(60));
        server.run_jobs().await;
        server.run_jobs().await;
        assert_eq!((market.owes().await, market.entries(&bought.id()).await), (0, entries(&[("refund", 6000, 5000)])));
        let invoices = market.host.get(&market.invoices()).await.expect(200);
        let kinds: Vec<_> = invoices.items().iter().map(|invoice| (&invoice["kind"], &invoice["state"])).collect();
        assert_eq!(kinds, [(&json!("invoice"), &json!("credited")), (&json!("credit_note"), &json!("credited"))]);
        verify(server).await;
    }

    async fn the_host_refunds_what_is_left_and_never_more(server) {
        let market = market(server, json!({})).await;
        let id = market.bought(json!({})).await;
        let path = format!("/prepaid/{id}/refund");
        market.customer.post(&path, json!({})).await.refused(403, "forbidden");
        let (refund, booked) = tokio::join!(
            market.host.post(&path, json!({ "reason": "The workshop closes." })),
            join_all((0..4).map(|_| market.book(TEN, ELEVEN))),
        );
        let refunded = refund.expect(200);
        let by_bookings: i64 = booked.into_iter().flat_map(|booked| used(&booked.expect(201))).map(|(_, credit)| credit).sum();
        assert_eq!((&refunded["credit_left"], &refunded["state"]), (&pounds(0), &json!("spent")));
        let all = market.entries(&id).await;
        let of = |kind: &str| all.iter().filter(|(of, ..)| of == kind).map(|(_, credit, _)| credit).sum::<i64>();
        assert_eq!((of("use"), of("use") + of("refund")), (by_bookings, 6000));
        assert_eq!(all.iter().map(|(.., price)| price).sum::<i64>(), 5000);
        market.host.post(&path, json!({})).await.refused(409, "invalid_transition");
        verify(server).await;
    }

    async fn a_fee_is_paid_by_the_credit_of_its_booking_and_documents_show_it(server) {
        let fees = json!([{ "less_than_minutes": 10_000, "percent": 50 }]);
        let market = market(server, json!({ "cancellation_fees": fees, "grace_minutes": 0 })).await;
        let id = market.bought(json!({})).await;
        let booked = market.book(TEN, ELEVEN).await.expect(201).id();
        let issued = market.invoice(json!({ "booking_id": booked })).await.expect(201);
        let invoice = &issued.items()[0];
        let sums = ["net", "tax", "rounding", "prepaid", "total"].map(|name| invoice[name]["amount"].as_i64().unwrap());
        assert_eq!((sums, &invoice["state"]), ([833, 167, 0, 1000, 0], &json!("paid")));
        for form in ["pdf", "xml"] {
            market.customer.get(&format!("/invoices/{}.{form}", invoice["id"].as_str().unwrap())).await.expect(200);
        }
        server.advance(TimeDelta::minutes(1));
        let cancelled = market.change(&booked, "cancel").await.expect(200);
        assert_eq!((&cancelled["fee"]["amount"], &cancelled["owed"]), (&pounds(600), &pounds(0)));
        assert_eq!((used(&cancelled), market.left(&id).await), (vec![(id.clone(), 600)], usable(5400)));
        let issued = market.invoice(json!({})).await.expect(201);
        let note = &issued.items()[0];
        let sums = ["net", "tax", "rounding", "prepaid", "total"].map(|name| note[name]["amount"].as_i64().unwrap());
        assert_eq!((issued.items().len(), sums, &note["kind"]), (1, [416, 83, 1, 500, 0], &json!("credit_note")));
        let waived = market.host.post(&format!("/bookings/{booked}/waive-fee"), json!({ "reason": "Ill." })).await.expect(200);
        assert_eq!((used(&waived), &waived["owed"], market.left(&id).await), (vec![], &pounds(0), usable(6000)));
        verify(server).await;
    }

    async fn a_moved_booking_whose_credit_is_gone_owes_the_rest_on_an_invoice(server) {
        let market = market(server, json!({})).await;
        let id = market.bought(json!({ "price": pounds(2400), "credit": null })).await;
        let booked = market.book(TEN, TWELVE).await.expect(201).id();
        market.invoice(json!({ "booking_id": booked })).await.expect(201);
        let path = format!("/bookings/{booked}/reschedule");
        market.customer.post(&path, json!({ "ends_at": ELEVEN })).await.expect(200);
        market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!(market.left(&id).await, ("spent".to_owned(), 0));
        let longer = market.customer.post(&path, json!({ "ends_at": "2026-12-01T11:45:00Z" })).await.expect(200);
        assert_eq!((used(&longer), &longer["owed"]), (vec![(id, 1200)], &pounds(900)));
        // Less was supplied than invoiced, and still more is to be paid.
        let issued = market.invoice(json!({ "booking_id": booked })).await.expect(201);
        let document = &issued.items()[0];
        let sums = ["net", "tax", "rounding", "prepaid", "total"].map(|name| document[name]["amount"].as_i64().unwrap());
        assert_eq!((issued.items().len(), sums, &document["kind"]), (1, [-250, -50, 0, -1200, 900], &json!("invoice")));
        verify(server).await;
    }

    async fn a_host_gives_and_releases_credit_and_withdraws_packages(server) {
        let market = market(server, json!({})).await;
        let package = market.package(json!({})).await.expect(201);
        let path = |action: &str| format!("/packages/{}/{action}", package.id());
        let sale = |is_free: bool| json!({ "customer_organization_id": market.customer_organization, "is_free": is_free });
        market.host.post(&path("sell"), sale(true)).await.refused_fields(&[("/customer_organization_id", "invalid")]);
        let customer = json!({ "organization_id": market.customer_organization });
        server.operator("Root").await.post(&path("buy"), customer).await.refused(403, "forbidden");
        let bought = market.buy(&package.id()).await.expect(201).id();
        let given = market.host.post(&path("sell"), sale(true)).await.expect(201);
        assert_eq!((&given["state"], &given["price"], &given["invoice_id"]), (&json!("usable"), &pounds(0), &Value::Null));
        let booked = market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!((used(&booked), &booked["owed"]), (vec![(given.id(), 1200)], &pounds(0)));
        let sold = market.host.post(&path("sell"), sale(false)).await.expect(201);
        assert_eq!((&sold["state"], market.owes().await), (&json!("unpaid"), 10_000));
        let released = market.host.post(&format!("/prepaid/{bought}/release"), json!({})).await.expect(200);
        assert_eq!((&released["state"], &released["released_at"]), (&json!("usable"), &json!(server.now())));
        let stale = market.host.with("if-match", sold.header("etag"));
        stale.post(&format!("/prepaid/{bought}/release"), json!({})).await.refused(412, "precondition_failed");
        let withdrawn = market.host.with("if-match", package.header("etag")).post(&path("withdraw"), json!({})).await.expect(200);
        assert_eq!(withdrawn["withdrawn_at"], json!(server.now()));
        market.host.post(&path("withdraw"), json!({})).await.refused(409, "invalid_transition");
        market.host.post(&path("sell"), sale(true)).await.refused(409, "invalid_transition");
        market.buy(&package.id()).await.refused(404, "not_found");
        let own = json!({ "organization_id": market.host_organization });
        let another = market.package(json!({})).await.expect(201).id();
        market.host.post(&format!("/packages/{another}/buy"), own).await.refused_fields(&[("/organization_id", "invalid")]);
        let of = |organization: &str, query: &str| format!("/organizations/{organization}/prepaid{query}");
        let sold = market.host.get(&of(&market.host_organization, "")).await.expect(200);
        let has = market.customer.get(&of(&market.customer_organization, "?bought=true")).await.expect(200);
        assert_eq!((sold.items().len(), sold.items()), (3, has.items()));
        let csv = market.customer.get(&of(&market.customer_organization, ".csv?bought=true")).await.expect(200).text;
        assert_eq!((csv.lines().count(), csv.contains("Workshop card")), (4, true), "{csv}");
        verify(server).await;
    }

    async fn managers_of_the_customer_are_reminded_once_before_credit_expires(server) {
        let market = market(server, json!({})).await;
        let id = market.bought(json!({})).await;
        let subject = "Your prepaid credit with Rotor Works expires soon";
        let reminders = || {
            let mails = Mail::read_all(&server.mail_dir()).into_iter();
            mails.filter(|mail| mail.to == market.customer.email && mail.subject == subject).collect::<Vec<_>>()
        };
        server.advance(TimeDelta::days(46) - TimeDelta::seconds(1));
        server.run_jobs().await;
        server.tell_all().await;
        assert_eq!(reminders().len(), 0);
        for _ in 0..2 {
            server.advance(TimeDelta::hours(1));
            server.run_jobs().await;
            server.tell_all().await;
        }
        let [mail] = &reminders()[..] else { panic!("one reminder") };
        assert!(mail.text.contains("60.00 GBP of \"Workshop card\", which Newcomer has with Rotor Works, expires on Fri 29 Jan 2027."), "{}", mail.text);
        assert_eq!(market.left(&id).await, usable(6000));
    }

    async fn the_database_refuses_to_use_more_than_is_left_and_to_change_entries(server) {
        let market = market(server, json!({})).await;
        let id = market.bought(json!({})).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let enter = |kind: &str, credit: i64, price: i64| {
            let now = server.sql_now();
            format!(
                "INSERT INTO prepaid_entries (id, prepaid_id, kind, booking_id, credit, price, created_at) \
                 VALUES ('forged', '{id}', '{kind}', '{booking}', {credit}, {price}, {now})"
            )
        };
        for sql in [
            enter("use", 4801, 4000),
            enter("use", 4800, 4001),
            enter("return", 1201, 1000),
            enter("return", 1200, 1001),
            enter("expiry", 1, 1),
            enter("use", 0, 0),
            enter("lost", 1, 1),
            format!("UPDATE prepaid SET credit_left = 6001 WHERE id = '{id}'"),
            format!("UPDATE prepaid SET credit_left = 3999 WHERE id = '{id}'"),
            format!("UPDATE prepaid SET invoice_id = NULL WHERE id = '{id}'"),
        ] {
            assert!(server.fails(&sql), "{sql}");
        }
        for sql in ["UPDATE prepaid_entries SET credit = 1", "DELETE FROM prepaid_entries"] {
            assert!(server.refuses(sql, "prepaid_entries_stay"), "{sql}");
        }
        assert_eq!(market.left(&id).await, usable(4800));
        // A lie that the constraints allow is found.
        assert_eq!(server.execute(&format!("UPDATE prepaid SET credit_left = 4799 WHERE id = '{id}'")), 1);
        let db = Db::open(&server.config.database_options().unwrap()).unwrap();
        let step = actions::ledger::Step::Prepaid(None);
        let (differ, _) = db.read(server.now(), move |tx| actions::ledger::verify(tx, step)).await.unwrap();
        assert_eq!(differ.iter().map(|one| one.object.clone()).collect::<Vec<_>>(), [format!("prepaid {id}")]);
    }

    async fn wrong_packages_are_refused_at_their_fields(server) {
        let market = server.market(json!({})).await;
        for (changes, pointer, code) in [
            (json!({ "name": "" }), "/name", "required"),
            (json!({ "price": pounds(0) }), "/price/amount", "out_of_range"),
            (json!({ "credit": pounds(4999) }), "/credit/amount", "out_of_range"),
            (json!({ "credit": { "amount": 6000, "currency": "EUR" } }), "/credit/currency", "invalid"),
            (json!({ "valid_days": 0 }), "/valid_days", "out_of_range"),
        ] {
            market.package(changes).await.refused_fields(&[(pointer, code)]);
        }
        // Without a billing address there is no invoice, and so no sale.
        let package = market.package(json!({})).await.expect(201).id();
        market.buy(&package).await.refused(409, "invalid_transition");
        assert_eq!(server.select("SELECT id AS value FROM prepaid"), [""; 0]);
    }
}
