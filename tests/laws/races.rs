//! Many at once over HTTP, each over a connection of their own: as many win as there is room for, and the others are told so.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use super::books::{Books, connect};
use crate::support::client::{Answer, Client};
use crate::support::people::Market;
use crate::support::server::{Kind, Server, block_on, on_both_databases};

/// The start of the slot so many quarters of an hour after the first.
pub(crate) fn quarter(number: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_796_083_200, 0).unwrap() + TimeDelta::minutes(15 * number)
}

/// A wish for some quarters of an hour.
pub(crate) fn wish(market: &Market, (from, to): (i64, i64), quantity: i64) -> Value {
    let mut wish = market.wish(&quarter(from).to_rfc3339(), &quarter(to).to_rfc3339());
    wish["quantity"] = json!(quantity);
    wish
}

/// So many who act for the customer, on all of these servers in turn.
pub(crate) fn rivals(count: usize, servers: &[&Server], market: &Market) -> Vec<Client> {
    as_one(&market.customer, count, servers)
}

/// So many who act as one person, on all of these servers in turn.
pub(crate) fn as_one(user: &Client, count: usize, servers: &[&Server]) -> Vec<Client> {
    let token = user.header("authorization").trim_start_matches("Bearer ").to_owned();
    servers.iter().cycle().take(count).map(|server| server.anonymous().with_token(&token)).collect()
}

/// A manager of the host, on the last of these servers.
fn host_on_last(servers: &[&Server], market: &Market) -> Client {
    as_one(&market.host, 1, &servers[servers.len() - 1..]).remove(0)
}

/// Fails if any waited for each other in a circle, so that the database had to end one of them: who looks sees nothing of it
/// but that it took long. What connections have counted is known when they are closed.
pub(crate) fn assert_no_circle(server: &Server) {
    if server.kind == Kind::Postgres {
        let closed = "SELECT CAST(pg_terminate_backend(pid, 10000) AS TEXT) AS value FROM pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
        server.select(closed);
        let sql = "SELECT CAST(deadlocks AS TEXT) AS value FROM pg_stat_database WHERE datname = current_database()";
        assert_eq!(server.select(sql), ["0"], "some waited for each other in a circle");
    }
}

pub(crate) async fn book(rival: &Client, wish: Value) -> Answer {
    rival.post("/bookings", wish).await
}

/// How many of them won, if all the others were told that the slot is taken.
fn winners(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| is_won(answer)).count()
}

/// Whether it won, if it was not told that the slot is taken.
pub(crate) fn is_won(answer: &Answer) -> bool {
    let is_taken = answer.status == 409 && answer["code"] == "slot_unavailable";
    assert!(is_taken || answer.status == 201, "{answer:?}");
    !is_taken
}

pub(crate) fn books(server: &Server) -> Books {
    let books = Books::read(&mut connect(server));
    books.assert_exact();
    books
}

/// The market of a machine of which there is one.
async fn one_machine(server: &Server) -> Market {
    server.market(json!({})).await
}

async fn race_for_slots(servers: &[&Server], slots: i64, capacity: usize) {
    let market = servers[0].market(json!({ "capacity": { "quantity": capacity, "unit": "unit" } })).await;
    let rivals = rivals(32, servers, &market);
    for slot in 0..slots {
        let answers = join_all(rivals.iter().map(|rival| book(rival, wish(&market, (slot, slot + 1), 1)))).await;
        assert_eq!(winners(&answers), capacity, "for slot {slot}");
    }
    assert_eq!(books(servers[0]).allocations.len(), usize::try_from(slots).unwrap() * capacity);
    assert_no_circle(servers[0]);
}

/// A second server over the same database, where that is a way to run: a file of SQLite has one.
pub(crate) fn another(server: &Server) -> Option<Server> {
    (server.kind == Kind::Postgres).then(|| server.another())
}

pub(crate) fn both<'s>(server: &'s Server, another: &'s Option<Server>) -> Vec<&'s Server> {
    std::iter::once(server).chain(another).collect()
}

#[test]
fn of_many_on_two_servers_over_one_postgres_one_has_the_slot() {
    let server = Server::start(Kind::Postgres, &[]);
    block_on(race_for_slots(&[&server, &server.another()], 30, 1));
}

