//! A session that ends takes its access tokens with it, at once and on every server; a role that is lost, too.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::client::Client;
use crate::support::people::{PASSWORD, User};
use crate::support::server::{Server, on_both_databases};

const OTHER_PASSWORD: &str = "quartz umbrella 71 glacier";

impl Server {
    /// The same user on another device: a client with an access token, and a refresh token.
    async fn sign_in_again(&self, user: &User) -> (Client, String) {
        let tokens = self.login(&user.email, PASSWORD).await.expect(200);
        (self.anonymous().with_token(tokens.text("access_token")), tokens.text("refresh_token"))
    }
}

/// The same client at another server.
fn at(other: &Server, client: &Client) -> Client {
    other.anonymous().with("authorization", client.header("authorization"))
}

async fn is_dead(client: &Client) {
    client.get("/me").await.refused(401, "invalid_token");
    client.get("/organizations").await.refused(401, "invalid_token");
    client.post("/organizations", json!({ "kind": "firm", "name": "Rotor Works" })).await.refused(401, "invalid_token");
    client.get("/resources").await.refused(401, "invalid_token");
}

on_both_databases! {
    async fn the_access_token_of_a_session_that_was_ended_is_refused_at_once(server, crate::support::server::with_two_workers) {
        let ada = server.user("Ada").await;
        let (phone, _) = server.sign_in_again(&ada).await;
        let session = phone.get("/me/sessions").await.expect(200).items().iter()
            .find(|session| session["is_current"] == true).unwrap()["id"].as_str().unwrap().to_owned();
        ada.delete(&format!("/me/sessions/{session}")).await.expect(204);
        is_dead(&phone).await;
        ada.get("/me").await.expect(200);
        ada.post("/auth/logout", json!({})).await.expect(204);
        is_dead(&ada).await;
    }

    async fn a_refresh_token_that_is_used_twice_takes_the_access_tokens_with_it(server) {
        let ada = server.user("Ada").await;
        let refresh = async || server.anonymous().post("/auth/refresh", json!({ "refresh_token": ada.refresh_token })).await;
        let stolen = server.anonymous().with_token(refresh().await.expect(200).text("access_token"));
        stolen.get("/me").await.expect(200);
        refresh().await.refused(401, "invalid_refresh_token");
        is_dead(&stolen).await;
        is_dead(&ada).await;
    }

    async fn a_new_password_ends_the_other_sessions_and_a_reset_ends_all(server) {
        let ada = server.user("Ada").await;
        let (phone, _) = server.sign_in_again(&ada).await;
        ada.post("/me/password", json!({ "current_password": PASSWORD, "new_password": OTHER_PASSWORD })).await.expect(204);
        is_dead(&phone).await;
        ada.get("/me").await.expect(200);
        server.anonymous().post("/auth/forgot-password", json!({ "email": ada.email })).await.expect(202);
        let token = server.take_token(&ada.email, "reset-password").await;
        server.anonymous().post("/auth/reset-password", json!({ "token": token, "password": PASSWORD })).await.expect(204);
        is_dead(&ada).await;
        let (again, _) = server.sign_in_again(&ada).await;
        again.get("/me").await.expect(200);
    }

    async fn another_server_refuses_it_within_a_second(server) {
        let other = server.another();
        let [ada, bob] = [server.user("Ada").await, server.user("Bob").await];
        let [ada_there, bob_there] = [at(&other, &ada), at(&other, &bob)];
        ada_there.get("/me").await.expect(200);
        bob_there.get("/me").await.expect(200);
        ada.post("/auth/logout", json!({})).await.expect(204);
        bob.delete_account().await.expect(204);
        is_dead(&ada).await;
        is_dead(&bob).await;
        // The other server has looked within this second, and looks no token up.
        ada_there.get("/resources").await.expect(200);
        server.advance(TimeDelta::seconds(1));
        is_dead(&ada_there).await;
        is_dead(&bob_there).await;
    }

    async fn a_server_that_starts_later_knows_the_sessions_that_have_ended(server) {
        let ada = server.user("Ada").await;
        ada.post("/auth/logout", json!({})).await.expect(204);
        server.advance(TimeDelta::days(2));
        let other = server.another();
        is_dead(&at(&other, &ada)).await;
    }

    async fn an_end_that_is_committed_late_is_found(server) {
        let ada = server.user("Ada").await;
        ada.get("/me").await.expect(200);
        // As a transaction of another server that began a minute ago, and waited.
        let end = format!("UPDATE sessions SET revoked_at = {} WHERE user_id = '{}'", server.sql_at(TimeDelta::minutes(-1)), ada.id);
        assert_eq!(server.execute(&end), 1);
        server.advance(TimeDelta::seconds(1));
        is_dead(&ada).await;
    }

    async fn of_many_requests_none_passes_after_the_end(server, crate::support::server::with_two_workers) {
        let ada = server.user("Ada").await;
        let (phone, refresh) = server.sign_in_again(&ada).await;
        let before = join_all((0..8).map(|_| phone.get("/me"))).await;
        before.into_iter().for_each(|answer| drop(answer.expect(200)));
        server.anonymous().post("/auth/logout", json!({ "refresh_token": refresh })).await.expect(204);
        let after = join_all((0..8).map(|_| phone.get("/me"))).await;
        after.into_iter().for_each(|answer| drop(answer.refused(401, "invalid_token")));
    }

    async fn a_session_never_begins_again(server) {
        let ada = server.user("Ada").await;
        ada.post("/auth/logout", json!({})).await.expect(204);
        let reason = "a session that has ended stays so";
        assert!(server.refuses("UPDATE sessions SET revoked_at = NULL", reason));
        assert!(server.refuses(&format!("UPDATE sessions SET revoked_at = {}", server.sql_at(TimeDelta::days(1))), reason));
    }

    async fn a_deleted_account_leaves_no_trace_of_its_devices(server) {
        let ada = server.user("Ada").await;
        server.sign_in_again(&ada).await;
        ada.delete_account().await.expect(204);
        let traces = server.select("SELECT user_agent || network AS value FROM sessions WHERE user_id IS NOT NULL");
        assert_eq!(traces, ["", ""]);
        server.advance(TimeDelta::days(90));
        server.run_jobs().await;
        assert_eq!(server.select("SELECT id AS value FROM sessions"), [""; 0]);
    }

    async fn a_role_that_is_lost_counts_for_the_next_request_and_for_stored_responses(server, crate::support::server::with_two_workers) {
        let [owner, member] = [server.user("Olga").await, server.user("Max").await];
        let organization = owner.found("Rotor Works").await;
        server.add_member(&organization, &member, "manager");
        let path = format!("/organizations/{organization}/members/{}", member.id);
        let (sites, audit) = (format!("/organizations/{organization}/sites"), format!("/organizations/{organization}/audit"));
        let site = json!({
            "name": "Annex", "latitude": 51.5, "longitude": -0.1, "timezone": "Europe/London",
            "address": { "line1": "2 Foundry Lane", "city": "London", "postal_code": "E1 1AA", "country": "GB" },
        });
        let repeated = member.with("idempotency-key", "site-1");
        let first = repeated.post(&sites, site.clone()).await.expect(201);
        assert_eq!(repeated.post(&sites, site.clone()).await.expect(201).body, first.body);
        member.get(&audit).await.expect(200);
        member.get(&format!("{audit}.csv")).await.expect(200);
        owner.patch(&path, json!({ "role": "booker" })).await.expect(200);
        for refused in [&audit, &format!("{audit}.csv")] {
            member.get(refused).await.refused(403, "forbidden");
        }
        member.post(&sites, site.clone()).await.refused(403, "forbidden");
        let again = repeated.post(&sites, site.clone()).await.refused(403, "forbidden");
        assert!(!again.text.contains("Annex") && again.text("detail").contains("done before"), "{again:?}");
        // It was done once.
        assert_eq!(owner.get(&sites).await.expect(200).items().len(), 1);

        // A higher role takes nothing away.
        owner.patch(&path, json!({ "role": "manager" })).await.expect(200);
        let later = member.with("idempotency-key", "site-2");
        let second = later.post(&sites, site.clone()).await.expect(201);
        owner.patch(&path, json!({ "role": "owner" })).await.expect(200);
        assert_eq!(later.post(&sites, site.clone()).await.expect(201).body, second.body);
        owner.delete(&path).await.expect(204);
        later.post(&sites, site.clone()).await.refused(403, "forbidden");
        member.get(&sites).await.refused(404, "not_found");
        member.get(&audit).await.refused(404, "not_found");
    }
}
