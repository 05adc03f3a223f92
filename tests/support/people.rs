//! Who takes part in a test: users, and the firms that they found.

use std::ops::Deref;

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Answer, Client};
use super::server::Server;

/// The password of all users, unless they change it.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A user who is signed in.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) name: String,
    /// Good for one use.
    pub(crate) refresh_token: String,
    client: Client,
}

impl Deref for User {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Server {
    /// A user whose address is `name@example.org`, proved, and whose password is [`PASSWORD`].
    pub(crate) async fn user(&self, name: &str) -> User {
        let user = self.unverified_user(name).await;
        let token = self.take_token(&user.email, "verify-email").await;
        self.anonymous().post("/auth/verify-email", json!({ "token": token })).await.expect(204);
        user
    }

    /// A user whose address is `name@example.org`, and who has not proved it.
    pub(crate) async fn unverified_user(&self, name: &str) -> User {
        let email = format!("{}@example.org", name.to_lowercase());
        let registration = json!({ "email": email, "password": PASSWORD, "name": name });
        let id = self.anonymous().post("/auth/register", registration).await.expect(201).id();
        let tokens = self.login(&email, PASSWORD).await.expect(200);
        let client = self.anonymous().with_token(tokens.text("access_token"));
        User { id, email, name: name.to_owned(), refresh_token: tokens.text("refresh_token"), client }
    }

    /// Makes a user a member, as if the user had accepted an invitation.
    pub(crate) fn add_member(&self, organization: &str, user: &User, role: &str) {
        let columns = "organization_id, user_id, role, created_at";
        let values = format!("'{organization}', '{}', '{role}', {}", user.id, self.sql_now());
        assert_eq!(self.execute(&format!("INSERT INTO members ({columns}) VALUES ({values})")), 1);
    }

    /// Invites somebody to be certified, as was done two hours ago: nobody can make many invitations within an hour.
    pub(crate) fn add_invitation(&self, organization: &str, (kind, email, by): (&str, &str, &str), number: &str) -> String {
        let (id, token) = (format!("01234567-89ab-7def-8123-{number}"), format!("hash {number}"));
        let (earlier, later) = (self.sql_at(TimeDelta::hours(-2)), self.sql_at(TimeDelta::days(9)));
        let columns =
            "id, organization_id, email, certification_kind_id, invited_by, token_hash, created_at, sent_at, expires_at";
        let texts = format!("'{id}', '{organization}', '{email}', '{kind}', '{by}', '{token}'");
        let insert = format!("INSERT INTO invitations ({columns}) VALUES ({texts}, {earlier}, {earlier}, {later})");
        assert_eq!(self.execute(&insert), 1);
        id
    }

    /// Gives a host a billing address, an invoice to a customer, and another amount to invoice for a booking that is over. Returns the
    /// identifier of the invoice.
    pub(crate) fn add_invoice(&self, (host, customer, user): (&str, &str, &str), booking: &str) -> String {
        let (now, id) = (self.sql_now(), format!("f{}", &booking[1..]));
        let address = json!({ "legal_name": "Rotor Works", "street": "1 Foundry Lane", "postal_code": "", "city": "London" });
        let set = format!("UPDATE organizations SET billing_address = '{address}' WHERE id = '{host}'");
        assert_eq!(self.execute(&set), 1);
        let party = json!({ "name": "Somebody", "address": address, "country": "GB", "vat_number": null });
        let nothing = json!({ "amount": 0, "currency": "GBP" });
        let line = json!({
            "booking_id": booking, "purpose": "price", "description": "Lathe", "net": nothing, "tax_category": null, "tax_rate": null,
        });
        let content = json!({
            "seller": party, "buyer": party, "lines": [line], "taxes": [], "net": nothing, "tax": nothing, "rounding": nothing, "corrects": [],
        });
        let columns = "id, organization_id, customer_id, kind, year, sequence, currency, total, issued_on, due_on, content, issued_by, created_at";
        let values = format!(
            "'{id}', '{host}', '{customer}', 'invoice', 2020, 1, 'GBP', 0, '2026-11-30', '2026-12-30', '{content}', '{user}', {now}"
        );
        assert_eq!(self.execute(&format!("INSERT INTO invoices ({columns}) VALUES ({values})")), 1);
        // An amount that is owed for a booking that is over, which is yet to be invoiced.
        let columns = "id, status, organization_id, host_organization_id, site_id, resource_id, starts_at, ends_at, claim_starts_at, claim_ends_at, \
                       quantity, price_amount, price_currency, price_lines, booking_rules_id, tariff_id, terms, note, created_by, created_at, updated_at";
        let copied =
            columns.replacen("id, status", &format!("'e{}', 'completed'", &booking[1..]), 1).replace("price_amount", "100");
        assert_eq!(
            self.execute(&format!("INSERT INTO bookings ({columns}) SELECT {copied} FROM bookings WHERE id = '{booking}'")),
            1
        );
        let columns =
            "id, entry_id, organization_id, customer_id, booking_id, debit, credit, amount, currency, purpose, created_at";
        let over = format!("e{}", &booking[1..]);
        let values =
            format!("'{over}', '{over}', '{host}', '{customer}', '{over}', 'receivable', 'income', 100, 'GBP', 'price', {now}");
        assert_eq!(self.execute(&format!("INSERT INTO ledger_rows ({columns}) VALUES ({values})")), 1);
        id
    }

