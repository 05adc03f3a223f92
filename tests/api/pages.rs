//! The pages behind the links in mails, used as a browser uses them.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::support::client::Answer;
use crate::support::people::PASSWORD;
use crate::support::server::{Server, on_both_databases};

/// Opens a page as a browser does.
async fn open(server: &Server, path: &str, token: &str) -> Answer {
    server.root().get(&format!("/{path}?token={token}")).await
}

/// Fills in the form of a page and presses its button.
async fn send(server: &Server, path: &str, fields: &[(&str, &str)]) -> Answer {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let form =
        |request: RequestBuilder| request.header("content-type", "application/x-www-form-urlencoded").body(pairs.join("&"));
    server.root().send(Method::POST, &format!("/{path}"), form).await
}

/// The names of the inputs of a page's form.
fn inputs(page: &Answer) -> Vec<String> {
    let names = page.text.split(" name=\"").skip(2);
    names
        .filter_map(|rest| rest.split('"').next())
        .filter(|name| !["color-scheme", "robots"].contains(name))
        .map(ToOwned::to_owned)
        .collect()
}

/// Fails unless it is a page that loads nothing and that no cache keeps.
fn is_page(answer: &Answer, status: u16, says: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'; form-action 'self'"));
    assert!(answer.text.contains(says), "{}", answer.text);
}

on_both_databases! {
    async fn an_address_is_verified_by_the_button_and_not_by_opening_the_link(server) {
        let eve = server.unverified_user("Eve").await;
        let token = server.take_token(&eve.email, "verify-email").await;
        for _ in 0..2 {
            let page = open(server, "verify-email", &token).await;
            is_page(&page, 200, "Confirm your e-mail address");
            assert_eq!(inputs(&page), ["token"]);
            assert_eq!(eve.get("/me").await.expect(200)["email_verified_at"], json!(null));
        }
        is_page(&send(server, "verify-email", &[("token", &token)]).await, 200, "Your e-mail address is confirmed.");
        assert_ne!(eve.get("/me").await.expect(200)["email_verified_at"], json!(null));
        is_page(&send(server, "verify-email", &[("token", &token)]).await, 422, "The link is no longer valid");
    }

    async fn a_password_is_forgotten_and_set_by_pages_alone(server) {
        let ada = server.user("Ada").await;
        let page = server.root().get("/forgot-password").await;
        is_page(&page, 200, "Request a new password");
        assert_eq!(inputs(&page), ["email"]);
        is_page(&send(server, "forgot-password", &[("email", "nobody@example.org")]).await, 200, "on its way");
        is_page(&send(server, "forgot-password", &[("email", "nobody")]).await, 422, "email: ");
        is_page(&send(server, "forgot-password", &[("email", &ada.email)]).await, 200, "on its way");
        let token = server.take_token(&ada.email, "reset-password").await;
        let page = open(server, "reset-password", &token).await;
        is_page(&page, 200, "Set a new password");
        assert_eq!(inputs(&page), ["token", "password"]);
        is_page(&send(server, "reset-password", &[("token", &token), ("password", "weak")]).await, 422, "password: ");
        let new = [("token", token.as_str()), ("password", "a better horse battery")];
        is_page(&send(server, "reset-password", &new).await, 200, "The password is set.");
        server.login(&ada.email, "a better horse battery").await.expect(200);
        is_page(&send(server, "reset-password", &new).await, 422, "The link is no longer valid");
    }

    async fn a_contact_address_and_a_new_address_are_confirmed_by_their_pages(server) {
        let ada = server.user("Ada").await;
        let firm = json!({ "kind": "firm", "name": "Rotor Works", "contact_email": "desk@example.net" });
        let organization = ada.post("/organizations", firm).await.expect(201).id();
        let token = server.take_token("desk@example.net", "verify-contact").await;
        is_page(&open(server, "verify-contact", &token).await, 200, "Receive the mails");
        is_page(&send(server, "verify-contact", &[("token", &token)]).await, 200, "The address is confirmed.");
        assert_eq!(ada.get(&format!("/organizations/{organization}")).await.expect(200)["is_contact_verified"], true);

        ada.post("/me/email", json!({ "email": "new@example.org", "current_password": PASSWORD })).await.expect(202);
        let token = server.take_token("new@example.org", "confirm-email").await;
        is_page(&open(server, "confirm-email", &token).await, 200, "Use the new address");
        is_page(&send(server, "confirm-email", &[("token", &token)]).await, 200, "Your account has the new address now.");
        assert_eq!(ada.get("/me").await.expect(200)["email"], "new@example.org");
    }

    async fn an_invitation_is_accepted_by_its_page_with_an_account_and_without(server) {
        let (ada, bob) = (server.user("Ada").await, server.user("Bob").await);
        let invitations = format!("/organizations/{}/invitations", ada.found("Rotor & <b>Works</b>").await);
        for email in [bob.email.as_str(), "cleo@example.org"] {
            ada.post(&invitations, json!({ "email": email, "role": "booker" })).await.expect(201);
        }
        let token = server.take_token(&bob.email, "accept-invitation").await;
        let page = open(server, "accept-invitation", &token).await;
        is_page(&page, 200, "Rotor &#38; &#60;b&#62;Works&#60;/b&#62; invites the owner of bob@example.org");
        assert_eq!(inputs(&page), ["token"]);
        is_page(&send(server, "accept-invitation", &[("token", &token)]).await, 200, "You have accepted the invitation.");
        assert_eq!(bob.get("/organizations").await.expect(200).items().len(), 1);

        let token = server.take_token("cleo@example.org", "accept-invitation").await;
        let page = open(server, "accept-invitation", &token).await;
        assert_eq!(inputs(&page), ["token", "name", "password"]);
        let missing = send(server, "accept-invitation", &[("token", &token), ("name", "Cleo")]).await;
        is_page(&missing, 422, "password: ");
        let all = [("token", token.as_str()), ("name", "Cleo"), ("password", PASSWORD)];
        is_page(&send(server, "accept-invitation", &all).await, 200, "You have accepted the invitation.");
        server.login("cleo@example.org", PASSWORD).await.expect(200);
        is_page(&open(server, "accept-invitation", &token).await, 422, "The link is no longer valid");
    }

    async fn a_page_without_a_good_token_shows_nothing_and_does_nothing(server) {
        for path in ["verify-email", "verify-contact", "confirm-email", "accept-invitation"] {
            is_page(&send(server, path, &[("token", "none")]).await, 422, "The link is no longer valid");
        }
        is_page(&server.root().get("/accept-invitation").await, 422, "The link is no longer valid");
        server.root().delete("/verify-email").await.refused(405, "method_not_allowed");
    }
}
