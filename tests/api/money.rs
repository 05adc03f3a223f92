//! The debts of customers, and their payments.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::waitlist::{ELEVEN, Rival, TEN, TWELVE};
use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::{Kind, Server, on_both_databases};

fn pounds(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "GBP" })
}

impl Market {
    fn payments(&self) -> String {
        format!("/organizations/{}/payments", self.host_organization)
    }

    /// A payment of the customer, with these changes.
    async fn pay(&self, amount: i64, changes: Value) -> Answer {
        let mut payment = json!({
            "customer_organization_id": self.customer_organization, "amount": pounds(amount), "method": "bank_transfer",
            "paid_on": "2026-12-04", "reference": "RF18 5390",
        });
        payment.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        self.host.post(&self.payments(), payment).await
    }

    /// The balances of the host: account and amount, and what the customer owes as it sees it.
    async fn balances(&self) -> (Vec<(String, i64)>, Option<i64>) {
        let balances = self.host.get(&format!("/organizations/{}/balances", self.host_organization)).await.expect(200);
        let balance = |item: &Value| {
            assert_eq!(item["customer_organization_id"].is_null(), item["account"] != "receivable");
            assert_eq!(item["customer_organization_name"].is_null(), item["account"] != "receivable");
            (item["account"].as_str().unwrap().to_owned(), item["balance"]["amount"].as_i64().unwrap())
        };
        let debts = self.customer.get(&format!("/organizations/{}/debts", self.customer_organization)).await.expect(200);
        let is_hosts = |debt: &Value| {
            debt["host_organization_id"] == json!(self.host_organization) && debt["host_organization_name"] == "Rotor Works"
        };
        assert!(debts.items().iter().all(is_hosts));
        let owed = debts.items().first().map(|debt| debt["owed"]["amount"].as_i64().unwrap());
        (balances.items().iter().map(balance).collect(), owed)
    }
}

fn balances(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected.iter().map(|(account, amount)| ((*account).to_owned(), *amount)).collect()
}

/// Adds the rows that are old enough to the stored sums.
async fn add_to_sums(server: &Server) {
    server.advance(TimeDelta::hours(2));
    server.run_jobs().await;
    assert_eq!(
        server.select("SELECT row_id AS value FROM ledger_position"),
        server.select("SELECT max(id) AS value FROM ledger_rows")
    );
}

