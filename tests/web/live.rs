//! Changes at other desks: on the day of a site, and under a form.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::Response;
use serde_json::json;

use crate::support::browser::Page;
use crate::support::server::on_both_databases;

/// The next text of a stream that has this, within ten seconds; none if it ends before.
async fn next(stream: &mut Response, wanted: &str) -> Option<String> {
    let mut text = String::new();
    while !text.contains(wanted) {
        let chunk = tokio::time::timeout(Duration::from_secs(10), stream.chunk()).await.expect("something comes");
        text.push_str(std::str::from_utf8(&chunk.expect("it is not broken off")?).unwrap());
    }
    Some(text)
}

/// The value of an attribute of the script of a page.
fn of_script(page: &Page, name: &str) -> String {
    let script = page.html.split("<script ").find(|script| script.contains(" data-events=")).unwrap();
    script.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned()
}

on_both_databases! {
    async fn the_day_of_a_site_is_told_at_once_what_changes_and_only_that_something_did(server) {
        let market = server.market(json!({ "capacity": { "quantity": 9, "unit": "unit" } })).await;
        let mut host = server.browser_of(&market.host.email).await;
        let day = host.open(&format!("/manage/{}", market.host_organization)).await.expect(200);
        let policy = day.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "), "{policy}");
        assert!(day.html.contains("<div id=\"live-tasks\" data-live>") && day.html.contains("<div id=\"live-day\" data-live>"));
        let script = server.browser().open(&of_script(&day, "src")).await;
        assert_eq!((script.status, script.headers["content-type"].to_str().unwrap()), (200, "text/javascript; charset=utf-8"));
        assert_eq!(script.headers["cache-control"], "public, max-age=31536000, immutable");
        assert!(script.html.contains("new EventSource(document.currentScript.dataset.events)"));
        // A change between the page and its stream is told, too.
        market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201);
        server.tell_all().await;
        let events = of_script(&day, "data-events");
        let mut stream = host.open_stream(&events, None).await;
        assert_eq!((stream.status().as_u16(), stream.headers()["content-type"].to_str().unwrap()), (200, "text/event-stream"));
        let first = next(&mut stream, "data: changed\n\n").await.unwrap();
        let id = first.split("id: ").nth(1).unwrap().lines().next().unwrap().to_owned();
        assert_eq!(first, format!("retry: 2000\n\nid: {id}\ndata: changed\n\n"));
        server.advance(TimeDelta::seconds(1));
        market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201);
        let second = next(&mut stream, "data: changed\n\n").await.unwrap();
        drop(stream);
        // It goes on where it was cut.
        let mut again = host.open_stream(&events, Some(&id)).await;
        let again = next(&mut again, "data: changed\n\n").await.unwrap();
        assert_eq!(again, format!("retry: 2000\n\n{second}"));
    }

    async fn the_day_of_a_site_is_told_of_a_machine_that_is_listed_at_another_desk(server) {
        let market = server.market(json!({})).await;
        server.tell_all().await;
        let mut host = server.browser_of(&market.host.email).await;
        let day = host.open(&format!("/manage/{}", market.host_organization)).await.expect(200);
        let mut stream = host.open_stream(&of_script(&day, "data-events"), None).await;
        server.advance(TimeDelta::seconds(1));
        market.host.list_resource(&market.site, json!({ "name": "Plane" })).await;
        next(&mut stream, "data: changed\n\n").await.unwrap();
        host.open(&format!("/manage/{}", market.host_organization)).await.expect(200).says("Plane");
    }

    async fn the_day_of_a_site_is_told_when_its_site_is_edited_at_another_desk(server) {
        let market = server.market(json!({})).await;
        server.tell_all().await;
        let mut host = server.browser_of(&market.host.email).await;
        let day = host.open(&format!("/manage/{}", market.host_organization)).await.expect(200);
        let mut stream = host.open_stream(&of_script(&day, "data-events"), None).await;
        server.advance(TimeDelta::seconds(1));
        let site = format!("/sites/{}", market.site);
        market.host.patch(&site, json!({ "timezone": "Europe/Dublin" })).await.expect(200);
        next(&mut stream, "data: changed\n\n").await.unwrap();
        host.open(&format!("/manage/{}", market.host_organization)).await.expect(200).says("Europe/Dublin");
    }

    async fn a_stream_of_a_page_is_for_managers_and_ends_when_they_sign_out(server) {
        let market = server.market(json!({})).await;
        let booker = server.user("Bo").await;
        server.add_member(&market.host_organization, &booker, "booker");
        let path = format!("/manage/{}/events", market.host_organization);
        for (visitor, status) in [
            (server.browser(), 401),
            (server.browser_of(&market.customer.email).await, 403),
            (server.browser_of(&booker.email).await, 403),
        ] {
            let refused = visitor.open_stream(&path, None).await;
            assert_eq!((refused.status().as_u16(), refused.headers()["content-type"].to_str().unwrap()), (status, "application/problem+json"));
        }
        let mut host = server.browser_of(&market.host.email).await;
        assert_eq!(host.open_stream("/manage/x/events", None).await.status(), 404);
        let mut stream = host.open_stream(&path, None).await;
        next(&mut stream, "retry: 2000\n\n").await.unwrap();
        let other = server.browser_of(&market.host.email).await;
        let mut streams = Vec::new();
        for _ in 0..9 {
            streams.push(other.open_stream(&path, None).await);
        }
        assert_eq!(other.open_stream(&path, None).await.status(), 429);
        let page = host.open("/account").await.expect(200);
        host.submit(&page.form("/sign-out")).await;
        assert_eq!(next(&mut stream, "data: ").await, None, "the session has ended, and the stream with it");
        assert_eq!(host.open_stream(&path, None).await.status(), 401);
        // Those of the other session go on.
        assert_eq!(streams[0].status(), 200);
        market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201);
        next(&mut streams[0], "data: changed\n\n").await.unwrap();
    }

    async fn a_listing_that_has_changed_meanwhile_is_shown_beside_the_form_and_not_overwritten(server) {
        let market = server.market(json!({ "name": "Lathe", "category": "lathe" })).await;
        let mut host = server.browser_of(&market.host.email).await;
        let path = format!("/manage/resources/{}/edit", market.resource);
        let form = host.open(&path).await.expect(200).form(&path).with("rate", "15").with("approval", "on");
        let resource = format!("/resources/{}", market.resource);
        market.host.patch(&resource, json!({ "name": "Big <lathe>", "category": "metal" })).await.expect(200);
        let refused = host.submit(&form).await.expect(412).says("The object has changed").says("Nothing is saved yet.");
        let refused = refused.says("Name Big <lathe> Lathe Category, such as laser cutter metal lathe Price 12.00 15");
        let refused = refused.says("I approve each booking Off On");
        assert!(!refused.text().contains("Shortest booking, in minutes 15"), "only what differs");
        let stored = market.host.get(&resource).await.expect(200);
        assert_eq!((&stored["name"], &stored["tariff"]["rate"]), (&json!("Big <lathe>"), &json!(1200)));
        // The form keeps what was typed. Saved again, it replaces what was shown, and nothing newer.
        let again = refused.form(&path);
        assert_eq!((again.values()["name"], again.values()["rate"]), ("Lathe", "15"));
        // An error in a field keeps the version, too.
        let wrong = host.submit(&again.clone().with("rate", "x")).await.expect(422);
        assert_eq!(wrong.form(&path).values()["version"], again.values()["version"]);
        host.submit(&again.clone().with("name", "Big lathe")).await.expect(200).says("15.00 GBP an hour");
        host.submit(&again).await.expect(412).says("Name Big lathe Lathe");
    }

    async fn a_site_that_has_changed_meanwhile_is_not_overwritten(server) {
        let market = server.market(json!({})).await;
        let mut host = server.browser_of(&market.host.email).await;
        let site = format!("/sites/{}", market.site);
        let path = format!("/manage/sites/{}/edit", market.site);
        let form = host.open(&path).await.expect(200).form(&path).with("name", "Big hall").with("access_notes", "Ring <twice>");
        market.host.patch(&site, json!({ "name": "Old hall" })).await.expect(200);
        let refused = host.submit(&form).await.expect(412).says("Name of the site Old hall Big hall");
        assert_eq!(market.host.get(&site).await.expect(200)["name"], "Old hall");
        let again = refused.form(&path);
        assert_eq!(again.values()["access_notes"], "Ring <twice>");
        host.submit(&again).await.expect(200);
        let stored = market.host.get(&site).await.expect(200);
        assert_eq!((&stored["name"], &stored["access_notes"]), (&json!("Big hall"), &json!("Ring <twice>")));
        host.submit(&again).await.expect(412);
    }

    async fn an_organization_that_has_changed_meanwhile_is_not_overwritten(server) {
        let market = server.market(json!({})).await;
        let mut host = server.browser_of(&market.host.email).await;
        let organization = format!("/organizations/{}", market.host_organization);
        let path = format!("{organization}/edit");
        let form = host.open(&path).await.expect(200).form(&path).with("description", "Mine");
        market.host.patch(&organization, json!({ "description": "Theirs" })).await.expect(200);
        let refused = host.submit(&form).await.expect(412).says("Description Theirs Mine");
        assert_eq!(market.host.get(&organization).await.expect(200)["description"], "Theirs");
        host.submit(&refused.form(&path)).await.expect(200);
        assert_eq!(market.host.get(&organization).await.expect(200)["description"], "Mine");
    }
}
