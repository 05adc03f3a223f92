//! The pages of operators of the installation.

use serde_json::json;

use crate::support::server::on_both_databases;

on_both_databases! {
    async fn only_operators_open_the_pages_of_the_installation(server) {
        let operator = server.operator("Root").await;
        let ada = server.user("Ada").await;
        let firm = ada.found("Analytical Engines").await;
        let own = server.url.clone();
        let (organization, user) = (format!("/admin/organizations/{firm}"), format!("/admin/users/{}", ada.id));
        let pages = ["/admin", "/admin/organizations", &organization, "/admin/users", &user, "/admin/mails", "/admin/facts", "/admin/audit"];
        let (mut root, mut visitor) = (server.browser_of(&operator.email).await, server.browser_of(&ada.email).await);
        for page in pages {
            assert!(server.browser().open(page).await.address.starts_with("/sign-in?then=%2Fadmin"), "{page}");
            visitor.open(page).await.expect(403).says("Only operators of the installation can do this.");
            root.open(page).await.expect(200);
        }
        for page in [&*organization, &user, "/admin/mails", "/admin/facts"] {
            let form = format!("action=suspend&reason=Because&id={firm}");
            assert_eq!(server.browser().post(page, form.clone(), &[("origin", &own)]).await.status, 303);
            visitor.post(page, form.clone(), &[("origin", &own)]).await.expect(403);
            let refused = visitor.post(page, "action=remove-second-factor".to_owned(), &[("origin", &own)]).await;
            assert!([403, 404].contains(&refused.status), "{page}: {}", refused.html);
        }
        let found = operator.get(&organization).await.expect(200);
        assert_eq!(found["suspended_at"], json!(null));
        // The way there is in the header of operators only.
        assert_eq!(root.open("/").await.expect(200).links("/admin"), ["/admin"]);
        assert!(visitor.open("/").await.expect(200).links("/admin").is_empty());
        for unknown in ["/admin/organizations/x", "/admin/users/x"] {
            root.open(unknown).await.expect(404);
        }
    }

    async fn an_operator_finds_an_organization_suspends_it_and_reinstates_it(server) {
        let operator = server.operator("Root").await;
        let ada = server.user("Ada").await;
        let firm = ada.found("Analytical <Engines>").await;
        ada.found("Other").await;
        let mut root = server.browser_of(&operator.email).await;
        let form = root.open("/admin/organizations").await.expect(200).form("/admin/organizations");
        let page = root.submit(&form.clone().with("q", "analytical")).await.expect(200).says("Analytical <Engines>");
        let path = format!("/admin/organizations/{firm}");
        assert_eq!(page.links("/admin/organizations/"), std::slice::from_ref(&path));
        root.submit(&form.clone().with("q", "nobody")).await.expect(200).says("Nothing was found.");
        let page = root.open(&path).await.expect(200).says("Members 1").says("Its listings are hidden");
        assert!(page.links("/admin/users/").contains(&format!("/admin/users/{}", ada.id)));
        let form = page.form(&path).with("action", "suspend");
        root.submit(&form.clone().with("reason", " ")).await.expect(422).says("reason: ");
        root.submit(&form.with("reason", "Unpaid <invoices>")).await.expect(200).says("Unpaid <invoices>");
        assert_eq!(operator.get(&path).await.expect(200)["suspension_reason"], "Unpaid <invoices>");
        let form = root.open("/admin/organizations?suspended=yes").await.expect(200).says("Suspended: Unpaid <invoices>").form("/admin/organizations");
        assert_eq!(form.values()["suspended"], "yes");
        let again = root.open(&path).await.expect(200).form(&path).with("action", "reinstate");
        root.submit(&again).await.expect(200).says("Its listings are hidden");
        root.submit(&again).await.expect(409);
        // The looks are in the audit log, which the pages show.
        let page = root.open("/admin/audit?what=admin.view_organization").await.expect(200).says("Root admin.view_organization organization");
        assert!(!page.links("/admin/audit?who=").is_empty());
        let page = root.open("/admin/audit?what=organization.suspend").await.expect(200).says("Unpaid <invoices>");
        let of_firm = page.links("/admin/audit?object=").remove(0);
        root.open(&of_firm).await.expect(200).says("organization.create").says("organization.reinstate");
    }

    async fn an_operator_suspends_a_user_and_removes_a_second_factor(server) {
        let operator = server.operator("Root").await;
        let ada = server.user("Ada").await;
        ada.found("Analytical Engines").await;
        server.enrol(&ada).await;
        let mut root = server.browser_of(&operator.email).await;
        let path = format!("/admin/users/{}", ada.id);
        assert_eq!(root.open("/admin/users?q=ada@").await.expect(200).links("/admin/users/"), std::slice::from_ref(&path));
        let page = root.open(&path).await.expect(200).says("ada@example.org (verified)").says("Analytical Engines: Owner");
        root.submit(&page.form(&path).with("action", "remove-second-factor")).await.expect(200);
        assert_eq!(operator.get(&path).await.expect(200)["has_second_factor"], false);
        let page = root.open(&path).await.expect(200).says("All sessions of the user end");
        root.submit(&page.form(&path).with("action", "suspend").with("reason", "Fraud")).await.expect(200).says("Fraud");
        ada.get("/me").await.refused(401, "invalid_token");
        let page = root.open(&path).await.expect(200);
        root.submit(&page.form(&path).with("action", "reinstate")).await.expect(200);
        assert_eq!(operator.get(&path).await.expect(200)["suspended_at"], json!(null));
        // Nobody suspends the own account.
        let own = format!("/admin/users/{}", operator.id);
        let page = root.open(&own).await.expect(200);
        assert!(!page.text().contains("All sessions of the user end"));
    }

    async fn an_operator_looks_into_the_queues_and_tries_again(server) {
        let operator = server.operator("Root").await;
        let market = server.market(json!({})).await;
        market.book("2026-12-01T09:00:00Z", "2026-12-01T11:00:00Z").await.expect(201);
        server.tell_all().await;
        let email = &market.customer.email;
        let failed = "UPDATE mails SET status = 'failed', attempts = 9, last_error = 'refused: no such <mailbox>', sent_at = NULL WHERE";
        assert_eq!(server.execute(&format!("{failed} recipient = '{email}' AND template <> 'verification'")), 1);
        let mut root = server.browser_of(&operator.email).await;
        let page = root.open("/admin").await.expect(200).says("Mails that were given up 1").says("Confirmed 1").says("On offer 1");
        let to = page.links("/admin/mails?status=failed").remove(0);
        let page = root.open(&to).await.expect(200).says(email).says("refused: no such <mailbox>").says("Given up 9");
        assert!(!page.text().contains("Lathe"), "the text of a mail is shown: {}", page.html);
        root.submit(&page.form("/admin/mails").with("recipient", "nobody@example.org")).await.expect(200).says("Nothing is here.");
        let id = server.select("SELECT id AS value FROM mails WHERE status = 'failed'").remove(0);
        let own = server.url.clone();
        let retried = root.post("/admin/mails", format!("id={id}"), &[("origin", &own)]).await;
        assert_eq!((retried.status, retried.headers["location"].to_str().unwrap()), (303, "/admin/mails?done=retried"));
        server.tell_all().await;
        assert!(server.select("SELECT id AS value FROM mails WHERE status = 'failed'").is_empty());
        root.post("/admin/mails", format!("id={id}"), &[("origin", &own)]).await.expect(409).says("The mail was sent.");
        root.post("/admin/mails", "id=x".to_owned(), &[("origin", &own)]).await.expect(404);
        // An event that cannot be read.
        let (now, fact) = (server.sql_now(), "019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11");
        server.execute(&format!("INSERT INTO facts (id, kind, version, body, created_at) VALUES ('{fact}', 'booking.wonder', 1, '{{}}', {now})"));
        server.execute(&format!("INSERT INTO deliveries (fact_id, subscriber, state, next_attempt_at) VALUES ('{fact}', 'mail', 'pending', {now})"));
        server.run_jobs().await;
        let page = root.open("/admin/facts?failed=yes").await.expect(200).says("booking.wonder mail").says("missing field");
        assert!(page.html.contains(&format!("name=\"id\" value=\"{fact}\"")));
        let retried = root.post("/admin/facts", format!("id={fact}"), &[("origin", &own)]).await;
        assert_eq!(retried.status, 303, "{}", retried.html);
        // The service tries it at once, so its next attempt is later by now.
        let log = format!("SELECT action AS value FROM audit WHERE object_id = '{fact}'");
        assert_eq!(server.select(&log), ["fact.retry"]);
    }
}
