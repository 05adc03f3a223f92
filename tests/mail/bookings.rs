//! What the two parties hear of a booking, and nobody else.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::inbox::Mail;
use crate::support::server::{Server, on_both_databases};

const FROM: &str = "2026-12-01T09:00:00Z";
const TO: &str = "2026-12-01T11:00:00Z";

/// The lines of the calendar entry that tell which entry it is, in which state.
fn entry(mail: &Mail) -> Vec<&str> {
    let told = ["METHOD:", "SEQUENCE:", "STATUS:", "UID:"];
    mail.calendar.lines().filter(|line| told.iter().any(|name| line.starts_with(name))).collect()
}

/// Everybody for whom a mail about a booking was queued.
fn recipients(server: &Server) -> Vec<String> {
    server.select("SELECT recipient AS value FROM mails WHERE template NOT LIKE '%verification' ORDER BY recipient")
}

/// Makes somebody a member.
async fn join(server: &Server, organization: &str, name: &str, role: &str) -> String {
    let user = server.user(name).await;
    server.add_member(organization, &user, role);
    user.email
}

on_both_databases! {
    async fn a_confirmed_booking_is_told_to_both_sides_with_its_calendar_entry(server) {
        let market = server.market(json!({})).await;
        let booking = market.book(FROM, TO).await.expect(201).id();
        let customer = &server.mails(&market.customer.email, 1).await[0];
        assert_eq!(customer.subject, "Confirmed: Lathe, Tue 1 Dec 2026, 09:00-11:00");
        for line in [
            "Hello Carl,\n",
            "When: Tue 1 Dec 2026, 09:00-11:00 (Europe/London, GMT)\n",
            "Where: Main hall\n    1 Foundry Lane\n    E1 1AA London\n    GB\n",
            "Host: Rotor Works\n",
            "Price: 24.00 GBP\n",
            &format!("{}/bookings/{booking}?token=", server.config.public_url),
        ] {
            assert!(customer.text.contains(line), "{line} is not in\n{}", customer.text);
        }
        let host = &server.mails(&market.host.email, 1).await[0];
        assert_eq!(host.subject, "Booked: Lathe, Tue 1 Dec 2026, 09:00-11:00");
        assert!(host.text.contains("Newcomer booked Lathe.\n"), "{}", host.text);
        for mail in [customer, host] {
            let uid = format!("UID:{booking}@127.0.0.1");
            assert_eq!(entry(mail), ["METHOD:REQUEST", "SEQUENCE:0", "STATUS:CONFIRMED", &uid]);
        }
    }

    async fn a_cancellation_tells_both_sides_why_and_takes_the_entry_out(server) {
        let market = server.market(json!({})).await;
        let booking = market.book(FROM, TO).await.expect(201).id();
        let path = format!("/bookings/{booking}/cancel");
        server.advance(TimeDelta::minutes(1));
        market.host.post(&path, json!({ "reason": "The spindle is broken" })).await.expect(200);
        for email in [&market.customer.email, &market.host.email] {
            let mail = &server.mails(email, 2).await[1];
            assert!(mail.subject.starts_with("Cancelled: Lathe, "), "{}", mail.subject);
            assert!(mail.text.contains("\nReason: The spindle is broken\n"), "{}", mail.text);
            let uid = format!("UID:{booking}@127.0.0.1");
            assert_eq!(entry(mail), ["METHOD:CANCEL", "SEQUENCE:1", "STATUS:CANCELLED", &uid]);
        }
    }

    async fn a_request_asks_the_host_for_an_answer_and_the_answer_is_told(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let booking = market.book(FROM, TO).await.expect(201).id();
        let asked = &server.mails(&market.host.email, 1).await[0];
        assert!(asked.subject.starts_with("Please respond: Lathe, "), "{}", asked.subject);
        assert_eq!(asked.calendar, "");
        assert!(server.mails(&market.customer.email, 1).await[0].subject.starts_with("Requested: Lathe, "));
        server.advance(TimeDelta::minutes(1));
        market.host.post(&format!("/bookings/{booking}/approve"), json!({})).await.expect(200);
        let confirmed = &server.mails(&market.customer.email, 2).await[1];
        assert!(confirmed.subject.starts_with("Confirmed: Lathe, "), "{}", confirmed.subject);
        assert!(confirmed.calendar.contains("METHOD:REQUEST"));
    }

    async fn an_answer_to_a_mail_goes_to_the_other_party(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let booking = market.book(FROM, TO).await.expect(201).id();
        let asked = server.mails(&market.host.email, 1).await.remove(0);
        assert!(asked.text.contains("\nCustomer: Newcomer\n    Carl, carl@example.org\n"), "{}", asked.text);
        assert_eq!(asked.reply_to, market.customer.email);
        let requested = server.mails(&market.customer.email, 1).await.remove(0);
        assert!(requested.text.contains("\nHost: Rotor Works\n    hannah@example.org\n"), "{}", requested.text);
        assert_eq!(requested.reply_to, market.host.email);

        // The contact address of an organization comes before that of its owner, once it is confirmed.
        let host = format!("/organizations/{}", market.host_organization);
        market.host.patch(&host, json!({ "contact_email": "desk@example.org" })).await.expect(200);
        server.advance(TimeDelta::minutes(1));
        market.host.post(&format!("/bookings/{booking}/approve"), json!({})).await.expect(200);
        assert_eq!(server.mails(&market.customer.email, 2).await[1].reply_to, market.host.email);
        let token = server.take_token("desk@example.org", "verify-contact").await;
        server.anonymous().post("/auth/verify-contact", json!({ "token": token })).await.expect(204);
        server.advance(TimeDelta::minutes(1));
        market.host.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        let cancelled = server.mails(&market.customer.email, 3).await.remove(2);
        assert_eq!(cancelled.reply_to, "desk@example.org");
        assert!(cancelled.text.contains("\nHost: Rotor Works\n    desk@example.org\n"), "{}", cancelled.text);
    }

    async fn a_mail_about_a_hold_that_the_host_does_not_know_of_names_no_address(server) {
        let market = server.market(json!({ "booking_rules": { "hold_minutes": 30 } })).await;
        let mut wish = market.wish(FROM, TO);
        wish["hold"] = json!(true);
        market.customer.post("/bookings", wish).await.expect(201);
        server.advance(TimeDelta::hours(1));
        server.run_jobs().await;
        server.tell_all().await;
        let expired = server.mails(&market.customer.email, 1).await.remove(0);
        assert!(expired.subject.starts_with("No longer reserved: "), "{}", expired.subject);
        assert!(expired.reply_to.is_empty() && !expired.text.contains(&market.host.email), "{}", expired.text);
    }

    async fn a_mail_about_bookings_of_several_customers_has_no_one_to_answer(server) {
        let market = server.market(json!({ "capacity": { "quantity": 2, "unit": "unit" } })).await;
        let other = server.user("Dora").await;
        let mut wish = market.wish(FROM, TO);
        wish["organization_id"] = json!(other.found("Other").await);
        market.book(FROM, TO).await.expect(201);
        other.post("/bookings", wish).await.expect(201);
        server.advance(TimeDelta::minutes(1));
        let block = json!({ "starts_at": FROM, "ends_at": TO, "bookings": "cancel" });
        market.host.post(&format!("/resources/{}/blocks", market.resource), block).await.expect(201);
        assert_eq!(server.mails(&market.host.email, 3).await[2].reply_to, "");
        assert_eq!(server.mails(&other.email, 2).await[1].reply_to, market.host.email);
    }

    async fn only_who_is_confirmed_reads_where_a_hidden_place_is_and_how_to_get_in(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let discreet = json!({ "discloses_address": "confirmed", "access_notes": "By the back door", "contact": "+44 20 7946 0000" });
        market.host.patch(&format!("/sites/{}", market.site), discreet).await.expect(200);
        let booking = market.book(FROM, TO).await.expect(201).id();
        let requested = &server.mails(&market.customer.email, 1).await[0];
        assert!(requested.text.contains("\nWhere: Main hall\n    London\n    GB\n"), "{}", requested.text);
        assert!(server.mails(&market.host.email, 1).await[0].text.contains("1 Foundry Lane"));
        server.advance(TimeDelta::minutes(1));
        market.host.post(&format!("/bookings/{booking}/approve"), json!({})).await.expect(200);
        let confirmed = &server.mails(&market.customer.email, 2).await[1];
        let told = "Where: Main hall\n    1 Foundry Lane\n    E1 1AA London\n    GB\nAccess: By the back door\nContact: +44 20 7946 0000\n";
        assert!(confirmed.text.contains(told), "{}", confirmed.text);
        server.advance(TimeDelta::minutes(1));
        market.host.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        let cancelled = &server.mails(&market.customer.email, 3).await[2];
        for secret in ["Foundry", "E1 1AA", "back door", "20 7946"] {
            assert!(!format!("{requested:?} {cancelled:?}").contains(secret), "{secret} is told");
        }
    }

    async fn a_request_that_is_declined_is_told_with_the_reason(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let booking = market.book(FROM, TO).await.expect(201).id();
        server.advance(TimeDelta::minutes(1));
        market.host.post(&format!("/bookings/{booking}/decline"), json!({ "reason": "Closed for stocktaking" })).await.expect(200);
        let declined = &server.mails(&market.customer.email, 2).await[1];
        assert!(declined.subject.starts_with("Declined: Lathe, "), "{}", declined.subject);
        assert!(declined.text.contains("\nReason: Closed for stocktaking\n"), "{}", declined.text);
    }

    async fn a_request_that_a_block_displaces_is_told_without_a_calendar_update(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        market.book(FROM, TO).await.expect(201);
        server.advance(TimeDelta::minutes(1));
        let block = json!({ "starts_at": FROM, "ends_at": TO, "reason": "New belt", "bookings": "cancel" });
        market.host.post(&format!("/resources/{}/blocks", market.resource), block).await.expect(201);
        for (user, told) in [(&market.customer, "Your request is cancelled.\n"), (&market.host, "The request is cancelled.\n")] {
            let mail = &server.mails(&user.email, 2).await[1];
            assert!(mail.text.contains(told) && !mail.text.contains("calendar") && mail.objects.is_empty(), "{}", mail.text);
        }
    }

    async fn a_booking_with_a_time_to_check_in_by_says_so_in_its_mails_and_reminders(server) {
        let market = server.market(json!({ "booking_rules": { "no_show_minutes": 30 } })).await;
        market.customer.patch("/me", json!({ "reminder_minutes": [60] })).await.expect(200);
        market.book(FROM, TO).await.expect(201);
        let told = "\nCheck in by: Tue 1 Dec 2026, 09:30 (Europe/London, GMT).";
        for user in [&market.customer, &market.host] {
            let mail = &server.mails(&user.email, 1).await[0];
            assert!(mail.text.contains(told), "{}", mail.text);
            assert!(mail.calendar.replace("\n ", "").contains("Check in by: Tue 1 Dec 2026\\, 09:30"), "{}", mail.calendar);
        }
        server.run_jobs().await;
        server.advance(TimeDelta::hours(23) + TimeDelta::minutes(1));
        server.run_jobs().await;
        server.tell_all().await;
        let reminder = server.mails(&market.customer.email, 2).await.pop().unwrap();
        assert!(reminder.subject.starts_with("Reminder: ") && reminder.text.contains(told), "{}", reminder.text);
    }

    async fn all_who_manage_the_host_hear_of_a_booking_once(server) {
        let market = server.market(json!({})).await;
        let host = &market.host_organization;
        let manager = join(server, host, "Mona", "manager").await;
        join(server, host, "Bob", "booker").await;
        let contact = json!({ "contact_email": "desk@example.org" });
        market.host.patch(&format!("/organizations/{host}"), contact).await.expect(200);
        let wanted = || assert!(server.execute("UPDATE organizations SET contact_verified_at = created_at") > 0);
        wanted();
        server.take_token("desk@example.org", "verify-contact").await;
        market.book(FROM, TO).await.expect(201);
        server.mails("desk@example.org", 1).await;
        let told = ["carl@example.org", "desk@example.org", "hannah@example.org", &manager];
        assert_eq!(recipients(server), told);
        market.host.patch(&format!("/organizations/{host}"), json!({ "contact_email": manager })).await.expect(200);
        wanted();
        server.take_token(&manager, "verify-contact").await;
        market.book("2026-12-02T09:00:00Z", "2026-12-02T11:00:00Z").await.expect(201);
        server.mails(&manager, 2).await;
        assert_eq!(recipients(server).len(), told.len() + 3);
    }

    async fn who_stands_on_both_sides_hears_it_once(server) {
        let market = server.market(json!({})).await;
        let mut wish = market.wish(FROM, TO);
        wish["organization_id"] = json!(market.host_organization);
        market.host.post("/bookings", wish).await.expect(201);
        let mail = &server.mails(&market.host.email, 1).await[0];
        assert!(mail.subject.starts_with("Confirmed: Lathe, "), "{}", mail.subject);
        assert_eq!(recipients(server), [market.host.email.as_str()]);
    }

    async fn who_has_left_the_customer_hears_no_more_but_its_managers_do(server) {
        let market = server.market(json!({})).await;
        let manager = join(server, &market.customer_organization, "Mona", "manager").await;
        let booking = market.book(FROM, TO).await.expect(201).id();
        server.mails(&market.customer.email, 1).await;
        server.execute("UPDATE members SET role = 'owner' WHERE role = 'manager'");
        server.execute(&format!("DELETE FROM members WHERE user_id = '{}'", market.customer.id));
        market.host.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        let mail = &server.mails(&manager, 1).await[0];
        assert!(mail.text.contains("Your booking of Lathe at Rotor Works is cancelled.\n"), "{}", mail.text);
        assert_eq!(recipients(server).iter().filter(|recipient| **recipient == market.customer.email).count(), 1);
    }

    async fn mails_about_one_booking_are_queued_in_the_order_of_its_changes(server) {
        let market = server.market(json!({})).await;
        let mut bookings = Vec::new();
        for day in 1..=9 {
            let booking = market.book(&format!("2026-12-0{day}T09:00:00Z"), &format!("2026-12-0{day}T10:00:00Z")).await.expect(201).id();
            market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
            bookings.push(booking);
        }
        server.tell_all().await;
        // All is told again at once. The facts have the same time, so nothing but the revisions says which was first.
        server.execute("DELETE FROM mails");
        server.execute("UPDATE deliveries SET state = 'pending', done_at = NULL WHERE subscriber = 'mail'");
        server.tell_all().await;
        for booking in bookings {
            let queued = server.select(&format!(
                "SELECT template AS value FROM mail_topics JOIN mails ON mails.id = mail_id \
                 WHERE topic_id = '{booking}' AND mails.recipient = 'carl@example.org' ORDER BY position"
            ));
            assert_eq!(queued, ["booking_confirmed_customer", "booking_cancelled_customer"]);
        }
    }

    async fn nobody_who_has_not_proved_the_address_hears_of_bookings_or_certifications(server) {
        let market = server.market(json!({})).await;
        let unproved = async |name: &str, organization: &str, role: &str| {
            let user = server.unverified_user(name).await;
            server.take_token(&user.email, "verify-email").await;
            server.add_member(organization, &user, role);
            user
        };
        let manager = unproved("Mona", &market.host_organization, "manager").await;
        let operator = unproved("Bob", &market.customer_organization, "booker").await;
        let mut wish = market.wish(FROM, TO);
        wish["operated_by"] = json!(operator.id);
        let booking = market.customer.post("/bookings", wish).await.expect(201).id();
        market.customer.post(&format!("/bookings/{booking}/reschedule"), json!({ "operated_by": market.customer.id })).await.expect(200);
        server.tell_all().await;
        let heard = recipients(server);
        assert!(!heard.contains(&manager.email) && !heard.contains(&operator.email), "{heard:?}");
        // Their own mails do not name them: somebody else may have typed address and name.
        server.anonymous().post("/auth/forgot-password", json!({ "email": manager.email })).await.expect(202);
        server.tell_all().await;
        let reset = server.mails(&manager.email, 1).await.remove(0);
        assert!(reset.text.starts_with("Hello,\n") && !reset.text.contains("Mona"), "{}", reset.text);
    }

    async fn a_booking_that_did_not_happen_is_told_to_nobody(server) {
        let market = server.market(json!({})).await;
        market.book(FROM, TO).await.expect(201);
        server.mails(&market.host.email, 1).await;
        let told = recipients(server);
        market.book(FROM, TO).await.refused(409, "slot_unavailable");
        market.book(TO, FROM).await.expect(422);
        assert_eq!(server.select("SELECT kind AS value FROM facts WHERE kind LIKE 'booking%'"), ["booking.create"]);
        assert_eq!(recipients(server), told);
    }

    async fn a_booking_whose_time_is_over_is_completed(server, |config: &mut environment::config::Config| config.mail.poll_seconds = 1) {
        let market = server.market(json!({})).await;
        let booking = market.book(FROM, TO).await.expect(201).id();
        server.advance(TimeDelta::days(2));
        for _ in 0..500 {
            // What is asked for over the API counts as completed at once; the job writes it.
            let written = server.select(&format!("SELECT status AS value FROM bookings WHERE id = '{booking}'"));
            if written == ["completed"] {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("it is not completed");
    }
}
