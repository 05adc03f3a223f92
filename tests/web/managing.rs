//! The pages with which managers work: fees and deposits, bookings for customers, the waitlist, invoices and the week.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

/// A market whose host can issue invoices, and in which half the price is due for a late cancellation.
async fn market(server: &Server, changes: Value) -> Market {
    let mut resource = json!({
        "tariff": { "currency": "GBP", "rate": 1200, "per": "hour", "deposit": 5000 },
        "booking_rules": { "cancellation_fees": [{ "less_than_minutes": 1440, "percent": 50 }], "grace_minutes": 0 },
    });
    resource.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    let market = server.market(resource).await;
    let address = json!({ "legal_name": "Rotor Works", "street": "1 Foundry Lane", "postal_code": "E1 1AA", "city": "London" });
    let billing = json!({ "billing_address": address, "country": "GB" });
    market.host.patch(&format!("/organizations/{}/billing", market.host_organization), billing).await.expect(200);
    market
}

on_both_databases! {
    async fn a_manager_waives_a_fee_with_a_reason(server) {
        let market = market(server, json!({})).await;
        let id = market.book("2026-11-30T15:00:00Z", "2026-11-30T17:00:00Z").await.expect(201).id();
        let mut customer = server.browser_of(&market.customer.email).await;
        let mut host = server.browser_of(&market.host.email).await;
        let cancel = format!("/bookings/{id}/cancel");
        let form = customer.open(&format!("/bookings/{id}")).await.expect(200).form(&cancel);
        let page = customer.submit(&form).await.expect(200).says("Fee 12.00 GBP, late cancellation");
        assert!(page.links("/manage/bookings/").is_empty(), "only the host waives it");
        let charges = format!("/manage/bookings/{id}");
        let page = host.open(&format!("/bookings/{id}")).await.expect(200);
        let form = host.open(&page.links(&charges)[0]).await.expect(200).says("To pay 12.00 GBP").form(&charges).with("action", "waive");
        let long = "x".repeat(2001);
        let page = host.submit(&form.clone().with("reason", &long)).await.expect(422).says("reason: ");
        assert_eq!(page.form(&charges).values()["reason"], long);
        let form = form.with("reason", "The train <stood> still");
        host.submit(&form).await.expect(200).says("The fee is waived.").says("The train <stood> still").says("To pay 0.00 GBP");
        host.submit(&form).await.expect(409).says("already waived");
        customer.open(&format!("/bookings/{id}")).await.expect(200).says("The train <stood> still");
        assert_eq!(market.customer.get(&format!("/bookings/{id}")).await.expect(200)["fee"]["waiver_reason"], "The train <stood> still");
        customer.open(&charges).await.expect(403);
    }

    async fn a_manager_returns_a_deposit_or_keeps_a_part_of_it(server) {
        let market = market(server, json!({})).await;
        let id = market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201).id();
        let mut host = server.browser_of(&market.host.email).await;
        let path = format!("/manage/bookings/{id}");
        let page = host.open(&path).await.expect(200).says("Deposit 50.00 GBP").says("You return the deposit here when the booking is over.");
        assert!(!page.html.contains(&format!("action=\"{path}\"")));
        server.advance(TimeDelta::hours(27));
        let form = host.open(&path).await.expect(200).form(&path).with("action", "return");
        assert_eq!(form.values()["kept"], "0.00");
        for (kept, reason, says) in [
            ("12.345", "Scratched", "kept: must be an amount with the decimals of its currency"),
            ("60", "Scratched", "kept: must be at most the deposit of 50.00 GBP"),
            ("20", "", "reason: must say why a part of the deposit is kept"),
        ] {
            let page = host.submit(&form.clone().with("kept", kept).with("reason", reason)).await.expect(422).says(says);
            assert_eq!(page.form(&path).values()["kept"], kept);
        }
        let form = form.with("kept", "20").with("reason", "The lens was scratched");
        host.submit(&form).await.expect(200).says("The return of the deposit is recorded.").says("Deposit returned 30.00 GBP").says("Deposit kept 20.00 GBP: The lens was scratched");
        let booking = market.customer.get(&format!("/bookings/{id}")).await.expect(200);
        assert_eq!(booking["deposit"]["kept"], json!({ "amount": 2000, "currency": "GBP" }));
        host.submit(&form.with("kept", "0").with("reason", "")).await.expect(200).says("Deposit returned 50.00 GBP");
    }

    async fn a_manager_books_for_a_customer_who_confirms_it(server) {
        let market = market(server, json!({ "booking_rules": { "max_minutes": 240 } })).await;
        let path = format!("/manage/resources/{}/offer", market.resource);
        let mut host = server.browser_of(&market.host.email).await;
        host.open(&path).await.expect(200).says("There is none yet.");
        assert!(market.host.get(&format!("/organizations/{}/customers", market.host_organization)).await.expect(200).items().is_empty());
        market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201);
        let customers = market.host.get(&format!("/organizations/{}/customers", market.host_organization)).await.expect(200);
        let known = json!([{
            "organization_id": market.customer_organization, "organization_name": "Newcomer", "user_id": market.customer.id, "user_name": "Carl",
        }]);
        assert_eq!(json!(customers.items()), known);
        // From the day, with the resource and the time.
        let day = host.open(&format!("/manage/{}?day=2026-12-02", market.host_organization)).await.expect(200);
        let form = host.open(&day.links(&path)[0]).await.expect(200).says("Newcomer: Carl").form(&path);
        assert_eq!((form.values()["starts_at"], form.values()["ends_at"].starts_with("2026-12-02T")), ("2026-12-02T09:00", true));
        let form = form.with("ends_at", "2026-12-02T12:00");
        let priced = crate::support::browser::Form { is_post: false, ..form.clone() };
        host.submit(&priced).await.expect(200).says("Price, without agreements with the customer: 36.00 GBP");
        let page = host.submit(&form.clone().with("customer", "nobody")).await.expect(422).says("customer: must be chosen");
        assert_eq!(page.form(&path).values()["ends_at"], "2026-12-02T12:00");
        let taken = form.clone().with("starts_at", "2026-12-01T10:00").with("ends_at", "2026-12-01T11:00");
        host.submit(&taken).await.expect(409).says("The slot is taken");
        let form = form.with("form", "0123456789abcdef0123456789abcdef");
        let booked = host.submit(&form).await.expect(200).says("The time is kept for the customer for a while.");
        assert_eq!(host.submit(&form).await.expect(200).address, booked.address, "sent again, it is the same booking");
        let mut customer = server.browser_of(&market.customer.email).await;
        let confirm = format!("{}/confirm", booked.address);
        let form = customer.open(&booked.address).await.expect(200).form(&confirm);
        customer.submit(&form).await.expect(200).says("Confirmed");
        // Against a rule, with a reason.
        let far = host.open(&format!("{path}?starts_at=2026-12-03T10:00&ends_at=2026-12-03T18:00")).await.expect(200).form(&path);
        host.submit(&far.clone().with("override_reason", "")).await.expect(422);
        host.submit(&far.with("override_reason", "The fair is next week")).await.expect(200).says("Held");
    }

    async fn a_host_sees_the_customers_who_wait(server) {
        let market = market(server, json!({})).await;
        market.book("2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z").await.expect(201);
        let rival = server.user("Flo").await;
        let organization = rival.found("Flo & sons").await;
        let mut wish = market.wish("2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z");
        wish["organization_id"] = json!(organization);
        wish["duration_minutes"] = json!(60);
        rival.post("/waitlist", wish).await.expect(201);
        let path = format!("/manage/{}/waitlist", market.host_organization);
        let mut host = server.browser_of(&market.host.email).await;
        let day = host.open(&format!("/manage/{}", market.host_organization)).await.expect(200);
        let page = host.open(&day.links(&path)[0]).await.expect(200);
        let page = page.says("Flo & sons Lathe Tue 1 Dec 2026, 10:00-12:00 (Europe/London, GMT) 1 hour 1 0 Waits");
        let other = market.host.list_resource(&market.site, json!({ "name": "Saw" })).await;
        host.submit(&page.form(&path).with("resource", &other)).await.expect(200).says("Nobody waits.");
        host.submit(&page.form(&path).with("resource", &market.resource)).await.expect(200).says("Flo & sons");
        // One that waits elsewhere is no customer of the organization that waits.
        let own = server.browser_of(&rival.email).await.open(&format!("/manage/{organization}/waitlist")).await.expect(200);
        assert!(own.says("Nobody waits.").status == 200);
    }

    async fn a_host_sees_what_is_owed_and_records_a_payment_by_hand(server) {
        let market = market(server, json!({ "tariff": { "currency": "GBP", "rate": 1200, "per": "hour" } })).await;
        let path = format!("/manage/{}/invoices", market.host_organization);
        let mut host = server.browser_of(&market.host.email).await;
        host.open(&path).await.expect(200).says("Invoices: Overdue There is no such invoice.").says("Invoices: To pay There is no such invoice.");
        market.book("2026-11-30T10:00:00Z", "2026-11-30T12:00:00Z").await.expect(201);
        server.advance(TimeDelta::days(2));
        server.run_jobs().await;
        let invoices = format!("/organizations/{}/invoices", market.host_organization);
        let new = json!({ "customer_organization_id": market.customer_organization, "due_days": 3 });
        let id = market.host.post(&invoices, new).await.expect(201).items()[0]["id"].as_str().unwrap().to_owned();
        let page = host.open(&path).await.expect(200).says("Newcomer 24.00 GBP").says("2026-00001 Newcomer Sat 5 Dec 2026 24.00 GBP 24.00 GBP");
        let own = format!("/manage/invoices/{id}");
        let form = host.open(&page.links(&own)[0]).await.expect(200).says("Status To pay").form(&own);
        assert_eq!(host.open(&own).await.expect(200).links("/invoices/").len(), 1, "EN 16931 has no form for it, so there is only a PDF");
        assert_eq!((form.values()["amount"], form.values()["method"], form.values()["paid_on"]), ("24.00", "bank_transfer", "2026-12-02"));
        for (name, value, says) in [
            ("amount", "0", "amount: "), ("amount", "many", "amount: must be an amount"), ("paid_on", "soon", "paid_on: must be a date"),
            ("method", "online_card", "method: must be chosen"),
        ] {
            let page = host.submit(&form.clone().with("reference", "RF18").with(name, value)).await.expect(422).says(says);
            assert_eq!(page.form(&own).values()["reference"], "RF18");
        }
        let part = form.clone().with("amount", "10").with("reference", "RF18");
        host.submit(&part).await.expect(200).says("The payment is recorded.").says("Still to pay 14.00 GBP");
        // The same form, sent again, records one payment.
        host.submit(&part).await.expect(200).says("Still to pay 14.00 GBP");
        server.advance(TimeDelta::days(6));
        host.open(&path).await.expect(200).says("Invoices: Overdue Overdue Invoice Customer Due Total Still to pay 2026-00001");
        let form = host.open(&own).await.expect(200).form(&own);
        assert_eq!(form.values()["amount"], "14.00");
        let page = host.submit(&form.with("method", "cash")).await.expect(200).says("Status Paid");
        assert!(!page.html.contains("name=\"amount\""));
        host.open(&format!("{path}?state=paid")).await.expect(200).says("2026-00001");
        assert_eq!(market.host.get(&format!("/organizations/{}/payments", market.host_organization)).await.expect(200).items().len(), 2);
        server.browser_of(&market.customer.email).await.open(&own).await.expect(403);
    }

    async fn a_host_issues_an_invoice_and_downloads_it(server) {
        let market = market(server, json!({ "tariff": { "currency": "GBP", "rate": 1200, "per": "hour" } })).await;
        let path = format!("/manage/{}/invoices", market.host_organization);
        let mut host = server.browser_of(&market.host.email).await;
        host.open(&path).await.expect(200).says("All bookings that are over are on an invoice.");
        let vat = json!({ "vat_number": "GB980780684", "vat": { "rate": 2000 } });
        market.host.patch(&format!("/organizations/{}/billing", market.host_organization), vat).await.expect(200);
        let country = json!({ "country": "GB" });
        market.customer.patch(&format!("/organizations/{}/billing", market.customer_organization), country).await.expect(200);
        market.book("2026-11-30T10:00:00Z", "2026-11-30T12:00:00Z").await.expect(201);
        server.advance(TimeDelta::days(2));
        server.run_jobs().await;
        let form = host.open(&path).await.expect(200).says("Newcomer, GBP").form(&path);
        let refused = host.submit(&form.clone().with("due_days", "366")).await.expect(422).says("due_days: ");
        assert_eq!(refused.form(&path).values()["due_days"], "366");
        host.submit(&form.clone().with("customer", "nobody")).await.expect(422).says("customer: must be chosen");
        let form = form.with("due_days", "3");
        let issued = host.submit(&form).await.expect(200).says("The invoice is issued").says("Due Sat 5 Dec 2026").says("Total 28.80 GBP");
        assert_eq!(host.submit(&form).await.expect(200).address, issued.address, "sent again, it is the same invoice");
        host.open(&path).await.expect(200).says("All bookings that are over are on an invoice.").says("2026-00001 Newcomer");
        let files: Vec<_> = issued.links("/invoices/");
        let [pdf, xml] = files.as_slice() else { panic!("{files:?}") };
        let (id, pdf) = (pdf.clone(), host.open(pdf).await);
        assert_eq!((pdf.status, &pdf.headers["content-type"]), (200, &"application/pdf".parse().unwrap()));
        let document = host.open(xml).await;
        assert_eq!((document.status, &document.headers["content-type"]), (200, &"application/xml".parse().unwrap()));
        assert!(document.html.contains("2026-00001"));
        // Its customer gets both files, and nobody else.
        let (booker, stranger) = (server.user("Bo").await, server.user("Otto").await);
        server.add_member(&market.customer_organization, &booker, "booker");
        stranger.found("Elsewhere").await;
        assert_eq!(server.browser_of(&market.customer.email).await.open(xml).await.status, 200);
        for email in [&booker.email, &stranger.email] {
            server.browser_of(email).await.open(xml).await.expect(404);
        }
        server.browser().open(&format!("{id}/xml")).await.expect(200).says("Sign in");
        // A host without an address is told what is missing.
        let bare = server.user("Fay").await;
        let organization = bare.found("Fay & sons").await;
        let site = bare.open_site(&organization, json!({})).await;
        let wish = json!({ "organization_id": market.customer_organization, "resource_id": bare.list_resource(&site, json!({})).await,
            "starts_at": "2026-12-03T10:00:00Z", "ends_at": "2026-12-03T12:00:00Z" });
        market.customer.post("/bookings", wish).await.expect(201);
        server.advance(TimeDelta::days(3));
        server.run_jobs().await;
        let path = format!("/manage/{organization}/invoices");
        let mut host = server.browser_of(&bare.email).await;
        let form = host.open(&path).await.expect(200).form(&path);
        host.submit(&form).await.expect(409).says("billing address");
    }

    async fn the_week_of_a_site_shows_all_resources_and_leads_on(server) {
        let market = market(server, json!({ "name": "Lathe <1>" })).await;
        let path = format!("/manage/{}/week", market.host_organization);
        let mut host = server.browser_of(&market.host.email).await;
        let id = market.book("2026-12-01T22:00:00Z", "2026-12-02T02:00:00Z").await.expect(201).id();
        let block = json!({ "starts_at": "2026-12-03T08:00:00Z", "ends_at": "2026-12-03T10:00:00Z", "reason": "New <belt>" });
        market.host.post(&format!("/resources/{}/blocks", market.resource), block).await.expect(201);
        let day = host.open(&format!("/manage/{}", market.host_organization)).await.expect(200);
        let page = host.open(&day.links(&path)[0]).await.expect(200).says("Mon 30 Nov 2026 \u{2013} Sun 6 Dec 2026").says("Lathe <1>");
        // A booking over midnight is on both days.
        let page = page.says("22:00-24:00 Newcomer Confirmed").says("00:00-02:00 Newcomer Confirmed").says("08:00-10:00 New <belt> Blocked");
        assert_eq!(page.links(&format!("/bookings/{id}")).len(), 2);
        assert!(page.html.contains("class=\"status confirmed\""));
        let offers = page.links(&format!("/manage/resources/{}/offer", market.resource));
        assert_eq!((offers.len(), offers[3].contains("starts_at=2026-12-03T10%3A00")), (7, true), "{offers:?}");
        let blocks = page.links(&format!("/manage/resources/{}/block", market.resource));
        let form = host.open(&blocks[1]).await.expect(200).form(&format!("/manage/resources/{}/block", market.resource));
        assert_eq!(form.values()["starts_at"], "2026-12-01T08:00");
        let next = page.links(&format!("{path}?day=2026-12-07"));
        let after = host.open(&next[0]).await.expect(200).says("Mon 7 Dec 2026");
        assert!(!after.text().contains("Newcomer"));
        let before = host.open(&page.links(&format!("{path}?day=2026-11-23"))[0]).await.expect(200);
        assert_eq!(before.links("/manage/resources/").len(), 0, "nothing can be booked in the past");
        assert!(page.links(&format!("/manage/{}?day=2026-12-02", market.host_organization)).len() == 1);
        host.open(&format!("{path}?day=nonsense")).await.expect(200).says("Mon 30 Nov 2026");
        // The team is linked, too.
        assert_eq!(page.links(&format!("/organizations/{}", market.host_organization)).len(), 1);
    }

    async fn only_managers_see_and_use_the_pages_of_their_work(server) {
        let market = market(server, json!({})).await;
        let booking = market.book("2026-11-30T15:00:00Z", "2026-11-30T17:00:00Z").await.expect(201).id();
        let other = market.book("2026-11-30T10:00:00Z", "2026-11-30T11:00:00Z").await.expect(201).id();
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        server.advance(TimeDelta::days(2));
        let new = json!({ "customer_organization_id": market.customer_organization });
        let invoices = format!("/organizations/{}/invoices", market.host_organization);
        let invoice = market.host.post(&invoices, new).await.expect(201).items()[0]["id"].as_str().unwrap().to_owned();
        let (booker, manager, stranger) = (server.user("Bo").await, server.user("Mia").await, server.user("Otto").await);
        server.add_member(&market.host_organization, &booker, "booker");
        server.add_member(&market.host_organization, &manager, "manager");
        let organization = &market.host_organization;
        let slot = "starts_at=2026-12-10T10:00&ends_at=2026-12-10T11:00";
        let rows = [
            (format!("/manage/{organization}/week"), None),
            (format!("/manage/{organization}/waitlist"), None),
            (format!("/manage/{organization}/invoices"), Some(format!("customer={}:GBP", market.customer_organization))),
            (format!("/manage/invoices/{invoice}"), Some("amount=1&method=cash&paid_on=2026-12-02".to_owned())),
            (format!("/manage/bookings/{booking}"), Some("action=waive&reason=X".to_owned())),
            (format!("/manage/bookings/{other}"), Some("action=return&kept=1&reason=X".to_owned())),
            (
                format!("/manage/resources/{}/offer", market.resource),
                Some(format!("customer={}:{}&{slot}", market.customer_organization, market.customer.id)),
            ),
        ];
        let own = server.url.clone();
        for (path, form) in rows {
            assert!(server.browser().open(&path).await.expect(200).address.starts_with("/sign-in?then=%2Fmanage%2F"), "{path}");
            for email in [&market.customer.email, &booker.email, &stranger.email] {
                let mut visitor = server.browser_of(email).await;
                assert!([403, 404].contains(&visitor.open(&path).await.status), "{path} for {email}");
                if let Some(form) = &form {
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
        for unknown in ["/manage/x/week", "/manage/x/waitlist", "/manage/x/invoices", "/manage/invoices/x", "/manage/bookings/x", "/manage/resources/x/offer"] {
            server.browser_of(&market.host.email).await.open(unknown).await.expect(404);
        }
        assert!(market.host.get(&format!("/organizations/{organization}/payments")).await.expect(200).items().is_empty());
        assert!(market.customer.get(&format!("/bookings/{booking}")).await.expect(200)["fee"]["waived_at"].is_null());
        assert!(market.customer.get(&format!("/bookings/{other}")).await.expect(200)["deposit"]["returned_at"].is_null());
    }
}
