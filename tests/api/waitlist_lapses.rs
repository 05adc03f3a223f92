//! Offers of the waitlist that nobody answers in time, and the time to answer.

use chrono::TimeDelta;
use domain::time::UtcTime;
use serde_json::{Value, json};

use super::waitlist::{ELEVEN, Rival, TEN, TWELVE, WAITING};
use crate::support::people::Market;
use crate::support::server::on_both_databases;

const EIGHT_IN_THE_EVENING: &str = "2026-12-01T20:00:00Z";

async fn block(market: &Market, (from, to): (&str, &str)) -> String {
    let path = format!("/resources/{}/blocks", market.resource);
    let block = market.host.post(&path, json!({ "starts_at": from, "ends_at": to })).await.expect(201).id();
    format!("{path}/{block}")
}

async fn seen(rival: &Rival, entry: &str) -> Value {
    rival.user.get(&format!("/waitlist/{entry}")).await.expect(200).body.clone()
}

on_both_databases! {
    async fn an_offer_leaves_the_stated_time_to_answer_it(server) {
        let market = server.market(json!({})).await;
        let rival = Rival::new(server, "Flo").await;
        let block = block(&market, (TEN, EIGHT_IN_THE_EVENING)).await;
        let entry = rival.waits(server, &market, (TEN, EIGHT_IN_THE_EVENING), 120).await;
        server.advance(UtcTime::parse("2026-12-01T11:58:55Z").unwrap() - server.now());
        market.host.delete(&block).await.expect(204);
        let offered = seen(&rival, &entry).await;
        assert_eq!((&offered["status"], &offered["expires_at"]), (&json!("offered"), &json!("2026-12-01T15:58:55Z")));
        let booking = rival.user.get(&format!("/bookings/{}", rival.offer(&entry).await)).await.expect(200);
        assert_eq!(booking["starts_at"], "2026-12-01T16:00:00Z");
    }

    async fn who_could_not_be_given_the_time_to_answer_does_not_wait(server) {
        let market = server.market(json!({ "booking_rules": { "offer_minutes": 240 } })).await;
        let rival = Rival::new(server, "Flo").await;
        block(&market, (TEN, TWELVE)).await;
        server.advance(TimeDelta::hours(22));
        let mut wish = rival.wish(&market, (TEN, TWELVE));
        wish["duration_minutes"] = json!(60);
        let entry = rival.user.post("/waitlist", wish.clone()).await.expect(201).id();
        server.run_jobs().await;
        assert_eq!(rival.entry(&entry).await["status"], WAITING);
        server.advance(TimeDelta::minutes(1));
        wish["duration_minutes"] = json!(75);
        rival.user.post("/waitlist", wish).await.refused_fields(&[("/ends_at", "invalid")]);
        server.run_jobs().await;
        assert_eq!(rival.entry(&entry).await["status"], "expired");
        // What is free can be booked without an offer.
        rival.user.post("/waitlist", rival.wish(&market, (TWELVE, "2026-12-01T13:00:00Z"))).await.refused(409, "slot_available");
    }

    async fn who_misses_an_offer_keeps_the_place_once(server) {
        let market = server.market(json!({ "booking_rules": { "offer_minutes": 60 } })).await;
        let (first, second) = (Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        let block = block(&market, (TEN, ELEVEN)).await;
        let one = first.waits(server, &market, (TEN, ELEVEN), 60).await;
        let two = second.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.host.delete(&block).await.expect(204);
        assert_eq!(seen(&first, &one).await["lapsed_offers"], 0);
        first.offer(&one).await;

        // From the instant of the lapse on, whether or not it is written.
        server.advance(TimeDelta::minutes(60));
        let before = first.user.get(&format!("/waitlist/{one}")).await.expect(200);
        let fields = ["status", "booking_id", "expires_at", "lapsed_offers", "entries_ahead"].map(|field| before[field].clone());
        assert_eq!(fields, [json!(WAITING), Value::Null, Value::Null, json!(1), json!(0)]);
        assert_eq!(seen(&second, &two).await["entries_ahead"], 1);
        let listed = async |status: &str| first.user.get(&format!("/waitlist?status={status}")).await.expect(200).items().len();
        assert_eq!([listed("waiting").await, listed("lapsed").await, listed("offered").await], [1, 0, 0]);
        // The slot goes to the next entry, and to the next only.
        server.run_jobs().await;
        second.offer(&two).await;
        let after = first.user.get(&format!("/waitlist/{one}")).await.expect(200);
        assert_eq!((after.header("etag"), &after.text), (before.header("etag"), &before.text));
        let mail = &server.mails(&first.user.email, 2).await[1];
        assert!(mail.subject.starts_with("Offer expired: ") && mail.text.contains("You stay on the waitlist and keep your place."), "{mail:?}");

        // The second misses it, too, and the first has the older claim.
        server.advance(TimeDelta::minutes(60));
        server.run_jobs().await;
        first.offer(&one).await;
        assert_eq!(second.entry(&two).await["status"], WAITING);
        server.advance(TimeDelta::minutes(60));
        let lapsed = seen(&first, &one).await;
        assert_eq!((&lapsed["status"], &lapsed["lapsed_offers"]), (&json!("lapsed"), &json!(2)));
        server.run_jobs().await;
        assert_eq!(seen(&first, &one).await, lapsed);
        second.offer(&two).await;
        let mail = &server.mails(&first.user.email, 4).await[3];
        assert!(mail.text.contains("you are no longer on it"), "{mail:?}");
    }

    async fn who_misses_an_offer_when_no_time_is_left_has_had_it(server) {
        let market = server.market(json!({ "booking_rules": { "offer_minutes": 240 } })).await;
        let rival = Rival::new(server, "Flo").await;
        let block = block(&market, (TEN, TWELVE)).await;
        let entry = rival.waits(server, &market, (TEN, TWELVE), 60).await;
        // An offer at five leaves time until nine, and another one would end after twelve.
        server.advance(TimeDelta::hours(20));
        market.host.delete(&block).await.expect(204);
        rival.offer(&entry).await;
        server.advance(TimeDelta::hours(4));
        assert_eq!(rival.entry(&entry).await["status"], "lapsed");
        server.run_jobs().await;
        assert_eq!(rival.entry(&entry).await["status"], "lapsed");
    }

    async fn who_has_missed_an_offer_and_waits_again_can_leave(server) {
        let market = server.market(json!({ "booking_rules": { "offer_minutes": 60 } })).await;
        let (first, second) = (Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        let block = block(&market, (TEN, ELEVEN)).await;
        let one = first.waits(server, &market, (TEN, ELEVEN), 60).await;
        let two = second.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.host.delete(&block).await.expect(204);
        first.offer(&one).await;
        server.advance(TimeDelta::minutes(61));
        let left = first.user.post(&format!("/waitlist/{one}/leave"), json!({})).await.expect(200);
        assert_eq!((&left["status"], &left["lapsed_offers"]), (&json!("left"), &json!(1)));
        second.offer(&two).await;
    }
}
