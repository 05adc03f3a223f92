//! Series that meet, each other and single bookings: what stands stands whole, and nothing waits for each other in a circle.

use chrono::DateTime;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::races::{another, assert_no_circle, book, books, both, is_won, quarter, rivals, wish};
use crate::support::client::{Answer, Client};
use crate::support::people::Market;
use crate::support::server::on_both_databases;

/// How many quarters a day has.
const DAY: i64 = 96;

/// A wish for some quarters of an hour on so many days.
fn daily(market: &Market, span: (i64, i64), count: usize) -> Value {
    let mut daily = wish(market, span, 1);
    daily["rule"] = format!("FREQ=DAILY;COUNT={count}").into();
    daily
}

async fn book_daily(rival: &Client, daily: Value) -> Answer {
    rival.post("/series", daily).await
}

/// A slot on some day.
const fn on_day(day: i64, slot: i64) -> (i64, i64) {
    (day * DAY + slot, day * DAY + slot + 1)
}

/// How many bookings of a series stand, if all that do start in this quarter of their days.
async fn standing(rival: &Client, series: &str, slot: i64) -> Option<usize> {
    let series = rival.get(&format!("/series/{series}")).await.expect(200);
    let starts = |booking: &Value| DateTime::parse_from_rfc3339(booking["starts_at"].as_str().unwrap()).unwrap().to_utc();
    let is_there = |booking: &&Value| (starts(booking) - quarter(slot)).num_minutes() % (DAY * 15) == 0;
    let standing: Vec<_> = series["bookings"].as_array().unwrap().iter().filter(|one| one["status"] == "confirmed").collect();
    standing.iter().all(is_there).then_some(standing.len())
}

