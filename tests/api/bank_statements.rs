//! Bank statements of hosts, and the payments in them.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::invoices::{A_DAY_AND_A_HALF, billing_market, pass, pounds};
use super::waitlist::{ELEVEN, TEN};
use crate::support::client::Answer;
use crate::support::people::{Market, User};
use crate::support::server::{Server, on_both_databases};

const CAMT: &[u8] = include_bytes!("../fixtures/bank/camt053_v02.xml");
const UNBALANCED: &[u8] = include_bytes!("../fixtures/bank/camt053_unbalanced.xml");

impl Market {
    fn of_host(&self, path: &str) -> String {
        format!("/organizations/{}/{path}", self.host_organization)
    }

    async fn import(&self, file: impl AsRef<[u8]>) -> Answer {
        import(&self.host, &self.host_organization, file).await
    }

    /// The lines of the host: state, amount, open amount.
    async fn lines(&self) -> Vec<(String, i64, i64)> {
        let lines = self.host.get(&self.of_host("bank-statement-lines")).await.expect(200);
        let line = |line: &Value| {
            let amount = |name: &str| line[name]["amount"].as_i64().unwrap();
            (line["state"].as_str().unwrap().to_owned(), amount("amount"), amount("open"))
        };
        lines.items().iter().map(line).collect()
    }

    /// The first line in a state.
    async fn line(&self, state: &str) -> Value {
        let lines = self.host.get(&self.of_host(&format!("bank-statement-lines?state={state}"))).await.expect(200);
        lines.items()[0].clone()
    }

    /// The host confirms, ignores or reopens a line.
    async fn on_line(&self, id: &str, action: &str, body: Value) -> Answer {
        self.host.post(&format!("/bank-statement-lines/{id}/{action}"), body).await
    }

    fn customer(&self) -> Value {
        json!({ "customer_organization_id": self.customer_organization })
    }
}

async fn import(user: &User, host: &str, file: impl AsRef<[u8]>) -> Answer {
    let file = file.as_ref().to_vec();
    let form = |request: reqwest::RequestBuilder| request.header("content-type", "application/octet-stream").body(file);
    user.send(Method::POST, &format!("/organizations/{host}/bank-statements"), form).await
}

fn csv(lines: &[&str]) -> String {
    format!("date,amount,currency,name,reference,id\n{}\n", lines.join("\n"))
}

/// A host whose customer has the invoice 2026-00001 over 3.57 GBP.
pub(super) async fn with_invoice(server: &Server) -> (Market, String) {
    let market = billing_market(server, json!({})).await;
    for _ in 0..3 {
        market.book(TEN, ELEVEN).await.expect(201);
    }
    pass(server, A_DAY_AND_A_HALF).await;
    let invoice = market.invoice(json!({})).await.expect(201);
    assert_eq!((&invoice.items()[0]["number"], &invoice.items()[0]["total"]), (&json!("2026-00001"), &pounds(357)));
    let id = invoice.items()[0]["id"].as_str().unwrap().to_owned();
    (market, id)
}

