//! What they hear who are to operate what somebody else has booked.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::inbox::Mail;
use crate::support::people::{Market, User};
use crate::support::server::{Server, on_both_databases};

const TEN: &str = "2026-12-03T10:00:00Z";
const ELEVEN: &str = "2026-12-03T11:00:00Z";
const TWELVE: &str = "2026-12-03T12:00:00Z";

/// A member of the customer who may book.
async fn member(server: &Server, market: &Market, name: &str) -> User {
    let user = server.user(name).await;
    server.add_member(&market.customer_organization, &user, "booker");
    user
}

/// A booking by the customer that names who is to operate it.
async fn book(market: &Market, operator: &User, starts_at: &str, ends_at: &str) -> String {
    let mut wish = market.wish(starts_at, ends_at);
    wish["operated_by"] = json!(operator.id);
    format!("/bookings/{}", market.customer.post("/bookings", wish).await.expect(201).id())
}

/// What somebody has heard when all is sent: the first word of each subject, with what it asks of a calendar.
async fn heard(server: &Server, user: &User) -> Vec<String> {
    server.tell_all().await;
    // The next thing happens later.
    server.advance(TimeDelta::minutes(1));
    let line = |mail: &Mail, name: &str| mail.calendar.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("-").to_owned();
    let mails = server.mails(&user.email, 0).await;
    let told = mails.iter().map(|mail| {
        let word = mail.subject.split(':').next().unwrap();
        format!("{word} {} {}", line(mail, "METHOD:"), line(mail, "SEQUENCE:"))
    });
    told.collect()
}