on_both_databases! {
    async fn of_series_and_bookings_that_meet_on_one_day_one_stands_whole_and_of_the_others_nothing(server) {
        let market = server.market(json!({})).await;
        let another = another(server);
        let rivals = rivals(16, &both(server, &another), &market);
        let (mut series, mut bookings) = (0, 0);
        for slot in 0..8 {
            let attempts = join_all(rivals.iter().enumerate().map(async |(number, rival)| match number / 2 % 4 {
                0 | 1 => (3, book_daily(rival, daily(&market, on_day(0, slot), 3)).await),
                2 => (4, book_daily(rival, daily(&market, on_day(2, slot), 4)).await),
                _ => (1, book(rival, wish(&market, on_day(2, slot), 1)).await),
            }));
            let won: Vec<_> = attempts.await.into_iter().filter(|(_, answer)| is_won(answer)).map(|(size, _)| size).collect();
            let [size] = won[..] else { panic!("{won:?} won slot {slot}") };
            bookings += size;
            series += usize::from(size > 1);
            assert_eq!(books(server).allocations.len(), bookings);
        }
        assert_eq!(server.select("SELECT id AS value FROM bookings").len(), bookings);
        assert_eq!(server.select("SELECT id AS value FROM series").len(), series);
        assert_eq!(server.select("SELECT id AS value FROM audit WHERE action = 'series.create'").len(), series);
        assert_eq!(server.select("SELECT id AS value FROM facts WHERE kind LIKE 'series%'").len(), series);
        assert_no_circle(server);
    }

    async fn a_series_that_skips_has_whatever_fresh_bookings_and_other_series_leave_it(server) {
        let market = server.market(json!({})).await;
        let another = another(server);
        let rivals = rivals(16, &both(server, &another), &market);
        for slot in 0..4 {
            let attempts = join_all((0_i64..).zip(&rivals).map(async |(number, rival)| {
                // Two of each server's ask for the same, so that both servers ask for all.
                let day = number / 2 % 5;
                match number / 2 % 2 {
                    0 => {
                        let mut daily = daily(&market, on_day(day, slot), 6);
                        daily["on_clash"] = json!("skip");
                        (6, book_daily(rival, daily).await)
                    }
                    _ => (1, book(rival, wish(&market, on_day(day, slot), 1)).await),
                }
            }));
            let mut stands = 0;
            for (size, answer) in attempts.await {
                if !is_won(&answer) {
                    continue;
                }
                let count = |list: &Value| list.as_array().map_or(1, Vec::len);
                let skipped = if size == 1 { 0 } else { count(&answer["skipped"]) };
                assert_eq!(count(&answer["bookings"]) + skipped, size, "{answer:?}");
                if size > 1 {
                    assert_eq!(standing(&rivals[0], &answer.id(), slot).await, Some(size - skipped));
                }
                stands += size - skipped;
            }
            // All the days that anybody wished for are taken, each by one: nothing was skipped that was free.
            assert_eq!(stands, 10);
            let books = books(server);
            for day in 0..10 {
                let (from, to) = on_day(day, slot);
                assert_eq!(books.free(&market.resource, quarter(from).timestamp_micros(), quarter(to).timestamp_micros()), 0);
            }
        }
        assert_no_circle(server);
    }

    async fn of_requests_that_add_the_same_left_out_date_one_books_it(server) {
        let market = server.market(json!({ "capacity": { "quantity": 8, "unit": "unit" } })).await;
        let another = another(server);
        let rivals = rivals(8, &both(server, &another), &market);
        for slot in 0..4 {
            let taken = book(&rivals[0], wish(&market, on_day(1, slot), 8)).await.expect(201).id();
            let mut daily = daily(&market, on_day(0, slot), 3);
            daily["on_clash"] = json!("skip");
            let path = format!("/series/{}", book_daily(&rivals[0], daily).await.expect(201).id());
            rivals[0].post(&format!("/bookings/{taken}/cancel"), json!({})).await.expect(200);
            let add = async |rival: &Client| rival.post(&format!("{path}/occurrences"), json!({})).await;
            let answers = join_all(rivals.iter().map(add)).await;
            let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
            assert_eq!(won.len(), 1, "{won:?}");
            assert!(lost.iter().all(|answer| answer["code"] == "invalid_transition"), "{lost:?}");
            let whole = rivals[0].get(&path).await.expect(200);
            assert_eq!((whole["bookings"].as_array().unwrap().len(), &whole["skipped"]), (3, &json!([])));
        }
        assert_no_circle(server);
    }

    async fn of_series_that_move_to_the_same_hours_one_has_them_and_the_others_keep_theirs(server) {
        let market = server.market(json!({})).await;
        let another = another(server);
        let rivals = rivals(6, &both(server, &another), &market);
        let booked = join_all((1..).zip(&rivals).map(|(slot, rival)| book_daily(rival, daily(&market, on_day(1, slot), 4)))).await;
        let mut places: Vec<_> = (1..).zip(booked).map(|(slot, booked)| (slot, booked.expect(201).id())).collect();
        for goal in 20..24 {
            let moved = join_all(places.iter().zip(&rivals).map(async |((_, series), rival)| {
                let times = json!({ "start_time": quarter(goal).format("%H:%M").to_string() });
                rival.post(&format!("/series/{series}/reschedule"), times).await
            }));
            let mut winners = 0;
            for (moved, (slot, series)) in moved.await.into_iter().zip(&mut places) {
                assert!(moved.status == 200 || moved["code"] == "slot_unavailable", "{moved:?}");
                if moved.status == 200 {
                    *slot = goal;
                    winners += 1;
                }
                assert_eq!(standing(&rivals[0], series, *slot).await, Some(4));
            }
            assert_eq!(winners, 1);
            assert_eq!(books(server).allocations.len(), 24);
        }
        assert_no_circle(server);
    }

    async fn series_that_lie_crosswise_on_two_resources_are_moved_and_cancelled_at_once(server) {
        let market = server.market(json!({})).await;
        let bench = market.host.list_resource(&market.site, json!({ "name": "Bench" })).await;
        let another = another(server);
        let rivals = rivals(12, &both(server, &another), &market);
        let mut crosswise = Vec::new();
        for (slot, rival) in (1..).zip(&rivals) {
            // The first day on one of the two resources, the second day on the other.
            let mut days = [&market.resource, &bench];
            days.rotate_left(usize::from(slot % 4 > 1));
            let mut daily = daily(&market, on_day(0, slot), 2);
            daily["resource_id"] = days[0].clone().into();
            let series = book_daily(rival, daily).await.expect(201);
            let second = format!("/bookings/{}/reschedule", series["bookings"][1]["id"].as_str().unwrap());
            rival.post(&second, json!({ "resource_id": days[1] })).await.expect(200);
            crosswise.push((slot, series.id()));
        }
        let all = async |verb: &str, body: &dyn Fn(i64) -> Value| {
            let answers = crosswise.iter().zip(&rivals).map(|((slot, series), rival)| {
                let (path, body) = (format!("/series/{series}/{verb}"), body(*slot));
                async move { rival.post(&path, body).await.expect(200) }
            });
            join_all(answers).await
        };
        for later in 1..4 {
            all("reschedule", &|slot| json!({ "start_time": quarter(slot + 20 * later).format("%H:%M").to_string() })).await;
            assert_eq!(books(server).allocations.len(), 24);
        }
        all("cancel", &|_| json!({})).await;
        assert!(books(server).allocations.is_empty());
        assert_no_circle(server);
    }
}
