//! The session of a browser.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::people::PASSWORD;
use crate::support::server::{Kind, Server, on_both_databases};

on_both_databases! {
    async fn a_session_that_ends_in_the_middle_of_a_form_goes_on_after_the_sign_in_with_what_was_typed(server) {
        let market = server.market(json!({})).await;
        let mut browser = server.browser_of(&market.customer.email).await;
        let address = format!("/book?resource={}&starts_at=2026-12-01T09:00&ends_at=2026-12-01T10:00", market.resource);
        let form = browser.open(&address).await.expect(200).form("/book").with("note", "Brass & more");
        for session in market.customer.get("/me/sessions").await.expect(200).items() {
            if session["is_current"] == false {
                market.customer.delete(&format!("/me/sessions/{}", session["id"].as_str().unwrap())).await.expect(204);
            }
        }
        let sign_in = browser.submit(&form).await.expect(200);
        assert!(sign_in.address.starts_with("/sign-in?then=%2Fbook%3F"), "{}", sign_in.address);
        assert_eq!(market.customer.get("/bookings").await.expect(200).items().len(), 0);
        let credentials = sign_in.form("/sign-in").with("email", &market.customer.email).with("password", PASSWORD);
        let again = browser.submit(&credentials).await.expect(200).form("/book");
        assert_eq!(again.values()["note"], "Brass & more");
        browser.submit(&again).await.expect(200).says("Note Brass & more");
    }

    async fn a_session_ends_by_signing_out_by_time_and_with_its_user(server) {
        let market = server.market(json!({})).await;
        let email = &market.customer.email;
        let mut browser = server.browser_of(email).await;
        let page = browser.open("/bookings").await.expect(200);
        browser.submit(&page.form("/sign-out")).await.expect(200);
        assert!(!browser.is_signed_in());
        browser.open("/bookings").await.expect(200).says("Password");
        // Without use it ends; with use it goes on, and so does its cookie.
        let (mut used, mut unused) = (server.browser_of(email).await, server.browser_of(email).await);
        let days = i64::from(server.config.auth.session_days);
        for _ in 0..2 {
            server.advance(TimeDelta::days(days - 1));
            let page = used.open("/bookings").await.expect(200).says("There is no booking.");
            assert!(page.headers["set-cookie"].to_str().unwrap().contains("Max-Age="));
            assert!(!used.open("/bookings").await.expect(200).headers.contains_key("set-cookie"));
        }
        unused.open("/bookings").await.expect(200).says("Password");
        server.execute(&format!("UPDATE users SET suspended_at = {}, suspension_reason = 'Fraud' WHERE email = '{email}'", server.sql_now()));
        used.open("/bookings").await.expect(200).says("Password");
    }

    async fn a_wrong_password_and_an_unknown_address_look_alike(server) {
        let ada = server.user("Ada").await;
        let mut texts = Vec::new();
        for email in [ada.email.as_str(), "nobody@example.org", "nobody"] {
            let mut browser = server.browser();
            let form = browser.open("/sign-in").await.expect(200).form("/sign-in");
            let page = browser.submit(&form.with("email", email).with("password", "wrong")).await.expect(401);
            assert!(!browser.is_signed_in());
            assert_eq!(page.form("/sign-in").values()["email"], email);
            texts.push(page.text());
        }
        assert_eq!((texts[0] == texts[1], texts[1] == texts[2]), (true, true), "{texts:?}");
    }

    async fn a_link_to_the_sign_in_leads_to_no_other_site(server) {
        let ada = server.user("Ada").await;
        for then in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example", "javascript%3Aalert(1)"] {
            let mut browser = server.browser();
            let form = browser.open(&format!("/sign-in?then={then}")).await.expect(200).form("/sign-in");
            assert_eq!(form.values()["then"], "/bookings");
            let raw = form.with("email", &ada.email).with("password", PASSWORD).with("then", "//evil.example");
            assert_eq!(browser.submit(&raw).await.expect(200).address, "/bookings");
        }
    }

    async fn a_token_that_a_program_has_used_up_is_no_session_of_a_browser(server) {
        let ada = server.user("Ada").await;
        let mut browser = server.browser();
        let cookie = format!("sharefloor={}", ada.refresh_token);
        assert_eq!(browser.open_with_cookie("/bookings", &cookie).await.status, 200);
        server.anonymous().post("/auth/refresh", json!({ "refresh_token": ada.refresh_token })).await.expect(200);
        assert_eq!(browser.open_with_cookie("/bookings", &cookie).await.status, 303);
    }
}

#[test]
fn a_cookie_is_for_this_host_alone_and_out_of_reach_of_scripts() {
    crate::support::server::block_on(async {
        for (public_url, begin, is_secure) in
            [("http://localhost:8080", "sharefloor=", false), ("https://share.example", "__Host-sharefloor=", true)]
        {
            let server = Server::start(Kind::Sqlite, &[&|config| config.public_url = public_url.to_owned()]);
            let ada = server.user("Ada").await;
            let mut browser = server.browser();
            let form = browser.open("/sign-in").await.expect(200).form("/sign-in");
            let body = format!("then=%2F&email={}&password={}", ada.email.replace('@', "%40"), PASSWORD.replace(' ', "+"));
            let page = browser.post(&form.action, body, &[("origin", &server.url)]).await;
            let cookie = page.headers["set-cookie"].to_str().unwrap();
            assert!(cookie.starts_with(begin), "{cookie}");
            for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age="] {
                assert!(cookie.contains(part), "{cookie}");
            }
            assert_eq!((cookie.contains("; Secure"), cookie.contains("Domain")), (is_secure, false), "{cookie}");
        }
    });
}
