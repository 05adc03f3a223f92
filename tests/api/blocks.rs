//! The host's own claims.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::server::on_both_databases;

const TEN: &str = "2026-12-01T10:00:00Z";
const ELEVEN: &str = "2026-12-01T11:00:00Z";
const TWELVE: &str = "2026-12-01T12:00:00Z";

on_both_databases! {
    async fn a_block_keeps_a_resource_for_the_host(server) {
        let market = server.market(json!({ "capacity": { "quantity": 2, "unit": "unit" } })).await;
        let path = format!("/resources/{}/blocks", market.resource);
        let block = market.host.post(&path, json!({ "starts_at": TEN, "ends_at": TWELVE, "reason": "New belt" })).await.expect(201);
        assert_eq!(block["quantity"], 2);
        market.book(TEN, ELEVEN).await.refused(409, "slot_unavailable");
        let shown = market.host.get(&format!("{path}/{}", block.id())).await.expect(200);
        assert_eq!(block.header("location"), format!("/api/v1{path}/{}", block.id()));
        assert_eq!(market.host.get(&path).await.expect(200).items(), std::slice::from_ref(&shown.body));
        market.host.delete(&format!("{path}/{}", block.id())).await.expect(204);
        market.host.delete(&format!("{path}/{}", block.id())).await.refused(404, "not_found");
        market.book(TEN, ELEVEN).await.expect(201);
    }

    async fn a_block_over_a_booking_is_refused(server) {
        let market = server.market(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        let path = format!("/resources/{}/blocks", market.resource);
        let refused = market.host.post(&path, json!({ "starts_at": TEN, "ends_at": TWELVE })).await.refused(409, "slot_unavailable");
        assert_eq!(refused["conflicts"], json!([{ "starts_at": TEN, "ends_at": ELEVEN, "available_quantity": 0 }]));
        assert_eq!(refused["alternatives"], json!(null));
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains("`bookings` as `cancel` or `offer_alternatives`") && !detail.contains("`alternatives`"), "{detail}");
        market.host.post(&path, json!({ "starts_at": ELEVEN, "ends_at": TWELVE })).await.expect(201);
    }

    async fn bookings_make_room_if_the_host_says_so_the_last_made_first_and_as_few_as_must_be(server) {
        let market = server.market(json!({ "capacity": { "quantity": 3, "unit": "unit" } })).await;
        let mut made = Vec::new();
        for (starts_at, ends_at) in [(TEN, ELEVEN), (ELEVEN, TWELVE), (TEN, TWELVE), (TEN, TWELVE)] {
            made.push(market.book(starts_at, ends_at).await.expect(201).id());
            server.advance(TimeDelta::minutes(1));
        }
        let path = format!("/resources/{}/blocks", market.resource);
        let block = json!({ "starts_at": TEN, "ends_at": ELEVEN, "quantity": 2, "reason": "New belt", "bookings": "cancel" });
        let blocked = market.host.post(&path, block).await.expect(201);
        let displaced = blocked["displaced"].as_array().unwrap();
        let mut ids: Vec<_> = displaced.iter().map(|one| one["booking"]["id"].as_str().unwrap()).collect();
        ids.sort();
        let mut expected = [made[2].as_str(), made[3].as_str()];
        expected.sort();
        assert_eq!(ids, expected);
        assert_eq!(displaced[0]["alternatives"], json!([]));
        for (booking, status) in made.iter().zip(["confirmed", "confirmed", "cancelled", "cancelled"]) {
            let seen = market.customer.get(&format!("/bookings/{booking}")).await.expect(200);
            assert_eq!((seen.text("status").as_str(), seen.text("reason").as_str()), (status, if status == "cancelled" { "New belt" } else { "" }));
        }
        // Each hears of both in one mail, which takes them out of the calendar.
        for email in [&market.customer.email, &market.host.email] {
            let mails = server.mails(email, 5).await;
            let cancelled: Vec<_> = mails.iter().filter(|mail| mail.subject.starts_with("Cancelled: ")).collect();
            assert_eq!(cancelled.len(), 1);
            assert_eq!(cancelled[0].subject, "Cancelled: Lathe, 2 bookings");
            assert!(cancelled[0].text.contains("Reason: New belt\n") && !cancelled[0].text.contains("can be booked again"));
            assert_eq!(cancelled[0].calendar.matches("STATUS:CANCELLED").count(), 2, "{}", cancelled[0].calendar);
        }
    }

    async fn what_is_in_use_makes_no_room(server) {
        let market = server.market(json!({})).await;
        let booking = market.book(TEN, TWELVE).await.expect(201).id();
        server.advance(TimeDelta::days(1) + TimeDelta::minutes(65));
        market.customer.post(&format!("/bookings/{booking}/check-in"), json!({})).await.expect(200);
        let path = format!("/resources/{}/blocks", market.resource);
        let block = json!({ "starts_at": ELEVEN, "ends_at": TWELVE, "bookings": "cancel" });
        market.host.post(&path, block).await.refused(409, "slot_unavailable");
        assert_eq!(market.customer.get(&format!("/bookings/{booking}")).await.expect(200)["status"], "in_use");
    }

    async fn who_must_make_room_hears_what_can_be_booked_instead(server) {
        let market = server.market(json!({})).await;
        market.host.list_resource(&market.site, json!({ "name": "Other lathe" })).await;
        market.book(TEN, ELEVEN).await.expect(201);
        server.advance(TimeDelta::minutes(1));
        let path = format!("/resources/{}/blocks", market.resource);
        let block = json!({ "starts_at": TEN, "ends_at": TWELVE, "reason": "New belt", "bookings": "offer_alternatives" });
        let blocked = market.host.post(&path, block).await.expect(201);
        let alternatives = blocked["displaced"][0]["alternatives"].as_array().unwrap();
        assert!(alternatives.iter().any(|one| one["resource_name"] == "Other lathe" && one["starts_at"] == TEN), "{alternatives:?}");
        let mail = &server.mails(&market.customer.email, 2).await[1];
        let other = alternatives.iter().find(|one| one["resource_name"] == "Other lathe").unwrap();
        for line in [
            "Alternatives: ",
            "Other lathe, Rotor Works, Main hall, London\n",
            "    Tue 1 Dec 2026, 10:00-11:00 (Europe/London, GMT), 12.00 GBP\n",
            &format!("    {}/resources/{}?token=", server.config.public_url, other["resource_id"].as_str().unwrap()),
        ] {
            assert!(mail.text.contains(line), "{line} is not in\n{}", mail.text);
        }
        for one in alternatives {
            let wish = json!({
                "organization_id": market.customer_organization, "resource_id": one["resource_id"],
                "starts_at": one["starts_at"], "ends_at": one["ends_at"],
            });
            let booked = market.customer.post("/bookings", wish).await.expect(201).id();
            market.customer.post(&format!("/bookings/{booked}/cancel"), json!({})).await.expect(200);
        }
    }

    async fn an_alternative_to_a_booking_of_a_group_is_not_at_the_time_of_the_others(server) {
        let machine = |name: &str| json!({ "name": name, "booking_rules": { "operator_can_run_several": false } });
        let market = server.market(machine("Lathe")).await;
        let mill = market.host.list_resource(&market.site, machine("Mill")).await;
        market.host.list_resource(&market.site, machine("Other lathe")).await;
        let member = |resource: &str| json!({ "resource_id": resource, "starts_at": TEN, "ends_at": ELEVEN });
        let group = json!({
            "organization_id": market.customer_organization, "bookings": [member(&market.resource), member(&mill)],
        });
        market.customer.post("/booking-groups", group).await.expect(201);
        let block = json!({ "starts_at": TEN, "ends_at": TWELVE, "bookings": "offer_alternatives" });
        let blocked = market.host.post(&format!("/resources/{}/blocks", market.resource), block).await.expect(201);
        let alternatives = blocked["displaced"][0]["alternatives"].as_array().unwrap();
        assert!(!alternatives.is_empty());
        for one in alternatives {
            let wish = json!({
                "organization_id": market.customer_organization, "resource_id": one["resource_id"],
                "starts_at": one["starts_at"], "ends_at": one["ends_at"],
            });
            let booked = market.customer.post("/bookings", wish).await.expect(201).id();
            market.customer.post(&format!("/bookings/{booked}/cancel"), json!({})).await.expect(200);
        }
    }

    async fn alternatives_are_searched_for_the_first_bookings_and_a_repeated_request_gets_them_too(server) {
        let market = server.market(json!({ "capacity": { "quantity": 30, "unit": "unit" } })).await;
        for _ in 0..27 {
            market.book(TEN, ELEVEN).await.expect(201);
        }
        let path = format!("/resources/{}/blocks", market.resource);
        let block = json!({ "starts_at": TEN, "ends_at": TWELVE, "bookings": "offer_alternatives" });
        let host = market.host.with("idempotency-key", "\"block\"");
        for _ in 0..2 {
            let blocked = host.post(&path, block.clone()).await.expect(201);
            let displaced = blocked["displaced"].as_array().unwrap();
            let offered = displaced.iter().filter(|one| one["alternatives"] != json!([])).count();
            assert_eq!((displaced.len(), offered), (27, 25));
        }
    }

    async fn what_is_booked_of_linked_resources_makes_room_too(server) {
        let two = json!({ "capacity": { "quantity": 2, "unit": "unit" } });
        let market = server.market(two.clone()).await;
        let (machine, room) = (&market.resource, &market.host.list_resource(&market.site, two).await);
        let hammer = &market.host.list_resource(&market.site, json!({})).await;
        for (from, to, kind) in [(machine, room, "takes"), (hammer, room, "excludes")] {
            market.host.post(&format!("/resources/{from}/links"), json!({ "other_id": to, "kind": kind })).await.expect(201);
        }
        let book = async |resource: &str| {
            server.advance(TimeDelta::minutes(1));
            let mut wish = market.wish(TEN, ELEVEN);
            wish["resource_id"] = resource.into();
            market.customer.post("/bookings", wish).await.expect(201).id()
        };
        // The blocks of these are made and removed: what had to make room for each.
        let displaced = async |resource: &str, quantity: i32| {
            let path = format!("/resources/{resource}/blocks");
            let block = json!({ "starts_at": TEN, "ends_at": TWELVE, "quantity": quantity });
            market.host.post(&path, block.clone()).await.refused(409, "slot_unavailable");
            let mut forced = block;
            forced["bookings"] = json!("offer_alternatives");
            let blocked = market.host.post(&path, forced).await.expect(201);
            market.host.delete(&format!("{path}/{}", blocked.id())).await.expect(204);
            let displaced = blocked["displaced"].as_array().unwrap();
            assert!(displaced.iter().all(|one| one["alternatives"][0]["starts_at"].is_string()), "{displaced:?}");
            let mut ids: Vec<_> = displaced.iter().map(|one| one["booking"]["id"].as_str().unwrap().to_owned()).collect();
            ids.sort();
            ids
        };
        let (in_room, at_machine) = (book(room).await, book(machine).await);
        assert_eq!(displaced(room, 1).await, [at_machine]);
        let at_machine = book(machine).await;
        let mut both = [in_room, at_machine];
        both.sort();
        assert_eq!(displaced(machine, 2).await, both);
        let mut both = [book(machine).await, book(room).await];
        both.sort();
        assert_eq!(displaced(hammer, 1).await, both);
        let at_hammer = book(hammer).await;
        assert_eq!(displaced(room, 2).await, [at_hammer]);
    }

    async fn for_what_is_over_nobody_makes_room(server) {
        let market = server.market(json!({})).await;
        let booking = market.book(TEN, TWELVE).await.expect(201).id();
        server.advance(TimeDelta::days(1) + TimeDelta::minutes(130));
        let path = format!("/resources/{}/blocks", market.resource);
        let block = json!({ "starts_at": TEN, "ends_at": ELEVEN, "bookings": "cancel" });
        market.host.post(&path, block).await.refused(409, "slot_unavailable");
        assert_eq!(market.customer.get(&format!("/bookings/{booking}")).await.expect(200)["status"], "confirmed");
    }

    async fn a_block_is_repeated_all_or_nothing_and_removed_in_part_or_in_whole(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}/blocks", market.resource);
        let weekly = json!({ "starts_at": TEN, "ends_at": ELEVEN, "repeat": { "rule": "FREQ=WEEKLY;COUNT=4" } });
        let booking = market.book("2026-12-08T10:00:00Z", "2026-12-08T11:00:00Z").await.expect(201).id();
        let refused = market.host.post(&path, weekly.clone()).await.refused(409, "slot_unavailable");
        assert_eq!(refused["conflicts"], json!([{ "starts_at": "2026-12-08T10:00:00Z", "ends_at": "2026-12-08T11:00:00Z", "available_quantity": 0 }]));
        assert_eq!(market.host.get(&path).await.expect(200).items().len(), 0);
        market.customer.post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);

        let made = market.host.post(&path, weekly).await.expect(201);
        let starts: Vec<_> = made["repeated"].as_array().unwrap().iter().map(|block| block["starts_at"].clone()).collect();
        assert_eq!(starts, ["2026-12-08T10:00:00Z", "2026-12-15T10:00:00Z", "2026-12-22T10:00:00Z"]);
        assert_eq!(made["repeated"][0]["block_series_id"], made["block_series_id"]);
        market.book(TEN, ELEVEN).await.refused(409, "slot_unavailable");
        let id = |index: usize| made["repeated"][index]["id"].as_str().unwrap().to_owned();
        let left = async || market.host.get(&path).await.expect(200).items().len();
        market.host.delete(&format!("{path}/{}", id(0))).await.expect(204);
        assert_eq!(left().await, 3);
        market.host.delete(&format!("{path}/{}?scope=following", id(1))).await.expect(204);
        assert_eq!(left().await, 1);
        market.host.delete(&format!("{path}/{}?scope=most", made.id())).await.refused(422, "invalid_fields");
        market.host.delete(&format!("{path}/{}?scope=all", made.id())).await.expect(204);
        assert_eq!(left().await, 0);
        let never = json!({ "starts_at": TEN, "ends_at": ELEVEN, "repeat": { "rule": "FREQ=YEARLY" } });
        let refused = market.host.post(&path, never).await.refused(422, "invalid_fields");
        assert_eq!(refused["errors"][0]["pointer"], "/repeat/rule");
    }

    async fn what_is_over_stands_in_the_way_of_no_block_that_reaches_back(server) {
        let market = server.market(json!({})).await;
        market.book(TEN, ELEVEN).await.expect(201);
        server.advance(TimeDelta::days(1) + TimeDelta::hours(2));
        let path = format!("/resources/{}/blocks", market.resource);
        market.host.post(&path, json!({ "starts_at": TEN, "ends_at": TWELVE })).await.expect(201);
    }

    async fn others_neither_see_nor_make_blocks(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}/blocks", market.resource);
        market.customer.get(&path).await.refused(403, "forbidden");
        market.customer.post(&path, json!({ "starts_at": TEN, "ends_at": TWELVE })).await.refused(403, "forbidden");
        server.anonymous().get(&path).await.refused(401, "not_signed_in");
    }

    async fn what_is_only_held_makes_room_before_what_is_confirmed_and_its_host_does_not_hear_of_it(server) {
        let market = server.market(json!({ "capacity": { "quantity": 2, "unit": "unit" } })).await;
        let mut hold = market.wish(TEN, ELEVEN);
        hold["hold"] = true.into();
        let hold = market.customer.post("/bookings", hold).await.expect(201).id();
        server.advance(TimeDelta::minutes(1));
        market.book(TEN, ELEVEN).await.expect(201);
        server.advance(TimeDelta::minutes(1));
        let path = format!("/resources/{}/blocks", market.resource);
        let block = json!({ "starts_at": TEN, "ends_at": ELEVEN, "quantity": 1, "bookings": "cancel" });
        let blocked = market.host.post(&path, block).await.expect(201);
        assert_eq!(blocked["displaced"][0]["booking"]["id"], hold);
        let mails = server.mails(&market.customer.email, 2).await;
        assert!(mails[1].subject.starts_with("No longer reserved: Lathe, "), "{}", mails[1].subject);
        server.tell_all().await;
        let mails = server.mails(&market.host.email, 1).await;
        assert!(mails.iter().all(|mail| mail.subject.starts_with("Booked: ")), "{mails:?}");
    }

    async fn a_block_takes_no_more_than_there_is_and_its_repetitions_do_not_overlap(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}/blocks", market.resource);
        let block = json!({
            "starts_at": TEN, "ends_at": "2026-12-02T12:00:00Z", "quantity": 2, "repeat": { "rule": "FREQ=DAILY;COUNT=3" },
        });
        let wrong = [("/quantity", "out_of_range"), ("/repeat/rule", "invalid")];
        market.host.post(&path, block).await.refused_fields(&wrong);
    }

    async fn a_block_of_every_night_leaves_out_what_the_clocks_skip(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}/blocks", market.resource);
        let starts = async |ends_at: &str| {
            let block = json!({ "starts_at": "2027-03-27T01:30:00Z", "ends_at": ends_at, "repeat": { "rule": "FREQ=DAILY;COUNT=3" } });
            let made = market.host.post(&path, block).await.expect(201);
            let starts: Vec<_> = made["repeated"].as_array().unwrap().iter().map(|block| block["starts_at"].clone()).collect();
            market.host.delete(&format!("{path}/{}?scope=all", made.id())).await.expect(204);
            starts
        };
        // On 28 March there is no time from 01:00 to 02:00 in London.
        assert_eq!(starts("2027-03-27T02:00:00Z").await, ["2027-03-29T00:30:00Z"]);
        assert_eq!(starts("2027-03-27T03:00:00Z").await, ["2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"]);
    }

    async fn a_block_is_moved_in_one_move_and_stays_where_it_is_on_a_clash(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}/blocks", market.resource);
        let block = market.host.post(&path, json!({ "starts_at": TEN, "ends_at": ELEVEN, "reason": "Belt" })).await.expect(201).id();
        market.book("2026-12-01T11:30:00Z", TWELVE).await.expect(201);
        let path = format!("{path}/{block}");
        let seen = market.host.get(&path).await.expect(200);
        let later = json!({ "starts_at": "2026-12-01T10:30:00Z", "ends_at": "2026-12-01T11:30:00Z" });
        let moved = market.host.with("if-match", seen.header("etag")).patch(&path, later).await.expect(200);
        assert_eq!((&moved["starts_at"], &moved["reason"]), (&json!("2026-12-01T10:30:00Z"), &json!("Belt")));
        market.host.with("if-match", seen.header("etag")).patch(&path, json!({})).await.refused(412, "precondition_failed");
        let refused = market.host.patch(&path, json!({ "ends_at": TWELVE })).await.refused(409, "slot_unavailable");
        assert_eq!(refused["conflicts"], json!([{ "starts_at": "2026-12-01T11:30:00Z", "ends_at": TWELVE, "available_quantity": 0 }]));
        market.host.patch(&path, json!({ "quantity": 2 })).await.refused_fields(&[("/quantity", "out_of_range")]);
        market.host.patch(&path, json!({ "ends_at": TEN })).await.refused_fields(&[("/ends_at", "invalid")]);
        assert_eq!(market.host.get(&path).await.expect(200).body, moved.body);
        market.book(TEN, "2026-12-01T10:30:00Z").await.expect(201);
        market.book("2026-12-01T10:30:00Z", ELEVEN).await.refused(409, "slot_unavailable");
    }

    async fn a_block_that_too_many_bookings_would_have_to_make_room_for_says_so(server) {
        let market = server.market(json!({})).await;
        let mut series = market.wish(TEN, ELEVEN);
        series["rule"] = json!("FREQ=DAILY;COUNT=101");
        market.customer.post("/series", series).await.expect(201);
        let path = format!("/resources/{}/blocks", market.resource);
        let block = |ends_at: &str| json!({ "starts_at": TEN, "ends_at": ends_at, "bookings": "cancel" });
        let refused = market.host.post(&path, block("2027-03-11T11:00:00Z")).await.refused(409, "slot_unavailable");
        assert!(refused.text("detail").starts_with("The block would displace more than 100 bookings"), "{refused:?}");
        let blocked = market.host.post(&path, block("2027-03-11T10:00:00Z")).await.expect(201);
        assert_eq!(blocked["displaced"].as_array().unwrap().len(), 100);
    }

    async fn blocks_are_listed_by_start_and_of_a_time(server) {
        let market = server.market(json!({})).await;
        let path = format!("/resources/{}/blocks", market.resource);
        for (starts_at, ends_at) in [(ELEVEN, TWELVE), (TEN, ELEVEN), ("2026-12-03T10:00:00Z", "2026-12-03T11:00:00Z")] {
            market.host.post(&path, json!({ "starts_at": starts_at, "ends_at": ends_at })).await.expect(201);
        }
        let starts = async |query: &str| {
            let page = market.host.get(&format!("{path}?{query}")).await.expect(200);
            page.items().iter().map(|block| block["starts_at"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(starts("").await, [TEN, ELEVEN, "2026-12-03T10:00:00Z"]);
        assert_eq!(starts(&format!("from={ELEVEN}&to=2026-12-03T10:00:00Z")).await, [ELEVEN]);
        let first = market.host.get(&format!("{path}?limit=1")).await.expect(200);
        assert_eq!(starts(&format!("limit=1&cursor={}", first.text("next_cursor"))).await, [ELEVEN]);
    }
}
