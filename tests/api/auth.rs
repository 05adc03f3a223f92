//! Making an account, signing in and out, and the mails that prove who somebody is.

use chrono::TimeDelta;
use domain::password::Hasher;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::people::PASSWORD;
use crate::support::server::{Server, on_both_databases};

const OTHER_PASSWORD: &str = "quartz umbrella 71 glacier";

impl Server {
    async fn register(&self, email: &str, password: &str, name: &str) -> Answer {
        self.anonymous().post("/auth/register", json!({ "email": email, "password": password, "name": name })).await
    }

    async fn refresh(&self, token: &str) -> Answer {
        self.anonymous().post("/auth/refresh", json!({ "refresh_token": token })).await
    }

    async fn forgot(&self, email: &str) -> Answer {
        self.anonymous().post("/auth/forgot-password", json!({ "email": email })).await
    }

    async fn reset(&self, token: &str, password: &str) -> Answer {
        self.anonymous().post("/auth/reset-password", json!({ "token": token, "password": password })).await
    }

    async fn verify(&self, token: &str) -> Answer {
        self.anonymous().post("/auth/verify-email", json!({ "token": token })).await
    }
}

/// What an answer says, without what is different for each request.
fn said(answer: &Answer) -> (u16, Value) {
    let mut body = answer.body.clone();
    body["request_id"] = Value::Null;
    (answer.status, body)
}

