//! The timeline of a site, as its page and its files are sent.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::browser::Page;
use crate::support::server::on_both_databases;

/// The plan that a script draws.
fn plan(page: &Page) -> Value {
    serde_json::from_str(page.html.split("<data value='").nth(1).unwrap().split('\'').next().unwrap()).unwrap()
}

/// The addresses of the scripts and the style sheets of a page.
fn files(page: &Page) -> Vec<String> {
    let parts = page.html.split(['"']).filter(|part| part.starts_with("/assets/"));
    parts.map(str::to_owned).collect()
}

on_both_databases! {
    async fn the_plan_has_the_bookings_and_blocks_of_the_day_and_says_which_can_be_dragged(server) {
        let market = server.market(json!({})).await;
        let id = market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201).id();
        let block = json!({ "starts_at": "2026-12-01T14:00:00Z", "ends_at": "2026-12-01T15:00:00Z", "reason": "Clean it's <end>" });
        market.host.post(&format!("/resources/{}/blocks", market.resource), block).await.expect(201);
        let mut host = server.browser_of(&market.host.email).await;
        let day = format!("/manage/{}?day=2026-12-01", market.host_organization);
        let plan = plan(&host.open(&day).await.expect(200));
        let [booking, block] = plan["bars"].as_array().unwrap().as_slice() else { panic!("{plan}") };
        let start = chrono::DateTime::parse_from_rfc3339("2026-12-01T10:00:00Z").unwrap().timestamp_millis();
        assert_eq!((&booking["id"], &booking["start"], &booking["from"]), (&json!(id), &json!(600), &json!(start)));
        assert_eq!((&booking["can_move"], &booking["can_end"], &booking["price"]), (&json!(true), &json!(true), &json!("12.00 GBP")));
        assert_eq!((&booking["line"], &booking["time"]), (&json!(0), &json!("Tue 1 Dec 2026, 10:00-11:00")));
        assert_eq!((&block["can_move"], &block["can_end"], &block["name"], &block["state"]), (&json!(true), &json!(true), &json!("Clean it's <end>"), &json!("block")));
        assert_eq!(plan["states"]["block"], "Blocked");
        assert_eq!((&plan["lines"][0]["name"], &plan["days"], &plan["clock"]), (&json!("Lathe"), &json!(1), &json!("+00:00")));
        // A booking that is in use keeps its start.
        server.advance(chrono::TimeDelta::minutes(24 * 60 + 55));
        market.customer.post(&format!("/bookings/{id}/check-in"), json!({})).await.expect(200);
        let plan = self::plan(&host.open(&day).await.expect(200));
        assert_eq!((&plan["bars"][0]["can_move"], &plan["bars"][0]["can_end"]), (&json!(false), &json!(true)));
        let week = self::plan(&host.open(&format!("/manage/{}/week?day=2026-11-30", market.host_organization)).await.expect(200));
        assert_eq!((&week["days"], week["bars"].as_array().unwrap().len(), week["pieces"].as_array().unwrap().len()), (&json!(7), 2, 7));
    }

    async fn only_pages_with_a_timeline_load_it_and_all_of_it_is_less_than_100_kilobytes(server) {
        let market = server.market(json!({})).await;
        let mut host = server.browser_of(&market.host.email).await;
        let path = format!("/manage/{}", market.host_organization);
        let day = host.open(&path).await.expect(200);
        let files = files(&day);
        assert_eq!(files.len(), 5, "{files:?}");
        assert_eq!(self::files(&host.open(&format!("{path}/week")).await.expect(200)), files);
        for other in ["/", "/bookings", &format!("{path}/resources")] {
            assert_eq!(self::files(&host.open(other).await.expect(200)).len(), 1, "{other}");
        }
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let mut weight = day.html.len();
        for file in files {
            let response = client.get(format!("{}{file}", server.url)).header("accept-encoding", "gzip").send().await.unwrap();
            assert_eq!((response.status().as_u16(), &response.headers()["content-encoding"]), (200, &"gzip".parse().unwrap()));
            assert_eq!(response.headers()["cache-control"], "public, max-age=31536000, immutable");
            weight += response.bytes().await.unwrap().len();
        }
        assert!(weight < 100_000, "{weight} bytes");
    }

    async fn a_booking_that_did_not_come_about_is_not_on_the_day_also_before_the_service_has_written_that(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let asked = market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201).id();
        let left = market.book("2026-12-01T12:00:00Z", "2026-12-01T13:00:00Z").await.expect(201).id();
        market.customer.post(&format!("/bookings/{left}/cancel"), json!({})).await.expect(200);
        let mut host = server.browser_of(&market.host.email).await;
        let day = format!("/manage/{}?day=2026-12-01", market.host_organization);
        let plan = plan(&host.open(&day).await.expect(200));
        assert_eq!(plan["bars"].as_array().unwrap().len(), 1);
        assert_eq!((&plan["bars"][0]["id"], &plan["bars"][0]["state"]), (&json!(asked), &json!("requested")));
        // The host has not responded in time.
        server.advance(chrono::TimeDelta::days(2));
        let page = host.open(&day).await.expect(200);
        assert_eq!(self::plan(&page)["bars"], json!([]));
        assert!(page.links("/bookings/").is_empty());
    }

    async fn a_block_is_edited_and_removed_by_the_form_of_its_page(server) {
        let market = server.market(json!({})).await;
        market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201);
        let blocks = format!("/resources/{}/blocks", market.resource);
        let block = json!({ "starts_at": "2026-12-01T14:00:00Z", "ends_at": "2026-12-01T15:00:00Z", "reason": "Clean it" });
        let id = market.host.post(&blocks, block).await.expect(201).id();
        let mut host = server.browser_of(&market.host.email).await;
        let day = format!("/manage/{}?day=2026-12-01", market.host_organization);
        let path = format!("/manage{blocks}/{id}");
        let links = host.open(&day).await.expect(200).links(&path);
        let form = host.open(&links[0]).await.expect(200).says("Tue 1 Dec 2026, 14:00-15:00").form(&path).with("action", "save");
        assert_eq!((form.values()["starts_at"], form.values()["reason"]), ("2026-12-01T14:00", "Clean it"));
        host.submit(&form.clone().with("starts_at", "2026-12-01T10:30")).await.expect(409).says("The slot is taken");
        host.submit(&form.clone().with("starts_at", "2026-12-01T14:00:30Z").with("ends_at", "2026-12-01T15:00:00Z")).await.expect(422).says("must be a whole minute");
        let later = form.clone().with("starts_at", "2026-12-01T16:00").with("ends_at", "2026-12-01T18:30").with("reason", "Oil <it>");
        host.submit(&later).await.expect(200).says("The block is saved.").says("16:00-18:30");
        let stored = market.host.get(&format!("{blocks}/{id}")).await.expect(200);
        assert_eq!((stored.text("starts_at"), stored.text("reason")), ("2026-12-01T16:00:00Z".to_owned(), "Oil <it>".to_owned()));
        // An older form overwrites nothing, and says what has changed.
        let refused = host.submit(&form.with("ends_at", "2026-12-01T15:30")).await.expect(412).says("Time Tue 1 Dec 2026, 16:00-18:30 (Europe/London, GMT) Tue 1 Dec 2026, 14:00-15:30 (Europe/London, GMT)");
        let again = refused.form(&path).with("action", "save");
        host.submit(&again).await.expect(200).says("14:00-15:30");
        host.submit(&again.with("action", "remove")).await.expect(200);
        assert!(host.open(&day).await.expect(200).links(&path).is_empty());
        host.open(&path).await.expect(404);
    }

    async fn a_booking_is_moved_to_another_machine_of_the_host_by_the_form(server) {
        let market = server.market(json!({ "name": "Lathe 1" })).await;
        let other = market.host.list_resource(&market.site, json!({ "name": "Lathe <2>" })).await;
        let id = market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201).id();
        let mut host = server.browser_of(&market.host.email).await;
        let own = server.url.clone();
        let slot = "starts_at=2026-12-01T10:00:00Z&ends_at=2026-12-01T11:00:00Z";
        let page = host.open(&format!("/bookings/{id}/move?{slot}&resource={other}")).await.expect(200).says("Resource Lathe <2>");
        assert!(page.html.contains(&format!("name=\"resource\" value=\"{other}\"")));
        let path = format!("/bookings/{id}/move");
        host.post(&path, format!("{slot}&resource=x"), &[("origin", &own)]).await.expect(404);
        let booking = market.host.get(&format!("/bookings/{id}")).await.expect(200);
        assert_eq!(booking.text("resource_id"), market.resource);
        assert_eq!(host.post(&path, format!("{slot}&resource={other}"), &[("origin", &own)]).await.status, 303);
        let booking = market.host.get(&format!("/bookings/{id}")).await.expect(200);
        assert_eq!((booking.text("resource_id"), booking.text("starts_at")), (other, "2026-12-01T10:00:00Z".to_owned()));
    }

    async fn a_move_of_a_booking_that_was_moved_at_another_desk_shows_both_times_and_is_asked_again(server) {
        let market = server.market(json!({ "name": "Lathe 1" })).await;
        let id = market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201).id();
        let mut host = server.browser_of(&market.host.email).await;
        let slot = "starts_at=2026-12-01T14:00:00Z&ends_at=2026-12-01T15:00:00Z";
        let page = host.open(&format!("/bookings/{id}/move?{slot}")).await.expect(200);
        let other = json!({ "starts_at": "2026-12-01T12:00:00Z", "ends_at": "2026-12-01T13:00:00Z" });
        server.advance(TimeDelta::seconds(1));
        market.customer.post(&format!("/bookings/{id}/reschedule"), other).await.expect(200);
        let refused = host.submit(&page.form(&page.address)).await.expect(412);
        let refused = refused.says("Time Tue 1 Dec 2026, 12:00-13:00 (Europe/London, GMT) Tue 1 Dec 2026, 14:00-15:00 (Europe/London, GMT)");
        let booking = market.host.get(&format!("/bookings/{id}")).await.expect(200);
        assert_eq!(booking.text("starts_at"), "2026-12-01T12:00:00Z");
        let moved = host.submit(&refused.form(&refused.address)).await.expect(200);
        moved.says("14:00-15:00");
    }

    async fn machines_and_sites_of_a_host_are_in_the_order_of_their_names(server) {
        let market = server.market(json!({ "name": "Mill" })).await;
        for name in ["Saw", "Drill", "Lathe"] {
            market.host.list_resource(&market.site, json!({ "name": name })).await;
        }
        market.host.open_site(&market.host_organization, json!({ "name": "Annex" })).await;
        let mut host = server.browser_of(&market.host.email).await;
        let path = format!("/manage/{}?site={}", market.host_organization, market.site);
        let page = host.open(&path).await.expect(200).says("Annex Main hall");
        let lines = plan(&page)["lines"].clone();
        let names: Vec<_> = lines.as_array().unwrap().iter().map(|line| line["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Drill", "Lathe", "Mill", "Saw"]);
    }
}
