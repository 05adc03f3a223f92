//! Accounts of hosts for payments by card, and the commission of the operator.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::card_payments::{act, balance, book_and_pay, intent, look, moved, pay, payment, status, work};
use crate::support::client::Answer;
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};
use crate::support::stripe::{Account, Card, Fault};

const TEN: &str = "2026-12-03T10:00:00Z";
const TWELVE: &str = "2026-12-03T12:00:00Z";

fn path(market: &Market) -> String {
    format!("/organizations/{}/card-account", market.host_organization)
}

/// A host with an account of its own that takes payments by card. Its resource costs 12.00 GBP an hour, to be paid first.
pub(crate) async fn connected_shop(server: &Server, mut rules: Value) -> (Market, Account, String) {
    let stripe = Account::of(server);
    rules["requires_payment"] = json!(true);
    let market = server.market(json!({ "booking_rules": rules })).await;
    let billing = format!("/organizations/{}/billing", market.host_organization);
    market.host.patch(&billing, json!({ "country": "GB" })).await.expect(200);
    market.host.post(&path(&market), json!({})).await.expect(200);
    let account = stripe.with(|world| world.accounts.keys().next().unwrap().clone());
    stripe.with(|world| world.set_account(&account, true));
    stripe.send_all().await;
    server.run_jobs().await;
    market.host.patch(&billing, json!({ "ways_to_pay": ["card", "invoice"] })).await.expect(200);
    (market, stripe, account)
}

/// The balances of the host and of the operator at Stripe, and those of the ledger.
async fn shares(market: &Market, stripe: &Account) -> [i64; 4] {
    let (host, operator) = stripe.with(|world| world.shares());
    [host, operator, balance(market, "provider").await, balance(market, "commission").await]
}

