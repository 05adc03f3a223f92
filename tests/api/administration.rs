//! Operators of the installation find, suspend and reinstate organizations and users, and look into the queues.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::people::{Market, PASSWORD, User};
use crate::support::server::{Server, on_both_databases};

const FROM: &str = "2026-12-01T09:00:00Z";
const TO: &str = "2026-12-01T11:00:00Z";

fn reason() -> Value {
    json!({ "reason": "Unpaid invoices" })
}

/// Suspends an organization.
async fn suspend(operator: &User, organization: &str) {
    operator.post(&format!("/admin/organizations/{organization}/suspend"), reason()).await.expect(200);
}

async fn reinstate(operator: &User, organization: &str) {
    operator.post(&format!("/admin/organizations/{organization}/reinstate"), json!({})).await.expect(200);
}

/// The names of the items of a list.
async fn names(operator: &User, path: &str) -> Vec<String> {
    let page = operator.get(path).await.expect(200);
    page.items().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

/// The actions that the operators' log has, the oldest first.
fn acts(server: &Server, operator: &User) -> Vec<String> {
    let of = format!(
        "FROM audit WHERE user_id = '{}' AND (action LIKE 'admin.%' OR action LIKE '%suspend' OR action LIKE '%reinstate' OR action LIKE '%.retry')",
        operator.id
    );
    server.select(&format!("SELECT action AS value {of} ORDER BY id"))
}

/// The parts of a host that outsiders can see.
fn shown(market: &Market) -> [String; 4] {
    let Market { host_organization, site, resource, .. } = market;
    [
        format!("/organizations/{host_organization}"),
        format!("/sites/{site}"),
        format!("/resources/{resource}"),
        format!("/sites/{site}/resources"),
    ]
}

on_both_databases! {
    async fn operators_find_organizations_by_name_address_and_identifier(server) {
        let operator = server.operator("Root").await;
        let owner = server.user("Olga").await;
        let id = owner.found("Rotor Works").await;
        server.advance(TimeDelta::seconds(1));
        owner.found("50% Off_Works").await;
        server.advance(TimeDelta::seconds(1));
        owner.found("Gear House").await;
        owner.patch(&format!("/organizations/{id}"), json!({ "contact_email": owner.email })).await.expect(200);
        let find = async |query: &str| names(&operator, &format!("/admin/organizations?{query}")).await;
        assert_eq!(find("q=WORKS&order=created_at").await, ["Rotor Works", "50% Off_Works"]);
        assert_eq!(find("q=works").await, ["50% Off_Works", "Rotor Works"]);
        assert_eq!(find("q=%25%20off_").await, ["50% Off_Works"]);
        assert_eq!(find("q=r_tor").await, [""; 0]);
        assert_eq!(find("q=olga@").await, ["Rotor Works"]);
        assert_eq!(find(&format!("q={id}")).await, ["Rotor Works"]);
        assert_eq!(find("is_suspended=true").await, [""; 0]);
        let first = operator.get("/admin/organizations?limit=2&order=created_at").await.expect(200);
        let cursor = first["next_cursor"].as_str().unwrap();
        assert!(first.header("link").contains("rel=\"next\""));
        assert_eq!(find(&format!("limit=2&order=created_at&cursor={cursor}")).await, ["Gear House"]);
        operator.get("/admin/organizations?q=").await.refused_fields(&[("q", "required")]);

        let one = operator.get(&format!("/admin/organizations/{id}")).await.expect(200);
        assert_eq!((&one["members"], &one["resources"], &one["owners"][0]["user_id"]), (&json!(1), &json!(0), &json!(owner.id)));
        operator.get("/admin/organizations/019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11").await.refused(404, "not_found");
        // The owner sees in the log that somebody has looked.
        let log = owner.get(&format!("/organizations/{id}/audit?action=admin.view_organization")).await.expect(200);
        assert_eq!((log.items().len(), &log.items()[0]["user_id"]), (1, &json!(operator.id)));
        let looks = acts(server, &operator);
        assert_eq!(looks.iter().filter(|action| *action == "admin.list_organizations").count(), 9, "{looks:?}");
    }

    async fn operators_find_users_and_see_their_memberships(server) {
        let operator = server.operator("Root").await;
        server.advance(TimeDelta::seconds(1));
        let ada = server.user("Ada").await;
        let organization = ada.found("Rotor Works").await;
        server.advance(TimeDelta::seconds(1));
        server.unverified_user("Eve").await;
        assert_eq!(names(&operator, "/admin/users?order=created_at").await, ["Root", "Ada", "Eve"]);
        assert_eq!(names(&operator, "/admin/users?q=ada@EXAMPLE").await, ["Ada"]);
        assert_eq!(names(&operator, &format!("/admin/users?q={}", ada.id)).await, ["Ada"]);
        let one = operator.get(&format!("/admin/users/{}", ada.id)).await.expect(200);
        assert_eq!((&one["email"], &one["memberships"][0]["organization_id"]), (&json!(ada.email), &json!(organization)));
        assert!(!one.text.contains("password"), "{one:?}");
        let deleted = server.user("Dan").await;
        deleted.delete_account().await.expect(204);
        operator.get(&format!("/admin/users/{}", deleted.id)).await.refused(404, "not_found");
        let mut looks = acts(server, &operator);
        looks.sort();
        assert_eq!(looks, ["admin.list_users", "admin.list_users", "admin.list_users", "admin.view_user"]);
    }

    async fn nobody_else_sees_anything_of_it(server) {
        let ada = server.user("Ada").await;
        let organization = ada.found("Rotor Works").await;
        let paths = ["organizations", "users", "facts", "mails", "figures", "audit"].map(|noun| format!("/admin/{noun}"));
        for path in paths.iter().chain(&[format!("/admin/organizations/{organization}"), format!("/admin/users/{}", ada.id)]) {
            ada.get(path).await.refused(403, "forbidden");
            server.anonymous().get(path).await.refused(401, "not_signed_in");
        }
        ada.post(&format!("/admin/organizations/{organization}/suspend"), reason()).await.refused(403, "forbidden");
        assert_eq!(server.select("SELECT action AS value FROM audit WHERE action LIKE 'admin.%'"), [""; 0]);
    }

    async fn what_a_suspended_host_lists_is_hidden_until_it_is_reinstated(server) {
        let operator = server.operator("Root").await;
        let market = server.market(json!({})).await;
        let later = market.book("2026-12-02T09:00:00Z", "2026-12-02T10:00:00Z").await.expect(201).id();
        let booking = market.book(FROM, TO).await.expect(201).id();
        suspend(&operator, &market.host_organization).await;
        let outsider = server.user("Ida").await;
        for path in shown(&market) {
            outsider.get(&path).await.refused(404, "not_found");
            market.host.get(&path).await.expect(200);
        }
        market.customer.get(&format!("/resources/{}", market.resource)).await.refused(404, "not_found");
        assert_eq!(market.customer.get("/resources").await.expect(200).items(), [Value::Null; 0]);
        market.book("2026-12-03T09:00:00Z", "2026-12-03T10:00:00Z").await.refused(404, "not_found");
        // Its own managers cannot book or offer it either, and list nothing new.
        let mut own = market.wish("2026-12-03T09:00:00Z", "2026-12-03T10:00:00Z");
        own["organization_id"] = json!(market.host_organization);
        market.host.post("/bookings", own).await.refused(403, "organization_suspended");
        let mut offer = market.wish("2026-12-03T09:00:00Z", "2026-12-03T10:00:00Z");
        offer["operated_by"] = json!(market.customer.id);
        market.host.post("/bookings", offer).await.refused(409, "resource_not_bookable");
        let machine = json!({ "kind": "machine", "name": "Saw", "tariff": { "currency": "GBP", "rate": 100, "per": "hour" } });
        market.host.post(&format!("/sites/{}/resources", market.site), machine).await.refused(403, "organization_suspended");
        // Confirmed bookings stay, are paid for, and can be cancelled by either party.
        assert_eq!(market.customer.get(&format!("/bookings/{booking}")).await.expect(200)["status"], "confirmed");
        let payment = json!({ "customer_organization_id": market.customer_organization, "amount": { "amount": 1200, "currency": "GBP" }, "method": "cash", "paid_on": "2026-11-30" });
        market.host.post(&format!("/organizations/{}/payments", market.host_organization), payment).await.expect(201);
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        market.host.post(&format!("/bookings/{later}/cancel"), json!({})).await.expect(200);
        reinstate(&operator, &market.host_organization).await;
        for path in shown(&market) {
            outsider.get(&path).await.expect(200);
        }
        assert_eq!(market.customer.get("/resources").await.expect(200).items().len(), 1);
        market.book(FROM, TO).await.expect(201);
    }

    async fn a_suspended_customer_books_nothing_and_keeps_its_bookings(server) {
        let operator = server.operator("Root").await;
        let market = server.market(json!({})).await;
        let booking = market.book(FROM, TO).await.expect(201).id();
        suspend(&operator, &market.customer_organization).await;
        let wish = market.wish("2026-12-03T09:00:00Z", "2026-12-03T10:00:00Z");
        let mut series = wish.clone();
        series["rule"] = json!("FREQ=DAILY;COUNT=2");
        let part = json!({ "resource_id": market.resource, "starts_at": wish["starts_at"], "ends_at": wish["ends_at"] });
        let group = json!({ "organization_id": market.customer_organization, "bookings": [part] });
        for (path, body) in [("/bookings", wish.clone()), ("/series", series.clone()), ("/series/preview", series), ("/booking-groups", group)] {
            market.customer.post(path, body).await.refused(403, "organization_suspended");
        }
        let full = json!({ "organization_id": market.customer_organization, "resource_id": market.resource, "starts_at": FROM, "ends_at": TO });
        market.customer.post("/waitlist", full).await.refused(403, "organization_suspended");
        let mut offer = wish;
        offer["operated_by"] = json!(market.customer.id);
        market.host.post("/bookings", offer).await.refused(403, "organization_suspended");
        market.customer.get(&format!("/bookings/{booking}")).await.expect(200);
        market.host.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        reinstate(&operator, &market.customer_organization).await;
        market.book(FROM, TO).await.expect(201);
    }

    async fn a_suspended_customer_keeps_its_place_on_the_waitlist_and_gets_no_offer(server) {
        let operator = server.operator("Root").await;
        let market = server.market(json!({})).await;
        let bob = server.user("Bob").await;
        let other = bob.found("Other").await;
        let booking = market.book(FROM, TO).await.expect(201).id();
        let wait = json!({ "organization_id": other, "resource_id": market.resource, "starts_at": FROM, "ends_at": TO });
        let entry = bob.post("/waitlist", wait).await.expect(201).id();
        suspend(&operator, &other).await;
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        assert_eq!(bob.get(&format!("/waitlist/{entry}")).await.expect(200)["status"], "waiting");
        reinstate(&operator, &other).await;
        // Now the free slot is offered.
        server.advance(TimeDelta::hours(2));
        server.run_jobs().await;
        assert_eq!(bob.get(&format!("/waitlist/{entry}")).await.expect(200)["status"], "offered");
    }

    async fn the_managers_are_told_and_the_log_has_the_reason(server) {
        let operator = server.operator("Root").await;
        let owner = server.user("Olga").await;
        let id = owner.found("Rotor Works").await;
        let path = format!("/admin/organizations/{id}");
        let suspended = operator.post(&format!("{path}/suspend"), reason()).await.expect(200);
        assert_eq!((&suspended["suspended_at"], &suspended["suspension_reason"]), (&json!(server.now()), &json!("Unpaid invoices")));
        operator.post(&format!("{path}/suspend"), reason()).await.refused(409, "invalid_transition");
        operator.post(&format!("{path}/suspend"), json!({ "reason": " " })).await.refused_fields(&[("/reason", "required")]);
        assert_eq!(names(&operator, "/admin/organizations?is_suspended=true").await, ["Rotor Works"]);
        let mail = server.mails(&owner.email, 1).await.remove(0);
        assert_eq!(mail.subject, "Rotor Works is suspended");
        assert!(mail.text.contains("Reason: Unpaid invoices\n"), "{}", mail.text);
        let log = owner.get(&format!("/organizations/{id}/audit?action=organization.suspend")).await.expect(200);
        assert_eq!(log.items()[0]["detail"], reason());
        server.advance(TimeDelta::seconds(1));
        let reinstated = operator.post(&format!("{path}/reinstate"), json!({})).await.expect(200);
        assert_eq!((&reinstated["suspended_at"], &reinstated["suspension_reason"]), (&Value::Null, &json!("")));
        operator.post(&format!("{path}/reinstate"), json!({})).await.refused(409, "invalid_transition");
        assert_eq!(server.mails(&owner.email, 2).await[1].subject, "Rotor Works is no longer suspended");
        owner.post(&format!("/organizations/{id}/close"), json!({})).await.expect(204);
        operator.post(&format!("{path}/suspend"), reason()).await.refused(409, "invalid_transition");
    }

    async fn a_suspended_user_is_signed_out_everywhere_and_cannot_sign_in(server) {
        let other = server.another();
        let operator = server.operator("Root").await;
        let ada = server.user("Ada").await;
        let organization = ada.found("Rotor Works").await;
        let key = json!({ "name": "Door display", "scopes": ["resources:read"] });
        let key = ada.post(&format!("/organizations/{organization}/api-keys"), key).await.expect(201).text("key");
        let program = server.anonymous().with_token(key);
        let resources = format!("/organizations/{organization}/resources");
        program.get(&resources).await.expect(200);
        let elsewhere = other.anonymous().with("authorization", ada.header("authorization"));
        elsewhere.get("/me").await.expect(200);
        let path = format!("/admin/users/{}", ada.id);
        let suspended = operator.post(&format!("{path}/suspend"), reason()).await.expect(200);
        assert_eq!(suspended["suspension_reason"], "Unpaid invoices");
        ada.get("/me").await.refused(401, "invalid_token");
        program.get(&resources).await.refused(401, "invalid_token");
        server.advance(TimeDelta::seconds(1));
        elsewhere.get("/me").await.refused(401, "invalid_token");
        let refresh = json!({ "refresh_token": ada.refresh_token });
        server.anonymous().post("/auth/refresh", refresh).await.refused(401, "invalid_refresh_token");
        server.login(&ada.email, "not her password").await.refused(401, "invalid_credentials");
        let refused = server.login(&ada.email, PASSWORD).await.refused(403, "account_suspended");
        assert!(refused.text("detail").contains("Unpaid invoices"), "{refused:?}");
        let mail = server.mails(&ada.email, 1).await.remove(0);
        assert_eq!(mail.subject, "Your account is suspended");
        operator.post(&format!("{path}/suspend"), reason()).await.refused(409, "invalid_transition");
        operator.post(&format!("/admin/users/{}/suspend", operator.id), reason()).await.refused(409, "invalid_transition");
        server.advance(TimeDelta::seconds(1));
        operator.post(&format!("{path}/reinstate"), json!({})).await.expect(200);
        program.get(&resources).await.expect(200);
        server.login(&ada.email, PASSWORD).await.expect(200);
        assert_eq!(server.mails(&ada.email, 2).await[1].subject, "Your account is no longer suspended");
        assert_eq!(acts(server, &operator), ["user.suspend", "user.reinstate"]);
    }

    async fn a_link_in_a_mail_does_nothing_for_a_suspended_user(server) {
        let operator = server.operator("Root").await;
        let market = server.market(json!({})).await;
        market.book(FROM, TO).await.expect(201);
        let mail = server.mails(&market.customer.email, 1).await.remove(0);
        let link = mail.text.lines().find(|line| line.contains("/bookings/") && line.contains("token=")).unwrap().to_owned();
        let (_, path) = link.split_once("/bookings/").unwrap();
        let page = server.root();
        page.get(&format!("/bookings/{path}")).await.expect(200);
        operator.post(&format!("/admin/users/{}/suspend", market.customer.id), reason()).await.expect(200);
        let page = page.get(&format!("/bookings/{path}")).await;
        assert_eq!(page.status, 404, "{page:?}");
    }

    async fn of_many_sign_ins_during_a_suspension_none_stays(server) {
        let operator = server.operator("Root").await;
        let ada = server.user("Ada").await;
        let path = format!("/admin/users/{}/suspend", ada.id);
        let (signed_in, suspended) = tokio::join!(
            join_all((0..8).map(|_| server.login(&ada.email, PASSWORD))),
            operator.post(&path, reason()),
        );
        suspended.expect(200);
        for answer in signed_in {
            if answer.status == 200 {
                let client = server.anonymous().with_token(answer.text("access_token"));
                client.get("/me").await.refused(401, "invalid_token");
            } else {
                answer.refused(403, "account_suspended");
            }
        }
        let alive = format!("SELECT id AS value FROM sessions WHERE user_id = '{}' AND revoked_at IS NULL", ada.id);
        assert_eq!(server.select(&alive), [""; 0]);
    }

    async fn of_many_bookings_during_a_suspension_none_is_made_afterwards(server) {
        let operator = server.operator("Root").await;
        let market = server.market(json!({ "capacity": { "quantity": 9, "unit": "unit" } })).await;
        let path = format!("/admin/organizations/{}/suspend", market.customer_organization);
        let (booked, suspended) = tokio::join!(join_all((0..8).map(|_| market.book(FROM, TO))), operator.post(&path, reason()));
        suspended.expect(200);
        for answer in booked.into_iter().filter(|answer| answer.status != 201) {
            answer.refused(403, "organization_suspended");
        }
        market.book(FROM, TO).await.refused(403, "organization_suspended");
    }

    async fn the_database_refuses_what_a_suspension_forbids(server) {
        let operator = server.operator("Root").await;
        let market = server.market(json!({})).await;
        let booking = market.book(FROM, TO).await.expect(201).id();
        let columns = "status, organization_id, host_organization_id, site_id, resource_id, starts_at, ends_at, claim_starts_at, claim_ends_at, \
                       quantity, price_amount, price_currency, price_lines, booking_rules_id, tariff_id, terms, note, created_by, created_at, updated_at";
        let copy = format!(
            "INSERT INTO bookings (id, {columns}) SELECT 'e{}', {} FROM bookings WHERE id = '{booking}'",
            &booking[1..],
            columns.replacen("status", "'completed'", 1)
        );
        let sign_in = format!(
            "INSERT INTO sessions (id, user_id, user_agent, created_at, last_used_at, expires_at) VALUES ('1', '{}', '', {now}, {now}, {now})",
            market.customer.id,
            now = server.sql_now()
        );
        operator.post(&format!("/admin/users/{}/suspend", market.customer.id), reason()).await.expect(200);
        assert!(server.refuses(&sign_in, "suspended"));
        for organization in [&market.host_organization, &market.customer_organization] {
            suspend(&operator, organization).await;
            assert!(server.refuses(&copy, "suspended"));
            reinstate(&operator, organization).await;
        }
        for table in ["organizations", "users"] {
            assert!(server.fails(&format!("UPDATE {table} SET suspended_at = created_at WHERE suspended_at IS NULL")));
            assert!(server.fails(&format!("UPDATE {table} SET suspension_reason = 'x' WHERE suspended_at IS NULL")));
        }
        assert_eq!(server.execute(&copy), 1);
    }

    async fn a_mail_that_was_given_up_is_sent_again(server) {
        let operator = server.operator("Root").await;
        let market = server.market(json!({})).await;
        market.book(FROM, TO).await.expect(201);
        server.tell_all().await;
        let failed = "UPDATE mails SET status = 'failed', attempts = 9, last_error = 'refused: no such mailbox', sent_at = NULL WHERE";
        assert_eq!(server.execute(&format!("{failed} recipient = '{}' AND template <> 'verification'", market.customer.email)), 1);
        assert_eq!(server.execute(&format!("{failed} recipient = '{}' AND template = 'verification'", market.customer.email)), 1);
        let found = operator.get(&format!("/admin/mails?status=failed&recipient={}", market.customer.email)).await.expect(200);
        let one = |is_verification| found.items().iter().find(|mail| (mail["template"] == "verification") == is_verification).unwrap();
        let (mail, verification) = (one(false), one(true));
        assert_eq!((&mail["last_error"], &mail["attempts"]), (&json!("refused: no such mailbox"), &json!(9)));
        assert!(!found.text.contains("Lathe"), "the text of a mail is shown: {found:?}");
        let retry = |mail: &Value| format!("/admin/mails/{}/retry", mail["id"].as_str().unwrap());
        operator.post(&retry(verification), json!({})).await.refused(409, "invalid_transition");
        let before = server.mails(&market.customer.email, 1).await.len();
        let again = operator.post(&retry(mail), json!({})).await.expect(200);
        assert_eq!((&again["status"], &again["attempts"]), (&json!("queued"), &json!(0)));
        server.tell_all().await;
        assert_eq!(server.mails(&market.customer.email, before).await.len(), before, "it has its name from before");
        let path = format!("/admin/mails?recipient={}&status=sent,queued", market.customer.email);
        assert!(operator.get(&path).await.expect(200).items().iter().any(|sent| sent["id"] == mail["id"] && sent["status"] == "sent"));
        operator.post(&retry(mail), json!({})).await.refused(409, "invalid_transition");
        assert_eq!(acts(server, &operator).iter().filter(|action| *action == "mail.retry").count(), 1);
    }

    async fn a_fact_that_cannot_be_read_shows_why_and_is_tried_again(server) {
        let operator = server.operator("Root").await;
        let now = server.sql_now();
        let id = "019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11";
        server.tell_all().await;
        server.execute(&format!("INSERT INTO facts (id, kind, version, body, created_at) VALUES ('{id}', 'booking.wonder', 1, '{{}}', {now})"));
        server.execute(&format!("INSERT INTO deliveries (fact_id, subscriber, state, next_attempt_at) VALUES ('{id}', 'mail', 'pending', {now})"));
        server.run_jobs().await;
        let found = operator.get("/admin/facts?is_failed=true").await.expect(200);
        let [fact] = found.items() else { panic!("{found:?}") };
        assert_eq!((&fact["id"], &fact["kind"], &fact["attempts"]), (&json!(id), &json!("booking.wonder"), &json!(1)));
        assert!(fact["last_error"].as_str().unwrap().contains("missing field"), "{fact}");
        let due = operator.post(&format!("/admin/facts/{id}/retry"), json!({})).await.expect(200);
        assert_eq!(due["next_attempt_at"], json!(server.now()));
        let figures = operator.get("/admin/figures").await.expect(200);
        assert_eq!((&figures["queues"]["pending_facts"], &figures["queues"]["unreadable_facts"]), (&json!(1), &json!(1)));
        server.execute(&format!("UPDATE deliveries SET state = 'done', done_at = {now} WHERE fact_id = '{id}'"));
        operator.post(&format!("/admin/facts/{id}/retry"), json!({})).await.refused(404, "not_found");
    }

    async fn the_figures_count_what_the_installation_has(server) {
        let operator = server.operator("Root").await;
        let market = server.market(json!({})).await;
        market.book(FROM, TO).await.expect(201);
        let cancelled = market.book("2026-12-02T09:00:00Z", "2026-12-02T10:00:00Z").await.expect(201).id();
        market.customer.post(&format!("/bookings/{cancelled}/cancel"), json!({})).await.expect(200);
        suspend(&operator, &market.customer_organization).await;
        server.tell_all().await;
        let figures = operator.get("/admin/figures").await.expect(200);
        let counts = ["users", "suspended_users", "organizations", "suspended_organizations"].map(|name| figures[name].clone());
        assert_eq!(counts, [json!(3), json!(0), json!(2), json!(1)]);
        assert_eq!(figures["resources"], json!([{ "status": "listed", "count": 1 }]));
        assert_eq!(figures["bookings"], json!([{ "status": "cancelled", "count": 1 }, { "status": "confirmed", "count": 1 }]));
        let queues = &figures["queues"];
        assert_eq!((&queues["queued_mails"], &queues["failed_mails"], &queues["pending_facts"]), (&json!(0), &json!(0), &json!(0)));
        let balance = |account: &str| {
            let found = figures["money"].as_array().unwrap().iter().find(|one| one["account"] == account);
            found.map(|one| one["balance"].clone())
        };
        assert_eq!(balance("receivable"), Some(json!({ "amount": 2400, "currency": "GBP" })));
        assert_eq!(balance("income"), Some(json!({ "amount": -2400, "currency": "GBP" })));
    }

    async fn operators_read_the_log_of_the_whole_installation(server) {
        let operator = server.operator("Root").await;
        let ada = server.user("Ada").await;
        ada.found("Rotor Works").await;
        let actions = async |query: &str| {
            let page = operator.get(&format!("/admin/audit?order=created_at&{query}")).await.expect(200);
            let mut actions: Vec<_> = page.items().iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect();
            actions.sort();
            actions
        };
        assert_eq!(actions(&format!("user_id={}", ada.id)).await, ["organization.create", "session.start", "user.register", "user.verify_email"]);
        assert_eq!(actions("action=organization.create").await, ["organization.create"]);
        assert_eq!(actions(&format!("user_id={}&object=installation", operator.id)).await, ["admin.list_audit"; 3]);
    }
}
