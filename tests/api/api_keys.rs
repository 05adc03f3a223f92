//! API keys: what they look like, how long they can be used, and what names them.

use chrono::TimeDelta;
use domain::secret_token::TokenHash;
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::people::{Market, User};
use crate::support::server::{Kind, Server, on_both_databases};

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";

/// A key that an owner has just made.
struct Made {
    id: String,
    path: String,
    secret: String,
    client: Client,
}

async fn make(server: &Server, owner: &User, organization: &str, fields: Value) -> Made {
    let path = format!("/organizations/{organization}/api-keys");
    let made = owner.post(&path, fields).await.expect(201);
    let (id, secret) = (made["api_key"]["id"].as_str().unwrap().to_owned(), made.text("key"));
    let client = server.anonymous().with_token(&secret);
    Made { path: format!("{path}/{id}"), id, secret, client }
}

fn with(scopes: &[&str]) -> Value {
    json!({ "name": "Door display", "scopes": scopes })
}

/// The body of a booking by a key of the customer.
fn wish(market: &Market) -> Value {
    let mut wish = market.wish(TEN, ELEVEN);
    wish["operated_by"] = json!(market.customer.id);
    wish
}

fn detail(answer: &Answer) -> &str {
    answer["detail"].as_str().unwrap()
}

on_both_databases! {
    async fn a_key_is_shown_once_and_only_its_hash_is_stored(server) {
        let market = server.market(json!({})).await;
        let path = format!("/organizations/{}/api-keys", market.host_organization);
        let fields = json!({ "name": "  Door display ", "scopes": ["resources:read", "bookings:read", "resources:read"] });
        let made = market.host.with("idempotency-key", "once").post(&path, fields).await.expect(201);
        let (secret, key) = (made.text("key"), &made["api_key"]);
        assert!(secret.starts_with("sfk_") && secret.len() == 47, "{secret}");
        assert_eq!((&key["name"], &key["prefix"]), (&json!("Door display"), &json!(secret[..10])));
        assert_eq!(key["scopes"], json!(["bookings:read", "resources:read"]));
        assert_eq!((made.header("cache-control"), made.header("location")), ("no-store", &*format!("/api/v1{path}/{}", key["id"].as_str().unwrap())));
        assert_eq!(server.select("SELECT token_hash AS value FROM api_keys"), [TokenHash::of(&secret).as_str()]);
        let seen = market.host.get(&path).await.expect(200);
        assert_eq!((&seen.items()[0], seen.text.contains(&secret)), (key, false));
        assert_eq!(server.select("SELECT body AS value FROM idempotency_keys"), [""; 0]);
        let audit = market.host.get(&format!("/organizations/{}/audit?object=api_key", market.host_organization)).await.expect(200);
        assert_eq!((&audit.items()[0]["action"], &audit.items()[0]["detail"]["scopes"]), (&json!("api_key.create"), &key["scopes"]));
        assert!(!audit.text.contains(&secret));
    }

    async fn wrong_fields_are_refused(server) {
        let market = server.market(json!({})).await;
        let path = format!("/organizations/{}/api-keys", market.host_organization);
        let refused = market.host.post(&path, json!({ "name": "", "scopes": [] })).await;
        refused.refused_fields(&[("/name", "required"), ("/scopes", "out_of_range")]);
        let past = json!({ "name": "Old", "scopes": ["money:read"], "expires_at": "2026-11-30T09:00:00Z" });
        market.host.post(&path, past).await.refused_fields(&[("/expires_at", "invalid")]);
        let unknown = market.host.post(&path, json!({ "name": "All", "scopes": ["members:write"] })).await;
        assert_eq!(unknown.status, 422);
    }

    async fn a_revoked_key_and_an_expired_one_are_refused_at_once(server) {
        let market = server.market(json!({})).await;
        let mut fields = with(&["organization:read"]);
        let revoked = make(server, &market.host, &market.host_organization, fields.clone()).await;
        fields["expires_at"] = json!("2026-11-30T09:10:00Z");
        let expiring = make(server, &market.host, &market.host_organization, fields).await;
        let path = format!("/organizations/{}", market.host_organization);
        for key in [&revoked, &expiring] {
            key.client.get(&path).await.expect(200);
        }
        let seen = market.host.post(&format!("{}/revoke", revoked.path), json!({})).await.expect(200);
        assert_eq!((&seen["revoked_at"], &seen["revoked_by"]), (&json!("2026-11-30T09:00:00Z"), &json!(market.host.id)));
        revoked.client.get(&path).await.refused(401, "invalid_token");
        market.host.post(&format!("{}/revoke", revoked.path), json!({})).await.refused(409, "invalid_transition");
        server.advance(TimeDelta::minutes(10) - TimeDelta::microseconds(1));
        expiring.client.get(&path).await.expect(200);
        server.advance(TimeDelta::microseconds(1));
        expiring.client.get(&path).await.refused(401, "invalid_token");
        server.anonymous().with_token("sfk_unknown").get(&path).await.refused(401, "invalid_token");
    }

    async fn the_latest_use_is_written_once_a_minute(server) {
        let market = server.market(json!({})).await;
        let key = make(server, &market.host, &market.host_organization, with(&["organization:read"])).await;
        let path = format!("/organizations/{}", market.host_organization);
        let used = async |later: i64| {
            server.advance(TimeDelta::seconds(later));
            key.client.get(&path).await.expect(200);
            market.host.get(&key.path).await.expect(200)["last_used_at"].clone()
        };
        assert_eq!(market.host.get(&key.path).await.expect(200)["last_used_at"], Value::Null);
        let first = json!("2026-11-30T09:00:01Z");
        assert_eq!([used(1).await, used(59).await], [first.clone(), first]);
        assert_eq!(used(1).await, json!("2026-11-30T09:01:01Z"));
    }

    async fn a_key_books_for_its_organization_and_the_history_names_it(server) {
        let market = server.market(json!({})).await;
        let scopes = ["bookings:read", "bookings:write"];
        let key = make(server, &market.customer, &market.customer_organization, with(&scopes)).await;
        // Nobody operates a machine just because they made the key.
        key.client.post("/bookings", market.wish(TEN, ELEVEN)).await.refused_fields(&[("/operated_by", "required")]);
        let booked = key.client.post("/bookings", wish(&market)).await.expect(201);
        assert_eq!((&booked["operated_by"], &booked["created_by"]), (&json!(market.customer.id), &json!(market.customer.id)));
        key.client.post(&format!("/bookings/{}/cancel", booked.id()), json!({})).await.expect(200);
        let history = market.host.get(&format!("/bookings/{}/history", booked.id())).await.expect(200);
        for change in history.items() {
            let named = (&change["user_id"], &change["api_key_id"], &change["api_key_name"]);
            assert_eq!(named, (&Value::Null, &json!(key.id), &json!("Door display")), "{change:#}");
        }
        let audit = market.host.get(&format!("/organizations/{}/audit?object=booking", market.host_organization)).await.expect(200);
        assert_eq!((&audit.items()[0]["user_name"], &audit.items()[0]["api_key_name"]), (&Value::Null, &json!("Door display")));
        let facts = server.select("SELECT body AS value FROM facts WHERE body LIKE '%\"type\":\"api_key\"%'");
        assert_eq!(facts.len(), 2, "{facts:?}");
        // The user who made the key is notified of what it does.
        assert!(server.mails(&market.customer.email, 2).await.iter().any(|mail| mail.subject.contains("Lathe")));
        let listed = key.client.get("/bookings").await.expect(200);
        assert_eq!(listed.items().len(), 1);
    }

    async fn a_key_is_no_person(server) {
        let market = server.market(json!({})).await;
        let terms = json!({ "kind": "general", "name": "House rules", "text": "Be kind." });
        let terms = market.host.post(&format!("/organizations/{}/terms", market.host_organization), terms).await.expect(201).id();
        let all = ["bookings:write", "bookings:read", "resources:read", "terms:read", "terms:write", "trainings:read", "members:read"];
        let key = make(server, &market.customer, &market.customer_organization, with(&all)).await;
        let mut accepts = wish(&market);
        accepts["accepted_terms"] = json!([{ "terms_id": terms, "version": 1 }]);
        let refused = key.client.post("/bookings", accepts.clone()).await.refused(403, "forbidden");
        assert!(detail(&refused).contains("A person must accept terms"), "{refused:?}");
        market.customer.post("/bookings", accepts).await.expect(201);
        for path in ["/me", "/me/export", "/organizations", "/me/sessions"] {
            let refused = key.client.get(path).await.refused(403, "forbidden");
            assert!(detail(&refused).contains("cannot use this operation"), "{refused:?}");
        }
        let members = format!("/organizations/{}/members", market.customer_organization);
        assert_eq!(key.client.get(&members).await.expect(200).items().len(), 1);
        let host = format!("/organizations/{}/members", market.host_organization);
        key.client.get(&host).await.refused(403, "forbidden");
        let another = json!({ "name": "More", "scopes": ["money:read"] });
        let keys = format!("/organizations/{}/api-keys", market.customer_organization);
        key.client.post(&keys, another).await.refused(403, "forbidden");
        let refused = key.client.get(&format!("/organizations/{}/ledger", market.customer_organization)).await.refused(403, "forbidden");
        assert_eq!(detail(&refused), "The API key lacks the scope money:read.");
    }

    async fn operators_of_the_installation_revoke_keys_and_make_none(server) {
        let market = server.market(json!({})).await;
        let operator = server.operator("Root").await;
        let key = make(server, &market.host, &market.host_organization, with(&["organization:read"])).await;
        let keys = format!("/organizations/{}/api-keys", market.host_organization);
        operator.post(&keys, with(&["bookings:write"])).await.refused(403, "forbidden");
        operator.post(&format!("{}/revoke", key.path), json!({})).await.expect(200);
    }

    async fn a_key_outlives_its_maker_and_not_its_organization(server) {
        let market = server.market(json!({})).await;
        let second = server.user("Olga").await;
        server.add_member(&market.customer_organization, &second, "owner");
        let key = make(server, &second, &market.customer_organization, with(&["organization:read", "bookings:read"])).await;
        second.delete_account().await.expect(204);
        let path = format!("/organizations/{}", market.customer_organization);
        key.client.get(&path).await.expect(200);
        key.client.get("/bookings").await.expect(200);
        market.customer.post(&format!("{path}/close"), json!({})).await.expect(204);
        key.client.get("/bookings").await.refused(401, "invalid_token");
    }

    async fn the_database_refuses_keys_that_change(server) {
        let market = server.market(json!({})).await;
        let key = make(server, &market.host, &market.host_organization, with(&["organization:read"])).await;
        let told = "an API key keeps its organization, scopes, secret and end";
        let change = |set: &str| format!("UPDATE api_keys SET {set} WHERE id = '{}'", key.id);
        for set in [
            "scopes = '[\"bookings:write\"]'".to_owned(),
            format!("organization_id = '{}'", market.customer_organization),
            "token_hash = 'other'".to_owned(),
            format!("expires_at = {}", server.sql_at(TimeDelta::days(1))),
        ] {
            assert!(server.refuses(&change(&set), told), "{set}");
        }
        market.host.post(&format!("{}/revoke", key.path), json!({})).await.expect(200);
        assert!(server.refuses(&change("revoked_at = NULL, revoked_by = NULL"), told));
        assert_eq!(server.execute(&change("name = 'Another name'")), 1);
        assert!(!key.secret.is_empty());
    }
}

