//! Repeating a booking as a series.

use serde_json::json;

use crate::support::browser::Form;
use crate::support::server::on_both_databases;

/// The form as another button of it sends it, which opens a page.
pub(super) fn opened_by(form: Form, action: &str) -> Form {
    Form { action: action.to_owned(), is_post: false, ..form }
}

on_both_databases! {
    async fn a_visitor_repeats_a_booking_at_the_price_that_each_date_shows(server) {
        let market = server.market(json!({})).await;
        market.book("2027-03-22T09:00:00Z", "2027-03-22T10:00:00Z").await.expect(201);
        let mut browser = server.browser_of(&market.customer.email).await;
        let address = format!("/book?resource={}&starts_at=2027-03-15T09:00&ends_at=2027-03-15T10:00", market.resource);
        let book = browser.open(&address).await.expect(200).form("/book").with("note", "Our Mondays");
        let asked = browser.submit(&opened_by(book, "/series/new")).await.expect(200).says("Choose how often.");
        let dates = asked.form("/series/new").with("count", "4");
        let seen = browser.submit(&dates).await.expect(200).says("3 of 4 dates can be booked. The others are left out.");
        // The hours stay the same when the clocks change.
        let seen = seen
            .says("Mon 15 Mar 2027, 09:00-10:00 (Europe/London, GMT) Free 12.00 GBP")
            .says("Mon 22 Mar 2027, 09:00-10:00 (Europe/London, GMT) Not possible This time is taken. 12.00 GBP")
            .says("Mon 29 Mar 2027, 09:00-10:00 (Europe/London, BST) Free 12.00 GBP")
            .says("Total 36.00 GBP");
        let [_, form] = forms(&seen.html);
        assert!(form.contains("Book 3 dates for a fee"));
        // A date that is taken meanwhile changes what the form shows.
        let sent = booking_form(&seen);
        market.book("2027-04-05T08:00:00Z", "2027-04-05T09:00:00Z").await.expect(201);
        let changed = browser.submit(&sent).await.expect(422).says("has changed, or other dates are free now").says("Total 24.00 GBP");
        let sent = booking_form(&changed);
        let series = browser.submit(&sent).await.expect(200).says("Every week").says("Our Mondays").says("Dates that are not booked");
        assert!(series.address.starts_with("/series/"));
        assert_eq!(browser.submit(&sent).await.expect(200).address, series.address, "sent again, it is the same series");
        // A date that is left out leads to other times of that day, and a booking of its own.
        let series = series.says("Mon 22 Mar 2027, 09:00-10:00 (Europe/London, GMT) Not possible This time is taken. Choose another time");
        let other = series.links(&format!("/resources/{}?day=2027-03-22&minutes=60", market.resource)).remove(0);
        let slots = browser.open(&other).await.expect(200).says("08:00-09:00 12.00 GBP 10:00-11:00 12.00 GBP");
        let slot = slots.links("/book?").into_iter().find(|slot| slot.contains("2027-03-22T10")).unwrap();
        browser.open(&slot).await.expect(200).says("Mon 22 Mar 2027, 10:00-11:00 (Europe/London, GMT)");
        let mut host = server.browser_of(&market.host.email).await;
        let seen_by_host = host.open(&series.address).await.expect(200).says("Dates that are not booked");
        assert!(seen_by_host.links("/resources/").is_empty(), "the host books nothing for the customer here");
        // One entry in the list, with its bookings.
        let list = browser.open("/bookings").await.expect(200).says("Lathe Every week 24.00 GBP");
        assert_eq!(list.links(&series.address), std::slice::from_ref(&series.address));
        // The rest is cancelled, from the second date on.
        let cancel = series.form(&format!("{}/cancel", series.address));
        let bookings = series.links("/bookings/");
        let second = bookings[1].trim_start_matches("/bookings/");
        let cancel = cancel.with("from", second).with("reason", "No more brass");
        let rest = browser.submit(&cancel).await.expect(200).says("Cancel the booking that is left");
        let rest = rest.text();
        assert_eq!((rest.matches("Confirmed").count(), rest.matches("Cancelled").count()), (1, 1), "{rest}");
    }

    async fn a_series_names_its_terms_its_faults_and_its_hold(server) {
        let market = server.market(json!({ "booking_rules": { "horizon_days": 20 } })).await;
        let terms = json!({ "kind": "house_rules", "name": "House rules", "text": "Sweep." });
        let path = format!("/organizations/{}/terms", market.host_organization);
        let terms = market.host.post(&path, terms).await.expect(201).id();
        let mut browser = server.browser_of(&market.customer.email).await;
        let slot = format!("resource={}&starts_at=2026-12-01T09:00&ends_at=2026-12-01T10:00", market.resource);
        for (rule, says) in [
            ("frequency=weekly&count=0", "rule: COUNT must be between 1 and 200"),
            ("frequency=yearly&count=2", "rule: FREQ must be DAILY, WEEKLY or MONTHLY"),
            ("frequency=daily&interval=x&count=2", "rule: INTERVAL must be between 1 and 366"),
            ("frequency=monthly&until=2028-12-01", "rule: UNTIL must be at most one year after"),
        ] {
            browser.open(&format!("/series/new?{slot}&{rule}")).await.expect(422).says(says);
        }
        let seen = browser.open(&format!("/series/new?{slot}&frequency=weekly&weekday=TU&weekday=TH&until=2026-12-22")).await.expect(200);
        let seen = seen.says("6 of 7 dates can be booked.").says("Thu 3 Dec 2026, 09:00-10:00").says("Tue 22 Dec 2026, 09:00-10:00 (Europe/London, GMT) Not possible");
        let form = booking_form(&seen).with("action", "hold");
        let refused = browser.submit(&form).await.expect(422).says("accept these terms of the host first");
        let form = booking_form(&refused).with("terms", &format!("{terms}:1")).with("action", "hold");
        let held = browser.submit(&form).await.expect(200);
        assert_eq!(held.text().matches("Held").count(), 6);
        let confirmed = browser.submit(&held.form(&format!("{}/confirm", held.address))).await.expect(200);
        assert_eq!(confirmed.text().matches("Confirmed").count(), 6);
        // The host cancels what is left; another tenant sees nothing.
        let mut host = server.browser_of(&market.host.email).await;
        let page = host.open(&held.address).await.expect(200);
        host.submit(&page.form(&format!("{}/cancel", page.address)).with("reason", "Fire")).await.expect(200);
        let statuses = market.customer.get("/bookings?status=cancelled").await.expect(200);
        assert_eq!(statuses.items().len(), 6);
    }
}

/// The forms in the main part of a page.
fn forms(html: &str) -> [&str; 2] {
    let main = html.split("<main").nth(1).unwrap();
    main.split("<form").skip(1).collect::<Vec<_>>().try_into().unwrap()
}

/// The form of the page that books the dates.
fn booking_form(page: &crate::support::browser::Page) -> Form {
    let booking = page.html.rfind("<form method=\"post\" action=\"/series/new\"").expect("the page has a form that books");
    crate::support::browser::Page {
        html: page.html[booking..].to_owned(),
        address: page.address.clone(),
        headers: page.headers.clone(),
        ..*page
    }
    .form("/series/new")
}