on_both_databases! {
    async fn who_is_named_to_operate_hears_of_all_that_becomes_of_it(server) {
        let market = server.market(json!({})).await;
        let (bob, cleo) = (member(server, &market, "Bob").await, member(server, &market, "Cleo").await);
        let booking = book(&market, &bob, TEN, ELEVEN).await;
        assert_eq!(heard(server, &bob).await, ["You are the operator REQUEST 0"]);
        let named = &server.mails(&bob.email, 1).await[0];
        assert_eq!(named.subject, "You are the operator: Lathe, Thu 3 Dec 2026, 10:00-11:00");
        assert!(named.text.contains("Newcomer booked Lathe at Rotor Works and named you as the operator.\n"), "{}", named.text);

        let reschedule = format!("{booking}/reschedule");
        market.customer.post(&reschedule, json!({ "starts_at": ELEVEN })).await.expect(200);
        assert_eq!(heard(server, &bob).await, ["You are the operator REQUEST 0", "Moved REQUEST 1"]);
        market.customer.post(&reschedule, json!({ "operated_by": cleo.id })).await.expect(200);
        assert_eq!(heard(server, &bob).await, ["You are the operator REQUEST 0", "Moved REQUEST 1", "Not needed CANCEL 2"]);
        assert_eq!(heard(server, &cleo).await, ["You are the operator REQUEST 2"]);
        market.customer.post(&format!("{booking}/cancel"), json!({})).await.expect(200);
        assert_eq!(heard(server, &cleo).await, ["You are the operator REQUEST 2", "Cancelled CANCEL 3"]);
        assert_eq!(heard(server, &bob).await.len(), 3);
        assert_eq!(heard(server, &market.customer).await, ["Confirmed REQUEST 0", "Moved REQUEST 1", "Moved REQUEST 2", "Cancelled CANCEL 3"]);
    }

    async fn who_is_to_operate_what_is_requested_hears_of_it_when_it_is_agreed(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let bob = member(server, &market, "Bob").await;
        let declined = book(&market, &bob, TEN, ELEVEN).await;
        let approved = book(&market, &bob, ELEVEN, TWELVE).await;
        market.host.post(&format!("{declined}/decline"), json!({})).await.expect(200);
        assert_eq!(heard(server, &bob).await, [""; 0]);
        market.host.post(&format!("{approved}/approve"), json!({})).await.expect(200);
        assert_eq!(heard(server, &bob).await, ["You are the operator REQUEST 0"]);
    }

    async fn who_books_and_who_operates_are_reminded_when_they_have_chosen(server) {
        let market = server.market(json!({})).await;
        let (bob, cleo) = (member(server, &market, "Bob").await, member(server, &market, "Cleo").await);
        bob.patch("/me", json!({ "reminder_minutes": [60] })).await.expect(200);
        cleo.patch("/me", json!({ "mail_preferences": { "reminders": false, "changes": false } })).await.expect(200);
        book(&market, &bob, TEN, ELEVEN).await;
        let moved = book(&market, &cleo, ELEVEN, TWELVE).await;
        market.customer.post(&format!("{moved}/reschedule"), json!({ "starts_at": TWELVE })).await.expect(200);
        server.tell_all().await;
        let reminded = async |time: TimeDelta| {
            server.advance(time);
            // The reminders are written by one round, and sent by the next.
            server.run_jobs().await;
            server.tell_all().await;
            server.select("SELECT recipient || ' ' || template AS value FROM mails WHERE template LIKE 'booking_reminder%' ORDER BY id")
        };
        let carl = "carl@example.org booking_reminder_customer";
        assert_eq!(reminded(TimeDelta::hours(52)).await, [carl, carl]);
        assert_eq!(reminded(TimeDelta::hours(20)).await, [carl, carl, "bob@example.org booking_reminder_operator"]);
        assert_eq!(heard(server, &cleo).await, ["You are the operator REQUEST 0"]);
    }

    async fn who_is_to_operate_part_of_a_series_or_a_group_hears_of_that_part_once(server) {
        let market = server.market(json!({})).await;
        let (bob, cleo) = (member(server, &market, "Bob").await, member(server, &market, "Cleo").await);
        let mut daily = market.wish(TEN, ELEVEN);
        (daily["rule"], daily["operated_by"]) = (json!("FREQ=DAILY;COUNT=3"), json!(bob.id));
        let series = market.customer.post("/series", daily).await.expect(201);
        assert_eq!(heard(server, &bob).await, ["You are the operator REQUEST 0"]);
        let second = format!("/bookings/{}/reschedule", series["bookings"][1]["id"].as_str().unwrap());
        market.customer.post(&second, json!({ "operated_by": cleo.id })).await.expect(200);
        assert_eq!(heard(server, &bob).await, ["You are the operator REQUEST 0", "Not needed CANCEL 1"]);
        market.customer.post(&format!("/series/{}/cancel", series.id()), json!({})).await.expect(200);
        for (user, times) in [(&bob, "2 times"), (&cleo, "once"), (&market.customer, "3 times")] {
            heard(server, user).await;
            let told = server.mails(&user.email, 2).await.pop().unwrap();
            assert!(told.subject.starts_with(&format!("Cancelled: Lathe, {times} from ")), "{}", told.subject);
        }
        let part = |operator: &User, starts_at: &str, ends_at: &str| {
            json!({ "resource_id": market.resource, "starts_at": starts_at, "ends_at": ends_at, "operated_by": operator.id })
        };
        let parts = json!([part(&bob, TEN, ELEVEN), part(&cleo, ELEVEN, TWELVE)]);
        let group = json!({ "organization_id": market.customer_organization, "bookings": parts });
        market.customer.post("/booking-groups", group).await.expect(201);
        heard(server, &bob).await;
        let told = server.mails(&bob.email, 4).await.pop().unwrap();
        assert_eq!(told.subject, "You are the operator: Lathe, Thu 3 Dec 2026, 10:00-11:00");
        assert_eq!(told.calendar.matches("BEGIN:VEVENT").count(), 1);
    }

    async fn who_leaves_operates_nothing_and_who_booked_is_told_to_name_somebody_else(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true, "change_cutoff_minutes": 10_000 } })).await;
        for (name, leaves_the_service) in [("Bob", false), ("Cleo", true)] {
            let leaver = member(server, &market, name).await;
            let day = if leaves_the_service { "2026-12-05" } else { "2026-12-04" };
            let mut bookings = Vec::new();
            for hour in [10, 12] {
                let booking = book(&market, &leaver, &format!("{day}T{hour}:00:00Z"), &format!("{day}T{}:00:00Z", hour + 1)).await;
                market.host.post(&format!("{booking}/approve"), json!({})).await.expect(200);
                bookings.push(booking);
            }
            heard(server, &market.customer).await;
            let by = if leaves_the_service {
                leaver.delete_account().await.expect(204);
                &leaver
            } else {
                let path = format!("/organizations/{}/members/{}", market.customer_organization, leaver.id);
                market.customer.delete(&path).await.expect(204);
                &market.customer
            };
            heard(server, &market.customer).await;
            let told = server.mails(&market.customer.email, 1).await.pop().unwrap();
            assert_eq!(told.subject, "Choose another operator: Lathe, 2 bookings");
            for part in ["10:00-11:00", "12:00-13:00", &format!("\nReason: {name} has left Newcomer.\n")] {
                assert!(told.text.contains(part), "{part} is not in\n{}", told.text);
            }
            assert_eq!(server.mails(&market.host.email, 0).await.iter().filter(|mail| mail.subject.starts_with("Choose ")).count(), 0);

            let seen = market.customer.get(&bookings[0]).await.expect(200);
            assert_eq!((&seen["status"], &seen["operated_by"]), (&json!("confirmed"), &Value::Null));
            // Neither the host nor its cut-off stands in the way of naming somebody else.
            let named = json!({ "operated_by": market.customer.id });
            market.customer.post(&format!("{}/reschedule", bookings[0]), named).await.expect(200);
            let history = market.customer.get(&format!("{}/history", bookings[0])).await.expect(200);
            let changes: Vec<_> = history.items().iter().map(|change| json!([change["action"], change["operated_by"], change["user_id"]])).collect();
            assert_eq!(changes[2..], [
                json!(["operator_left", null, by.id]),
                json!(["name_operator", market.customer.id, market.customer.id]),
            ]);
            assert_eq!(history.items()[0]["operated_by"], json!(leaver.id));
        }
    }
}
