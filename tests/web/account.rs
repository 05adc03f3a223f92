//! The account of the visitor: what a user changes without the API.

use serde_json::json;

use crate::support::people::PASSWORD;
use crate::support::server::on_both_databases;

const NEW: &str = "a better horse battery";

on_both_databases! {
    async fn a_user_changes_the_name_and_reads_pages_in_the_language_of_the_account(server) {
        let ada = server.user("Ada").await;
        let mut browser = server.browser_of(&ada.email).await;
        let page = browser.open("/").await.expect(200);
        assert_eq!(page.links("/account"), ["/account"]);
        let page = browser.open("/account").await.expect(200).says("ada@example.org (verified)");
        let form = page.form("/account");
        assert_eq!((form.values()["name"], form.values()["language"]), ("Ada", ""));
        let page = browser.submit(&form.with("name", " ").with("language", "nl")).await.expect(422).says("name: ");
        assert_eq!((page.form("/account").values()["name"], page.form("/account").values()["language"]), (" ", "nl"));
        let page = browser.submit(&page.form("/account").with("name", "Ada King")).await.expect(200).says("Uw wijzigingen zijn opgeslagen.");
        assert!(page.html.contains("<html lang=\"nl\"") && page.html.contains(">Mijn account<"), "{}", page.html);
        let me = ada.get("/me").await.expect(200);
        assert_eq!((&me["name"], &me["language"], &me["reminder_minutes"]), (&json!("Ada King"), &json!("nl"), &json!([1440])));
        browser.submit(&page.form("/account").with("language", "xx")).await.expect(422).says("language: moet een van de talen zijn");
        browser.submit(&page.form("/account").with("language", "")).await.expect(200).says("Your changes are saved.");
        assert_eq!(ada.get("/me").await.expect(200)["language"], json!(null));
    }

    async fn a_user_chooses_each_kind_of_notification_and_the_times_of_reminders(server) {
        let ada = server.user("Ada").await;
        let mut browser = server.browser_of(&ada.email).await;
        let path = "/account/notifications";
        let form = browser.open(path).await.expect(200).form(path);
        // Every kind that the API knows can be chosen, each with a text.
        let kinds = ada.get("/me").await.expect(200)["mail_preferences"].as_object().unwrap().clone();
        let offered: Vec<_> = form.fields.iter().filter(|(name, _)| name == "kinds").map(|(_, value)| value.clone()).collect();
        assert_eq!(offered, kinds.keys().cloned().collect::<Vec<_>>());
        let mut chosen = form.with("kinds", "waitlist").with("reminders", "60");
        chosen.fields.push(("reminders".to_owned(), "15".to_owned()));
        browser.submit(&chosen).await.expect(200).says("Your changes are saved.");
        let me = ada.get("/me").await.expect(200);
        let wanted: Vec<_> = me["mail_preferences"].as_object().unwrap().iter().filter(|(_, wanted)| **wanted == true).map(|(name, _)| name.clone()).collect();
        assert_eq!((wanted, &me["reminder_minutes"]), (vec!["waitlist".to_owned()], &json!([60, 15])));
        // Another time that a program has set is shown, too.
        ada.patch("/me", json!({ "reminder_minutes": [33] })).await.expect(200);
        let form = browser.open(path).await.expect(200).says("33 minutes").form(path);
        assert_eq!(form.values()["reminders"], "33");
        let mut many = form.clone();
        many.fields.extend(["15", "60", "1440"].map(|minutes| ("reminders".to_owned(), minutes.to_owned())));
        let again = browser.submit(&many).await.expect(422).says("reminder_minutes: ").form(path);
        assert_eq!(again.fields.iter().filter(|(name, _)| name == "reminders").count(), 4);
        browser.submit(&form.with("reminders", "soon")).await.expect(422).says("reminders: must be numbers of minutes");
        assert_eq!(ada.get("/me").await.expect(200)["reminder_minutes"], json!([33]));
    }

    async fn another_address_is_confirmed_by_a_link_and_both_addresses_get_a_mail(server) {
        let ada = server.user("Ada").await;
        server.user("Bob").await;
        let mut browser = server.browser_of(&ada.email).await;
        let path = "/account/email";
        let form = browser.open(path).await.expect(200).says("Your address is ada@example.org").form(path);
        let wrong = form.clone().with("email", "countess@example.org").with("current_password", "not hers").with("action", "change");
        let page = browser.submit(&wrong).await.expect(422).says("current_password: is not the current password");
        assert_eq!(page.form(path).values()["email"], "countess@example.org");
        for taken in ["bob@example.org", "nonsense"] {
            let page = browser.submit(&wrong.clone().with("email", taken).with("current_password", PASSWORD)).await;
            assert!([409, 422].contains(&page.status), "{}", page.html);
        }
        browser.submit(&wrong.with("current_password", PASSWORD)).await.expect(200).says("We have sent a link to the new address");
        let notice = server.mails(&ada.email, 1).await.pop().unwrap();
        assert!(notice.text.contains("countess@example.org"), "{notice:?}");
        assert_eq!(ada.get("/me").await.expect(200)["email"], "ada@example.org");
        let token = server.take_token("countess@example.org", "confirm-email").await;
        server.anonymous().post("/auth/confirm-email", json!({ "token": token })).await.expect(204);
        browser.open(path).await.expect(200).says("Your address is countess@example.org");
    }

    async fn a_user_who_has_not_verified_the_address_gets_the_link_again(server) {
        let eve = server.unverified_user("Eve").await;
        let mut browser = server.browser_of(&eve.email).await;
        let page = browser.open("/account/email").await.expect(200).says("You have not verified it yet");
        browser.submit(&page.form("/account/email").with("action", "verify")).await.expect(200).says("We have sent the link again.");
        assert_eq!(server.mails(&eve.email, 2).await.len(), 2);
    }

    async fn a_new_password_ends_the_other_sessions_and_not_this_one(server) {
        let ada = server.user("Ada").await;
        let (mut browser, mut other) = (server.browser_of(&ada.email).await, server.browser_of(&ada.email).await);
        let path = "/account/password";
        let form = browser.open(path).await.expect(200).form(path);
        browser.submit(&form.clone().with("current_password", "not hers").with("new_password", NEW)).await.expect(422).says("current_password: ");
        browser.submit(&form.clone().with("current_password", PASSWORD).with("new_password", "ada")).await.expect(422).says("new_password: ");
        let page = browser.submit(&form.with("current_password", PASSWORD).with("new_password", NEW)).await.expect(200);
        page.says("Your password is changed");
        other.open("/account").await.expect(200).says("Password");
        assert!(other.open("/account").await.address.starts_with("/sign-in"));
        server.login(&ada.email, PASSWORD).await.refused(401, "invalid_credentials");
        server.login(&ada.email, NEW).await.expect(200);
    }

    async fn a_user_ends_one_session_or_all_others(server) {
        let ada = server.user("Ada").await;
        let (mut browser, mut second, mut third) =
            (server.browser_of(&ada.email).await, server.browser_of(&ada.email).await, server.browser_of(&ada.email).await);
        let path = "/account/sessions";
        let page = browser.open(path).await.expect(200).says("This session");
        // The newest is first or last; the form of one names it, and the form of all others is the last one.
        assert_eq!(page.html.matches("name=\"session\" value=\"").count(), 4, "three others, and all others: {}", page.html);
        let sessions = ada.get("/me/sessions").await.expect(200);
        let api = sessions.items().iter().find(|one| one["is_current"] == true).unwrap()["id"].as_str().unwrap().to_owned();
        browser.submit(&page.form(path).with("session", &api)).await.expect(200).says("Signed out there.");
        ada.get("/me").await.refused(401, "invalid_token");
        browser.submit(&page.form(path).with("session", &api)).await.expect(404);
        browser.submit(&page.form(path).with("session", "x")).await.expect(404);
        second.open("/account").await.expect(200).says("My account");
        browser.submit(&page.form(path).with("session", "others")).await.expect(200);
        for other in [&mut second, &mut third] {
            assert!(other.open("/account").await.address.starts_with("/sign-in"));
        }
        assert_eq!(browser.open(path).await.expect(200).html.matches("name=\"session\" value=\"").count(), 1);
        // By the API, too.
        let again = server.login(&ada.email, PASSWORD).await.expect(200);
        let again = server.anonymous().with_token(again.text("access_token"));
        again.delete("/me/sessions").await.expect(204);
        assert_eq!(again.get("/me/sessions").await.expect(200).items().len(), 1);
        assert!(browser.open(path).await.address.starts_with("/sign-in"));
    }

    async fn a_second_factor_is_set_up_with_a_picture_and_removed(server) {
        let ada = server.user("Ada").await;
        let mut browser = server.browser_of(&ada.email).await;
        let path = "/account/second-factor";
        let form = browser.open(path).await.expect(200).says("The second factor is off.").form(path).with("action", "begin");
        browser.submit(&form.clone().with("current_password", "not hers")).await.expect(422).says("current_password: ");
        let page = browser.submit(&form.with("current_password", PASSWORD)).await.expect(200);
        let secret = page.form(path).values()["secret"].to_owned();
        let uri = format!("otpauth://totp/Sharefloor:ada%40example.org?secret={secret}&issuer=Sharefloor");
        assert_eq!((secret.len(), page.links("otpauth:")), (32, vec![uri]));
        assert!(page.html.contains("<svg class=\"qr\" role=\"img\"") && page.html.contains("h1v1h-1z"), "{}", page.html);
        // After a wrong code the same secret is shown; one that no service has made is not.
        let form = page.form(path).with("action", "confirm");
        let page = browser.submit(&form.clone().with("code", "000000")).await.expect(422).says("code: is not the code");
        assert_eq!(page.form(path).values()["secret"], secret);
        let page = browser.submit(&form.clone().with("code", "000000").with("secret", "<script>alert(1)</script>")).await.expect(422);
        assert!(!page.html.contains("alert(1)"), "{}", page.html);
        assert_eq!(ada.get("/me").await.expect(200)["has_second_factor"], false);
        let confirm = form.with("code", &server.code(&ada));
        let page = browser.submit(&confirm).await.expect(200).says("Your recovery codes");
        let codes: Vec<_> = page.html.split("<code>").skip(1).map(|code| code.split('<').next().unwrap().to_owned()).collect();
        assert_eq!(codes.len(), 10);
        browser.submit(&confirm).await.expect(409).says("The second factor is on.");
        assert_eq!(ada.get("/me").await.expect(200)["has_second_factor"], true);
        // The codes sign in, and are shown once.
        let mut other = server.browser();
        let form = other.open("/sign-in").await.expect(200).form("/sign-in");
        let page = other.submit(&form.with("email", &ada.email).with("password", PASSWORD)).await.expect(200);
        other.submit(&page.form("/sign-in").with("code", &codes[0])).await.expect(200);
        assert!(other.is_signed_in());
        let page = browser.open(path).await.expect(200);
        assert!(!page.html.contains(&codes[1]));
        let form = page.form(path).with("current_password", PASSWORD);
        browser.submit(&form.clone().with("code", &codes[0]).with("action", "renew")).await.expect(422).says("code: ");
        let page = browser.submit(&form.clone().with("code", &codes[1]).with("action", "renew")).await.expect(200).says("Your recovery codes");
        let new = page.html.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        browser.submit(&form.clone().with("code", &codes[2]).with("action", "remove")).await.expect(422).says("code: ");
        browser.submit(&form.clone().with("code", &new).with("current_password", "not hers").with("action", "remove")).await.expect(422);
        browser.submit(&form.with("code", &new).with("action", "remove")).await.expect(200).says("The second factor is removed.");
        assert_eq!(ada.get("/me").await.expect(200)["has_second_factor"], false);
    }

    async fn a_user_downloads_all_data_and_deletes_the_account(server) {
        let ada = server.user("Ada").await;
        let firm = ada.found("Analytical Engines").await;
        let mut browser = server.browser_of(&ada.email).await;
        let page = browser.open("/account/data").await.expect(200);
        assert_eq!(page.links("/account/data.json"), ["/account/data.json"]);
        let file = browser.step("/account/data.json").await;
        let header = |name: &str| file.headers[name].to_str().unwrap().to_owned();
        assert_eq!((file.status, header("content-type"), header("cache-control")), (200, "application/json".to_owned(), "no-store".to_owned()));
        assert_eq!(header("content-disposition"), "attachment; filename=\"sharefloor.json\"");
        let file: serde_json::Value = serde_json::from_str(&file.html).unwrap();
        let exported = ada.get("/me/export").await.expect(200);
        assert_eq!((&file["user"], &file["memberships"]), (&exported["user"], &exported["memberships"]));
        let form = browser.open("/account/delete").await.expect(200).says("This cannot be undone.").form("/account/delete");
        browser.submit(&form.clone().with("current_password", "not hers")).await.expect(422).says("current_password: ");
        browser.submit(&form.clone().with("current_password", PASSWORD)).await.expect(409).says(&firm);
        ada.post(&format!("/organizations/{firm}/close"), json!({})).await.expect(204);
        browser.submit(&form.with("current_password", PASSWORD)).await.expect(200).says("Your account is deleted");
        assert!(!browser.is_signed_in());
        server.login(&ada.email, PASSWORD).await.refused(401, "invalid_credentials");
    }
}
