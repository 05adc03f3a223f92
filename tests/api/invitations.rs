//! Inviting, and accepting: the only way to become a member.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::certifications::School;
use crate::support::client::Answer;
use crate::support::people::{PASSWORD, User};
use crate::support::server::{Server, on_both_databases};

const LINK: &str = "accept-invitation";

/// An organization that invites.
struct Firm {
    owner: User,
    organization: String,
    invitations: String,
    members: String,
}

impl Firm {
    async fn found(server: &Server) -> Self {
        let owner = server.user("Olga").await;
        let organization = owner.found("Rotor Works").await;
        let path = |noun: &str| format!("/organizations/{organization}/{noun}");
        Self { invitations: path("invitations"), members: path("members"), owner, organization }
    }

    async fn invite(&self, email: &str) -> Answer {
        self.owner.post(&self.invitations, json!({ "email": email, "role": "booker" })).await
    }

    async fn members(&self) -> Vec<String> {
        let members = self.owner.get(&self.members).await.expect(200);
        let mut emails: Vec<_> = members.items().iter().map(|member| member["email"].as_str().unwrap().to_owned()).collect();
        emails.sort();
        emails
    }
}

impl Server {
    async fn accept(&self, body: Value) -> Answer {
        self.anonymous().post("/auth/accept-invitation", body).await
    }

    /// The body that accepts for somebody without an account.
    fn newcomer(token: &str) -> Value {
        json!({ "token": token, "name": "Bob", "password": PASSWORD })
    }
}

