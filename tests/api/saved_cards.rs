//! Cards that are saved for requests that the host can approve after a reservation would have ended.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::card_accounts::connected_shop;
use super::card_payments::{act, balance, look, moved, pay, shop, status, work};
use super::pages::{open, send};
use crate::support::inbox::Mail;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};
use crate::support::stripe::{Account, Card, Fault};

/// A request for a booking in three weeks whose card is saved.
async fn request(server: &Server, market: &Market, stripe: &Account, card: Card) -> String {
    let booking = market.book("2026-12-20T10:00:00Z", "2026-12-20T12:00:00Z").await.expect(201).id();
    let page = pay(market, &booking).await.expect(200);
    assert_eq!((&page["state"], &page["saves_card"]), (&json!("open"), &json!(true)));
    assert!(stripe.pay(&page["page_url"], card));
    work(server, stripe).await;
    assert_eq!(status(market, &booking).await, "requested");
    booking
}

/// The payments by card for a booking.
async fn payments(market: &Market, booking: &str) -> Vec<Value> {
    market.customer.get(&format!("/bookings/{booking}/card-payments")).await.expect(200).items().to_vec()
}

/// The only one of these payments in this state. Those of one instant are in any order.
fn in_state(payments: Vec<Value>, state: &str) -> Value {
    let mut found: Vec<_> = payments.into_iter().filter(|one| one["state"] == state).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// The subjects of the mails to somebody.
async fn subjects(server: &Server, email: &str) -> Vec<String> {
    server.tell_all().await;
    Mail::read_all(&server.mail_dir()).into_iter().filter(|mail| mail.to == email).map(|mail| mail.subject).collect()
}

on_both_databases! {
    async fn a_saved_card_is_charged_when_the_host_approves_the_request(server, crate::support::stripe::with_connect) {
        let (market, stripe, _) = connected_shop(server, json!({ "requires_approval": true })).await;
        let booking = request(server, &market, &stripe, Card::Good).await;
        let message = stripe.with(|world| world.sessions.values().next().unwrap()["message"].clone());
        assert!(message.as_str().unwrap().contains("24.00 GBP will be taken from your card"), "{message}");
        let requested = market.customer.get(&format!("/bookings/{booking}")).await.expect(200);
        assert_eq!(requested["expires_at"], "2026-12-20T10:00:00Z", "the host has until the start");
        let saved = &payments(&market, &booking).await[0];
        assert_eq!((&saved["state"], &saved["reserved_until"]), (&json!("authorized"), &Value::Null));
        assert_eq!((moved(&stripe), balance(&market, "authorized").await), ((0, 0, 0), 0));
        pay(&market, &booking).await.refused(409, "invalid_transition");
        // Longer than any reservation lasts.
        server.advance(TimeDelta::days(15));
        look(server).await;
        act(&market, &booking, "approve").await;
        work(server, &stripe).await;
        assert_eq!((status(&market, &booking).await.as_str(), moved(&stripe)), ("confirmed", (2400, 0, 0)));
        assert_eq!(stripe.with(|world| world.shares()), (2160, 240));
        assert_eq!([balance(&market, "receivable").await, balance(&market, "provider").await], [0, 2160]);
        act(&market, &booking, "cancel").await;
        work(server, &stripe).await;
        assert_eq!((moved(&stripe), stripe.with(|world| world.shares())), ((2400, 2400, 0), (0, 0)));
    }

    async fn an_answer_that_is_lost_charges_a_saved_card_once(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({ "requires_approval": true })).await;
        let booking = request(server, &market, &stripe, Card::Good).await;
        act(&market, &booking, "approve").await;
        drop(stripe.events());
        // The first call looks, the second one charges.
        stripe.fail([Fault::None, Fault::DoneAndSilent]);
        drop(server.runner().run_once().await);
        assert_eq!(moved(&stripe), (2400, 0, 0));
        // Longer than Stripe keeps the key.
        server.advance(TimeDelta::days(2));
        look(server).await;
        look(server).await;
        assert_eq!((moved(&stripe), balance(&market, "receivable").await), ((2400, 0, 0), 0));
        assert_eq!(payments(&market, &booking).await[0]["state"], "paid");
    }

    async fn a_saved_card_is_not_charged_for_a_request_that_is_declined_or_expires(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({ "requires_approval": true })).await;
        for end in ["decline", "expire"] {
            let booking = request(server, &market, &stripe, Card::Good).await;
            match end {
                "decline" => drop(act(&market, &booking, "decline").await),
                _ => server.advance(TimeDelta::days(21)),
            }
            work(server, &stripe).await;
            work(server, &stripe).await;
            let ended = &payments(&market, &booking).await[0];
            assert_eq!((&ended["state"], &ended["ending"]), (&json!("ended"), &json!("released")));
            assert_eq!((moved(&stripe), balance(&market, "receivable").await), ((0, 0, 0), 0));
        }
    }

    async fn a_booking_whose_saved_card_is_declined_is_held_until_it_is_paid(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({ "requires_approval": true })).await;
        for card in [Card::SavedOnly, Card::SavedWithAuthentication] {
            let booking = request(server, &market, &stripe, card).await;
            act(&market, &booking, "approve").await;
            work(server, &stripe).await;
            let held = market.customer.get(&format!("/bookings/{booking}")).await.expect(200);
            assert_eq!((&held["status"], &held["expires_at"]), (&json!("held"), &json!("2026-12-01T09:00:00Z")));
            let ended = &payments(&market, &booking).await[0];
            assert_eq!((&ended["state"], &ended["ending"]), (&json!("ended"), &json!("refused")));
            assert_eq!((moved(&stripe).0 % 2400, balance(&market, "receivable").await), (0, 0), "it owes nothing while it is held");
            let is_about = |subjects: Vec<String>, subject: &str| subjects.iter().any(|one| one.starts_with(subject));
            assert!(is_about(subjects(server, &market.customer.email).await, "Not paid yet: "));
            assert!(is_about(subjects(server, &market.host.email).await, "Payment failed: "));
            // The link in the mail leads to the page of Stripe, and the host need not approve the booking again.
            let path = format!("bookings/{booking}");
            let token = server.take_token(&market.customer.email, &path).await;
            assert!(open(server, &path, &token).await.expect(200).text.contains("Pay by card"));
            send(server, &path, &[("token", &token), ("action", "pay")]).await.expect(200);
            let page = in_state(payments(&market, &booking).await, "open");
            assert_eq!(page["saves_card"], false);
            stripe.pay(&page["page_url"], Card::Authenticated);
            work(server, &stripe).await;
            assert_eq!(status(&market, &booking).await, "confirmed");
            assert_eq!(in_state(payments(&market, &booking).await, "paid")["paid"]["amount"], 2400);
            act(&market, &booking, "cancel").await;
            work(server, &stripe).await;
        }
        assert_eq!(moved(&stripe), (4800, 4800, 0));
    }

    async fn a_booking_that_nobody_pays_after_a_decline_expires(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({ "requires_approval": true })).await;
        let booking = request(server, &market, &stripe, Card::SavedOnly).await;
        act(&market, &booking, "approve").await;
        work(server, &stripe).await;
        server.advance(TimeDelta::hours(24));
        work(server, &stripe).await;
        assert_eq!((status(&market, &booking).await.as_str(), moved(&stripe)), ("expired", (0, 0, 0)));
        assert_eq!(balance(&market, "receivable").await, 0);
    }

    async fn a_booking_that_has_begun_remains_and_is_owed(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({ "requires_approval": true })).await;
        let booking = request(server, &market, &stripe, Card::SavedOnly).await;
        server.advance(TimeDelta::days(20));
        act(&market, &booking, "approve").await;
        stripe.with(|world| world.is_down = true);
        drop(server.runner().run_once().await);
        server.advance(TimeDelta::minutes(90));
        stripe.with(|world| world.is_down = false);
        look(server).await;
        look(server).await;
        assert_eq!((status(&market, &booking).await.as_str(), balance(&market, "receivable").await), ("confirmed", 2400));
        assert!(subjects(server, &market.host.email).await.contains(&"The card of Newcomer was declined".to_owned()));
        let page = pay(&market, &booking).await.expect(200);
        assert_eq!((&page["amount"]["amount"], &page["saves_card"]), (&json!(2400), &json!(false)));
    }

    async fn a_request_that_must_be_answered_soon_is_reserved(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({ "requires_approval": true, "answer_minutes": 1440 })).await;
        let booking = market.book("2026-12-20T10:00:00Z", "2026-12-20T12:00:00Z").await.expect(201).id();
        let page = pay(&market, &booking).await.expect(200);
        assert_eq!(page["saves_card"], false);
        stripe.pay(&page["page_url"], Card::Good);
        work(server, &stripe).await;
        let requested = market.customer.get(&format!("/bookings/{booking}")).await.expect(200);
        assert_eq!((&requested["status"], &requested["expires_at"]), (&json!("requested"), &json!("2026-12-01T09:00:00Z")));
        assert!(server.fails("UPDATE card_payments SET card_owner_id = 'cus_1'"), "only of a card that is saved");
        assert!(server.fails("UPDATE card_payments SET saves_card = TRUE"), "an amount is reserved, or a card is saved");
    }
}
