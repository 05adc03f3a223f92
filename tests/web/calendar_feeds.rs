//! The calendar feeds of a visitor.

use serde_json::json;

use crate::support::server::on_both_databases;

on_both_databases! {
    async fn the_address_of_a_feed_is_shown_once_and_ends_with_the_feed(server) {
        let market = server.market(json!({})).await;
        market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201);
        let mut browser = server.browser_of(&market.customer.email).await;
        let bookings = browser.open("/bookings").await.expect(200);
        let page = browser.open(&bookings.links("/calendar-feeds")[0]).await.expect(200);
        let form = page.form("/calendar-feeds").with("organization", &market.customer_organization);
        let made = browser.submit(&form).await.expect(200).says("it is not shown again").says("Newcomer");
        let url = made.html.split("<input value=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
        let path = url.split_once("/api/v1").unwrap().1.to_owned();
        assert!(path.starts_with(&format!("/organizations/{}/calendar.ics?token=", market.customer_organization)), "{path}");
        let read = server.anonymous().get(&path).await;
        assert_eq!(read.status, 200, "{read:?}");
        // The form, sent again, makes nothing and shows no address.
        let again = browser.submit(&form).await.expect(200);
        assert!(!again.html.contains("token="));
        let feeds = market.customer.get("/me/calendar-feeds").await.expect(200);
        assert_eq!(feeds.items().len(), 1);
        let id = feeds.items()[0]["id"].as_str().unwrap();
        let delete = again.form(&format!("/calendar-feeds/{id}/delete"));
        // Nobody else ends it.
        let mut host = server.browser_of(&market.host.email).await;
        host.submit(&delete).await.expect(404);
        let rest = browser.submit(&delete).await.expect(200);
        assert!(!rest.html.contains(id));
        server.anonymous().get(&path).await.refused(404, "not_found");
        // The feed of another organization is refused.
        let strange = page.form("/calendar-feeds").with("organization", &market.host_organization);
        let strange = strange.with("form", &"0".repeat(32));
        let refused = browser.submit(&strange).await;
        assert!([403, 404].contains(&refused.status), "{}", refused.html);
        assert!(!refused.html.contains("token="));
    }
}
