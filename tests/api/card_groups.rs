//! Groups that are paid with one card, also with several hosts.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::card_accounts::connected_shop;
use super::card_payments::{act, look, moved, pay, shop, status, work};
use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};
use crate::support::stripe::{Account, Card, Fault};

/// The customer of the first market books two hours with each host.
async fn book(first: &Market, second: &Market) -> (String, [String; 2]) {
    let slot = |resource: &str, from: &str, to: &str| json!({ "resource_id": resource, "starts_at": from, "ends_at": to });
    let bookings = json!([
        slot(&first.resource, "2026-12-20T10:00:00Z", "2026-12-20T12:00:00Z"),
        slot(&second.resource, "2026-12-20T13:00:00Z", "2026-12-20T15:00:00Z"),
    ]);
    let new = json!({ "organization_id": first.customer_organization, "bookings": bookings });
    let group = first.customer.post("/booking-groups", new).await.expect(201);
    let id = |number: usize| group["bookings"][number]["id"].as_str().unwrap().to_owned();
    (group.id(), [id(0), id(1)])
}

async fn pay_all(market: &Market, group: &str) -> Answer {
    market.customer.post(&format!("/booking-groups/{group}/pay"), json!({})).await
}

async fn states(market: &Market, bookings: &[String; 2]) -> [String; 2] {
    [status(market, &bookings[0]).await, status(market, &bookings[1]).await]
}

/// Another host whose resource costs 12.00 GBP an hour, to be paid first, with the same customer.
async fn another_host(server: &Server, first: &Market, mut rules: Value) -> Market {
    rules["requires_payment"] = json!(true);
    let host = server.user("Hilda").await;
    let host_organization = host.found("Second Works").await;
    let site = host.open_site(&host_organization, json!({})).await;
    let resource = host.list_resource(&site, json!({ "booking_rules": rules })).await;
    let (customer, customer_organization) = (first.customer.clone(), first.customer_organization.clone());
    Market { host, host_organization, site, resource, customer, customer_organization }
}

/// Another host that takes payments by card.
async fn another_shop(server: &Server, first: &Market, rules: Value) -> Market {
    let market = another_host(server, first, rules).await;
    market.host.patch(&billing(&market), json!({ "ways_to_pay": ["card", "invoice"] })).await.expect(200);
    market
}

fn billing(market: &Market) -> String {
    format!("/organizations/{}/billing", market.host_organization)
}

/// Another host that has connected its account.
async fn another_connected_shop(server: &Server, stripe: &Account, first: (&Market, &str), rules: Value) -> Market {
    let market = another_host(server, first.0, rules).await;
    market.host.patch(&billing(&market), json!({ "country": "GB" })).await.expect(200);
    market.host.post(&format!("/organizations/{}/card-account", market.host_organization), json!({})).await.expect(200);
    let id = stripe.with(|world| world.accounts.keys().find(|id| *id != first.1).unwrap().clone());
    stripe.with(|world| world.set_account(&id, true));
    work(server, stripe).await;
    market.host.patch(&billing(&market), json!({ "ways_to_pay": ["card"] })).await.expect(200);
    market
}