    /// An attempt to sign in.
    pub(crate) async fn login(&self, email: &str, password: &str) -> Answer {
        self.anonymous().post("/auth/login", json!({ "email": email, "password": password })).await
    }

    /// A user who runs the installation.
    pub(crate) async fn operator(&self, name: &str) -> User {
        let user = self.user(name).await;
        assert_eq!(self.execute(&format!("UPDATE users SET is_operator = TRUE WHERE id = '{}'", user.id)), 1);
        user
    }
}

impl User {
    /// Deletes the account.
    pub(crate) async fn delete_account(&self) -> Answer {
        self.send(Method::DELETE, "/me", |request| request.json(&json!({ "current_password": PASSWORD }))).await
    }

    /// Founds an organization and answers its identifier.
    pub(crate) async fn found(&self, name: &str) -> String {
        self.post("/organizations", json!({ "kind": "firm", "name": name })).await.expect(201).id()
    }
}

/// A host with one resource on offer, and a customer.
pub(crate) struct Market {
    /// Owner of the host.
    pub(crate) host: User,
    /// The host's organization.
    pub(crate) host_organization: String,
    /// Its site, in London, open day and night.
    pub(crate) site: String,
    /// What is on offer.
    pub(crate) resource: String,
    /// Owner of the customer.
    pub(crate) customer: User,
    /// The customer's organization.
    pub(crate) customer_organization: String,
}

impl Server {
    /// A host that has `resource` on offer, one machine for 12.00 GBP an hour where it says nothing else; and a customer.
    pub(crate) async fn market(&self, resource: Value) -> Market {
        let host = self.user("Hannah").await;
        let customer = self.user("Carl").await;
        let host_organization = host.found("Rotor Works").await;
        let customer_organization = customer.found("Newcomer").await;
        let site = host.open_site(&host_organization, json!({})).await;
        let resource = host.list_resource(&site, resource).await;
        Market { host, host_organization, site, resource, customer, customer_organization }
    }
}

impl User {
    /// Opens a site in London, open day and night where `changes` say nothing else, and answers its identifier.
    pub(crate) async fn open_site(&self, organization: &str, changes: Value) -> String {
        let mut site = json!({
            "name": "Main hall", "latitude": 51.5155, "longitude": -0.0922, "timezone": "Europe/London",
            "address": { "line1": "1 Foundry Lane", "city": "London", "postal_code": "E1 1AA", "country": "GB" },
        });
        overlay(&mut site, changes);
        self.post(&format!("/organizations/{organization}/sites"), site).await.expect(201).id()
    }

    /// Lists a machine for 12.00 GBP an hour where `changes` say nothing else, and answers its identifier. Most tests book several
    /// machines for one user, so its operator can run several unless the rules say something else.
    pub(crate) async fn list_resource(&self, site: &str, changes: Value) -> String {
        let mut resource = json!({
            "kind": "machine", "name": "Lathe", "category": "lathe", "status": "listed",
            "tariff": { "currency": "GBP", "rate": 1200, "per": "hour" },
        });
        overlay(&mut resource, changes);
        if resource["booking_rules"].get("operator_can_run_several").is_none() {
            resource["booking_rules"]["operator_can_run_several"] = json!(true);
        }
        self.post(&format!("/sites/{site}/resources"), resource).await.expect(201).id()
    }
}

impl Market {
    /// The body of a booking by the customer.
    pub(crate) fn wish(&self, starts_at: &str, ends_at: &str) -> Value {
        json!({
            "organization_id": self.customer_organization, "resource_id": self.resource,
            "starts_at": starts_at, "ends_at": ends_at,
        })
    }

    /// The customer's attempt to book.
    pub(crate) async fn book(&self, starts_at: &str, ends_at: &str) -> Answer {
        self.customer.post("/bookings", self.wish(starts_at, ends_at)).await
    }
}

fn overlay(object: &mut Value, changes: Value) {
    if let (Some(object), Value::Object(changes)) = (object.as_object_mut(), changes) {
        object.extend(changes);
    }
}
