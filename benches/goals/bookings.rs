//! Checked, authenticated bookings a second over HTTP, and their share of the ceiling: the same
//! action without HTTP, as fast as the database takes it.

use std::time::Duration;

use actions::bookings::{NewBooking, book};
use actions::error::Error;
use chrono::TimeDelta;
use domain::ids::ResourceId;
use domain::interval::Interval;
use domain::slot::Slot;
use domain::time::UtcTime;
use environment::clock::Clock;
use storage::db::Db;

use crate::cpu;
use crate::load::{Client, Measured, run};
use crate::world::{self, Person, Place, Service, Tariff};

/// How many book at once.
const CLIENTS: usize = 16;
/// How many claims are in flight for the ceiling.
const IN_FLIGHT: usize = 64;

pub(crate) async fn measure(place: fn() -> Place, length: Duration) {
    let ceiling = {
        let place = place();
        let db = place.open();
        let (person, resources) = people_and_resources(&db, IN_FLIGHT).await;
        let tasks = resources.into_iter().map(|resource| (db.clone(), person, resource)).collect();
        run(tasks, length, async |(db, person, resource): &mut (Db, Person, ResourceId), at: usize| {
            let caller = person.caller;
            let slot = Slot { interval: slot(at), quantity: 1 };
            let wish = NewBooking::new(person.organization, *resource, slot);
            db.write(Clock::System.now(), move |tx| book(tx, caller, &wish)).await.unwrap();
        })
        .await
    };

    let place = place();
    let (person, resources) = people_and_resources(&place.open(), CLIENTS).await;
    let service = Service::start(&place);
    let mut clients = Vec::new();
    for resource in resources {
        clients.push((Client::connect(&service.address, Some(&person.token())).await, resource));
    }
    let before = cpu::of_tree(service.pid()) + place.cpu();
    let measured = run(clients, length, async move |(client, resource): &mut (Client, ResourceId), at: usize| {
        let (organization, slot) = (person.organization, slot(at));
        let body = format!(
            r#"{{"organization_id":"{organization}","resource_id":"{resource}","starts_at":"{}","ends_at":"{}"}}"#,
            slot.starts_at(),
            slot.ends_at()
        );
        let (status, body) = client.send("POST", "/api/v1/bookings", &body).await;
        assert_eq!(status, 201, "{body}");
    })
    .await;
    let cpu = cpu::of_tree(service.pid()) + place.cpu() - before;
    report(&place, &measured, &ceiling, cpu);
}

fn report(place: &Place, measured: &Measured, ceiling: &Measured, cpu: Duration) {
    println!(
        "bookings over HTTP, {CLIENTS} clients, {}: {:.0}/s, p50 {:.2?}, p99 {:.2?}; ceiling {:.0}/s, share {:.0} %; CPU {:.3} ms a booking",
        place.name(),
        measured.a_second(),
        measured.percentile(0.5),
        measured.percentile(0.99),
        ceiling.a_second(),
        100.0 * measured.a_second() / ceiling.a_second(),
        1000.0 * cpu.as_secs_f64() / measured.times.len() as f64,
    );
}

/// A person, and resources that nobody else books.
async fn people_and_resources(db: &Db, count: usize) -> (Person, Vec<ResourceId>) {
    let always = serde_json::to_value(domain::opening_hours::OpeningHours::always()).unwrap();
    db.write(Clock::System.now(), move |tx| {
        let person = world::person(tx)?;
        let site = world::site(tx, person, 51.5, -0.1, always.clone())?;
        let resources = (0..count).map(|_| world::resource(tx, person, site, Tariff::Flat)).collect::<Result<_, Error>>()?;
        Ok::<_, Error>((person, resources))
    })
    .await
    .unwrap()
}

/// The quarter of an hour that is booked at the `at`th try, from the day after tomorrow on.
fn slot(at: usize) -> Interval {
    let day = Clock::System.now().micros().div_euclid(86_400_000_000) + 2;
    let start = UtcTime::from_micros(day * 86_400_000_000) + TimeDelta::minutes(15 * i64::try_from(at).unwrap());
    Interval::new(start, start + TimeDelta::minutes(15)).unwrap()
}
