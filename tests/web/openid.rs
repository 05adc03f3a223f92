//! Sign-in with a provider in a browser.

use std::collections::HashMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::support::browser::{Browser, Page};
use crate::support::openid::{Fault, Login, Provider, with_openid};
use crate::support::server::on_both_databases;

fn ada() -> Login {
    Login::new("248289761001", "ada@example.org")
}

/// Begins to sign in, and returns the address of the provider.
async fn begin(browser: &mut Browser, then: &str) -> String {
    let page = browser.open(&format!("/sign-in?then={then}")).await.expect(200).says("Or sign in with");
    let links = page.links("/sign-in/openid/works/start");
    let [start] = links.as_slice() else { panic!("{links:?}") };
    let page = browser.step(start).await;
    assert_eq!(page.status, 303, "{}", page.html);
    page.headers["location"].to_str().unwrap().to_owned()
}

/// The address at which the provider sends the browser back.
fn back(returned: &HashMap<String, String>) -> String {
    let parameters: Vec<_> =
        returned.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))).collect();
    format!("/sign-in/openid/works?{}", parameters.join("&"))
}

/// All steps of a sign-in.
async fn sign_in(provider: &Provider, browser: &mut Browser, login: &Login, then: &str) -> Page {
    let url = begin(browser, then).await;
    let returned = provider.with(|world| world.authorize(&url, Some(login)));
    browser.open(&back(&returned)).await
}

on_both_databases! {
    async fn a_browser_signs_in_with_a_provider_and_goes_where_it_wanted(server, super::with_openid) {
        let provider = Provider::of(server);
        let mut browser = server.browser();
        let page = sign_in(&provider, &mut browser, &ada(), "%2Faccount%3Fdone%3Dsaved").await.expect(200).says("Your changes are saved.");
        assert_eq!(page.address, "/account?done=saved");
        assert!(browser.is_signed_in());
        let page = browser.open("/account/identities").await.expect(200).says("Sign in with works").says("ada@example.org");
        // The account has no password, so this is the last way to sign in.
        browser.submit(&page.form("/account/identities")).await.expect(409);
        browser.submit(&page.form("/account/identities").with("identity", "x")).await.expect(404);
        // With a password, it can be removed.
        server.anonymous().post("/auth/forgot-password", json!({ "email": "ada@example.org" })).await.expect(202);
        let token = server.take_token("ada@example.org", "reset-password").await;
        server.anonymous().post("/auth/reset-password", json!({ "token": token, "password": "a better horse battery" })).await.expect(204);
        assert!(browser.open("/account").await.address.starts_with("/sign-in"), "a new password ends all sessions");
        let page = sign_in(&provider, &mut browser, &ada(), "%2Faccount%2Fidentities").await.expect(200);
        browser.submit(&page.form("/account/identities")).await.expect(200).says("No other account is linked.");
        assert_eq!(server.select("SELECT id AS value FROM identities").len(), 0);
    }

    async fn a_sign_in_with_a_provider_leads_to_no_other_site(server, super::with_openid) {
        let provider = Provider::of(server);
        for then in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example"] {
            let mut browser = server.browser();
            assert_eq!(sign_in(&provider, &mut browser, &ada(), then).await.expect(200).address, "/bookings");
        }
        let mut browser = server.browser();
        let long = format!("%2F{}", "x".repeat(4000));
        assert_eq!(sign_in(&provider, &mut browser, &ada(), &long).await.expect(200).address, "/bookings");
    }

    async fn a_link_with_the_code_of_somebody_else_signs_nobody_in(server, super::with_openid) {
        let provider = Provider::of(server);
        let mut attacker = server.browser();
        let url = begin(&mut attacker, "%2F").await;
        let returned = provider.with(|world| world.authorize(&url, Some(&ada())));
        // Another browser: without a beginning of its own, and with one.
        let mut victim = server.browser();
        victim.open(&back(&returned)).await.expect(401).says("Password");
        begin(&mut victim, "%2F").await;
        victim.open(&back(&returned)).await.expect(401).says("Password");
        assert!(!victim.is_signed_in());
        // The same browser, once.
        attacker.open(&back(&returned)).await.expect(200);
        assert!(attacker.is_signed_in());
        attacker.open(&back(&returned)).await.expect(401);
        assert_eq!(server.select("SELECT id AS value FROM sessions").len(), 1);
    }

    async fn a_second_factor_is_asked_for_after_the_provider(server, super::with_openid) {
        let provider = Provider::of(server);
        let user = server.user("Ada").await;
        let codes = server.enrol(&user).await;
        let mut browser = server.browser();
        let page = sign_in(&provider, &mut browser, &ada(), "%2Faccount").await.expect(200);
        assert!(!browser.is_signed_in() && page.links("/sign-in/openid/").is_empty());
        let page = browser.submit(&page.form("/sign-in").with("code", &codes[0])).await.expect(200);
        assert_eq!((page.address.as_str(), browser.is_signed_in()), ("/account", true));
    }

    async fn a_provider_that_declines_fails_or_is_not_known_is_explained(server, super::with_openid) {
        let provider = Provider::of(server);
        let mut browser = server.browser();
        let url = begin(&mut browser, "%2F").await;
        let returned = provider.with(|world| world.authorize(&url, None));
        browser.open(&back(&returned)).await.expect(401).says("Password");
        browser.step("/sign-in/openid/other/start").await.expect(404);
        browser.step("/sign-in/openid/other?code=1&state=2").await.expect(404);
        provider.fail("token", [Fault::Status(500)]);
        sign_in(&provider, &mut browser, &ada(), "%2F").await.expect(503).says("Password");
        assert!(!browser.is_signed_in());
        // An address that the provider does not prove signs nobody in.
        let unproved = ada().with("email_verified", json!(false));
        server.advance(chrono::TimeDelta::seconds(10));
        sign_in(&provider, &mut browser, &unproved, "%2F").await.expect(403);
        assert!(!browser.is_signed_in());
        assert_eq!(server.select("SELECT id AS value FROM users").len(), 0);
    }
}
