//! Signing in with an authenticator or a recovery code besides the password, and organizations that demand it.

use chrono::TimeDelta;
use environment::second_factor_key::SecondFactorKey;
use futures_util::future::join_all;
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::people::{PASSWORD, User};
use crate::support::server::{Server, on_both_databases};

/// Codes are good for so long; another step is at least so far away.
const STEP: TimeDelta = TimeDelta::seconds(30);

impl Server {
    /// The code that the authenticator of a user shows now.
    pub(crate) fn code(&self, user: &User) -> String {
        let salt = self.select(&format!("SELECT second_factor_salt AS value FROM users WHERE id = '{}'", user.id)).remove(0);
        SecondFactorKey::new(self.config.auth.signing_key.expose_secret().as_bytes()).secret(&salt).code_at(self.now())
    }

    /// Sets up the second factor of a user, and returns the recovery codes. The next code is good from now on.
    pub(crate) async fn enrol(&self, user: &User) -> Vec<String> {
        user.post("/me/second-factor", json!({ "current_password": PASSWORD })).await.expect(200);
        let confirmed = user.post("/me/second-factor/confirm", json!({ "code": self.code(user) })).await.expect(200);
        assert_eq!(confirmed.header("cache-control"), "no-store");
        self.advance(STEP);
        confirmed["recovery_codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect()
    }

    /// The challenge of a sign-in with the right password.
    async fn challenge(&self, user: &User) -> String {
        let refused = self.login(&user.email, PASSWORD).await.refused(403, "second_factor_required");
        assert_eq!(refused.header("cache-control"), "no-store");
        refused.text("challenge")
    }

    async fn second_step(&self, challenge: &str, code: &str) -> Answer {
        self.anonymous().post("/auth/second-factor", json!({ "challenge": challenge, "code": code })).await
    }
}

async fn remove(user: &Client, password: &str, code: &str) -> Answer {
    let body = json!({ "current_password": password, "code": code });
    user.send(Method::DELETE, "/me/second-factor", |request| request.json(&body)).await
}

on_both_databases! {
    async fn a_second_factor_is_needed_once_its_first_code_has_proved_it(server) {
        let ada = server.user("Ada").await;
        assert_eq!(ada.get("/me").await.expect(200)["has_second_factor"], false);
        ada.post("/me/second-factor", json!({ "current_password": "not hers" })).await.refused_fields(&[("/current_password", "wrong_password")]);
        ada.post("/me/second-factor/confirm", json!({ "code": "123456" })).await.refused(409, "invalid_transition");
        let begun = ada.post("/me/second-factor", json!({ "current_password": PASSWORD })).await.expect(200);
        assert_eq!((begun.text("secret").len(), begun.header("cache-control")), (32, "no-store"));
        let uri = format!("otpauth://totp/Sharefloor:ada%40example.org?secret={}&issuer=Sharefloor", begun.text("secret"));
        assert_eq!(begun.text("uri"), uri);
        // It is not needed yet.
        server.login(&ada.email, PASSWORD).await.expect(200);
        ada.post("/me/second-factor/confirm", json!({ "code": "12345" })).await.refused_fields(&[("/code", "wrong_code")]);
        let code = server.code(&ada);
        let confirmed = ada.post("/me/second-factor/confirm", json!({ "code": code })).await.expect(200);
        assert_eq!(confirmed["recovery_codes"].as_array().unwrap().len(), 10);
        assert_eq!(ada.get("/me").await.expect(200)["has_second_factor"], true);
        ada.post("/me/second-factor", json!({ "current_password": PASSWORD })).await.refused(409, "invalid_transition");
        let challenge = server.challenge(&ada).await;
        // The code that has confirmed it is used up.
        server.second_step(&challenge, &code).await.refused(401, "invalid_second_factor");
        server.advance(STEP);
        let tokens = server.second_step(&challenge, &server.code(&ada)).await.expect(200);
        assert_eq!(tokens.header("cache-control"), "no-store");
        let signed_in = server.anonymous().with_token(tokens.text("access_token"));
        assert_eq!(signed_in.get("/me").await.expect(200)["id"], ada.id);
        let stored = server.select("SELECT second_factor_salt || code_hash AS value FROM users JOIN recovery_codes ON user_id = id");
        assert!(stored.iter().all(|stored| !stored.contains(&begun.text("secret"))));
    }

    async fn a_code_is_good_once_and_near_its_time(server) {
        let ada = server.user("Ada").await;
        server.enrol(&ada).await;
        let challenge = server.challenge(&ada).await;
        let code = server.code(&ada);
        let answers = join_all((0..6).map(|_| server.second_step(&challenge, &code))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
        // Nor is a code of an earlier step good afterwards.
        let (late, early) = (server.challenge(&ada).await, server.code(&ada));
        server.advance(STEP * 2);
        server.second_step(&late, &early).await.refused(401, "invalid_second_factor");
        let step = server.code(&ada);
        server.advance(STEP);
        server.second_step(&late, &step).await.expect(200);
        let reason = "a code of a second factor is good once";
        assert!(server.refuses("UPDATE users SET second_factor_step = second_factor_step", reason));
        assert!(server.refuses("UPDATE users SET second_factor_step = NULL", reason));
    }

    async fn a_challenge_is_good_for_its_account_its_password_and_five_minutes(server) {
        let [ada, eve] = [server.user("Ada").await, server.user("Eve").await];
        server.enrol(&ada).await;
        let challenge = server.challenge(&ada).await;
        server.second_step("made-up", &server.code(&ada)).await.refused(401, "invalid_second_factor");
        server.second_step(&format!("{challenge}x"), &server.code(&ada)).await.refused(401, "invalid_second_factor");
        server.enrol(&eve).await;
        server.second_step(&challenge, &server.code(&eve)).await.refused(401, "invalid_second_factor");
        // It is no access token, and an access token is no challenge.
        server.anonymous().with_token(&challenge).get("/me").await.refused(401, "invalid_token");
        let token = ada.header("authorization").trim_start_matches("Bearer ").to_owned();
        server.second_step(&token, &server.code(&ada)).await.refused(401, "invalid_second_factor");
        server.advance(TimeDelta::minutes(5));
        server.second_step(&challenge, &server.code(&ada)).await.refused(401, "invalid_second_factor");
        let challenge = server.challenge(&ada).await;
        let change = json!({ "current_password": PASSWORD, "new_password": "quartz umbrella 71 glacier" });
        ada.post("/me/password", change).await.expect(204);
        server.second_step(&challenge, &server.code(&ada)).await.refused(401, "invalid_second_factor");
    }

    async fn a_recovery_code_stands_in_once(server) {
        let ada = server.user("Ada").await;
        let codes = server.enrol(&ada).await;
        let challenge = server.challenge(&ada).await;
        let answers = join_all((0..6).map(|_| server.second_step(&challenge, &codes[0]))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
        let typed = codes[1].to_uppercase().replace('-', " ");
        server.second_step(&challenge, &typed).await.expect(200);
        server.second_step(&challenge, &codes[1]).await.refused(401, "invalid_second_factor");
        let renew = json!({ "current_password": PASSWORD, "code": codes[2] });
        let renewed = ada.post("/me/second-factor/recovery-codes", renew.clone()).await.expect(200);
        server.second_step(&challenge, &codes[3]).await.refused(401, "invalid_second_factor");
        ada.post("/me/second-factor/recovery-codes", renew).await.refused_fields(&[("/code", "wrong_code")]);
        server.second_step(&challenge, renewed["recovery_codes"][9].as_str().unwrap()).await.expect(200);
        assert!(server.refuses("UPDATE recovery_codes SET used_at = NULL WHERE used_at IS NOT NULL", "a recovery code is good once"));
    }

    async fn it_is_removed_with_the_password_and_a_code(server) {
        let ada = server.user("Ada").await;
        remove(&ada, PASSWORD, "123456").await.refused(409, "invalid_transition");
        server.enrol(&ada).await;
        remove(&ada, "not hers", &server.code(&ada)).await.refused_fields(&[("/current_password", "wrong_password")]);
        remove(&ada, PASSWORD, "12 345").await.refused_fields(&[("/code", "wrong_code")]);
        remove(&ada, PASSWORD, &server.code(&ada)).await.expect(204);
        server.login(&ada.email, PASSWORD).await.expect(200);
        assert_eq!(ada.get("/me").await.expect(200)["has_second_factor"], false);
        assert_eq!(server.select("SELECT code_hash AS value FROM recovery_codes"), [""; 0]);
        let log = "SELECT action AS value FROM audit WHERE action LIKE 'second_factor%' ORDER BY action";
        assert_eq!(server.select(log), ["second_factor.begin", "second_factor.confirm", "second_factor.remove"]);
        // A new one has another secret.
        server.enrol(&ada).await;
        server.second_step(&server.challenge(&ada).await, &server.code(&ada)).await.expect(200);
        ada.delete_account().await.expect(204);
        assert_eq!(server.select("SELECT code_hash AS value FROM recovery_codes"), [""; 0]);
        assert_eq!(server.select("SELECT id AS value FROM users WHERE second_factor_salt IS NOT NULL"), [""; 0]);
    }

    async fn wrong_codes_are_limited_for_each_account(server, |config| {
        config.limits.enabled = true;
        (config.limits.wrong_passwords_per_hour, config.limits.sign_in_burst) = (3, 99);
    }) {
        let [ada, eve] = [server.user("Ada").await, server.user("Eve").await];
        let codes = server.enrol(&ada).await;
        server.enrol(&eve).await;
        let challenge = server.challenge(&ada).await;
        for _ in 0..3 {
            server.second_step(&challenge, "wrong").await.refused(401, "invalid_second_factor");
        }
        let refused = server.second_step(&challenge, &codes[0]).await.refused(429, "too_many_requests");
        assert_eq!(refused.header("retry-after"), "1200");
        remove(&ada, PASSWORD, &codes[0]).await.refused(429, "too_many_requests");
        server.second_step(&server.challenge(&eve).await, &server.code(&eve)).await.expect(200);
        server.advance(TimeDelta::minutes(20));
        server.second_step(&server.challenge(&ada).await, &codes[0]).await.expect(200);
    }

    async fn an_organization_can_demand_it_of_its_members(server) {
        let [owner, member] = [server.user("Olga").await, server.user("Max").await];
        let organization = owner.found("Rotor Works").await;
        let other = member.found("Elsewhere").await;
        server.add_member(&organization, &member, "manager");
        let path = format!("/organizations/{organization}");
        let key = json!({ "name": "Door display", "scopes": ["resources:read"] });
        let key = owner.post(&format!("{path}/api-keys"), key).await.expect(201).text("key");
        let demand = json!({ "requires_second_factor": true });
        // Otherwise the owner could do nothing any more.
        owner.patch(&path, demand.clone()).await.refused_fields(&[("/requires_second_factor", "no_second_factor")]);
        server.enrol(&owner).await;
        assert_eq!(owner.patch(&path, demand).await.expect(200)["requires_second_factor"], true);
        for refused in [path.clone(), format!("{path}/members"), format!("{path}/audit"), format!("/bookings?organization_id={organization}")] {
            member.get(&refused).await.refused(403, "second_factor_missing");
        }
        member.post(&format!("{path}/sites"), json!({
            "name": "Annex", "latitude": 51.5, "longitude": -0.1, "timezone": "Europe/London",
            "address": { "line1": "2 Foundry Lane", "city": "London", "postal_code": "E1 1AA", "country": "GB" },
        })).await.refused(403, "second_factor_missing");
        // Other organizations, programs and strangers are not concerned.
        member.get(&format!("/organizations/{other}/members")).await.expect(200);
        member.get("/bookings").await.expect(200);
        server.anonymous().with_token(key).get(&format!("{path}/resources")).await.expect(200);
        server.user("Ida").await.get(&format!("{path}/members")).await.refused(404, "not_found");
        server.enrol(&member).await;
        member.get(&format!("{path}/members")).await.expect(200);
        owner.patch(&path, json!({ "requires_second_factor": false })).await.expect(200);
    }

    async fn lists_leave_out_an_organization_that_demands_it(server) {
        let market = server.market(json!({})).await;
        market.book("2026-12-01T09:00:00Z", "2026-12-01T11:00:00Z").await.expect(201);
        let seen = async |user: &User| user.get("/bookings").await.expect(200).items().len();
        assert_eq!((seen(&market.host).await, seen(&market.customer).await), (1, 1));
        server.execute(&format!("UPDATE organizations SET requires_second_factor = TRUE WHERE id = '{}'", market.customer_organization));
        assert_eq!((seen(&market.host).await, seen(&market.customer).await), (1, 0));
        server.enrol(&market.customer).await;
        assert_eq!(seen(&market.customer).await, 1);
    }

    async fn the_user_is_told_when_it_is_set_and_when_it_is_removed(server) {
        let [operator, ada] = [server.operator("Root").await, server.user("Ada").await];
        ada.patch("/me", json!({ "language": "nl" })).await.expect(200);
        let codes = server.enrol(&ada).await;
        let set = server.mails(&ada.email, 1).await.remove(0);
        assert_eq!(set.subject, "Een tweede factor beschermt uw account");
        remove(&ada, PASSWORD, "000000").await.refused_fields(&[("/code", "wrong_code")]);
        remove(&ada, PASSWORD, &codes[0]).await.expect(204);
        let removed = server.mails(&ada.email, 2).await.remove(1);
        assert_eq!(removed.subject, "De tweede factor van uw account is verwijderd");
        assert!(removed.text.contains("/forgot-password"), "{}", removed.text);
        server.enrol(&ada).await;
        operator.post(&format!("/admin/users/{}/remove-second-factor", ada.id), json!({})).await.expect(200);
        let mails = server.mails(&ada.email, 4).await;
        let subjects: Vec<_> = mails.iter().map(|mail| mail.subject.as_str()).collect();
        assert_eq!(subjects[2..], [set.subject.as_str(), removed.subject.as_str()]);
        // An attempt that failed told nobody.
        server.tell_all().await;
        assert_eq!(server.mails(&ada.email, 4).await.len(), 4);
    }

    async fn an_operator_removes_it_for_a_user_who_has_lost_it(server) {
        let [operator, ada] = [server.operator("Root").await, server.user("Ada").await];
        let path = format!("/admin/users/{}/remove-second-factor", ada.id);
        operator.post(&path, json!({})).await.refused(409, "invalid_transition");
        server.enrol(&ada).await;
        assert_eq!(operator.get(&format!("/admin/users/{}", ada.id)).await.expect(200)["has_second_factor"], true);
        operator.post(&path, json!({})).await.expect(200);
        ada.get("/me").await.refused(401, "invalid_token");
        server.login(&ada.email, PASSWORD).await.expect(200);
        let log = operator.get("/admin/audit?action=user.remove_second_factor").await.expect(200);
        assert_eq!((&log.items()[0]["object_id"], log.items().len()), (&Value::from(ada.id.clone()), 1));
    }
}
