//! Pages: the processor time of the server for each, its weight with the style sheet and scripts, and the time in which the day of a
//! manager shows in a browser.

use std::collections::BTreeSet;
use std::time::Duration;

use actions::bookings::{NewBooking, book};
use actions::error::Error;
use chrono::TimeDelta;
use domain::ids::{OrganizationId, ResourceId};
use domain::interval::Interval;
use domain::opening_hours::OpeningHours;
use domain::secret_token::{SecretToken, TokenHash};
use domain::slot::Slot;
use environment::clock::Clock;
use storage::db::{Db, Tx};
use storage::sessions;

use crate::browser::Browser;
use crate::cpu;
use crate::finding::{ask_as, midnight};
use crate::load::Client;
use crate::world::{self, Person, Place, Service, Tariff};

const RESOURCES: usize = 50;
/// On the day that the manager looks at, each booking by another customer than the one before.
const BOOKINGS_EACH: usize = 8;
/// How long the server must have had nothing to do before it is measured.
const REST: Duration = Duration::from_secs(1);

/// A site with its bookings, and the cookie of its manager.
struct Site {
    host: OrganizationId,
    resource: ResourceId,
    cookie: String,
}

async fn settle(db: &Db) -> Site {
    let always = serde_json::to_value(OpeningHours::always()).unwrap();
    let make = move |tx: &mut Tx<'_>| {
        let host = world::person(tx)?;
        let customers = (0..BOOKINGS_EACH).map(|_| world::person(tx)).collect::<Result<Vec<_>, Error>>()?;
        let site = world::site(tx, host, 51.5, -0.1, always.clone())?;
        let resources: Vec<_> =
            (0..RESOURCES).map(|_| world::resource(tx, host, site, Tariff::Full)).collect::<Result<_, Error>>()?;
        for resource in &resources {
            for (hour, customer) in (8_i64..).zip(&customers) {
                let starts_at = midnight(2) + TimeDelta::hours(hour);
                reserve(tx, *customer, *resource, Interval::new(starts_at, starts_at + TimeDelta::hours(1)).unwrap())?;
            }
        }
        let token = SecretToken::new(rand::random());
        sessions::insert_refresh_token(tx.conn, host.caller.session_id, &TokenHash::of(token.expose()), tx.now)?;
        let cookie = format!("sharefloor={}", token.expose());
        Ok::<_, Error>(Site { host: host.organization, resource: resources[RESOURCES / 2], cookie })
    };
    db.write(Clock::System.now(), make).await.unwrap()
}

fn reserve(tx: &mut Tx<'_>, customer: Person, resource_id: ResourceId, interval: Interval) -> Result<(), Error> {
    let new = NewBooking::new(customer.organization, resource_id, Slot { interval, quantity: 1 });
    book(tx, customer.caller, &new).map(drop)
}

/// Waits until the server has sent its mails.
async fn rest(service: &Service) {
    loop {
        let before = cpu::of_tree(service.pid());
        tokio::time::sleep(REST).await;
        if cpu::of_tree(service.pid()) - before < REST / 50 {
            return;
        }
    }
}

/// Returns the bytes of a page and of the files that it loads, without pictures, as they are sent to a browser.
async fn weigh(http: &reqwest::Client, service: &Service, cookie: &str, path: &str) -> usize {
    let get = async |path: &str, encoding: &str| {
        let request = http.get(format!("http://{}{path}", service.address)).header("cookie", cookie);
        let response = request.header("accept-encoding", encoding).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.bytes().await.unwrap()
    };
    let html = String::from_utf8(get(path, "identity").await.to_vec()).unwrap();
    let loaded = html.split("\"/assets/").skip(1).filter_map(|rest| rest.split('"').next());
    let loaded: BTreeSet<String> = loaded.map(|name| format!("/assets/{name}")).collect();
    let mut bytes = get(path, "gzip").await.len();
    for file in loaded {
        bytes += get(&file, "gzip").await.len();
    }
    bytes
}

pub(crate) async fn measure(place: fn() -> Place, length: Duration) {
    let place = place();
    let Site { host, resource, cookie } = settle(&place.open()).await;
    let service = Service::start(&place);
    rest(&service).await;
    drop(rustls::crypto::ring::default_provider().install_default());
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let day = midnight(2).to_chrono().date_naive();
    let next_day = day.succ_opt().unwrap();
    let managed = format!("/manage/{host}?day={day}");
    for (name, path, cookie) in [
        ("the front page", "/".to_owned(), ""),
        ("the catalogue", "/catalogue".to_owned(), ""),
        ("the catalogue near a place at a time", format!("/catalogue?near=London&day={day}&from=17:00&to=19:00"), ""),
        ("the catalogue as a map", "/catalogue?view=map".to_owned(), ""),
        ("a resource with a week of free times", format!("/resources/{resource}?day={next_day}&minutes=60"), ""),
        ("the day of a manager", managed.clone(), cookie.as_str()),
    ] {
        let client = Client::connect(&service.address, None).await.with_header("Cookie", cookie);
        let (measured, cpu) = ask_as(client, &place, &service, path.clone(), length).await;
        println!(
            "{name}, {}: median {:.2?}, CPU {cpu:.2} ms, {:.1} KB",
            place.name(),
            measured.percentile(0.5),
            weigh(&http, &service, cookie, &path).await as f64 / 1000.0
        );
    }
    match Browser::start().await {
        Some(browser) => {
            let [first, again] = browser.shows_in(&service.address, &cookie, &managed).await;
            println!("the day of a manager in Chromium, {}: {first:.2?}, with a full cache {again:.2?}", place.name());
        }
        None => println!("the day of a manager in Chromium: not measured, chromedriver is missing"),
    }
}