on_both_databases! {
    async fn whoever_registers_has_an_account_that_is_not_verified(server) {
        let answer = server.register(" Ada@Example.ORG ", PASSWORD, " Ada ").await.expect(201);
        assert_eq!(answer.header("location"), "/api/v1/me");
        assert_eq!((&answer["email"], &answer["name"]), (&json!("ada@example.org"), &json!("Ada")));
        assert_eq!((&answer["email_verified_at"], &answer["is_operator"]), (&Value::Null, &json!(false)));
        assert!(!answer.text.contains("password"), "{answer:?}");
        server.login("ADA@example.org", PASSWORD).await.expect(200);
    }

    async fn an_address_has_one_account_however_it_is_written(server) {
        server.register("ada@example.org", PASSWORD, "Ada").await.expect(201);
        server.register("Ada@Example.org", OTHER_PASSWORD, "Eve").await.refused(409, "email_taken");
        server.login("ada@example.org", OTHER_PASSWORD).await.refused(401, "invalid_credentials");
    }

    async fn of_many_who_register_one_address_at_once_one_has_it(server) {
        let answers = join_all((0..8).map(|_| server.register("ada@example.org", PASSWORD, "Ada"))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
        answers.into_iter().filter(|answer| answer.status != 201).for_each(|answer| drop(answer.refused(409, "email_taken")));
    }

    async fn everything_wrong_with_a_registration_is_said_at_once(server) {
        let wrong = server.register("nobody", "short", " ").await;
        wrong.refused_fields(&[("/email", "invalid"), ("/password", "too_short"), ("/name", "required")]);
        let weak = server.register("ada@example.org", "password123", "Ada").await;
        let weak = weak.refused_fields(&[("/password", "weak_password")]);
        assert!(weak["errors"][0]["detail"].as_str().unwrap().contains("common password"), "{weak:?}");
        let own = server.register("ada.lovelace@example.org", "ada.lovelace@example.org", "Ada Lovelace").await;
        own.refused_fields(&[("/password", "weak_password")]);
    }

    async fn a_registration_sent_again_is_answered_again_and_done_once(server) {
        let client = server.anonymous().with("idempotency-key", "\"7d0c\"");
        let ada = json!({ "email": "ada@example.org", "password": PASSWORD, "name": "Ada" });
        let first = client.post("/auth/register", ada.clone()).await.expect(201);
        let again = client.post("/auth/register", ada).await.expect(201);
        assert_eq!(first.body, again.body);
        let eve = json!({ "email": "eve@example.org", "password": PASSWORD, "name": "Eve" });
        client.post("/auth/register", eve).await.refused(422, "idempotency_key_reused");
        let kept = server.select("SELECT fingerprint || body AS value FROM idempotency_keys");
        assert!(kept.len() == 1 && !kept[0].contains(PASSWORD), "{kept:?}");
    }

    async fn the_token_from_the_mail_proves_the_address_once(server) {
        let eve = server.unverified_user("Eve").await;
        let token = server.take_token(&eve.email, "verify-email").await;
        assert_eq!(eve.get("/me").await.expect(200)["email_verified_at"], Value::Null);
        server.verify(&token).await.expect(204);
        assert_eq!(eve.get("/me").await.expect(200)["email_verified_at"], json!(server.now()));
        server.verify(&token).await.refused(422, "invalid_one_time_token");
        server.verify("made-up").await.refused(422, "invalid_one_time_token");
    }

    async fn the_token_from_the_mail_is_good_for_two_days(server) {
        let eve = server.unverified_user("Eve").await;
        let token = server.take_token(&eve.email, "verify-email").await;
        server.advance(TimeDelta::hours(48));
        server.verify(&token).await.refused(422, "invalid_one_time_token");
        server.anonymous().post("/auth/resend-verification", json!({ "email": eve.email })).await.expect(202);
        let token = server.take_token(&eve.email, "verify-email").await;
        server.advance(TimeDelta::hours(48) - TimeDelta::microseconds(1));
        server.verify(&token).await.expect(204);
    }

    async fn nobody_learns_which_addresses_have_accounts_by_asking_for_mails(server) {
        let ada = server.user("Ada").await;
        let eve = server.unverified_user("Eve").await;
        for path in ["/auth/resend-verification", "/auth/forgot-password"] {
            let ask = async |email: &str| server.anonymous().post(path, json!({ "email": email })).await;
            let [known, unverified, unknown] = [ask(&ada.email).await, ask(&eve.email).await, ask("who@example.org").await];
            assert_eq!(said(&known.expect(202)), said(&unknown.expect(202)));
            assert_eq!(unverified.expect(202).text, "");
            ask("nobody").await.refused_fields(&[("/email", "invalid")]);
        }
        // What does the same takes the same time: each question has left its trace, and mails went to accounts alone.
        let asked = server.select("SELECT action || object_id AS value FROM audit WHERE object = 'user' ORDER BY id");
        assert_eq!(asked.iter().filter(|asked| asked.starts_with("user.forgot_password")).count(), 3, "{asked:?}");
        assert_eq!(asked.iter().filter(|asked| asked.starts_with("user.resend_verification")).count(), 3, "{asked:?}");
        let sent = server.select("SELECT kind AS value FROM facts ORDER BY kind");
        let expected = ["user.password_reset_requested"; 2].into_iter().chain(["user.verification_requested"; 3]);
        assert_eq!(sent, expected.collect::<Vec<_>>());
    }

    async fn nobody_is_flooded_with_mails(server) {
        let ada = server.user("Ada").await;
        let sent = || server.select("SELECT kind AS value FROM facts WHERE kind = 'user.password_reset_requested'").len();
        for _ in 0..7 {
            server.forgot(&ada.email).await.expect(202);
        }
        assert_eq!(sent(), 5);
        server.advance(TimeDelta::hours(1));
        server.forgot(&ada.email).await.expect(202);
        assert_eq!(sent(), 6);
    }

    async fn an_unknown_address_and_a_wrong_password_are_answered_the_same(server) {
        server.user("Ada").await;
        let wrong = server.login("ada@example.org", OTHER_PASSWORD).await;
        let unknown = server.login("who@example.org", OTHER_PASSWORD).await;
        let no_address = server.login("nobody", OTHER_PASSWORD).await;
        assert_eq!(said(&wrong), said(&unknown));
        assert_eq!(said(&wrong), said(&no_address));
        assert_eq!(wrong.headers.keys().collect::<Vec<_>>().len(), unknown.headers.keys().collect::<Vec<_>>().len());
        wrong.refused(401, "invalid_credentials");
    }

    async fn whoever_signs_in_gets_tokens_that_no_cache_keeps(server, |config| config.auth.access_token_minutes = 15) {
        let ada = server.user("Ada").await;
        let tokens = server.login(&ada.email, PASSWORD).await.expect(200);
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(900)));
        assert_eq!(tokens.header("cache-control"), "no-store");
        let me = server.anonymous().with_token(tokens.text("access_token"));
        assert_eq!(me.get("/me").await.expect(200)["id"], ada.id);
        let stored = server.select("SELECT token_hash AS value FROM refresh_tokens");
        assert!(!stored.contains(&tokens.text("refresh_token")));
    }

    async fn an_access_token_is_good_for_its_minutes_and_a_refresh_brings_the_next(
        server,
        |config| config.auth.access_token_minutes = 15
    ) {
        let ada = server.user("Ada").await;
        server.advance(TimeDelta::minutes(15) - TimeDelta::seconds(1));
        ada.get("/me").await.expect(200);
        server.advance(TimeDelta::seconds(1));
        ada.get("/me").await.refused(401, "invalid_token");
        // Whoever refreshes may send the old access token along.
        let tokens = ada.post("/auth/refresh", json!({ "refresh_token": ada.refresh_token })).await.expect(200);
        assert_eq!(tokens.header("cache-control"), "no-store");
        assert_ne!(tokens.text("refresh_token"), ada.refresh_token);
        server.anonymous().with_token(tokens.text("access_token")).get("/me").await.expect(200);
        server.refresh(&tokens.text("refresh_token")).await.expect(200);
    }

    async fn a_refresh_token_that_is_used_twice_ends_its_session_and_no_other(server) {
        let ada = server.user("Ada").await;
        let elsewhere = server.login(&ada.email, PASSWORD).await.expect(200).text("refresh_token");
        let second = server.refresh(&ada.refresh_token).await.expect(200).text("refresh_token");
        server.refresh(&ada.refresh_token).await.refused(401, "invalid_refresh_token");
        // The thief, or the owner: whoever holds the newer token does not get on with it.
        server.refresh(&second).await.refused(401, "invalid_refresh_token");
        server.refresh(&elsewhere).await.expect(200);
        assert_eq!(server.select("SELECT action AS value FROM audit WHERE action = 'session.reuse'").len(), 1);
    }

    async fn of_many_who_use_a_refresh_token_at_once_one_gets_on(server) {
        let ada = server.user("Ada").await;
        let answers = join_all((0..8).map(|_| server.refresh(&ada.refresh_token))).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!(won.len(), 1, "{won:?}");
        lost.into_iter().for_each(|answer| drop(answer.refused(401, "invalid_refresh_token")));
    }

    async fn a_session_ends_when_it_is_not_used(server, |config| config.auth.session_days = 30) {
        let ada = server.user("Ada").await;
        server.advance(TimeDelta::days(30) - TimeDelta::microseconds(1));
        let used = server.refresh(&ada.refresh_token).await.expect(200).text("refresh_token");
        server.advance(TimeDelta::days(30));
        server.refresh(&used).await.refused(401, "invalid_refresh_token");
        server.refresh("made-up").await.refused(401, "invalid_refresh_token");
    }

    async fn whoever_signs_out_cannot_refresh(server) {
        let ada = server.user("Ada").await;
        let elsewhere = server.login(&ada.email, PASSWORD).await.expect(200).text("refresh_token");
        ada.post("/auth/logout", json!({})).await.expect(204);
        server.refresh(&ada.refresh_token).await.refused(401, "invalid_refresh_token");
        let nobody = server.anonymous();
        nobody.post("/auth/logout", json!({ "refresh_token": elsewhere })).await.expect(204);
        server.refresh(&elsewhere).await.refused(401, "invalid_refresh_token");
        nobody.post("/auth/logout", json!({ "refresh_token": elsewhere })).await.expect(204);
        nobody.post("/auth/logout", json!({ "refresh_token": "made-up" })).await.expect(204);
        nobody.post("/auth/logout", json!({})).await.refused(401, "not_signed_in");
    }

    async fn a_forgotten_password_is_set_anew_and_every_session_ends(server) {
        let eve = server.unverified_user("Eve").await;
        server.forgot(&eve.email).await.expect(202);
        let token = server.take_token(&eve.email, "reset-password").await;
        server.reset(&token, "password123").await.refused_fields(&[("/password", "weak_password")]);
        server.reset(&token, "eve@example.org").await.refused_fields(&[("/password", "weak_password")]);
        server.reset(&token, OTHER_PASSWORD).await.expect(204);
        server.login(&eve.email, PASSWORD).await.refused(401, "invalid_credentials");
        let tokens = server.login(&eve.email, OTHER_PASSWORD).await.expect(200);
        server.refresh(&eve.refresh_token).await.refused(401, "invalid_refresh_token");
        eve.get("/me").await.refused(401, "invalid_token");
        // Whoever reads the mail has the address.
        let me = server.anonymous().with_token(tokens.text("access_token")).get("/me").await.expect(200);
        assert_eq!(me["email_verified_at"], json!(server.now()));
        server.reset(&token, PASSWORD).await.refused(422, "invalid_one_time_token");
    }

    async fn a_reset_sent_again_is_answered_again(server) {
        let ada = server.user("Ada").await;
        server.forgot(&ada.email).await.expect(202);
        let token = server.take_token(&ada.email, "reset-password").await;
        let client = server.anonymous().with("idempotency-key", "\"9c1e\"");
        for _ in 0..2 {
            client.post("/auth/reset-password", json!({ "token": token, "password": OTHER_PASSWORD })).await.expect(204);
        }
    }

    async fn a_token_is_good_for_its_purpose_and_its_time_only(server) {
        let eve = server.unverified_user("Eve").await;
        let verification = server.take_token(&eve.email, "verify-email").await;
        server.reset(&verification, OTHER_PASSWORD).await.refused(422, "invalid_one_time_token");
        server.forgot(&eve.email).await.expect(202);
        let reset = server.take_token(&eve.email, "reset-password").await;
        server.verify(&reset).await.refused(422, "invalid_one_time_token");
        server.advance(TimeDelta::hours(1));
        server.reset(&reset, OTHER_PASSWORD).await.refused(422, "invalid_one_time_token");
    }

    async fn of_many_who_use_a_reset_token_at_once_one_sets_the_password(server) {
        let ada = server.user("Ada").await;
        for _ in 0..2 {
            server.forgot(&ada.email).await.expect(202);
        }
        let tokens = [server.take_token(&ada.email, "reset-password").await, server.take_token(&ada.email, "reset-password").await];
        let passwords: Vec<_> = (0..8).map(|n| format!("{OTHER_PASSWORD} {n}")).collect();
        let answers = join_all(passwords.iter().map(|password| server.reset(&tokens[0], password))).await;
        let won: Vec<_> = (0..8).filter(|n| answers[*n].status == 204).collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        server.login(&ada.email, &passwords[won[0]]).await.expect(200);
        // A mail that was sent besides is good for nothing any more.
        server.reset(&tokens[1], PASSWORD).await.refused(422, "invalid_one_time_token");
    }

    async fn of_many_who_prove_an_address_at_once_one_does(server) {
        let eve = server.unverified_user("Eve").await;
        let token = server.take_token(&eve.email, "verify-email").await;
        let answers = join_all((0..8).map(|_| server.verify(&token))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 1, "{answers:?}");
    }

    async fn a_password_is_hashed_anew_when_the_parameters_have_changed(server) {
        let ada = server.user("Ada").await;
        let hash = || server.select("SELECT password_hash AS value FROM users").remove(0);
        // As an earlier configuration has left it.
        let old = Hasher::new(16, 2).unwrap().rehash(&PASSWORD.into(), [7; 16]).unwrap();
        server.execute(&format!("UPDATE users SET password_hash = '{}'", old.as_str()));
        server.login(&ada.email, OTHER_PASSWORD).await.refused(401, "invalid_credentials");
        assert!(hash().contains("m=16,t=2"));
        server.login(&ada.email, PASSWORD).await.expect(200);
        assert!(hash().contains("m=8,t=1"), "{}", hash());
        server.login(&ada.email, PASSWORD).await.expect(200);
    }
}
