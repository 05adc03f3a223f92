//! The main job of a start-up, from the first visit to the last mail.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::people::PASSWORD;
use crate::support::server::on_both_databases;

on_both_databases! {
    async fn a_start_up_finds_a_machine_and_books_it_from_the_first_visit_to_the_last_mail(server) {
        let market = server.market(json!({ "description": "For wood and brass" })).await;
        let mut browser = server.browser();
        let front = browser.open("/").await.expect(200).says("Lathe");
        let found = browser.submit(&front.form("/catalogue").with("q", "brass")).await.expect(200).says("12.00 GBP an hour");
        let resource = browser.open(&found.links("/resources/")[0]).await.expect(200).says("A booking lasts from 15 minutes to 30 days.");
        assert_eq!(found.links("/resources/"), [format!("/resources/{}", market.resource)]);
        let slot = resource.links("/book?").into_iter().find(|slot| slot.contains("starts_at=2026-12-01T09%3A00")).unwrap();
        let book = browser.open(&slot).await.expect(200).says("Tue 1 Dec 2026, 09:00-10:00 (Europe/London, GMT)").says("Total 12.00 GBP");
        // The way leads over the sign-in, a new account and a new organization, and always back.
        let sign_in = browser.open(&book.links("/sign-in?")[0]).await.expect(200);
        let sign_up = browser.open(&sign_in.links("/sign-up?")[0]).await.expect(200);
        let account = sign_up.form("/sign-up").with("name", "Ada").with("email", "ada@example.org");
        browser.submit(&account.clone().with("password", "weak")).await.expect(422).says("password: ");
        let book = browser.submit(&account.with("password", PASSWORD)).await.expect(200).says("you are in none yet");
        assert_eq!(book.address, slot);
        let organization = browser.open(&book.links("/organizations/new?")[0]).await.expect(200);
        let new = organization.form("/organizations/new").with("name", "Ada & Co");
        browser.submit(&new).await.expect(403).says("The e-mail address is not verified");
        let token = server.take_token("ada@example.org", "verify-email").await;
        server.anonymous().post("/auth/verify-email", json!({ "token": token })).await.expect(204);
        let book = browser.submit(&new).await.expect(200);
        assert_eq!(book.address, slot);
        let booked = browser.submit(&book.form("/book").with("note", "We bring brass")).await.expect(200);
        let booked = booked.says("The booking is confirmed.").says("Note We bring brass").says("Total 12.00 GBP");
        let id = booked.address.trim_start_matches("/bookings/").to_owned();
        assert_eq!(market.host.get(&format!("/bookings/{id}")).await.expect(200)["status"], "confirmed");
        server.mails("ada@example.org", 1).await;
        // It moves to another slot, and is cancelled.
        let free = browser.open(&booked.links(&format!("/resources/{}?booking={id}", market.resource))[0]).await.expect(200);
        let slot = free.links(&format!("/bookings/{id}/move?")).into_iter().find(|slot| slot.contains("starts_at=2026-12-02T12%3A00")).unwrap();
        let asked = browser.open(&slot).await.expect(200).says("New Wed 2 Dec 2026, 12:00-13:00 (Europe/London, GMT)");
        let moved = browser.submit(&asked.form(&asked.address)).await.expect(200).says("Wed 2 Dec 2026, 12:00-13:00");
        browser.open("/bookings").await.expect(200).says("Lathe Wed 2 Dec 2026, 12:00-13:00 (Europe/London, GMT) Confirmed");
        let cancel = moved.form(&format!("/bookings/{id}/cancel")).with("reason", "No brass");
        browser.submit(&cancel).await.expect(200).says("Cancelled").says("Reason No brass");
        assert_eq!(server.mails("ada@example.org", 3).await.len(), 3);
    }

    async fn a_price_is_explained_in_the_language_of_the_reader(server) {
        let tariff = json!({
            "currency": "EUR", "rate": 1200, "per": "hour", "minimum_charge": 5000, "setup_fee": 300, "day_rate": 8000,
            "bands": [{ "name": "Abend", "rate": 1500, "hours": { "tue": [["18:00", "22:00"]] } }],
            "discounts": [{ "name": "Früh", "percent": 10, "ahead_min_minutes": 60 }],
            "volume_discounts": [{ "over": 10_000, "percent": 5 }],
            "extras": [{ "name": "Hilfe", "price": 2000, "per": "hour" }, { "name": "Kiste", "price": 150, "per": "unit", "max_quantity": 5 }],
        });
        let market = server.market(json!({ "tariff": tariff })).await;
        let slot = |ends_at: &str| format!("/book?resource={}&starts_at=2026-12-01T16:30&ends_at={ends_at}", market.resource);
        let short = slot("2026-12-01T19:00") + "&extra=Hilfe&extra_quantity=1&extra=Kiste&extra_quantity=2";
        for (language, lines) in [
            ("en", ["1 × 1 h 30 min at 12.00 EUR per hour", "Abend: 1 × 1 h at 15.00 EUR per hour", "Früh: 10 % off 33.00 EUR", "set-up fee",
                "raised to the minimum charge of 50.00 EUR", "Hilfe: 1 × 2 h 30 min at 20.00 EUR per hour", "Kiste: 2 × 1 at 1.50 EUR per unit"]),
            ("de", ["1 × 1 Std. 30 Min. zu 12,00 EUR je Stunde", "Abend: 1 × 1 Std. zu 15,00 EUR je Stunde", "Früh: 10 % Rabatt auf 33,00 EUR",
                "Einrichtungsgebühr", "auf den Mindestpreis von 50,00 EUR erhöht", "Hilfe: 1 × 2 Std. 30 Min. zu 20,00 EUR je Stunde",
                "Kiste: 2 × 1 zu 1,50 EUR je Einheit"]),
            ("nl", ["1 × 1 u 30 min à EUR 12,00 per uur", "Abend: 1 × 1 u à EUR 15,00 per uur", "Früh: 10 % korting op EUR 33,00", "instelkosten",
                "verhoogd tot het minimumbedrag van EUR 50,00", "Hilfe: 1 × 2 u 30 min à EUR 20,00 per uur", "Kiste: 2 × 1 à EUR 1,50 per eenheid"]),
            ("fr", ["1 × 1 h 30 min à 12,00 EUR par heure", "Abend : 1 × 1 h à 15,00 EUR par heure", "Früh : 10 % de réduction sur 33,00 EUR",
                "frais de mise en route", "porté au minimum de 50,00 EUR", "Hilfe : 1 × 2 h 30 min à 20,00 EUR par heure",
                "Kiste : 2 × 1 à 1,50 EUR par unité"]),
        ] {
            let mut page = server.browser().speaking(language).open(&short).await.expect(200);
            for line in lines {
                page = page.says(line);
            }
        }
        let long = server.browser().speaking("fr").open(&slot("2026-12-04T16:30")).await.expect(200);
        long.says("1 × 3 jours à 80,00 EUR par jour").says("remise de volume : 5 % de réduction sur ce qui dépasse 100,00 EUR");
        // The lines of a booking are stored, and are in the language of each of its readers.
        let booked = market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201);
        assert_eq!(booked["price_lines"][0]["description"], "1 × 1 h at 12.00 EUR per hour");
        for (language, line) in [("de", "1 × 1 Std. zu 12,00 EUR je Stunde"), ("en", "1 × 1 h at 12.00 EUR per hour")] {
            market.customer.patch("/me", json!({ "language": language })).await.expect(200);
            let mut customer = server.browser_of(&market.customer.email).await;
            customer.open(&format!("/bookings/{}", booked.id())).await.expect(200).says(line);
        }
    }

    async fn a_form_that_is_sent_again_books_once(server) {
        let market = server.market(json!({ "capacity": { "quantity": 9, "unit": "unit" } })).await;
        let mut browser = server.browser_of(&market.customer.email).await;
        let address = format!("/book?resource={}&starts_at=2026-12-01T09:00&ends_at=2026-12-01T11:00", market.resource);
        let form = browser.open(&address).await.expect(200).says("Total 24.00 GBP").form("/book");
        let first = browser.submit(&form).await.expect(200).address;
        // After the button "back", and with another note.
        assert_eq!(browser.submit(&form).await.expect(200).address, first);
        assert_eq!(browser.submit(&form.with("note", "Again")).await.expect(200).address, first);
        assert_eq!(market.customer.get("/bookings").await.expect(200).items().len(), 1);
        // The page itself, opened again, is another form.
        let other = browser.open(&address).await.expect(200).form("/book");
        assert_ne!(browser.submit(&other).await.expect(200).address, first);
    }

    async fn of_two_browsers_one_books_the_slot_and_the_other_sees_what_is_free_instead(server) {
        let market = server.market(json!({})).await;
        let address = format!("/book?resource={}&starts_at=2026-12-01T09:00&ends_at=2026-12-01T10:00", market.resource);
        let mut browsers = Vec::new();
        for _ in 0..2 {
            let mut browser = server.browser_of(&market.customer.email).await;
            let form = browser.open(&address).await.expect(200).form("/book");
            browsers.push((browser, form));
        }
        let pages = join_all(browsers.iter_mut().map(async |(browser, form)| browser.submit(form).await)).await;
        let (booked, refused): (Vec<_>, Vec<_>) = pages.into_iter().partition(|page| page.status == 200);
        assert_eq!((booked.len(), refused.len()), (1, 1));
        let refused = refused.into_iter().next().unwrap().expect(409).says("Free instead:");
        let (other, form) = (refused.links("/book?").remove(0), refused.form("/book"));
        assert!(other.contains("starts_at=2026-12-01T08%3A00"), "{other}");
        let (browser, _) = &mut browsers[0];
        let other = browser.open(&other).await.expect(200).form("/book");
        browser.submit(&other).await.expect(200).says("The booking is confirmed.");
        // The form that is shown again is a new one.
        assert_eq!(form.values()["starts_at"], "2026-12-01T09:00");
        browser.submit(&form).await.expect(409);
    }

    async fn a_booking_has_the_price_that_its_form_shows(server) {
        let extras = json!([{ "name": "Help", "price": 500, "per": "booking", "max_quantity": 2 }]);
        let tariff = json!({ "currency": "GBP", "rate": 1200, "per": "hour", "deposit": 5000, "extras": extras });
        let market = server.market(json!({ "tariff": tariff })).await;
        let mut browser = server.browser_of(&market.customer.email).await;
        let address = format!("/book?resource={}&starts_at=2026-12-01T09:00&ends_at=2026-12-01T10:00", market.resource);
        let form = browser.open(&address).await.expect(200).says("Total 12.00 GBP").says("50.00 GBP").form("/book");
        // An extra after the price was shown, and another tariff.
        let form = browser.submit(&form.with("extra_quantity", "2")).await.expect(422).says("has changed").says("Total 22.00 GBP").form("/book");
        let path = format!("/resources/{}", market.resource);
        let patch = json!({ "tariff": { "currency": "GBP", "rate": 1300, "per": "hour", "extras": extras } });
        market.host.patch(&path, patch).await.expect(200);
        let form = browser.submit(&form).await.expect(422).says("has changed").says("Total 23.00 GBP").form("/book");
        browser.submit(&form).await.expect(200).says("Total 23.00 GBP");
    }

    async fn a_move_to_a_dearer_time_is_agreed_first(server) {
        let bands = json!([{ "name": "Evening", "rate": 3000, "hours": { "tue": [["18:00", "22:00"]] } }]);
        let tariff = json!({ "currency": "GBP", "rate": 1200, "per": "hour", "bands": bands });
        let market = server.market(json!({ "tariff": tariff })).await;
        let id = market.book("2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z").await.expect(201).id();
        let mut browser = server.browser_of(&market.customer.email).await;
        let address = format!("/bookings/{id}/move?starts_at=2026-12-01T18:00:00Z&ends_at=2026-12-01T19:00:00Z");
        let asked = browser.open(&address).await.expect(200);
        let dearer = browser.submit(&asked.form(&asked.address)).await.expect(200).says("costs more: 30.00 GBP");
        let path = format!("/bookings/{id}");
        assert_eq!(market.customer.get(&path).await.expect(200)["starts_at"], "2026-12-01T09:00:00Z");
        browser.submit(&dearer.form(&dearer.address)).await.expect(200).says("Total 30.00 GBP");
        assert_eq!(market.customer.get(&path).await.expect(200)["starts_at"], "2026-12-01T18:00:00Z");
        // Back to the cheaper time, nothing is asked.
        let back = format!("/bookings/{id}/move?starts_at=2026-12-01T09:00:00Z&ends_at=2026-12-01T10:00:00Z");
        let back = browser.open(&back).await.expect(200);
        browser.submit(&back.form(&back.address)).await.expect(200).says("Total 12.00 GBP");
    }

    async fn a_request_is_approved_or_declined_by_the_host_on_its_page(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let mut customer = server.browser_of(&market.customer.email).await;
        let mut host = server.browser_of(&market.host.email).await;
        for (day, action, status) in [("01", "approve", "Confirmed"), ("02", "decline", "Declined")] {
            let address = format!("/book?resource={}&starts_at=2026-12-{day}T09:00&ends_at=2026-12-{day}T10:00", market.resource);
            let form = customer.open(&address).await.expect(200).says("The host approves each booking.").form("/book");
            let requested = customer.submit(&form).await.expect(200).says("The host has been asked");
            assert!(!requested.html.contains("/approve"));
            let page = host.open(&requested.address).await.expect(200).says("The customer waits for your answer.");
            host.submit(&page.form(&format!("{}/{action}", page.address))).await.expect(200).says(status);
            let decided = customer.open(&requested.address).await.expect(200).says(status);
            // What the host has approved, it moves.
            assert_eq!(decided.text().contains("To move it, ask the host"), status == "Confirmed");
            assert!(!decided.html.contains(&format!("/resources/{}?booking=", market.resource)));
        }
    }

    async fn vat_is_one_line_of_a_price_whether_prices_contain_it_or_not(server) {
        let market = server.market(json!({})).await;
        let mut customer = server.browser_of(&market.customer.email).await;
        let address = format!("/book?resource={}&starts_at=2026-12-01T09:00&ends_at=2026-12-01T10:00", market.resource);
        for (prices_include_vat, line, total) in [(true, "VAT in it, 20 % 2.00 GBP", "Total 12.00"), (false, "VAT 20 % 2.40 GBP", "Total 14.40")] {
            let vat = json!({ "country": "GB", "vat_number": "GB980780684", "vat": { "rate": 2000, "prices_include_vat": prices_include_vat } });
            market.host.patch(&format!("/organizations/{}/billing", market.host_organization), vat).await.expect(200);
            let page = customer.open(&address).await.expect(200);
            let text = page.text();
            assert!(text.contains(line) && text.contains(total) && text.matches("VAT").count() == 1, "{text}");
        }
    }

    async fn a_hold_is_confirmed_and_a_booking_checked_in_and_out_on_its_page(server) {
        let market = server.market(json!({})).await;
        let mut browser = server.browser_of(&market.customer.email).await;
        let address = format!("/book?resource={}&starts_at=2026-11-30T09:30&ends_at=2026-11-30T10:30", market.resource);
        let form = browser.open(&address).await.expect(200).form("/book");
        let held = browser.submit(&form.with("action", "hold")).await.expect(200).says("The time is kept for you.");
        let of = |action: &str| format!("{}/{action}", held.address);
        let confirmed = browser.submit(&held.form(&of("confirm"))).await.expect(200).says("Confirmed");
        assert!(!confirmed.html.contains(&of("check-in")), "it is too early");
        server.advance(TimeDelta::minutes(20));
        let page = browser.open(&held.address).await.expect(200);
        let page = browser.submit(&page.form(&of("check-in"))).await.expect(200).says("In use");
        server.advance(TimeDelta::minutes(20));
        browser.submit(&page.form(&of("check-out"))).await.expect(200).says("Completed");
    }

    async fn an_organization_that_demands_a_second_factor_keeps_nobody_from_booking_for_another(server) {
        let market = server.market(json!({})).await;
        let other = market.customer.found("Second firm").await;
        let strict = &market.customer_organization;
        server.execute(&format!("UPDATE organizations SET requires_second_factor = TRUE WHERE id = '{strict}'"));
        let mut browser = server.browser_of(&market.customer.email).await;
        let address = format!("/book?resource={}&starts_at=2026-12-01T09:00&ends_at=2026-12-01T10:00", market.resource);
        let refused = browser.open(&format!("{address}&organization={strict}")).await.expect(403).form("/book");
        browser.submit(&refused).await.expect(403);
        let form = browser.open(&format!("{address}&organization={other}")).await.expect(200).form("/book");
        browser.submit(&form).await.expect(200).says("The booking is confirmed.");
        assert_eq!(browser.open("/manage").await.expect(200).address, format!("/manage/{other}"));
    }

    async fn terms_are_read_and_accepted_with_the_booking(server) {
        let market = server.market(json!({})).await;
        let terms = json!({ "kind": "house_rules", "name": "House rules", "text": "Leave the bench <clean>." });
        let path = format!("/organizations/{}/terms", market.host_organization);
        let terms = market.host.post(&path, terms).await.expect(201).id();
        let mut browser = server.browser_of(&market.customer.email).await;
        let resource = browser.open(&format!("/resources/{}", market.resource)).await.expect(200).says("Terms of the host: House rules");
        browser.open(&resource.links("/terms/")[0]).await.expect(200).says("Leave the bench <clean>.");
        let address = format!("/book?resource={}&starts_at=2026-12-01T09:00&ends_at=2026-12-01T10:00", market.resource);
        let form = browser.open(&address).await.expect(200).says("I accept: House rules").form("/book");
        browser.submit(&form).await.expect(422).says("accept these terms of the host first");
        let form = browser.open(&address).await.expect(200).form("/book").with("terms", &format!("{terms}:1"));
        browser.submit(&form).await.expect(200).says("The booking is confirmed.");
    }
}
