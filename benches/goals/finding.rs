//! Finding what is free among ten thousand resources with a million allocations, and reading one
//! week of one resource with a thousand and with a million stored.

use std::time::{Duration, Instant};

use actions::error::Error;
use chrono::TimeDelta;
use domain::ids::ResourceId;
use domain::time::UtcTime;
use environment::clock::Clock;
use serde_json::json;
use storage::db::Db;

use crate::cpu;
use crate::load::{Client, Measured, run};
use crate::world::{self, Place, Service, Tariff};

/// London, Brussels, Rotterdam.
const CITIES: [(f64, f64); 3] = [(51.5074, -0.1278), (50.8503, 4.3517), (51.9244, 4.4777)];
const SITES: usize = 2_000;
const RESOURCES: usize = 10_000;
const ALLOCATIONS_EACH: usize = 100;

/// Random enough for places and times, and the same in every run.
struct Dice(u64);

impl Dice {
    /// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(below).unwrap()).unwrap()
    }

    /// Between -1 and 1, more often near 0.
    fn near_zero(&mut self) -> f64 {
        (0..4).map(|_| self.roll(2001) as f64 / 1000.0 - 1.0).sum::<f64>() / 4.0
    }
}

/// Midnight at the start of the `day`th day from today.
pub(crate) fn midnight(day: usize) -> UtcTime {
    let today = Clock::System.now().micros().div_euclid(86_400_000_000);
    UtcTime::from_micros((today + i64::try_from(day).unwrap()) * 86_400_000_000)
}

fn hours(count: usize) -> TimeDelta {
    TimeDelta::hours(i64::try_from(count).unwrap())
}

/// Resources in three cities, and what `allocations_each` of them are taken for in the next weeks.
pub(crate) async fn settle(
    db: &Db,
    (sites, resources): (usize, usize),
    allocations_each: usize,
    tariff: Tariff,
) -> Vec<ResourceId> {
    let weekdays = ["mon", "tue", "wed", "thu", "fri"];
    let week: serde_json::Map<_, _> = weekdays.iter().map(|day| ((*day).to_owned(), json!([["08:00", "18:00"]]))).collect();
    let ids = db
        .write(Clock::System.now(), move |tx| {
            let mut dice = Dice(7);
            let host = world::person(tx)?;
            if tariff == Tariff::Full {
                world::charge_vat(tx, host)?;
            }
            let mut ids = Vec::new();
            for at in 0..sites {
                let (latitude, longitude) = CITIES[at % CITIES.len()];
                let (latitude, longitude) = (latitude + 0.2 * dice.near_zero(), longitude + 0.3 * dice.near_zero());
                let site = world::site(tx, host, latitude, longitude, json!(week))?;
                for _ in 0..resources / sites {
                    ids.push(world::resource(tx, host, site, tariff)?);
                }
            }
            Ok::<_, Error>(ids)
        })
        .await
        .unwrap();
    let stored = ids.clone();
    db.write(Clock::System.now(), move |tx| {
        let mut dice = Dice(11);
        let rows = stored.iter().flat_map(|id| {
            // One to three a day, none over another: mornings, noon, evenings.
            let mut slots: Vec<usize> = (0..3 * 60).collect();
            let taken: Vec<usize> = (0..allocations_each).map(|_| slots.swap_remove(dice.roll(slots.len()))).collect();
            let start = |slot: usize| midnight(1 + slot / 3) + hours(8 + 3 * (slot % 3));
            taken.into_iter().map(move |slot| (*id, start(slot), start(slot) + hours(1 + slot % 2))).collect::<Vec<_>>()
        });
        world::store_allocations(tx.conn, &rows.collect::<Vec<_>>());
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    ids
}

pub(crate) async fn search(place: fn() -> Place, length: Duration) {
    for (tariff, name) in [(Tariff::Flat, "a price by the hour"), (Tariff::Full, "full tariffs")] {
        search_with(place(), length, tariff, name).await;
    }
}

async fn search_with(place: Place, length: Duration, tariff: Tariff, tariff_name: &str) {
    let began = Instant::now();
    settle(&place.open(), (SITES, RESOURCES), ALLOCATIONS_EACH, tariff).await;
    println!("  ({} resources, {} allocations, made in {:.0?})", RESOURCES, RESOURCES * ALLOCATIONS_EACH, began.elapsed());
    let service = Service::start(&place);
    let (latitude, longitude) = CITIES[0];
    let day = midnight(7 + (7 - chrono::Datelike::weekday(&midnight(0).to_chrono()).num_days_from_monday() as usize) % 7);
    let near = format!("near={latitude},{longitude}&radius_km=10");
    let exact = format!("/api/v1/search/available?starts_at={}&ends_at={}&{near}", day + hours(10), day + hours(12));
    let first = format!("/api/v1/search/available?from={day}&to={}&duration_minutes=180&{near}", day + hours(24 * 7));
    for (name, path) in [("for one slot", exact), ("first fit in a week", first)] {
        let (measured, cpu) = ask(&place, &service, None, path, length).await;
        println!(
            "search/available within 10 km, {name}, {tariff_name}, {}: median {:.2?}, p99 {:.2?}, CPU {:.3} ms",
            place.name(),
            measured.percentile(0.5),
            measured.percentile(0.99),
            cpu
        );
    }
}

pub(crate) async fn availability(place: fn() -> Place, length: Duration) {
    let mut figures = Vec::new();
    for (sites, resources) in [(1, 10), (SITES, RESOURCES)] {
        let place = place();
        let ids = settle(&place.open(), (sites, resources), ALLOCATIONS_EACH, Tariff::Flat).await;
        let service = Service::start(&place);
        let path = format!("/api/v1/resources/{}/availability?from={}&to={}", ids[ids.len() / 2], midnight(2), midnight(9));
        let (measured, cpu) = ask(&place, &service, None, path, length).await;
        println!(
            "availability of a week, {} allocations stored, {}: median {:.2?}, CPU {:.3} ms",
            resources * ALLOCATIONS_EACH,
            place.name(),
            measured.percentile(0.5),
            cpu
        );
        figures.push((measured.percentile(0.5), cpu));
    }
    let (few, many) = (figures[0], figures[1]);
    println!(
        "  a million to a thousand, {}: median {:.2} times, CPU {:.2} times",
        place().name(),
        many.0.as_secs_f64() / few.0.as_secs_f64(),
        many.1 / few.1
    );
}

/// One client asks again and again; answers how long it waited, and the CPU of an answer in
/// milliseconds, service and database together.
pub(crate) async fn ask(
    place: &Place,
    service: &Service,
    token: Option<&str>,
    path: String,
    length: Duration,
) -> (Measured, f64) {
    ask_as(Client::connect(&service.address, token).await, place, service, path, length).await
}

/// As [`ask`], by a client that is connected.
pub(crate) async fn ask_as(
    mut client: Client,
    place: &Place,
    service: &Service,
    path: String,
    length: Duration,
) -> (Measured, f64) {
    let (status, body) = client.send("GET", &path, "").await;
    assert_eq!(status, 200, "{body}");
    let before = cpu::of_tree(service.pid()) + place.cpu();
    let measured = run(vec![client], length, async move |client: &mut Client, _| {
        assert_eq!(client.send("GET", &path, "").await.0, 200);
    })
    .await;
    let cpu = cpu::of_tree(service.pid()) + place.cpu() - before;
    let each = 1000.0 * cpu.as_secs_f64() / measured.times.len() as f64;
    (measured, each)
}
