//! Payouts of Stripe to hosts.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::card_accounts::connected_shop;
use super::card_payments::{act, book_and_pay, look, payment, work};
use crate::support::people::Market;
use crate::support::server::on_both_databases;
use crate::support::stripe::{Account, Card};

/// The payouts to the host, without what no test can know.
async fn payouts(market: &Market) -> Vec<Value> {
    let list = market.host.get(&format!("/organizations/{}/payouts", market.host_organization)).await.expect(200);
    list.items().to_vec()
}

fn sums(payout: &Value) -> [i64; 5] {
    ["amount", "payments", "refunds", "commission", "others"].map(|field| payout[field]["amount"].as_i64().unwrap())
}

/// Pays the balance of the host out, and tells the service.
fn pay_out(stripe: &Account, account: &str, failure: Option<&str>) -> String {
    stripe.with(|world| {
        let id = world.pay_out(account);
        world.end_payout(&id, failure);
        id
    })
}

on_both_databases! {
    async fn a_host_sees_the_amounts_in_each_payout(server, crate::support::stripe::with_connect) {
        let fees = json!({ "grace_minutes": 0, "cancellation_fees": [{ "less_than_minutes": 10080, "percent": 25 }] });
        let (market, stripe, account) = connected_shop(server, fees).await;
        let booking = book_and_pay(&market, &stripe, Card::Good).await;
        work(server, &stripe).await;
        act(&market, &booking, "cancel").await;
        work(server, &stripe).await;
        let second = book_and_pay(&market, &stripe, Card::Good).await;
        work(server, &stripe).await;
        let id = pay_out(&stripe, &account, None);
        work(server, &stripe).await;
        let [payout] = &payouts(&market).await[..] else { panic!("one payout") };
        assert_eq!((&payout["stripe_id"], &payout["state"], &payout["arrives_on"]), (&json!(id), &json!("paid"), &json!("2026-12-02")));
        let path = format!("/payouts/{}", payout["id"].as_str().unwrap());
        let whole = market.host.get(&path).await.expect(200);
        assert_eq!(sums(&whole.body), [2160, 4800, -2400, 240, 0], "the payment that was paid back, and the one that stays");
        let items = market.host.get(&format!("{path}/items")).await.expect(200);
        let kinds: Vec<_> = items.items().iter().map(|item| (item["kind"].as_str().unwrap(), item["net"]["amount"].as_i64().unwrap())).collect();
        assert_eq!(kinds, [("payment", 2160), ("refund", -2400), ("commission_return", 240), ("payment", 2160)]);
        let first = payment(&market, &booking).await["id"].clone();
        for (item, of) in items.items().iter().zip([json!(booking), json!(booking), Value::Null, json!(second)]) {
            assert_eq!(item["booking_id"], of, "{item}");
        }
        assert_eq!(items.items()[1]["card_payment_id"], first);
        let sheet = market.host.get(&format!("{path}/items.csv")).await.expect(200).text;
        assert_eq!(sheet.lines().count(), 5, "{sheet}");
        assert!(sheet.contains(",payment,payment,2400,240,2160,GBP,"), "{sheet}");
        let sheet = market.host.get(&format!("/organizations/{}/payouts.csv", market.host_organization)).await.expect(200).text;
        assert!(sheet.contains(&format!(",{id},2026-11-30T09:00:00Z,2026-12-02,2160,GBP,paid,")), "{sheet}");
        market.customer.get(&path).await.refused(404, "not_found");
        market.customer.get(&format!("{path}/items")).await.refused(404, "not_found");
    }

    async fn a_payout_that_fails_is_in_the_next_one(server, crate::support::stripe::with_connect) {
        let (market, stripe, account) = connected_shop(server, json!({})).await;
        book_and_pay(&market, &stripe, Card::Good).await;
        work(server, &stripe).await;
        let id = stripe.with(|world| world.pay_out(&account));
        work(server, &stripe).await;
        assert_eq!(payouts(&market).await[0]["state"], "in_transit");
        stripe.with(|world| world.end_payout(&id, Some("account_closed")));
        // The events are lost and come doubled; the service asks by itself.
        let events = stripe.events();
        server.advance(TimeDelta::hours(7));
        look(server).await;
        for event in [&events[..], &events[..]].concat() {
            stripe.send(&event).await;
        }
        look(server).await;
        let [failed] = &payouts(&market).await[..] else { panic!("one payout") };
        assert_eq!((&failed["state"], &failed["failure"]), (&json!("failed"), &json!("account_closed")));
        pay_out(&stripe, &account, None);
        work(server, &stripe).await;
        let [_, paid] = &payouts(&market).await[..] else { panic!("two payouts") };
        let whole = market.host.get(&format!("/payouts/{}", paid["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(sums(&whole.body), [2160, 0, 0, 0, 2160]);
        assert!(server.refuses("UPDATE card_payout_items SET amount = 1", "card_payout_items_stay"));
        assert!(server.refuses("DELETE FROM card_payout_items", "card_payout_items_stay"));
        assert!(server.fails("UPDATE card_payouts SET failure = 'none' WHERE state = 'paid'"));
        assert!(server.fails("UPDATE card_payouts SET provider_id = 'po_1'"), "each payout is stored once");
    }
}
