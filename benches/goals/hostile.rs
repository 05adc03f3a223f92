//! How long an honest client waits for its bookings while forty others try to take all that the service has.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actions::error::Error;
use chrono::TimeDelta;
use domain::ids::{OrganizationId, ResourceId};
use domain::opening_hours::OpeningHours;
use environment::clock::Clock;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::finding::{midnight, settle};
use crate::load::{Client, Measured};
use crate::world::{self, Place, Service, Tariff};

/// How many clients there are of each kind.
const EACH: usize = 4;
/// How many connections a client holds that keeps the service waiting.
const HELD: usize = 50;

/// The ways to do harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Harm {
    /// Series of 200 that are refused, because all their times are taken.
    RefusedSeries,
    /// Series of 100 that are made, moved and cancelled.
    Series,
    /// Blocks that displace 100 bookings, with alternatives among thousands of resources.
    Blocks,
    /// Bookings that are made and cancelled.
    BookAndCancel,
    /// Searches over a week without a place, without an account.
    Searches,
    /// Lists of 80,000 empty bookings.
    EmptyBookings,
    /// Guesses at the password of one account.
    Guesses,
    /// Accounts whose passwords are slow to judge.
    Accounts,
    /// Large responses that are never read.
    Unread,
    /// Requests that arrive a byte at a time.
    Slow,
}

const HARMS: [Harm; 10] = [
    Harm::RefusedSeries,
    Harm::Series,
    Harm::Blocks,
    Harm::BookAndCancel,
    Harm::Searches,
    Harm::EmptyBookings,
    Harm::Guesses,
    Harm::Accounts,
    Harm::Unread,
    Harm::Slow,
];

/// How often each status was the response to each way of doing harm.
type Responses = Arc<Mutex<BTreeMap<(Harm, u16), usize>>>;

/// A customer with a resource.
#[derive(Debug, Clone)]
struct Tenant {
    token: String,
    organization: OrganizationId,
    resource: ResourceId,
}

pub(crate) async fn measure(place: fn() -> Place, length: Duration) {
    let place = place();
    let db = place.open();
    settle(&db, (500, 2_500), 40, Tariff::Flat).await;
    let tenants = tenants(&db, 1 + HARMS.len()).await;
    let (honest, hostile) = tenants.split_first().unwrap();
    // The address of each client is that which the proxy reports.
    let service = Service::start_with(&place, &[], &[("SERVER__TRUST_PROXY", "true")]);
    let connect = async |number: usize, token: &str| {
        Client::connect(&service.address, Some(token)).await.with_header("X-Forwarded-For", &format!("192.0.2.{number}"))
    };
    let alone = book(connect(0, &honest.token).await, honest, length / 4, 0).await;
    let responses = Responses::default();
    let hostile = hostile_clients(hostile, &service.address, &responses);
    // A thread of their own, so that the honest client does not wait for them here.
    let harm = std::thread::spawn(move || run_for(hostile, length * 3 / 2));
    tokio::time::sleep(length / 4).await;
    let beside = book(connect(0, &honest.token).await, honest, length, 1_000).await;
    harm.join().unwrap();
    let resident = crate::cpu::resident_bytes(service.pid()) as f64 / 1_000_000.0;
    for (name, measured) in [("alone", &alone), ("beside 40 hostile clients", &beside)] {
        println!(
            "bookings of an honest client {name}, {}: {} accepted, none refused, p50 {:.2?}, p99 {:.2?}",
            place.name(),
            measured.times.len(),
            measured.percentile(0.5),
            measured.percentile(0.99),
        );
    }
    println!("  afterwards {resident:.0} MB; responses to the others: {:?}", responses.lock().unwrap());
    let (median, slow) = (beside.percentile(0.5), beside.percentile(0.99));
    let is_kept = median < Duration::from_millis(250) && slow < Duration::from_secs(1);
    println!("  the goal of 250 ms at the median and 1 s at p99 is {}", if is_kept { "kept" } else { "MISSED" });
}