/// Many that ask for a slot each, one customer on two servers, where the rules leave three.
async fn three_win_of_many(server: &Server, rules: Value, broken: &str) {
    let market = server.market(json!({ "booking_rules": rules })).await;
    let another = another(server);
    let rivals = rivals(16, &both(server, &another), &market);
    let attempts = join_all((0..).zip(&rivals).map(|(slot, rival)| book(rival, wish(&market, (slot, slot + 1), 1)))).await;
    assert_eq!(attempts.iter().filter(|answer| answer.status == 201).count(), 3);
    assert!(attempts.iter().all(|answer| answer.status == 201 || answer["violations"][0]["code"] == broken), "{attempts:?}");
    assert_no_circle(server);
}

/// How many of 32 on two servers have one of two linked resources for a slot, and how many the other. Of each there is room for
/// half of them.
async fn race_crosswise(server: &Server, mut link: Value) -> Vec<(usize, usize)> {
    let capacity = json!({ "capacity": { "quantity": 16, "unit": "unit" } });
    let market = server.market(capacity.clone()).await;
    let other = market.host.list_resource(&market.site, capacity).await;
    link["other_id"] = other.clone().into();
    market.host.post(&format!("/resources/{}/links", market.resource), link).await.expect(201);
    let another = another(server);
    let rivals = rivals(32, &both(server, &another), &market);
    let mut won = Vec::new();
    for slot in 0..20 {
        let attempts = join_all(rivals.iter().enumerate().map(async |(number, rival)| {
            let mut wish = wish(&market, (slot, slot + 1), 1);
            // Two of each server's ask for the same, so that both servers ask for both.
            if number % 4 >= 2 {
                wish["resource_id"] = other.clone().into();
            }
            book(rival, wish).await
        }));
        let (others, ones): (Vec<_>, Vec<_>) = attempts.await.into_iter().enumerate().partition(|(number, _)| number % 4 >= 2);
        let winners = |answers: Vec<(usize, Answer)>| answers.iter().filter(|(_, answer)| is_won(answer)).count();
        won.push((winners(ones), winners(others)));
    }
    books(server);
    assert_no_circle(server);
    won
}

