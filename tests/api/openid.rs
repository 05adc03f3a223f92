//! Signing in with a provider of OpenID Connect: who is who, and what a provider that lies or fails brings about.

use std::time::Instant;

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::openid::{BACK, Fault, Login, Provider, Signature, with_openid, with_provider};
use crate::support::server::{Server, on_both_databases};

impl Server {
    /// The account of somebody who has signed in.
    pub(super) async fn account(&self, tokens: &Answer) -> Answer {
        self.anonymous().with_token(tokens.text("access_token")).get("/me").await.expect(200)
    }
}

fn ada() -> Login {
    Login::new("248289761001", "Ada@Example.org")
}

/// The rows that a sign-in makes.
fn traces(server: &Server) -> Vec<String> {
    server.select("SELECT id AS value FROM users UNION ALL SELECT id FROM identities UNION ALL SELECT id FROM sessions")
}

const INVALID: &str = "invalid_openid_callback";

on_both_databases! {
    async fn a_person_signs_in_with_a_provider_and_has_an_account(server, super::with_openid) {
        let provider = Provider::of(server);
        let listed = server.anonymous().get("/auth/openid").await.expect(200);
        assert_eq!(listed["items"], json!([{ "provider": "works", "label": "Sign in with works" }]));
        let browser = server.anonymous().with("accept-language", "nl").with("user-agent", "browser");
        let begun = browser.post("/auth/openid/works", json!({})).await.expect(200);
        assert_eq!(begun.header("cache-control"), "no-store");
        assert_eq!(begun["expires_at"], json!(server.now() + TimeDelta::minutes(10)));
        let (url, handle) = (begun.text("authorization_url"), begun.text("handle"));
        assert!(url.contains("scope=openid%20email%20profile") && !url.contains(&handle), "{url}");
        let body = Provider::callback(&begun, &provider.visit(&begun, &ada()));
        let tokens = browser.post("/auth/openid/works/callback", body).await.expect(200);
        assert_eq!(tokens.header("cache-control"), "no-store");
        let me = server.account(&tokens).await;
        assert_eq!((&me["email"], &me["name"], &me["language"]), (&json!("ada@example.org"), &json!("Ada Lovelace"), &json!("nl")));
        assert_eq!(me["email_verified_at"], json!(server.now()));
        // The session is one as after a password.
        let refresh = json!({ "refresh_token": tokens["refresh_token"] });
        let tokens = server.anonymous().post("/auth/refresh", refresh).await.expect(200);
        let client = server.anonymous().with_token(tokens.text("access_token"));
        assert_eq!(client.get("/me/sessions").await.expect(200).items()[0]["user_agent"], "browser");
        // The person is the same whatever else changes at the provider.
        server.advance(TimeDelta::days(1));
        let later = ada().with("email", json!("ada@elsewhere.example")).with("email_verified", json!(false)).with("name", Value::Null);
        let tokens = provider.sign_in(server, &later).await.expect(200);
        assert_eq!(server.account(&tokens).await["id"], me["id"]);
        let identities = client.get("/me/identities").await.expect(200);
        let [identity] = identities.items() else { panic!("{identities:?}") };
        assert_eq!((&identity["provider"], &identity["email"]), (&json!("works"), &json!("ada@example.org")));
        assert_eq!(identity["last_used_at"], json!(server.now()));
        assert_eq!(client.get("/me/export").await.expect(200)["identities"], json!([identity]));
        let log = server.select("SELECT action || detail AS value FROM audit WHERE action IN ('identity.link', 'session.start') ORDER BY action, id");
        assert_eq!(log.len(), 3, "{log:?}");
        assert!(log[0].starts_with("identity.link") && log[2].contains(identity["id"].as_str().unwrap()), "{log:?}");
        // Another person with the same claims but the subject is another one.
        let eve = Login::new("248289761002", "eve@example.org");
        let tokens = provider.sign_in(server, &eve).await.expect(200);
        assert_ne!(server.account(&tokens).await["id"], me["id"]);
        // No secret of an attempt is stored.
        provider.begin(server).await.expect(200);
        let stored = server.select("SELECT handle_hash AS value FROM openid_attempts");
        assert!(stored.len() == 1 && !stored.contains(&handle), "{stored:?}");
    }

    async fn a_person_is_sent_back_to_configured_pages_only(server, super::with_openid) {
        let provider = Provider::of(server);
        let begin = async |to: Value| server.anonymous().post("/auth/openid/works", json!({ "redirect_uri": to })).await;
        for wrong in ["https://evil.example.org/", "https://app.example.org/signed-in/", "https://app.example.org", ""] {
            begin(json!(wrong)).await.refused_fields(&[("/redirect_uri", "invalid")]);
        }
        let encoded = |page: &str| page.replace(':', "%3A").replace('/', "%2F");
        for (to, page) in [(Value::Null, BACK), (json!("http://localhost:3000/signed-in"), "http://localhost:3000/signed-in")] {
            let begun = begin(to).await.expect(200);
            assert!(begun.text("authorization_url").contains(&format!("redirect_uri={}", encoded(page))), "{begun:?}");
            let returned = provider.visit(&begun, &ada());
            provider.finish(server, &Provider::callback(&begun, &returned)).await.expect(200);
        }
        for path in ["/auth/openid/unknown", "/auth/openid/Works"] {
            server.anonymous().post(path, json!({})).await.refused(404, "not_found");
        }
        let body = json!({ "handle": "x", "state": "x", "code": "x" });
        server.anonymous().post("/auth/openid/unknown/callback", body).await.refused(404, "not_found");
    }

    async fn an_attempt_is_good_once_with_its_own_state_and_for_ten_minutes(server, super::with_openid) {
        let provider = Provider::of(server);
        let begun = provider.begin(server).await.expect(200);
        let body = Provider::callback(&begun, &provider.visit(&begun, &ada()));
        let answers = join_all((0..6).map(|_| provider.finish(server, &body))).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!(won.len(), 1, "{won:?}");
        lost.into_iter().for_each(|answer| drop(answer.refused(401, INVALID)));
        assert_eq!(provider.calls("token"), 1, "a code was sent twice");
        provider.finish(server, &body).await.refused(401, INVALID);

        let begun = provider.begin(server).await.expect(200);
        let mut body = Provider::callback(&begun, &provider.visit(&begun, &ada()));
        for (field, wrong) in [("handle", "made-up"), ("handle", begun.text("handle").to_lowercase().as_str())] {
            let mut other = body.clone();
            other[field] = json!(wrong);
            provider.finish(server, &other).await.refused(401, INVALID);
        }
        server.advance(TimeDelta::minutes(10));
        provider.finish(server, &body).await.refused(401, INVALID);
        let begun = provider.begin(server).await.expect(200);
        body = Provider::callback(&begun, &provider.visit(&begun, &ada()));
        server.advance(TimeDelta::minutes(10) - TimeDelta::microseconds(1));
        provider.finish(server, &body).await.expect(200);
        // A wrong state uses the attempt up.
        let begun = provider.begin(server).await.expect(200);
        body = Provider::callback(&begun, &provider.visit(&begun, &ada()));
        let state = std::mem::replace(&mut body["state"], json!("wrong"));
        provider.finish(server, &body).await.refused(401, INVALID);
        body["state"] = state;
        provider.finish(server, &body).await.refused(401, INVALID);
        // What nobody uses is deleted.
        provider.begin(server).await.expect(200);
        let kept = || server.select("SELECT handle_hash AS value FROM openid_attempts").len();
        server.advance(TimeDelta::minutes(9));
        server.run_jobs().await;
        assert_eq!(kept(), 1);
        server.advance(TimeDelta::hours(1));
        server.run_jobs().await;
        assert_eq!(kept(), 0);
    }

    async fn nobody_is_signed_in_with_the_code_of_somebody_else(server, super::with_openid) {
        let provider = Provider::of(server);
        let (mine, theirs) = (provider.begin(server).await.expect(200), provider.begin(server).await.expect(200));
        let eve = provider.visit(&theirs, &Login::new("eve", "eve@example.org"));
        // The attacker sends the victim to the page of the front end with the attacker's code, and with one `state` or the other.
        provider.finish(server, &Provider::callback(&mine, &eve)).await.refused(401, INVALID);
        assert_eq!(provider.calls("token"), 0);
        let mine = provider.begin(server).await.expect(200);
        let ada = provider.visit(&mine, &ada());
        let mut body = Provider::callback(&mine, &ada);
        body["code"] = json!(eve.0["code"]);
        // PKCE: the provider refuses it.
        provider.finish(server, &body).await.refused(401, INVALID);
        assert_eq!((provider.calls("token"), traces(server).len()), (1, 0));
    }

    async fn an_attempt_belongs_to_one_provider(server, |config| {
        super::with_openid(config);
        super::with_provider(config, "other");
    }) {
        let (provider, other) = (Provider::of(server), Provider::named(server, "other"));
        let begun = provider.begin(server).await.expect(200);
        let body = Provider::callback(&begun, &provider.visit(&begun, &ada()));
        other.finish(server, &body).await.refused(401, INVALID);
        assert_eq!(other.calls("token"), 0);
        // The same subject at another issuer is another person; the proven address leads to the same account.
        let first = provider.sign_in(server, &ada()).await.expect(200);
        let second = other.sign_in(server, &ada()).await.expect(200);
        assert_eq!(server.account(&first).await["id"], server.account(&second).await["id"]);
        let elsewhere = other.sign_in(server, &Login::new("eve", "eve@example.org")).await.expect(200);
        provider.sign_in(server, &Login::new("eve", "mallory@example.org")).await.expect(200);
        assert_ne!(server.account(&first).await["id"], server.account(&elsewhere).await["id"]);
        assert_eq!(server.select("SELECT id AS value FROM identities").len(), 4);
    }

    async fn the_issuer_beside_the_code_is_the_right_one(server, super::with_openid) {
        let provider = Provider::of(server);
        for iss in [Value::Null, json!("https://evil.example.org")] {
            let begun = provider.begin(server).await.expect(200);
            let mut body = Provider::callback(&begun, &provider.visit(&begun, &ada()));
            body["iss"] = iss;
            provider.finish(server, &body).await.refused(401, INVALID);
        }
        assert_eq!(provider.calls("token"), 0);
        // A provider that does not announce it need not send it.
        provider.with(|world| world.change_metadata = Some(Box::new(|metadata| {
            metadata["authorization_response_iss_parameter_supported"] = json!(false);
        })));
        server.advance(TimeDelta::hours(1));
        let begun = provider.begin(server).await.expect(200);
        let mut body = Provider::callback(&begun, &provider.visit(&begun, &ada()));
        body["iss"] = Value::Null;
        provider.finish(server, &body).await.expect(200);
    }

    async fn whoever_declines_is_not_signed_in(server, super::with_openid) {
        let provider = Provider::of(server);
        let begun = provider.begin(server).await.expect(200);
        let returned = provider.decline(&begun);
        assert_eq!(returned.0["error"], "access_denied");
        provider.finish(server, &Provider::callback(&begun, &returned)).await
            .refused_fields(&[("/code", "required"), ("/error", "unknown_field")]);
        let body = json!({ "handle": begun["handle"], "state": returned.0["state"], "iss": returned.0["iss"], "code": "made-up" });
        provider.finish(server, &body).await.refused(401, INVALID);
        assert_eq!(traces(server).len(), 0);
    }

    async fn an_id_token_that_proves_nothing_signs_nobody_in(server, super::with_openid) {
        let provider = Provider::of(server);
        let now = server.now().to_chrono().timestamp();
        provider.with(|world| world.rotate());
        let claims: [(&str, Value); 15] = [
            ("nonce", json!("of another attempt")),
            ("nonce", Value::Null),
            ("aud", json!("somebody else")),
            ("aud", json!([])),
            ("aud", json!(["sharefloor & co", "somebody else"])),
            ("azp", json!("somebody else")),
            ("iss", json!("https://evil.example.org")),
            ("iss", Value::Null),
            ("exp", json!(now - 60)),
            ("exp", json!("tomorrow")),
            ("iat", json!(now + 61)),
            ("sub", json!("")),
            ("sub", json!("x".repeat(256))),
            ("sub", Value::Null),
            ("sub", json!(7)),
        ];
        for (claim, wrong) in claims {
            let shown = format!("{claim}: {wrong}");
            let change = move |claims: &mut Value| claims[claim] = wrong.clone();
            provider.with(|world| world.change_claims = Some(Box::new(change)));
            let answer = provider.sign_in(server, &ada()).await;
            assert_eq!(answer["code"], INVALID, "{shown} {answer:?}");
        }
        provider.with(|world| world.change_claims = None);
        for signature in [Signature::OfStranger, Signature::Unpublished, Signature::None, Signature::Hmac] {
            provider.with(|world| world.signature = signature);
            provider.sign_in(server, &ada()).await.refused(401, INVALID);
        }
        provider.with(|world| world.signature = Signature::Right);
        for (name, wrong) in [("alg", json!("RS256")), ("crit", json!(["exp"])), ("kid", json!("other"))] {
            let change = move |header: &mut Value| header[name] = wrong.clone();
            provider.with(|world| world.change_header = Some(Box::new(change)));
            provider.sign_in(server, &ada()).await.refused(401, INVALID);
        }
        assert_eq!(traces(server).len(), 0);
        // What is unusual and right.
        provider.with(|world| world.change_header = Some(Box::new(|header| {
            header.as_object_mut().unwrap().remove("kid");
        })));
        provider.with(|world| world.change_claims = Some(Box::new(move |claims| {
            claims["aud"] = json!(["somebody else", "sharefloor & co"]);
            claims["azp"] = json!("sharefloor & co");
            // The clocks differ a little.
            (claims["iat"], claims["exp"]) = (json!(now + 60), json!(now as f64 - 58.5));
        })));
        provider.sign_in(server, &ada()).await.expect(200);
    }

    async fn a_provider_can_change_its_keys(server, super::with_openid) {
        let provider = Provider::of(server);
        provider.sign_in(server, &ada()).await.expect(200);
        provider.sign_in(server, &ada()).await.expect(200);
        assert_eq!((provider.calls("keys"), provider.calls(".well-known/openid-configuration")), (1, 1));
        server.advance(TimeDelta::minutes(30));
        provider.with(|world| world.rotate());
        provider.sign_in(server, &ada()).await.expect(200);
        assert_eq!(provider.calls("keys"), 2);
        // A key that is never published is looked for once a minute, however many come with it.
        provider.with(|world| world.signature = Signature::Unpublished);
        server.advance(TimeDelta::minutes(1));
        for _ in 0..3 {
            provider.sign_in(server, &ada()).await.refused(401, INVALID);
        }
        assert_eq!(provider.calls("keys"), 3);
        server.advance(TimeDelta::minutes(1));
        provider.sign_in(server, &ada()).await.refused(401, INVALID);
        assert_eq!(provider.calls("keys"), 4);
        // After an hour the keys and the metadata are read again.
        provider.with(|world| world.signature = Signature::Right);
        server.advance(TimeDelta::hours(1));
        provider.sign_in(server, &ada()).await.expect(200);
        assert_eq!((provider.calls("keys"), provider.calls(".well-known/openid-configuration")), (5, 2));
    }

    async fn a_provider_that_fails_is_told_apart_and_asked_again_later(server, super::with_openid) {
        const UNAVAILABLE: &str = "openid_provider_unavailable";
        let provider = Provider::of(server);
        let metadata = ".well-known/openid-configuration";
        let faults = || [Fault::Silence, Fault::Status(500), Fault::Status(404), Fault::Redirect, Fault::Huge, Fault::Nonsense];
        for (number, fault) in faults().into_iter().enumerate() {
            provider.fail(metadata, [fault]);
            let began_at = Instant::now();
            let refused = provider.begin(server).await.refused(503, UNAVAILABLE);
            assert_eq!(refused.header("retry-after"), "2");
            assert!(began_at.elapsed().as_secs() < 10, "{:?}", began_at.elapsed());
            // For some seconds it is not asked again.
            provider.begin(server).await.refused(503, UNAVAILABLE);
            assert_eq!(provider.calls(metadata), number + 1);
            server.advance(TimeDelta::seconds(5));
        }
        let changes: [fn(&mut Value); 5] = [
            |it| it["issuer"] = json!("https://evil.example.org"),
            |it| it["token_endpoint"] = json!("file:///etc/passwd"),
            |it| it["code_challenge_methods_supported"] = json!(["plain"]),
            |it| it["jwks_uri"] = Value::Null,
            |it| *it = json!([]),
        ];
        for change in changes {
            provider.with(|world| world.change_metadata = Some(Box::new(change)));
            provider.begin(server).await.refused(503, UNAVAILABLE);
            server.advance(TimeDelta::seconds(5));
        }
        provider.with(|world| world.change_metadata = None);
        for endpoint in ["token", "keys"] {
            for fault in faults() {
                provider.fail(endpoint, [fault]);
                provider.sign_in(server, &ada()).await.refused(503, UNAVAILABLE);
                server.advance(TimeDelta::seconds(5));
            }
        }
        provider.fail("token", [Fault::Error("invalid_client"), Fault::Error("invalid_grant")]);
        provider.sign_in(server, &ada()).await.refused(503, UNAVAILABLE);
        provider.sign_in(server, &ada()).await.refused(401, INVALID);
        assert_eq!(traces(server).len(), 0);
        provider.sign_in(server, &ada()).await.expect(200);
    }

    async fn a_provider_can_tell_the_address_by_the_user_info_alone(server, super::with_openid) {
        let provider = Provider::of(server);
        provider.with(|world| (world.tells_by_user_info, world.takes_post) = (true, true));
        let tokens = provider.sign_in(server, &ada()).await.expect(200);
        let me = server.account(&tokens).await;
        assert_eq!((&me["email"], &me["name"]), (&json!("ada@example.org"), &json!("Ada Lovelace")));
        let unproven = Login::new("eve", "eve@example.org").with("email_verified", json!(false));
        provider.sign_in(server, &unproven).await.refused(403, "address_not_proven");
        // A response about another person.
        provider.with(|world| world.change_claims = Some(Box::new(|claims| claims["sub"] = json!("mallory"))));
        provider.sign_in(server, &ada()).await.refused(401, INVALID);
        provider.with(|world| world.change_claims = None);
        provider.fail("userinfo", [Fault::Status(401)]);
        provider.sign_in(server, &ada()).await.refused(503, "openid_provider_unavailable");
    }
}
