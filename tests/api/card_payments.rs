//! Payments by card: as customers, hosts and the provider see them.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use storage::db::Db;

use super::pages::{open, send};
use crate::laws::books::assert_ledger_agrees;
use crate::support::client::Answer;
use crate::support::inbox::Mail;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};
use crate::support::stripe::{Account, Card, Fault};

const TEN: &str = "2026-12-03T10:00:00Z";
const ELEVEN: &str = "2026-12-03T11:00:00Z";
const TWELVE: &str = "2026-12-03T12:00:00Z";

/// A host that takes payments by card, and its account at Stripe. Its resource costs 12.00 GBP an hour, to be paid first.
pub(crate) async fn shop(server: &Server, mut rules: Value) -> (Market, Account) {
    let stripe = Account::of(server);
    rules["requires_payment"] = json!(true);
    let market = server.market(json!({ "booking_rules": rules })).await;
    let billing = format!("/organizations/{}/billing", market.host_organization);
    market.host.patch(&billing, json!({ "ways_to_pay": ["card", "invoice"] })).await.expect(200);
    (market, stripe)
}

pub(super) async fn pay(market: &Market, booking: &str) -> Answer {
    market.customer.post(&format!("/bookings/{booking}/pay"), json!({})).await
}

/// Books two hours and pays for them with this card.
pub(super) async fn book_and_pay(market: &Market, stripe: &Account, card: Card) -> String {
    let booking = market.book(TEN, TWELVE).await.expect(201).id();
    let payment = pay(market, &booking).await.expect(200);
    stripe.pay(&payment["page_url"], card);
    booking
}

/// All events arrive, and what is due is done. The ledger agrees with everything else.
pub(super) async fn work(server: &Server, stripe: &Account) {
    stripe.send_all().await;
    look(server).await;
}

/// As [`work`], without any event.
pub(super) async fn look(server: &Server) {
    server.run_jobs().await;
    verify(server).await;
}

pub(super) async fn verify(server: &Server) {
    let db = Db::open(&server.config.database_options().unwrap()).unwrap();
    assert_ledger_agrees(&db, server.now()).await;
}

/// The only payment by card for a booking.
pub(super) async fn payment(market: &Market, booking: &str) -> Value {
    let list = market.customer.get(&format!("/bookings/{booking}/card-payments")).await.expect(200);
    let [payment] = list.items() else { panic!("one payment: {list:?}") };
    payment.clone()
}

/// How many mails with this subject the host has got.
pub(super) async fn mails(server: &Server, market: &Market, subject: &str) -> usize {
    server.tell_all().await;
    let is_one = |mail: &&Mail| mail.to == market.host.email && mail.subject == subject;
    Mail::read_all(&server.mail_dir()).iter().filter(is_one).count()
}

pub(super) async fn status(market: &Market, booking: &str) -> String {
    market.customer.get(&format!("/bookings/{booking}")).await.expect(200).text("status")
}

pub(super) async fn act(market: &Market, booking: &str, action: &str) -> Answer {
    market.host.post(&format!("/bookings/{booking}/{action}"), json!({})).await.expect(200)
}

/// The balance of an account of the host.
pub(super) async fn balance(market: &Market, account: &str) -> i64 {
    let list = market.host.get(&format!("/organizations/{}/balances", market.host_organization)).await.expect(200);
    let found = list.items().iter().find(|one| one["account"] == account).map(|one| one["balance"]["amount"].as_i64().unwrap());
    found.unwrap_or_default()
}

/// The amounts that Stripe has taken and paid back, and those that are reserved.
pub(super) fn moved(stripe: &Account) -> (i64, i64, i64) {
    stripe.with(|world| {
        let sum = |field: &str| world.intents.values().filter_map(|one| one[field].as_i64()).sum();
        let refunded = world.intents.keys().map(|id| world.refunded(id)).sum();
        (sum("amount_received"), refunded, sum("amount_capturable"))
    })
}

