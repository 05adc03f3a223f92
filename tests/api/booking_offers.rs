//! What a manager of the host books for a customer, who has to confirm it.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::waitlist::{ELEVEN, Rival, TEN, TWELVE};
use crate::support::client::Answer;
use crate::support::people::{Market, User};
use crate::support::server::on_both_databases;

/// What the host offers to the customer: the hour after the one that they have booked.
fn offer(market: &Market) -> Value {
    let mut offer = market.wish(ELEVEN, TWELVE);
    (offer["operated_by"], offer["override_reason"]) = (json!(market.customer.id), json!("The fair is next week"));
    offer
}

async fn make(user: &User, booking: &str, verb: &str) -> Answer {
    user.post(&format!("/bookings/{booking}/{verb}"), json!({})).await
}

/// A customer may have an hour a day.
fn an_hour_a_day() -> Value {
    json!({ "quotas": [{ "per": "organization", "most_minutes": 60, "within": "day" }], "offer_minutes": 30 })
}

on_both_databases! {
    async fn what_a_rule_keeps_from_a_customer_the_host_can_offer_and_they_confirm(server) {
        let mut rules = an_hour_a_day();
        // Who offers it has agreed.
        rules["requires_approval"] = json!(true);
        let market = server.market(json!({ "booking_rules": rules })).await;
        let booked = market.book(TEN, ELEVEN).await.expect(201).id();
        make(&market.host, &booked, "approve").await.expect(200);
        let mut without_reason = offer(&market);
        without_reason.as_object_mut().unwrap().remove("override_reason");
        let refused = market.host.post("/bookings", without_reason).await.refused(422, "booking_rules_violated");
        assert_eq!(json!([refused["violations"][0]["code"], refused["violations"][0]["overridable"]]), json!(["quota_exceeded", true]));
        let offered = market.host.post("/bookings", offer(&market)).await.expect(201);
        assert_eq!((&offered["status"], &offered["expires_at"]), (&json!("held"), &json!("2026-11-30T09:30:00Z")));
        assert_eq!((&offered["organization_id"], &offered["created_by"]), (&json!(market.customer_organization), &json!(market.customer.id)));
        // It takes the slot,
        let rival = Rival::new(server, "Flo").await;
        rival.user.post("/bookings", rival.wish(&market, (ELEVEN, TWELVE))).await.refused(409, "slot_unavailable");
        server.advance(TimeDelta::minutes(1));
        // and is for the customer to take.
        make(&market.host, &offered.id(), "confirm").await.refused(403, "forbidden");
        make(&rival.user, &offered.id(), "confirm").await.refused(404, "not_found");
        assert_eq!(make(&market.customer, &offered.id(), "confirm").await.expect(200)["status"], "confirmed");
        let mails = server.mails(&market.customer.email, 4).await;
        assert!(mails.iter().any(|mail| mail.subject.starts_with("Offered to you: Lathe, ") && mail.text.contains("Rotor Works offers")), "{mails:?}");
        let history = market.customer.get(&format!("/bookings/{}/history", offered.id())).await.expect(200);
        let told: Vec<_> = history.items().iter().map(|item| ["action", "side", "user_name", "reason"].map(|field| item[field].clone())).collect();
        assert_eq!(json!(told), json!([["offer", "host", "Hannah", "The fair is next week"], ["confirm", "customer", "Carl", ""]]));
        assert_eq!(history.items()[0]["overridden"][0]["code"], "quota_exceeded");
    }

    async fn only_a_manager_of_the_host_offers_and_only_to_whom_they_know(server) {
        let market = server.market(json!({ "booking_rules": an_hour_a_day() })).await;
        let rival = Rival::new(server, "Flo").await;
        let refused = async |user: &User, offer: Value| user.post("/bookings", offer).await.refused(403, "forbidden");
        // The customer has never booked with them.
        refused(&market.host, offer(&market)).await;
        market.book(TEN, ELEVEN).await.expect(201);
        refused(&rival.user, offer(&market)).await;
        let booker = server.user("Bob").await;
        let members = format!("/organizations/{}/members", market.host_organization);
        server.add_member(&market.host_organization, &booker, "booker");
        refused(&booker, offer(&market)).await;
        let mut to_unknown = offer(&market);
        to_unknown["organization_id"] = json!("01234567-89ab-7def-8123-456789abcdef");
        refused(&market.host, to_unknown).await;
        let mut to_nobody = offer(&market);
        to_nobody.as_object_mut().unwrap().remove("operated_by");
        refused(&market.host, to_nobody.clone()).await;
        to_nobody["operated_by"] = json!(rival.user.id);
        market.host.post("/bookings", to_nobody).await.refused_fields(&[("/operated_by", "not_a_member")]);
        let manager = json!({ "role": "manager" });
        market.host.patch(&format!("{members}/{}", booker.id), manager).await.expect(200);
        booker.post("/bookings", offer(&market)).await.expect(201);
        market.host.post("/bookings", offer(&market)).await.refused(409, "slot_unavailable");
    }

    async fn customers_are_listed_with_the_members_who_booked_or_accepted_terms(server) {
        let market = server.market(json!({})).await;
        let path = format!("/organizations/{}/customers", market.host_organization);
        assert_eq!(market.host.get(&path).await.expect(200).items(), [Value::Null; 0]);
        // A booking of the host itself is no customer's.
        let mut own = market.wish("2026-12-02T10:00:00Z", "2026-12-02T11:00:00Z");
        own["organization_id"] = json!(market.host_organization);
        market.host.post("/bookings", own).await.expect(201);
        market.book(TEN, ELEVEN).await.expect(201);
        let (bob, rival) = (server.user("Bob").await, Rival::new(server, "Flo").await);
        server.add_member(&market.customer_organization, &bob, "booker");
        bob.post("/bookings", market.wish(ELEVEN, TWELVE)).await.expect(201);
        let rules = json!({ "kind": "house_rules", "name": "House rules", "text": "Wear goggles." });
        let terms = market.host.post(&format!("/organizations/{}/terms", market.host_organization), rules).await.expect(201).id();
        let accepted = json!({ "organization_id": rival.organization, "version": 1 });
        rival.user.post(&format!("/terms/{terms}/accept"), accepted).await.expect(200);
        let listed = async |query: &str| {
            let page = market.host.get(&format!("{path}{query}")).await.expect(200);
            let names = page.items().iter().map(|one| ["organization_name", "user_name"].map(|name| one[name].as_str().unwrap().to_owned()));
            let mut names: Vec<_> = names.collect();
            names.sort();
            (names, page["next_cursor"].as_str().map(str::to_owned))
        };
        let known = |names: &[(&str, &str)]| names.iter().map(|(one, other)| [(*one).to_owned(), (*other).to_owned()]).collect::<Vec<_>>();
        assert_eq!(listed("").await.0, known(&[("Flo's works", "Flo"), ("Newcomer", "Bob"), ("Newcomer", "Carl")]));
        let (first, next) = listed("?limit=2").await;
        let (rest, end) = listed(&format!("?limit=2&cursor={}", next.unwrap())).await;
        assert_eq!((first.len(), rest.len(), end), (2, 1, None));
        // Those who have left cannot be booked for.
        market.customer.delete(&format!("/organizations/{}/members/{}", market.customer_organization, bob.id)).await.expect(204);
        assert_eq!(listed("").await.0, known(&[("Flo's works", "Flo"), ("Newcomer", "Carl")]));
    }

    async fn terms_are_for_the_customer_to_accept(server) {
        let market = server.market(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let terms = format!("/organizations/{}/terms", market.host_organization);
        let rules = json!({ "kind": "house_rules", "name": "House rules", "text": "Wear goggles." });
        let rules = market.host.post(&terms, rules).await.expect(201);
        let accepted = json!([{ "terms_id": rules["id"], "version": 1 }]);
        let refused = market.host.post("/bookings", offer(&market)).await.refused(422, "booking_rules_violated");
        assert_eq!(refused["violations"][0]["code"], "terms_not_accepted");
        let mut theirs = offer(&market);
        (theirs["accepted_terms"], theirs["note"]) = (accepted, json!("We want it"));
        let refused = market.host.post("/bookings", theirs).await;
        refused.refused_fields(&[("/note", "not_yours"), ("/accepted_terms", "not_yours")]);
    }

    async fn what_the_customer_does_not_take_is_free_again_and_the_host_hears_of_it(server) {
        let market = server.market(json!({ "booking_rules": an_hour_a_day() })).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let lapsed = market.host.post("/bookings", offer(&market)).await.expect(201).id();
        server.advance(TimeDelta::minutes(30));
        make(&market.customer, &lapsed, "confirm").await.refused(409, "invalid_transition");
        let declined = market.host.post("/bookings", offer(&market)).await.expect(201).id();
        make(&market.customer, &declined, "cancel").await.expect(200);
        let rival = Rival::new(server, "Flo").await;
        rival.user.post("/bookings", rival.wish(&market, (ELEVEN, TWELVE))).await.expect(201);
        let mails = server.mails(&market.host.email, 4).await;
        let is_told = |subject: &str| mails.iter().any(|mail| mail.subject.starts_with(&format!("{subject}: Lathe, ")));
        assert!(is_told("Not accepted") && is_told("No longer reserved"), "{mails:?}");
        let mails = server.mails(&market.customer.email, 5).await;
        assert!(mails.iter().any(|mail| mail.subject.starts_with("No longer reserved: Lathe, ")), "{mails:?}");
    }

    async fn what_is_paid_first_the_host_confirms_when_the_customer_has_paid(server) {
        let market = server.market(json!({ "booking_rules": { "requires_payment": true } })).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let offered = market.host.post("/bookings", offer(&market)).await.expect(201).id();
        make(&market.customer, &offered, "confirm").await.refused(403, "forbidden");
        assert_eq!(make(&market.host, &offered, "confirm").await.expect(200)["status"], "confirmed");
    }

    async fn an_offer_that_its_customer_makes_something_else_of_is_one_no_more(server) {
        let rules = json!({ "requires_approval": true });
        let market = server.market(json!({ "booking_rules": rules })).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let offered = market.host.post("/bookings", offer(&market)).await.expect(201);
        assert_eq!(offered["is_offered"], true);
        let path = format!("/bookings/{}/reschedule", offered.id());
        // Less of it is still what was offered.
        let less = json!({ "ends_at": "2026-12-01T11:30:00Z" });
        assert_eq!(market.customer.post(&path, less).await.expect(200)["is_offered"], true);
        let more = json!({ "ends_at": "2026-12-01T13:00:00Z" });
        assert_eq!(market.customer.post(&path, more).await.expect(200)["is_offered"], false);
        assert_eq!(make(&market.customer, &offered.id(), "confirm").await.expect(200)["status"], "requested");
    }

    async fn who_is_offered_something_hears_when_the_host_changes_it(server) {
        let market = server.market(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let offered = market.host.post("/bookings", offer(&market)).await.expect(201).id();
        let later = json!({ "starts_at": "2026-12-01T15:00:00Z" });
        market.host.post(&format!("/bookings/{offered}/reschedule"), later).await.expect(200);
        make(&market.host, &offered, "cancel").await.expect(200);
        let mails = server.mails(&market.customer.email, 4).await;
        let told = |subject: &str, text: &str| {
            assert!(mails.iter().any(|mail| mail.subject.starts_with(subject) && mail.text.contains(text)), "{subject}: {mails:?}");
        };
        told("Offered to you: Lathe, ", "Reason: The fair is next week");
        told("Moved: Lathe, Tue 1 Dec 2026, 15:00", "Rotor Works has changed the booking of Lathe that is reserved for you.");
        told("No longer reserved: Lathe, ", "Rotor Works no longer reserves Lathe for you.");
    }

    async fn what_changes_after_an_offer_counts_but_not_what_gave_way(server) {
        let market = server.market(json!({ "booking_rules": an_hour_a_day() })).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let offered = market.host.post("/bookings", offer(&market)).await.expect(201).id();
        let broken = format!("/resources/{}/out-of-order", market.resource);
        market.host.post(&broken, json!({ "reason": "The belt" })).await.expect(200);
        make(&market.customer, &offered, "confirm").await.refused(422, "booking_rules_violated");
        make(&market.customer, &offered, "cancel").await.expect(200);
        let anyway = market.host.post("/bookings", offer(&market)).await.expect(201).id();
        assert_eq!(make(&market.customer, &anyway, "confirm").await.expect(200)["status"], "confirmed");
    }

    async fn nothing_is_offered_to_who_could_not_take_it(server) {
        let market = server.market(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let unverified = server.unverified_user("Uwe").await;
        server.add_member(&market.customer_organization, &unverified, "booker");
        let mut offer = offer(&market);
        offer["operated_by"] = json!(unverified.id);
        market.host.post("/bookings", offer).await.refused_fields(&[("/operated_by", "not_verified")]);
    }
}
