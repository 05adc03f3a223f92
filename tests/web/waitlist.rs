//! Waiting for a time that is taken.

use serde_json::json;

use crate::support::server::on_both_databases;

on_both_databases! {
    async fn a_visitor_waits_for_a_taken_time_and_confirms_the_offer(server) {
        let market = server.market(json!({ "booking_rules": { "offer_minutes": 60 } })).await;
        let taken = market.book("2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z").await.expect(201).id();
        let rival = server.user("Ria").await;
        rival.found("Ria's works").await;
        let mut browser = server.browser_of(&rival.email).await;
        let address = format!("/book?resource={}&starts_at=2026-12-01T10:00&ends_at=2026-12-01T12:00", market.resource);
        let book = browser.open(&address).await.expect(200).says("This time is taken. Join the waitlist");
        let wait = browser.open(&book.links("/waitlist/new?")[0]).await.expect(200).says("Time to answer an offer: 1 hour");
        let form = wait.form("/waitlist/new");
        assert_eq!((form.values()["starts_at"], form.values()["duration_minutes"]), ("2026-12-01T10:00", "120"));
        // A form with a fault is shown again with what was typed.
        let wrong = form.clone().with("ends_at", "2026-12-01T11:00");
        let again = browser.submit(&wrong).await.expect(422).says("duration_minutes: ").form("/waitlist/new");
        assert_eq!(again.values()["ends_at"], "2026-12-01T11:00");
        let mine = browser.submit(&form).await.expect(200).says("Lathe Tue 1 Dec 2026, 10:00-12:00 (Europe/London, GMT) Waiting").says("You are the first in the queue.");
        assert_eq!(mine.address, "/bookings");
        // The same form, sent again, is the same entry.
        browser.submit(&form).await.expect(200);
        assert_eq!(rival.get("/waitlist").await.expect(200).items().len(), 1);
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);
        let offered = browser.open("/bookings").await.expect(200);
        let offered = offered.says("A slot is kept for you until Mon 30 Nov 2026,").says("Confirm it before then");
        let held = browser.open(&offered.links("/bookings/")[0]).await.expect(200).says("The time is kept for you.");
        browser.submit(&held.form(&format!("{}/confirm", held.address))).await.expect(200).says("The booking is confirmed.");
        let rest = browser.open("/bookings").await.expect(200);
        assert!(!rest.html.contains("/waitlist/"), "{}", rest.text());
    }

    async fn a_day_without_free_time_leads_to_the_waitlist_and_a_wait_is_given_up(server) {
        let market = server.market(json!({})).await;
        market.book("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z").await.expect(201);
        let mut browser = server.browser_of(&market.customer.email).await;
        let resource = browser.open(&format!("/resources/{}?day=2026-12-01", market.resource)).await.expect(200);
        let [link] = resource.links("/waitlist/new?").try_into().expect("one day is full");
        let form = browser.open(&link).await.expect(200).form("/waitlist/new");
        assert_eq!((form.values()["starts_at"], form.values()["ends_at"]), ("2026-12-01T00:00", "2026-12-02T00:00"));
        assert_eq!(form.values()["duration_minutes"], "60");
        let mine = browser.submit(&form).await.expect(200).says("1 hour within Tue 1 Dec 2026, 00:00 - Wed 2 Dec 2026, 00:00");
        let id = market.customer.get("/waitlist").await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        // The host, who sees the entry, does not wait; and others cannot end the wait.
        let mut host = server.browser_of(&market.host.email).await;
        assert!(!host.open("/bookings").await.expect(200).html.contains(&id));
        let leave = format!("/waitlist/{id}/leave");
        host.submit(&mine.form(&leave)).await.expect(404);
        let left = browser.submit(&mine.form(&leave)).await.expect(200);
        assert!(!left.html.contains(&leave));
        assert_eq!(market.customer.get(&format!("/waitlist/{id}")).await.expect(200)["status"], "left");
        // A time that is free is booked, not waited for.
        let free = format!("/waitlist/new?resource={}&starts_at=2026-12-03T09:00&ends_at=2026-12-03T10:00", market.resource);
        let form = browser.open(&free).await.expect(200).form("/waitlist/new");
        browser.submit(&form).await.expect(409);
    }
}
