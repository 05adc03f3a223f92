//! The pages of an organization for its members: team, data, API keys, webhooks and audit log.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::server::on_both_databases;

on_both_databases! {
    async fn the_pages_of_an_organization_are_for_its_members_by_their_roles(server) {
        let market = server.market(json!({})).await;
        let (manager, booker) = (server.user("Mia").await, server.user("Bo").await);
        server.add_member(&market.host_organization, &manager, "manager");
        server.add_member(&market.host_organization, &booker, "booker");
        let organization = format!("/organizations/{}", market.host_organization);
        let webhook = market.host.post(&format!("{organization}/webhooks"), json!({ "url": "https://example.org/hook" })).await.expect(201);
        let webhook = webhook["id"].as_str().unwrap().to_owned();
        // The page and a form of it, with its answer for: another tenant, a booker, a manager, an owner.
        let rows = [
            (organization.clone(), Some("action=invite&email=new@example.org&role=booker"), [403, 200, 200, 200]),
            (format!("{organization}/edit"), Some("name=X&kind=firm"), [403, 403, 403, 200]),
            (format!("{organization}/close"), Some(""), [403, 403, 403, 200]),
            (format!("{organization}/members/{}", market.host.id), Some("action=remove"), [403, 200, 200, 200]),
            (format!("{organization}/api-keys"), Some("action=create&name=X&scopes=audit:read&days=30"), [403, 403, 403, 200]),
            (format!("{organization}/webhooks"), Some("url=https://example.org/x"), [403, 403, 403, 200]),
            (format!("{organization}/webhooks/{webhook}"), Some("action=delete"), [404, 404, 404, 200]),
            (format!("{organization}/audit"), None, [403, 403, 200, 200]),
            (format!("{organization}/audit.jsonl"), None, [403, 403, 200, 200]),
        ];
        let own = server.url.clone();
        for (path, form, expected) in rows {
            assert!(server.browser().open(&path).await.address.starts_with("/sign-in?then=%2Forganizations%2F"), "{path}");
            if let Some(form) = form {
                let refused = server.browser().post(&path, form.to_owned(), &[("origin", &own)]).await;
                assert_eq!(refused.status, 303, "{path}: {}", refused.html);
            }
            for (visitor, expected) in [&market.customer, &booker, &manager, &market.host].into_iter().zip(expected) {
                let mut browser = server.browser_of(&visitor.email).await;
                let page = browser.step(&path).await;
                assert_eq!(page.status, expected, "{path} for {}: {}", visitor.name, page.html);
                // Nobody but the owner changes anything. A form name makes no difference.
                if let Some(form) = form.filter(|_| visitor.id != market.host.id) {
                    let form = format!("{form}&form=0123456789abcdef0123456789abcdef");
                    let refused = browser.post(&path, form, &[("origin", &own)]).await;
                    assert!([403, 404].contains(&refused.status), "{path} for {}: {}", visitor.name, refused.html);
                }
            }
        }
        for unknown in ["/organizations/x", "/organizations/x/edit", "/organizations/x/members/x", "/organizations/x/audit"] {
            server.browser_of(&market.host.email).await.open(unknown).await.expect(404);
        }
        // The webhook of one organization is not shown under another.
        let elsewhere = market.host.found("Elsewhere").await;
        server.browser_of(&market.host.email).await.open(&format!("/organizations/{elsewhere}/webhooks/{webhook}")).await.expect(404);
        assert_eq!(market.host.get(&format!("{organization}/members")).await.expect(200).items().len(), 3);
    }

    async fn an_owner_invites_resends_and_withdraws_and_the_invited_user_accepts_in_the_account(server) {
        let (ada, bob) = (server.user("Ada").await, server.user("Bob").await);
        let firm = ada.found("Analytical Engines").await;
        let path = format!("/organizations/{firm}");
        let mut owner = server.browser_of(&ada.email).await;
        assert_eq!(owner.open("/account").await.expect(200).links(&path), std::slice::from_ref(&path));
        let form = owner.open(&path).await.expect(200).says("Ada (you)").form(&path).with("action", "invite");
        let page = owner.submit(&form.clone().with("email", "nonsense").with("role", "manager")).await.expect(422).says("email: ");
        assert_eq!((page.form(&path).values()["email"], page.form(&path).values()["role"]), ("nonsense", "manager"));
        let form = form.with("email", &bob.email).with("role", "manager");
        owner.submit(&form).await.expect(200).says("The invitation is sent.").says("bob@example.org Manager");
        // The same form, sent again, invites once.
        owner.submit(&form).await.expect(200);
        let invitations = ada.get(&format!("{path}/invitations")).await.expect(200);
        assert_eq!(invitations.items().len(), 1);
        let id = invitations.items()[0]["id"].as_str().unwrap().to_owned();
        let resend = form.clone().with("invitation", &id).with("action", "resend");
        owner.submit(&resend).await.expect(429).says("bob@example.org");
        server.advance(TimeDelta::hours(2));
        owner.submit(&resend).await.expect(200).says("The invitation is sent again.");
        owner.submit(&form.with("invitation", &id).with("action", "withdraw")).await.expect(200).says("The invitation is withdrawn.");
        assert!(!owner.open(&path).await.expect(200).text().contains("Invitations that wait"));
        server.advance(TimeDelta::hours(2));
        let form = owner.open(&path).await.expect(200).form(&path).with("action", "invite").with("role", "booker");
        owner.submit(&form.with("email", &bob.email)).await.expect(200);
        let mut invited = server.browser_of(&bob.email).await;
        let page = invited.open("/account").await.expect(200).says("Analytical Engines (Booker)");
        let invitation = ada.get(&format!("{path}/invitations?status=open")).await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        let page = invited.submit(&page.form("/account").with("invitation", &invitation)).await.expect(200);
        assert_eq!(page.says("You have accepted the invitation.").links(&path), std::slice::from_ref(&path));
        invited.open(&path).await.expect(200).says("Bob (you)");
    }

    async fn an_owner_changes_roles_removes_members_and_hands_over(server) {
        let (ada, bob, eve) = (server.user("Ada").await, server.user("Bob").await, server.user("Eve").await);
        let firm = ada.found("Analytical Engines").await;
        server.add_member(&firm, &bob, "booker");
        server.add_member(&firm, &eve, "booker");
        let (path, members) = (format!("/organizations/{firm}"), format!("/organizations/{firm}/members"));
        let mut owner = server.browser_of(&ada.email).await;
        let page = owner.open(&path).await.expect(200);
        assert_eq!(page.links(&format!("{members}/")).len(), 4, "three members, and the link to leave: {}", page.html);
        let own = format!("{members}/{}", ada.id);
        let form = owner.open(&own).await.expect(200).form(&own).with("action", "role").with("role", "booker");
        owner.submit(&form).await.expect(409);
        owner.submit(&form.with("action", "remove")).await.expect(409);
        let of_bob = format!("{members}/{}", bob.id);
        let form = owner.open(&of_bob).await.expect(200).says("Hand the organization over").form(&of_bob);
        assert_eq!(form.values()["role"], "booker");
        owner.submit(&form.clone().with("action", "role").with("role", "king")).await.expect(400);
        owner.submit(&form.clone().with("action", "role").with("role", "manager")).await.expect(200).says("The role is changed.");
        let of_eve = format!("{members}/{}", eve.id);
        owner.submit(&owner_form(&form, &of_eve).with("action", "remove")).await.expect(200).says("The member is removed.");
        owner.open(&of_eve).await.expect(404);
        owner.submit(&form.with("action", "hand-over")).await.expect(200).says("The organization is handed over.");
        let roles = ada.get(&format!("{members}?order=created_at")).await.expect(200);
        let roles: Vec<_> = roles.items().iter().map(|member| (member["name"].clone(), member["role"].clone())).collect();
        assert!(roles.contains(&(json!("Ada"), json!("manager"))) && roles.contains(&(json!("Bob"), json!("owner"))), "{roles:?}");
        // Everybody can leave.
        let form = owner.open(&own).await.expect(200).form(&own).with("action", "remove");
        let page = owner.submit(&form).await.expect(200);
        assert_eq!(page.address, "/account?done=left");
        owner.open(&path).await.expect(404);
    }

    async fn an_owner_edits_the_organization_demands_a_second_factor_and_closes_it(server) {
        let (ada, bob) = (server.user("Ada").await, server.user("Bob").await);
        let firm = ada.found("Analytical Engines").await;
        server.add_member(&firm, &bob, "booker");
        let (path, edit) = (format!("/organizations/{firm}"), format!("/organizations/{firm}/edit"));
        let mut owner = server.browser_of(&ada.email).await;
        let form = owner.open(&edit).await.expect(200).form(&edit);
        assert_eq!(form.values()["name"], "Analytical Engines");
        let form = form.with("name", "Engines & Co").with("description", "We <count>.").with("website", "nonsense").with("contact_email", "office@example.org");
        let page = owner.submit(&form).await.expect(422).says("website: ");
        assert_eq!(page.form(&edit).values()["description"], "We <count>.");
        let form = form.with("website", "https://engines.example");
        owner.submit(&form).await.expect(200).says("The changes are saved.").says("We <count>.").says("office@example.org (waits for the link that we sent there)");
        let factor = owner.open(&edit).await.expect(200).form(&edit).with("requires_second_factor", "on");
        owner.submit(&factor).await.expect(422).says("requires_second_factor: ");
        server.enrol(&ada).await;
        owner.submit(&factor).await.expect(200).says("Needed by all members");
        assert!(owner.open(&edit).await.expect(200).html.contains("name=\"requires_second_factor\" checked"));
        server.browser_of(&bob.email).await.open(&path).await.expect(403).says("second factor");
        let close = format!("/organizations/{firm}/close");
        let form = owner.open(&close).await.expect(200).says("This cannot be undone.").form(&close);
        owner.submit(&form).await.expect(200).says("The organization is closed.");
        owner.open(&path).await.expect(404);
    }

    async fn a_key_is_shown_once_and_revoked(server) {
        let ada = server.user("Ada").await;
        let firm = ada.found("Analytical Engines").await;
        let path = format!("/organizations/{firm}/api-keys");
        let mut owner = server.browser_of(&ada.email).await;
        let form = owner.open(&path).await.expect(200).says("There is no key yet.").form(&path).with("action", "create");
        let form = form.with("name", "Door display").with("days", "30");
        let page = owner.submit(&form).await.expect(422).says("scopes: ");
        assert_eq!(page.form(&path).values()["name"], "Door display");
        let form = form.with("scopes", "members:read");
        let page = owner.submit(&form).await.expect(200).says("Copy the key into your program now");
        let secret = page.html.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        assert!(secret.starts_with("sfk_"));
        let program = server.anonymous().with_token(&secret);
        program.get(&format!("/organizations/{firm}/members")).await.expect(200);
        // The same form, sent again, makes no other key and does not show the secret again.
        let page = owner.submit(&form).await.expect(200).says("This form was sent before");
        assert!(!page.html.contains(&secret) && page.html.contains(&secret[..10]));
        let keys = ada.get(&path).await.expect(200);
        assert_eq!((keys.items().len(), &keys.items()[0]["expires_at"]), (1, &json!(server.now() + TimeDelta::days(30))));
        let revoke = form.with("key", keys.items()[0]["id"].as_str().unwrap()).with("action", "revoke");
        owner.submit(&revoke).await.expect(200).says("The key is revoked.").says("Revoked");
        program.get(&format!("/organizations/{firm}/members")).await.expect(401);
        owner.submit(&revoke).await.expect(409);
    }

    async fn a_webhook_is_added_tested_and_deleted(server) {
        let ada = server.user("Ada").await;
        let firm = ada.found("Analytical Engines").await;
        let path = format!("/organizations/{firm}/webhooks");
        let mut owner = server.browser_of(&ada.email).await;
        let form = owner.open(&path).await.expect(200).says("There is no webhook yet.").form(&path);
        let page = owner.submit(&form.clone().with("url", "http://10.0.0.1/")).await.expect(422).says("url: ");
        assert_eq!(page.form(&path).values()["url"], "http://10.0.0.1/");
        let form = form.with("url", "https://example.org/hook").with("event_types", "booking.create");
        let page = owner.submit(&form).await.expect(200).says("The secret of the webhook").says("whsec_");
        let own = page.links(&format!("{path}/")).remove(0);
        owner.submit(&form).await.expect(200).says("This form was sent before");
        assert_eq!(ada.get(&path).await.expect(200).items().len(), 1);
        let form = owner.open(&own).await.expect(200).says("Events booking.create").form(&own);
        owner.submit(&form.clone().with("action", "disable")).await.expect(200).says("Off");
        owner.submit(&form.clone().with("action", "test")).await.expect(200).says("It is being sent.").says("webhook.test");
        let id = own.rsplit('/').next().unwrap();
        let deliveries = ada.get(&format!("/webhooks/{id}/deliveries")).await.expect(200);
        let delivery = deliveries.items()[0]["id"].as_str().unwrap().to_owned();
        owner.submit(&form.clone().with("action", "replay").with("delivery", &delivery)).await.expect(200);
        assert_eq!(ada.get(&format!("/webhooks/{id}/deliveries")).await.expect(200).items().len(), 2);
        owner.submit(&form.clone().with("action", "replay").with("delivery", id)).await.expect(404);
        owner.submit(&form.with("action", "delete")).await.expect(200).says("The webhook is deleted.");
        owner.open(&own).await.expect(404);
    }

    async fn the_audit_log_is_filtered_by_who_what_and_when_and_exported(server) {
        let (ada, bob) = (server.user("Ada").await, server.user("Bob").await);
        let firm = ada.found("Analytical <Engines>").await;
        server.add_member(&firm, &bob, "owner");
        server.advance(TimeDelta::days(1));
        bob.patch(&format!("/organizations/{firm}"), json!({ "description": "We <count>" })).await.expect(200);
        for number in 0..60 {
            bob.patch(&format!("/organizations/{firm}/members/{}", ada.id), json!({ "role": (if number % 2 == 0 { "manager" } else { "owner" }) })).await.expect(200);
        }
        let path = format!("/organizations/{firm}/audit");
        let mut browser = server.browser_of(&ada.email).await;
        let count = |html: &str| html.matches("<details>").count();
        let page = browser.open(&path).await.expect(200).says("member.update");
        assert_eq!(count(&page.html), 50, "{}", page.html);
        let next = page.links(&format!("{path}?cursor=")).remove(0);
        let page = browser.open(&next).await.expect(200).says("organization.create");
        assert_eq!(count(&page.html), 12);
        let form = page.form(&path);
        for (fields, says, entries) in [
            (vec![("what", "organization.update")], "We <count>", 1),
            (vec![("what", "organization")], "organization.create", 2),
            (vec![("who", ada.id.as_str())], "organization.create", 1),
            (vec![("what", "organization"), ("from", "2026-12-01")], "organization.update", 1),
            (vec![("what", "organization"), ("to", "2026-11-30")], "organization.create", 1),
            (vec![("object", ada.id.as_str()), ("from", "2027-01-01")], "No entry has these properties.", 0),
            (vec![("who", "nonsense"), ("from", "nonsense"), ("what", "organization.create")], "organization.create", 1),
        ] {
            let wanted = fields.iter().fold(form.clone(), |form, (name, value)| form.with(name, value));
            let page = browser.submit(&wanted).await.expect(200).says(says);
            assert_eq!(count(&page.html), entries, "{fields:?}: {}", page.html);
            // The export has the same filters.
            let export = page.links(&format!("{path}.jsonl")).remove(0);
            let file = browser.step(&export).await;
            assert_eq!((file.status, file.headers["content-type"].to_str().unwrap()), (200, "application/jsonl"));
            assert_eq!(file.html.lines().count(), entries);
        }
        // Each line is that of the API.
        let file = browser.step(&format!("{path}.jsonl")).await;
        let lines: Vec<serde_json::Value> = file.html.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let api = ada.get(&format!("{path}?limit=200")).await.expect(200);
        assert_eq!((lines.len(), lines.as_slice()), (62, api.items()));
    }
}

/// The same form for another page.
fn owner_form(form: &crate::support::browser::Form, action: &str) -> crate::support::browser::Form {
    crate::support::browser::Form { action: action.to_owned(), ..form.clone() }
}
