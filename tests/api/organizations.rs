//! Founding, seeing and editing an organization.

use chrono::TimeDelta;
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

    async fn mail_goes_to_a_contact_when_whoever_reads_it_wants_it(server) {
        let market = server.market(json!({})).await;
        let path = format!("/organizations/{}", market.host_organization);
        let desk = "desk@example.net";
        let named = market.host.patch(&path, json!({ "contact_email": desk })).await.expect(200);
        assert_eq!((&named["contact_email"], &named["is_contact_verified"]), (&json!(desk), &json!(false)));
        assert!(server.anonymous().get(&path).await.expect(200)["is_contact_verified"].is_null());
        let mail = &server.mails(desk, 1).await[0];
        assert!(!mail.text.contains("Rotor"), "a stranger's words go to anybody: {}", mail.text);
        let first = server.take_token(desk, "verify-contact").await;
        market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201);
        server.tell_all().await;
        let to_desk = || server.select(&format!("SELECT template AS value FROM mails WHERE recipient = '{desk}' ORDER BY id"));
        assert_eq!(to_desk(), ["contact_verification"]);

        // What was sent to one address proves nothing of another.
        market.host.patch(&path, json!({ "contact_email": "other@example.net" })).await.expect(200);
        let verify = async |token: &str| server.anonymous().post("/auth/verify-contact", json!({ "token": token })).await;
        verify(&first).await.refused(422, "invalid_one_time_token");
        market.host.patch(&path, json!({ "contact_email": desk })).await.expect(200);
        verify(&first).await.expect(204);
        verify(&first).await.refused(422, "invalid_one_time_token");
        assert_eq!(market.host.get(&path).await.expect(200)["is_contact_verified"], json!(true));
        market.book("2026-12-02T10:00:00Z", "2026-12-02T11:00:00Z").await.expect(201);
        server.tell_all().await;
        assert!(to_desk().contains(&"booking_confirmed_host".to_owned()), "{:?}", to_desk());
        // An edit of something else changes nothing about it.
        assert_eq!(market.host.patch(&path, json!({ "name": "Rotor" })).await.expect(200)["is_contact_verified"], json!(true));
        let own = market.host.patch(&path, json!({ "contact_email": market.host.email })).await.expect(200);
        assert_eq!(own["is_contact_verified"], json!(true));
    }

    async fn no_more_than_five_mails_an_hour_ask_whether_mail_is_wanted(server) {
        let ada = server.user("Ada").await;
        let path = format!("/organizations/{}", ada.found("Rotor Works").await);
        for number in 0..7 {
            ada.patch(&path, json!({ "contact_email": format!("victim{number}@example.net") })).await.expect(200);
        }
        let asked = || server.select("SELECT recipient AS value FROM mails WHERE template = 'contact_verification' ORDER BY id").len();
        server.tell_all().await;
        assert_eq!(asked(), 5);
        server.advance(TimeDelta::minutes(61));
        ada.patch(&path, json!({})).await.expect(200);
        server.tell_all().await;
        assert_eq!(asked(), 6);
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

    async fn a_closed_organization_lists_nothing_and_has_no_members(server) {
        let market = server.market(json!({})).await;
        let (host, path) = (&market.host, format!("/organizations/{}", market.host_organization));
        let booker = server.user("Bob").await;
        server.add_member(&market.host_organization, &booker, "booker");
        host.post(&format!("{path}/invitations"), json!({ "email": "cleo@example.org", "role": "booker" })).await.expect(201);
        let token = server.take_token("cleo@example.org", "accept-invitation").await;
        let close = async || host.post(&format!("{path}/close"), json!({})).await;
        let booking = market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201).id();
        let refused = close().await.refused(409, "organization_in_use");
        assert_eq!(refused["detail"], "Bookings that have not ended: 1. Trainings that have not ended: 0.");
        // Nothing has changed: the customer can still book, and the host can still cancel.
        market.book("2026-12-01T11:00:00Z", "2026-12-01T12:00:00Z").await.expect(201);
        server.advance(TimeDelta::days(2));
        close().await.expect(204);

        host.get(&path).await.refused(404, "not_found");
        booker.get(&path).await.refused(404, "not_found");
        assert_eq!(host.get("/organizations").await.expect(200).items().len(), 0);
        server.anonymous().get(&format!("/resources/{}", market.resource)).await.refused(404, "not_found");
        assert_eq!(server.anonymous().get("/resources").await.expect(200).items().len(), 0);
        market.book("2026-12-05T09:00:00Z", "2026-12-05T10:00:00Z").await.refused(404, "not_found");
        let seen = market.customer.get(&format!("/bookings/{booking}")).await.expect(200);
        assert_eq!((&seen["status"], &seen["host_organization_id"]), (&json!("completed"), &json!(market.host_organization)));
        let accept = json!({ "token": token, "name": "Cleo", "password": "correct horse battery" });
        server.anonymous().post("/auth/accept-invitation", accept.clone()).await.refused(422, "invalid_one_time_token");
        // An invitation that was sent while the organization was being closed is not withdrawn.
        assert_eq!(server.execute("UPDATE invitations SET withdrawn_at = NULL"), 1);
        server.anonymous().post("/auth/accept-invitation", accept).await.refused(422, "invalid_one_time_token");
        host.delete_account().await.expect(204);
    }

    async fn a_customer_closes_its_organization_when_its_bookings_are_over(server) {
        let market = server.market(json!({})).await;
        let path = format!("/organizations/{}", market.customer_organization);
        let booking = market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201).id();
        market.customer.post(&format!("{path}/close"), json!({})).await.refused(409, "organization_in_use");
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        market.customer.post(&format!("{path}/close"), json!({})).await.expect(204);
        market.book("2026-12-02T09:00:00Z", "2026-12-02T10:00:00Z").await.refused(403, "forbidden");
    }
}