on_both_databases! {
    async fn no_line_is_imported_twice_from_whatever_file(server) {
        let market = server.market(json!({})).await;
        let first = market.import(CAMT).await.expect(201);
        assert_eq!((&first["format"], &first["lines"], &first["known_lines"]), (&json!("camt053"), &json!(5), &json!(0)));
        assert_eq!((&first["first_on"], &first["last_on"]), (&json!("2026-12-04"), &json!("2026-12-04")));
        let line = |state: &str, amount: i64| (state.to_owned(), amount, amount.max(0));
        let all = vec![line("open", 357), line("outgoing", -2050), line("open", 1000), line("open", 2000), line("open", 3000)];
        assert_eq!(market.lines().await, all, "in the order of the file, and the batch as several lines");
        let again = market.import(CAMT).await.expect(201);
        assert_eq!((&again["lines"], &again["known_lines"]), (&json!(5), &json!(5)));
        assert_eq!(market.lines().await, all);
        let day = ["2026-12-04,5,GBP,Nina,,", "2026-12-04,5,GBP,Nina,,", "2026-12-04,7,GBP,,,A-1"];
        assert_eq!(market.import(csv(&day[..1])).await.expect(201)["known_lines"], 0);
        let overlapping = market.import(csv(&day)).await.expect(201);
        assert_eq!((&overlapping["lines"], &overlapping["known_lines"]), (&json!(3), &json!(1)));
        let files = market.host.get(&market.of_host("bank-statements")).await.expect(200);
        assert_eq!(files.items().len(), 4);
        let path = first.header("location").trim_start_matches("/api/v1").to_owned();
        assert_eq!(market.host.get(&path).await.expect(200).body, first.body);
        let of_file = format!("bank-statement-lines?bank_statement_id={}", overlapping.id());
        assert_eq!(market.host.get(&market.of_host(&of_file)).await.expect(200).items().len(), 2);
        // Each host has its own lines.
        let other = market.customer.found("Other Works").await;
        assert_eq!(import(&market.customer, &other, CAMT).await.expect(201)["known_lines"], 0);
        let sheet = market.host.get(&market.of_host("bank-statement-lines.csv")).await.expect(200);
        assert!(sheet.text.contains(",GB33BUKB20201555555555,2026-12-04,357,GBP,357,Newcomer Ltd,"), "{sheet:?}");
    }

    async fn of_two_imports_of_a_file_at_the_same_time_one_adds_the_lines(server) {
        let market = server.market(json!({})).await;
        let path = market.of_host("bank-statements");
        let send = async || {
            let host = market.host.alone();
            host.send(Method::POST, &path, |request| request.header("content-type", "text/xml").body(CAMT)).await
        };
        let (one, other) = tokio::join!(send(), send());
        let known: i64 = [one, other].map(|answer| answer.expect(201)["known_lines"].as_i64().unwrap()).iter().sum();
        assert_eq!((known, market.lines().await.len()), (5, 5));
    }

    async fn of_a_file_that_is_wrong_nothing_is_imported(server) {
        let market = server.market(json!({})).await;
        let refused = market.import(UNBALANCED).await.refused(422, "statement_unbalanced");
        assert!(refused.text("detail").contains("43.07 GBP"), "{refused:?}");
        market.import(&CAMT[..2000]).await.refused(422, "statement_unreadable");
        market.import("date,amount,currency\n2026-12-04,1,GBP\n2026-12-04,nothing,GBP\n").await.refused(422, "statement_unreadable");
        market.import("").await.refused(422, "statement_unreadable");
        market.import(csv(&["2026-12-04,1,GBP,,,A", "2026-12-04,1,GBP,,,A"])).await.refused(422, "statement_doubled");
        market.import(csv(&vec!["2026-12-04,1,GBP,,,"; 5_001])).await.refused(413, "payload_too_large");
        market.import(vec![b' '; (8 << 20) + 1]).await.refused(413, "payload_too_large");
        market.host.post(&market.of_host("bank-statements"), json!({})).await.refused(415, "unsupported_media_type");
        let path = market.of_host("bank-statements?format=mt940");
        let form = |request: reqwest::RequestBuilder| request.header("content-type", "text/xml").body(CAMT);
        market.host.send(Method::POST, &path, form).await.refused(422, "statement_unreadable");
        assert_eq!(market.lines().await, []);
        assert!(market.host.get(&market.of_host("bank-statements")).await.expect(200).items().is_empty());
    }

    async fn the_largest_file_is_imported_at_once(server) {
        let market = server.market(json!({})).await;
        let file = csv(&vec!["2026-12-04,1,GBP,Nina Works,Invoice 2026-00001,"; 5_000]);
        assert_eq!(market.import(&file).await.expect(201)["known_lines"], 0);
        let again = market.import(&file).await.expect(201);
        assert_eq!((&again["lines"], &again["known_lines"]), (&json!(5000), &json!(5000)));
    }

    async fn an_import_that_is_sent_again_with_its_key_is_done_once(server) {
        let market = server.market(json!({})).await;
        let keyed = market.host.with("idempotency-key", "\"statement\"");
        let path = market.of_host("bank-statements");
        let send = async || keyed.send(Method::POST, &path, |request| request.header("content-type", "text/xml").body(CAMT)).await;
        let first = send().await.expect(201);
        assert_eq!(send().await.expect(201).body, first.body);
        assert_eq!(market.host.get(&path).await.expect(200).items().len(), 1);
    }

    async fn a_line_is_matched_confirmed_and_open_again_when_its_payment_is_reversed(server) {
        let (market, invoice) = with_invoice(server).await;
        market.import(CAMT).await.expect(201);
        let line = market.line("open").await;
        let best = &line["proposals"][0];
        assert_eq!((&best["reason"], &best["invoice_number"]), (&json!("invoice_number_and_amount"), &json!("2026-00001")));
        assert_eq!((&best["invoice_id"], &best["invoice_open"]), (&json!(invoice), &pounds(357)));
        assert_eq!((&best["customer_organization_id"], &best["customer_organization_name"]), (&json!(market.customer_organization), &json!("Newcomer")));
        let id = line["id"].as_str().unwrap();
        let mut body = market.customer();
        body["invoice_id"] = json!(invoice);
        let confirmed = market.on_line(id, "confirm", body.clone()).await.expect(200);
        assert_eq!((&confirmed["state"], &confirmed["open"], &confirmed["proposals"]), (&json!("confirmed"), &pounds(0), &json!([])));
        let paid = market.host.get(&market.of_host("payments")).await.expect(200);
        let [payment] = paid.items() else { panic!("{paid:?}") };
        assert_eq!(confirmed["payment_ids"], json!([payment["id"]]));
        assert_eq!((&payment["amount"], &payment["method"], &payment["paid_on"]), (&pounds(357), &json!("bank_transfer"), &json!("2026-12-04")));
        assert_eq!((&payment["invoice_id"], &payment["reference"]), (&json!(invoice), &json!("Invoice 2026 00001 with thanks & regards")));
        let state = async || market.host.get(&format!("/invoices/{invoice}")).await.expect(200)["state"].clone();
        assert_eq!(state().await, "paid");
        let refused = market.on_line(id, "confirm", body).await.refused(409, "invalid_transition");
        assert!(refused.text("detail").contains("confirmed"), "{refused:?}");
        market.on_line(id, "ignore", json!({})).await.refused(409, "invalid_transition");
        let reverse = format!("/payments/{}/reverse", payment["id"].as_str().unwrap());
        market.host.post(&reverse, json!({ "reason": "Wrong customer" })).await.expect(200);
        let open = market.host.get(&format!("/bank-statement-lines/{id}")).await.expect(200);
        assert_eq!((&open["state"], &open["open"], &open["payment_ids"]), (&json!("open"), &pounds(357), &json!([])));
        assert_eq!((state().await, &open["proposals"][0]["reason"]), (json!("open"), &json!("invoice_number_and_amount")));
        market.on_line(id, "confirm", market.customer()).await.expect(200);
        assert_eq!(state().await, "paid");
    }

    async fn of_two_managers_who_confirm_a_line_at_the_same_time_one_does(server) {
        let (market, _) = with_invoice(server).await;
        market.import(csv(&["2026-12-04,3.57,GBP,,,"])).await.expect(201);
        let path = format!("/bank-statement-lines/{}/confirm", market.line("open").await["id"].as_str().unwrap());
        let confirm = async || {
            let host = market.host.alone();
            host.post(&path, market.customer()).await
        };
        let (one, two, three) = tokio::join!(confirm(), confirm(), confirm());
        let (done, late): (Vec<_>, Vec<_>) = [one, two, three].into_iter().partition(|answer| answer.status == 200);
        assert_eq!((done.len(), late.len()), (1, 2));
        late.into_iter().for_each(|answer| drop(answer.refused(409, "invalid_transition")));
        assert_eq!(market.host.get(&market.of_host("payments")).await.expect(200).items().len(), 1);
    }

    async fn a_line_can_be_confirmed_in_parts_and_the_rest_ignored(server) {
        let (market, invoice) = with_invoice(server).await;
        market.import(csv(&["2026-12-04,5.00,GBP,Nobody,,", "2026-12-04,-1.00,GBP,,,"])).await.expect(201);
        let line = market.line("open").await;
        let id = line["id"].as_str().unwrap();
        let confirm = async |changes: Value| {
            let mut body = market.customer();
            body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            market.on_line(id, "confirm", body).await
        };
        confirm(json!({ "amount": pounds(501) })).await.refused_fields(&[("/amount/amount", "out_of_range")]);
        confirm(json!({ "amount": pounds(0) })).await.refused_fields(&[("/amount/amount", "out_of_range")]);
        confirm(json!({ "amount": { "amount": 1, "currency": "EUR" } })).await.refused_fields(&[("/amount/currency", "invalid")]);
        confirm(json!({ "customer_organization_id": market.host_organization })).await
            .refused_fields(&[("/customer_organization_id", "invalid")]);
        confirm(json!({ "invoice_id": line["id"] })).await.refused_fields(&[("/invoice_id", "invalid")]);
        let parted = confirm(json!({ "amount": pounds(200), "invoice_id": invoice })).await.expect(200);
        assert_eq!((&parted["state"], &parted["open"]), (&json!("open"), &pounds(300)));
        // The payments have an order.
        server.advance(TimeDelta::seconds(1));
        let stale = market.host.with("if-match", "\"1\"").post(&format!("/bank-statement-lines/{id}/ignore"), json!({})).await;
        stale.refused(412, "precondition_failed");
        let ignored = market.on_line(id, "ignore", json!({ "reason": "A gift" })).await.expect(200);
        assert_eq!((&ignored["state"], &ignored["open"], &ignored["ignored_reason"]), (&json!("ignored"), &pounds(0), &json!("A gift")));
        confirm(json!({})).await.refused(409, "invalid_transition");
        let reopened = market.on_line(id, "reopen", json!({})).await.expect(200);
        assert_eq!((&reopened["state"], &reopened["open"], &reopened["ignored_reason"]), (&json!("open"), &pounds(300), &Value::Null));
        market.on_line(id, "reopen", json!({})).await.refused(409, "invalid_transition");
        let outgoing = market.line("outgoing").await["id"].as_str().unwrap().to_owned();
        market.on_line(&outgoing, "confirm", market.customer()).await.refused(409, "invalid_transition");
        market.on_line(&outgoing, "ignore", json!({})).await.refused(409, "invalid_transition");
        let all = confirm(json!({})).await.expect(200);
        assert_eq!((&all["state"], all["payment_ids"].as_array().unwrap().len()), (&json!("confirmed"), 2));
        assert_eq!(market.host.get(&format!("/invoices/{invoice}")).await.expect(200)["open"], pounds(0));
        // The reversal of one of the two opens its part.
        let payment = all["payment_ids"][0].as_str().unwrap();
        market.host.post(&format!("/payments/{payment}/reverse"), json!({})).await.expect(200);
        assert_eq!(market.line("open").await["open"], pounds(200));
    }

    async fn the_customer_of_another_host_is_never_proposed_and_the_database_refuses_wrong_lines(server) {
        let (market, _) = with_invoice(server).await;
        let other = market.customer.found("Other Works").await;
        import(&market.customer, &other, CAMT).await.expect(201);
        let lines = market.customer.get(&format!("/organizations/{other}/bank-statement-lines?state=open")).await.expect(200);
        assert!(lines.items().iter().all(|line| line["proposals"] == json!([])), "{lines:?}");
        for attempt in [
            "UPDATE bank_statement_lines SET open_amount = amount + 1 WHERE amount > 0",
            "UPDATE bank_statement_lines SET state = 'confirmed' WHERE amount > 0",
        ] {
            assert!(server.fails(attempt), "{attempt}");
        }
    }
}
