//! Founding, seeing and editing an organization.

use serde_json::json;

use crate::support::server::on_both_databases;

on_both_databases! {
    async fn a_founder_owns_what_they_founded(server) {
        let ada = server.user("Ada").await;
        let founded = ada.post("/organizations", json!({ "kind": "firm", "name": " Rotor Works " })).await.expect(201);
        assert_eq!(founded["name"], "Rotor Works");
        assert_eq!(founded.header("location"), format!("/api/v1/organizations/{}", founded.id()));
        let seen = ada.get(&format!("/organizations/{}", founded.id())).await.expect(200);
        assert_eq!(seen.body, founded.body);
        let mine = ada.get("/organizations").await.expect(200);
        assert_eq!(mine.items(), [founded.body]);
    }

    async fn an_organization_that_lists_nothing_is_hidden_from_strangers(server) {
        let ada = server.user("Ada").await;
        let bob = server.user("Bob").await;
        let path = format!("/organizations/{}", ada.found("Rotor Works").await);
        server.anonymous().get(&path).await.refused(404, "not_found");
        bob.get(&path).await.refused(404, "not_found");
        bob.patch(&path, json!({ "name": "Bob's" })).await.refused(404, "not_found");
        assert_eq!(bob.get("/organizations").await.expect(200).items(), [json!(null); 0]);
    }

    async fn an_operator_sees_every_organization(server) {
        let ada = server.user("Ada").await;
        let path = format!("/organizations/{}", ada.found("Rotor Works").await);
        server.operator("Root").await.get(&path).await.expect(200);
    }

    async fn whoever_is_not_signed_in_founds_nothing(server) {
        let answer = server.anonymous().post("/organizations", json!({ "kind": "firm", "name": "Rotor Works" })).await;
        assert_eq!(answer.refused(401, "not_signed_in").header("www-authenticate"), "Bearer");
        let stranger = server.anonymous().with_token("no.such.token");
        stranger.get("/organizations").await.refused(401, "invalid_token");
    }

    async fn an_unverified_user_may_look_but_not_found(server) {
        let eve = server.unverified_user("Eve").await;
        eve.get("/organizations").await.expect(200);
        let answer = eve.post("/organizations", json!({ "kind": "firm", "name": "Rotor Works" })).await;
        answer.refused(403, "email_not_verified");
    }

    async fn everything_wrong_with_an_organization_is_said_at_once(server) {
        let ada = server.user("Ada").await;
        let wrong = json!({ "kind": "firm", "name": " ", "website": "ftp://x", "contact_email": "nobody" });
        let answer = ada.post("/organizations", wrong).await;
        answer.refused_fields(&[("/name", "required"), ("/website", "invalid"), ("/contact_email", "invalid")]);
    }

    async fn an_edit_changes_what_it_names_and_nothing_else(server) {
        let ada = server.user("Ada").await;
        let path = format!("/organizations/{}", ada.found("Rotor Works").await);
        let edited = ada.patch(&path, json!({ "description": "Mills and lathes" })).await.expect(200);
        assert_eq!((&edited["name"], &edited["description"]), (&json!("Rotor Works"), &json!("Mills and lathes")));
        let cleared = ada.patch(&path, json!({ "description": null })).await.expect(200);
        assert_eq!(cleared["description"], "");
        ada.patch(&path, json!({ "name": null })).await.refused_fields(&[("/name", "required")]);
        ada.patch(&path, json!({ "nmae": "x" })).await.refused_fields(&[("/nmae", "unknown_field")]);
    }
}
