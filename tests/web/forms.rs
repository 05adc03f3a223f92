//! Forms: the origins that can send them, and the values that they show again.

use serde_json::json;

use crate::support::server::on_both_databases;

on_both_databases! {
    async fn a_form_of_another_site_is_refused(server) {
        let market = server.market(json!({})).await;
        let id = market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201).id();
        let mut browser = server.browser_of(&market.customer.email).await;
        let cancel = format!("/bookings/{id}/cancel");
        let own = server.url.clone();
        let others: [&[(&str, &str)]; 7] = [
            &[],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", "http://127.0.0.1:1")],
            &[("origin", &own), ("sec-fetch-site", "cross-site")],
            &[("origin", &own), ("sec-fetch-site", "same-site")],
            &[("origin", &own), ("sec-fetch-site", "none")],
        ];
        for headers in others {
            browser.post(&cancel, String::new(), headers).await.expect(403).says("not sent by a page of this site");
        }
        assert_eq!(market.customer.get(&format!("/bookings/{id}")).await.expect(200)["status"], "confirmed");
        assert_eq!(browser.post(&cancel, String::new(), &[("sec-fetch-site", "same-origin")]).await.status, 303);
        assert_eq!(market.customer.get(&format!("/bookings/{id}")).await.expect(200)["status"], "cancelled");
    }

    async fn a_body_that_is_no_form_is_refused(server) {
        let market = server.market(json!({})).await;
        let mut browser = server.browser_of(&market.customer.email).await;
        let own = server.url.clone();
        browser.post("/book", "{}".to_owned(), &[("origin", &own), ("content-type", "application/json")]).await.expect(415);
        for body in ["note=%00", "note=%FF", &format!("note={}", "x".repeat(2_000_000))] {
            let status = browser.post("/book", body.to_owned(), &[("origin", &own)]).await.status;
            assert!([400, 413, 404].contains(&status), "{status} for {}", &body[..8]);
        }
    }

    async fn a_form_is_shown_again_with_what_was_typed_and_with_each_fault(server) {
        let market = server.market(json!({})).await;
        let mut browser = server.browser_of(&market.customer.email).await;
        let address = format!("/book?resource={}&starts_at=2026-12-01T09:00&ends_at=2026-12-01T10:00", market.resource);
        let form = browser.open(&address).await.expect(200).form("/book");
        let sent = form.with("note", "Two\nlines & <more>").with("coupon", "NO SUCH");
        let page = browser.submit(&sent).await.expect(422).says("coupon: ");
        let form = page.form("/book");
        assert_eq!((form.values()["note"], form.values()["coupon"]), ("Two\nlines & <more>", "NO SUCH"));
        for (times, says) in [
            ("starts_at=2026-12-01T10:00&ends_at=2026-12-01T09:00", "starts_at: must be before the end"),
            ("starts_at=tomorrow&ends_at=", "starts_at: and the end must be times"),
            ("starts_at=2026-12-01T09:00&ends_at=2026-12-01T10:00&quantity=0", "quantity: "),
            ("starts_at=2026-12-01T09:00&ends_at=2026-12-01T10:00&quantity=many", "quantity: must be a number"),
        ] {
            browser.open(&format!("/book?resource={}&{times}", market.resource)).await.expect(422).says(says);
        }
        // Rules that the booking would break are told before it is sent.
        let past = format!("/book?resource={}&starts_at=2026-11-29T09:00&ends_at=2026-11-29T10:00", market.resource);
        browser.open(&past).await.expect(200).says("This cannot be booked as it is:");
    }

    async fn nothing_that_people_type_becomes_markup(server) {
        let evil = "<script>alert(1)</script>\" onload=\"x";
        let market = server.market(json!({ "name": evil, "description": evil, "category": evil })).await;
        market.host.patch(&format!("/organizations/{}", market.host_organization), json!({ "name": evil, "description": evil })).await.expect(200);
        market.customer.patch("/me", json!({ "name": evil })).await.expect(200);
        let mut booked = market.wish("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z");
        booked["note"] = json!(evil);
        let id = market.customer.post("/bookings", booked).await.expect(201).id();
        let mut browser = server.browser_of(&market.customer.email).await;
        let encoded = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%20onload%3D%22x";
        for address in [
            "/".to_owned(),
            format!("/catalogue?q={encoded}&near={encoded}"),
            format!("/catalogue?view=map&kind={encoded}&radius={encoded}&day={encoded}&from={encoded}&to={encoded}"),
            "/catalogue?view=map".to_owned(),
            "/catalogue".to_owned(),
            format!("/resources/{}", market.resource),
            format!("/hosts/{}", market.host_organization),
            "/bookings".to_owned(),
            format!("/bookings/{id}"),
            format!("/book?resource={}&starts_at=2026-12-01T12:00&ends_at=2026-12-01T13:00&note={encoded}&coupon={encoded}", market.resource),
            format!("/series/new?resource={}&starts_at=2026-12-01T12:00&ends_at=2026-12-01T13:00&note={encoded}&frequency={encoded}&count={encoded}", market.resource),
            format!("/waitlist/new?resource={}&starts_at={encoded}&ends_at={encoded}&quantity={encoded}", market.resource),
            format!("/booking-groups/new?note={encoded}&row=resource%3D{}%26starts_at%3D2026-12-01T12%253A00%26ends_at%3D2026-12-01T13%253A00%26note%3D{encoded}", market.resource),
            format!("/catalogue?row={encoded}"),
            "/invoices".to_owned(),
            "/calendar-feeds".to_owned(),
            format!("/sign-in?then={encoded}"),
            format!("/organizations/new?name={encoded}&then=/{encoded}"),
        ] {
            let page = browser.open(&address).await;
            let own = page.html.replace("<script src=\"/assets/", "");
            assert!(!own.contains("<script") && !page.html.contains("\" onload"), "{address}: {}", page.html);
        }
        browser.open(&format!("/bookings/{id}")).await.expect(200).says(evil);
    }
}