/// The only payment at Stripe.
pub(super) fn intent(stripe: &Account) -> String {
    stripe.with(|world| world.intents.keys().next().unwrap().clone())
}

/// A booking of an hour that is paid by card, and prepaid credit or hours that the host has given to its customer later.
async fn paid_by_card_before_a_gift(server: &Server, package: Value) -> (Market, Account, String, String) {
    let (market, stripe) = shop(server, json!({})).await;
    let mut wish = market.wish(TEN, ELEVEN);
    wish["resource_id"] = market.host.list_resource(&market.site, json!({ "name": "Mill" })).await.into();
    let booking = market.customer.post("/bookings", wish).await.expect(201).id();
    stripe.pay(&pay(&market, &booking).await.expect(200)["page_url"], Card::Good);
    work(server, &stripe).await;
    let host = format!("/organizations/{}", market.host_organization);
    let package = market.host.post(&format!("{host}/packages"), package).await.expect(201).id();
    let given = json!({ "customer_organization_id": market.customer_organization, "is_free": true });
    let gift = market.host.post(&format!("/packages/{package}/sell"), given).await.expect(201).id();
    (market, stripe, booking, gift)
}

on_both_databases! {
    async fn a_booking_that_must_be_paid_first_is_confirmed_by_its_payment(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({})).await;
        let held = market.book(TEN, TWELVE).await.expect(201);
        assert_eq!((&held["status"], &held["expires_at"]), (&json!("held"), &json!("2026-11-30T09:15:00Z")));
        let open = pay(&market, &held.id()).await.expect(200);
        assert_eq!((&open["state"], &open["amount"]["amount"]), (&json!("open"), &json!(2400)));
        assert_eq!(open["page_expires_at"], "2026-11-30T09:31:00Z");
        let booking = market.customer.get(&format!("/bookings/{}", held.id())).await.expect(200);
        assert_eq!(booking["expires_at"], "2026-11-30T09:46:00Z", "it is held until the service has asked whether it is paid");
        assert_eq!(pay(&market, &held.id()).await.expect(200)["page_url"], open["page_url"], "the same page");
        assert!(!stripe.pay(&open["page_url"], Card::Declined));
        work(server, &stripe).await;
        assert_eq!(status(&market, &held.id()).await, "held", "the customer can try another card");
        assert!(stripe.pay(&open["page_url"], Card::Authenticated));
        work(server, &stripe).await;
        assert_eq!(status(&market, &held.id()).await, "confirmed");
        let paid = payment(&market, &held.id()).await;
        assert_eq!((&paid["state"], &paid["paid"]["amount"], &paid["page_url"]), (&json!("paid"), &json!(2400), &Value::Null));
        assert_eq!(moved(&stripe), (2400, 0, 0));
        for (account, expected) in [("receivable", 0), ("provider", 2400), ("authorized", 0), ("pending", 0), ("income", 2400)] {
            assert_eq!(balance(&market, account).await, expected, "{account}");
        }
        let payments = market.host.get(&format!("/organizations/{}/payments", market.host_organization)).await.expect(200);
        let recorded = &payments.items()[0];
        assert_eq!((&recorded["method"], &recorded["recorded_by"]), (&json!("online_card"), &Value::Null));
        assert_eq!(recorded["reference"], intent(&stripe));
        let reverse = format!("/payments/{}/reverse", recorded["id"].as_str().unwrap());
        market.host.post(&reverse, json!({ "reason": "Oops" })).await.refused(409, "invalid_transition");
        pay(&market, &held.id()).await.refused(409, "invalid_transition");
        let session = stripe.with(|world| world.sessions.values().next().unwrap().clone());
        let back = format!("/card-payments/{}", paid["id"].as_str().unwrap());
        assert_eq!(session["success_url"], format!("{}{back}", server.config.public_url));
        assert!(server.root().get(&back).await.expect(200).text.contains("Thank you"));
        assert!(server.root().get(&format!("{back}?cancelled")).await.expect(200).text.contains("Not paid"));
    }

    async fn a_card_pays_what_prepaid_credit_does_not(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({})).await;
        let host = format!("/organizations/{}", market.host_organization);
        let address = json!({ "legal_name": "Rotor", "street": "1 Lane", "city": "London", "postal_code": "E1 1AA" });
        market.host.patch(&format!("{host}/billing"), json!({ "billing_address": address })).await.expect(200);
        let booking = market.book(TEN, TWELVE).await.expect(201).id();
        let package = json!({ "name": "Card", "price": { "amount": 1000, "currency": "GBP" }, "valid_days": 30 });
        let package = market.host.post(&format!("{host}/packages"), package).await.expect(201).id();
        let given = json!({ "customer_organization_id": market.customer_organization, "is_free": true });
        let credit = market.host.post(&format!("/packages/{package}/sell"), given).await.expect(201).id();
        let open = pay(&market, &booking).await.expect(200);
        // Credit is used at the confirmation, never before: the whole price is reserved.
        assert_eq!(open["amount"]["amount"], 2400);
        stripe.pay(&open["page_url"], Card::Good);
        work(server, &stripe).await;
        assert_eq!((status(&market, &booking).await, moved(&stripe)), ("confirmed".to_owned(), (1400, 0, 0)));
        let left = async || market.host.get(&format!("/prepaid/{credit}")).await.expect(200)["credit_left"]["amount"].clone();
        assert_eq!(left().await, 0);
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        work(server, &stripe).await;
        assert_eq!((moved(&stripe), left().await), ((1400, 1400, 0), json!(1000)));
        assert_eq!(balance(&market, "receivable").await, 0);
    }

    async fn a_booking_that_is_paid_by_card_stays_so_when_it_moves(server, crate::support::stripe::with_stripe) {
        let package = json!({ "name": "Card", "price": { "amount": 3000, "currency": "GBP" }, "valid_days": 30 });
        let (market, stripe, booking, credit) = paid_by_card_before_a_gift(server, package).await;
        let left = async || market.host.get(&format!("/prepaid/{credit}")).await.expect(200)["credit_left"]["amount"].clone();
        let path = format!("/bookings/{booking}/reschedule");
        market.customer.post(&path, json!({ "starts_at": ELEVEN, "ends_at": TWELVE })).await.expect(200);
        work(server, &stripe).await;
        assert_eq!((moved(&stripe), left().await), ((1200, 0, 0), json!(3000)), "it costs the same");
        market.customer.post(&path, json!({ "ends_at": "2026-12-03T13:00:00Z" })).await.expect(200);
        work(server, &stripe).await;
        assert_eq!((moved(&stripe), left().await), ((1200, 0, 0), json!(1800)), "it costs 12.00 more");
        assert_eq!(balance(&market, "receivable").await, 0);
        act(&market, &booking, "cancel").await;
        work(server, &stripe).await;
        assert_eq!((moved(&stripe), left().await), ((1200, 1200, 0), json!(3000)));
    }

    async fn hours_pay_the_part_of_a_moved_booking_that_is_not_paid_by_card(server, crate::support::stripe::with_stripe) {
        let package = json!({ "name": "Hours", "hours": { "minutes": 600 }, "price": { "amount": 8000, "currency": "GBP" }, "valid_days": 30 });
        let (market, stripe, booking, hours) = paid_by_card_before_a_gift(server, package).await;
        let path = format!("/bookings/{booking}/reschedule");
        for (moved_to, left) in [(json!({ "starts_at": ELEVEN, "ends_at": TWELVE }), 600), (json!({ "ends_at": "2026-12-03T13:00:00Z" }), 540)] {
            market.customer.post(&path, moved_to).await.expect(200);
            work(server, &stripe).await;
            let now = market.host.get(&format!("/prepaid/{hours}")).await.expect(200);
            assert_eq!((moved(&stripe), &now["minutes_left"]), ((1200, 0, 0), &json!(left)));
        }
        assert_eq!(balance(&market, "receivable").await, 0);
    }

    async fn a_request_is_paid_when_it_is_approved_and_never_when_it_is_declined_or_expires(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({ "requires_approval": true })).await;
        let booking = book_and_pay(&market, &stripe, Card::Good).await;
        work(server, &stripe).await;
        assert_eq!((status(&market, &booking).await.as_str(), moved(&stripe)), ("requested", (0, 0, 2400)));
        assert_eq!([balance(&market, "authorized").await, balance(&market, "receivable").await], [2400, 0]);
        act(&market, &booking, "approve").await;
        work(server, &stripe).await;
        assert_eq!(moved(&stripe), (2400, 0, 0));
        act(&market, &booking, "cancel").await;
        work(server, &stripe).await;
        assert_eq!(moved(&stripe), (2400, 2400, 0));

        for end in ["decline", "expire"] {
            let booking = book_and_pay(&market, &stripe, Card::Good).await;
            work(server, &stripe).await;
            assert_eq!((status(&market, &booking).await.as_str(), moved(&stripe)), ("requested", (2400, 2400, 2400)));
            match end {
                "decline" => drop(act(&market, &booking, "decline").await),
                _ => server.advance(TimeDelta::days(4)),
            }
            work(server, &stripe).await;
            work(server, &stripe).await;
            assert_eq!((payment(&market, &booking).await["ending"].clone(), moved(&stripe)), (json!("released"), (2400, 2400, 0)));
        }
        for account in ["receivable", "authorized", "pending", "provider"] {
            assert_eq!(balance(&market, account).await, 0, "{account}");
        }
    }

    async fn a_cancellation_pays_back_what_is_no_longer_owed(server, crate::support::stripe::with_stripe) {
        let fees = json!({ "grace_minutes": 0, "cancellation_fees": [{ "less_than_minutes": 10080, "percent": 25 }] });
        let (market, stripe) = shop(server, fees).await;
        let booking = book_and_pay(&market, &stripe, Card::Good).await;
        work(server, &stripe).await;
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        work(server, &stripe).await;
        assert_eq!(moved(&stripe), (2400, 1800, 0));
        let refunds = payment(&market, &booking).await["refunds"].clone();
        assert_eq!((&refunds[0]["amount"]["amount"], &refunds[0]["state"]), (&json!(1800), &json!("sent")));
        market.host.post(&format!("/bookings/{booking}/waive-fee"), json!({ "reason": "Snow" })).await.expect(200);
        work(server, &stripe).await;
        work(server, &stripe).await;
        assert_eq!(moved(&stripe), (2400, 2400, 0));
        assert_eq!([balance(&market, "receivable").await, balance(&market, "provider").await], [0, 0]);
    }

    async fn a_booking_that_moves_is_paid_back_or_paid_for_the_difference(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({})).await;
        let booking = book_and_pay(&market, &stripe, Card::Good).await;
        work(server, &stripe).await;
        let shorter = json!({ "ends_at": ELEVEN });
        market.customer.post(&format!("/bookings/{booking}/reschedule"), shorter).await.expect(200);
        work(server, &stripe).await;
        assert_eq!(moved(&stripe), (2400, 1200, 0));
        // A booking on invoice can be paid by card, too, and each amount once.
        let mut wish = market.wish(TEN, ELEVEN);
        wish["resource_id"] = market.host.list_resource(&market.site, json!({ "name": "Mill" })).await.into();
        let booking = market.customer.post("/bookings", wish).await.expect(201).id();
        for (ends_at, amount) in [(ELEVEN, 1200), (TWELVE, 1200)] {
            market.customer.post(&format!("/bookings/{booking}/reschedule"), json!({ "ends_at": ends_at })).await.expect(200);
            let page = pay(&market, &booking).await.expect(200);
            assert_eq!(page["amount"]["amount"], amount);
            stripe.pay(&page["page_url"], Card::Good);
            work(server, &stripe).await;
        }
        assert_eq!((moved(&stripe), balance(&market, "receivable").await), ((4800, 1200, 0), 0));
        pay(&market, &booking).await.refused(409, "invalid_transition");
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        work(server, &stripe).await;
        assert_eq!((moved(&stripe), balance(&market, "receivable").await), ((4800, 3600, 0), 0));
    }

    async fn the_mail_that_asks_for_a_payment_leads_to_the_page_of_stripe(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({})).await;
        let booking = market.book(TEN, TWELVE).await.expect(201).id();
        let path = format!("bookings/{booking}");
        let hosts = server.take_token(&market.host.email, &path).await;
        assert!(!open(server, &path, &hosts).await.expect(200).text.contains("Pay by card"), "the customer pays");
        let token = server.take_token(&market.customer.email, &path).await;
        assert!(open(server, &path, &token).await.expect(200).text.contains("Pay by card"));
        let page = send(server, &path, &[("token", &token), ("action", "pay")]).await.expect(200);
        let url = stripe.with(|world| world.sessions.values().next().unwrap()["url"].clone());
        assert!(page.text.contains(url.as_str().unwrap()), "{page:?}");
        assert!(stripe.pay(&url, Card::Good));
        work(server, &stripe).await;
        assert_eq!(status(&market, &booking).await, "confirmed");
        assert!(!open(server, &path, &token).await.expect(200).text.contains("Pay by card"), "it is paid");
        send(server, &path, &[("token", &hosts), ("action", "pay")]).await.expect(403);
    }

    async fn events_can_be_doubled_late_lost_and_out_of_order(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({})).await;
        // Lost: the service asks.
        let booking = book_and_pay(&market, &stripe, Card::Good).await;
        let mut all = stripe.events();
        server.advance(TimeDelta::minutes(2));
        look(server).await;
        assert_eq!((status(&market, &booking).await.as_str(), moved(&stripe)), ("confirmed", (2400, 0, 0)));
        act(&market, &booking, "cancel").await;
        look(server).await;
        // Late, the last one first, and each twice.
        all.extend(stripe.events());
        assert!(all.len() >= 4, "{all:?}");
        for event in all.iter().rev().chain(&all) {
            assert_eq!(stripe.send(event).await, 204);
            look(server).await;
        }
        assert_eq!((moved(&stripe), status(&market, &booking).await.as_str()), ((2400, 2400, 0), "cancelled"));
        let stored = server.select("SELECT id AS value FROM stripe_events");
        assert_eq!(stored.len(), all.len(), "each once");
        // Of another service.
        let other = json!({ "id": "evt_other", "type": "refund.created", "data": { "object": { "id": "re_other", "payment_intent": "pi_other" } } });
        assert_eq!(stripe.send(&other).await, 204);
        look(server).await;
        assert_eq!(server.select("SELECT id AS value FROM stripe_events WHERE done_at IS NULL"), [""; 0]);
    }

    async fn an_event_that_stripe_has_not_signed_is_refused(server, crate::support::stripe::with_stripe) {
        let stripe = Account::of(server);
        let event = json!({ "id": "evt_1", "type": "refund.created", "data": { "object": { "id": "re_1" } } });
        let now = stripe.with(|world| world.now());
        assert_eq!(stripe.send_signed(&event, "whsec_guessed", now).await, 400);
        assert_eq!(stripe.send_signed(&event, "whsec_of_the_tests", now - 301).await, 400);
        assert_eq!(stripe.post(event.to_string(), "").await, 400);
        assert_eq!(stripe.post(" ".repeat(300_000), "t=1,v1=00").await, 413);
        assert_eq!(stripe.send(&json!({ "id": "evt_1" })).await, 400, "no event");
        assert_eq!(server.select("SELECT id AS value FROM stripe_events"), [""; 0]);
        assert_eq!(stripe.send(&event).await, 204);
    }

    async fn a_hold_survives_a_provider_that_is_down_and_can_be_paid_later(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({})).await;
        let booking = market.book(TEN, TWELVE).await.expect(201).id();
        for fault in [Fault::Fails, Fault::DoneAndFails, Fault::Silent, Fault::DoneAndSilent, Fault::Nonsense, Fault::TooMany] {
            stripe.fail([fault]);
            let refused = pay(&market, &booking).await.refused(503, "payment_provider_unavailable");
            assert_eq!(refused.header("retry-after"), "2", "{fault:?}");
        }
        stripe.with(|world| world.is_down = true);
        pay(&market, &booking).await.refused(503, "payment_provider_unavailable");
        // A booking on invoice goes on.
        let invoiced = market.host.list_resource(&market.site, json!({ "name": "Mill" })).await;
        let mut wish = market.wish(TEN, TWELVE);
        wish["resource_id"] = invoiced.into();
        assert_eq!(market.customer.post("/bookings", wish).await.expect(201)["status"], "confirmed");
        stripe.with(|world| world.is_down = false);
        let page = pay(&market, &booking).await.expect(200);
        assert!(stripe.pay(&page["page_url"], Card::Good));
        stripe.send_all().await;
        // And the job meets the same.
        for fault in [Fault::Fails, Fault::Silent, Fault::Nonsense, Fault::TooMany] {
            stripe.fail([fault]);
            assert!(server.runner().run_once().await.is_err());
            verify(server).await;
            server.advance(TimeDelta::minutes(2));
        }
        work(server, &stripe).await;
        assert_eq!((status(&market, &booking).await.as_str(), moved(&stripe)), ("confirmed", (2400, 0, 0)));
    }

    async fn a_command_whose_answer_is_lost_is_done_once(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({})).await;
        let faults = [Fault::Fails, Fault::DoneAndFails, Fault::Silent, Fault::DoneAndSilent, Fault::Nonsense, Fault::TooMany];
        for (taken, fault) in (0..).step_by(2400).zip(faults) {
            let booking = book_and_pay(&market, &stripe, Card::Good).await;
            for action in ["", "cancel"] {
                if !action.is_empty() {
                    act(&market, &booking, action).await;
                }
                stripe.send_all().await;
                // Two questions, and then the command.
                stripe.fail([Fault::None, Fault::None, fault]);
                assert!(server.runner().run_once().await.is_err(), "{fault:?}");
                verify(server).await;
                server.advance(TimeDelta::minutes(2));
                look(server).await;
                let refunded = if action.is_empty() { taken } else { taken + 2400 };
                assert_eq!(moved(&stripe), (taken + 2400, refunded, 0), "{fault:?} {action}");
            }
        }
        assert_eq!([balance(&market, "provider").await, balance(&market, "receivable").await], [0, 0]);
    }

    async fn a_payment_that_comes_too_late_is_released(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({})).await;
        let booking = book_and_pay(&market, &stripe, Card::Good).await;
        stripe.with(|world| world.is_down = true);
        server.advance(TimeDelta::minutes(50));
        drop(server.runner().run_once().await);
        assert_eq!(status(&market, &booking).await, "expired");
        stripe.with(|world| world.is_down = false);
        server.advance(TimeDelta::minutes(2));
        work(server, &stripe).await;
        assert_eq!((status(&market, &booking).await.as_str(), moved(&stripe)), ("expired", (0, 0, 0)));
        assert_eq!(payment(&market, &booking).await["ending"], "released");
        // Nobody paid on this page, which is closed when the hold is cancelled.
        let booking = market.book(TEN, TWELVE).await.expect(201).id();
        let page = pay(&market, &booking).await.expect(200);
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        work(server, &stripe).await;
        assert_eq!(payment(&market, &booking).await["ending"], "unpaid");
        assert!(!stripe.pay(&page["page_url"], Card::Good), "it is closed");
    }

    async fn a_host_that_confirms_a_hold_itself_releases_what_is_paid_otherwise(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({})).await;
        let booking = book_and_pay(&market, &stripe, Card::Good).await;
        let paid = json!({
            "customer_organization_id": market.customer_organization, "booking_id": booking, "method": "bank_transfer", "paid_on": "2026-11-30",
            "amount": { "amount": 2400, "currency": "GBP" },
        });
        let payments = format!("/organizations/{}/payments", market.host_organization);
        market.host.post(&payments, paid.clone()).await.expect(201);
        act(&market, &booking, "confirm").await;
        work(server, &stripe).await;
        assert_eq!((payment(&market, &booking).await["ending"].clone(), moved(&stripe)), (json!("released"), (0, 0, 0)));
        let mut by_hand = paid;
        by_hand["method"] = json!("online_card");
        market.host.post(&payments, by_hand).await.refused_fields(&[("/method", "invalid")]);
    }

    async fn refunds_that_fail_and_those_made_at_the_provider_are_recorded(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({})).await;
        let booking = book_and_pay(&market, &stripe, Card::Good).await;
        work(server, &stripe).await;
        stripe.with(|world| world.refund_in_dashboard(&intent_of(world), 400));
        work(server, &stripe).await;
        assert_eq!([balance(&market, "provider").await, balance(&market, "receivable").await], [2000, 400]);
        act(&market, &booking, "cancel").await;
        work(server, &stripe).await;
        assert_eq!((moved(&stripe), balance(&market, "receivable").await), ((2400, 2400, 0), 0));
        let last = stripe.with(|world| world.refunds.keys().next_back().unwrap().clone());
        stripe.with(|world| world.fail_refund(&last));
        work(server, &stripe).await;
        work(server, &stripe).await;
        assert_eq!([balance(&market, "provider").await, balance(&market, "receivable").await], [2000, -2000]);
        assert_eq!(stripe.with(|world| world.refunds.len()), 2, "it is not sent again");
        let refunds = payment(&market, &booking).await["refunds"].clone();
        assert_eq!(refunds.as_array().unwrap().iter().filter(|one| one["state"] == "failed").count(), 1);
        assert_eq!(mails(server, &market, "A refund of 20.00 GBP did not reach Newcomer").await, 1);
    }

    async fn a_dispute_takes_the_money_away_until_the_bank_has_decided(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({})).await;
        for (is_won, expected) in [(true, [2400, 0, 0]), (false, [2400, 2400, 0])] {
            let (from, to) = if is_won { (TEN, TWELVE) } else { ("2026-12-04T10:00:00Z", "2026-12-04T12:00:00Z") };
            let booking = market.book(from, to).await.expect(201).id();
            stripe.pay(&pay(&market, &booking).await.expect(200)["page_url"], Card::Good);
            work(server, &stripe).await;
            let of = stripe.with(|world| world.intents.keys().next_back().unwrap().clone());
            let dispute = stripe.with(|world| world.dispute(&of));
            work(server, &stripe).await;
            assert_eq!(payment(&market, &booking).await["disputes"][0]["state"], "open");
            assert_eq!(balance(&market, "pending").await, -2400);
            stripe.with(|world| world.decide(&dispute, is_won));
            work(server, &stripe).await;
            assert_eq!(mails(server, &market, "Newcomer disputes a payment of 24.00 GBP").await, if is_won { 1 } else { 2 });
            let found = [balance(&market, "provider").await, balance(&market, "receivable").await, balance(&market, "pending").await];
            assert_eq!(found, expected, "won: {is_won}");
            if is_won {
                continue;
            }
            act(&market, &booking, "cancel").await;
            work(server, &stripe).await;
            assert_eq!((stripe.with(|world| world.refunded(&of)), balance(&market, "receivable").await), (0, 0), "it has got it already");
        }
    }

    async fn many_requests_at_once_make_one_page(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({})).await;
        let booking = market.book(TEN, TWELVE).await.expect(201).id();
        let answers = join_all((0..8).map(|_| pay(&market, &booking))).await;
        let pages: Vec<_> = answers.iter().filter(|one| one.status == 200).map(|one| one["page_url"].clone()).collect();
        assert!(!pages.is_empty() && pages.iter().all(|page| *page == pages[0]), "{pages:?}");
        assert!(answers.iter().all(|one| [200, 503].contains(&one.status)), "{answers:?}");
        assert!(stripe.pay(&pages[0], Card::Good));
        let other = server.another();
        stripe.send_all().await;
        let (mut one, mut two) = (server.runner(), other.runner());
        let (first, second) = tokio::join!(one.run_once(), two.run_once());
        first.and(second).unwrap();
        work(server, &stripe).await;
        assert_eq!(moved(&stripe), (2400, 0, 0));
    }

    async fn only_a_customer_pays_by_card_and_only_where_the_host_takes_cards(server, crate::support::stripe::with_stripe) {
        let (market, _) = shop(server, json!({})).await;
        let booking = market.book(TEN, TWELVE).await.expect(201).id();
        let path = format!("/bookings/{booking}/pay");
        market.host.post(&path, json!({})).await.refused(403, "forbidden");
        server.user("Olga").await.post(&path, json!({})).await.refused(404, "not_found");
        let billing = format!("/organizations/{}/billing", market.host_organization);
        let patched = market.host.patch(&billing, json!({ "ways_to_pay": null })).await.expect(200);
        assert_eq!(patched["ways_to_pay"], json!(["invoice"]));
        pay(&market, &booking).await.refused(409, "card_not_accepted");
        market.host.patch(&billing, json!({ "ways_to_pay": [] })).await.refused_fields(&[("/ways_to_pay", "required")]);
        market.host.patch(&billing, json!({ "ways_to_pay": ["card"] })).await.expect(200);
        for (rate, currency) in [(1, "GBP"), (1234, "KWD"), (100, "UGX")] {
            let tariff = json!({ "currency": currency, "rate": rate, "per": "booking" });
            let resource = market.host.list_resource(&market.site, json!({ "name": currency, "tariff": tariff })).await;
            let mut wish = market.wish(TEN, TWELVE);
            wish["resource_id"] = resource.into();
            let booking = market.customer.post("/bookings", wish).await.expect(201).id();
            pay(&market, &booking).await.refused(409, "card_payment_not_possible");
        }
    }

    async fn the_database_refuses_a_second_payment_at_a_time_and_refunds_beyond_the_payment(server, crate::support::stripe::with_stripe) {
        let (market, stripe) = shop(server, json!({})).await;
        let booking = market.book(TEN, TWELVE).await.expect(201).id();
        let first = pay(&market, &booking).await.expect(200);
        let copy = |state: &str| {
            let columns = "booking_id, organization_id, customer_id, amount, currency, attempt, session_expires_at, created_by, created_at, updated_at";
            format!(
                "INSERT INTO card_payments (id, state, ending, {columns}) SELECT '01234567-89ab-7def-8123-0123456789ab', '{state}', \
                 CASE WHEN '{state}' = 'ended' THEN 'unpaid' END, {columns} FROM card_payments WHERE id = '{}'", first.id()
            )
        };
        assert!(server.fails(&copy("started")));
        assert_eq!(server.execute(&copy("ended")), 1);
        stripe.pay(&first["page_url"], Card::Good);
        work(server, &stripe).await;
        let refund = |id: &str, amount: i64| {
            let now = server.sql_now();
            let columns = "id, card_payment_id, amount, state, attempt, created_at, updated_at";
            format!("INSERT INTO card_refunds ({columns}) VALUES ('{id}', '{}', {amount}, 'started', 1, {now}, {now})", first.id())
        };
        let [one, two] = ["1", "2"].map(|digit| format!("01234567-89ab-7def-8123-{}", digit.repeat(12)));
        assert_eq!(server.execute(&refund(&one, 2000)), 1);
        assert!(server.refuses(&refund(&two, 401), "card_refunds_exceed_payment"));
        assert!(server.refuses("UPDATE card_refunds SET amount = 2401", "card_refunds_exceed_payment"));
        assert!(server.fails("UPDATE card_payments SET captured = 0 WHERE state = 'paid'"));
        assert!(server.fails("UPDATE card_payments SET state = 'ended' WHERE state = 'paid'"));
    }
}

fn intent_of(world: &crate::support::stripe::World) -> String {
    world.intents.keys().next().unwrap().clone()
}
