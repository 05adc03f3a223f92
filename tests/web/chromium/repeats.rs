//! Two browsers for one slot, the buttons "back" and "reload", a session that ends, and a keyboard without a mouse.

use serde_json::json;

use crate::support::people::PASSWORD;
use crate::support::server::on_both_databases;

on_both_databases! {
    async fn of_two_browsers_that_book_one_slot_at_once_one_gets_it(server) {
        let market = server.market(json!({})).await;
        let address = format!("/book?resource={}&starts_at=2026-12-01T09:00&ends_at=2026-12-01T10:00", market.resource);
        let (one, other) = (server.chromium().await, server.chromium().await);
        for browser in [&one, &other] {
            browser.as_user(&market.customer.email).await.open(&address).await.says("Total 12.00 GBP").await;
        }
        tokio::join!(one.press("Book for a fee"), other.press("Book for a fee"));
        let texts = [one.text().await, other.text().await];
        assert_eq!(texts.iter().filter(|text| text.contains("The booking is confirmed.")).count(), 1, "{texts:?}");
        assert_eq!(texts.iter().filter(|text| text.contains("Free instead:")).count(), 1, "{texts:?}");
        assert_eq!(market.customer.get("/bookings").await.expect(200).items().len(), 1);
    }

    async fn back_and_reload_book_nothing_twice(server) {
        let market = server.market(json!({ "capacity": { "quantity": 9, "unit": "unit" } })).await;
        let browser = server.chromium().await;
        let address = format!("/book?resource={}&starts_at=2026-12-01T09:00&ends_at=2026-12-01T10:00", market.resource);
        browser.as_user(&market.customer.email).await.open(&address).await.press("Book for a fee").await;
        let booking = browser.says("The booking is confirmed.").await.address().await;
        browser.reload().await.says("The booking is confirmed.").await;
        // The browser keeps the values of the form, with its name: the same form, sent again.
        browser.back().await.press("Book for a fee").await;
        assert_eq!(browser.address().await, booking);
        assert_eq!(market.customer.get("/bookings").await.expect(200).items().len(), 1);
        browser.open(&booking).await.press("Cancel the booking").await.says("Cancelled").await;
        browser.reload().await.says("Cancelled").await;
        assert_eq!(market.customer.get("/bookings").await.expect(200).items().len(), 1);
    }

    async fn a_session_that_ends_in_a_form_goes_on_after_the_sign_in(server) {
        let market = server.market(json!({})).await;
        let browser = server.chromium().await;
        let address = format!("/book?resource={}&starts_at=2026-12-01T09:00&ends_at=2026-12-01T10:00", market.resource);
        browser.as_user(&market.customer.email).await.open(&address).await.fill("Note to the host", "Brass & more").await;
        for session in market.customer.get("/me/sessions").await.expect(200).items() {
            if session["is_current"] == false {
                market.customer.delete(&format!("/me/sessions/{}", session["id"].as_str().unwrap())).await.expect(204);
            }
        }
        browser.press("Book for a fee").await.sign_in(&market.customer.email, PASSWORD).await;
        assert_eq!(browser.value("Note to the host").await, "Brass & more");
        browser.press("Book for a fee").await.says("The booking is confirmed.").await.says("Brass & more").await;
    }

    async fn a_machine_is_found_booked_and_cancelled_with_the_keyboard_alone(server) {
        let market = server.market(json!({})).await;
        let browser = server.chromium().await;
        browser.open("/").await.tab_to("Skip to the content").await.tab_to("Sign in").await.enter().await;
        browser.tab_to("E-mail address").await.keys(&market.customer.email).await.tab_to("Password").await.keys(PASSWORD).await.enter().await;
        browser.tab_to("Find").await.enter().await.tab_to("Search words").await.keys("lathe").await.enter().await;
        browser.tab_to("Lathe").await.enter().await.tab_to("12:00").await.enter().await;
        browser.tab_to("Note to the host").await.keys("By keyboard").await.tab_to("Book for a fee").await.enter().await;
        browser.says("The booking is confirmed.").await.says("By keyboard").await.tab_to("Cancel the booking").await.enter().await;
        browser.says("Cancelled").await;
        assert_eq!(market.customer.get("/bookings").await.expect(200).items()[0]["status"], "cancelled");
    }
}
