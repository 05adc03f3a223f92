//! Moves that meet: whatever wins, the slot has one owner, and everybody was told the truth.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;

use super::races::{another, as_one, assert_no_circle, book, books, both, is_won, quarter, rivals, wish};
use crate::support::client::{Answer, Client};
use crate::support::people::Market;
use crate::support::server::{Server, on_both_databases};

async fn hold(rival: &Client, market: &Market, span: (i64, i64)) -> String {
    let mut wish = wish(market, span, 1);
    wish["hold"] = json!(true);
    rival.post("/bookings", wish).await.expect(201).id()
}

async fn status(rival: &Client, booking: &str) -> String {
    rival.get(&format!("/bookings/{booking}")).await.expect(200).text("status")
}

/// Whether it was done, if it did not come too late.
fn is_done(answer: &Answer) -> bool {
    let is_late = answer.status == 409 && answer["code"] == "invalid_transition";
    assert!(is_late || answer.status == 200, "{answer:?}");
    !is_late
}

/// Somebody who waits for a slot in the line.
struct Waiting {
    client: Client,
    entry: String,
}

impl Waiting {
    async fn join(server: &Server, market: &Market, number: usize, span: (i64, i64)) -> Self {
        let user = server.user(&format!("Wanda{number}")).await;
        let mut wish = wish(market, span, 1);
        wish["organization_id"] = json!(user.found(&format!("Works {number}")).await);
        // Whoever comes later has a later time.
        server.advance(TimeDelta::milliseconds(1));
        let entry = user.post("/waitlist", wish).await.expect(201).id();
        Self { client: user.alone(), entry }
    }

    /// The state of the hold that was offered, if one was.
    async fn offer(&self) -> Option<String> {
        let entry = self.client.get(&format!("/waitlist/{}", self.entry)).await.expect(200);
        let booking = entry["booking_id"].as_str()?.to_owned();
        Some(status(&self.client, &booking).await)
    }
}

/// Members leave while they, or somebody for them, book what they are to operate: in the end they operate nothing.
async fn leave_while_booking(server: &Server, by_themselves: bool) {
    let market = server.market(json!({ "capacity": { "quantity": 12, "unit": "unit" } })).await;
    let another = another(server);
    let owners = rivals(2, &both(server, &another), &market);
    let members = format!("/organizations/{}/members", market.customer_organization);
    let mut was_named = 0;
    for round in 0..12 {
        let worker = server.user(&format!("Otto{round}")).await;
        server.add_member(&market.customer_organization, &worker, "booker");
        let mut named = wish(&market, (0, 1), 1);
        named["operated_by"] = json!(worker.id);
        let path = format!("{members}/{}", worker.id);
        let booker: &Client = if by_themselves { &worker } else { &owners[0] };
        // Who books, or who removes them, comes later each time: on no machine is one of the two always first.
        let hesitate = async |client: &Client, is_late: bool| {
            for _ in 0..if is_late { round } else { 0 } {
                client.get("/me").await.expect(200);
            }
        };
        let books = async {
            hesitate(booker, round % 2 == 1).await;
            book(booker, named).await
        };
        let leaves = async {
            hesitate(&owners[1], round % 2 == 0).await;
            owners[1].delete(&path).await
        };
        let (booked, left) = tokio::join!(books, leaves);
        left.expect(204);
        match booked.status {
            201 => {
                let seen = owners[0].get(&format!("/bookings/{}", booked.id())).await.expect(200);
                assert_eq!(seen["operated_by"], json!(null));
                was_named += 1;
            }
            403 if by_themselves => drop(booked.refused(403, "forbidden")),
            _ => drop(booked.refused(422, "invalid_fields")),
        }
    }
    assert!((1..12).contains(&was_named), "{was_named} of 12 were named in time");
}