on_both_databases! {
    async fn each_host_of_a_group_is_paid_from_one_card_when_it_confirms(server, crate::support::stripe::with_connect) {
        let (first, stripe, account) = connected_shop(server, json!({})).await;
        let second = another_connected_shop(server, &stripe, (&first, &account), json!({ "requires_approval": true })).await;
        let (group, bookings) = book(&first, &second).await;
        let page = pay_all(&first, &group).await.expect(200);
        let started = page["payments"].as_array().unwrap();
        assert_eq!(started.iter().map(|one| one["booking_id"].as_str().unwrap()).collect::<Vec<_>>(), bookings);
        assert!(started.iter().all(|one| one["saves_card"] == true && one["page_url"] == page["page_url"] && one["amount"]["amount"] == 2400));
        assert_eq!(page["page_expires_at"], "2026-11-30T09:31:00Z");
        let again = pay_all(&first, &group).await.expect(200);
        assert_eq!((&again["page_url"], again["payments"].as_array().unwrap().len()), (&page["page_url"], 2), "the same page");
        assert_eq!(pay(&first, &bookings[0]).await.expect(200)["page_url"], page["page_url"]);
        let message = stripe.with(|world| world.sessions.values().next().unwrap()["message"].clone());
        assert!(message.as_str().unwrap().starts_with("48.00 GBP in total will be taken from your card for 2 of your bookings"), "{message}");
        let held = first.customer.get(&format!("/bookings/{}", bookings[1])).await.expect(200);
        assert_eq!(held["expires_at"], "2026-11-30T09:46:00Z", "it is held until the service has asked whether a card is saved");
        assert!(!stripe.pay(&page["page_url"], Card::Declined));
        assert!(stripe.pay(&page["page_url"], Card::Authenticated));
        work(server, &stripe).await;
        assert_eq!(states(&first, &bookings).await, ["confirmed", "requested"]);
        assert_eq!((moved(&stripe), stripe.with(|world| world.shares())), ((2400, 0, 0), (2160, 240)), "only the first is confirmed");
        pay_all(&first, &group).await.refused(409, "invalid_transition");
        act(&second, &bookings[1], "approve").await;
        work(server, &stripe).await;
        assert_eq!(states(&first, &bookings).await, ["confirmed", "confirmed"]);
        assert_eq!((moved(&stripe), stripe.with(|world| world.shares())), ((4800, 0, 0), (4320, 480)));
        let destinations = stripe.with(|world| {
            let mut all: Vec<_> = world.intents.values().map(|one| one["transfer_data"]["destination"].to_string()).collect();
            all.sort();
            all.dedup();
            all.len()
        });
        assert_eq!(destinations, 2, "each host has its own");
        act(&first, &bookings[0], "cancel").await;
        work(server, &stripe).await;
        assert_eq!((moved(&stripe), stripe.with(|world| world.shares())), ((4800, 2400, 0), (2160, 240)), "only the first is paid back");
    }

    async fn of_a_part_of_a_group_that_is_declined_nothing_is_taken(server, crate::support::stripe::with_stripe) {
        let (first, stripe) = shop(server, json!({ "requires_approval": true })).await;
        let second = another_shop(server, &first, json!({ "requires_approval": true })).await;
        let (group, bookings) = book(&first, &second).await;
        let page = pay_all(&first, &group).await.expect(200);
        assert!(stripe.pay(&page["page_url"], Card::Good));
        work(server, &stripe).await;
        assert_eq!(states(&first, &bookings).await, ["requested", "requested"]);
        act(&first, &bookings[0], "decline").await;
        server.advance(TimeDelta::days(15));
        act(&second, &bookings[1], "approve").await;
        work(server, &stripe).await;
        work(server, &stripe).await;
        assert_eq!((states(&first, &bookings).await, moved(&stripe)), (["declined".to_owned(), "confirmed".to_owned()], (2400, 0, 0)));
    }

    async fn bookings_of_a_group_whose_card_is_declined_are_held_and_paid_on_a_new_page(server, crate::support::stripe::with_stripe) {
        let (first, stripe) = shop(server, json!({})).await;
        let second = another_shop(server, &first, json!({})).await;
        let (group, bookings) = book(&first, &second).await;
        let page = pay_all(&first, &group).await.expect(200);
        assert!(stripe.pay(&page["page_url"], Card::SavedOnly));
        work(server, &stripe).await;
        assert_eq!((states(&first, &bookings).await, moved(&stripe)), (["held".to_owned(), "held".to_owned()], (0, 0, 0)));
        let page = pay_all(&first, &group).await.expect(200);
        assert!(stripe.pay(&page["page_url"], Card::Good));
        work(server, &stripe).await;
        assert_eq!((states(&first, &bookings).await, moved(&stripe)), (["confirmed".to_owned(), "confirmed".to_owned()], (4800, 0, 0)));
    }

    async fn the_page_of_a_group_takes_the_place_of_open_pages_and_leaves_out_what_is_paid(server, crate::support::stripe::with_stripe) {
        let (first, stripe) = shop(server, json!({})).await;
        let second = another_shop(server, &first, json!({})).await;
        for is_paid in [false, true] {
            let (group, bookings) = book(&first, &second).await;
            let single = pay(&first, &bookings[0]).await.expect(200);
            assert_eq!(single["saves_card"], false);
            if is_paid {
                assert!(stripe.pay(&single["page_url"], Card::Good));
            }
            let page = pay_all(&first, &group).await.expect(200);
            assert!(!stripe.pay(&single["page_url"], Card::Good), "its page is closed");
            let started: Vec<_> = page["payments"].as_array().unwrap().iter().map(|one| one["booking_id"].as_str().unwrap()).collect();
            assert_eq!(started, bookings[usize::from(is_paid)..], "what was paid meanwhile is not paid again");
            assert!(stripe.pay(&page["page_url"], Card::Good));
            work(server, &stripe).await;
            assert_eq!(states(&first, &bookings).await, ["confirmed", "confirmed"]);
            for (market, booking) in [(&first, &bookings[0]), (&second, &bookings[1])] {
                act(market, booking, "cancel").await;
            }
            work(server, &stripe).await;
        }
        assert_eq!(moved(&stripe), (9600, 9600, 0));
    }

    async fn a_page_is_closed_when_a_booking_of_the_group_is_cancelled(server, crate::support::stripe::with_stripe) {
        let (first, stripe) = shop(server, json!({})).await;
        let second = another_shop(server, &first, json!({})).await;
        let (group, bookings) = book(&first, &second).await;
        let page = pay_all(&first, &group).await.expect(200);
        let cancel = json!({ "booking_ids": [bookings[0]] });
        first.customer.post(&format!("/booking-groups/{group}/cancel"), cancel).await.expect(200);
        work(server, &stripe).await;
        assert!(!stripe.pay(&page["page_url"], Card::Good), "the customer agrees to the amount that is taken");
        let page = pay_all(&first, &group).await.expect(200);
        assert_eq!(page["payments"].as_array().unwrap().len(), 1);
        assert!(stripe.pay(&page["page_url"], Card::Good));
        work(server, &stripe).await;
        assert_eq!((states(&first, &bookings).await, moved(&stripe)), (["cancelled".to_owned(), "confirmed".to_owned()], (2400, 0, 0)));
    }

    async fn an_answer_that_is_lost_charges_no_booking_of_a_group_twice(server, crate::support::stripe::with_stripe) {
        let (first, stripe) = shop(server, json!({ "requires_approval": true })).await;
        let second = another_shop(server, &first, json!({ "requires_approval": true })).await;
        let (group, bookings) = book(&first, &second).await;
        let page = pay_all(&first, &group).await.expect(200);
        assert!(stripe.pay(&page["page_url"], Card::Good));
        work(server, &stripe).await;
        act(&first, &bookings[0], "approve").await;
        act(&second, &bookings[1], "approve").await;
        // The first call looks, the second one charges.
        stripe.fail([Fault::None, Fault::DoneAndSilent]);
        drop(server.runner().run_once().await);
        assert_eq!(moved(&stripe), (2400, 0, 0));
        // Longer than Stripe keeps the key.
        server.advance(TimeDelta::days(2));
        look(server).await;
        look(server).await;
        assert_eq!((states(&first, &bookings).await, moved(&stripe)), (["confirmed".to_owned(), "confirmed".to_owned()], (4800, 0, 0)));
    }

    async fn a_group_that_cannot_be_paid_by_card_says_why(server, crate::support::stripe::with_stripe) {
        let (first, stripe) = shop(server, json!({})).await;
        let second = another_shop(server, &first, json!({})).await;
        let (group, bookings) = book(&first, &second).await;
        stripe.with(|world| world.is_down = true);
        pay_all(&first, &group).await.refused(503, "payment_provider_unavailable");
        stripe.with(|world| world.is_down = false);
        second.host.patch(&billing(&second), json!({ "ways_to_pay": ["invoice"] })).await.expect(200);
        let page = pay_all(&first, &group).await.expect(200);
        let started = page["payments"].as_array().unwrap();
        assert_eq!((started.len(), started[0]["booking_id"].as_str().unwrap()), (1, bookings[0].as_str()), "one host takes cards");
        first.host.patch(&billing(&first), json!({ "ways_to_pay": ["invoice"] })).await.expect(200);
        pay_all(&first, &group).await.refused(409, "card_not_accepted");
        assert!(server.fails("UPDATE card_payments SET group_session_id = NULL WHERE state = 'open'"), "an open payment has a page");
        assert!(server.fails("UPDATE card_payments SET session_id = 'cs_1' WHERE state = 'open'"), "it has one page");
        assert!(server.fails("UPDATE card_payments SET saves_card = FALSE WHERE state = 'open'"), "the page of a group saves a card");
    }
}
