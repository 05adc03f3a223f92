//! The instructions of a request, which machines and their neighbours cannot blur: the service runs in `valgrind --tool=callgrind`
//! twice, with few and with more of the same requests; the difference is the cost of a request. SQLite only: valgrind counts one
//! process.

use std::fs;
use std::time::Duration;

use actions::error::Error;
use chrono::TimeDelta;
use domain::ids::ResourceId;
use domain::time::UtcTime;
use environment::clock::Clock;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::load::Client;
use crate::webhooks::{self, Receivers};
use crate::world::{self, Person, Place, Service, Tariff};

/// How many requests the two runs send.
const RUNS: [usize; 2] = [100, 400];
/// As many resources as a page of the search shows. As many customers book them, and each is of another host then: nobody gets so many
/// mails within an hour that they become a digest.
const RESOURCES: usize = 20;

pub(crate) async fn measure() {
    for (name, request) in [
        ("a booking with its two mails", Request::Book(Tariff::Flat)),
        ("a booking with a full tariff and its two mails", Request::Book(Tariff::Full)),
        ("a booking with its two mails, three webhooks and a stream", Request::Tell),
        ("availability of a week", Request::Availability),
        ("a search with 20 results", Request::Search(Tariff::Flat)),
        ("a search with 20 results with full tariffs", Request::Search(Tariff::Full)),
    ] {
        let few = count(request, RUNS[0]).await;
        let many = count(request, RUNS[1]).await;
        let each = (many - few) as f64 / (RUNS[1] - RUNS[0]) as f64;
        println!("instructions of {name}, SQLite: {:.2} million", each / 1e6);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Request {
    Book(Tariff),
    /// As `Book`, and the host has three webhooks and reads a stream.
    Tell,
    Availability,
    Search(Tariff),
}

/// The instructions of a service that starts, responds to some requests and stops.
async fn count(request: Request, times: usize) -> u64 {
    let place = Place::sqlite();
    let (customers, hosts, resources) = people_and_resources(&place, request).await;
    let results = tempfile::tempdir_in(std::env::current_dir().unwrap().join("target")).unwrap();
    let file = results.path().join("callgrind.out");
    let valgrind = ["valgrind", "--tool=callgrind", &format!("--callgrind-out-file={}", file.display())];
    let service = Service::start_with(&place, &valgrind, &webhooks::SETTINGS);
    let mut client = Client::connect(&service.address, None).await;
    let receivers = Receivers::start(|_| false);
    let mut streams = Vec::new();
    if request == Request::Tell {
        for (number, host) in hosts.iter().enumerate() {
            webhooks::subscribe(&mut client, *host, &receivers, 3 * number..3 * (number + 1)).await;
            streams.push(listen(&service.address, *host).await);
        }
    }
    let at = |minutes: usize| midnight() + TimeDelta::minutes(i64::try_from(minutes).unwrap());
    for number in 0..times {
        let party = number % RESOURCES;
        let (from, to, resource) = (at(15 * number), at(15 * number + 15), resources[party]);
        let organization = customers[party].organization;
        let (method, path, body) = match request {
            Request::Book(_) | Request::Tell => (
                "POST",
                "/api/v1/bookings".to_owned(),
                format!(
                    r#"{{"organization_id":"{organization}","resource_id":"{resource}","starts_at":"{from}","ends_at":"{to}"}}"#
                ),
            ),
            Request::Availability => {
                let path = format!("/api/v1/resources/{resource}/availability?from={}&to={}", at(0), at(7 * 1440));
                ("GET", path, String::new())
            }
            Request::Search(_) => {
                let near = "near=51.5,-0.1&radius_km=10";
                let path = format!("/api/v1/search/available?starts_at={}&ends_at={}&{near}&limit=20", at(600), at(720));
                ("GET", path, String::new())
            }
        };
        client.authorize(&customers[party].token());
        let (status, body) = client.send(method, &path, &body).await;
        assert!(matches!(status, 200 | 201), "{body}");
    }
    if matches!(request, Request::Book(_) | Request::Tell) {
        let mails = || fs::read_dir(service.data().join("mail")).map_or(0, Iterator::count);
        let events = if request == Request::Tell { 3 * times } else { 0 };
        while mails() < 2 * times || receivers.count() < events {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    drop(streams);
    service.stop();
    let counted = fs::read_to_string(file).unwrap();
    let total = counted.lines().find_map(|line| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")));
    total.unwrap().trim().parse().unwrap()
}

/// Opens the stream of the events of a host, and reads it to its end.
async fn listen(address: &str, host: Person) -> tokio::task::JoinHandle<()> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (path, token) = (format!("/api/v1/organizations/{}/events", host.organization), host.token());
    let head =
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut buffer = vec![0; 65_536];
    let read = stream.read(&mut buffer).await.unwrap();
    assert!(buffer[..read].starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&buffer[..read]));
    tokio::task::spawn_local(async move { while matches!(stream.read(&mut buffer).await, Ok(1..)) {} })
}

/// Customers, hosts, and the resources of one host, or each of another one for bookings.
async fn people_and_resources(place: &Place, request: Request) -> (Vec<Person>, Vec<Person>, Vec<ResourceId>) {
    let always = serde_json::to_value(domain::opening_hours::OpeningHours::always()).unwrap();
    let make = move |tx: &mut storage::db::Tx<'_>| {
        let customers = (0..RESOURCES).map(|_| world::person(tx)).collect::<Result<_, Error>>()?;
        let (count, of_each, tariff) = match request {
            Request::Book(tariff) => (RESOURCES, 1, tariff),
            Request::Tell => (RESOURCES, 1, Tariff::Flat),
            Request::Search(tariff) => (1, RESOURCES, tariff),
            Request::Availability => (1, RESOURCES, Tariff::Flat),
        };
        let (mut hosts, mut resources) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let host = world::person(tx)?;
            if tariff == Tariff::Full {
                world::charge_vat(tx, host)?;
            }
            let site = world::site(tx, host, 51.5, -0.1, always.clone())?;
            for _ in 0..of_each {
                resources.push(world::resource(tx, host, site, tariff)?);
            }
            hosts.push(host);
        }
        Ok::<_, Error>((customers, hosts, resources))
    };
    place.open().write(Clock::System.now(), make).await.unwrap()
}

/// The start of the day after tomorrow.
fn midnight() -> UtcTime {
    let day = Clock::System.now().micros().div_euclid(86_400_000_000) + 2;
    UtcTime::from_micros(day * 86_400_000_000)
}
