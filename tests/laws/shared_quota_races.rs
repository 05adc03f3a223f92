//! Many at once on several resources that share a quota: no more are booked than it leaves.

use diesel::connection::SimpleConnection as _;
use futures_util::future::join_all;
use serde_json::{Value, json};
use storage::connection::EitherConn;

use super::books::connect;
use super::outages::until;
use super::races::{another, as_one, assert_no_circle, book, both, rivals, wish};
use crate::support::client::{Answer, Client};
use crate::support::people::Market;
use crate::support::server::{Kind, Server, block_on, on_both_databases};

/// A quarter of an hour is the shortest booking, and a day has so many.
const DAY: i64 = 96;

/// Rules that let a customer have three quarters of an hour a day under each of these shared quotas.
fn rules(shared: &[&str]) -> Value {
    let quota = |name: &&str| json!({ "per": "organization", "most_minutes": 45, "within": "day", "shared": name });
    json!({ "booking_rules": { "quotas": shared.iter().map(quota).collect::<Vec<_>>() } })
}

/// A host with four lasers that share a quota.
async fn four_lasers(server: &Server) -> (Market, Vec<String>) {
    let market = server.market(rules(&["lasers"])).await;
    let mut lasers = vec![market.resource.clone()];
    for _ in 0..3 {
        lasers.push(market.host.list_resource(&market.site, rules(&["lasers"])).await);
    }
    (market, lasers)
}

/// How many of these attempts won, if the shared quota refused all the others.
fn winners(attempts: &[Answer]) -> usize {
    let won = |answer: &&Answer| {
        assert!(answer.status == 201 || answer["violations"][0]["code"] == "quota_exceeded", "{answer:?}");
        answer.status == 201
    };
    attempts.iter().filter(won).count()
}

/// Each of the rivals asks for a slot of its own on one of the lasers, all at once, day after day: three of them win.
async fn three_win_each_day(rivals: &[Client], market: &Market, lasers: &[String], days: i64) {
    for day in 0..days {
        let attempts = (0..).zip(rivals).zip(lasers.iter().cycle()).map(|((number, rival), laser)| {
            let slot = DAY * day + number;
            let mut wish = wish(market, (slot, slot + 1), 1);
            wish["resource_id"] = json!(laser);
            book(rival, wish)
        });
        assert_eq!(winners(&join_all(attempts).await), 3, "on day {day}");
    }
}

on_both_databases! {
    async fn a_shared_quota_holds_for_many_at_once_on_all_its_resources(server) {
        let (market, lasers) = four_lasers(server).await;
        let another = another(server);
        three_win_each_day(&rivals(16, &both(server, &another), &market), &market, &lasers, 8).await;
        assert_no_circle(server);
    }

    async fn a_shared_quota_holds_for_groups_and_bookings_while_the_host_edits_its_site_and_rules(server) {
        let market = server.market(rules(&["lasers", "all"])).await;
        let mut lasers = vec![market.resource.clone()];
        for shared in [["all", "lasers"], ["lasers", "all"]] {
            lasers.push(market.host.list_resource(&market.site, rules(&shared)).await);
        }
        let another = another(server);
        let servers = both(server, &another);
        let (rivals, host) = (rivals(12, &servers, &market), as_one(&market.host, 2, &servers));
        for day in 0..6 {
            let slot = |number: i64| (DAY * day + number, DAY * day + number + 1);
            let group = |number: i64, first: usize| {
                let part = |nth: usize| {
                    let wish = wish(&market, slot(number), 1);
                    json!({ "resource_id": lasers[nth % 3], "starts_at": wish["starts_at"], "ends_at": wish["ends_at"] })
                };
                json!({ "organization_id": market.customer_organization, "bookings": [part(first), part(first + 1)] })
            };
            let attempts = join_all((0..).zip(&rivals).zip(lasers.iter().cycle()).map(async |((number, rival), laser)| {
                if number % 3 == 0 {
                    return rival.post("/booking-groups", group(number, usize::try_from(number).unwrap())).await;
                }
                let mut wish = wish(&market, slot(number), 1);
                wish["resource_id"] = json!(laser);
                book(rival, wish).await
            }));
            let (at_site, at_laser) = (format!("/sites/{}", market.site), format!("/resources/{}", lasers[2]));
            let site = host[0].patch(&at_site, json!({ "name": format!("Hall {day}") }));
            let edit = host[host.len() - 1].patch(&at_laser, rules(&["lasers", &format!("day {day}"), "all"]));
            let (attempts, site, edit) = tokio::join!(attempts, site, edit);
            site.expect(200);
            edit.expect(200);
            let quarters: usize = attempts
                .iter()
                .map(|answer| match answer.status {
                    201 => answer["bookings"].as_array().map_or(1, Vec::len),
                    422 => 0,
                    _ => panic!("{answer:?}"),
                })
                .sum();
            assert!((2..=3).contains(&quarters), "{quarters} quarters of an hour on day {day}: {attempts:?}");
        }
        assert_no_circle(server);
    }
}

