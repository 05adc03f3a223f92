//! The pages behind the links in mails, used as a browser uses them.

use chrono::TimeDelta;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::certifications::School;
use crate::support::client::Answer;
use crate::support::people::{PASSWORD, User};
use crate::support::server::{Server, link_key, on_both_databases};

/// Opens a page as a browser does.
pub(super) async fn open(server: &Server, path: &str, token: &str) -> Answer {
    server.root().get(&format!("/{path}?token={token}")).await
}

/// Fills in the form of a page and presses its button.
pub(super) async fn send(server: &Server, path: &str, fields: &[(&str, &str)]) -> Answer {
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

    async fn a_manager_decides_about_a_request_behind_the_link_of_the_mail(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        for (action, reason, status) in [("approve", "", "confirmed"), ("decline", "The lathe is being moved", "declined")] {
            let hour = if action == "approve" { 9 } else { 12 };
            let slot = (format!("2026-12-01T{hour:02}:00:00Z"), format!("2026-12-01T{:02}:00:00Z", hour + 1));
            let booking = market.book(&slot.0, &slot.1).await.expect(201).id();
            let path = format!("bookings/{booking}");
            let token = server.take_token(&market.host.email, &path).await;
            let page = open(server, &path, &token).await;
            is_page(&page, 200, "Lathe, Tue 1 Dec 2026");
            for button in ["<button>Approve</button>", "<button>Decline</button>", "<button>Cancel</button>"] {
                assert!(page.text.contains(button), "{}", page.text);
            }
            assert!(!page.text.contains("<button>Confirm</button>"));
            assert_eq!(market.customer.get(&format!("/{path}")).await.expect(200)["status"], "requested");
            let fields = [("token", token.as_str()), ("action", action), ("reason", reason)];
            is_page(&send(server, &path, &fields).await, 200, &format!("for Newcomer: {status}."));
            let seen = market.customer.get(&format!("/{path}")).await.expect(200);
            assert_eq!((&seen["status"], &seen["reason"]), (&json!(status), &json!(reason)));
            is_page(&send(server, &path, &fields).await, 409, "The state does not allow this");
        }
    }

    async fn a_link_does_what_its_reader_may_do_and_for_its_booking_only(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let booking = market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201).id();
        let other = market.book("2026-12-01T12:00:00Z", "2026-12-01T13:00:00Z").await.expect(201).id();
        let path = format!("bookings/{booking}");
        let token = server.take_token(&market.customer.email, &path).await;
        let page = open(server, &path, &token).await;
        is_page(&page, 200, "for Newcomer: requested.");
        assert!(page.text.contains("<button>Cancel</button>") && !page.text.contains("<button>Approve</button>"), "{}", page.text);
        let approve = [("token", token.as_str()), ("action", "approve")];
        is_page(&send(server, &path, &approve).await, 403, "Not allowed");
        is_page(&open(server, &format!("bookings/{other}"), &token).await, 422, "The link is no longer valid");
        is_page(&open(server, &path, "none").await, 422, "The link is no longer valid");
        // Who has left the customer no longer sees the booking, and a link ends after 90 days.
        let colleague = server.user("Cleo").await;
        server.add_member(&market.customer_organization, &colleague, "owner");
        let members = format!("/organizations/{}/members", market.customer_organization);
        market.customer.delete(&format!("{members}/{}", market.customer.id)).await.expect(204);
        is_page(&open(server, &path, &token).await, 404, "Not found");
        server.advance(chrono::TimeDelta::days(90));
        is_page(&open(server, &path, &token).await, 422, "The link is no longer valid");
    }

    async fn a_proposal_is_accepted_by_the_button_behind_the_link_of_the_mail(server) {
        let market = server.market(json!({})).await;
        let booking = market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201).id();
        let (path, slot) = (format!("bookings/{booking}"), json!({ "starts_at": "2026-12-02T12:00:00Z", "message": "We move <it>." }));
        server.advance(chrono::TimeDelta::minutes(1));
        let proposal = market.host.post(&format!("/{path}/proposals"), slot).await.expect(201).id();
        let mail = server.mails(&market.customer.email, 2).await.remove(1);
        assert_eq!(mail.subject, "Another time proposed: Lathe, Tue 1 Dec 2026, 09:00-10:00");
        for line in [
            "Rotor Works proposes another slot for your booking of Lathe. The booking stays as it is until you accept.\n",
            "Proposed: Lathe, 1 machine\n    Wed 2 Dec 2026, 12:00-13:00 (Europe/London, GMT)\n    12.00 GBP\n",
            "Message: We move <it>.\n",
            "Respond by: Tue 1 Dec 2026, 09:00",
        ] {
            assert!(mail.text.contains(line), "{line} is not in\n{}", mail.text);
        }
        assert_eq!(mail.calendar, "");
        let token = link_key(&server.config).sign(&market.customer.email.parse().unwrap(), &path, server.now());
        assert!(mail.text.contains(&format!("/{path}?token=")), "{}", mail.text);
        let page = open(server, &path, &token).await;
        is_page(&page, 200, "Rotor Works proposes: Lathe, Wed 2 Dec 2026, 12:00-13:00 (Europe/London), 12.00 GBP.");
        for text in ["Message: We move &#60;it&#62;.", "<button>Accept the proposal</button>", "<button>Decline the proposal</button>"] {
            assert!(page.text.contains(text), "{}", page.text);
        }
        assert_eq!(market.customer.get(&format!("/{path}")).await.expect(200)["starts_at"], "2026-12-01T09:00:00Z");
        // The host can only withdraw what it proposed.
        let of_host = link_key(&server.config).sign(&market.host.email.parse().unwrap(), &path, server.now());
        let page = open(server, &path, &of_host).await;
        assert!(page.text.contains("<button>Withdraw the proposal</button>") && !page.text.contains("Accept"), "{}", page.text);
        server.advance(chrono::TimeDelta::minutes(1));
        let accept = |token| [("token", token), ("action", "accept_proposal"), ("proposal", proposal.as_str())];
        is_page(&send(server, &path, &accept(&of_host)).await, 403, "Not allowed");
        is_page(&send(server, &path, &accept(&token)).await, 200, "Lathe, Wed 2 Dec 2026, 12:00-13:00");
        is_page(&send(server, &path, &accept(&token)).await, 409, "The state does not allow this");
        server.advance(chrono::TimeDelta::minutes(1));
        let moved = server.mails(&market.customer.email, 3).await.remove(2);
        assert!(moved.subject.starts_with("Moved: Lathe, Wed 2 Dec 2026"), "{}", moved.subject);
        assert!(moved.calendar.contains("METHOD:REQUEST") && moved.calendar.contains("SEQUENCE:1"), "{}", moved.calendar);
    }

    async fn a_series_and_a_group_are_shown_and_cancelled_as_a_whole(server) {
        let market = server.market(json!({})).await;
        let mut wish = market.wish("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z");
        wish["rule"] = json!("FREQ=DAILY;COUNT=2");
        let series = market.customer.post("/series", wish).await.expect(201);
        let (second, series) = (series["bookings"][1]["id"].as_str().unwrap().to_owned(), series.id());
        let later = json!({ "starts_at": "2026-12-02T10:00:00Z" });
        market.customer.post(&format!("/bookings/{second}/reschedule"), later).await.expect(200);
        let slot = json!({ "resource_id": market.resource, "starts_at": "2026-12-01T12:00:00Z", "ends_at": "2026-12-01T13:00:00Z" });
        let group = json!({ "organization_id": market.customer_organization, "bookings": [slot] });
        let group = market.customer.post("/booking-groups", group).await.expect(201).id();
        for (path, count) in [(format!("series/{series}"), 2), (format!("booking-groups/{group}"), 1)] {
            let token = server.take_token(&market.customer.email, &path).await;
            let page = open(server, &path, &token).await;
            is_page(&page, 200, "Lathe, ");
            assert_eq!(page.text.matches(": confirmed.").count(), count, "{}", page.text);
            let alone = page.text.matches("Rescheduled without the rest of its series.").count();
            assert_eq!(alone, count - 1, "{}", page.text);
            let cancel = [("token", token.as_str()), ("action", "cancel"), ("reason", "Not needed")];
            let page = send(server, &path, &cancel).await;
            is_page(&page, 200, ": cancelled.");
            assert_eq!(page.text.matches(": cancelled.").count(), count, "{}", page.text);
        }
    }

    async fn the_reader_of_a_contact_address_sees_a_booking_and_decides_nothing(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let host = format!("/organizations/{}", market.host_organization);
        market.host.patch(&host, json!({ "contact_email": "desk@example.net" })).await.expect(200);
        let token = server.take_token("desk@example.net", "verify-contact").await;
        is_page(&send(server, "verify-contact", &[("token", &token)]).await, 200, "The address is confirmed.");
        let path = format!("bookings/{}", market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201).id());
        let token = server.take_token("desk@example.net", &path).await;
        let page = open(server, &path, &token).await;
        is_page(&page, 200, "for Newcomer: requested.");
        assert!(!page.text.contains("<button>"), "{}", page.text);
        is_page(&send(server, &path, &[("token", &token), ("action", "approve")]).await, 404, "Not found");
    }

    async fn mails_are_chosen_on_a_page(server) {
        let market = server.market(json!({})).await;
        market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201);
        let token = link_key(&server.config).sign(&market.host.email.parse().unwrap(), "me", server.now());
        let page = open(server, "me", &token).await;
        is_page(&page, 200, "Your mails");
        assert_eq!(page.text.matches(" checked>").count(), 7, "{}", page.text);
        let saved = send(server, "me", &[("token", &token), ("requests", "on")]).await;
        is_page(&saved, 200, "Your choice is saved.");
        assert_eq!(saved.text.matches(" checked>").count(), 1, "{}", saved.text);
        let preferences = market.host.get("/me").await.expect(200)["mail_preferences"].clone();
        let chosen: Vec<_> = preferences.as_object().unwrap().iter().filter(|(_, on)| **on == true).map(|(name, _)| name.clone()).collect();
        assert_eq!(chosen, ["requests"]);
    }

    async fn a_page_is_in_the_language_of_its_reader_and_else_in_that_of_the_request(server) {
        let market = server.market(json!({})).await;
        let booking = market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201).id();
        let path = format!("bookings/{booking}");
        let token = link_key(&server.config).sign(&market.customer.email.parse().unwrap(), &path, server.now());
        let shown = async |accepted: &str, language: &str, says: &str| {
            let page = server.root().with("accept-language", accepted).get(&format!("/{path}?token={token}")).await;
            is_page(&page, 200, says);
            assert_eq!(page.header("content-language"), language);
            assert!(page.text.contains(&format!("<html lang=\"{language}\">")), "{}", page.text);
        };
        shown("it", "en", "Lathe, Tue 1 Dec 2026, 09:00-10:00 (Europe/London), 12.00 GBP, for Newcomer: confirmed.").await;
        shown("de-AT, en;q=0.5", "de", "Lathe, Di., 1. Dez. 2026, 09:00-10:00 (Europe/London), 12,00\u{a0}GBP, f\u{fc}r Newcomer: best\u{e4}tigt.").await;
        market.customer.patch("/me", json!({ "language": "nl" })).await.expect(200);
        shown("de", "nl", "Lathe, di 1 dec 2026, 09:00-10:00 (Europe/London), GBP\u{a0}12,00, voor Newcomer: bevestigd.").await;
        let forgot = server.root().with("accept-language", "fr").get("/forgot-password").await;
        is_page(&forgot, 200, "<button>Envoyer l\u{2019}e-mail</button>");
    }

    async fn the_page_of_a_training_records_who_attended_once(server) {
        let school = School::open(server, json!({})).await;
        let (ada, bob) = (server.user("Ada").await, server.user("Bob").await);
        let training = json!({
            "certification_kind_id": school.kind, "site_id": school.site, "name": "Evening", "seats": 9,
            "starts_at": "2026-12-01T10:00:00Z", "ends_at": "2026-12-01T11:00:00Z",
        });
        let trainings = format!("/organizations/{}/trainings", school.host_organization);
        let training = school.host.post(&trainings, training).await.expect(201).id();
        for user in [&ada, &bob] {
            user.post(&format!("/trainings/{training}/seats"), json!({})).await.expect(201);
        }
        let path = format!("trainings/{training}");
        let token = |user: &User| link_key(&server.config).sign(&user.email.parse().unwrap(), &path, server.now());
        let early = open(server, &path, &token(&school.host)).await;
        assert!(!early.text.contains("Record attendance"), "{}", early.text);
        server.advance(TimeDelta::hours(26));
        let page = open(server, &path, &token(&school.host)).await;
        is_page(&page, 200, "Record attendance");
        assert_eq!((page.text.matches("checkbox").count(), page.text.contains("Ada")), (2, true), "{}", page.text);
        // Others see no names, and cannot record anything.
        let others = open(server, &path, &token(&ada)).await;
        assert!(!others.text.contains("Bob") && !others.text.contains("Record attendance"), "{}", others.text);
        let sent = send(server, &path, &[("token", &token(&ada)), ("attended", &ada.id)]).await;
        assert_eq!(sent.status, 403, "{sent:?}");
        is_page(&send(server, &path, &[("attended", &ada.id)]).await, 422, "The link is no longer valid");
        let sent = send(server, &path, &[("token", &token(&school.host)), ("attended", &ada.id)]).await;
        is_page(&sent, 200, "The attendance is recorded.");
        assert!(!sent.text.contains("Record attendance"), "{}", sent.text);
        let held = async |user: &User| user.get("/me/certifications").await.expect(200).items().len();
        assert_eq!((held(&ada).await, held(&bob).await), (1, 0));
        let again = send(server, &path, &[("token", &token(&school.host)), ("attended", &bob.id)]).await;
        assert_eq!(again.status, 409, "{again:?}");
    }

    async fn every_other_link_leads_to_a_page(server) {
        let school = School::open(server, json!({})).await;
        let booking = school.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201).id();
        school.grant(&school.customer).await.expect(201);
        let site = &school.site;
        let training = json!({
            "certification_kind_id": school.kind, "site_id": site, "name": "Evening", "seats": 9,
            "starts_at": "2026-12-01T10:00:00Z", "ends_at": "2026-12-01T11:00:00Z",
        });
        let trainings = format!("/organizations/{}/trainings", school.host_organization);
        let training = school.host.post(&trainings, training).await.expect(201).id();
        let reader = school.customer.email.parse().unwrap();
        for (path, says) in [
            ("bookings".to_owned(), format!("/bookings/{booking}?token=")),
            ("me/certifications".to_owned(), "Laser safety of Rotor Works: valid.".to_owned()),
            (format!("resources/{}", school.resource), "Rotor Works, Main hall, London.".to_owned()),
            (format!("trainings/{training}"), "Tue 1 Dec 2026, 10:00 (UTC): scheduled. Free seats: 9.".to_owned()),
            (format!("certification-kinds/{}", school.kind), "A certification of Rotor Works.".to_owned()),
        ] {
            let token = link_key(&server.config).sign(&reader, &path, server.now());
            is_page(&open(server, &path, &token).await, 200, &says);
        }
        is_page(&server.root().get("/me/certifications").await, 422, "The link is no longer valid");
    }
}
