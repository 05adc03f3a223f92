//! The account of whoever is signed in.

use chrono::TimeDelta;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::support::contract::DOCUMENT;
use crate::support::people::{PASSWORD, User};
use crate::support::server::on_both_databases;

const OTHER_PASSWORD: &str = "quartz umbrella 71 glacier";

on_both_databases! {
    async fn everybody_sees_and_edits_their_own_account(server) {
        let ada = server.user("Ada").await;
        let seen = ada.get("/me").await.expect(200);
        assert_eq!((&seen["id"], &seen["email"], &seen["name"]), (&json!(ada.id), &json!(ada.email), &json!("Ada")));
        let edited = ada.patch("/me", json!({ "name": " Ada Lovelace " })).await.expect(200);
        assert_eq!((&edited["name"], &edited["email"]), (&json!("Ada Lovelace"), &json!(ada.email)));
        assert_ne!(edited.header("etag"), seen.header("etag"));
        assert_eq!(ada.get("/me").await.expect(200).body, edited.body);
        ada.patch("/me", json!({ "name": "" })).await.refused_fields(&[("/name", "required")]);
        ada.patch("/me", json!({ "email": "x@example.org" })).await.refused_fields(&[("/email", "unknown_field")]);
        ada.patch("/me", json!({ "is_operator": true })).await.refused_fields(&[("/is_operator", "unknown_field")]);
    }

    async fn everybody_chooses_when_to_be_reminded_and_which_mails_to_get(server) {
        let ada = server.user("Ada").await;
        let seen = ada.get("/me").await.expect(200);
        assert_eq!(seen["reminder_minutes"], json!([1440]));
        assert!(seen["mail_preferences"].as_object().unwrap().values().all(|wanted| *wanted == true), "{seen:?}");
        let edit = json!({ "reminder_minutes": [60, 1440, 60], "mail_preferences": { "bookings": false } });
        let edited = ada.patch("/me", edit).await.expect(200);
        assert_eq!(edited["reminder_minutes"], json!([1440, 60]));
        let preferences = &edited["mail_preferences"];
        assert_eq!((&preferences["bookings"], &preferences["reminders"]), (&json!(false), &json!(true)));
        assert_eq!(ada.patch("/me", json!({ "reminder_minutes": [] })).await.expect(200)["reminder_minutes"], json!([]));
        let back = ada.patch("/me", json!({ "reminder_minutes": null, "mail_preferences": null })).await.expect(200);
        assert_eq!((&back["reminder_minutes"], &back["mail_preferences"]), (&seen["reminder_minutes"], &seen["mail_preferences"]));

        let wrong = json!({ "reminder_minutes": [4, 60, 10_081, 90], "mail_preferences": { "jokes": true } });
        let errors = [("/mail_preferences/jokes", "unknown_field"), ("/reminder_minutes", "too_long")];
        ada.patch("/me", wrong).await.refused_fields(&errors);
        let wrong = json!({ "reminder_minutes": [4, 60, 10_081, 90] });
        let errors = [("/reminder_minutes", "too_long"), ("/reminder_minutes/0", "out_of_range"), ("/reminder_minutes/2", "out_of_range")];
        ada.patch("/me", wrong).await.refused_fields(&errors);
    }

    async fn everybody_chooses_a_language(server) {
        let ada = server.user("Ada").await;
        assert_eq!(ada.get("/me").await.expect(200)["language"], json!(null));
        for language in ["en", "nl", "fr", "de"] {
            assert_eq!(ada.patch("/me", json!({ "language": language })).await.expect(200)["language"], language);
        }
        ada.patch("/me", json!({ "language": "it" })).await.refused_fields(&[("/language", "invalid")]);
        assert_eq!(ada.patch("/me", json!({ "language": null })).await.expect(200)["language"], json!(null));
        assert!(server.fails("UPDATE users SET language = 'it'"));
    }

    async fn a_new_account_has_the_language_of_the_body_or_else_of_the_request(server) {
        let register = async |email: &str, accepted: &str, language: serde_json::Value| {
            let mut body = json!({ "email": email, "password": PASSWORD, "name": "Ada" });
            if !language.is_null() {
                body["language"] = language;
            }
            let client = server.anonymous().with("accept-language", accepted);
            client.post("/auth/register", body).await.expect(201)["language"].clone()
        };
        assert_eq!(register("a@example.org", "fr-BE, en;q=0.8", json!(null)).await, "fr");
        assert_eq!(register("b@example.org", "fr", json!("de")).await, "de");
        assert_eq!(register("c@example.org", "it", json!(null)).await, json!(null));
        let mail = server.mails("a@example.org", 1).await.remove(0);
        assert_eq!(mail.subject, "Confirmez votre adresse e-mail");
        assert!(mail.text.contains("Le lien est valable 48 heures."), "{}", mail.text);
    }

    async fn of_many_edits_of_one_state_at_once_one_is_made(server) {
        let ada = server.user("Ada").await;
        let tag = ada.get("/me").await.expect(200).header("etag").to_owned();
        let editor = ada.with("if-match", tag);
        let answers = join_all((0..8).map(|n| editor.patch("/me", json!({ "name": format!("Ada {n}") })))).await;
        let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!(made.len(), 1, "{made:?}");
        refused.into_iter().for_each(|answer| drop(answer.refused(412, "precondition_failed")));
    }

    async fn whoever_is_not_signed_in_has_no_account_to_see(server) {
        let nobody = server.anonymous();
        nobody.get("/me").await.refused(401, "not_signed_in");
        nobody.patch("/me", json!({ "name": "x" })).await.refused(401, "not_signed_in");
        nobody.delete("/me").await.refused(401, "not_signed_in");
        nobody.get("/me/sessions").await.refused(401, "not_signed_in");
        nobody.post("/me/password", json!({ "current_password": "", "new_password": "" })).await.refused(401, "not_signed_in");
    }

    async fn a_password_is_changed_by_whoever_knows_the_present_one(server) {
        let ada = server.user("Ada").await;
        let elsewhere = server.login(&ada.email, PASSWORD).await.expect(200).text("refresh_token");
        server.anonymous().post("/auth/forgot-password", json!({ "email": ada.email })).await.expect(202);
        let link = server.take_token(&ada.email, "reset-password").await;
        let change = async |current: &str, new: &str| {
            ada.post("/me/password", json!({ "current_password": current, "new_password": new })).await
        };
        change(OTHER_PASSWORD, OTHER_PASSWORD).await.refused_fields(&[("/current_password", "wrong_password")]);
        change(PASSWORD, "password123").await.refused_fields(&[("/new_password", "weak_password")]);
        change(PASSWORD, OTHER_PASSWORD).await.expect(204);
        server.login(&ada.email, PASSWORD).await.refused(401, "invalid_credentials");
        server.login(&ada.email, OTHER_PASSWORD).await.expect(200);
        let refresh = async |token: &str| server.anonymous().post("/auth/refresh", json!({ "refresh_token": token })).await;
        refresh(&elsewhere).await.refused(401, "invalid_refresh_token");
        let reset = json!({ "token": link, "password": PASSWORD });
        server.anonymous().post("/auth/reset-password", reset).await.refused(422, "invalid_one_time_token");
        refresh(&ada.refresh_token).await.expect(200);
    }

    async fn everybody_sees_where_they_are_signed_in_and_can_end_it(server) {
        let ada = server.user("Ada").await;
        let bob = server.user("Bob").await;
        server.advance(TimeDelta::minutes(1));
        let phone = server.anonymous().with("user-agent", "phone");
        let phone = phone.post("/auth/login", json!({ "email": ada.email, "password": PASSWORD })).await.expect(200);
        let sessions = ada.get("/me/sessions").await.expect(200);
        let [mine, other] = sessions.items() else { panic!("{sessions:?}") };
        assert_eq!((&mine["is_current"], &other["is_current"]), (&json!(true), &json!(false)));
        assert_eq!((&other["user_agent"], &other["created_at"]), (&json!("phone"), &json!(server.now())));
        let path = format!("/me/sessions/{}", other["id"].as_str().unwrap());
        bob.delete(&path).await.refused(404, "not_found");
        ada.delete(&path).await.expect(204);
        ada.delete(&path).await.refused(404, "not_found");
        assert_eq!(ada.get("/me/sessions").await.expect(200).items(), std::slice::from_ref(mine));
        let refresh = json!({ "refresh_token": phone.text("refresh_token") });
        server.anonymous().post("/auth/refresh", refresh).await.refused(401, "invalid_refresh_token");
    }

    async fn everybody_gets_all_that_is_kept_of_them_and_nothing_of_others(server) {
        let market = server.market(json!({})).await;
        let booking = market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201).body;
        server.mails(&market.customer.email, 1).await;
        let all = market.customer.get("/me/export").await.expect(200);
        assert_eq!(all["user"], market.customer.get("/me").await.expect(200).body);
        assert_eq!(all["bookings"], json!([booking]));
        assert_eq!(all["memberships"][0]["organization_name"], "Newcomer");
        assert_eq!(all["sessions"].as_array().unwrap().len(), 1);
        assert_eq!((&all["one_time_tokens"][0]["purpose"], &all["one_time_tokens"][0]["used_at"]), (&json!("verify_email"), &json!(server.now())));
        let templates: Vec<_> = all["mails"].as_array().unwrap().iter().map(|mail| mail["template"].as_str().unwrap()).collect();
        assert!(templates.contains(&"verification") && templates.contains(&"booking_confirmed_customer"), "{templates:?}");
        let history: Vec<_> = all["history"].as_array().unwrap().iter().map(|deed| deed["action"].as_str().unwrap()).collect();
        assert!(history.contains(&"user.register") && history.contains(&"booking.create"), "{history:?}");
        assert!(!all.text.contains("argon2") && !all.text.contains(&market.host.email), "{all:?}");
        assert_eq!(market.host.get("/me/export").await.expect(200)["bookings"], json!([]));
        server.anonymous().get("/me/export").await.refused(401, "not_signed_in");
    }

    async fn who_has_left_an_organization_is_still_told_what_they_booked_for_it(server) {
        let market = server.market(json!({})).await;
        let bob = server.user("Bob").await;
        let members = format!("/organizations/{}/members", market.customer_organization);
        server.add_member(&market.customer_organization, &bob, "booker");
        let booking = bob.post("/bookings", market.wish("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z")).await.expect(201).id();
        bob.delete(&format!("{members}/{}", bob.id)).await.expect(204);
        assert_eq!(bob.get("/me/export").await.expect(200)["bookings"][0]["id"], booking);
    }

    async fn what_is_kept_of_series_of_groups_and_of_the_line_is_told_to_whoever_made_them(server) {
        let market = server.market(json!({})).await;
        let slot = |day: u8| {
            let day = format!("2026-12-{day:02}");
            json!({ "resource_id": market.resource, "starts_at": format!("{day}T10:00:00Z"), "ends_at": format!("{day}T11:00:00Z") })
        };
        let wish = |day: u8| {
            let mut wish = slot(day);
            wish["organization_id"] = json!(market.customer_organization);
            wish
        };
        let mut series = wish(1);
        series["rule"] = json!("FREQ=DAILY;COUNT=2");
        let series = market.customer.post("/series", series).await.expect(201).id();
        let group = json!({ "organization_id": market.customer_organization, "bookings": [slot(3)], "note": "One job" });
        let group = market.customer.post("/booking-groups", group).await.expect(201).id();
        let entry = market.customer.post("/waitlist", wish(3)).await.expect(201).id();
        let all = market.customer.get("/me/export").await.expect(200);
        for (list, id) in [("series", series), ("booking_groups", group), ("waitlist", entry)] {
            assert_eq!((&all[list][0]["id"], all[list].as_array().unwrap().len()), (&json!(id), 1), "{list}");
        }
        let other = market.host.get("/me/export").await.expect(200);
        assert_eq!((&other["series"], &other["booking_groups"], &other["waitlist"]), (&json!([]), &json!([]), &json!([])));
    }

    async fn each_party_is_told_which_slots_it_has_proposed_and_not_those_of_the_other(server) {
        let market = server.market(json!({})).await;
        let booking = market.book("2026-12-02T10:00:00Z", "2026-12-02T11:00:00Z").await.expect(201).id();
        let path = format!("/bookings/{booking}/proposals");
        let propose = async |by: &User, hour: u8| {
            server.advance(TimeDelta::seconds(1));
            let slot = json!({ "starts_at": format!("2026-12-02T{hour}:00:00Z"), "answer_by": "2026-12-01T12:00:00Z" });
            by.post(&path, slot).await.expect(201).id()
        };
        let (first, second) = (propose(&market.customer, 12).await, propose(&market.host, 13).await);
        let third = propose(&market.customer, 14).await;
        let proposals = async |of: &User| {
            let all = of.get("/me/export").await.expect(200);
            let proposals = all["booking_proposals"].as_array().unwrap().iter();
            proposals.map(|one| (one["id"].as_str().unwrap().to_owned(), one["status"].as_str().unwrap().to_owned())).collect::<Vec<_>>()
        };
        let open = |id: &str, status: &str| (id.to_owned(), status.to_owned());
        assert_eq!(proposals(&market.host).await, [open(&second, "replaced")]);
        assert_eq!(proposals(&market.customer).await, [open(&first, "replaced"), open(&third, "open")]);
        server.advance(TimeDelta::days(1) + TimeDelta::hours(4));
        assert_eq!(proposals(&market.customer).await, [open(&first, "replaced"), open(&third, "lapsed")]);
        let shown = market.customer.get(&format!("{path}/{third}")).await.expect(200).body;
        assert_eq!(market.customer.get("/me/export").await.expect(200)["booking_proposals"][1], shown);
        let other = server.user("Olga").await;
        assert_eq!(proposals(&other).await, []);
    }

    async fn a_deleted_account_is_gone_and_its_address_is_free(server) {
        let ada = server.user("Ada").await;
        ada.delete_account().await.expect(204);
        ada.get("/me").await.refused(401, "invalid_token");
        ada.post("/organizations", json!({ "kind": "firm", "name": "Rotor Works" })).await.refused(401, "invalid_token");
        server.login(&ada.email, PASSWORD).await.refused(401, "invalid_credentials");
        server.anonymous().post("/auth/refresh", json!({ "refresh_token": ada.refresh_token })).await.refused(401, "invalid_refresh_token");
        assert_ne!(server.user("Ada").await.id, ada.id);
        let kept = server.select("SELECT email || name || password_hash AS value FROM users WHERE deleted_at IS NOT NULL");
        assert_eq!(kept, [format!("deleted-{}@users.invalidDeleted user", ada.id)]);
    }

    async fn an_account_is_deleted_by_its_password_and_not_by_a_token_alone(server) {
        let ada = server.user("Ada").await;
        ada.delete("/me").await.refused_fields(&[("/current_password", "required")]);
        let guess = json!({ "current_password": OTHER_PASSWORD });
        let guessed = ada.send(Method::DELETE, "/me", |request| request.json(&guess)).await;
        guessed.refused_fields(&[("/current_password", "wrong_password")]);
        ada.get("/me").await.expect(200);
    }

    async fn the_access_token_of_a_deleted_account_lists_nothing(server) {
        let ada = server.user("Ada").await;
        ada.delete_account().await.expect(204);
        let paths = DOCUMENT["paths"].as_object().expect("paths");
        let lists = paths.iter().filter(|(path, item)| !path.contains('{') && item["get"]["operationId"].as_str().is_some_and(|id| id.starts_with("list_")));
        let mut tried = 0;
        for (path, item) in lists {
            let is_public = item["get"]["security"].as_array().is_some_and(|ways| ways.is_empty() || ways.contains(&json!({})));
            let Some(path) = path.strip_prefix("/api/v1").filter(|_| !is_public) else { continue };
            ada.get(path).await.refused(401, "invalid_token");
            tried += 1;
        }
        assert!(tried >= 7, "{tried}");
    }

    async fn the_last_owner_of_an_organization_cannot_leave_the_service(server) {
        let ada = server.user("Ada").await;
        ada.found("Rotor Works").await;
        ada.delete_account().await.refused(409, "last_owner");
        ada.get("/me").await.expect(200);
    }

    async fn a_booking_outlives_the_account_that_made_it(server) {
        let market = server.market(json!({})).await;
        let booking = market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201).id();
        let bob = server.user("Bob").await;
        let members = format!("/organizations/{}/members", market.customer_organization);
        server.add_member(&market.customer_organization, &bob, "owner");
        market.customer.delete_account().await.expect(204);
        assert_eq!(bob.get(&format!("/bookings/{booking}")).await.expect(200)["status"], "confirmed");
        assert_eq!(bob.get(&members).await.expect(200).items().len(), 1);
    }

    async fn a_new_address_is_verified_before_it_counts_and_the_old_one_gets_a_notice(server) {
        let ada = server.user("Ada").await;
        let change = async |email: &str, password: &str| ada.post("/me/email", json!({ "email": email, "current_password": password })).await;
        change("new@example.org", "not her password").await.refused_fields(&[("/current_password", "wrong_password")]);
        change("new", PASSWORD).await.refused_fields(&[("/email", "invalid")]);
        let bob = server.user("Bob").await;
        change(&bob.email, PASSWORD).await.refused(409, "email_taken");
        change("new@example.org", PASSWORD).await.expect(202);
        let notice = server.mails(&ada.email, 1).await.remove(0);
        assert_eq!(notice.subject, "Your e-mail address is about to change");
        assert!(notice.text.contains("new@example.org") && notice.text.contains("/forgot-password\n"), "{}", notice.text);
        let to_new = server.mails("new@example.org", 1).await.remove(0);
        assert!(!to_new.text.contains("Ada"), "{}", to_new.text);
        let token = server.take_token("new@example.org", "confirm-email").await;
        assert_eq!(ada.get("/me").await.expect(200)["email"], ada.email.as_str());
        // A link in an earlier mail to the old address must not open the account any more.
        server.anonymous().post("/auth/forgot-password", json!({ "email": ada.email })).await.expect(202);
        let reset = server.take_token(&ada.email, "reset-password").await;
        let confirm = async |token: &str| server.anonymous().post("/auth/confirm-email", json!({ "token": token })).await;
        confirm(&token).await.expect(204);
        assert_eq!(ada.get("/me").await.expect(200)["email"], "new@example.org");
        confirm(&token).await.refused(422, "invalid_one_time_token");
        server.login("new@example.org", PASSWORD).await.expect(200);
        server.login(&ada.email, PASSWORD).await.refused(401, "invalid_credentials");
        let by_old_link = json!({ "token": reset, "password": "a better horse battery" });
        server.anonymous().post("/auth/reset-password", by_old_link).await.refused(422, "invalid_one_time_token");
    }

    async fn a_new_password_and_a_later_wish_cancel_a_change_of_address(server) {
        let ada = server.user("Ada").await;
        let change = async |email: &str, password: &str| ada.post("/me/email", json!({ "email": email, "current_password": password })).await;
        let confirm = async |token: &str| server.anonymous().post("/auth/confirm-email", json!({ "token": token })).await;
        change("first@example.org", PASSWORD).await.expect(202);
        let first = server.take_token("first@example.org", "confirm-email").await;
        change("second@example.org", PASSWORD).await.expect(202);
        let second = server.take_token("second@example.org", "confirm-email").await;
        confirm(&first).await.refused(422, "invalid_one_time_token");
        let passwords = json!({ "current_password": PASSWORD, "new_password": "a better horse battery" });
        ada.post("/me/password", passwords).await.expect(204);
        confirm(&second).await.refused(422, "invalid_one_time_token");
        change("third@example.org", "a better horse battery").await.expect(202);
        let third = server.take_token("third@example.org", "confirm-email").await;
        server.advance(TimeDelta::hours(48));
        confirm(&third).await.refused(422, "invalid_one_time_token");
    }

    async fn an_address_that_got_an_account_in_the_meantime_is_not_taken_over(server) {
        let ada = server.user("Ada").await;
        ada.post("/me/email", json!({ "email": "bob@example.org", "current_password": PASSWORD })).await.expect(202);
        let token = server.take_token("bob@example.org", "confirm-email").await;
        server.user("Bob").await;
        server.anonymous().post("/auth/confirm-email", json!({ "token": token })).await.refused(409, "email_taken");
        assert_eq!(ada.get("/me").await.expect(200)["email"], ada.email.as_str());
    }
}
