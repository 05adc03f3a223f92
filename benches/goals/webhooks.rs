//! How long a thousand receivers of webhooks wait for an event, while a hundred of them accept it and never respond. All are on loopback,
//! each with an address of its own, in one thread of this process.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actions::error::Error;
use domain::ids::ResourceId;
use environment::clock::Clock;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::load::Client;
use crate::world::{self, Person, Place, Service, Tariff};

/// Hosts, each with one resource and as many webhooks as an organization can have.
const HOSTS: usize = 50;
const EACH: usize = 20;
/// Of so many receivers, one never responds.
const HANGS: usize = 10;

/// The settings of a service that sends to loopback.
pub(crate) const SETTINGS: [(&str, &str); 2] =
    [("LIMITS__ENABLED", "false"), ("WEBHOOKS__ALLOWED_NETWORKS", r#"["127.0.0.0/8"]"#)];

/// Receivers at many addresses of loopback, behind one listener, which therefore listens on all addresses of the machine.
pub(crate) struct Receivers {
    port: u16,
    accepted: Arc<Mutex<HashMap<IpAddr, Vec<Instant>>>>,
}

impl Receivers {
    /// Starts receivers in a thread of their own. Those whose number `hangs` never respond.
    pub(crate) fn start(hangs: fn(usize) -> bool) -> Self {
        let listener = std::net::TcpListener::bind(("0.0.0.0", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let (port, accepted) = (listener.local_addr().unwrap().port(), Arc::<Mutex<HashMap<_, Vec<_>>>>::default());
        let shared = accepted.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).unwrap();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    let address = stream.local_addr().unwrap().ip();
                    tokio::spawn(respond(stream, address, hangs(number_of(address)), shared.clone()));
                }
            });
        });
        Self { port, accepted }
    }

    /// The URL of the receiver with this number.
    pub(crate) fn url(&self, number: usize) -> String {
        format!("http://127.1.{}.{}:{}/", number / 250, number % 250 + 1, self.port)
    }

    /// The number of requests that were accepted.
    pub(crate) fn count(&self) -> usize {
        self.accepted.lock().unwrap().values().map(Vec::len).sum()
    }

    /// When each receiver accepted its first request.
    fn first(&self) -> Vec<Instant> {
        self.accepted.lock().unwrap().values().map(|times| times[0]).collect()
    }
}

fn number_of(address: IpAddr) -> usize {
    let IpAddr::V4(address) = address else { return 0 };
    let [_, _, many, one] = address.octets().map(usize::from);
    250 * many + one - 1
}

/// Accepts each request of a connection, or reads it and never responds.
async fn respond(mut stream: TcpStream, address: IpAddr, hangs: bool, accepted: Arc<Mutex<HashMap<IpAddr, Vec<Instant>>>>) {
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            let head = buffer.windows(4).position(|window| window == b"\r\n\r\n");
            let length = head.map(|head| {
                let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
                text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok()).unwrap_or_default()
            });
            match head.zip(length).map(|(head, length)| head + 4 + length) {
                Some(end) if buffer.len() >= end => break end,
                _ => {}
            }
            if !matches!(stream.read_buf(&mut buffer).await, Ok(1..)) {
                return;
            }
        };
        buffer.drain(..end);
        if hangs {
            std::future::pending::<()>().await;
        }
        accepted.lock().unwrap().entry(address).or_default().push(Instant::now());
        if stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.is_err() {
            return;
        }
    }
}

/// Makes webhooks of a host to the receivers with these numbers.
pub(crate) async fn subscribe(client: &mut Client, host: Person, receivers: &Receivers, numbers: std::ops::Range<usize>) {
    client.authorize(&host.token());
    for number in numbers {
        let body = format!(r#"{{"url":"{}"}}"#, receivers.url(number));
        let (status, body) = client.send("POST", &format!("/api/v1/organizations/{}/webhooks", host.organization), &body).await;
        assert_eq!(status, 201, "{body}");
    }
}

pub(crate) async fn measure(place: fn() -> Place) {
    let place = place();
    let (customer, hosts) = people_and_resources(&place).await;
    let receivers = Receivers::start(|number| number % HANGS == 0);
    let service = Service::start_with(&place, &[], &SETTINGS);
    let mut client = Client::connect(&service.address, None).await;
    for (number, (host, _)) in hosts.iter().enumerate() {
        subscribe(&mut client, *host, &receivers, EACH * number..EACH * (number + 1)).await;
    }
    client.authorize(&customer.token());
    let began_at = Instant::now();
    for (_, resource) in &hosts {
        let (organization, from, to) = (customer.organization, crate::finding::midnight(2), crate::finding::midnight(3));
        let body =
            format!(r#"{{"organization_id":"{organization}","resource_id":"{resource}","starts_at":"{from}","ends_at":"{to}"}}"#);
        let (status, body) = client.send("POST", "/api/v1/bookings", &body).await;
        assert_eq!(status, 201, "{body}");
    }
    let booked_in = began_at.elapsed();
    let (all, hanging) = (HOSTS * EACH, HOSTS * EACH / HANGS);
    while receivers.first().len() < all - hanging && began_at.elapsed() < Duration::from_secs(120) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut times: Vec<_> = receivers.first().iter().map(|at| at.duration_since(began_at)).collect();
    times.sort_unstable();
    println!(
        "webhooks, {}: {HOSTS} bookings in {booked_in:.2?}; of {all} receivers {hanging} hang, {} have their event, half of them after {:.2?}, \
         the last after {:.2?}",
        place.name(),
        times.len(),
        times[times.len() / 2],
        times[times.len() - 1],
    );
}

/// A customer, and hosts with a resource each.
async fn people_and_resources(place: &Place) -> (Person, Vec<(Person, ResourceId)>) {
    let always = serde_json::to_value(domain::opening_hours::OpeningHours::always()).unwrap();
    let make = move |tx: &mut storage::db::Tx<'_>| {
        let customer = world::person(tx)?;
        let mut hosts = Vec::new();
        for _ in 0..HOSTS {
            let host = world::person(tx)?;
            let site = world::site(tx, host, 51.5, -0.1, always.clone())?;
            hosts.push((host, world::resource(tx, host, site, Tariff::Flat)?));
        }
        Ok::<_, Error>((customer, hosts))
    };
    place.open().write(Clock::System.now(), make).await.unwrap()
}