on_both_databases! {
    async fn a_hold_is_confirmed_or_runs_out_and_what_ran_out_goes_to_one(server) {
        let market = server.market(json!({ "booking_rules": { "hold_minutes": 1 } })).await;
        let another = another(server);
        let rivals = rivals(8, &both(server, &another), &market);
        let mut confirmed = 0;
        for round in 0..12 {
            let held = hold(&rivals[0], &market, (0, 4)).await;
            server.advance(TimeDelta::seconds(59));
            let confirm = format!("/bookings/{held}/confirm");
            // Who confirms, or the clock, comes later each time: on no machine it is always too late, or never.
            let hesitate = async |client: &Client, is_late: bool| {
                for _ in 0..if is_late { round } else { 0 } {
                    client.get("/me").await.expect(200);
                }
            };
            let in_time = async {
                hesitate(&rivals[1], round % 2 == 1).await;
                rivals[1].post(&confirm, json!({})).await
            };
            let clock = async {
                hesitate(&rivals[0], round % 2 == 0).await;
                server.advance(TimeDelta::seconds(1));
            };
            let others = join_all(rivals[2..].iter().map(|rival| book(rival, wish(&market, (0, 4), 1))));
            let (answer, (), answers) = tokio::join!(in_time, clock, others);
            let winners: Vec<_> = answers.iter().filter(|answer| is_won(answer)).map(Answer::id).collect();
            let is_confirmed = is_done(&answer);
            assert_eq!(status(&rivals[0], &held).await, if is_confirmed { "confirmed" } else { "expired" });
            assert!(winners.len() <= usize::from(!is_confirmed), "{answer:?} {answers:?}");
            assert_eq!(books(server).allocations.len(), usize::from(is_confirmed) + winners.len());
            confirmed += usize::from(is_confirmed);
            for booking in winners.iter().chain(is_confirmed.then_some(&held)) {
                rivals[0].post(&format!("/bookings/{booking}/cancel"), json!({})).await.expect(200);
            }
        }
        assert!((1..12).contains(&confirmed), "{confirmed} of 12 were in time");
        assert_no_circle(server);
    }

    async fn of_many_who_move_into_a_slot_one_has_it_and_the_others_keep_theirs(server) {
        let market = server.market(json!({})).await;
        let another = another(server);
        let rivals = rivals(16, &both(server, &another), &market);
        let booked = join_all((1..).zip(&rivals).map(|(slot, rival)| book(rival, wish(&market, (slot, slot + 1), 1)))).await;
        let move_there = json!({ "starts_at": quarter(0).to_rfc3339(), "ends_at": quarter(1).to_rfc3339() });
        let moved = join_all(booked.iter().zip(&rivals).map(|(booked, rival)| {
            let path = format!("/bookings/{}/reschedule", booked.id());
            let body = move_there.clone();
            async move { rival.post(&path, body).await }
        })).await;
        let won: Vec<_> = moved.iter().map(|answer| {
            assert!(answer.status == 200 || answer["code"] == "slot_unavailable", "{answer:?}");
            answer.status == 200
        }).collect();
        assert_eq!(won.iter().filter(|won| **won).count(), 1);
        for (booked, won) in booked.iter().zip(won) {
            let seen = rivals[0].get(&format!("/bookings/{}", booked.id())).await.expect(200);
            assert_eq!(seen["starts_at"] == booked["starts_at"], !won);
        }
        assert_eq!(books(server).allocations.len(), 16);
        assert_no_circle(server);
    }

    async fn a_link_that_comes_or_goes_while_bookings_change_holds_for_all_of_them(server) {
        let rules = json!({ "booking_rules": { "requires_approval": true } });
        let market = server.market(rules.clone()).await;
        let another = another(server);
        let servers = both(server, &another);
        let (customers, hosts) = (rivals(2, &servers, &market), as_one(&market.host, 2, &servers));
        for _ in 0..10 {
            let machine = market.host.list_resource(&market.site, rules.clone()).await;
            let room = market.host.list_resource(&market.site, json!({ "name": "Room" })).await;
            let (mut agree, mut cancel) = (Vec::new(), Vec::new());
            for slot in 0..6 {
                let mut wish = wish(&market, (slot, slot + 1), 1);
                wish["resource_id"] = machine.clone().into();
                wish["hold"] = json!(slot % 2 == 0);
                let path = format!("/bookings/{}", book(&customers[0], wish).await.expect(201).id());
                let (who, verb) = if slot % 2 == 0 { (&customers, "confirm") } else { (&hosts, "approve") };
                agree.push((&who[usize::from(slot % 4 > 1)], format!("{path}/{verb}")));
                cancel.push((&customers[usize::from(slot % 4 > 1)], format!("{path}/cancel")));
            }
            let link = json!({ "other_id": room, "kind": "takes" });
            let all = async |moves: &[(&Client, String)]| {
                join_all(moves.iter().map(async |(who, path)| who.post(path, json!({})).await.expect(200))).await
            };
            let links = format!("/resources/{machine}/links");
            let (linked, _) = tokio::join!(hosts[1].post(&links, link), all(&agree));
            linked.expect(201);
            assert_eq!(books(server).allocations.len(), 12);
            let unlink = format!("{links}/{room}");
            let (unlinked, _) = tokio::join!(hosts[1].delete(&unlink), all(&cancel[..3]));
            unlinked.expect(204);
            assert_eq!(books(server).allocations.len(), 3);
            all(&cancel[3..]).await;
        }
        // Who waits for a resource when its first link comes may wait in a circle then; see `resource_locks::lock`.
    }

    async fn nobody_jumps_the_line_and_one_at_a_time_is_offered_the_slot(server) {
        let market = server.market(json!({ "booking_rules": { "offer_minutes": 1 } })).await;
        let another = another(server);
        let servers = both(server, &another);
        let rivals = rivals(8, &servers, &market);
        let taken = book(&rivals[0], wish(&market, (0, 4), 1)).await.expect(201).id();
        let mut line = Vec::new();
        for number in 0..3 {
            line.push(Waiting::join(server, &market, number, (0, 4)).await);
        }
        let cancel = format!("/bookings/{taken}/cancel");
        let (cancelled, answers) = tokio::join!(
            rivals[0].post(&cancel, json!({})),
            join_all(rivals[1..].iter().map(|rival| book(rival, wish(&market, (0, 4), 1)))),
        );
        cancelled.expect(200);
        assert!(!answers.iter().any(is_won));
        // An entry whose first offer expires keeps its place, and is passed over at that instant.
        let (held, expired) = (Some("held"), Some("expired"));
        let turns = [
            [held, None, None],
            [None, held, None],
            [held, None, None],
            [expired, held, None],
            [expired, expired, held],
        ];
        for (turn, expected) in turns.into_iter().enumerate() {
            let mut offers = Vec::new();
            for waiting in &line {
                offers.push(waiting.offer().await);
            }
            assert_eq!(offers.iter().map(Option::as_deref).collect::<Vec<_>>(), expected, "{turn}");
            assert_eq!(books(server).allocations.len(), 1);

            server.advance(TimeDelta::minutes(1));
            let jobs = join_all(servers.iter().map(|server| server.run_jobs()));
            let fresh = join_all(rivals.iter().map(|rival| book(rival, wish(&market, (0, 4), 1))));
            let ((), answers) = tokio::join!(async { drop(jobs.await) }, fresh);
            assert_eq!(answers.iter().filter(|answer| is_won(answer)).count(), usize::from(turn == 4), "{turn}");
        }
        assert_no_circle(server);
    }

    async fn longer_hours_go_to_the_line_before_any_fresh_booking(server) {
        let market = server.market(json!({})).await;
        let another = another(server);
        let servers = both(server, &another);
        let rivals = rivals(8, &servers, &market);
        let site = format!("/sites/{}", market.site);
        for (number, midnight) in [0, 672, 1344, 2016].into_iter().enumerate() {
            let slot = (midnight, midnight + 4);
            market.host.patch(&format!("{site}?bookings=keep"), json!({ "opening_hours": { "tue": [] } })).await.expect(200);
            let waiting = Waiting::join(server, &market, number, slot).await;
            let (opened, answers) = tokio::join!(
                market.host.patch(&site, json!({ "opening_hours": { "tue": [["00:00", "24:00"]] } })),
                join_all(rivals.iter().map(|rival| book(rival, wish(&market, slot, 1)))),
            );
            opened.expect(200);
            for answer in answers {
                let code = answer["code"].as_str().unwrap_or_default();
                assert!(["booking_rules_violated", "slot_unavailable"].contains(&code), "{answer:?}");
            }
            assert_eq!(waiting.offer().await.as_deref(), Some("held"));
        }
        assert_eq!(books(server).allocations.len(), 4);
        assert_no_circle(server);
    }

    async fn nobody_is_named_to_operate_while_they_leave(server) {
        leave_while_booking(server, false).await;
    }

    async fn nobody_books_for_themselves_while_they_leave(server) {
        leave_while_booking(server, true).await;
    }

    async fn a_proposal_is_accepted_once_or_the_booking_is_cancelled(server) {
        let market = server.market(json!({})).await;
        let another = another(server);
        let (customers, hosts) = (rivals(2, &both(server, &another), &market), as_one(&market.host, 2, &both(server, &another)));
        for round in 0..8 {
            let booking = book(&customers[0], wish(&market, (0, 4), 1)).await.expect(201).id();
            let path = format!("/bookings/{booking}");
            let slot = json!({ "starts_at": quarter(8).to_rfc3339() });
            let proposal = hosts[0].post(&format!("{path}/proposals"), slot).await.expect(201).id();
            let accept = format!("{path}/proposals/{proposal}/accept");
            let (proposals, cancel) = (format!("{path}/proposals"), format!("{path}/cancel"));
            let (first, second, third) = match round % 2 {
                0 => tokio::join!(
                    customers[0].post(&accept, json!({})),
                    customers[1].post(&accept, json!({})),
                    hosts[1].post(&proposals, json!({ "starts_at": quarter(12).to_rfc3339() })),
                ),
                _ => tokio::join!(
                    customers[0].post(&accept, json!({})),
                    customers[1].post(&accept, json!({})),
                    hosts[1].post(&cancel, json!({})),
                ),
            };
            let accepted = [&first, &second].into_iter().filter(|answer| is_done(answer)).count();
            let seen = customers[0].get(&path).await.expect(200);
            let of_proposal = customers[1].get(&format!("{path}/proposals/{proposal}")).await.expect(200).text("status");
            if round % 2 == 0 {
                third.expect(201);
                assert!(accepted <= 1, "accepted {accepted} times");
                assert_eq!(of_proposal, if accepted == 1 { "accepted" } else { "replaced" });
            } else {
                third.expect(200);
                assert!(accepted <= 1, "accepted {accepted} times");
                assert_eq!(seen["status"], "cancelled");
                assert_eq!(of_proposal, if accepted == 1 { "accepted" } else { "obsolete" });
            }
            let starts_at = quarter(if accepted == 1 { 8 } else { 0 }).format("%Y-%m-%dT%H:%M:%SZ").to_string();
            assert_eq!(seen["starts_at"], json!(starts_at));
            let open = format!("SELECT id AS value FROM booking_proposals WHERE status = 'open' AND booking_id = '{booking}'");
            assert_eq!(server.select(&open).len(), usize::from(round % 2 == 0));
            if round % 2 == 0 {
                customers[0].post(&format!("{path}/cancel"), json!({})).await.expect(200);
            }
        }
        assert_no_circle(server);
    }
}
