//! Which account an identity at a provider leads to, and what the account demands beside it.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::openid::{Login, Provider, with_openid, with_provider};
use crate::support::people::PASSWORD;
use crate::support::server::on_both_databases;

fn ada() -> Login {
    Login::new("248289761001", "ada@example.org")
}

on_both_databases! {
    async fn an_account_is_linked_when_the_provider_proves_its_address(server, super::with_openid) {
        let provider = Provider::of(server);
        let user = server.user("Ada").await;
        for unproven in [json!(false), json!("false"), json!(1), json!("yes"), Value::Null] {
            let login = ada().with("email_verified", unproven);
            provider.sign_in(server, &login).await.refused(403, "address_not_proven");
        }
        for without in [ada().with("email", Value::Null), ada().with("email", json!("ada")), ada().with("email", json!(""))] {
            provider.sign_in(server, &without).await.refused(403, "address_not_proven");
        }
        assert_eq!(server.select("SELECT id AS value FROM identities").len(), 0);
        assert_eq!(server.select("SELECT id AS value FROM users").len(), 1);
        // Some providers write it as a text.
        let tokens = provider.sign_in(server, &ada().with("email_verified", json!("true"))).await.expect(200);
        let me = server.account(&tokens).await;
        assert_eq!((&me["id"], &me["name"]), (&json!(user.id), &json!("Ada")));
        server.login(&user.email, PASSWORD).await.expect(200);
    }

    async fn the_user_is_told_when_one_is_linked_to_an_account_and_when_it_is_unlinked(server, super::with_openid) {
        let provider = Provider::of(server);
        let ada = server.user("Ada").await;
        provider.sign_in(server, &Login::new("1", &ada.email)).await.expect(200);
        let issuer = server.config.openid["works"].issuer.clone();
        let linked = server.mails(&ada.email, 1).await.remove(0);
        assert_eq!(linked.subject, "You can sign in with another account");
        assert!(linked.text.contains(&issuer) && linked.text.contains("/forgot-password"), "{}", linked.text);
        server.advance(TimeDelta::minutes(1));
        provider.sign_in(server, &Login::new("1", &ada.email)).await.expect(200);
        let identity = ada.get("/me/identities").await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        ada.delete(&format!("/me/identities/{identity}")).await.expect(204);
        let unlinked = server.mails(&ada.email, 2).await.remove(1);
        assert_eq!(unlinked.subject, "You can no longer sign in with another account");
        // A new account knows of its identity.
        provider.sign_in(server, &Login::new("2", "bob@example.org")).await.expect(200);
        server.tell_all().await;
        assert_eq!((server.mails(&ada.email, 2).await.len(), server.mails("bob@example.org", 0).await.len()), (2, 0));
    }

    async fn an_account_that_nobody_has_verified_gives_way(server, super::with_openid) {
        let provider = Provider::of(server);
        // Somebody else has registered the address before its owner.
        let eve = server.unverified_user("Ada").await;
        let suspended = |reason: &str, at: &str| {
            let set = format!("suspended_at = {at}, suspension_reason = '{reason}'");
            assert_eq!(server.execute(&format!("UPDATE users SET {set} WHERE id = '{}'", eve.id)), 1);
        };
        suspended("Unpaid", &server.sql_now());
        provider.sign_in(server, &ada()).await.refused(403, "account_suspended");
        suspended("", "NULL");
        let tokens = provider.sign_in(server, &ada().with("name", Value::Null)).await.expect(200);
        let me = server.account(&tokens).await;
        assert_ne!(me["id"], json!(eve.id));
        assert_eq!((&me["email"], &me["name"]), (&json!("ada@example.org"), &json!("ada")));
        server.login("ada@example.org", PASSWORD).await.refused(401, "invalid_credentials");
        eve.get("/me").await.refused(401, "invalid_token");
    }

    async fn the_name_of_a_new_account_is_a_name(server, super::with_openid) {
        let provider = Provider::of(server);
        let names = [(json!(" Ada Lovelace "), "Ada Lovelace"), (json!("Ada\nBcc: x@example.org"), "p1"), (json!(""), "p2"), (json!("x".repeat(201)), "p3")];
        for (number, (name, expected)) in names.into_iter().enumerate() {
            let login = Login::new(&format!("p{number}"), &format!("p{number}@example.org")).with("name", name);
            let tokens = provider.sign_in(server, &login).await.expect(200);
            assert_eq!(server.account(&tokens).await["name"], expected);
        }
    }

    async fn the_first_sign_ins_of_a_person_at_once_make_one_account(server, super::with_openid) {
        let provider = Provider::of(server);
        let person = ada();
        let answers = join_all((0..6).map(|_| provider.sign_in(server, &person))).await;
        for answer in answers {
            answer.expect(200);
        }
        assert_eq!(server.select("SELECT id AS value FROM users").len(), 1);
        assert_eq!(server.select("SELECT id AS value FROM identities").len(), 1);
    }

    async fn a_second_factor_is_asked_for_whatever_the_provider_has_asked_for(server, super::with_openid) {
        let provider = Provider::of(server);
        let user = server.user("Ada").await;
        let organization = user.found("Rotor Works").await;
        let tokens = provider.sign_in(server, &ada().with("amr", json!(["mfa", "otp"]))).await.expect(200);
        server.execute(&format!("UPDATE organizations SET requires_second_factor = TRUE WHERE id = '{organization}'"));
        let client = server.anonymous().with_token(tokens.text("access_token"));
        let members = format!("/organizations/{organization}/members");
        client.get(&members).await.refused(403, "second_factor_missing");
        server.enrol(&user).await;
        let login = ada().with("amr", json!(["mfa", "otp"])).with("acr", json!("urn:mace:incommon:iap:silver"));
        let begun = provider.begin(server).await.expect(200);
        let body = Provider::callback(&begun, &provider.visit(&begun, &login));
        let refused = provider.finish(server, &body).await.refused(403, "second_factor_required");
        assert_eq!(refused.header("cache-control"), "no-store");
        let step = async |code: &str| {
            let body = json!({ "challenge": refused["challenge"], "code": code });
            server.anonymous().post("/auth/second-factor", body).await
        };
        step("000000").await.refused(401, "invalid_second_factor");
        let tokens = step(&server.code(&user)).await.expect(200);
        let client = server.anonymous().with_token(tokens.text("access_token"));
        client.get(&members).await.expect(200);
    }

    async fn an_account_without_a_password_can_have_a_second_factor_once_it_has_one(server, super::with_openid) {
        let provider = Provider::of(server);
        let tokens = provider.sign_in(server, &ada()).await.expect(200);
        let client = server.anonymous().with_token(tokens.text("access_token"));
        let wrong = json!({ "current_password": "" });
        client.post("/me/second-factor", wrong).await.refused_fields(&[("/current_password", "wrong_password")]);
        server.login("ada@example.org", "").await.refused(401, "invalid_credentials");
        server.anonymous().post("/auth/forgot-password", json!({ "email": "ada@example.org" })).await.expect(202);
        let token = server.take_token("ada@example.org", "reset-password").await;
        server.anonymous().post("/auth/reset-password", json!({ "token": token, "password": PASSWORD })).await.expect(204);
        client.get("/me").await.refused(401, "invalid_token");
        let tokens = server.login("ada@example.org", PASSWORD).await.expect(200);
        let client = server.anonymous().with_token(tokens.text("access_token"));
        client.post("/me/second-factor", json!({ "current_password": PASSWORD })).await.expect(200);
    }

    async fn a_suspended_user_cannot_sign_in_with_a_provider_either(server, super::with_openid) {
        let provider = Provider::of(server);
        let [operator, user] = [server.operator("Root").await, server.user("Ada").await];
        let suspend = format!("/admin/users/{}/suspend", user.id);
        operator.post(&suspend, json!({ "reason": "Unpaid" })).await.expect(200);
        provider.sign_in(server, &ada()).await.refused(403, "account_suspended");
        assert_eq!(server.select("SELECT id AS value FROM identities").len(), 0, "a refused sign-in leaves nothing behind");
        operator.post(&format!("/admin/users/{}/reinstate", user.id), json!({})).await.expect(200);
        let tokens = provider.sign_in(server, &ada()).await.expect(200);
        operator.post(&suspend, json!({ "reason": "Unpaid" })).await.expect(200);
        server.anonymous().with_token(tokens.text("access_token")).get("/me").await.refused(401, "invalid_token");
        provider.sign_in(server, &ada()).await.refused(403, "account_suspended");
    }

    async fn a_deleted_account_takes_its_identities_with_it(server, super::with_openid) {
        let provider = Provider::of(server);
        let user = server.user("Ada").await;
        let tokens = provider.sign_in(server, &ada()).await.expect(200);
        user.delete_account().await.expect(204);
        assert_eq!(server.select("SELECT id AS value FROM identities").len(), 0);
        server.anonymous().with_token(tokens.text("access_token")).get("/me").await.refused(401, "invalid_token");
        let tokens = provider.sign_in(server, &ada()).await.expect(200);
        assert_ne!(server.account(&tokens).await["id"], json!(user.id));
    }

    async fn an_identity_is_unlinked_unless_it_is_the_last_way_to_sign_in(server, |config| {
        super::with_openid(config);
        super::with_provider(config, "other");
    }) {
        let (provider, other) = (Provider::of(server), Provider::named(server, "other"));
        let tokens = provider.sign_in(server, &ada()).await.expect(200);
        let client = server.anonymous().with_token(tokens.text("access_token"));
        let only = client.get("/me/identities").await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        client.delete(&format!("/me/identities/{only}")).await.refused(409, "last_way_to_sign_in");
        let bob = server.user("Bob").await;
        assert_eq!(bob.get("/me/identities").await.expect(200).items().len(), 0);
        bob.delete(&format!("/me/identities/{only}")).await.refused(404, "not_found");
        // Of two, one stays, also when both are unlinked at once.
        server.advance(TimeDelta::minutes(1));
        other.sign_in(server, &ada()).await.expect(200);
        let page = client.get("/me/identities?limit=1").await.expect(200);
        let next = client.get(&format!("/me/identities?limit=1&cursor={}", page.text("next_cursor"))).await.expect(200);
        let ids = [&page, &next].map(|page| page.items()[0]["id"].as_str().unwrap().to_owned());
        assert_eq!((&ids[0], &next["next_cursor"], &next.items()[0]["provider"]), (&only, &Value::Null, &json!("other")));
        let paths = ids.each_ref().map(|id| format!("/me/identities/{id}"));
        let answers = join_all(paths.iter().map(|path| client.delete(path))).await;
        let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409], "{answers:?}");
        client.get("/me").await.expect(200);
        // With a password the last one can go, too.
        server.anonymous().post("/auth/forgot-password", json!({ "email": "ada@example.org" })).await.expect(202);
        let token = server.take_token("ada@example.org", "reset-password").await;
        server.anonymous().post("/auth/reset-password", json!({ "token": token, "password": PASSWORD })).await.expect(204);
        let tokens = server.login("ada@example.org", PASSWORD).await.expect(200);
        let client = server.anonymous().with_token(tokens.text("access_token"));
        let last = client.get("/me/identities").await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        client.delete(&format!("/me/identities/{last}")).await.expect(204);
        client.delete(&format!("/me/identities/{last}")).await.refused(404, "not_found");
        let log = server.select("SELECT action AS value FROM audit WHERE action LIKE 'identity.%' ORDER BY action");
        assert_eq!(log, ["identity.link", "identity.link", "identity.unlink", "identity.unlink"]);
        // The next sign-in links it again.
        let again = provider.sign_in(server, &ada()).await.expect(200);
        assert_eq!(server.account(&again).await["id"], server.account(&tokens).await["id"]);
    }

    async fn the_refresh_token_of_a_sign_in_with_a_provider_can_be_in_the_cookie(server, |config| {
        super::with_openid(config);
        config.public_url = "https://share.example.org".to_owned();
        config.server.cors_origins = vec!["https://app.example.org".to_owned()];
    }) {
        let provider = Provider::of(server);
        let begun = provider.begin(server).await.expect(200);
        let mut body = Provider::callback(&begun, &provider.visit(&begun, &ada()));
        body["refresh_token_in"] = json!("cookie");
        let evil = server.anonymous().with("origin", "https://evil.example.org");
        evil.post("/auth/openid/works/callback", body.clone()).await.refused(403, "origin_not_allowed");
        let page = server.anonymous().with("origin", "https://app.example.org").with("sec-fetch-site", "same-site");
        let tokens = page.post("/auth/openid/works/callback", body).await.expect(200);
        assert!(tokens["refresh_token"].is_null() && tokens.header("set-cookie").contains("SameSite=Strict"), "{tokens:?}");
        let cookie = tokens.header("set-cookie").split(';').next().unwrap();
        page.with("cookie", cookie).post("/auth/refresh", json!({})).await.expect(200);
    }

    async fn the_database_keeps_each_identity_with_one_user(server, super::with_openid) {
        let provider = Provider::of(server);
        provider.sign_in(server, &ada()).await.expect(200);
        let bob = server.user("Bob").await;
        let reason = "an identity stays with its user";
        assert!(server.refuses(&format!("UPDATE identities SET user_id = '{}'", bob.id), reason));
        assert!(server.refuses("UPDATE identities SET subject = 'other'", reason));
        assert!(server.refuses("UPDATE identities SET issuer = 'https://evil.example.org'", reason));
        let copy = |id: &str, issuer: &str, subject: &str, user: &str| {
            format!(
                "INSERT INTO identities (id, user_id, issuer, subject, email, created_at, last_used_at) \
                 SELECT '{id}', '{user}', {issuer}, {subject}, email, created_at, last_used_at FROM identities WHERE id <> '{id}'"
            )
        };
        assert!(server.fails(&copy("a", "issuer", "subject", &bob.id)), "one person is two users");
        assert!(server.fails(&copy("a", "''", "subject", &bob.id)));
        assert!(server.fails(&copy("a", "issuer", "''", &bob.id)));
        assert!(server.fails(&copy("a", "issuer", "'other'", "nobody")));
        assert_eq!(server.execute(&copy("a", "issuer", "'other'", &bob.id)), 1);
        assert!(server.fails(&format!("DELETE FROM users WHERE id = '{}'", bob.id)), "its user is gone");
        assert!(server.fails("INSERT INTO openid_attempts SELECT handle_hash, provider, redirect_uri, NULL FROM openid_attempts UNION ALL SELECT 'a', 'b', 'c', NULL"));
    }
}
