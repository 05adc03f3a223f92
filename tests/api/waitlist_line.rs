//! Who is served before whom, and how many a line takes.

use chrono::TimeDelta;
use serde_json::json;

use super::waitlist::{ELEVEN, Rival, TEN, WAITING};
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

const SIX: &str = "2026-12-01T06:00:00Z";
const SEVEN: &str = "2026-12-01T07:00:00Z";
const EIGHT: &str = "2026-12-01T08:00:00Z";
const NINE: &str = "2026-12-01T09:00:00Z";
const ONE: &str = "2026-12-01T13:00:00Z";
const HALF_PAST_ONE: &str = "2026-12-01T13:30:00Z";
const TWO: &str = "2026-12-01T14:00:00Z";

/// What the customer keeps of a resource for an hour, and does not confirm.
async fn hold(market: &Market, resource: &str, (from, to): (&str, &str)) {
    let mut wish = market.wish(from, to);
    (wish["resource_id"], wish["hold"]) = (json!(resource), json!(true));
    market.customer.post("/bookings", wish).await.expect(201);
}

async fn block(market: &Market, resource: &str, (from, to): (&str, &str)) {
    let block = json!({ "starts_at": from, "ends_at": to });
    market.host.post(&format!("/resources/{resource}/blocks"), block).await.expect(201);
}

/// Makes an entry stand in the line this many times more.
pub(crate) fn fill_line(server: &Server, entry: &str, times: usize) {
    let same = "status, organization_id, host_organization_id, resource_id, user_id, starts_at, ends_at, minutes, quantity, \
                created_at, updated_at";
    let copied = server.execute(&format!(
        "INSERT INTO waitlist_entries (id, {same}) \
         WITH RECURSIVE copies (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM copies WHERE number < {times}) \
         SELECT '00000000-0000-7000-8000-' || CAST(100000000000 + number AS TEXT), {same} \
         FROM waitlist_entries, copies WHERE id = '{entry}'"
    ));
    assert_eq!(copied, times);
}

