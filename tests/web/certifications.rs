//! The pages of certifications and trainings: those of the host, and those of people who get certified.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

/// A market with a kind of certification that its resource demands. Returns the kind as well.
async fn school(server: &Server) -> (Market, String) {
    let market = server.market(json!({})).await;
    let kinds = format!("/organizations/{}/certification-kinds", market.host_organization);
    let kind = market.host.post(&kinds, json!({ "name": "Laser safety", "valid_days": 365 })).await.expect(201).id();
    let rules = json!({ "booking_rules": { "required_certification_ids": [kind], "operator_can_run_several": true } });
    market.host.patch(&format!("/resources/{}", market.resource), rules).await.expect(200);
    (market, kind)
}

/// Plans a training of two hours on 8 December. Returns its identifier.
async fn plan(market: &Market, kind: &str, changes: serde_json::Value) -> String {
    let mut training = json!({
        "certification_kind_id": kind, "site_id": market.site, "name": "Laser evening", "seats": 2,
        "starts_at": "2026-12-08T18:00:00Z", "ends_at": "2026-12-08T20:00:00Z",
    });
    training.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    market.host.post(&format!("/organizations/{}/trainings", market.host_organization), training).await.expect(201).id()
}

on_both_databases! {
    async fn a_host_defines_grants_revokes_and_ends_a_certification(server) {
        let market = server.market(json!({})).await;
        let path = format!("/manage/{}/certifications", market.host_organization);
        let mut host = server.browser_of(&market.host.email).await;
        let day = host.open(&format!("/manage/{}", market.host_organization)).await.expect(200);
        let page = host.open(&day.links(&path)[0]).await.expect(200).says("There is no kind of certification yet.");
        let form = page.form(&path).with("name", "Laser <safety>").with("description", "Fire & lenses");
        let refused = host.submit(&form.clone().with("days", "many")).await.expect(422).says("valid_days: must be a whole number");
        assert_eq!(refused.form(&path).values()["description"], "Fire & lenses");
        let form = form.with("days", "730");
        let page = host.submit(&form).await.expect(200).says("The certification is saved.").says("730 days").says("Nobody is certified yet.");
        let own = page.address.split('?').next().unwrap().to_owned();
        assert_eq!(host.submit(&form).await.expect(200).address.split('?').next().unwrap(), own, "sent again, it is the same kind");
        host.open(&path).await.expect(200).says("Laser <safety> 730 days In use");
        // The first form of the page grants.
        let grant = host.open(&own).await.expect(200).form(&own).with("action", "grant");
        host.submit(&grant.clone().with("email", "nobody")).await.expect(422).says("email: ");
        host.submit(&grant.clone().with("email", &market.customer.email).with("until", "2026-11-01")).await.expect(422).says("expires_at: must be in the future");
        let granted = grant.clone().with("email", &market.customer.email).with("until", "2026-12-31");
        host.submit(&granted).await.expect(200).says("The person is certified.").says("carl@example.org Mon 30 Nov 2026 Fri 1 Jan 2027, 00:00 (UTC) Valid");
        host.submit(&granted).await.expect(200);
        let held = market.customer.get("/me/certifications").await.expect(200);
        assert_eq!((held.items().len(), &held.items()[0]["expires_at"]), (1, &json!("2027-01-01T00:00:00Z")));
        let invite = host.open(&own).await.expect(200).form(&own).with("action", "grant").with("email", "new@example.org");
        host.submit(&invite).await.expect(200).says("we have sent an invitation");
        // The holder sees it, with its end.
        let mut holder = server.browser_of(&market.customer.email).await;
        let account = holder.open("/account").await.expect(200);
        let mine = holder.open(&account.links("/account/certifications")[0]).await.expect(200);
        let kind = own.rsplit('/').next().unwrap();
        assert!(mine.says("Laser <safety> (Rotor Works) Mon 30 Nov 2026 Fri 1 Jan 2027, 00:00 (UTC) Valid").links("/trainings?kind=").contains(&format!("/trainings?kind={kind}")));
        let id = held.items()[0]["id"].as_str().unwrap();
        let revoke = grant.clone().with("action", "revoke").with("certification", id).with("reason", "Left the <laser> alone");
        host.submit(&revoke).await.expect(200).says("The certification is revoked.").says("Revoked: Left the <laser> alone");
        host.submit(&revoke).await.expect(409);
        holder.open("/account/certifications").await.expect(200).says("Revoked: Left the <laser> alone");
        // A kind that is in use cannot end.
        let edit = grant.clone().with("action", "edit").with("name", "Lasers").with("description", "").with("days", "");
        host.submit(&edit).await.expect(200).says("Lasers").says("without an end");
        let page = host.submit(&edit.clone().with("name", "")).await.expect(422).says("name: ");
        assert!(page.html.contains("name=\"name\" value=\"\""));
        let rules = json!({ "booking_rules": { "required_certification_ids": [kind] } });
        market.host.patch(&format!("/resources/{}", market.resource), rules).await.expect(200);
        let retire = grant.with("action", "retire");
        host.submit(&retire).await.expect(409).says("In use: Lathe.");
        market.host.patch(&format!("/resources/{}", market.resource), json!({ "booking_rules": { "required_certification_ids": [] } })).await.expect(200);
        let page = host.submit(&retire).await.expect(200).says("Ended: it is no longer granted");
        assert!(!page.text().contains("Certify somebody"));
        host.submit(&retire.with("action", "restore")).await.expect(200).says("Certify somebody");
    }

    async fn a_host_plans_a_training_and_its_attendance_certifies(server) {
        let (market, kind) = school(server).await;
        let path = format!("/manage/{}/trainings", market.host_organization);
        let new = format!("{path}/new");
        let mut host = server.browser_of(&market.host.email).await;
        let page = host.open(&path).await.expect(200).says("There is no training.");
        let form = host.open(&page.links(&new)[0]).await.expect(200).form(&new);
        let filled = [
            ("name", "Laser evening"), ("trainer", "Ada"), ("starts_at", "2027-06-01T18:00"), ("ends_at", "2027-06-01T20:00"),
            ("seats", "2"), ("price", "25"), ("currency", "gbp"),
        ];
        let form = filled.iter().fold(form, |form, (name, value)| form.with(name, value));
        for (name, value, says) in [
            ("ends_at", "2027-06-01T17:00", "starts_at: must be before the end"),
            ("seats", "many", "seats: must be a whole number"),
            ("price", "25.555", "amount: must be an amount with the decimals of its currency"),
            ("starts_at", "2026-11-01T18:00", "starts_at: must be in the future"),
            ("site", "x", "site_id: must be chosen"),
        ] {
            let page = host.submit(&form.clone().with(name, value)).await.expect(422).says(says);
            assert_eq!(page.form(&new).values()["trainer"], "Ada");
        }
        // In summer the clocks of London are an hour ahead of UTC.
        let page = host.submit(&form).await.expect(200).says("Tue 1 Jun 2027, 18:00-20:00 (Europe/London, BST)").says("25.00 GBP").says("0 / 2");
        let own = page.address.split('?').next().unwrap().to_owned();
        assert_eq!(host.submit(&form).await.expect(200).address.split('?').next().unwrap(), own, "sent again, it is the same training");
        let id = own.rsplit('/').next().unwrap().to_owned();
        assert_eq!(market.host.get(&format!("/trainings/{id}")).await.expect(200)["starts_at"], "2027-06-01T17:00:00Z");
        let edit = format!("{own}/edit");
        let form = host.open(&page.links(&edit)[0]).await.expect(200).form(&edit);
        assert_eq!((form.values()["starts_at"], form.values()["price"], form.values()["kind"]), ("2027-06-01T18:00", "25.00", kind.as_str()));
        host.submit(&form.with("starts_at", "2026-12-08T18:00").with("ends_at", "2026-12-08T20:00").with("price", "").with("seats", "3")).await.expect(200).says("0 / 3");
        let stored = market.host.get(&format!("/trainings/{id}")).await.expect(200);
        assert_eq!((&stored["price"], &stored["starts_at"]), (&json!(null), &json!("2026-12-08T18:00:00Z")));
        for name in ["Ann", "Bob", "Cat"] {
            server.user(name).await.post(&format!("/trainings/{id}/seats"), json!({})).await.expect(201);
        }
        let seats = market.host.get(&format!("/trainings/{id}/seats")).await.expect(200);
        let seat = |name: &str| seats.items().iter().find(|seat| seat["user_name"] == name).unwrap().clone();
        let page = host.open(&own).await.expect(200).says("3 / 3").says("Ann ann@example.org").says("You record it here when the training has begun.");
        let remove = page.form(&own).with("action", "remove").with("seat", seat("Cat")["id"].as_str().unwrap()).with("reason", "Members only");
        host.submit(&remove).await.expect(200).says("The seat is taken back.").says("2 / 3");
        server.advance(TimeDelta::days(8) + TimeDelta::hours(10));
        let form = host.open(&own).await.expect(200).form(&own).with("action", "attendance").with("attended", seat("Ann")["user_id"].as_str().unwrap());
        host.submit(&form.clone().with("attended", &market.host.id)).await.expect(422).says("has no seat in this training");
        let page = host.submit(&form).await.expect(200).says("The attendance is recorded.").says("Was there").says("Was not there");
        assert!(!page.text().contains("Cancel the training"));
        host.submit(&form).await.expect(409);
        server.browser_of("ann@example.org").await.open("/account/certifications").await.expect(200).says("Laser safety (Rotor Works)").says("Valid");
        server.browser_of("bob@example.org").await.open("/account/certifications").await.expect(200).says("You hold no certification yet.");
        server.advance(TimeDelta::hours(3));
        assert!(!host.open(&path).await.expect(200).text().contains("Laser evening"));
        host.open(&format!("{path}?past=true")).await.expect(200).says("Laser evening Main hall 2 / 3 Over, with attendance");
    }

    async fn a_training_keeps_its_instants_while_clocks_are_set_back(server) {
        let (market, kind) = school(server).await;
        // On 31 October 2027, London has the hour from one to two twice. This is the second one.
        let times = json!({ "starts_at": "2027-10-31T01:00:00Z", "ends_at": "2027-10-31T03:00:00Z" });
        let id = plan(&market, &kind, times).await;
        let edit = format!("/manage/trainings/{id}/edit");
        let mut host = server.browser_of(&market.host.email).await;
        let form = host.open(&edit).await.expect(200).form(&edit);
        assert_eq!(form.values()["starts_at"], "2027-10-31T01:00");
        host.submit(&form.with("name", "Night of lasers")).await.expect(200).says("Night of lasers");
        assert_eq!(market.host.get(&format!("/trainings/{id}")).await.expect(200)["starts_at"], "2027-10-31T01:00:00Z");
    }

    async fn a_customer_finds_a_training_from_the_resource_and_takes_a_seat(server) {
        let (market, kind) = school(server).await;
        let id = plan(&market, &kind, json!({ "seats": 1, "trainer": "Ada" })).await;
        plan(&market, &kind, json!({ "name": "Over soon", "starts_at": "2026-12-07T18:00:00Z", "ends_at": "2026-12-07T19:00:00Z" })).await;
        let mut visitor = server.browser();
        let resource = visitor.open(&format!("/resources/{}", market.resource)).await.expect(200).says("Get certified in a training:");
        let list = visitor.open(&resource.links("/trainings?kind=")[0]).await.expect(200).says("Laser safety").says("1 seat free").says("Rotor Works, Main hall, London");
        assert_eq!(list.links("/trainings/").len(), 2);
        let path = format!("/trainings/{id}");
        assert_eq!(list.links("/trainings/")[1], path, "by their start");
        let page = visitor.open(&path).await.expect(200).says("Tue 8 Dec 2026, 18:00-20:00 (Europe/London, GMT)").says("Free of charge").says("Sign in to take a seat.");
        assert_eq!(page.links("/sign-in?then=").len(), 2);
        // After the sign-in, the visitor is back at the training.
        let own = server.url.clone();
        let refused = visitor.post(&format!("{path}/seat"), "action=take".to_owned(), &[("origin", &own)]).await;
        assert!(refused.headers["location"].to_str().unwrap().starts_with(&format!("/sign-in?then=%2Ftrainings%2F{id}")));
        let mut customer = server.browser_of(&market.customer.email).await;
        let take = format!("{path}/seat");
        let form = customer.open(&path).await.expect(200).form(&take).with("action", "take");
        customer.submit(&form).await.expect(200).says("You have a seat. We have sent you a mail");
        assert_eq!(customer.submit(&form).await.expect(200).address, format!("{path}?done=taken"), "sent again, it is the same seat");
        customer.open("/account/certifications").await.expect(200).says("Laser evening , Tue 8 Dec 2026, 18:00-20:00");
        visitor.open(&format!("/trainings?kind={kind}")).await.expect(200).says("No seat is free");
        let mut other = server.browser_of(&market.host.email).await;
        let page = other.open(&path).await.expect(200).says("No seat is free.");
        assert_eq!(page.links("/manage/trainings/"), [format!("/manage/trainings/{id}")]);
        let own = server.url.clone();
        let late = "action=take&form=0123456789abcdef0123456789abcdef".to_owned();
        other.post(&take, late, &[("origin", &own)]).await.expect(409).says("No seat is free");
        let form = customer.open(&path).await.expect(200).says("You have a seat").form(&take).with("action", "cancel");
        customer.submit(&form).await.expect(200).says("You have given the seat up.").says("1 seat free");
        customer.open("/account/certifications").await.expect(200).says("You have no seat in a coming training.");
        server.advance(TimeDelta::days(9));
        let page = customer.open(&path).await.expect(200);
        assert!(!page.html.contains("<form method=\"post\" action=\"/trainings"), "{}", page.html);
        customer.open(&format!("/trainings?kind={kind}")).await.expect(200).says("No training is planned.");
    }

    async fn an_organization_pays_for_a_seat_at_the_price_that_is_shown(server) {
        let (market, kind) = school(server).await;
        let address = json!({ "legal_name": "Rotor Works", "street": "1 Foundry Lane", "postal_code": "E1 1AA", "city": "London" });
        let billing = json!({ "billing_address": address, "country": "GB" });
        market.host.patch(&format!("/organizations/{}/billing", market.host_organization), billing).await.expect(200);
        let id = plan(&market, &kind, json!({ "price": { "amount": 2500, "currency": "GBP" } })).await;
        let (path, take) = (format!("/trainings/{id}"), format!("/trainings/{id}/seat"));
        let mut customer = server.browser_of(&market.customer.email).await;
        let form = customer.open(&path).await.expect(200).says("Price: 25.00 GBP.").form(&take).with("action", "take").with("organization", &market.customer_organization);
        market.host.patch(&path, json!({ "price": { "amount": 3000, "currency": "GBP" } })).await.expect(200);
        let page = customer.submit(&form).await.expect(422).says("price: has changed since the form was shown").says("Price: 30.00 GBP.");
        let form = page.form(&take).with("action", "take");
        assert_eq!(form.values()["organization"], market.customer_organization, "the choice stays");
        customer.submit(&form).await.expect(200).says("You have a seat.");
        let seats = market.customer.get("/me/training-seats").await.expect(200);
        assert_eq!((seats.items().len(), &seats.items()[0]["customer_organization_id"]), (1, &json!(market.customer_organization)));
        assert_eq!(seats.items()[0]["price"], json!({ "amount": 3000, "currency": "GBP" }));
        assert!(market.host.get("/me/training-seats").await.expect(200).items().is_empty());
        market.host.get(&format!("/invoices/{}", seats.items()[0]["invoice_id"].as_str().unwrap())).await.expect(200);
        assert!(!customer.open(&path).await.expect(200).text().contains("prepaid credit"));
        // Another seat, after the organization has bought credit.
        let form = customer.open(&path).await.expect(200).form(&take).with("action", "cancel");
        customer.submit(&form).await.expect(200).says("Its prepaid credit with the host pays first.");
        market.bought(json!({ "price": { "amount": 1000, "currency": "GBP" }, "credit": null })).await;
        let form = customer.open(&path).await.expect(200).form(&take).with("action", "take").with("organization", &market.customer_organization);
        customer.submit(&form).await.expect(200).says("Paid with prepaid credit 10.00 GBP");
    }

    async fn trainings_of_a_private_host_are_shown_to_its_members_only(server) {
        let (market, kind) = school(server).await;
        plan(&market, &kind, json!({})).await;
        market.host.patch(&format!("/resources/{}", market.resource), json!({ "is_private": true })).await.expect(200);
        let list = format!("/trainings?kind={kind}");
        server.browser_of(&market.host.email).await.open(&list).await.expect(200).says("Laser evening");
        server.browser().open(&list).await.expect(404);
        assert!(!server.browser().open("/trainings").await.expect(200).text().contains("Laser evening"));
    }

    async fn only_managers_see_and_use_the_pages_of_certifications_and_trainings(server) {
        let (market, kind) = school(server).await;
        let training = plan(&market, &kind, json!({})).await;
        let (booker, manager) = (server.user("Bo").await, server.user("Mia").await);
        server.add_member(&market.host_organization, &booker, "booker");
        server.add_member(&market.host_organization, &manager, "manager");
        let organization = &market.host_organization;
        let rows = [
            (format!("/manage/{organization}/certifications"), Some("action=create&name=X")),
            (format!("/manage/{organization}/certifications/{kind}"), Some("action=grant&email=x@example.org")),
            (format!("/manage/{organization}/trainings"), None),
            (format!("/manage/{organization}/trainings/new"), Some("name=X&seats=2")),
            (format!("/manage/trainings/{training}"), Some("action=cancel")),
            (format!("/manage/trainings/{training}/edit"), Some("name=X&seats=2")),
        ];
        let own = server.url.clone();
        for (path, form) in rows {
            assert!(server.browser().open(&path).await.expect(200).address.starts_with("/sign-in?then=%2Fmanage%2F"), "{path}");
            for email in [&market.customer.email, &booker.email] {
                let mut visitor = server.browser_of(email).await;
                assert!([403, 404].contains(&visitor.open(&path).await.status), "{path} for {email}");
                if let Some(form) = form {
                    let form = format!("{form}&form=0123456789abcdef0123456789abcdef");
                    let refused = visitor.post(&path, form.clone(), &[("origin", &own)]).await;
                    assert!([403, 404].contains(&refused.status), "{path} for {email}: {}", refused.html);
                    assert_eq!(server.browser().post(&path, form, &[("origin", &own)]).await.status, 303);
                }
            }
            for email in [&manager.email, &market.host.email] {
                server.browser_of(email).await.open(&path).await.expect(200);
            }
        }
        assert_eq!(market.host.get(&format!("/trainings/{training}")).await.expect(200)["status"], "scheduled");
        // A kind of another host is not shown under this one.
        let elsewhere = market.customer.found("Elsewhere").await;
        server.browser_of(&market.customer.email).await.open(&format!("/manage/{elsewhere}/certifications/{kind}")).await.expect(404);
        for unknown in ["/manage/x/certifications", "/manage/x/trainings", "/manage/trainings/x", "/trainings/x", "/trainings?kind=x"] {
            server.browser_of(&market.host.email).await.open(unknown).await.expect(404);
        }
        let mut stranger = server.browser();
        assert!(stranger.open("/account/certifications").await.expect(200).address.starts_with("/sign-in?then=%2Faccount%2F"));
        for public in ["/trainings".to_owned(), format!("/trainings/{training}"), format!("/trainings?kind={kind}")] {
            stranger.open(&public).await.expect(200);
        }
    }
}
