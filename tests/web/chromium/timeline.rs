//! The timeline of a site, in which a manager drags bookings and blocks.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::chromium::Chromium;
use crate::support::server::on_both_databases;

/// The bar of a booking that is confirmed.
const BAR: &str = "#timeline .ec-event.bar-confirmed";

/// The bar of a block.
const BLOCK: &str = "#timeline .ec-event.bar-block";

/// The number of pixels of an hour on the day.
const HOUR: i64 = 60;

/// The places of all bars that have this class.
async fn places(browser: &Chromium, class: &str) -> Value {
    let places =
        "return [...document.querySelectorAll(`#timeline .ec-event.${arguments[0]}`)].map(bar => bar.style.insetInlineStart)";
    browser.run(places, vec![json!(class)]).await
}

/// The number of pixels from the row of a machine to the next one.
async fn down(browser: &Chromium) -> i64 {
    let down = "const rows = document.querySelectorAll('#timeline .ec-body .ec-day'); \
                return Math.round(rows[1].getBoundingClientRect().top - rows[0].getBoundingClientRect().top)";
    browser.run(down, Vec::new()).await.as_i64().unwrap()
}

on_both_databases! {
    async fn a_manager_drags_a_booking_to_another_time_and_its_end_to_another_one(server) {
        let market = server.market(json!({})).await;
        let id = market.book("2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z").await.expect(201).id();
        let desk = server.chromium().await;
        desk.watch_policy().await;
        desk.as_user(&market.host.email).await.open(&format!("/manage/{}?day=2026-12-01", market.host_organization)).await;
        desk.says("Newcomer, Confirmed").await.drag(BAR, (2 * HOUR, 0)).await;
        desk.comes("The booking was moved: Tue 1 Dec 2026, 12:00-14:00, Newcomer, Confirmed, 24.00 GBP.").await;
        let path = format!("/bookings/{id}");
        assert_eq!(market.host.get(&path).await.expect(200).text("starts_at"), "2026-12-01T12:00:00Z");
        assert_eq!(places(&desk, "bar-confirmed").await, json!(["720px"]));
        server.advance(TimeDelta::seconds(1));
        desk.drag(&format!("{BAR} .ec-resizer"), (-HOUR, 0)).await;
        desk.comes("12:00-13:00, Newcomer, Confirmed, 12.00 GBP. It now costs 12.00 GBP (before: 24.00 GBP).").await;
        assert_eq!(market.host.get(&path).await.expect(200).text("ends_at"), "2026-12-01T13:00:00Z");
        // If the host makes it longer, the price does not rise.
        server.advance(TimeDelta::seconds(1));
        desk.drag(&format!("{BAR} .ec-resizer"), (HOUR, 0)).await.comes("12:00-14:00, Newcomer, Confirmed, 12.00 GBP.").await;
        assert_eq!(desk.run("return window.refused ?? []", Vec::new()).await, json!([]), "the policy of the page allows all of it");
        // Without the stream, the page does not know that the booking was moved at another desk.
        let day = format!("/manage/{}?day=2026-12-01", market.host_organization);
        desk.open(&day).await.run("source.close()", Vec::new()).await;
        server.advance(TimeDelta::seconds(1));
        let other = json!({ "starts_at": "2026-12-01T08:00:00Z", "ends_at": "2026-12-01T10:00:00Z" });
        market.host.post(&format!("{path}/reschedule"), other).await.expect(200);
        desk.drag(BAR, (2 * HOUR, 0)).await.comes("The booking was not moved.").await;
        desk.comes("Time Tue 1 Dec 2026, 08:00-10:00 (Europe/London, GMT) Tue 1 Dec 2026, 14:00-16:00 (Europe/London, GMT)").await;
        assert_eq!(market.host.get(&path).await.expect(200).text("starts_at"), "2026-12-01T08:00:00Z");
        // It then shows the booking there, and moves it from there.
        desk.run_until_done("last.then(arguments[0])").await;
        assert_eq!(places(&desk, "bar-confirmed").await, json!(["480px"]));
        desk.drag(BAR, (HOUR, 0)).await.comes("The booking was moved: Tue 1 Dec 2026, 09:00-11:00").await;
        desk.click_on(BAR).await.says("Tue 1 Dec 2026, 09:00-11:00").await;
        assert_eq!(desk.address().await, path);
    }

    async fn a_booking_is_dragged_to_another_machine(server) {
        let market = server.market(json!({ "name": "Lathe 1" })).await;
        let other = market.host.list_resource(&market.site, json!({ "name": "Lathe 2" })).await;
        let id = market.book("2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z").await.expect(201).id();
        let desk = server.chromium().await;
        desk.as_user(&market.host.email).await.open(&format!("/manage/{}?day=2026-12-01", market.host_organization)).await;
        desk.drag(BAR, (0, down(&desk).await)).await.comes("The booking was moved: Tue 1 Dec 2026, 10:00-12:00").await;
        assert_eq!(market.host.get(&format!("/bookings/{id}")).await.expect(200).text("resource_id"), other);
    }

    async fn a_bar_goes_back_when_the_service_refuses_and_says_why(server) {
        let market = server.market(json!({})).await;
        let id = market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201).id();
        market.book("2026-12-01T15:00:00Z", "2026-12-01T16:00:00Z").await.expect(201);
        let desk = server.chromium().await;
        desk.as_user(&market.host.email).await.open(&format!("/manage/{}?day=2026-12-01", market.host_organization)).await;
        desk.drag(BAR, (5 * HOUR, 0)).await.comes("The booking was not moved. The slot is taken").await;
        assert_eq!(places(&desk, "bar-confirmed").await, json!(["600px", "900px"]));
        assert_eq!(market.host.get(&format!("/bookings/{id}")).await.expect(200).text("starts_at"), "2026-12-01T10:00:00Z");
        // A booking that is over has no handles.
        server.advance(TimeDelta::days(2));
        desk.reload().await.says("Newcomer, Completed").await;
        desk.drag("#timeline .ec-event.bar-completed", (HOUR, 0)).await;
        assert_eq!(market.host.get(&format!("/bookings/{id}")).await.expect(200).text("starts_at"), "2026-12-01T10:00:00Z");
    }

    async fn a_block_is_dragged_to_another_time_and_its_end_to_another_one(server) {
        let market = server.market(json!({ "name": "Lathe 1" })).await;
        market.host.list_resource(&market.site, json!({ "name": "Lathe 2" })).await;
        market.book("2026-12-01T15:00:00Z", "2026-12-01T16:00:00Z").await.expect(201);
        let blocks = format!("/resources/{}/blocks", market.resource);
        let block = json!({ "starts_at": "2026-12-01T10:00:00Z", "ends_at": "2026-12-01T11:00:00Z", "reason": "Oil & <belt>" });
        let path = format!("{blocks}/{}", market.host.post(&blocks, block).await.expect(201).id());
        let desk = server.chromium().await;
        desk.watch_policy().await;
        desk.as_user(&market.host.email).await.open(&format!("/manage/{}?day=2026-12-01", market.host_organization)).await;
        desk.says("Oil & <belt>, Blocked").await.drag(BLOCK, (2 * HOUR, 0)).await;
        desk.comes("The block was moved: Tue 1 Dec 2026, 12:00-13:00, Oil & <belt>, Blocked.").await;
        let stored = market.host.get(&path).await.expect(200);
        assert_eq!((stored.text("starts_at"), stored.text("reason")), ("2026-12-01T12:00:00Z".to_owned(), "Oil & <belt>".to_owned()));
        server.advance(TimeDelta::seconds(1));
        desk.drag(&format!("{BLOCK} .ec-resizer"), (HOUR, 0)).await.comes("The block was moved: Tue 1 Dec 2026, 12:00-14:00").await;
        // Over a booking, and to another machine, it goes back.
        desk.drag(BLOCK, (2 * HOUR, 0)).await.comes("The block was not moved. The slot is taken").await;
        desk.drag(BLOCK, (0, down(&desk).await)).await.comes("The block was not moved. A block stays at its resource.").await;
        assert_eq!(places(&desk, "bar-block").await, json!(["720px"]));
        assert_eq!(market.host.get(&path).await.expect(200).text("ends_at"), "2026-12-01T14:00:00Z");
        assert_eq!(desk.run("return window.refused ?? []", Vec::new()).await, json!([]), "the policy of the page allows all of it");
        // Without the stream, a page does not know what was changed elsewhere, and overwrites nothing.
        desk.run("source.close()", Vec::new()).await;
        market.host.patch(&path, json!({ "reason": "Grease" })).await.expect(200);
        desk.drag(BLOCK, (-2 * HOUR, 0)).await.comes("The block was not moved.").await;
        desk.comes("Time Tue 1 Dec 2026, 12:00-14:00 (Europe/London, GMT) Tue 1 Dec 2026, 10:00-12:00 (Europe/London, GMT)").await;
        desk.says("for members of the host only Grease Oil & <belt>").await;
        assert_eq!(market.host.get(&path).await.expect(200).text("starts_at"), "2026-12-01T12:00:00Z");
        desk.click_on(BLOCK).await.says("Edit the block").await;
        assert_eq!((desk.address().await, desk.value("Reason").await), (format!("/manage{path}"), "Grease".to_owned()));
    }

    async fn a_browser_in_another_zone_shows_and_moves_a_booking_at_the_hours_of_the_site(server) {
        let market = server.market(json!({ "booking_rules": { "horizon_days": 400 } })).await;
        let id = market.book("2027-07-01T09:00:00Z", "2027-07-01T11:00:00Z").await.expect(201).id();
        let desk = server.chromium().await.in_zone("Pacific/Auckland").await;
        let zone = "return [Intl.DateTimeFormat().resolvedOptions().timeZone, new Date('2027-07-01T09:00:00Z').getHours()]";
        desk.as_user(&market.host.email).await.open(&format!("/manage/{}?day=2027-07-01", market.host_organization)).await;
        assert_eq!(desk.run(zone, Vec::new()).await, json!(["Pacific/Auckland", 21]));
        // The site is in London: 09:00 in UTC is 10:00 there.
        assert_eq!(places(&desk, "bar-confirmed").await, json!(["600px"]));
        let now = "return document.querySelector('#timeline .ec-now-indicator') === null";
        assert_eq!(desk.run(now, Vec::new()).await, json!(true), "it is another day");
        desk.drag(BAR, (2 * HOUR, 0)).await.comes("The booking was moved: Thu 1 Jul 2027, 12:00-14:00").await;
        assert_eq!(market.host.get(&format!("/bookings/{id}")).await.expect(200).text("starts_at"), "2027-07-01T11:00:00Z");
        let week = format!("/manage/{}/week?day=2027-06-30", market.host_organization);
        server.advance(TimeDelta::seconds(1));
        desk.open(&week).await.drag(BAR, (HOUR / 2, 0)).await.comes("The booking was moved: Thu 1 Jul 2027, 13:00-15:00").await;
        assert_eq!(market.host.get(&format!("/bookings/{id}")).await.expect(200).text("starts_at"), "2027-07-01T12:00:00Z");
    }

    async fn free_time_is_dragged_over_to_book_it_for_a_customer_or_to_block_it(server) {
        let market = server.market(json!({})).await;
        market.book("2026-12-02T10:00:00Z", "2026-12-02T11:00:00Z").await.expect(201);
        let desk = server.chromium().await;
        let day = format!("/manage/{}?day=2026-12-01", market.host_organization);
        let row = "#timeline .ec-body .ec-day";
        desk.as_user(&market.host.email).await.open(&day).await.drag(row, (HOUR - 5, 0)).await;
        desk.comes("Free time: Lathe, 12:00-13:00").await.press("Book for a customer").await;
        assert_eq!((desk.value("Start").await, desk.value("End").await), ("2026-12-01T12:00".to_owned(), "2026-12-01T13:00".to_owned()));
        desk.open(&day).await.drag(row, (2 * HOUR - 5, 0)).await.comes("Free time: Lathe, 12:00-14:00").await.press("Block").await;
        assert_eq!((desk.value("Start").await, desk.value("End").await), ("2026-12-01T12:00".to_owned(), "2026-12-01T14:00".to_owned()));
        desk.press("Block the time").await.open(&day).await.says("Blocked").await;
    }

    async fn changes_at_other_desks_appear_on_the_day_and_in_the_week(server) {
        let market = server.market(json!({})).await;
        let (day, week) = (server.chromium().await, server.chromium().await);
        let path = format!("/manage/{}", market.host_organization);
        day.as_user(&market.host.email).await.open(&format!("{path}?day=2026-12-01")).await.says("No request waits").await;
        week.as_user(&market.host.email).await.open(&format!("{path}/week")).await.says("Tue 1 Dec 2026").await;
        // The streams are open.
        for desk in [&day, &week] {
            let open = "const done = arguments[0]; const look = () => source.readyState === 1 ? done(true) : setTimeout(look, 20); look()";
            assert_eq!(desk.run_until_done(open).await, json!(true));
        }
        market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201);
        server.tell_all().await;
        for desk in [&day, &week] {
            desk.comes("Newcomer, Confirmed").await;
        }
        // The week is dragged, too: 30 pixels are an hour.
        server.advance(TimeDelta::seconds(1));
        week.drag(BAR, (60, 0)).await.comes("The booking was moved: Tue 1 Dec 2026, 12:00-13:00").await;
        server.tell_all().await;
        day.comes("Tue 1 Dec 2026, 12:00-13:00").await;
        server.advance(TimeDelta::seconds(1));
        let resource = format!("/resources/{}", market.resource);
        let block = json!({ "starts_at": "2026-12-01T14:00:00Z", "ends_at": "2026-12-01T15:00:00Z", "reason": "Cleaning <b>" });
        let block = market.host.post(&format!("{resource}/blocks"), block).await.expect(201).id();
        server.tell_all().await;
        for desk in [&day, &week] {
            desk.comes("Cleaning <b>, Blocked").await;
        }
        server.advance(TimeDelta::seconds(1));
        market.host.delete(&format!("{resource}/blocks/{block}")).await.expect(204);
        market.host.post(&format!("{resource}/out-of-order"), json!({ "reason": "Belt" })).await.expect(200);
        server.tell_all().await;
        for desk in [&day, &week] {
            desk.comes("Out of order").await;
            assert!(!desk.text().await.contains("Cleaning"));
        }
        server.advance(TimeDelta::seconds(1));
        market.host.patch(&resource, json!({ "name": "Big <img src=x>" })).await.expect(200);
        server.tell_all().await;
        for desk in [&day, &week] {
            desk.comes("Big <img src=x>").await;
        }
    }

    async fn the_hour_that_the_clocks_show_twice_is_on_the_timeline_twice(server) {
        let market = server.market(json!({ "booking_rules": { "horizon_days": 400 } })).await;
        let id = market.book("2027-10-31T00:00:00Z", "2027-10-31T01:00:00Z").await.expect(201).id();
        let desk = server.chromium().await;
        let path = format!("/manage/{}", market.host_organization);
        desk.as_user(&market.host.email).await.open(&format!("{path}?day=2027-10-31")).await.says("01 BST 01 GMT 02 GMT").await;
        desk.drag(BAR, (HOUR, 0)).await.comes("The booking was moved:").await;
        assert_eq!(market.host.get(&format!("/bookings/{id}")).await.expect(200).text("starts_at"), "2027-10-31T01:00:00Z");
        desk.open(&format!("{path}/week?day=2027-10-30")).await.says("Sun 31 Oct 2027 (01:00-02:00 twice)").await;
    }

    async fn the_lines_of_the_hours_are_in_each_row_of_the_picture(server) {
        let market = server.market(json!({})).await;
        market.host.list_resource(&market.site, json!({})).await;
        let desk = server.chromium().await;
        desk.as_user(&market.host.email).await.open(&format!("/manage/{}?day=2026-12-01", market.host_organization)).await;
        let lines = "document.getElementById('lanes').open = true; const rows = [...document.querySelectorAll('#lanes use')]; \
                     return rows.map(row => [row.getBBox().height, row.getBBox().width, getComputedStyle(row).stroke !== 'none'])";
        assert_eq!(desk.run(lines, Vec::new()).await, json!([[34, 1380, true], [34, 1380, true]]));
    }

    async fn without_scripts_the_day_is_as_it_was(server) {
        let market = server.market(json!({})).await;
        let id = market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201).id();
        let desk = server.chromium().await.without_scripts().await;
        desk.as_user(&market.host.email).await.open(&format!("/manage/{}?day=2026-12-01", market.host_organization)).await;
        let text = desk.text().await;
        assert!(text.contains("Block Lathe") && !text.contains("Drag a bar"), "{text}");
        desk.follow(&format!("/bookings/{id}")).await.says("Choose another time").await;
    }
}