/// Starts the first, and the second when the first waits for a lock, and releases what is held when both wait.
async fn one_after_the_other(
    server: &Server,
    mut held: EitherConn,
    first: impl Future<Output = Answer>,
    second: impl Future<Output = Answer>,
) -> (Answer, Answer) {
    let waiting = "SELECT CAST(pid AS TEXT) AS value FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let wait_for = async |count: usize| until(|| server.select(waiting).len() == count).await;
    let second = async {
        wait_for(1).await;
        second.await
    };
    let release = async {
        wait_for(2).await;
        held.batch_execute("ROLLBACK").unwrap();
    };
    let (first, second, ()) = tokio::join!(first, second, release);
    (first, second)
}

#[test]
fn a_resource_that_begins_to_share_a_quota_makes_no_offer_beside_a_booking_that_uses_it_up() {
    let server = Server::start(Kind::Postgres, &[]);
    block_on(async {
        let market = server.market(rules(&["lasers"])).await;
        let joins = market.host.list_resource(&market.site, json!({})).await;
        let mut waits = wish(&market, (0, 1), 1);
        waits["resource_id"] = json!(joins);
        let block = json!({ "starts_at": waits["starts_at"], "ends_at": waits["ends_at"] });
        market.host.post(&format!("/resources/{joins}/blocks"), block).await.expect(201);
        let entry = market.customer.post("/waitlist", waits).await.expect(201).id();
        // The edit has counted, and waits to write the fact of its offer.
        let mut held = connect(&server);
        held.batch_execute("BEGIN; LOCK TABLE facts IN SHARE ROW EXCLUSIVE MODE").unwrap();
        let mut change = rules(&["lasers"]);
        change["capacity"] = json!({ "quantity": 2, "unit": "unit" });
        let path = format!("/resources/{joins}");
        let edit = market.host.patch(&path, change);
        let (edited, booked) = one_after_the_other(&server, held, edit, book(&market.customer, wish(&market, (4, 7), 1))).await;
        edited.expect(200);
        let entry = market.customer.get(&format!("/waitlist/{entry}")).await.expect(200);
        let found = (booked.status, entry.text("status"));
        assert!(found == (201, "waiting".to_owned()) || found == (422, "offered".to_owned()), "{found:?}");
    });
    assert_no_circle(&server);
}

#[test]
fn an_edit_of_a_site_and_a_booking_under_a_shared_quota_do_not_wait_in_a_circle() {
    let server = Server::start(Kind::Postgres, &[]);
    block_on(async {
        let (market, lasers) = four_lasers(&server).await;
        // The edit locks the resource that somebody waits for.
        market.customer.post("/bookings", wish(&market, (0, 1), 1)).await.expect(201);
        let rival = server.user("Flo").await;
        let mut wait = wish(&market, (0, 1), 1);
        wait["organization_id"] = json!(rival.found("Flo's works").await);
        rival.post("/waitlist", wait).await.expect(201);
        let mut held = connect(&server);
        held.batch_execute("BEGIN; SELECT 1 FROM shared_quotas FOR UPDATE").unwrap();
        let mut on_other = wish(&market, (1, 2), 1);
        on_other["resource_id"] = json!(lasers[1]);
        let path = format!("/sites/{}", market.site);
        let edit = market.host.patch(&path, json!({ "name": "Second hall" }));
        let (edited, booked) = one_after_the_other(&server, held, edit, book(&market.customer, on_other)).await;
        edited.expect(200);
        booked.expect(201);
    });
    assert_no_circle(&server);
}

#[test]
fn a_shared_quota_holds_where_postgres_isolates_transactions_more_than_by_default() {
    let server = Server::start(Kind::Postgres, &[]);
    server.execute(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation TO ''repeatable read''', \
         current_database()); END $$",
    );
    block_on(async {
        let (market, lasers) = four_lasers(&server).await;
        // Their connections are new.
        let (one, other) = (server.another(), server.another());
        three_win_each_day(&rivals(8, &[&one, &other], &market), &market, &lasers, 6).await;
    });
}
