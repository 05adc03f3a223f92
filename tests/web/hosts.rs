//! The pages of hosts: listings, the day of a site, blocks.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::server::on_both_databases;

on_both_databases! {
    async fn a_firm_lists_a_machine_and_a_customer_books_it(server) {
        let hannah = server.user("Hannah").await;
        let mut host = server.browser_of(&hannah.email).await;
        let nothing = host.open("/manage").await.expect(200).says("You manage no organization yet.");
        let organization = host.open(&nothing.links("/organizations/new?")[0]).await.expect(200);
        let new = organization.form("/organizations/new").with("name", "Rotor Works").with("kind", "firm");
        // Of one organization, the day is shown at once.
        let day = host.submit(&new).await.expect(200).says("The organization has no site yet.");
        let path = day.address.clone();
        let site = host.open(&day.links(&format!("{path}/sites/new"))[0]).await.expect(200);
        let form = site.form(&format!("{path}/sites/new"));
        let missing = host.submit(&form.clone().with("name", "Main hall")).await.expect(422);
        assert_eq!(missing.form(&format!("{path}/sites/new")).values()["name"], "Main hall");
        let filled = [
            ("name", "Main hall"), ("line1", "1 Foundry Lane"), ("city", "London"), ("postal_code", "E1 1AA"), ("country", "gb"),
            ("latitude", "51,5155"), ("longitude", "-0.0922"), ("timezone", "Europe/London"),
        ];
        let mut form = filled.iter().fold(form, |form, (name, value)| form.with(name, value));
        form.fields.retain(|(name, _)| name != "hours");
        form.fields.extend(["09:00-12:00, 13:00-17:00", "9-5", "", "", "", "", ""].map(|hours| ("hours".to_owned(), hours.to_owned())));
        host.submit(&form).await.expect(422).says("opening_hours/tue: must be times such as 09:00-12:00, 13:00-17:00");
        form.fields.retain(|(name, _)| name != "hours");
        form.fields.extend(["09:00-12:00, 13:00-17:00", "09:00-17:00", "", "", "", "", ""].map(|hours| ("hours".to_owned(), hours.to_owned())));
        let listings = host.submit(&form).await.expect(200).says("Nothing was found.");
        assert_eq!(listings.address, format!("{path}/resources"));
        // The machine is a draft first.
        let new = format!("{path}/resources/new");
        let form = host.open(&listings.links(&new)[0]).await.expect(200).form(&new).with("name", "Lathe").with("rate", "24,5").with("currency", "gbp");
        host.submit(&form.clone().with("rate", "24.555")).await.expect(422).says("rate: must be an amount with the decimals of its currency");
        let page = host.submit(&form).await.expect(200).says("24.50 GBP an hour").says("Tuesday 09:00-17:00 Wednesday Closed");
        let page = page.says("It cannot be booked at present.");
        assert_eq!(host.submit(&form).await.expect(200).address, page.address, "sent again, it is the same machine");
        let resource = page.address.trim_start_matches("/resources/").to_owned();
        server.browser().open(&page.address).await.expect(404);
        let edit = format!("/manage/resources/{resource}/edit");
        let form = host.open(&edit).await.expect(200).form(&edit);
        assert_eq!((form.values()["rate"], form.values()["status"]), ("24.50", "draft"));
        host.submit(&form.with("status", "listed").with("approval", "on")).await.expect(200).says("The host approves each booking.");
        // A customer asks for it, and it waits on the day of the host.
        let carl = server.user("Carl").await;
        carl.found("Newcomer").await;
        let mut customer = server.browser_of(&carl.email).await;
        let address = format!("/book?resource={resource}&starts_at=2026-12-01T09:00&ends_at=2026-12-01T11:00");
        let form = customer.open(&address).await.expect(200).says("Total 49.00 GBP").form("/book");
        let requested = customer.submit(&form).await.expect(200).says("The host has been asked").address;
        let day = host.open(&path).await.expect(200).says("Waits for you");
        assert!(day.links("/bookings/").contains(&requested));
        let day = host.open(&format!("{path}?day=2026-12-01")).await.expect(200).says("Tue 1 Dec 2026, 09:00-11:00 Lathe Newcomer Requested");
        assert!(day.html.contains("<rect class=\"requested\" x=\"1\" y=\"2\" width=\"118\""), "{}", day.html);
        assert!(day.html.contains("<svg x=\"540\" y=\"0\" width=\"120\""), "{}", day.html);
    }

    async fn a_copy_of_a_listing_is_a_draft_with_the_same_rules(server) {
        let rules = json!({ "min_minutes": 120, "gap_minutes": 30 });
        let market = server.market(json!({ "booking_rules": rules, "description": "For brass" })).await;
        let mut host = server.browser_of(&market.host.email).await;
        let path = format!("/manage/{}/resources", market.host_organization);
        let listings = host.open(&path).await.expect(200).says("Lathe Machine, Main hall 12.00 GBP an hour On offer");
        let copy = listings.links(&format!("{path}/new?copy=")).remove(0);
        let form = host.open(&copy).await.expect(200).form(&format!("{path}/new"));
        assert_eq!((form.values()["shortest"], form.values()["status"], form.values()["description"]), ("120", "draft", "For brass"));
        let page = host.submit(&form.with("name", "Second lathe")).await.expect(200).says("A booking lasts from 2 hours");
        let made = market.host.get(&page.address).await.expect(200);
        assert_eq!((&made["booking_rules"]["gap_minutes"], &made["name"]), (&json!(30), &json!("Second lathe")));
    }

    async fn a_manager_blocks_a_time_and_marks_a_machine_as_out_of_order(server) {
        let market = server.market(json!({})).await;
        market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201);
        let mut host = server.browser_of(&market.host.email).await;
        let path = format!("/manage/resources/{}/block", market.resource);
        let form = host.open(&path).await.expect(200).form(&path).with("action", "block").with("reason", "Clean <it>");
        let taken = form.clone().with("starts_at", "2026-12-01T09:30").with("ends_at", "2026-12-01T12:00");
        host.submit(&taken).await.expect(409).says("The slot is taken");
        let free = form.with("starts_at", "2026-12-01T10:00").with("ends_at", "2026-12-01T12:00");
        let day = host.submit(&free).await.expect(200);
        let day = host.open(&format!("{}&day=2026-12-01", day.address)).await.expect(200).says("Newcomer").says("Clean <it>");
        assert!(day.html.contains("class=\"block\""));
        // Others do not see why.
        let page = server.browser().open(&format!("/resources/{}?day=2026-12-01", market.resource)).await.expect(200);
        assert!(!page.html.contains("Clean") && !page.links("/book?").iter().any(|slot| slot.contains("starts_at=2026-12-01T10")));
        let form = host.open(&path).await.expect(200).form(&path).with("reason", "Belt").with("action", "out-of-order");
        host.submit(&form).await.expect(200).says("Out of order");
        server.browser().open(&format!("/resources/{}", market.resource)).await.expect(200).says("Out of order: Belt");
        let form = host.open(&path).await.expect(200).form(&path).with("action", "in-order");
        host.submit(&form).await.expect(200);
        let page = server.browser().open(&format!("/resources/{}", market.resource)).await.expect(200);
        assert!(!page.text().contains("Out of order"));
    }

    async fn a_manager_edits_a_site_and_says_what_becomes_of_bookings_outside_its_new_hours(server) {
        let market = server.market(json!({})).await;
        let id = market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201).id();
        let mut host = server.browser_of(&market.host.email).await;
        let path = format!("/manage/sites/{}/edit", market.site);
        let listings = host.open(&format!("/manage/{}/resources", market.host_organization)).await.expect(200);
        let form = host.open(&listings.links(&path)[0]).await.expect(200).form(&path);
        assert_eq!((form.values()["name"], form.values()["timezone"], form.values()["latitude"]), ("Main hall", "Europe/London", "51.5155"));
        let mut form = form.with("name", "Great <hall>").with("exceptions", "2026-12-24 09:00-12:00 (Christmas Eve)\r\n2026-12-25");
        form.fields.retain(|(name, _)| name != "hours");
        form.fields.extend(["", "", "08:00-18:00", "", "", "", ""].map(|hours| ("hours".to_owned(), hours.to_owned())));
        host.submit(&form.clone().with("exceptions", "2026-12-25 closed")).await.expect(422).says("exceptions: must be lines such as");
        host.submit(&form.clone().with("timezone", "Mars")).await.expect(422).says("timezone: ");
        let refused = host.submit(&form).await.expect(409).says("Bookings would be outside the new opening hours");
        let again = refused.form(&path);
        assert_eq!((again.values()["name"], again.values()["bookings"]), ("Great <hall>", "refuse"));
        let site = format!("/sites/{}", market.site);
        assert_eq!(market.host.get(&site).await.expect(200)["name"], "Main hall");
        host.submit(&again.with("bookings", "cancel").with("reason", "We move")).await.expect(200);
        let stored = market.host.get(&site).await.expect(200);
        assert_eq!((&stored["name"], &stored["opening_hours"]), (&json!("Great <hall>"), &json!({ "wed": [["08:00", "18:00"]] })));
        assert_eq!(stored["exceptions"], json!([
            { "date": "2026-12-24", "spans": [["09:00", "12:00"]], "reason": "Christmas Eve" }, { "date": "2026-12-25", "spans": [], "reason": "" },
        ]));
        let booking = market.customer.get(&format!("/bookings/{id}")).await.expect(200);
        assert_eq!((booking.text("status"), booking.text("reason")), ("cancelled".to_owned(), "We move".to_owned()));
        let shown = host.open(&path).await.expect(200).form(&path);
        assert_eq!(shown.values()["exceptions"], "2026-12-24 09:00-12:00 (Christmas Eve)\n2026-12-25");
    }

    async fn whoever_is_due_stands_on_the_day_of_the_site(server) {
        let market = server.market(json!({})).await;
        let id = market.book("2026-11-30T09:30:00Z", "2026-11-30T10:30:00Z").await.expect(201).id();
        let mut host = server.browser_of(&market.host.email).await;
        let path = format!("/manage/{}", market.host_organization);
        assert!(!host.open(&path).await.expect(200).text().contains("Due now"));
        server.advance(TimeDelta::minutes(20));
        let day = host.open(&path).await.expect(200).says("Due now: check-in or check-out");
        let page = host.open(&day.links("/bookings/")[0]).await.expect(200);
        host.submit(&page.form(&format!("/bookings/{id}/check-in"))).await.expect(200).says("In use");
        assert!(!host.open(&path).await.expect(200).text().contains("Due now"));
        server.advance(TimeDelta::minutes(75));
        host.open(&path).await.expect(200).says("Due now: check-in or check-out");
    }

    async fn only_managers_see_the_pages_of_a_host(server) {
        let market = server.market(json!({})).await;
        let booker = server.user("Bo").await;
        server.add_member(&market.host_organization, &booker, "booker");
        let organization = &market.host_organization;
        let block = json!({ "starts_at": "2026-12-01T14:00:00Z", "ends_at": "2026-12-01T15:00:00Z" });
        let block = market.host.post(&format!("/resources/{}/blocks", market.resource), block).await.expect(201).id();
        for (address, form) in [
            (format!("/manage/{organization}"), None),
            (format!("/manage/resources/{}/blocks/{block}", market.resource), Some("action=remove")),
            (format!("/manage/{organization}/resources"), None),
            (format!("/manage/{organization}/resources/import"), None),
            (format!("/manage/{organization}/resources/template.csv"), None),
            (format!("/manage/{organization}/resources/new"), Some("kind=machine&name=X")),
            (format!("/manage/{organization}/figures"), None),
            (format!("/manage/{organization}/figures.csv"), None),
            (format!("/manage/{organization}/sites/new"), Some("name=X")),
            (format!("/manage/sites/{}/edit", market.site), Some("name=X")),
            (format!("/manage/resources/{}/edit", market.resource), Some("kind=machine&name=X")),
            (format!("/manage/resources/{}/block", market.resource), Some("action=out-of-order&reason=X")),
        ] {
            let own = server.url.clone();
            let mut stranger = server.browser();
            let page = stranger.open(&address).await.expect(200);
            assert!(page.address.starts_with("/sign-in?then=%2Fmanage%2F"), "{address}");
            for (email, status) in [(&market.customer.email, [403, 404]), (&booker.email, [403, 403])] {
                let mut visitor = server.browser_of(email).await;
                let page = visitor.open(&address).await;
                assert!(status.contains(&page.status), "{address} for {email}: {}", page.html);
                if let Some(form) = form {
                    let refused = visitor.post(&address, form.to_owned(), &[("origin", &own)]).await;
                    assert!(status.contains(&refused.status), "{address} for {email}: {}", refused.html);
                    assert_eq!(stranger.post(&address, form.to_owned(), &[("origin", &own)]).await.status, 303);
                }
            }
            let page = server.browser_of(&market.host.email).await.open(&address).await;
            assert_eq!(page.status, 200, "{address}");
        }
        for unknown in ["/manage/x", "/manage/resources/x/edit", "/manage/resources/x/block", "/manage/x/resources/new", "/manage/sites/x/edit"] {
            server.browser_of(&market.host.email).await.open(unknown).await.expect(404);
        }
        let resource = market.host.get(&format!("/resources/{}", market.resource)).await.expect(200);
        assert_eq!((&resource["name"], &resource["out_of_order"]), (&json!("Lathe"), &json!(null)));
    }
}
