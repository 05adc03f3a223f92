//! Packages of hours.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use storage::db::Db;

use super::fees::{charged, pounds};
use super::prepaid::{market, verify};
use super::waitlist::{ELEVEN, TEN, TWELVE};
use crate::support::client::Answer;
use crate::support::inbox::Mail;
use crate::support::people::Market;
use crate::support::server::on_both_databases;

/// Another resource of the host, like the one of the market.
async fn another(market: &Market, changes: Value) -> String {
    let mut wanted = json!({ "kind": "storage", "name": "Rack", "tariff": { "currency": "GBP", "rate": 1000, "per": "hour" } });
    wanted.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    market.host.list_resource(&market.site, wanted).await
}

impl Market {
    /// Ten hours for 80.00 and VAT, valid for 60 days, on all resources, where `hours` says nothing else.
    async fn hours(&self, hours: Value) -> Answer {
        let mut wanted = json!({ "minutes": 600 });
        wanted.as_object_mut().unwrap().extend(hours.as_object().unwrap().clone());
        self.package(json!({ "name": "Ten hours", "price": pounds(8000), "credit": null, "hours": wanted })).await
    }

    /// Hours that are bought and paid for.
    async fn bought_hours(&self, hours: Value) -> String {
        let package = self.hours(hours).await.expect(201).id();
        let bought = self.buy(&package).await.expect(201);
        self.pay_for(&bought).await;
        bought.id()
    }

    /// The state and the minutes that are left.
    async fn minutes_left(&self, id: &str) -> (String, i64) {
        let prepaid = self.prepaid(id).await;
        (prepaid["state"].as_str().unwrap().to_owned(), prepaid["minutes_left"].as_i64().unwrap())
    }

    async fn move_to(&self, booking: &str, changes: Value) -> Answer {
        self.customer.post(&format!("/bookings/{booking}/reschedule"), changes).await
    }
}

/// The uses of a quote or a booking: rule, minutes and amount.
fn uses(of: &Answer) -> Vec<(String, Option<i64>, i64)> {
    let uses = of["prepaid_uses"].as_array().unwrap().iter();
    let used = |used: &Value| {
        (used["rule"].as_str().unwrap().to_owned(), used["minutes"].as_i64(), used["credit"]["amount"].as_i64().unwrap())
    };
    uses.map(used).collect()
}

fn hours(minutes: i64, amount: i64) -> (String, Option<i64>, i64) {
    ("hours".to_owned(), Some(minutes), amount)
}

fn credit(amount: i64) -> (String, Option<i64>, i64) {
    ("credit".to_owned(), None, amount)
}

fn usable(minutes: i64) -> (String, i64) {
    ("usable".to_owned(), minutes)
}

fn sums<const N: usize>(document: &Value, names: [&str; N]) -> [i64; N] {
    names.map(|name| document[name]["amount"].as_i64().unwrap())
}

