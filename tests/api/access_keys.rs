//! What API keys may do: every operation of the OpenAPI document is tried with keys that lack its scopes, that are revoked, expired or
//! of another organization, and with a key that has exactly its scopes.

use domain::api_key::Scope;
use domain::secret_token::TokenHash;
use reqwest::Method;
use serde_json::json;

use super::access::{Place, check};
use super::access_rules::MAY;
use super::operations::Operation;
use crate::support::client::{Answer, Client};
use crate::support::server::Server;

impl Operation {
    /// The scopes that a key needs for it; none if no key can use it.
    pub(super) fn scopes(&self) -> Vec<Scope> {
        let scopes = self.description["x-scopes"].as_array().unwrap().iter();
        scopes.map(|scope| scope.as_str().unwrap().parse().unwrap()).collect()
    }

    /// Whether the security of the operation says the same as `x-scopes`.
    pub(super) fn assert_names_scopes(&self) {
        let ways = self.description["security"].as_array().unwrap();
        let named: Vec<_> = ways.iter().filter_map(|way| way.get("api_key")).collect();
        let scopes = json!(self.scopes());
        let expected = if scopes == json!([]) { Vec::new() } else { vec![&scopes] };
        assert_eq!(named, expected, "{}", self.id);
    }
}

/// The keys that cannot use an operation on a place.
pub(super) struct Keys {
    /// Has all scopes but one that the operation needs.
    without: Client,
    revoked: Client,
    expired: Client,
    /// Is of another organization, and has all scopes.
    elsewhere: Client,
}

/// The end of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    None,
    Revoked,
    Expired,
}

/// Adds a key as if an owner had made it, and returns its client.
fn add(server: &Server, name: &str, (organization, owner): (&str, &str), scopes: &[Scope], end: End) -> Client {
    let (secret, id) = (format!("sfk_{name}"), format!("019acb2f-0000-7000-8000-{name:0>12}"));
    let (hash, scopes) = (TokenHash::of(&secret), json!(scopes));
    let earlier = server.sql_at(-chrono::TimeDelta::hours(1));
    let revoked = if end == End::Revoked { server.sql_now() } else { "NULL".to_owned() };
    let expires = if end == End::Expired { server.sql_now() } else { "NULL".to_owned() };
    let columns = "id, organization_id, name, scopes, prefix, token_hash, created_by, created_at, revoked_at, expires_at";
    let texts = format!("'{id}', '{organization}', 'Program', '{scopes}', 'sfk_', '{}', '{owner}'", hash.as_str());
    let insert = format!("INSERT INTO api_keys ({columns}) VALUES ({texts}, {earlier}, {revoked}, {expires})");
    assert_eq!(server.execute(&insert), 1);
    server.anonymous().with_token(secret)
}

impl Keys {
    pub(super) fn add(server: &Server, operation: &Operation, place: &Place<'_>, elsewhere: &str, number: usize) -> Self {
        let needed = operation.scopes();
        let others: Vec<_> = Scope::ALL.iter().copied().filter(|scope| needed.first() != Some(scope)).collect();
        let key = |kind: &str, scopes: &[Scope], end| {
            add(server, &format!("{kind}{number}"), (&place.organization, &place.people.owner.id), scopes, end)
        };
        Self {
            without: key("1a", &others, End::None),
            revoked: key("1b", Scope::ALL, End::Revoked),
            expired: key("1c", Scope::ALL, End::Expired),
            elsewhere: add(server, &format!("1d{number}"), (elsewhere, &place.people.outsider.id), Scope::ALL, End::None),
        }
    }

    /// Tries the operation with each of these keys. `stranger` is the answer to a tenant of another organization.
    pub(super) async fn try_without_right(&self, operation: &Operation, place: &Place<'_>, stranger: &str) {
        operation.assert_names_scopes();
        check(operation.try_as(&self.revoked, place).await, "invalid_token");
        check(operation.try_as(&self.expired, place).await, "invalid_token");
        check(operation.try_as(&self.without, place).await, "forbidden");
        self.try_elsewhere(operation, place, stranger).await;
    }

    /// Tries the operation with the key of another organization, which gets the answer of a tenant of that organization. Where
    /// it is allowed, the operation is tried only if it changes nothing.
    pub(super) async fn try_elsewhere(&self, operation: &Operation, place: &Place<'_>, stranger: &str) {
        let expected = if operation.scopes().is_empty() { "forbidden" } else { stranger };
        if expected != MAY || operation.method == Method::GET {
            check(operation.try_as(&self.elsewhere, place).await, expected);
        }
    }

    /// Tries the operation with a key that has its scopes and no other, of the organization that may do it.
    pub(super) async fn try_exact(
        server: &Server,
        operation: &Operation,
        place: &Place<'_>,
        is_customer: bool,
        number: usize,
    ) -> Answer {
        let people = place.people;
        let (organization, owner) = match is_customer {
            true => (&place.customer, &people.customer.id),
            false => (&place.organization, &people.owner.id),
        };
        let key = add(server, &format!("1e{number}"), (organization, owner), &operation.scopes(), End::None);
        let mut body = place.body(&operation.id);
        let operator = json!(people.customer.id);
        match operation.id.as_str() {
            "create_booking" | "create_series" | "preview_series" | "join_waitlist" => body["operated_by"] = operator,
            "add_series_occurrences" => body = json!({ "operated_by": operator }),
            "create_booking_group" | "preview_booking_group" => body["bookings"][0]["operated_by"] = operator,
            _ => {}
        }
        operation.try_with(&key, place, body).await
    }
}