/// Forty clients, some of each kind, each kind with a tenant of its own.
fn hostile_clients(tenants: &[Tenant], service: &str, responses: &Responses) -> Vec<Hostile> {
    let empty = Arc::new(json!({ "organization_id": tenants[0].organization, "bookings": vec![json!({}); 80_000] }).to_string());
    let of_kind = |(harm, tenant): (&Harm, &Tenant)| {
        let client = |number| Hostile {
            harm: *harm,
            number: 1 + (*harm as usize) * EACH + number,
            tenant: tenant.clone(),
            service: service.to_owned(),
            responses: responses.clone(),
            empty_bookings: empty.clone(),
        };
        (0..EACH).map(client).collect::<Vec<_>>()
    };
    HARMS.iter().zip(tenants).flat_map(of_kind).collect()
}

/// Lets clients do harm for so long.
fn run_for(clients: Vec<Hostile>, length: Duration) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        for client in clients {
            tokio::task::spawn_local(client.run());
        }
        tokio::time::sleep(length).await;
    });
}

/// Tenants, each with a resource that is always open.
async fn tenants(db: &storage::db::Db, count: usize) -> Vec<Tenant> {
    let always = serde_json::to_value(OpeningHours::always()).unwrap();
    db.write(Clock::System.now(), move |tx| {
        let tenant = |tx: &mut storage::db::Tx<'_>| {
            let person = world::person(tx)?;
            let site = world::site(tx, person, 51.5, -0.1, always.clone())?;
            let resource = world::resource(tx, person, site, Tariff::Flat)?;
            Ok::<_, Error>(Tenant { token: person.token(), organization: person.organization, resource })
        };
        (0..count).map(|_| tenant(tx)).collect::<Result<Vec<_>, Error>>()
    })
    .await
    .unwrap()
}

