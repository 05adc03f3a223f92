//! Who has booked is reminded in time, once.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::server::{Server, on_both_databases};

/// In three days and an hour.
const FROM: &str = "2026-12-03T10:00:00Z";
const TO: &str = "2026-12-03T11:00:00Z";

/// Lets time pass and the jobs of two servers run, of which one dies before its reminders are sent. Answers to whom reminders
/// were written until then.
async fn after(server: &Server, time: TimeDelta) -> Vec<String> {
    server.advance(time);
    let (mut one, mut other) = (server.runner(), server.runner());
    tokio::try_join!(one.run_once(), other.run_once()).unwrap();
    drop(one);
    other.run_once().await.unwrap();
    server.select("SELECT recipient AS value FROM mails WHERE template LIKE 'booking_reminder%' ORDER BY id")
}

on_both_databases! {
    async fn a_reminder_comes_once_at_each_time_that_was_chosen(server) {
        let market = server.market(json!({})).await;
        let carl = &market.customer.email;
        market.customer.patch("/me", json!({ "reminder_minutes": [1440, 60] })).await.expect(200);
        let booking = market.book(FROM, TO).await.expect(201).id();
        assert_eq!(after(server, TimeDelta::hours(48)).await, [""; 0]);
        assert_eq!(after(server, TimeDelta::minutes(61)).await, [carl.as_str()]);
        assert_eq!(after(server, TimeDelta::minutes(1)).await, [carl.as_str()]);
        assert_eq!(after(server, TimeDelta::hours(23)).await, [carl.as_str(), carl]);
        assert_eq!(after(server, TimeDelta::hours(2)).await, [carl.as_str(), carl]);
        let mail = &server.mails(carl, 3).await[1];
        assert_eq!(mail.subject, "Reminder: Lathe, Thu 3 Dec 2026, 10:00-11:00");
        assert!(mail.text.contains(&format!("{}/bookings/{booking}", server.config.public_url)), "{}", mail.text);
        assert!(mail.calendar.is_empty());
    }

    async fn a_booking_that_moved_reminds_at_its_new_time_and_one_that_is_off_not_at_all(server) {
        let market = server.market(json!({})).await;
        let moved = market.book(FROM, TO).await.expect(201).id();
        let cancelled = market.book("2026-12-03T12:00:00Z", "2026-12-03T13:00:00Z").await.expect(201).id();
        market.customer.post(&format!("/bookings/{cancelled}/cancel"), json!({})).await.expect(200);
        let slot = json!({ "starts_at": "2026-12-04T10:00:00Z", "ends_at": "2026-12-04T11:00:00Z" });
        market.customer.post(&format!("/bookings/{moved}/reschedule"), slot).await.expect(200);
        assert_eq!(after(server, TimeDelta::hours(50)).await, [""; 0]);
        assert_eq!(after(server, TimeDelta::hours(24)).await.len(), 1);
    }

    async fn nobody_is_reminded_who_does_not_want_it_or_has_just_booked(server) {
        let market = server.market(json!({ "capacity": { "quantity": 2, "unit": "unit" } })).await;
        let colleague = server.user("Cleo").await;
        server.add_member(&market.customer_organization, &colleague, "booker");
        market.customer.patch("/me", json!({ "reminder_minutes": [] })).await.expect(200);
        colleague.patch("/me", json!({ "mail_preferences": { "reminders": false } })).await.expect(200);
        market.book(FROM, TO).await.expect(201);
        colleague.post("/bookings", market.wish(FROM, TO)).await.expect(201);
        assert_eq!(after(server, TimeDelta::hours(50)).await, [""; 0]);
        market.host.post("/bookings", {
            let mut wish = market.wish("2026-12-03T12:00:00Z", "2026-12-03T13:00:00Z");
            wish["organization_id"] = json!(market.host_organization);
            wish
        }).await.expect(201);
        assert_eq!(after(server, TimeDelta::minutes(5)).await, [""; 0]);
    }

    async fn reminders_that_came_due_while_nothing_ran_are_made_up_for_but_not_for_what_has_begun(server) {
        let market = server.market(json!({})).await;
        market.customer.patch("/me", json!({ "reminder_minutes": [1440, 120, 60] })).await.expect(200);
        market.book(FROM, TO).await.expect(201);
        market.book("2026-12-02T10:00:00Z", "2026-12-02T11:00:00Z").await.expect(201);
        assert_eq!(after(server, TimeDelta::minutes(1)).await, [""; 0]);
        // Half an hour before the later of them.
        assert_eq!(after(server, TimeDelta::hours(72) + TimeDelta::minutes(29)).await, [market.customer.email.as_str()]);
    }

    async fn who_has_a_seat_is_reminded_of_the_training_and_who_trains_is_asked_who_came(server) {
        let market = server.market(json!({})).await;
        let organization = format!("/organizations/{}", market.host_organization);
        let kind = market.host.post(&format!("{organization}/certification-kinds"), json!({ "name": "Lathe" })).await.expect(201).id();
        let schedule = async |name: &str| {
            let training = json!({
                "certification_kind_id": kind, "site_id": market.site, "name": name, "seats": 3, "starts_at": FROM, "ends_at": TO,
            });
            market.host.post(&format!("{organization}/trainings"), training).await.expect(201).id()
        };
        let (training, empty) = (schedule("Lathe evening").await, schedule("Nobody's").await);
        let carl = &market.customer;
        carl.patch("/me", json!({ "reminder_minutes": [60] })).await.expect(200);
        carl.post(&format!("/trainings/{training}/seats"), json!({})).await.expect(201);
        let given_up = market.host.post(&format!("/trainings/{empty}/seats"), json!({})).await.expect(201).id();
        market.host.post(&format!("/trainings/{empty}/seats/{given_up}/cancel"), json!({})).await.expect(200);
        let told = || server.select("SELECT recipient AS value FROM mails WHERE template IN ('training_reminder', 'training_attendance_due') ORDER BY id");
        after(server, TimeDelta::hours(71)).await;
        assert_eq!(told(), [""; 0]);
        after(server, TimeDelta::minutes(61)).await;
        assert_eq!(told(), [carl.email.as_str()]);
        let reminder = server.mails(&carl.email, 2).await.pop().unwrap();
        assert!(reminder.subject.starts_with("Reminder: Lathe evening, Thu 3 Dec 2026, 10:00-11:00"), "{}", reminder.subject);
        assert!(reminder.text.contains("You can choose which mails of this kind you receive:\n") && reminder.calendar.is_empty(), "{}", reminder.text);
        for _ in 0..3 {
            after(server, TimeDelta::hours(1)).await;
        }
        assert_eq!(told(), [carl.email.as_str(), &market.host.email]);
        server.tell_all().await;
        let mails = server.mails(&market.host.email, 1).await;
        let asked = mails.iter().find(|mail| mail.subject.starts_with("Record attendance: Lathe evening")).unwrap();
        assert!(asked.text.contains(&format!("/trainings/{training}?token=")), "{}", asked.text);
    }

    async fn what_a_host_makes_of_a_request_is_told_whatever_was_muted(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let none = json!({ "mail_preferences": { "bookings": false, "requests": false, "changes": false } });
        market.customer.patch("/me", none.clone()).await.expect(200);
        market.host.patch("/me", none).await.expect(200);
        let declined = market.book(FROM, TO).await.expect(201).id();
        market.host.post(&format!("/bookings/{declined}/decline"), json!({ "reason": "In use" })).await.expect(200);
        market.book(FROM, TO).await.expect(201);
        server.advance(TimeDelta::days(4));
        server.tell_all().await;
        server.run_jobs().await;
        server.tell_all().await;
        let told = server.select("SELECT template AS value FROM mails WHERE template LIKE 'booking%' ORDER BY template");
        assert_eq!(told, ["booking_declined_customer", "booking_expired_customer"]);
    }

    async fn who_mutes_a_kind_of_mail_gets_none_of_it_but_what_everybody_must_hear(server) {
        let market = server.market(json!({})).await;
        let none = json!({ "mail_preferences": { "bookings": false, "requests": false, "changes": false } });
        market.host.patch("/me", none.clone()).await.expect(200);
        market.customer.patch("/me", none).await.expect(200);
        let booking = market.book(FROM, TO).await.expect(201).id();
        let confirmed = &server.mails(&market.customer.email, 1).await[0];
        assert!(confirmed.subject.starts_with("Confirmed: "), "{}", confirmed.subject);
        server.advance(TimeDelta::minutes(1));
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        let mails = server.mails(&market.host.email, 1).await;
        assert!(mails[0].subject.starts_with("Cancelled: "), "{mails:?}");
        assert_eq!(server.select("SELECT template AS value FROM mails WHERE template LIKE 'booking_confirmed%'"), ["booking_confirmed_customer"]);
    }
}
