//! The access to pages: each page as a stranger, another tenant, each role and the host.

use serde_json::json;

use crate::support::server::on_both_databases;

/// The way in which a page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Whole,
    SignIn,
    NotFound,
}

on_both_databases! {
    async fn each_page_is_shown_to_those_who_may_see_it(server) {
        use Shown::{NotFound, SignIn, Whole};
        let market = server.market(json!({})).await;
        let id = market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201).id();
        let private = json!({ "name": "Secret lathe", "is_private": true });
        let private = market.host.list_resource(&market.site, private).await;
        let (booker, other) = (server.user("Bo").await, server.user("Otto").await);
        server.add_member(&market.customer_organization, &booker, "booker");
        other.found("Elsewhere").await;
        let slot = "starts_at=2026-12-02T09:00&ends_at=2026-12-02T10:00";
        let mut wish = market.wish("2026-12-03T09:00:00Z", "2026-12-03T10:00:00Z");
        wish["rule"] = json!("FREQ=DAILY;COUNT=2");
        let series = market.customer.post("/series", wish).await.expect(201).id();
        let member = json!({ "resource_id": market.resource, "starts_at": "2026-12-07T09:00:00Z", "ends_at": "2026-12-07T10:00:00Z" });
        let group = json!({ "organization_id": market.customer_organization, "bookings": [member] });
        let group = market.customer.post("/booking-groups", group).await.expect(201).id();
        let rows = [
            ("/".to_owned(), [Whole; 5]),
            ("/catalogue".to_owned(), [Whole; 5]),
            ("/sign-in".to_owned(), [Whole; 5]),
            ("/sign-up".to_owned(), [Whole; 5]),
            (format!("/hosts/{}", market.host_organization), [Whole; 5]),
            (format!("/resources/{}", market.resource), [Whole; 5]),
            (format!("/book?resource={}&{slot}", market.resource), [Whole; 5]),
            (format!("/resources/{private}"), [NotFound, NotFound, NotFound, NotFound, Whole]),
            (format!("/book?resource={private}&{slot}"), [NotFound, NotFound, NotFound, NotFound, Whole]),
            ("/manage".to_owned(), [SignIn, Whole, Whole, Whole, Whole]),
            ("/bookings".to_owned(), [SignIn, Whole, Whole, Whole, Whole]),
            ("/bookings?past=true".to_owned(), [SignIn, Whole, Whole, Whole, Whole]),
            ("/account".to_owned(), [SignIn, Whole, Whole, Whole, Whole]),
            ("/account/email".to_owned(), [SignIn, Whole, Whole, Whole, Whole]),
            ("/account/password".to_owned(), [SignIn, Whole, Whole, Whole, Whole]),
            ("/account/notifications".to_owned(), [SignIn, Whole, Whole, Whole, Whole]),
            ("/account/sessions".to_owned(), [SignIn, Whole, Whole, Whole, Whole]),
            ("/account/identities".to_owned(), [SignIn, Whole, Whole, Whole, Whole]),
            ("/account/second-factor".to_owned(), [SignIn, Whole, Whole, Whole, Whole]),
            ("/account/certifications".to_owned(), [SignIn, Whole, Whole, Whole, Whole]),
            ("/trainings".to_owned(), [Whole; 5]),
            ("/account/data".to_owned(), [SignIn, Whole, Whole, Whole, Whole]),
            ("/account/delete".to_owned(), [SignIn, Whole, Whole, Whole, Whole]),
            ("/organizations/new".to_owned(), [SignIn, Whole, Whole, Whole, Whole]),
            (format!("/bookings/{id}"), [SignIn, NotFound, Whole, Whole, Whole]),
            (format!("/bookings/{id}/move?starts_at=2026-12-02T09:00:00Z&ends_at=2026-12-02T10:00:00Z"), [SignIn, NotFound, Whole, Whole, Whole]),
            (format!("/series/{series}"), [SignIn, NotFound, Whole, Whole, Whole]),
            (format!("/booking-groups/{group}"), [SignIn, NotFound, Whole, Whole, Whole]),
            (format!("/series/new?resource={}&{slot}", market.resource), [Whole; 5]),
            (format!("/series/new?resource={private}&{slot}"), [NotFound, NotFound, NotFound, NotFound, Whole]),
            (format!("/waitlist/new?resource={}&{slot}", market.resource), [Whole; 5]),
            (format!("/waitlist/new?resource={private}&{slot}"), [NotFound, NotFound, NotFound, NotFound, Whole]),
            ("/booking-groups/new".to_owned(), [Whole; 5]),
            ("/invoices".to_owned(), [SignIn, Whole, Whole, Whole, Whole]),
            ("/calendar-feeds".to_owned(), [SignIn, Whole, Whole, Whole, Whole]),
            ("/series/x".to_owned(), [NotFound; 5]),
            ("/booking-groups/x".to_owned(), [NotFound; 5]),
            ("/series/new".to_owned(), [NotFound; 5]),
            ("/waitlist/new".to_owned(), [NotFound; 5]),
            (format!("/hosts/{id}"), [NotFound; 5]),
            (format!("/resources/{id}"), [NotFound; 5]),
            (format!("/terms/{id}"), [NotFound; 5]),
            ("/resources/x".to_owned(), [NotFound; 5]),
            ("/book".to_owned(), [NotFound; 5]),
            ("/bookings/x".to_owned(), [NotFound; 5]),
        ];
        let mut visitors = vec![server.browser()];
        for user in [&other, &booker, &market.customer, &market.host] {
            visitors.push(server.browser_of(&user.email).await);
        }
        for (address, expected) in rows {
            for (visitor, expected) in visitors.iter_mut().zip(expected) {
                let page = visitor.open(&address).await;
                let shown = match page.status {
                    200 if page.address.starts_with("/sign-in?then=") => SignIn,
                    200 => Whole,
                    404 => NotFound,
                    _ => panic!("{address}: {}", page.html),
                };
                page.expect(if shown == NotFound { 404 } else { 200 });
                assert_eq!(shown, expected, "{address}");
            }
        }
        // Nobody who has not signed in changes an account.
        for form in ["", "/email", "/password", "/notifications", "/sessions", "/identities", "/second-factor", "/delete"] {
            let own = server.url.clone();
            let path = format!("/account{form}");
            let refused = visitors[0].post(&path, "current_password=secret&session=others".to_owned(), &[("origin", &own)]).await;
            assert_eq!(refused.status, 303, "{path}: {}", refused.html);
            let to = refused.headers["location"].to_str().unwrap();
            assert!(to.starts_with("/sign-in?then=%2Faccount") && !to.contains("secret"), "{to}");
        }
        assert_eq!(visitors[0].step("/account/data.json").await.status, 303);
        // Buttons of others do nothing.
        for action in ["confirm", "approve", "decline", "cancel", "check-in", "check-out", "no-show", "pay", "move", "other"] {
            let own = server.url.clone();
            let stranger = visitors[0].post(&format!("/bookings/{id}/{action}"), "starts_at=2026-12-02T09:00:00Z&ends_at=2026-12-02T10:00:00Z".to_owned(), &[("origin", &own)]).await;
            assert_eq!(stranger.status, 303, "{action}: {}", stranger.html);
            assert!(stranger.headers["location"].to_str().unwrap().starts_with("/sign-in?then="));
            visitors[1].post(&format!("/bookings/{id}/{action}"), "starts_at=2026-12-02T09:00:00Z&ends_at=2026-12-02T10:00:00Z".to_owned(), &[("origin", &own)]).await.expect(404);
        }
        for path in [format!("/series/{series}"), format!("/booking-groups/{group}")] {
            for action in ["confirm", "approve", "decline", "cancel", "other"] {
                let own = server.url.clone();
                let stranger = visitors[0].post(&format!("{path}/{action}"), String::new(), &[("origin", &own)]).await;
                assert_eq!(stranger.status, 303, "{action}: {}", stranger.html);
                visitors[1].post(&format!("{path}/{action}"), String::new(), &[("origin", &own)]).await.expect(404);
            }
        }
        let booking = market.customer.get(&format!("/bookings/{id}")).await.expect(200);
        assert_eq!((booking.text("status"), booking.text("starts_at")), ("confirmed".to_owned(), "2026-12-01T09:00:00Z".to_owned()));
    }
}