/// Books one slot after the other, with a pause after each, as the rate limit of an address wants it. Each must be accepted.
async fn book(mut client: Client, tenant: &Tenant, length: Duration, first: usize) -> Measured {
    let (began, mut times) = (Instant::now(), Vec::new());
    while began.elapsed() < length {
        let start = Instant::now();
        let (status, body) = client.send("POST", "/api/v1/bookings", &tenant.booking(first + times.len()).to_string()).await;
        times.push(start.elapsed());
        assert_eq!(status, 201, "{body}");
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    Measured { times, elapsed: began.elapsed() }
}

impl Tenant {
    /// A booking of a quarter of an hour, the `at`th from the day after tomorrow on.
    fn booking(&self, at: usize) -> Value {
        let starts_at = midnight(2) + TimeDelta::minutes(15 * i64::try_from(at).unwrap());
        json!({
            "organization_id": self.organization, "resource_id": self.resource,
            "starts_at": starts_at, "ends_at": starts_at + TimeDelta::minutes(15),
        })
    }

    /// A daily series in the `place`th quarter of an hour.
    fn series(&self, place: usize, count: usize) -> Value {
        let mut series = self.booking(place);
        series["rule"] = json!(format!("FREQ=DAILY;COUNT={count}"));
        series
    }
}

/// A client that does harm, again and again.
struct Hostile {
    harm: Harm,
    number: usize,
    tenant: Tenant,
    service: String,
    responses: Responses,
    /// The body of [`Harm::EmptyBookings`].
    empty_bookings: Arc<String>,
}

impl Hostile {
    async fn run(self) {
        loop {
            // The service may close the connection of such a client; then it comes back.
            let _ = self.harm().await;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn connect(&self, token: Option<&str>) -> Client {
        Client::connect(&self.service, token).await.with_header("X-Forwarded-For", &format!("192.0.2.{}", self.number))
    }

    async fn ask(&self, client: &mut Client, method: &str, path: &str, body: &Value) -> std::io::Result<Value> {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.send(client, method, path, &text).await
    }

    async fn send(&self, client: &mut Client, method: &str, path: &str, body: &str) -> std::io::Result<Value> {
        let (status, body) = client.try_send(method, &format!("/api/v1{path}"), body).await?;
        *self.responses.lock().unwrap().entry((self.harm, status)).or_default() += 1;
        Ok(serde_json::from_str(&body).unwrap_or_default())
    }

    async fn harm(&self) -> std::io::Result<()> {
        let Self { tenant, .. } = self;
        let mut client = self.connect(Some(&tenant.token)).await;
        let began = Instant::now();
        match self.harm {
            Harm::RefusedSeries => {
                self.ask(&mut client, "POST", "/series", &tenant.series(0, 200)).await?;
                while began.elapsed() < Duration::from_secs(5) {
                    self.ask(&mut client, "POST", "/series", &tenant.series(0, 200)).await?;
                }
            }
            Harm::Series => {
                let series = self.ask(&mut client, "POST", "/series", &tenant.series(self.number * 2, 100)).await?;
                let Some(id) = series["id"].as_str() else { return Ok(()) };
                let minutes = 15 * (self.number * 2 + 1);
                let later = json!({ "start_time": format!("{:02}:{:02}", minutes / 60, minutes % 60) });
                self.ask(&mut client, "POST", &format!("/series/{id}/reschedule"), &later).await?;
                self.ask(&mut client, "POST", &format!("/series/{id}/cancel"), &json!({})).await?;
            }
            Harm::Blocks => {
                self.ask(&mut client, "POST", "/series", &tenant.series(self.number * 2, 100)).await?;
                let booking = tenant.booking(self.number * 2);
                let block = json!({
                    "starts_at": booking["starts_at"], "ends_at": booking["ends_at"], "bookings": "offer_alternatives",
                    "repeat": { "rule": "FREQ=DAILY;COUNT=100" },
                });
                let blocks = format!("/resources/{}/blocks", tenant.resource);
                let block = self.ask(&mut client, "POST", &blocks, &block).await?;
                let Some(id) = block["id"].as_str() else { return Ok(()) };
                self.ask(&mut client, "DELETE", &format!("{blocks}/{id}?scope=all"), &Value::Null).await?;
            }
            Harm::BookAndCancel => {
                for _ in 0..50 {
                    let booking = self.ask(&mut client, "POST", "/bookings", &tenant.booking(self.number)).await?;
                    let Some(id) = booking["id"].as_str() else { continue };
                    self.ask(&mut client, "POST", &format!("/bookings/{id}/cancel"), &json!({})).await?;
                }
            }
            Harm::Searches => {
                let mut client = self.connect(None).await;
                let (from, to) = (midnight(2), midnight(9));
                let path = format!("/search/available?from={from}&to={to}&duration_minutes=600&limit=200");
                for _ in 0..20 {
                    self.ask(&mut client, "GET", &path, &Value::Null).await?;
                }
            }
            Harm::EmptyBookings => {
                self.send(&mut client, "POST", "/booking-groups", &self.empty_bookings).await?;
            }
            Harm::Guesses => {
                let guess = json!({ "email": "owner@example.org", "password": self.number.to_string() });
                self.ask(&mut self.connect(None).await, "POST", "/auth/login", &guess).await?;
            }
            Harm::Accounts => {
                let email = format!("{}-{}@example.org", self.number, rand::random::<u64>());
                let account = json!({ "email": email, "password": "4$1!30@5".repeat(12), "name": "Nobody" });
                self.ask(&mut self.connect(None).await, "POST", "/auth/register", &account).await?;
            }
            Harm::Unread => {
                let mut held = Vec::new();
                for _ in 0..HELD {
                    let mut stream = TcpStream::connect(&self.service).await?;
                    let request = format!("GET /api/openapi.json HTTP/1.1\r\nHost: {}\r\n\r\n", self.service);
                    stream.write_all(request.repeat(20).as_bytes()).await?;
                    held.push(stream);
                }
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
            Harm::Slow => {
                let mut held = Vec::new();
                for _ in 0..HELD {
                    let mut stream = TcpStream::connect(&self.service).await?;
                    stream.write_all(b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{").await?;
                    held.push(stream);
                }
                for _ in 0..5 {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    for stream in &mut held {
                        stream.write_all(b" ").await?;
                    }
                }
            }
        }
        Ok(())
    }
}