on_both_databases! {
    async fn a_user_becomes_a_member_by_accepting_and_not_before(server) {
        let firm = Firm::found(server).await;
        let bob = server.user("Bob").await;
        let organization = format!("/organizations/{}", firm.organization);
        let made = firm.invite(" BOB@example.org").await.expect(201);
        assert_eq!((&made["status"], &made["email"], &made["role"]), (&json!("open"), &json!(bob.email), &json!("booker")));
        assert_eq!(made["organization_name"], "Rotor Works");
        let path = made.header("location").strip_prefix("/api/v1").unwrap().to_owned();
        assert_eq!(firm.owner.get(&path).await.expect(200).body, made.body);
        assert!(!made.text.contains("Bob\""), "the name of the account is not told: {made:?}");
        bob.get(&organization).await.refused(404, "not_found");
        let token = server.take_token(&bob.email, LINK).await;
        let seen = server.anonymous().post("/auth/view-invitation", json!({ "token": token })).await.expect(200);
        assert_eq!((&seen["has_account"], &seen["invitation"]), (&json!(true), &made.body));
        let accepted = server.accept(json!({ "token": token })).await.expect(200);
        assert_eq!(accepted["status"], "accepted");
        bob.get(&organization).await.expect(200);
        assert_eq!(firm.members().await, ["bob@example.org", firm.owner.email.as_str()]);
        server.accept(json!({ "token": token })).await.refused(422, "invalid_one_time_token");
        server.anonymous().post("/auth/view-invitation", json!({ "token": token })).await.refused(422, "invalid_one_time_token");
        firm.invite(&bob.email).await.refused(409, "already_member");
    }

    async fn an_address_without_an_account_gets_one_by_accepting(server) {
        let firm = Firm::found(server).await;
        firm.invite("bob@example.org").await.expect(201);
        let token = server.take_token("bob@example.org", LINK).await;
        let seen = server.anonymous().post("/auth/view-invitation", json!({ "token": token })).await.expect(200);
        assert_eq!(seen["has_account"], false);
        server.accept(json!({ "token": token })).await.refused_fields(&[("/name", "required"), ("/password", "required")]);
        let weak = json!({ "token": token, "name": "Bob", "password": "password1234" });
        server.accept(weak).await.refused_fields(&[("/password", "weak_password")]);
        server.accept(Server::newcomer(&token)).await.expect(200);
        let tokens = server.login("bob@example.org", PASSWORD).await.expect(200);
        let bob = server.anonymous().with_token(tokens.text("access_token"));
        assert_eq!(bob.get("/me").await.expect(200)["email_verified_at"], json!("2026-11-30T09:00:00Z"));
        assert_eq!(bob.get("/organizations").await.expect(200).items().len(), 1);
    }

    async fn an_account_that_was_never_verified_gets_nothing_from_an_invitation_to_its_address(server) {
        let firm = Firm::found(server).await;
        let unverified = server.unverified_user("Bob").await;
        firm.invite(&unverified.email).await.expect(201);
        assert_eq!(unverified.get("/me/invitations").await.expect(200).items().len(), 0);
        server.take_token(&unverified.email, "verify-email").await;
        let token = server.take_token(&unverified.email, LINK).await;
        server.accept(json!({ "token": token })).await.refused_fields(&[("/name", "required"), ("/password", "required")]);
        let mine = json!({ "token": token, "name": "The real Bob", "password": "a better horse battery" });
        server.accept(mine).await.expect(200);
        // Neither the access token nor the password of the earlier account opens the account of the owner of the address.
        unverified.get(&firm.members).await.refused(401, "invalid_token");
        server.login(&unverified.email, PASSWORD).await.refused(401, "invalid_credentials");
        server.login(&unverified.email, "a better horse battery").await.expect(200);
    }

    async fn an_account_takes_no_other_name_or_password_from_an_invitation(server) {
        let firm = Firm::found(server).await;
        let bob = server.user("Bob").await;
        firm.invite(&bob.email).await.expect(201);
        let token = server.take_token(&bob.email, LINK).await;
        server.accept(Server::newcomer(&token)).await.refused_fields(&[("/name", "invalid"), ("/password", "invalid")]);
        server.accept(json!({ "token": token })).await.expect(200);
    }

    async fn a_signed_in_user_accepts_without_the_mail(server) {
        let firm = Firm::found(server).await;
        let (bob, eve) = (server.user("Bob").await, server.user("Eve").await);
        let id = firm.invite(&bob.email).await.expect(201).id();
        let path = format!("/me/invitations/{id}/accept");
        assert_eq!(bob.get("/me/invitations").await.expect(200).items()[0]["id"], id);
        assert_eq!(bob.get("/me/export").await.expect(200)["invitations"][0]["id"], id);
        assert_eq!(eve.get("/me/invitations").await.expect(200).items().len(), 0);
        eve.post(&path, json!({})).await.refused(404, "not_found");
        bob.post(&path, json!({})).await.expect(200);
        assert_eq!(bob.get("/me/invitations").await.expect(200).items().len(), 0);
        bob.post(&path, json!({})).await.refused(404, "not_found");
        bob.get(&firm.members).await.expect(200);
    }

    async fn an_invitation_expires_and_can_be_made_again(server) {
        let firm = Firm::found(server).await;
        let bob = server.user("Bob").await;
        let id = firm.invite(&bob.email).await.expect(201).id();
        let token = server.take_token(&bob.email, LINK).await;
        firm.invite(&bob.email).await.refused(409, "already_invited");
        server.advance(TimeDelta::days(14));
        server.accept(json!({ "token": token })).await.refused(422, "invalid_one_time_token");
        bob.post(&format!("/me/invitations/{id}/accept"), json!({})).await.refused(404, "not_found");
        assert_eq!(firm.owner.get(&format!("{}/{id}", firm.invitations)).await.expect(200)["status"], "expired");
        firm.invite(&bob.email).await.expect(201);
        let token = server.take_token(&bob.email, LINK).await;
        server.accept(json!({ "token": token })).await.expect(200);
        server.advance(TimeDelta::days(45));
        server.run_jobs().await;
        assert_eq!(firm.owner.get(&firm.invitations).await.expect(200).items().len(), 0, "they are kept for 30 days");
    }

    async fn an_invitation_that_is_sent_again_has_another_link(server) {
        let firm = Firm::found(server).await;
        let bob = server.user("Bob").await;
        let path = format!("{}/{}", firm.invitations, firm.invite(&bob.email).await.expect(201).id());
        let first = server.take_token(&bob.email, LINK).await;
        let resend = async || firm.owner.post(&format!("{path}/resend"), json!({})).await;
        resend().await.refused(429, "too_many_invitations");
        server.advance(TimeDelta::hours(1));
        assert_eq!(resend().await.expect(200)["expires_at"], "2026-12-14T10:00:00Z");
        let second = server.take_token(&bob.email, LINK).await;
        server.accept(json!({ "token": first })).await.refused(422, "invalid_one_time_token");
        server.accept(json!({ "token": second })).await.expect(200);
        server.advance(TimeDelta::hours(1));
        resend().await.refused(409, "invalid_transition");
    }

    async fn an_invitation_that_is_withdrawn_is_good_for_nothing(server) {
        let firm = Firm::found(server).await;
        let bob = server.user("Bob").await;
        let path = format!("{}/{}", firm.invitations, firm.invite(&bob.email).await.expect(201).id());
        let token = server.take_token(&bob.email, LINK).await;
        assert_eq!(firm.owner.post(&format!("{path}/withdraw"), json!({})).await.expect(200)["status"], "withdrawn");
        server.accept(json!({ "token": token })).await.refused(422, "invalid_one_time_token");
        firm.owner.post(&format!("{path}/withdraw"), json!({})).await.refused(409, "invalid_transition");
        firm.invite(&bob.email).await.expect(201);
    }

    async fn a_mail_names_the_organization_only_to_a_verified_address(server) {
        let owner = server.user("Mallory").await;
        let invitations = format!("/organizations/{}/invitations", owner.found("You have won at evil.example").await);
        let bob = server.user("Bob").await;
        for email in [bob.email.as_str(), "stranger@example.net"] {
            owner.post(&invitations, json!({ "email": email, "role": "booker" })).await.expect(201);
        }
        let mail = &server.mails("stranger@example.net", 1).await[0];
        assert_eq!(mail.subject, "Invitation to an organization");
        assert!(!mail.text.contains("evil.example") && !mail.text.contains("Mallory"), "{}", mail.text);
        let mail = &server.mails(&bob.email, 1).await[0];
        assert_eq!(mail.subject, "You have won at evil.example invites you");
        assert!(mail.text.starts_with("Hello Bob,"), "{}", mail.text);
    }

    async fn an_address_and_a_user_have_so_many_invitations_within_an_hour(server) {
        let mut invited = 0;
        for number in 0..6 {
            let owner = server.user(&format!("Owner{number}")).await;
            let invitations = format!("/organizations/{}/invitations", owner.found("Works").await);
            let answer = owner.post(&invitations, json!({ "email": "bob@example.org", "role": "booker" })).await;
            if number < 5 { answer.expect(201) } else { answer.refused(429, "too_many_invitations") };
            invited += 1;
        }
        assert_eq!(invited, 6);
        let firm = Firm::found(server).await;
        for number in 0..50 {
            firm.invite(&format!("person{number}@example.org")).await.expect(201);
        }
        let refused = firm.invite("one-more@example.org").await.refused(429, "too_many_invitations");
        assert_eq!(refused.header("retry-after"), "3600");
        server.advance(TimeDelta::hours(1));
        firm.invite("one-more@example.org").await.expect(201);
    }

    async fn whoever_accepts_many_times_at_once_is_a_member_once(server) {
        let firm = Firm::found(server).await;
        firm.invite("bob@example.org").await.expect(201);
        let token = server.take_token("bob@example.org", LINK).await;
        let answers = join_all((0..6).map(|_| server.accept(Server::newcomer(&token)))).await;
        let (accepted, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!(accepted.len(), 1, "{refused:?}");
        refused.iter().for_each(|answer| assert!([422, 409].contains(&answer.status), "{answer:?}"));
        assert_eq!(firm.members().await.len(), 2);
        let many = join_all((0..6).map(|_| firm.invite("cleo@example.org"))).await;
        let (made, refused): (Vec<_>, Vec<_>) = many.into_iter().partition(|answer| answer.status == 201);
        assert_eq!(made.len(), 1, "{refused:?}");
        refused.into_iter().for_each(|answer| drop(answer.refused(409, "already_invited")));
    }

    async fn managers_see_and_withdraw_only_invitations_to_be_certified(server) {
        let school = School::open(server, json!({})).await;
        let manager = server.user("Mary").await;
        server.add_member(&school.host_organization, &manager, "manager");
        let invitations = format!("/organizations/{}/invitations", school.host_organization);
        let to_member = json!({ "email": "bob@example.org", "role": "booker" });
        manager.post(&invitations, to_member.clone()).await.refused(403, "forbidden");
        let membership = school.host.post(&invitations, to_member).await.expect(201).id();
        let grant = format!("/certification-kinds/{}/certifications", school.kind);
        let certification = manager.post(&grant, json!({ "email": "bob@example.org" })).await.expect(202).id();
        assert_eq!(school.host.get(&invitations).await.expect(200).items().len(), 2);
        let seen = manager.get(&invitations).await.expect(200);
        assert_eq!(seen.items().iter().map(|one| &one["id"]).collect::<Vec<_>>(), [&json!(certification)]);
        manager.get(&format!("{invitations}/{membership}")).await.refused(403, "forbidden");
        manager.post(&format!("{invitations}/{membership}/withdraw"), json!({})).await.refused(403, "forbidden");
        manager.post(&format!("{invitations}/{certification}/withdraw"), json!({})).await.expect(200);
    }

    async fn an_address_that_nobody_has_verified_is_certified_when_its_owner_accepts(server) {
        let school = School::open(server, json!({ "valid_days": 10 })).await;
        let unverified = server.unverified_user("Bob").await;
        let invited = school.grant(&unverified).await.expect(202);
        assert_eq!((&invited["certification_kind_name"], &invited["role"]), (&json!("Laser safety"), &Value::Null));
        assert_eq!(unverified.get("/me/certifications").await.expect(200).items().len(), 0);
        school.grant(&unverified).await.refused(409, "already_invited");
        server.take_token(&unverified.email, "verify-email").await;
        let token = server.take_token(&unverified.email, LINK).await;
        server.advance(TimeDelta::days(1));
        server.accept(json!({ "token": token, "name": "Bob", "password": "a better horse battery" })).await.expect(200);
        let tokens = server.login("bob@example.org", "a better horse battery").await.expect(200);
        let bob = server.anonymous().with_token(tokens.text("access_token"));
        let held = bob.get("/me/certifications").await.expect(200);
        assert_eq!(held.items()[0]["expires_at"], "2026-12-11T09:00:00Z");
        assert_eq!(held.items()[0]["granted_by"], school.host.id.as_str());
    }

    async fn an_address_is_certified_without_telling_the_name_of_its_account(server) {
        let school = School::open(server, json!({})).await;
        let bob = server.user("Bob").await;
        let granted = school.grant(&bob).await.expect(201);
        assert_eq!((&granted["user_email"], &granted["user_name"]), (&json!(bob.email), &json!("")));
        let list = format!("/certification-kinds/{}/certifications", school.kind);
        let path = format!("/certifications/{}", granted.id());
        assert_eq!(school.host.get(&list).await.expect(200).items()[0]["user_name"], "");
        assert_eq!(school.host.get(&path).await.expect(200)["user_name"], "");
        assert_eq!(bob.get(&path).await.expect(200)["user_name"], "Bob");
        // The host gets to know them as a member of its customer.
        server.add_member(&school.customer_organization, &bob, "booker");
        school.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201);
        assert_eq!(school.host.get(&list).await.expect(200).items()[0]["user_name"], "Bob");
        assert_eq!(school.host.get(&path).await.expect(200)["user_name"], "Bob");
    }
}