on_both_databases! {
    async fn a_booking_is_charged_when_it_is_confirmed_and_a_declined_request_never(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let approved = market.book(TEN, ELEVEN).await.expect(201);
        let declined = market.book(ELEVEN, TWELVE).await.expect(201).id();
        assert_eq!((&approved["owed"], market.balances().await), (&pounds(0), (vec![], None)));
        market.host.post(&format!("/bookings/{declined}/decline"), json!({})).await.expect(200);
        market.host.post(&format!("/bookings/{}/approve", approved.id()), json!({})).await.expect(200);
        let row = ("price".to_owned(), "receivable".to_owned(), "income".to_owned(), 1200);
        assert_eq!(market.ledger(&approved.id()).await, [row]);
        assert_eq!(market.ledger(&declined).await, []);
        assert_eq!(market.balances().await, (balances(&[("income", 1200), ("receivable", 1200)]), Some(1200)));
        let ledger = market.host.get(&format!("/organizations/{}/ledger", market.host_organization)).await.expect(200);
        let own = market.customer.get(&format!("/bookings/{}/ledger", approved.id())).await.expect(200);
        assert_eq!(ledger.items(), own.items());
        assert_eq!(ledger.items()[0]["id"], ledger.items()[0]["entry_id"]);
    }

    async fn a_move_charges_or_takes_back_the_difference_and_a_part_of_a_group_is_taken_back_alone(server) {
        let market = server.market(json!({ "capacity": { "quantity": 3, "unit": "unit" } })).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let path = format!("/bookings/{booking}/reschedule");
        for (ends_at, owed) in [("2026-12-01T13:00:00Z", 3600), (TWELVE, 2400), (TWELVE, 2400)] {
            assert_eq!(market.customer.post(&path, json!({ "ends_at": ends_at })).await.expect(200)["owed"], pounds(owed));
        }
        let rows: Vec<_> = market.ledger(&booking).await.into_iter().map(|(_, debit, _, amount)| (debit, amount)).collect();
        let debits = [("receivable", 1200), ("receivable", 2400), ("income", 1200)];
        assert_eq!(rows, debits.map(|(debit, amount)| (debit.to_owned(), amount)));
        let part = |from: &str, to: &str| json!({ "resource_id": market.resource, "starts_at": from, "ends_at": to });
        let group = json!({ "organization_id": market.customer_organization, "bookings": [part(TEN, ELEVEN), part(TEN, TWELVE)] });
        let group = market.customer.post("/booking-groups", group).await.expect(201);
        assert_eq!(market.balances().await.1, Some(6000));
        let parts = group["bookings"].as_array().unwrap();
        let longer = parts.iter().find(|part| part["ends_at"] == TWELVE).unwrap()["id"].as_str().unwrap();
        market.change(longer, "cancel").await.expect(200);
        assert_eq!(market.balances().await.1, Some(3600));
    }

    async fn payments_reduce_the_debt_and_one_recorded_by_mistake_is_taken_back(server) {
        let market = server.market(json!({})).await;
        let booking = market.book(TEN, TWELVE).await.expect(201).id();
        let payment = market.pay(1500, json!({ "booking_id": booking })).await.expect(201);
        assert_eq!(payment["host_organization_id"], json!(market.host_organization));
        let owed = [("bank", 1500), ("income", 2400), ("receivable", 900)];
        assert_eq!(market.balances().await, (balances(&owed), Some(900)));
        server.advance(TimeDelta::minutes(1));
        let more = market.pay(2000, json!({ "method": "cash", "reference": "" })).await.expect(201);
        assert_eq!(market.balances().await.1, Some(-1100), "a customer that has paid too much has a credit");
        server.advance(TimeDelta::minutes(1));
        market.pay(1100, json!({ "is_refund": true })).await.expect(201);
        assert_eq!(market.balances().await, (balances(&[("bank", 2400), ("income", 2400), ("receivable", 0)]), Some(0)));

        let refusal = match server.kind {
            Kind::Postgres => "new row for relation \"payments\" violates check constraint \"payments_words\"",
            Kind::Sqlite => "payments_words",
        };
        assert!(server.refuses("UPDATE payments SET method = 'barter'", refusal));

        let path = format!("/payments/{}", more.id());
        assert_eq!(market.customer.get(&path).await.expect(200).body, more.body);
        let reverse = format!("{path}/reverse");
        market.customer.post(&reverse, json!({})).await.refused(403, "forbidden");
        server.advance(TimeDelta::minutes(1));
        let reason = json!({ "reason": "It was somebody else's." });
        let reversed = market.host.with("if-match", more.header("etag")).post(&reverse, reason.clone()).await.expect(200);
        assert_eq!((&reversed["reversal_reason"], &reversed["reversed_by"]), (&reason["reason"], &json!(market.host.id)));
        market.host.with("if-match", more.header("etag")).post(&reverse, reason.clone()).await.refused(412, "precondition_failed");
        market.host.post(&reverse, reason).await.refused(409, "invalid_transition");
        assert_eq!(market.balances().await.1, Some(2000));
        let listed = market.host.get(&market.payments()).await.expect(200);
        assert_eq!(listed.items().len(), 3);
        assert_eq!(listed.items()[1], reversed.body);
        let made = format!("/organizations/{}/payments", market.customer_organization);
        assert_eq!(market.customer.get(&made).await.expect(200).items(), [] as [Value; 0]);
        assert_eq!(market.customer.get(&format!("{made}?made=true")).await.expect(200).items(), listed.items());
        let of_booking: Vec<_> = market.charged(&booking).await;
        assert_eq!(of_booking, [("price".to_owned(), 2400), ("payment".to_owned(), -1500)]);
        let audit = format!("/organizations/{}/audit?object=payment", market.host_organization);
        let audited = market.host.get(&audit).await.expect(200);
        let actions: Vec<_> = audited.items().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["payment.reverse", "payment.record", "payment.record", "payment.record"]);
    }

    async fn a_host_and_its_customer_see_since_when_something_is_owed(server) {
        let market = server.market(json!({ "capacity": { "quantity": 9, "unit": "unit" } })).await;
        let since = async || {
            let balances = market.host.get(&format!("/organizations/{}/balances", market.host_organization)).await.expect(200);
            let of_host = balances.items().iter().find(|item| item["account"] == "receivable").unwrap()["owed_since"].clone();
            let debts = market.customer.get(&format!("/organizations/{}/debts", market.customer_organization)).await.expect(200);
            assert_eq!(debts.items()[0]["owed_since"], of_host);
            assert!(balances.items().iter().all(|item| item["account"] == "receivable" || item["owed_since"].is_null()));
            of_host
        };
        let first = market.book(TEN, ELEVEN).await.expect(201).id();
        server.advance(TimeDelta::hours(1));
        market.book(TEN, ELEVEN).await.expect(201);
        assert_eq!(since().await, "2026-11-30T09:00:00Z");
        market.pay(1199, json!({})).await.expect(201);
        assert_eq!(since().await, "2026-11-30T09:00:00Z");
        market.pay(1, json!({})).await.expect(201);
        assert_eq!(since().await, "2026-11-30T10:00:00Z");
        market.change(&first, "cancel").await.expect(200);
        assert_eq!(since().await, Value::Null);
        server.advance(TimeDelta::hours(1));
        market.book(TEN, TWELVE).await.expect(201);
        assert_eq!(since().await, "2026-11-30T11:00:00Z");
        add_to_sums(server).await;
        assert_eq!(since().await, "2026-11-30T11:00:00Z");
    }

    async fn a_payment_names_a_customer_of_the_host_and_an_amount(server) {
        let market = server.market(json!({})).await;
        let rival = Rival::new(server, "Nina").await;
        market.pay(100, json!({})).await.refused_fields(&[("/customer_organization_id", "invalid")]);
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let theirs = rival.user.post("/bookings", rival.wish(&market, (ELEVEN, TWELVE))).await.expect(201).id();
        market.pay(100, json!({ "booking_id": theirs })).await.refused_fields(&[("/booking_id", "invalid")]);
        let nobody = "019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11";
        market.pay(100, json!({ "booking_id": nobody })).await.refused_fields(&[("/booking_id", "invalid")]);
        let own = json!({ "customer_organization_id": market.host_organization });
        market.pay(100, own).await.refused_fields(&[("/customer_organization_id", "invalid")]);
        for amount in [0, -5, 1_000_000_000_000_001] {
            market.pay(amount, json!({})).await.refused_fields(&[("/amount/amount", "out_of_range")]);
        }
        for paid_on in ["1999-12-31", "2200-01-01"] {
            market.pay(100, json!({ "paid_on": paid_on })).await.refused_fields(&[("/paid_on", "out_of_range")]);
        }
        let wrong = json!({ "reference": "a\nb" });
        market.pay(100, wrong).await.refused_fields(&[("/reference", "invalid")]);
        assert_eq!(market.balances().await.1, Some(1200), "nothing is recorded of what is refused");
        assert_eq!(market.ledger(&booking).await.len(), 1);
    }

    async fn a_payment_that_is_sent_again_with_its_key_is_recorded_once(server) {
        let market = server.market(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let payment = json!({
            "customer_organization_id": market.customer_organization, "amount": pounds(1200), "method": "card", "paid_on": "2026-12-04",
        });
        let host = market.host.with("idempotency-key", "payment-1");
        let first = host.post(&market.payments(), payment.clone()).await.expect(201);
        assert_eq!(host.post(&market.payments(), payment).await.expect(201).body, first.body);
        assert_eq!(market.balances().await.1, Some(0));
    }

    async fn balances_are_the_same_after_their_rows_are_added_up(server) {
        let market = server.market(json!({ "capacity": { "quantity": 9, "unit": "unit" } })).await;
        for _ in 0..3 {
            market.book(TEN, ELEVEN).await.expect(201);
        }
        market.pay(1000, json!({})).await.expect(201);
        let before = market.balances().await;
        assert_eq!(before.1, Some(2600));
        add_to_sums(server).await;
        assert_eq!(market.balances().await, before);
        let late = market.book(TEN, ELEVEN).await.expect(201).id();
        assert_eq!(market.balances().await.1, Some(3800));
        market.change(&late, "cancel").await.expect(200);
        add_to_sums(server).await;
        assert_eq!(market.balances().await, before);
    }

    async fn balances_have_pages(server) {
        let market = server.market(json!({ "capacity": { "quantity": 9, "unit": "unit" } })).await;
        for name in ["Nina", "Olga"] {
            let rival = Rival::new(server, name).await;
            rival.user.post("/bookings", rival.wish(&market, (TEN, ELEVEN))).await.expect(201);
        }
        let path = format!("/organizations/{}/balances", market.host_organization);
        let all = market.host.get(&path).await.expect(200);
        assert_eq!(all.items().len(), 3);
        let (mut found, mut query) = (Vec::new(), "?limit=1".to_owned());
        loop {
            let page = market.host.get(&format!("{path}{query}")).await.expect(200);
            found.extend(page.items().to_vec());
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            query = format!("?limit=1&cursor={cursor}");
        }
        assert_eq!(found, all.items());
    }

    async fn balances_are_listed_for_one_customer(server) {
        let market = server.market(json!({ "capacity": { "quantity": 9, "unit": "unit" } })).await;
        let rival = Rival::new(server, "Nina").await;
        rival.user.post("/bookings", rival.wish(&market, (TEN, ELEVEN))).await.expect(201);
        market.book(TEN, TWELVE).await.expect(201);
        let path = format!("/organizations/{}/balances", market.host_organization);
        let of = async |customer: &str| {
            let found = market.host.get(&format!("{path}?customer_organization_id={customer}")).await.expect(200);
            let balance = |item: &Value| (item["account"].clone(), item["customer_organization_id"].clone(), item["balance"].clone());
            found.items().iter().map(balance).collect::<Vec<_>>()
        };
        let receivable = |customer: &str, amount: i64| vec![(json!("receivable"), json!(customer), pounds(amount))];
        assert_eq!(of(&market.customer_organization).await, receivable(&market.customer_organization, 2400));
        assert_eq!(of(&rival.organization).await, receivable(&rival.organization, 1200));
        assert_eq!(of(&market.host_organization).await, []);
        let sheet = market.host.get(&format!("{path}.csv?customer_organization_id={}", rival.organization)).await.expect(200);
        let lines: Vec<_> = sheet.text.lines().collect();
        let columns = "account,customer_organization_id,customer_organization_name,balance,currency,owed_since";
        let row = format!("receivable,{},Nina's works,1200,GBP,2026-11-30T09:00:00Z", rival.organization);
        assert_eq!(lines, [columns, &row]);
        market.host.get(&format!("{path}?customer_organization_id=nobody")).await.refused_fields(&[("customer_organization_id", "invalid")]);
    }

    async fn the_ledger_is_filtered_and_written_for_a_spreadsheet(server) {
        let market = server.market(json!({})).await;
        let rival = Rival::new(server, "Nina").await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        server.advance(TimeDelta::minutes(1));
        let theirs = rival.user.post("/bookings", rival.wish(&market, (ELEVEN, TWELVE))).await.expect(201).id();
        let path = format!("/organizations/{}/ledger", market.host_organization);
        for (query, expected) in [
            (String::new(), vec![&booking, &theirs]),
            (format!("?customer_organization_id={}", market.customer_organization), vec![&booking]),
            (format!("?booking_id={theirs}"), vec![&theirs]),
            ("?from=2026-11-30T09:01:00Z".to_owned(), vec![&theirs]),
            ("?to=2026-11-30T09:01:00Z".to_owned(), vec![&booking]),
        ] {
            let found = market.host.get(&format!("{path}{query}")).await.expect(200);
            let found: Vec<_> = found.items().iter().map(|row| row["booking_id"].as_str().unwrap()).collect();
            assert_eq!(found, expected, "{query}");
        }
        let sheet = market.host.get(&format!("/organizations/{}/ledger.csv?limit=1", market.host_organization)).await.expect(200);
        let lines: Vec<_> = sheet.text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("id,entry_id,created_at") && lines[1].ends_with(",price,receivable,income,1200,GBP,,"), "{lines:?}");
        assert!(sheet.header("link").contains("rel=\"next\""), "{sheet:?}");
    }

    async fn the_vat_of_prices_and_fees_is_no_income(server) {
        let tariff = json!({
            "currency": "GBP", "rate": 1000, "per": "hour",
            "extras": [{ "name": "Book", "price": 500, "per": "booking", "vat_rate": 0 }],
        });
        let market = server.market(json!({ "tariff": tariff, "booking_rules": { "no_show_fee_percent": 50, "no_show_minutes": 15 } })).await;
        let billing = format!("/organizations/{}/billing", market.host_organization);
        market.host.patch(&billing, json!({ "country": "GB", "vat": { "rate": 2000 } })).await.expect(200);
        let mut wish = market.wish(TEN, ELEVEN);
        wish["extras"] = json!([{ "name": "Book" }]);
        let booking = market.customer.post("/bookings", wish).await.expect(201);
        assert_eq!(booking["owed"], pounds(1700));
        let owed = [("income", 1500), ("receivable", 1700), ("vat", 200)];
        assert_eq!(market.balances().await, (balances(&owed), Some(1700)));
        let rows = market.customer.get(&format!("/bookings/{}/ledger", booking.id())).await.expect(200);
        let row = |row: &Value| (row["credit"].clone(), row["tax_category"].clone(), row["tax_rate"].clone(), row["amount"]["amount"].clone());
        let expected = [("income", "standard", 2000, 1000), ("income", "zero", 0, 500), ("vat", "standard", 2000, 200)];
        let expected = expected.map(|(credit, category, rate, amount)| (json!(credit), json!(category), json!(rate), json!(amount)));
        assert_eq!(rows.items().iter().map(row).collect::<Vec<_>>(), expected);
        assert!(rows.items().iter().all(|row| row["entry_id"] == rows.items()[0]["id"]));
        let figures = async || {
            let path = format!("/organizations/{}/figures?from=2026-12-01&to=2027-01-01", market.host_organization);
            market.host.get(&path).await.expect(200).items()[0]["income"][0]["amount"].clone()
        };
        assert_eq!(figures().await, 1500);
        server.advance(TimeDelta::hours(26));
        server.run_jobs().await;
        assert_eq!(market.balances().await, (balances(&[("fees", 750), ("income", 0), ("receivable", 850), ("vat", 100)]), Some(850)));
        assert_eq!(figures().await, 750);
    }

    async fn rows_of_the_ledger_stay_whoever_writes(server) {
        let market = server.market(json!({})).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let mut attempts = vec![
            "UPDATE ledger_rows SET amount = 1".to_owned(),
            "UPDATE ledger_rows SET purpose = 'payment'".to_owned(),
            "DELETE FROM ledger_rows".to_owned(),
        ];
        if server.kind == Kind::Postgres {
            attempts.push("TRUNCATE ledger_rows CASCADE".to_owned());
        } else {
            let row = "SELECT id, entry_id, organization_id, customer_id, booking_id, payment_id, debit, credit, 1, currency, tax_category, tax_rate, purpose, created_at, invoice_id";
            attempts.push(format!("INSERT OR REPLACE INTO ledger_rows {row} FROM ledger_rows"));
        }
        for attempt in attempts {
            assert!(server.refuses(&attempt, "ledger_rows_stay"), "{attempt}");
        }
        for amount in ["0", "-1"] {
            let row = format!("SELECT 'x', 'x', organization_id, customer_id, booking_id, payment_id, debit, credit, {amount}, currency, tax_category, tax_rate, purpose, created_at, invoice_id");
            let refusal = match server.kind {
                Kind::Postgres => "new row for relation \"ledger_rows\" violates check constraint \"ledger_rows_amount_check\"",
                Kind::Sqlite => "CHECK constraint failed: amount > 0",
            };
            assert!(server.refuses(&format!("INSERT INTO ledger_rows {row} FROM ledger_rows"), refusal), "{amount}");
        }
        let causeless = "customer_id, NULL, NULL, debit";
        let unknown = "customer_id, booking_id, NULL, 'pocket'";
        for (row, constraint) in [(causeless, "ledger_rows_have_a_cause"), (unknown, "ledger_rows_words")] {
            let row = format!("SELECT 'x', 'x', organization_id, {row}, credit, amount, currency, tax_category, tax_rate, purpose, created_at, NULL");
            let refusal = match server.kind {
                Kind::Postgres => format!("new row for relation \"ledger_rows\" violates check constraint \"{constraint}\""),
                Kind::Sqlite if constraint == "ledger_rows_words" => constraint.to_owned(),
                Kind::Sqlite => format!("CHECK constraint failed: {constraint}"),
            };
            assert!(server.refuses(&format!("INSERT INTO ledger_rows {row} FROM ledger_rows"), &refusal), "{constraint}");
        }
        assert_eq!(market.ledger(&booking).await.len(), 1);
    }

    async fn a_clock_that_steps_back_neither_disorders_the_ledger_nor_loses_rows(server) {
        let market = server.market(json!({ "booking_rules": { "grace_minutes": 0 } })).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        server.advance(-TimeDelta::minutes(30));
        market.customer.post(&format!("/bookings/{booking}/reschedule"), json!({ "ends_at": TWELVE })).await.expect(200);
        market.book("2026-12-01T14:00:00Z", "2026-12-01T15:00:00Z").await.expect(201);
        let charged = [("price".to_owned(), 1200), ("price".to_owned(), 1200)];
        assert_eq!(market.charged(&booking).await, charged);
        let rows = market.customer.get(&format!("/bookings/{booking}/ledger")).await.expect(200);
        assert_eq!(rows.items()[0]["created_at"], rows.items()[1]["created_at"]);
        let before = market.balances().await;
        assert_eq!(before.1, Some(3600));
        add_to_sums(server).await;
        assert_eq!(market.balances().await, before);
    }

    async fn only_those_who_may_see_money_see_it(server) {
        let market = server.market(json!({})).await;
        let booking = market.book(TEN, ELEVEN).await.expect(201).id();
        let payment = market.pay(100, json!({})).await.expect(201).id();
        let (of_host, of_customer) = (server.user("Hob").await, server.user("Cob").await);
        server.add_member(&market.host_organization, &of_host, "booker");
        server.add_member(&market.customer_organization, &of_customer, "booker");
        for path in ["ledger", "ledger.csv", "balances", "balances.csv", "payments", "debts"] {
            let of = |organization: &str| format!("/organizations/{organization}/{path}");
            of_host.get(&of(&market.host_organization)).await.refused(403, "forbidden");
            of_customer.get(&of(&market.customer_organization)).await.refused(403, "forbidden");
            market.customer.get(&of(&market.host_organization)).await.refused(403, "forbidden");
        }
        for stranger in [&of_host, &of_customer] {
            stranger.get(&format!("/payments/{payment}")).await.refused(404, "not_found");
        }
        // The price of an own booking is no secret.
        assert_eq!(of_customer.get(&format!("/bookings/{booking}/ledger")).await.expect(200).items().len(), 1);
        of_host.get(&format!("/bookings/{booking}/ledger")).await.refused(404, "not_found");
    }
}