fn requests_are_counted_by_key(kind: Kind) {
    let server = Server::start(
        kind,
        &[&|config| {
            config.limits.enabled = true;
            (config.limits.request_burst, config.limits.requests_per_minute) = (40, 1);
        }],
    );
    crate::support::server::block_on(async {
        let owner = server.user("Owen").await;
        let organization = owner.found("Rotor Works").await;
        let keys = [
            make(&server, &owner, &organization, with(&["organization:read"])).await,
            make(&server, &owner, &organization, with(&["organization:read"])).await,
        ];
        let path = format!("/organizations/{organization}");
        // The first request of a key is counted by address, because the key could be an invented one.
        for key in &keys {
            key.client.get(&path).await.expect(200);
        }
        for _ in 0..40 {
            keys[0].client.get(&path).await.expect(200);
        }
        let refused = keys[0].client.get(&path).await.refused(429, "too_many_requests");
        assert!(!refused.header("retry-after").is_empty());
        let left = keys[1].client.get(&path).await.expect(200);
        assert!(left.header("ratelimit").starts_with("\"requests\";r=39;"), "{left:?}");
        // Invented keys share the limit of the address.
        let mut statuses = Vec::new();
        for number in 0..41 {
            statuses.push(server.anonymous().with_token(format!("sfk_{number}")).get(&path).await.status);
        }
        assert_eq!((statuses[0], statuses[40]), (401, 429));
    });
}

#[test]
fn requests_are_counted_by_key_on_sqlite() {
    requests_are_counted_by_key(Kind::Sqlite);
}

#[test]
fn requests_are_counted_by_key_on_postgres() {
    requests_are_counted_by_key(Kind::Postgres);
}
