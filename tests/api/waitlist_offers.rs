//! Who may wait in line, and what becomes of what is offered to them.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::certifications::School;
use super::waitlist::{ELEVEN, Rival, TEN, TWELVE, WAITING};
use crate::support::people::User;
use crate::support::server::on_both_databases;

on_both_databases! {
    async fn who_waits_may_name_somebody_else_to_operate(server) {
        let market = School::open(server, json!({})).await.requiring().await;
        let (rival, operator, stranger) = (Rival::new(server, "Flo").await, server.user("Olga").await, server.user("Sven").await);
        server.add_member(&rival.organization, &operator, "booker");
        market.grant(&operator).await.expect(201);
        let naming = |user: &User| {
            let mut wish = rival.wish(&market, (TEN, ELEVEN));
            wish["operated_by"] = json!(user.id);
            wish
        };
        // What is free is waited for by nobody, whoever would operate it.
        let refused = rival.user.post("/waitlist", rival.wish(&market, (TEN, ELEVEN))).await;
        assert_eq!(refused.refused(422, "booking_rules_violated")["violations"][0]["code"], "certification_missing");
        rival.user.post("/waitlist", naming(&operator)).await.refused(409, "slot_available");
        rival.user.post("/waitlist", naming(&stranger)).await.refused_fields(&[("/operated_by", "not_a_member")]);
        let slots = async |query: &str| {
            let path = format!("/resources/{}/slots?from={TEN}&to={ELEVEN}{query}", market.resource);
            rival.user.get(&path).await
        };
        let by = format!("&operated_by={}", operator.id);
        let of = format!("&organization_id={}", rival.organization);
        assert_eq!(slots(&of).await.expect(200).items(), [Value::Null; 0]);
        assert_eq!(slots(&format!("{of}{by}")).await.expect(200).items().len(), 4);
        slots(&by).await.refused_fields(&[("operated_by", "invalid")]);
        slots(&format!("{of}&operated_by={}", stranger.id)).await.refused_fields(&[("operated_by", "not_a_member")]);
        let found = async |query: &str| {
            let path = format!("/search/available?q=lathe&starts_at={TEN}&ends_at={ELEVEN}{query}");
            rival.user.get(&path).await
        };
        let of = format!("&customer={}", rival.organization);
        assert_eq!(found(&of).await.expect(200).items()[0]["bookable"], false);
        assert_eq!(found(&format!("{of}{by}")).await.expect(200).items()[0]["bookable"], true);
        found(&by).await.refused_fields(&[("operated_by", "invalid")]);

        let block = json!({ "starts_at": TEN, "ends_at": ELEVEN });
        let path = format!("/resources/{}/blocks", market.resource);
        let block = market.host.post(&path, block).await.expect(201).id();
        let entry = rival.user.post("/waitlist", naming(&operator)).await.expect(201);
        assert_eq!(entry["operated_by"], operator.id);
        market.host.delete(&format!("{path}/{block}")).await.expect(204);
        let offered = rival.user.get(&format!("/bookings/{}", rival.offer(&entry.id()).await)).await.expect(200);
        assert_eq!(offered["operated_by"], operator.id);
    }

    async fn who_leaves_the_customer_operates_nothing_that_it_waits_for_or_is_offered(server) {
        let market = server.market(json!({})).await;
        let (rival, operator) = (Rival::new(server, "Flo").await, server.user("Olga").await);
        let members = format!("/organizations/{}/members", rival.organization);
        server.add_member(&rival.organization, &operator, "booker");
        let path = format!("/resources/{}/blocks", market.resource);
        let block = async |from: &str, to: &str| {
            let block = json!({ "starts_at": from, "ends_at": to, "bookings": "cancel" });
            format!("{path}/{}", market.host.post(&path, block).await.expect(201).id())
        };
        let join = async |from: &str, to: &str| {
            let mut wish = rival.wish(&market, (from, to));
            wish["operated_by"] = json!(operator.id);
            format!("/waitlist/{}", rival.user.post("/waitlist", wish).await.expect(201).id())
        };
        block(TEN, ELEVEN).await;
        let blocked = block(ELEVEN, TWELVE).await;
        let (waiting, offered) = (join(TEN, ELEVEN).await, join(ELEVEN, TWELVE).await);
        market.host.delete(&blocked).await.expect(204);
        let mut seen = Vec::new();
        for (entry, status) in [(&waiting, "waiting"), (&offered, "offered")] {
            let before = rival.user.get(entry).await.expect(200);
            assert_eq!((&before["status"], &before["operated_by"]), (&json!(status), &json!(operator.id)));
            seen.push((entry, before.header("etag").to_owned(), before.text("updated_at")));
        }

        server.advance(TimeDelta::minutes(1));
        rival.user.delete(&format!("{members}/{}", operator.id)).await.expect(204);
        for (entry, etag, updated_at) in seen {
            let after = rival.user.with("if-none-match", etag).get(entry).await.expect(200);
            assert_eq!(after["operated_by"], rival.user.id);
            assert_ne!(after["updated_at"], updated_at);
        }
        // What has to make room waits on, and is offered again to who is there to take it.
        let blocked = block(ELEVEN, TWELVE).await;
        assert_eq!(rival.user.get(&offered).await.expect(200)["status"], WAITING);
        market.host.delete(&blocked).await.expect(204);
        let again = rival.user.get(&offered).await.expect(200);
        let booking = rival.user.get(&format!("/bookings/{}", again.text("booking_id"))).await.expect(200);
        assert_eq!((&again["status"], &booking["operated_by"]), (&json!("offered"), &json!(rival.user.id)));
    }

    async fn an_offer_that_was_moved_runs_out_when_its_hold_does(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true, "offer_minutes": 240 } })).await;
        let rival = Rival::new(server, "Flo").await;
        let booked = market.book(TEN, ELEVEN).await.expect(201).id();
        let entry = rival.user.post("/waitlist", rival.wish(&market, (TEN, ELEVEN))).await.expect(201).id();
        market.customer.post(&format!("/bookings/{booked}/cancel"), json!({})).await.expect(200);
        let offer = rival.offer(&entry).await;
        // The host must be able to answer before the start, so the hold ends with the start.
        let soon = server.now() + TimeDelta::minutes(30);
        let there = json!({ "starts_at": soon, "ends_at": soon + TimeDelta::minutes(30) });
        let moved = rival.user.post(&format!("/bookings/{offer}/reschedule"), there).await.expect(200);
        assert_eq!(moved["expires_at"], json!(soon));
        let seen = async || rival.user.get(&format!("/waitlist/{entry}")).await.expect(200);
        server.advance(TimeDelta::minutes(29));
        assert_eq!(seen().await["status"], "offered");
        server.advance(TimeDelta::minutes(1));
        let lapsed = seen().await;
        assert_eq!((&lapsed["status"], &lapsed["updated_at"]), (&json!(WAITING), &json!(soon)));
        server.advance(TimeDelta::minutes(1));
        server.run_jobs().await;
        assert_eq!(seen().await.body, lapsed.body);
    }

    async fn nobody_waits_where_rules_are_all_that_is_in_the_way_or_always_will_be(server) {
        let quota = json!({ "per": "organization", "most_minutes": 60, "within": "day" });
        let market = server.market(json!({ "booking_rules": { "quotas": [quota], "notice_minutes": 600 } })).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let refused = async |wish: Value| {
            let refused = market.customer.post("/waitlist", wish).await.refused(422, "booking_rules_violated");
            refused["violations"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect::<Vec<_>>()
        };
        // It is free, and it will be as long as nobody else wants it.
        assert_eq!(refused(market.wish(ELEVEN, TWELVE)).await, ["quota_exceeded"]);
        // It is taken, but no slot may ever start then, or for them.
        assert_eq!(refused(market.wish("2026-12-01T10:05:00Z", "2026-12-01T10:35:00Z")).await, ["off_grid"]);
        let now = server.now();
        let soon = |minutes: i64| json!(now + TimeDelta::minutes(minutes));
        let mut wish = market.wish(TEN, ELEVEN);
        (wish["starts_at"], wish["ends_at"]) = (soon(60), soon(120));
        assert_eq!(refused(wish).await, ["too_soon"]);
        let rules = json!({ "booking_rules": { "bookable_by": { "kinds": ["makerspace"] }, "quotas": [] } });
        market.host.patch(&format!("/resources/{}", market.resource), rules).await.expect(200);
        assert_eq!(refused(market.wish(TEN, ELEVEN)).await, ["not_for_this_customer"]);
    }

    async fn what_becomes_of_an_offer_becomes_of_who_waited(server) {
        let market = server.market(json!({ "booking_rules": { "offer_minutes": 60 } })).await;
        let rival = Rival::new(server, "Flo").await;
        let offered = async || {
            let taken = market.book(TEN, ELEVEN).await.expect(201).id();
            let entry = rival.waits(server, &market, (TEN, ELEVEN), 60).await;
            market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);
            (rival.offer(&entry).await, entry)
        };
        let (late, lapsed) = offered().await;
        let seen = rival.user.get(&format!("/waitlist/{lapsed}")).await.expect(200);
        assert_eq!(seen["expires_at"], rival.user.get(&format!("/bookings/{late}")).await.expect(200)["expires_at"]);
        server.advance(TimeDelta::minutes(60));
        server.run_jobs().await;
        // The first time the entry waits on.
        server.advance(TimeDelta::minutes(1));
        server.run_jobs().await;
        rival.offer(&lapsed).await;
        server.advance(TimeDelta::minutes(60));
        // From that instant on, whether or not a job has come by.
        assert_eq!(rival.entry(&lapsed).await["status"], "lapsed");
        server.run_jobs().await;
        let mails = server.mails(&rival.user.email, 4).await;
        assert!(mails[1].subject.starts_with("Offer expired: Lathe, "), "{mails:?}");
        rival.user.post(&format!("/waitlist/{lapsed}/leave"), json!({})).await.refused(409, "invalid_transition");

        let (gone, declined) = offered().await;
        let left = rival.user.post(&format!("/waitlist/{declined}/leave"), json!({})).await.expect(200);
        assert_eq!((&left["status"], &left["expires_at"]), (&json!("declined"), &Value::Null));
        assert_eq!(rival.user.get(&format!("/bookings/{gone}")).await.expect(200)["status"], "cancelled");
        let (kept, taken) = offered().await;
        rival.user.post(&format!("/bookings/{kept}/confirm"), json!({})).await.expect(200);
        assert_eq!(rival.entry(&taken).await["status"], "taken");
        for (status, id) in [("lapsed", lapsed), ("declined", declined), ("taken", taken)] {
            let found = rival.user.get(&format!("/waitlist?status={status}")).await.expect(200);
            assert_eq!(found.items().iter().map(|item| item["id"].clone()).collect::<Vec<_>>(), [id]);
        }
        assert_eq!(rival.user.get("/waitlist?status=offered").await.expect(200).items(), [Value::Null; 0]);
        server.tell_all().await;
        assert_eq!(server.mails(&market.host.email, 1).await.iter().filter(|mail| mail.subject.contains("Offer")).count(), 0);
    }

    async fn an_offer_that_makes_room_for_a_block_waits_on_in_its_old_place(server) {
        let market = server.market(json!({})).await;
        let taken = market.book(TEN, ELEVEN).await.expect(201).id();
        let (first, second) = (Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        let one = first.waits(server, &market, (TEN, ELEVEN), 60).await;
        let two = second.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);
        let displaced = first.offer(&one).await;
        let path = format!("/resources/{}/blocks", market.resource);
        let block = json!({ "starts_at": TEN, "ends_at": ELEVEN, "bookings": "cancel" });
        let block = market.host.post(&path, block).await.expect(201).id();
        assert_eq!(first.entry(&one).await, json!({ "status": WAITING, "booking_id": null }));
        market.host.delete(&format!("{path}/{block}")).await.expect(204);
        assert_ne!(first.offer(&one).await, displaced);
        assert_eq!(second.entry(&two).await["status"], WAITING);
    }

    async fn whose_offer_makes_room_for_a_block_is_offered_what_else_fits_at_once(server) {
        let market = server.market(json!({})).await;
        let taken = market.book(TEN, TWELVE).await.expect(201).id();
        let rival = Rival::new(server, "Flo").await;
        let entry = rival.waits(server, &market, (TEN, TWELVE), 60).await;
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);
        let displaced = rival.offer(&entry).await;
        let block = json!({ "starts_at": TEN, "ends_at": ELEVEN, "bookings": "cancel" });
        market.host.post(&format!("/resources/{}/blocks", market.resource), block).await.expect(201);
        let offered = rival.offer(&entry).await;
        assert_ne!(offered, displaced);
        assert_eq!(rival.user.get(&format!("/bookings/{offered}")).await.expect(200)["starts_at"], ELEVEN);
    }

    async fn who_books_what_is_kept_for_them_is_told_so(server) {
        let market = server.market(json!({})).await;
        let taken = market.book(TEN, ELEVEN).await.expect(201).id();
        let (rival, other) = (Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        let entry = rival.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.customer.post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);
        let offered = rival.offer(&entry).await;
        let wish = |rival: &Rival| rival.wish(&market, (TEN, ELEVEN));
        let refused = rival.user.post("/bookings", wish(&rival)).await.refused(409, "slot_unavailable");
        assert!(refused.text("detail").contains(&offered), "{refused:?}");
        let refused = other.user.post("/bookings", wish(&other)).await.refused(409, "slot_unavailable");
        assert!(!refused.text.contains(&offered), "{refused:?}");
    }

    async fn an_offer_that_is_paid_for_first_is_told_to_the_host_who_confirms_it(server) {
        let market = server.market(json!({ "booking_rules": { "requires_payment": true, "offer_minutes": 60 } })).await;
        let path = format!("/resources/{}/blocks", market.resource);
        let (first, second) = (Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        let block = json!({ "starts_at": TEN, "ends_at": ELEVEN });
        let block = market.host.post(&path, block).await.expect(201).id();
        let one = first.waits(server, &market, (TEN, ELEVEN), 60).await;
        let two = second.waits(server, &market, (TEN, ELEVEN), 60).await;
        market.host.delete(&format!("{path}/{block}")).await.expect(204);
        let offered = first.offer(&one).await;
        first.user.post(&format!("/bookings/{offered}/confirm"), json!({})).await.refused(403, "forbidden");
        assert!(server.mails(&first.user.email, 1).await[0].text.contains("pay in time. The host confirms the booking"));
        assert!(server.mails(&market.host.email, 1).await[0].subject.starts_with("Payment expected: Lathe, "));
        server.advance(TimeDelta::minutes(60));
        server.run_jobs().await;
        let offered = second.offer(&two).await;
        market.host.post(&format!("/bookings/{offered}/confirm"), json!({})).await.expect(200);
        assert_eq!((first.entry(&one).await["status"].clone(), second.entry(&two).await["status"].clone()), (json!(WAITING), json!("taken")));
        let told = server.mails(&market.host.email, 4).await;
        assert_eq!(told.iter().filter(|mail| mail.subject.starts_with("Not paid: ")).count(), 1, "{told:?}");
    }
}
