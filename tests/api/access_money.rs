//! The objects on which the operations about money and webhooks are tried.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::people::User;
use crate::support::server::Server;
use crate::support::stripe::Account;

/// A bank statement.
pub(super) const STATEMENT: &str = "date,amount,currency\n2026-11-30,1.00,GBP\n";

/// Imports a bank statement if the operation is about one or is not known, and returns it with its line.
pub(super) async fn import(owner: &User, organization: &str, operation: &str) -> (String, String) {
    if !operation.is_empty() && !operation.contains("bank_statement") {
        return Default::default();
    }
    let organization = format!("/organizations/{organization}");
    // Not that of the tries.
    let file = STATEMENT.replace("1.00", "2.00");
    let form = |request: reqwest::RequestBuilder| request.header("content-type", "text/csv").body(file);
    let statement = owner.send(Method::POST, &format!("{organization}/bank-statements"), form).await.expect(201).id();
    let lines = owner.get(&format!("{organization}/bank-statement-lines")).await.expect(200);
    let line = lines.items()[0]["id"].as_str().unwrap().to_owned();
    if operation == "reopen_bank_statement_line" {
        owner.post(&format!("/bank-statement-lines/{line}/ignore"), json!({})).await.expect(200);
    }
    (statement, line)
}

/// Gives the customer credit of a package if the operation is about one or is not known, and returns both.
pub(super) async fn give_credit(owner: &User, organization: &str, customer: &str, operation: &str) -> (String, String) {
    if !operation.is_empty() && !operation.contains("package") && !operation.contains("prepaid") {
        return Default::default();
    }
    let organization = format!("/organizations/{organization}");
    let address = json!({ "legal_name": "Rotor", "street": "1 Lane", "city": "London", "postal_code": "E1 1AA" });
    owner.patch(&format!("{organization}/billing"), json!({ "billing_address": address })).await.expect(200);
    let package = owner.post(&format!("{organization}/packages"), new_package()).await.expect(201).id();
    let given = json!({ "customer_organization_id": customer, "is_free": true });
    let prepaid = owner.post(&format!("/packages/{package}/sell"), given).await.expect(201).id();
    (package, prepaid)
}

/// Prepares a host for the operations about its account for payments by card. Returns a payout, for the operations with one.
pub(super) fn connect_account(server: &Server, organization: &str, owner: &str, operation: &str, number: usize) -> String {
    let payout = format!("019acb2f-0000-7000-9000-{number:012}");
    match operation {
        "connect_card_account" => {
            server.execute(&format!("UPDATE organizations SET country = 'GB' WHERE id = '{organization}'"));
        }
        // Without an operation there can be no Stripe.
        ""
        | "get_card_account"
        | "update_card_account"
        | "pay_booking"
        | "pay_booking_group"
        | "get_payout"
        | "list_payout_items"
        | "list_payout_items_csv" => {
            let id = match operation {
                "" => "acct_of_the_host".to_owned(),
                _ => Account::of(server).with(|world| world.add_account()),
            };
            let (columns, now) =
                ("organization_id, provider_id, attempt, can_charge, created_by, created_at, updated_at", server.sql_now());
            server.execute(&format!(
                "INSERT INTO card_accounts ({columns}) VALUES ('{organization}', '{id}', 1, TRUE, '{owner}', {now}, {now})"
            ));
            let columns = "id, organization_id, provider_id, amount, currency, state, arrives_on, made_at, is_itemized, created_at, updated_at";
            server.execute(&format!(
                "INSERT INTO card_payouts ({columns}) \
                 VALUES ('{payout}', '{organization}', 'po_{number}', 1, 'GBP', 'paid', '2026-12-01', {now}, TRUE, {now}, {now})"
            ));
        }
        _ => {}
    }
    payout
}

/// Makes a webhook and tests it if the operation is about one or is not known, and returns both.
pub(super) async fn add_webhook(owner: &User, organization: &str, operation: &str) -> (String, String) {
    if !operation.is_empty() && !operation.contains("webhook") {
        return Default::default();
    }
    // The name leads nowhere.
    let webhook = owner.post(&format!("/organizations/{organization}/webhooks"), new_webhook()).await.expect(201).id();
    let delivery = owner.post(&format!("/webhooks/{webhook}/test"), json!({})).await.expect(201).id();
    (webhook, delivery)
}

pub(super) fn new_webhook() -> Value {
    json!({ "url": "https://receiver.invalid/", "is_enabled": false })
}

pub(super) fn new_package() -> Value {
    json!({ "name": "Card", "price": { "amount": 1000, "currency": "GBP" }, "valid_days": 30 })
}

pub(super) fn new_payment(customer: &str) -> Value {
    let amount = json!({ "amount": 100, "currency": "GBP" });
    json!({ "customer_organization_id": customer, "amount": amount, "method": "cash", "paid_on": "2026-11-30" })
}

/// Books a group of one booking, in the state in which the operation can be done.
pub(super) async fn book_group(
    server: &Server,
    customer: &User,
    (organization, resource): (&str, &str),
    operation: &str,
) -> String {
    let member = json!({ "resource_id": resource, "starts_at": "2026-12-01T14:00:00Z", "ends_at": "2026-12-01T15:00:00Z" });
    let group = json!({ "organization_id": organization, "bookings": [member], "hold": operation == "confirm_booking_group" });
    let group = customer.post("/booking-groups", group).await.expect(201).id();
    if operation == "pay_booking_group" {
        server.execute(&format!("UPDATE bookings SET status = 'confirmed', lapses_at = NULL WHERE group_id = '{group}'"));
    }
    group
}
