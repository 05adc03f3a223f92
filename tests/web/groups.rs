//! Several things for one job.

use serde_json::json;

use super::series::opened_by;
use crate::support::server::on_both_databases;

on_both_databases! {
    async fn a_visitor_puts_things_aside_and_books_them_as_one_job(server) {
        let extras = json!([{ "name": "Help & advice", "price": 500, "per": "booking", "max_quantity": 2 }]);
        let tariff = json!({ "currency": "GBP", "rate": 1200, "per": "hour", "extras": extras });
        let market = server.market(json!({ "tariff": tariff })).await;
        let bench = market.host.list_resource(&market.site, json!({ "name": "Bench" })).await;
        let mut browser = server.browser_of(&market.customer.email).await;
        let address = format!("/book?resource={}&starts_at=2026-12-01T09:00&ends_at=2026-12-01T10:00", market.resource);
        let form = browser.open(&address).await.expect(200).form("/book").with("extra_quantity", "1");
        let job = browser.submit(&opened_by(form, "/booking-groups/new")).await.expect(200).says("Total 17.00 GBP");
        // The next thing is found in the catalogue, and the way back keeps the first one.
        let catalogue = browser.open(&job.links("/catalogue?")[0]).await.expect(200).says("You have put one thing aside for a job.");
        let catalogue = browser.submit(&catalogue.form("/catalogue").with("q", "Bench")).await.expect(200);
        let resource = browser.open(&catalogue.links(&format!("/resources/{bench}?"))[0]).await.expect(200).says("one thing aside");
        let slot = resource.links("/book?").into_iter().find(|slot| slot.contains("starts_at=2026-12-01T09%3A00")).unwrap();
        let form = browser.open(&slot).await.expect(200).says("one thing aside").form("/book");
        let job = browser.submit(&opened_by(form, "/booking-groups/new")).await.expect(200);
        let job = job.says("Lathe Rotor Works, London Tue 1 Dec 2026, 09:00-10:00 (Europe/London, GMT) 17.00 GBP").says("Total 29.00 GBP");
        // One of them is taken meanwhile: nothing is booked, and the reason stands at this one.
        let sent = job.form("/booking-groups/new").with("note", "Prototype run");
        let taken = market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201).id();
        let refused = browser.submit(&sent).await.expect(409).says("09:00-10:00 (Europe/London, GMT) Not possible This time is taken.");
        let refused = refused.says("Bench Rotor Works, London Tue 1 Dec 2026, 09:00-10:00 (Europe/London, GMT) 12.00 GBP");
        assert_eq!(market.customer.get("/bookings").await.expect(200).items().len(), 1);
        assert_eq!(refused.form("/booking-groups/new").values()["note"], "Prototype run");
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);
        let again = browser.submit(&opened_by(refused.form("/booking-groups/new"), "/booking-groups/new")).await.expect(200);
        let sent = again.form("/booking-groups/new");
        let made = browser.submit(&sent.clone().with("total", "1")).await.expect(422).says("has changed since the form was shown");
        let sent = made.form("/booking-groups/new").with("action", "hold");
        let group = browser.submit(&sent).await.expect(200).says("2 bookings for a job").says("Total 29.00 GBP").says("Prototype run");
        assert_eq!(browser.submit(&sent).await.expect(200).address, group.address, "sent again, it is the same group");
        assert_eq!(group.text().matches("Held").count(), 2);
        let group = browser.submit(&group.form(&format!("{}/confirm", group.address))).await.expect(200);
        assert_eq!(group.text().matches("Confirmed").count(), 2);
        let list = browser.open("/bookings").await.expect(200).says("2 bookings for a job Booked together 29.00 GBP");
        assert_eq!(list.links("/booking-groups/"), std::slice::from_ref(&group.address));
        let bookings = market.customer.get("/bookings?status=confirmed").await.expect(200);
        let extras: Vec<_> = bookings.items().iter().map(|booking| booking["extras"].clone()).collect();
        assert!(extras.contains(&json!([{ "name": "Help & advice", "quantity": 1 }])), "{extras:?}");
        let group = browser.submit(&group.form(&format!("{}/cancel", group.address)).with("reason", "No brass")).await.expect(200);
        assert_eq!(group.text().matches("Cancelled").count(), 2);
    }

    async fn a_job_can_lose_a_thing_and_names_the_terms_of_all_hosts(server) {
        let market = server.market(json!({})).await;
        let (nora, other) = (server.user("Nora").await, "Bench & Co");
        let neighbour = nora.found(other).await;
        let site = nora.open_site(&neighbour, json!({})).await;
        let bench = nora.list_resource(&site, json!({ "name": "Bench" })).await;
        let terms = json!({ "kind": "house_rules", "name": "Bench rules", "text": "Sweep." });
        let terms = nora.post(&format!("/organizations/{neighbour}/terms"), terms).await.expect(201).id();
        let row = |resource: &str| format!("row=resource%3D{resource}%26starts_at%3D2026-12-01T09%253A00%26ends_at%3D2026-12-01T10%253A00");
        let address = format!("/booking-groups/new?{}&{}", row(&market.resource), row(&bench));
        // A stranger sees what the job costs, and signs in to book it.
        let stranger = server.browser().open(&address).await.expect(200).says("12.00 GBP").says("Sign in to book.");
        assert!(stranger.links("/sign-in?")[0].contains("booking-groups"));
        let mut browser = server.browser_of(&market.customer.email).await;
        let job = browser.open(&address).await.expect(200).says("Total 24.00 GBP").says("I accept: Bench rules");
        browser.submit(&job.form("/booking-groups/new")).await.expect(422).says("accept these terms of the host first");
        let alone = job.links("/booking-groups/new?").into_iter().find(|link| !link.contains(&bench)).unwrap();
        browser.open(&alone).await.expect(200).says("Total 12.00 GBP");
        let form = job.form("/booking-groups/new").with("terms", &format!("{terms}:1"));
        let group = browser.submit(&form).await.expect(200).says("2 bookings for a job");
        // Each host sees its own booking, and answers for it.
        let mut host = server.browser_of(&nora.email).await;
        let own = host.open(&group.address).await.expect(200).says("One booking for a job");
        host.submit(&own.form(&format!("{}/cancel", own.address))).await.expect(200);
        let all = browser.open(&group.address).await.expect(200).text();
        assert_eq!((all.matches("Confirmed").count(), all.matches("Cancelled").count()), (1, 1), "{all}");
        for (wrong, status) in [("row=resource%3Dx", 404), ("row=%25", 404), ("", 200)] {
            browser.open(&format!("/booking-groups/new?{wrong}")).await.expect(status);
        }
    }
}
