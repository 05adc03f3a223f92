//! Databases of earlier releases, kept in `tests/fixtures`: the present program opens them and works with all that is in them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use chrono::TimeDelta;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::people::{Market, PASSWORD, User};
use crate::support::server::{Kind, Server, block_on};

/// The releases of which a database is kept.
const RELEASES: &[&str] = &["v0.1.0"];

/// When the databases were written, by the clock of the service that wrote them: counted from [`crate::support::server::START`].
fn age() -> TimeDelta {
    TimeDelta::hours(4)
}

/// The states of all bookings, each with the reason of its hold.
const BOOKINGS: &[&str] = &[
    "cancelled customer",
    "cancelled none",
    "completed none",
    "confirmed none",
    "confirmed none",
    "confirmed none",
    "confirmed none",
    "confirmed none",
    "declined none",
    "expired customer",
    "held customer",
    "held host_offer",
    "held payment",
    "held waitlist",
    "in_use none",
    "no_show none",
    "requested none",
];

fn fixture(release: &str, kind: Kind) -> PathBuf {
    let file = if kind == Kind::Sqlite { "sqlite.db" } else { "postgres.sql" };
    PathBuf::from("tests/fixtures").join(release).join(file)
}

/// An hour of the day on which the databases are written, or of a later one.
fn hour(day: i64, hour: i64) -> String {
    let start: chrono::DateTime<chrono::Utc> = "2026-11-30T00:00:00Z".parse().unwrap();
    (start + TimeDelta::days(day) + TimeDelta::hours(hour)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn slot(market: &Market, resource: &str, (day, from, to): (i64, i64, i64)) -> Value {
    let mut wish = market.wish(&hour(day, from), &hour(day, to));
    wish["resource_id"] = json!(resource);
    wish
}

async fn book(user: &User, wish: Value) -> String {
    user.post("/bookings", wish).await.expect(201).id()
}

async fn make(user: &User, booking: &str, verb: &str) {
    let body = if matches!(verb, "cancel" | "decline") { json!({ "reason": "As agreed" }) } else { json!({}) };
    user.post(&format!("/bookings/{booking}/{verb}"), body).await.expect(200);
}

/// Fills a database with a little of everything.
async fn fill(server: &Server) {
    let rules = json!({ "hold_minutes": 10080, "offer_minutes": 10080, "check_in_minutes": 60 });
    let market = server.market(json!({ "booking_rules": rules })).await;
    let (host, customer, lathe) = (&market.host, &market.customer, &market.resource);
    let list =
        async |name: &str, rules: Value| host.list_resource(&market.site, json!({ "name": name, "booking_rules": rules })).await;
    let approved = list("Mill", json!({ "requires_approval": true })).await;
    let paid = list("Saw", json!({ "requires_payment": true, "hold_minutes": 10080 })).await;
    let short = list("Drill", json!({ "hold_minutes": 5 })).await;
    let link = json!({ "other_id": short, "kind": "takes", "quantity": 1 });
    let drilling = list("Drilling room", json!({})).await;
    host.post(&format!("/resources/{drilling}/links"), link).await.expect(201);

    let held = async |resource: &str, at| {
        let mut wish = slot(&market, resource, at);
        wish["hold"] = json!(true);
        book(customer, wish).await
    };
    let completed = book(customer, slot(&market, lathe, (0, 10, 11))).await;
    let missed = book(customer, slot(&market, lathe, (0, 11, 12))).await;
    let used = book(customer, slot(&market, lathe, (0, 12, 14))).await;
    let cancelled = book(customer, slot(&market, lathe, (1, 10, 11))).await;
    make(customer, &cancelled, "cancel").await;
    book(customer, slot(&market, &drilling, (1, 10, 11))).await;
    let declined = book(customer, slot(&market, &approved, (1, 10, 11))).await;
    make(host, &declined, "decline").await;
    let let_go = held(lathe, (1, 11, 12)).await;
    make(customer, &let_go, "cancel").await;
    held(&short, (2, 10, 11)).await;

    let terms = json!({ "kind": "house_rules", "name": "House rules", "text": "Wear goggles." });
    host.post(&format!("/organizations/{}/terms", market.host_organization), terms).await.expect(201);
    let accepted = customer.get(&format!("/organizations/{}/terms", market.host_organization)).await.expect(200);
    let accepted = json!([{ "terms_id": accepted.items()[0]["id"], "version": 1 }]);
    let mut with_terms = slot(&market, &approved, (1, 12, 13));
    with_terms["accepted_terms"] = accepted;
    book(customer, with_terms).await;

    let mut series = slot(&market, lathe, (7, 10, 11));
    series["rule"] = json!("FREQ=WEEKLY;COUNT=2");
    customer.post("/series", series).await.expect(201);
    let parts = [(&market.resource, 8), (&short, 8)];
    let parts: Vec<_> = parts
        .iter()
        .map(|(resource, day)| json!({ "resource_id": resource, "starts_at": hour(*day, 10), "ends_at": hour(*day, 11) }))
        .collect();
    let group = json!({ "organization_id": market.customer_organization, "bookings": parts });
    customer.post("/booking-groups", group).await.expect(201);

    let kinds = format!("/organizations/{}/certification-kinds", market.host_organization);
    let kind = host.post(&kinds, json!({ "name": "Lathe", "valid_days": 365 })).await.expect(201).id();
    let holder = json!({ "email": customer.email });
    host.post(&format!("/certification-kinds/{kind}/certifications"), holder).await.expect(201);

    held(lathe, (2, 10, 11)).await;
    book(customer, slot(&market, &paid, (2, 10, 11))).await;
    let mut offer = slot(&market, lathe, (2, 11, 12));
    offer["operated_by"] = json!(customer.id);
    book(host, offer).await;
    let blocks = format!("/resources/{lathe}/blocks");
    let block =
        host.post(&blocks, json!({ "starts_at": hour(2, 13), "ends_at": hour(2, 14), "reason": "Oil" })).await.expect(201).id();
    let mut wish = slot(&market, lathe, (2, 13, 14));
    wish["duration_minutes"] = json!(60);
    customer.post("/waitlist", wish).await.expect(201);
    host.delete(&format!("{blocks}/{block}")).await.expect(204);
    host.post(&blocks, json!({ "starts_at": hour(3, 10), "ends_at": hour(3, 12), "reason": "Oil" })).await.expect(201);

    server.advance(TimeDelta::hours(1));
    make(customer, &completed, "check-in").await;
    server.advance(TimeDelta::hours(1));
    make(customer, &completed, "check-out").await;
    make(host, &missed, "no-show").await;
    server.advance(TimeDelta::hours(1));
    make(customer, &used, "check-in").await;
    server.advance(TimeDelta::hours(1));
    server.tell_all().await;
}

/// Writes the databases of the present release. `tests/fixtures/make` runs this.
#[test]
#[ignore = "writes tests/fixtures"]
fn the_databases_of_this_release_are_written() {
    let release = format!("v{}", env!("CARGO_PKG_VERSION"));
    fs::create_dir_all(PathBuf::from("tests/fixtures").join(&release)).unwrap();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let server = Server::start(kind, &[]);
        block_on(fill(&server));
        let (file, url) = (fixture(&release, kind), server.config.database.url.expose_secret().to_owned());
        drop(fs::remove_file(&file));
        match url.strip_prefix("sqlite://") {
            // Small pages, for most tables hold a few rows.
            Some(path) => SqliteConnection::establish(path)
                .unwrap()
                .batch_execute(&format!("PRAGMA page_size = 512; VACUUM INTO '{}'", file.display()))
                .unwrap(),
            None => {
                let dump = Command::new("pg_dump").args(["--inserts", "--no-owner", "--no-privileges", &url]).output().unwrap();
                assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
                let dump = String::from_utf8(dump.stdout).unwrap();
                // What begins so is for psql.
                let sql: Vec<_> = dump.lines().filter(|line| !line.starts_with('\\') && !line.starts_with("--")).collect();
                fs::write(&file, sql.join("\n") + "\n").unwrap();
            }
        }
    }
}

/// A service over a copy of the database of a release, at the time at which that was written.
fn open(release: &str, kind: Kind) -> Server {
    let server = Server::prepare(kind, &[]);
    let url = server.config.database.url.expose_secret().to_owned();
    match url.strip_prefix("sqlite://") {
        Some(path) => drop(fs::copy(fixture(release, kind), path).unwrap()),
        None => {
            let dump = fs::read_to_string(fixture(release, kind)).unwrap();
            let mut database = PgConnection::establish(&url).unwrap();
            // The dump brings tables and migrations of its own.
            database.batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").unwrap();
            database.batch_execute(&dump).unwrap();
        }
    }
    server.advance(age());
    server.run()
}

async fn sign_in(server: &Server, email: &str) -> Client {
    let tokens = server.login(email, PASSWORD).await.expect(200);
    server.anonymous().with_token(tokens.text("access_token"))
}

fn holds_what_was_in_it(kind: Kind) {
    for release in RELEASES {
        let server = open(release, kind);
        block_on(async {
            let (host, customer) = (sign_in(&server, "hannah@example.org").await, sign_in(&server, "carl@example.org").await);
            let list = host.get("/bookings?limit=200").await.expect(200);
            let mut seen: Vec<_> = list
                .items()
                .iter()
                .map(|booking| {
                    format!("{} {}", booking["status"].as_str().unwrap(), booking["hold_reason"].as_str().unwrap_or("none"))
                })
                .collect();
            seen.sort();
            assert_eq!(seen, BOOKINGS, "{release}");
            let of = |status: &str, reason: &str| {
                let found = list.items().iter().find(|one| one["status"] == status && one["hold_reason"] == json!(reason));
                found.unwrap_or_else(|| panic!("{release}: {status} {reason}"))["id"].as_str().unwrap().to_owned()
            };
            // Texts for searches, which an earlier release has stored in its own way.
            for (query, name) in [("q=drilling", "Drilling room"), ("city=london&q=drill+room", "Drilling room")] {
                let found = host.get(&format!("/resources?{query}")).await.expect(200);
                assert_eq!(found.items()[0]["name"], name, "{release}: {query}");
            }
            let booked = |status: &str| {
                let found = list.items().iter().find(|one| one["status"] == status);
                found.unwrap()["id"].as_str().unwrap().to_owned()
            };
            // The present program goes on with each of them.
            for (who, booking, verb, status) in [
                (&customer, of("held", "customer"), "confirm", "confirmed"),
                (&customer, of("held", "host_offer"), "confirm", "confirmed"),
                (&customer, of("held", "waitlist"), "confirm", "confirmed"),
                (&host, of("held", "payment"), "confirm", "confirmed"),
                (&host, booked("requested"), "approve", "confirmed"),
                (&customer, booked("in_use"), "check-out", "completed"),
            ] {
                let made = who.post(&format!("/bookings/{booking}/{verb}"), json!({})).await.expect(200);
                assert_eq!(made["status"], status, "{release}: {verb}");
            }
            let waiting = customer.get("/waitlist").await.expect(200);
            assert_eq!(waiting.items()[0]["status"], "taken", "{release}");
            for (path, count) in [("/series", 1), ("/booking-groups", 1)] {
                assert_eq!(customer.get(path).await.expect(200).items().len(), count, "{release}: {path}");
            }
            server.tell_all().await;
        });
    }
}

#[test]
fn a_database_of_an_earlier_release_holds_what_was_in_it_sqlite() {
    holds_what_was_in_it(Kind::Sqlite);
}

#[test]
fn a_database_of_an_earlier_release_holds_what_was_in_it_postgres() {
    holds_what_was_in_it(Kind::Postgres);
}