on_both_databases! {
    async fn a_host_connects_one_account_and_answers_the_questions_of_stripe(server, crate::support::stripe::with_connect) {
        let stripe = Account::of(server);
        let market = server.market(json!({})).await;
        let (path, billing) = (path(&market), format!("/organizations/{}/billing", market.host_organization));
        market.host.get(&path).await.refused(404, "not_found");
        market.host.post(&path, json!({})).await.refused(409, "invalid_transition");
        market.host.patch(&billing, json!({ "country": "GB" })).await.expect(200);
        market.host.patch(&billing, json!({ "ways_to_pay": ["card"] })).await.refused(409, "card_account_required");
        let first = market.host.post(&path, json!({})).await.expect(200);
        assert_eq!(first["onboarding_expires_at"], "2026-11-30T09:05:00Z");
        assert_eq!(first["card_account"]["requirements"], json!(["business_type", "external_account", "tos_acceptance.date"]));
        let second = market.host.post(&path, json!({})).await.expect(200);
        assert_ne!(first["onboarding_url"], second["onboarding_url"], "a page can be opened once");
        let [account] = &stripe.with(|world| world.accounts.values().cloned().collect::<Vec<_>>())[..] else { panic!("one account") };
        assert_eq!((&account["country"], &account["email"]), (&json!("GB"), &json!(market.host.email)));
        let id = account["id"].as_str().unwrap();
        market.host.patch(&billing, json!({ "ways_to_pay": ["card"] })).await.refused(409, "card_account_required");

        stripe.with(|world| world.set_account(id, true));
        work(server, &stripe).await;
        let ready = market.host.get(&path).await.expect(200);
        let is_ready = |view: &Answer| [&view["charges_enabled"], &view["payouts_enabled"], &view["details_submitted"]].map(|one| *one == true);
        assert_eq!((is_ready(&ready), &ready["requirements"], &ready["commission_rate"]), ([true; 3], &json!([]), &json!(1000)));
        market.host.patch(&billing, json!({ "ways_to_pay": ["card"] })).await.expect(200);

        // Stripe has new questions. Its event is lost, and the service asks by itself.
        stripe.with(|world| world.set_account(id, false));
        drop(stripe.events());
        server.advance(TimeDelta::hours(7));
        look(server).await;
        let blocked = market.host.get(&path).await.expect(200);
        assert_eq!((is_ready(&blocked), &blocked["disabled_reason"]), ([false, false, true], &json!("requirements.past_due")));
        let booking = market.book(TEN, TWELVE).await.expect(201).id();
        pay(&market, &booking).await.refused(409, "card_not_accepted");
        // The rest of the billing data can be edited all the same.
        market.host.patch(&billing, json!({ "payment_days": 10 })).await.expect(200);

        stripe.with(|world| world.disconnect(id));
        work(server, &stripe).await;
        assert_eq!(market.host.get(&path).await.expect(200)["disabled_reason"], "disconnected");
        let page = format!("/card-accounts/{}", market.host_organization);
        assert!(server.root().get(&page).await.expect(200).text.contains("Thank you"));
        assert!(server.root().get(&format!("{page}?expired")).await.expect(200).text.contains("no longer valid"));
    }

    async fn an_account_is_made_once_whatever_fails(server, crate::support::stripe::with_connect) {
        let stripe = Account::of(server);
        let market = server.market(json!({})).await;
        let (path, billing) = (path(&market), format!("/organizations/{}/billing", market.host_organization));
        market.host.patch(&billing, json!({ "country": "GB" })).await.expect(200);
        for fault in [Fault::DoneAndSilent, Fault::Nonsense, Fault::Silent, Fault::TooMany] {
            stripe.fail([fault]);
            market.host.post(&path, json!({})).await.refused(503, "payment_provider_unavailable");
        }
        // Of requests at the same time, those that are refused can be repeated.
        for answer in join_all((0..4).map(|_| market.host.post(&path, json!({})))).await {
            assert!([200, 503].contains(&answer.status), "{answer:?}");
        }
        market.host.post(&path, json!({})).await.expect(200);
        assert_eq!(stripe.with(|world| world.accounts.len()), 1);
        stripe.with(|world| world.is_down = true);
        market.host.post(&path, json!({})).await.refused(503, "payment_provider_unavailable");
    }

    async fn a_payment_is_transferred_to_the_host_and_a_refund_is_taken_back(server, crate::support::stripe::with_connect) {
        let fees = json!({ "grace_minutes": 0, "cancellation_fees": [{ "less_than_minutes": 10080, "percent": 25 }] });
        let (market, stripe, account) = connected_shop(server, fees).await;
        let booking = book_and_pay(&market, &stripe, Card::Good).await;
        assert_eq!(stripe.with(|world| world.shares()), (0, 0), "nothing before it is taken");
        work(server, &stripe).await;
        assert_eq!(status(&market, &booking).await, "confirmed");
        let made = stripe.with(|world| world.intents[&world.intents.keys().next().unwrap().clone()].clone());
        assert_eq!(made["transfer_data"]["destination"], account);
        assert_eq!(shares(&market, &stripe).await, [2160, 240, 2160, 240]);
        let paid = payment(&market, &booking).await;
        assert_eq!(paid["paid"]["amount"], 2400, "the customer sees nothing of the commission");
        // The fee of 6.00 stays, and 10 % of it.
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
        work(server, &stripe).await;
        assert_eq!((moved(&stripe), shares(&market, &stripe).await), ((2400, 1800, 0), [540, 60, 540, 60]));
        market.host.post(&format!("/bookings/{booking}/waive-fee"), json!({ "reason": "Snow" })).await.expect(200);
        work(server, &stripe).await;
        assert_eq!((moved(&stripe), shares(&market, &stripe).await), ((2400, 2400, 0), [0; 4]));
        // Both refunds were taken from the transfer at once, not by a correction.
        let reversals = stripe.with(|world| world.transfers.values().map(|one| one["reversals"]["data"].as_array().unwrap().len()).sum::<usize>());
        assert_eq!(reversals, 2);
    }

    async fn a_part_that_is_captured_has_a_commission_of_its_own(server, crate::support::stripe::with_connect) {
        let (market, stripe, _) = connected_shop(server, json!({ "requires_approval": true })).await;
        let booking = book_and_pay(&market, &stripe, Card::Good).await;
        work(server, &stripe).await;
        // While the request waits, a part is paid in cash.
        let cash = json!({
            "customer_organization_id": market.customer_organization, "booking_id": booking, "method": "cash", "paid_on": "2026-11-30",
            "amount": { "amount": 1205, "currency": "GBP" },
        });
        market.host.post(&format!("/organizations/{}/payments", market.host_organization), cash).await.expect(201);
        act(&market, &booking, "approve").await;
        work(server, &stripe).await;
        assert_eq!((moved(&stripe), shares(&market, &stripe).await), ((1195, 0, 0), [1076, 119, 1076, 119]));
    }

    async fn what_others_do_at_stripe_is_corrected(server, crate::support::stripe::with_connect) {
        let (market, stripe, _) = connected_shop(server, json!({})).await;
        let booking = book_and_pay(&market, &stripe, Card::Good).await;
        work(server, &stripe).await;
        let id = intent(&stripe);
        // A refund in the dashboard that leaves transfer and commission alone.
        stripe.with(|world| world.refund_in_dashboard(&id, 405));
        work(server, &stripe).await;
        assert_eq!(shares(&market, &stripe).await, [1796, 199, 1796, 199]);
        // A refund that the bank sends back.
        let refund = stripe.with(|world| world.refunds.keys().next().unwrap().clone());
        stripe.with(|world| world.fail_refund(&refund));
        work(server, &stripe).await;
        let after = shares(&market, &stripe).await;
        assert_eq!(after, [2160, 199, 2160, 240], "a commission that was returned stays returned, and the host has its part");
        let dispute = stripe.with(|world| world.dispute(&id));
        work(server, &stripe).await;
        assert_eq!(shares(&market, &stripe).await, [0; 4], "the bank has the money");
        stripe.with(|world| world.decide(&dispute, true));
        work(server, &stripe).await;
        assert_eq!(shares(&market, &stripe).await, [2160, 0, 2160, 240]);
        // The transfer of the payment was taken back already, so this refund is taken from the later one. The card is not tried again with
        // the refund that came back.
        act(&market, &booking, "cancel").await;
        work(server, &stripe).await;
        server.advance(TimeDelta::hours(1));
        work(server, &stripe).await;
        assert_eq!((moved(&stripe), shares(&market, &stripe).await), ((2400, 1995, 0), [365, 0, 365, 40]));
    }

    async fn a_dispute_that_is_lost_leaves_no_commission(server, crate::support::stripe::with_connect) {
        let (market, stripe, _) = connected_shop(server, json!({})).await;
        book_and_pay(&market, &stripe, Card::Good).await;
        work(server, &stripe).await;
        let id = intent(&stripe);
        let dispute = stripe.with(|world| world.dispute(&id));
        work(server, &stripe).await;
        stripe.with(|world| world.decide(&dispute, false));
        work(server, &stripe).await;
        assert_eq!((shares(&market, &stripe).await, balance(&market, "receivable").await), ([0; 4], 2400));
    }

    async fn an_operator_sets_the_commission_of_a_host_for_later_payments(server, crate::support::stripe::with_connect) {
        let (market, stripe, _) = connected_shop(server, json!({})).await;
        let operator = server.operator("Root").await;
        let path = path(&market);
        book_and_pay(&market, &stripe, Card::Good).await;
        work(server, &stripe).await;
        market.host.patch(&path, json!({ "commission_rate": 0 })).await.refused(403, "forbidden");
        operator.patch(&path, json!({ "commission_rate": 10_001 })).await.refused_fields(&[("/commission_rate", "out_of_range")]);
        assert_eq!(operator.patch(&path, json!({ "commission_rate": 0 })).await.expect(200)["commission_rate"], 0);
        server.advance(TimeDelta::hours(1));
        work(server, &stripe).await;
        assert_eq!(shares(&market, &stripe).await, [2160, 240, 2160, 240], "the payment keeps its rate");
        let later = market.book("2026-12-04T10:00:00Z", "2026-12-04T11:00:00Z").await.expect(201).id();
        stripe.pay(&pay(&market, &later).await.expect(200)["page_url"], Card::Good);
        // The rate counts when a payment is started.
        assert_eq!(operator.patch(&path, json!({ "commission_rate": null })).await.expect(200)["commission_rate"], 1000);
        work(server, &stripe).await;
        assert_eq!(shares(&market, &stripe).await, [3360, 240, 3360, 240]);
    }

    async fn the_database_keeps_accounts_and_rates_of_payments(server, crate::support::stripe::with_connect) {
        let (market, stripe, account) = connected_shop(server, json!({})).await;
        book_and_pay(&market, &stripe, Card::Good).await;
        work(server, &stripe).await;
        assert!(server.refuses("UPDATE card_payments SET commission_rate = 1", "card_payments_keep_rate"));
        assert!(server.fails("UPDATE card_payments SET commission = captured + 1"));
        assert!(server.fails("UPDATE card_payments SET commission = -1"));
        assert!(server.fails("UPDATE card_accounts SET commission_rate = 10001"));
        assert!(server.refuses("UPDATE card_accounts SET provider_id = 'acct_other'", "card_accounts_stay"));
        assert!(server.fails("UPDATE card_payments SET account_id = 'acct_other'"));
        let other = format!("UPDATE card_payments SET organization_id = customer_id, customer_id = organization_id WHERE account_id = '{account}'");
        assert!(server.fails(&other), "no payment is for the account of another host");
        assert!(server.fails("UPDATE card_payments SET account_id = NULL"), "a commission is taken from an account");
    }
}