on_both_databases! {
    async fn hours_are_taxed_when_they_are_sold_and_cover_the_time_of_a_booking(server) {
        let market = market(server, json!({})).await;
        let package = market.hours(json!({})).await.expect(201);
        assert_eq!((&package["hours"]["minutes"], &package["credit"], &package["price"]), (&json!(600), &pounds(0), &pounds(8000)));
        let bought = market.buy(&package.id()).await.expect(201);
        let id = bought.id();
        assert_eq!((&bought["state"], sums(&bought.body, ["price", "price_left", "credit"])), (&json!("unpaid"), [9600, 9600, 0]));
        let invoice = market.customer.get(&format!("/invoices/{}", bought["invoice_id"].as_str().unwrap())).await.expect(200);
        assert_eq!(sums(&invoice.body, ["net", "tax", "rounding", "total"]), [8000, 1600, 0, 9600]);
        assert_eq!((&invoice["lines"][0]["purpose"], &invoice["lines"][0]["tax_rate"]), (&json!("hours_sale"), &json!(2000)));
        for form in ["pdf", "xml"] {
            market.customer.get(&format!("/invoices/{}.{form}", invoice.id())).await.expect(200);
        }
        assert_eq!(market.pay_for(&bought).await["state"], "usable");

        let mut slot = json!({ "starts_at": TEN, "ends_at": TWELVE, "customer_organization_id": market.customer_organization });
        let quote = market.customer.post(&format!("/resources/{}/quote", market.resource), slot.clone()).await.expect(200);
        assert_eq!((uses(&quote), &quote["prepaid"], &quote["total"]), (vec![hours(120, 2400)], &pounds(2400), &pounds(2400)));
        slot["customer_organization_id"] = Value::Null;
        let quote = market.customer.post(&format!("/resources/{}/quote", market.resource), slot).await.expect(200);
        assert_eq!(uses(&quote), []);
        // A slot that is only chosen uses nothing.
        let mut wish = market.wish(TEN, TWELVE);
        wish["hold"] = json!(true);
        let held = market.customer.post("/bookings", wish).await.expect(201);
        assert_eq!((uses(&held), market.minutes_left(&id).await), (vec![], usable(600)));
        let booked = market.change(&held.id(), "confirm").await.expect(200);
        assert_eq!((uses(&booked), &booked["owed"]), (vec![hours(120, 2400)], &pounds(0)));
        assert_eq!(market.minutes_left(&id).await, usable(480));
        assert_eq!(sums(&market.prepaid(&id).await, ["price_left", "credit_left"]), [7680, 0]);
        // The price of the time with its VAT is taken off, and the share of the hours becomes an income.
        let mut moved = market.charged(&held.id()).await;
        moved.sort();
        let expected = [("hours_cover", -2000), ("hours_cover", -400), ("hours_use", -1600), ("hours_use", 1600), ("price", 400), ("price", 2000)];
        assert_eq!(moved, charged(&expected));
        let issued = market.invoice(json!({ "booking_id": held.id() })).await.expect(201);
        assert_eq!(sums(&issued.items()[0], ["net", "tax", "rounding", "prepaid", "total"]), [0, 0, 0, 0, 0]);
        let lines = issued.items()[0]["lines"].as_array().unwrap();
        let lines: Vec<_> = lines.iter().map(|line| (line["purpose"].as_str().unwrap(), line["net"]["amount"].as_i64().unwrap())).collect();
        assert_eq!(lines, [("price", 2000), ("hours_cover", -2000)]);
        for form in ["pdf", "xml"] {
            market.customer.get(&format!("/invoices/{}.{form}", issued.items()[0].get("id").unwrap().as_str().unwrap())).await.expect(200);
        }
        verify(server).await;
        let cancelled = market.change(&held.id(), "cancel").await.expect(200);
        assert_eq!((uses(&cancelled), &cancelled["owed"], market.minutes_left(&id).await), (vec![], &pounds(0), usable(600)));
        let entries = market.host.get(&format!("/prepaid/{id}/entries")).await.expect(200);
        let entries: Vec<_> = entries.items().iter().map(|entry| (entry["kind"].clone(), entry["minutes"].clone(), entry["price"].clone())).collect();
        assert_eq!(entries, [(json!("use"), json!(120), pounds(1600)), (json!("return"), json!(120), pounds(1600))]);
        verify(server).await;
    }

    async fn hours_come_before_credit_and_the_hours_that_expire_first_before_others(server) {
        let market = market(server, json!({})).await;
        let card = market.bought(json!({})).await;
        let late = market.bought_hours(json!({})).await;
        let early = market.package(json!({
            "name": "Trial", "price": pounds(1000), "credit": null, "valid_days": 10, "hours": { "minutes": 30 },
        }));
        let bought = market.buy(&early.await.expect(201).id()).await.expect(201);
        market.pay_for(&bought).await;
        let booked = market.book(TEN, TWELVE).await.expect(201);
        assert_eq!(uses(&booked), [hours(30, 600), hours(90, 1800)]);
        // A shorter booking keeps what expires first.
        let shorter = market.move_to(&booked.id(), json!({ "ends_at": "2026-12-01T10:45:00Z" })).await.expect(200);
        assert_eq!((uses(&shorter), &shorter["owed"]), (vec![hours(30, 600), hours(15, 300)], &pounds(0)));
        assert_eq!((market.minutes_left(&late).await, market.prepaid(&card).await["credit_left"].clone()), (usable(585), pounds(6000)));
        let mut wish = market.wish(TEN, "2026-12-01T20:00:00Z");
        let long = market.customer.post("/bookings", wish.clone()).await.expect(201);
        assert_eq!((uses(&long), &long["owed"]), (vec![hours(585, 11_700), credit(300)], &pounds(0)));
        wish["use_prepaid"] = json!(false);
        let refused = market.customer.post("/bookings", wish).await.expect(201);
        assert_eq!((uses(&refused), &refused["owed"]), (vec![], &pounds(12_000)));
        verify(server).await;
    }

    async fn hours_cover_neither_set_up_nor_extras_nor_time_that_is_donated(server) {
        let tariff = json!({
            "currency": "GBP", "rate": 1000, "per": "hour", "setup_fee": 500,
            "extras": [{ "name": "Help", "price": 300, "per": "booking", "vat_rate": 500 }],
            "donation": { "name": "Gift", "minutes_per_month": 60, "kinds": ["firm", "startup", "makerspace"] },
        });
        let market = market(server, json!({})).await;
        market.host.patch(&format!("/resources/{}", market.resource), json!({ "tariff": tariff })).await.expect(200);
        let id = market.bought_hours(json!({})).await;
        let mut wish = market.wish(TEN, "2026-12-01T13:00:00Z");
        wish["extras"] = json!([{ "name": "Help" }]);
        let booked = market.customer.post("/bookings", wish).await.expect(201);
        // One of three hours is donated; the set-up fee has 20 % of VAT, and the help 5 %.
        assert_eq!((uses(&booked), &booked["owed"]), (vec![hours(120, 2400)], &pounds(600 + 315)));
        assert_eq!(market.minutes_left(&id).await, usable(480));
        verify(server).await;
    }

    async fn hours_are_for_their_resources_and_come_back_when_a_booking_moves_elsewhere(server) {
        let market = market(server, json!({})).await;
        let rack = another(&market, json!({})).await;
        let reduced = another(&market, json!({ "name": "Shelf", "tariff": { "currency": "GBP", "rate": 1000, "per": "hour", "vat_rate": 500 } })).await;
        let machines = market.bought_hours(json!({ "kinds": ["machine"] })).await;
        let shelf = market.bought_hours(json!({ "resource_ids": [reduced], "vat_rate": 500 })).await;
        // 80.00 and 5 % of VAT.
        assert_eq!(sums(&market.prepaid(&shelf).await, ["price"]), [8400]);
        let booked = market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!((uses(&booked), market.minutes_left(&machines).await), (vec![hours(60, 1200)], usable(540)));
        let moved = market.move_to(&booked.id(), json!({ "resource_id": rack })).await.expect(200);
        assert_eq!((uses(&moved), &moved["owed"], market.minutes_left(&machines).await), (vec![], &pounds(1200), usable(600)));
        let moved = market.move_to(&booked.id(), json!({ "resource_id": reduced })).await.expect(200);
        assert_eq!((uses(&moved), &moved["owed"], market.minutes_left(&shelf).await), (vec![hours(60, 1050)], &pounds(0), usable(540)));
        verify(server).await;
    }

    async fn hours_pay_a_fee_first_and_the_rest_comes_back(server) {
        let fees = json!([{ "less_than_minutes": 10_000, "percent": 50 }]);
        let market = market(server, json!({ "cancellation_fees": fees, "grace_minutes": 0 })).await;
        let id = market.bought_hours(json!({})).await;
        let booked = market.book(TEN, TWELVE).await.expect(201).id();
        server.advance(TimeDelta::minutes(1));
        let cancelled = market.change(&booked, "cancel").await.expect(200);
        assert_eq!((&cancelled["fee"]["amount"], uses(&cancelled), &cancelled["owed"]), (&pounds(1200), vec![hours(60, 1200)], &pounds(0)));
        assert_eq!(market.minutes_left(&id).await, usable(540));
        verify(server).await;
        let waived = market.host.post(&format!("/bookings/{booked}/waive-fee"), json!({ "reason": "Ill." })).await.expect(200);
        assert_eq!((uses(&waived), &waived["owed"], market.minutes_left(&id).await), (vec![], &pounds(0), usable(600)));
        verify(server).await;
    }

    async fn many_bookings_at_once_never_use_more_hours_than_there_are(server) {
        let market = market(server, json!({})).await;
        let id = market.bought_hours(json!({ "minutes": 210 })).await;
        let all = join_all((0..8).map(|_| market.book(TEN, ELEVEN))).await;
        let all: Vec<_> = all.into_iter().flat_map(|booked| uses(&booked.expect(201))).collect();
        let minutes: i64 = all.iter().filter_map(|(_, minutes, _)| *minutes).sum();
        assert_eq!((all.len(), minutes), (4, 210), "{all:?}");
        assert_eq!(market.minutes_left(&id).await, ("spent".to_owned(), 0));
        verify(server).await;
    }

    async fn hours_expire_after_a_reminder_and_are_taken_back_if_nobody_paid_them(server) {
        let market = market(server, json!({})).await;
        let id = market.bought_hours(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let unpaid = market.buy(&market.hours(json!({})).await.expect(201).id()).await.expect(201).id();
        server.advance(TimeDelta::days(46));
        server.run_jobs().await;
        server.tell_all().await;
        let mails = Mail::read_all(&server.mail_dir()).into_iter().filter(|mail| mail.to == market.customer.email);
        let reminders: Vec<Mail> = mails.filter(|mail| mail.subject == "Your prepaid credit with Rotor Works expires soon").collect();
        let [mail] = &reminders[..] else { panic!("one reminder: {}", reminders.len()) };
        assert!(mail.text.contains("9 h 00 min of \"Ten hours\", which Newcomer has with Rotor Works, expires on"), "{}", mail.text);
        server.advance(TimeDelta::days(14));
        server.run_jobs().await;
        assert_eq!(market.minutes_left(&id).await, ("expired".to_owned(), 0));
        let statement = market.host.get(&format!("/organizations/{}/balances", market.host_organization)).await.expect(200);
        let balance = |account: &str| {
            let found = statement.items().iter().find(|item| item["account"] == account);
            found.map_or(0, |item| item["balance"]["amount"].as_i64().unwrap())
        };
        // All of the price is an income, the VAT of the sale stays, and the sale that was not paid is taken back with its VAT.
        assert_eq!((balance("prepaid"), balance("income"), balance("vat")), (0, 8000, 1600));
        let notes = market.host.get(&market.invoices()).await.expect(200);
        let note = notes.items().iter().find(|invoice| invoice["kind"] == "credit_note").unwrap();
        assert_eq!((sums(note, ["net", "tax", "total"]), market.prepaid(&unpaid).await["minutes_left"].clone()), ([8000, 1600, 9600], json!(0)));
        verify(server).await;
    }

    async fn the_host_refunds_a_part_of_hours_or_credit_with_its_share_of_the_price(server) {
        let market = market(server, json!({})).await;
        let id = market.bought_hours(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let path = format!("/prepaid/{id}/refund");
        for (body, pointer, code) in [
            (json!({ "minutes": 541 }), "/minutes", "out_of_range"),
            (json!({ "minutes": 0 }), "/minutes", "out_of_range"),
            (json!({ "amount": pounds(1) }), "/amount", "invalid"),
        ] {
            market.host.post(&path, body).await.refused_fields(&[(pointer, code)]);
        }
        let refunded = market.host.post(&path, json!({ "minutes": 240, "reason": "Moved away." })).await.expect(200);
        assert_eq!((&refunded["minutes_left"], sums(&refunded.body, ["price_left"])), (&json!(300), [4800]));
        let notes = market.host.get(&market.invoices()).await.expect(200);
        let note = notes.items().iter().find(|invoice| invoice["kind"] == "credit_note").unwrap();
        assert_eq!(sums(note, ["net", "tax", "total"]), [3200, 640, 3840]);
        verify(server).await;
        let rest = market.host.post(&path, json!({})).await.expect(200);
        assert_eq!((&rest["minutes_left"], &rest["state"]), (&json!(0), &json!("spent")));

        let card = market.bought(json!({})).await;
        let path = format!("/prepaid/{card}/refund");
        for (body, pointer, code) in [
            (json!({ "amount": pounds(6001) }), "/amount/amount", "out_of_range"),
            (json!({ "amount": { "amount": 1, "currency": "EUR" } }), "/amount/currency", "invalid"),
            (json!({ "minutes": 1 }), "/minutes", "invalid"),
        ] {
            market.host.post(&path, body).await.refused_fields(&[(pointer, code)]);
        }
        let part = market.host.post(&path, json!({ "amount": pounds(1200) })).await.expect(200);
        assert_eq!((&part["credit_left"], &part["price_left"], &part["state"]), (&pounds(4800), &pounds(4000), &json!("usable")));
        verify(server).await;
    }

    async fn hours_with_vat_included_and_hours_for_nothing(server) {
        let market = market(server, json!({})).await;
        let billing = format!("/organizations/{}/billing", market.host_organization);
        market.host.patch(&billing, json!({ "vat": { "rate": 1900, "prices_include_vat": true } })).await.expect(200);
        // Of 0.16 the VAT is 0.03, and that on 0.13 only 0.02: the document rounds, and the account of the VAT agrees with it.
        let package = market.package(json!({ "price": pounds(16), "credit": null, "hours": { "minutes": 7 } })).await.expect(201).id();
        let bought = market.buy(&package).await.expect(201);
        assert_eq!(sums(&bought.body, ["price"]), [16]);
        let invoice = market.customer.get(&format!("/invoices/{}", bought["invoice_id"].as_str().unwrap())).await.expect(200);
        assert_eq!(sums(&invoice.body, ["net", "tax", "rounding", "total"]), [13, 2, 1, 16]);
        market.host.post(&format!("/prepaid/{}/refund", bought.id()), json!({ "minutes": 3 })).await.expect(200);
        market.host.post(&format!("/prepaid/{}/refund", bought.id()), json!({})).await.expect(200);
        let balances = market.host.get(&format!("/organizations/{}/balances", market.host_organization)).await.expect(200);
        assert!(balances.items().iter().all(|item| item["account"] != "receivable" || item["balance"]["amount"] == 0), "{balances:?}");
        // Hours that the host gives pay for bookings at once.
        let sale = json!({ "customer_organization_id": market.customer_organization, "is_free": true });
        let given = market.host.post(&format!("/packages/{package}/sell"), sale).await.expect(201);
        assert_eq!((&given["state"], sums(&given.body, ["price"])), (&json!("usable"), [0]));
        let booked = market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!(uses(&booked).len(), 1);
        verify(server).await;
    }

    async fn the_database_refuses_to_use_more_minutes_than_are_left(server) {
        let market = market(server, json!({})).await;
        let id = market.bought_hours(json!({})).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let enter = |kind: &str, minutes: i64, price: i64| {
            let now = server.sql_now();
            format!(
                "INSERT INTO prepaid_entries (id, prepaid_id, kind, booking_id, credit, price, created_at) \
                 VALUES ('forged', '{id}', '{kind}', '{booking}', {minutes}, {price}, {now})"
            )
        };
        for sql in [
            enter("use", 541, 7200),
            enter("use", 540, 7201),
            enter("use", 540, 7199),
            enter("return", 61, 800),
            enter("return", 60, 801),
            enter("use", 1, -1),
            format!("UPDATE prepaid SET hours = NULL WHERE id = '{id}'"),
            "UPDATE packages SET hours = NULL".to_owned(),
        ] {
            assert!(server.fails(&sql), "{sql}");
        }
        assert_eq!(market.minutes_left(&id).await, usable(540));
        // A lie that the constraints allow is found.
        assert_eq!(server.execute(&format!("UPDATE prepaid SET credit_left = 539 WHERE id = '{id}'")), 1);
        let db = Db::open(&server.config.database_options().unwrap()).unwrap();
        let step = actions::ledger::Step::Prepaid(None);
        let (differ, _) = db.read(server.now(), move |tx| actions::ledger::verify(tx, step)).await.unwrap();
        assert_eq!(differ.iter().map(|one| one.object.clone()).collect::<Vec<_>>(), [format!("prepaid {id}")]);
    }

    async fn wrong_hours_are_refused_at_their_fields(server) {
        let market = server.market(json!({})).await;
        for (changes, pointer, code) in [
            (json!({ "credit": pounds(8000), "hours": { "minutes": 60 } }), "/credit", "invalid"),
            (json!({ "credit": null, "hours": { "minutes": 0 } }), "/hours/minutes", "out_of_range"),
            (json!({ "credit": null, "hours": { "minutes": 60, "vat_rate": 5001 } }), "/hours/vat_rate", "out_of_range"),
            (json!({ "credit": null, "hours": { "minutes": 60, "resource_ids": [market.site] } }), "/hours/resource_ids/0", "invalid"),
        ] {
            market.package(changes).await.refused_fields(&[(pointer, code)]);
        }
    }
}