on_both_databases! {
    async fn of_many_who_want_a_slot_one_has_it(server, crate::support::server::with_two_workers) {
        race_for_slots(&[server], 200, 1).await;
    }

    async fn of_many_who_want_a_slot_as_many_have_it_as_there_is_room_for(server) {
        let another = another(server);
        race_for_slots(&both(server, &another), 15, 7).await;
    }

    async fn what_is_wished_at_random_is_booked_as_long_as_there_is_room(server) {
        let (capacity, day) = (6, 96);
        let market = server.market(json!({ "capacity": { "quantity": capacity, "unit": "pallet" } })).await;
        let another = another(server);
        let rivals = rivals(32, &both(server, &another), &market);
        let mut dice = StdRng::seed_from_u64(20_261_121);
        let mut tries: Vec<_> = rivals.iter().map(|rival| (rival, Vec::new())).collect();
        for (_, wishes) in &mut tries {
            for _ in 0..12 {
                let from = dice.random_range(0..day - 12);
                wishes.push(((from, from + dice.random_range(1..=12)), dice.random_range(1..=4)));
            }
        }
        let in_turn = tries.into_iter().map(async |(rival, wishes)| {
            let mut refused = Vec::new();
            for (span, quantity) in wishes {
                if !is_won(&book(rival, wish(&market, span, quantity)).await) {
                    refused.push((span, quantity));
                }
            }
            refused
        });
        let refused = join_all(in_turn).await.concat();
        let after = books(server);
        let free = |books: &Books, (from, to)| {
            books.free(&market.resource, quarter(from).timestamp_micros(), quarter(to).timestamp_micros())
        };
        assert!(refused.len() > 50, "there was room for all but {}", refused.len());
        for (span, quantity) in refused {
            assert!(free(&after, span) < quantity, "{quantity} of it were refused, but are free in {span:?}");
        }
        // No capacity was lost: what is free can be had, and nothing more.
        for from in 0..day {
            let free = free(&after, (from, from + 1));
            if free > 0 {
                book(&rivals[0], wish(&market, (from, from + 1), free)).await.expect(201);
            }
            book(&rivals[1], wish(&market, (from, from + 1), 1)).await.refused(409, "slot_unavailable");
        }
        books(server);
        assert_no_circle(server);
    }

    async fn a_slot_that_is_cancelled_goes_to_one_of_those_who_wait_for_it(server) {
        let market = one_machine(server).await;
        let another = another(server);
        let servers = both(server, &another);
        let (rivals, host) = (rivals(8, &servers, &market), host_on_last(&servers, &market));
        let mut holder = book(&rivals[0], wish(&market, (0, 4), 1)).await.expect(201).id();
        for _ in 0..30 {
            let cancel = async { host.post(&format!("/bookings/{holder}/cancel"), json!({})).await.expect(200) };
            let attempts = join_all(rivals.iter().map(|rival| book(rival, wish(&market, (0, 4), 1))));
            let (_, attempts) = tokio::join!(cancel, attempts);
            let won = winners(&attempts);
            assert!(won <= 1, "{attempts:?}");
            let winner = attempts.into_iter().find(is_won);
            holder = match winner {
                Some(winner) => winner.id(),
                None => book(&rivals[0], wish(&market, (0, 4), 1)).await.expect(201).id(),
            };
            assert_eq!(books(server).allocations.len(), 1);
        }
        assert_no_circle(server);
    }

    async fn a_block_and_bookings_do_not_share_a_slot(server) {
        let market = one_machine(server).await;
        let another = another(server);
        let servers = both(server, &another);
        let rivals = rivals(4, &servers, &market);
        let (host, path) = (host_on_last(&servers, &market), format!("/resources/{}/blocks", market.resource));
        for slot in 0..30 {
            let times = json!({ "starts_at": quarter(slot).to_rfc3339(), "ends_at": quarter(slot + 1).to_rfc3339() });
            let block = host.post(&path, times);
            let attempts = join_all(rivals.iter().map(|rival| book(rival, wish(&market, (slot, slot + 1), 1))));
            let (block, attempts) = tokio::join!(block, attempts);
            assert_eq!(winners(&attempts) + usize::from(is_won(&block)), 1, "{block:?} {attempts:?}");
        }
        assert_eq!(books(server).allocations.len(), 30);
        assert_no_circle(server);
    }

    async fn of_groups_that_cross_one_has_all_and_the_others_nothing(server) {
        let market = one_machine(server).await;
        let bench = market.host.list_resource(&market.site, json!({ "name": "Bench" })).await;
        let another = another(server);
        let rivals = rivals(32, &both(server, &another), &market);
        for slot in 0..15 {
            let groups = rivals.iter().enumerate().map(|(number, rival)| {
                let mut resources = [&market.resource, &bench];
                // Half of them ask for the one first, half for the other.
                resources.rotate_left(number / 2 % 2);
                let (from, to) = (quarter(slot).to_rfc3339(), quarter(slot + 1).to_rfc3339());
                let member = |resource| json!({ "resource_id": resource, "starts_at": from, "ends_at": to });
                let group = json!({ "organization_id": market.customer_organization, "bookings": resources.map(member) });
                async move { rival.post("/booking-groups", group).await }
            });
            let attempts = join_all(groups).await;
            assert_eq!(winners(&attempts), 1, "for slot {slot}");
        }
        assert_eq!(books(server).allocations.len(), 30);
        assert_eq!(server.select("SELECT id AS value FROM booking_groups").len(), 15);
        assert_no_circle(server);
    }

    async fn capacity_is_lowered_or_booked_but_not_both(server) {
        let market = server.market(json!({ "capacity": { "quantity": 2, "unit": "unit" } })).await;
        let another = another(server);
        let servers = both(server, &another);
        let rivals = rivals(4, &servers, &market);
        let (host, path) = (host_on_last(&servers, &market), format!("/resources/{}", market.resource));
        let set = async |quantity: i32| host.patch(&path, json!({ "capacity": { "quantity": quantity, "unit": "unit" } })).await;
        for slot in 0..30 {
            book(&rivals[0], wish(&market, (slot, slot + 1), 1)).await.expect(201);
            let attempts = join_all(rivals.iter().map(|rival| book(rival, wish(&market, (slot, slot + 1), 1))));
            let (lower, attempts) = tokio::join!(set(1), attempts);
            match winners(&attempts) {
                0 => drop(lower.expect(200)),
                1 => drop(lower.refused(409, "capacity_in_use")),
                more => panic!("{more} won: {attempts:?}"),
            }
            books(server);
            set(2).await.expect(200);
            for booking in market.customer.get("/bookings?status=confirmed").await.items() {
                let path = format!("/bookings/{}/cancel", booking["id"].as_str().unwrap());
                market.customer.post(&path, json!({})).await.expect(200);
            }
        }
        assert_no_circle(server);
    }

    async fn of_two_resources_that_exclude_each_other_one_is_booked(server) {
        for won in race_crosswise(server, json!({ "kind": "excludes" })).await {
            assert!(won == (0, 16) || won == (16, 0), "{won:?}");
        }
    }

    async fn a_resource_and_the_one_that_it_takes_along_share_their_room(server) {
        for (one, other) in race_crosswise(server, json!({ "kind": "takes" })).await {
            assert_eq!(one + other, 16);
        }
    }

    async fn a_request_is_answered_once_and_a_booking_is_cancelled_once(server) {
        let market = server.market(json!({ "booking_rules": { "requires_approval": true } })).await;
        let another = another(server);
        let servers = both(server, &another);
        let (host, rival) = (host_on_last(&servers, &market), &rivals(1, &servers, &market)[0]);
        let mut agreed = 0;
        for slot in 0..20 {
            let path = format!("/bookings/{}", book(rival, wish(&market, (0, 4), 1)).await.expect(201).id());
            let (answer, goes) = if slot % 2 == 0 { ("decline", "declined") } else { ("cancel", "cancelled") };
            let paths = (format!("{path}/approve"), format!("{path}/{answer}"), format!("{path}/cancel"));
            // The one or the others come later each time: on no machine either is always too late.
            let after = async |hesitates: bool, client: &Client, path: &str| {
                for _ in 0..if hesitates { slot } else { 0 } {
                    client.get("/me").await.expect(200);
                }
                client.post(path, json!({})).await
            };
            let is_late = slot / 2 % 2 == 0;
            let (approved, ended, cancelled) =
                tokio::join!(after(is_late, &host, &paths.0), after(!is_late, &host, &paths.1), after(!is_late, rival, &paths.2));
            for answer in [&approved, &ended, &cancelled] {
                let is_late = answer.status == 409 && answer["code"] == "invalid_transition";
                assert!(is_late || answer.status == 200, "{answer:?}");
            }
            assert!(ended.status != 200 || cancelled.status != 200, "{ended:?} {cancelled:?}");
            let status = rival.get(&path).await.expect(200).text("status");
            let last = if ended.status == 200 { goes } else { "cancelled" };
            assert_eq!(status, last, "{approved:?} {ended:?} {cancelled:?}");
            assert!(books(server).allocations.is_empty());
            agreed += usize::from(approved.status == 200);
        }
        assert!((1..20).contains(&agreed), "{agreed} of 20 were approved");
        assert_no_circle(server);
    }

    async fn a_quota_of_bookings_holds_for_many_at_once(server) {
        three_win_of_many(server, json!({ "max_active_per_organization": 3 }), "too_many_active").await;
    }

    async fn a_quota_of_minutes_holds_for_many_at_once(server) {
        let quota = json!({ "per": "user", "most_minutes": 45, "within": "month" });
        three_win_of_many(server, json!({ "quotas": [quota] }), "quota_exceeded").await;
    }

    async fn a_request_that_is_repeated_at_once_is_done_once(server, crate::support::server::with_two_workers) {
        let market = server.market(json!({ "capacity": { "quantity": 9, "unit": "unit" } })).await;
        let another = another(server);
        let rivals = rivals(16, &both(server, &another), &market);
        let twice = rivals.iter().zip(["\"one\"", "\"other\"", "\"other\""].iter().cycle());
        let attempts: Vec<_> = twice.map(|(rival, key)| rival.with("idempotency-key", key)).collect();
        let answers = join_all(attempts.iter().map(|rival| book(rival, wish(&market, (0, 4), 1)))).await;
        let mut made: Vec<_> = answers.iter().filter(|answer| answer.status == 201).map(Answer::id).collect();
        made.sort();
        made.dedup();
        assert_eq!(made.len(), 2);
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!((answer.status, &answer["code"]), (409, &json!("idempotency_in_progress")), "{answer:?}");
        }
        assert_eq!(books(server).allocations.len(), 2);
        assert_no_circle(server);
    }
}