on_both_databases! {
    async fn an_entry_says_how_many_are_ahead_of_it_and_not_who(server) {
        let market = server.market(json!({})).await;
        block(&market, &market.resource, (SIX, TWO)).await;
        let (first, second, third) =
            (Rival::new(server, "Flo").await, Rival::new(server, "Sam").await, Rival::new(server, "Thea").await);
        let one = first.waits(server, &market, (SIX, EIGHT), 60).await;
        let two = second.waits(server, &market, (ELEVEN, ONE), 60).await;
        let three = third.waits(server, &market, (SEVEN, TWO), 60).await;
        let ahead = async |rival: &Rival, id: &str| {
            let entry = rival.user.get(&format!("/waitlist/{id}")).await.expect(200);
            assert!(!entry.text.contains(&first.organization) || rival.organization == first.organization, "{entry:?}");
            let listed = rival.user.get("/waitlist?status=waiting,left").await.expect(200);
            assert_eq!(listed.items()[0]["entries_ahead"], entry["entries_ahead"]);
            entry["entries_ahead"].clone()
        };
        // The windows of the first two do not meet.
        assert_eq!([ahead(&first, &one).await, ahead(&second, &two).await, ahead(&third, &three).await], [json!(0), json!(0), json!(2)]);
        first.user.post(&format!("/waitlist/{one}/leave"), json!({})).await.expect(200);
        assert_eq!([ahead(&first, &one).await, ahead(&third, &three).await], [json!(null), json!(1)]);
    }

    async fn who_comes_first_is_served_first_though_only_later_ones_wait_for_what_is_booked(server) {
        let market = server.market(json!({ "booking_rules": { "hold_minutes": 60 } })).await;
        for times in [(SIX, SEVEN), (EIGHT, TEN), (ELEVEN, ONE), (HALF_PAST_ONE, TWO)] {
            block(&market, &market.resource, times).await;
        }
        for times in [(SEVEN, EIGHT), (TEN, ELEVEN)] {
            hold(&market, &market.resource, times).await;
        }
        let (first, early) = (Rival::new(server, "Flo").await, Rival::new(server, "Eve").await);
        let (second, third) = (Rival::new(server, "Sam").await, Rival::new(server, "Thea").await);
        let one = first.waits(server, &market, (EIGHT, "2026-12-01T12:00:00Z"), 60).await;
        let morning = early.waits(server, &market, (SIX, "2026-12-01T08:30:00Z"), 60).await;
        let two = second.waits(server, &market, (TEN, TWO), 60).await;
        let three = third.waits(server, &market, (SEVEN, EIGHT), 60).await;

        // The half hour is too short for the second, and nobody before them waits for it.
        server.advance(TimeDelta::minutes(60));
        market.book(ONE, HALF_PAST_ONE).await.expect(201);
        let starts_at = async |rival: &Rival, entry: &str| {
            rival.user.get(&format!("/bookings/{}", rival.offer(entry).await)).await.expect(200).text("starts_at")
        };
        assert_eq!(starts_at(&first, &one).await, TEN);
        assert_eq!(starts_at(&early, &morning).await, SEVEN);
        assert_eq!(second.entry(&two).await["status"], WAITING);
        assert_eq!(third.entry(&three).await["status"], WAITING);
    }

    async fn who_comes_first_is_served_first_though_only_a_buffer_meets_what_later_ones_wait_for(server) {
        let market = server.market(json!({})).await;
        let hour = json!({ "name": "Room", "booking_rules": { "hold_minutes": 60 } });
        let room = market.host.list_resource(&market.site, hour).await;
        let mill = json!({ "name": "Mill", "booking_rules": { "buffer_after_minutes": 60 } });
        let mill = market.host.list_resource(&market.site, mill).await;
        for machine in [&market.resource, &mill] {
            let link = json!({ "other_id": room, "kind": "takes" });
            market.host.post(&format!("/resources/{machine}/links"), link).await.expect(201);
        }
        for times in [(ELEVEN, ONE), (HALF_PAST_ONE, TWO)] {
            block(&market, &room, times).await;
        }
        hold(&market, &room, (NINE, ELEVEN)).await;
        let (first, second) = (Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        let mut wish = first.wish(&market, (NINE, TEN));
        wish["resource_id"] = json!(mill);
        let one = first.user.post("/waitlist", wish).await.expect(201).id();
        let two = second.waits(server, &market, (TEN, TWO), 60).await;

        server.advance(TimeDelta::minutes(60));
        market.book(ONE, HALF_PAST_ONE).await.expect(201);
        first.offer(&one).await;
        assert_eq!(second.entry(&two).await["status"], WAITING);
    }

    async fn a_line_takes_ten_wishes_of_a_user_and_two_hundred_of_all(server) {
        let market = server.market(json!({})).await;
        let at = |hour: usize| format!("2026-12-01T{hour}:00:00Z");
        block(&market, &market.resource, (&at(10), &at(20))).await;
        let (first, second) = (Rival::new(server, "Flo").await, Rival::new(server, "Sam").await);
        for hour in 10..20 {
            first.waits(server, &market, (&at(hour), &at(hour + 1)), 60).await;
        }
        let elsewhere = Rival { organization: first.user.found("Flo's other works").await, user: first.user.clone() };
        let wish = elsewhere.wish(&market, (TEN, ELEVEN));
        elsewhere.user.post("/waitlist", wish).await.refused(409, "already_waiting");

        let entry = second.waits(server, &market, (TEN, ELEVEN), 60).await;
        fill_line(server, &entry, 189);
        let last = Rival::new(server, "Lou").await;
        let wish = last.wish(&market, (&at(19), &at(20)));
        last.user.post("/waitlist", wish.clone()).await.refused(409, "waitlist_full");
        last.user.post("/waitlist", last.wish(&market, (&at(20), &at(21)))).await.refused(409, "slot_available");
        second.user.post(&format!("/waitlist/{entry}/leave"), json!({})).await.expect(200);
        last.user.post("/waitlist", wish).await.expect(201);
    }
}
