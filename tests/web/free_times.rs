//! The free times on the page of a resource.

use serde_json::json;

use crate::support::server::on_both_databases;

on_both_databases! {
    async fn a_day_without_free_time_says_why(server) {
        let rules = json!({
            "opening_hours": { "mon": [["09:00", "12:00"]], "tue": [["09:00", "12:00"]], "wed": [["09:00", "12:00"]],
                "fri": [["09:00", "12:00"]], "sun": [["09:00", "12:00"]] },
            "notice_minutes": 1440, "horizon_days": 5, "min_minutes": 60, "max_minutes": 180, "grid_minutes": 60,
        });
        let market = server.market(json!({ "booking_rules": rules })).await;
        market.book("2026-12-02T09:00:00Z", "2026-12-02T12:00:00Z").await.expect(201);
        let mut browser = server.browser();
        let page = browser.open(&format!("/resources/{}", market.resource)).await.expect(200);
        let text = page.text();
        let week = text.split("Show ").nth(1).unwrap();
        assert!(week.starts_with(
            "Mon 30 Nov 2026 Too soon to book Tue 1 Dec 2026 09:00-10:00 12.00 GBP 10:00-11:00 12.00 GBP 11:00-12:00 12.00 GBP \
             Wed 2 Dec 2026 No free time of this length Join the waitlist : Wed 2 Dec 2026 Thu 3 Dec 2026 Closed Fri 4 Dec 2026 09:00-10:00 12.00 GBP"
        ), "{week}");
        assert!(week.contains("Sat 5 Dec 2026 Closed Sun 6 Dec 2026 Cannot be booked yet Later"), "{week}");
        assert!(text.contains("Book at least 1 day ahead. Book at most 5 days ahead."), "{text}");
        assert!(text.contains("Monday 09:00-12:00 Tuesday 09:00-12:00 Wednesday 09:00-12:00 Thursday Closed"), "{text}");
        // Longer slots, and another week, which keeps the length.
        let form = page.form(&format!("/resources/{}", market.resource)).with("minutes", "180");
        let long = browser.submit(&form).await.expect(200).says("Tue 1 Dec 2026 09:00-12:00 36.00 GBP");
        let later = long.links(&format!("/resources/{}?", market.resource)).pop().unwrap();
        assert!(later.contains("day=2026-12-07&minutes=180"), "{later}");
        let later = browser.open(&later).await.expect(200).says("Mon 7 Dec 2026 Cannot be booked yet");
        assert!(later.links(&format!("/resources/{}?", market.resource))[0].contains("day=2026-11-30"));
    }

    async fn the_two_hours_that_the_clocks_show_twice_are_told_apart(server) {
        let market = server.market(json!({ "booking_rules": { "grid_minutes": 60, "min_minutes": 60 } })).await;
        let mut browser = server.browser();
        let address = format!("/resources/{}?day=2027-10-31&minutes=60", market.resource);
        let page = browser.open(&address).await.expect(200);
        let page = page.says("00:00 BST-01:00 BST 12.00 GBP 01:00 BST-01:00 GMT 12.00 GBP 01:00 GMT-02:00 GMT 12.00 GBP");
        let slots = page.links("/book?");
        assert!(slots[1].contains("2027-10-31T00%3A00%3A00Z") && slots[2].contains("2027-10-31T01%3A00%3A00Z"), "{slots:?}");
        browser.open(&slots[2]).await.expect(200).says("Sun 31 Oct 2027, 01:00-02:00 (Europe/London, GMT)");
        // A local time that does not exist is refused where it is typed.
        let skipped = format!("/book?resource={}&starts_at=2027-03-28T01:30&ends_at=2027-03-28T03:00", market.resource);
        browser.open(&skipped).await.expect(422).says("does not exist");
    }

    async fn a_day_with_many_slots_shows_those_at_full_hours(server) {
        let market = server.market(json!({})).await;
        let mut browser = server.browser();
        let page = browser.open(&format!("/resources/{}?day=2026-12-01", market.resource)).await.expect(200);
        let of_day = page.links("/book?").into_iter().filter(|slot| slot.contains("starts_at=2026-12-01T"));
        assert_eq!(of_day.count(), 24);
        assert!(page.links("/book?").iter().all(|slot| slot.contains("%3A00%3A00Z&ends_at")));
    }

    async fn a_machine_that_is_out_of_order_says_so_before_anybody_books_it(server) {
        let market = server.market(json!({})).await;
        let notice = json!({ "reason": "Belt <broken>", "until": "2026-12-03T09:00:00Z" });
        market.host.post(&format!("/resources/{}/out-of-order", market.resource), notice).await;
        let mut browser = server.browser();
        browser.open("/catalogue").await.expect(200).says("Out of order");
        let page = browser.open(&format!("/resources/{}", market.resource)).await.expect(200);
        page.says("Out of order until Thu 3 Dec 2026, 09:00 (Europe/London, GMT): Belt <broken>");
    }

    async fn a_page_is_in_the_language_of_its_reader(server) {
        let market = server.market(json!({})).await;
        let address = format!("/resources/{}", market.resource);
        for (language, says) in [
            ("de-AT, en;q=0.5", "12,00 GBP je Stunde"),
            ("nl", "GBP 12,00 per uur"),
            ("fr", "12,00 GBP l\u{2019}heure"),
            ("it", "12.00 GBP an hour"),
        ] {
            server.browser().speaking(language).open(&address).await.expect(200).says(says);
        }
        market.customer.patch("/me", json!({ "language": "de" })).await.expect(200);
        let mut browser = server.browser_of(&market.customer.email).await;
        assert!(browser.open(&address).await.expect(200).says("je Stunde").html.contains("<html lang=\"de\">"));
    }
}
