//! What fails for a while, and must not for longer.

use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::time::Duration;

use chrono::TimeDelta;
use diesel::RunQueryDsl as _;
use diesel::connection::SimpleConnection as _;
use environment::config::{Tls, Transport};
use futures_util::future::join_all;
use serde_json::{Value, json};
use storage::connection::EitherConn;
use storage::db::{Db, Tx};
use storage::error::StorageError;

use super::books::connect;
use crate::support::people::{Market, User};
use crate::support::server::{Kind, Server, block_on, on_both_databases};

#[test]
fn connections_that_the_database_has_cut_are_replaced() {
    let server = Server::start(Kind::Postgres, &[]);
    block_on(async {
        let market = server.market(json!({})).await;
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        diesel::sql_query(cut).execute(&mut connect(&server)).unwrap();
        for _ in 0..10 {
            market.customer.get("/bookings").await.expect(200);
        }
        market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z").await.expect(201);
    });
}

/// A transaction of another program holds the resource, and more bookings wait for it than there are connections.
#[test]
fn bookings_that_wait_for_one_resource_leave_connections_to_all_others() {
    let server = Server::start(Kind::Postgres, &[&|config| config.database.connections = 4]);
    block_on(async {
        let market = server.market(json!({ "capacity": { "quantity": 40, "unit": "unit" } })).await;
        let other = market.host.list_resource(&market.site, json!({ "name": "Mill" })).await;
        let mut holder = connect(&server);
        holder.batch_execute(&format!("BEGIN; SELECT 1 FROM resources WHERE id = '{}' FOR UPDATE", market.resource)).unwrap();
        let waiting = join_all((0..10).map(|_| market.book("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z")));
        let others = async {
            for day in 1..3 {
                let mut wish = market.wish(&format!("2026-12-0{day}T10:00:00Z"), &format!("2026-12-0{day}T11:00:00Z"));
                wish["resource_id"] = other.clone().into();
                market.customer.post("/bookings", wish).await.expect(201);
                server.root().get("/health/ready").await.expect(200);
                server.anonymous().get("/resources").await.expect(200);
            }
            holder.batch_execute("ROLLBACK").unwrap();
        };
        let (booked, ()) = tokio::join!(waiting, others);
        booked.into_iter().for_each(|answer| drop(answer.expect(201)));
    });
}

/// Writes one row, an organization with this name.
fn found(tx: &mut Tx<'_>, name: &str) -> Result<usize, StorageError> {
    let columns = "id, kind, name, description, website, contact_email, created_at, updated_at";
    let values = format!("'{name}', 'firm', '{name}', '', '', '', 0, 0");
    Ok(diesel::sql_query(format!("INSERT INTO organizations ({columns}) VALUES ({values})")).execute(tx.conn.raw())?)
}

/// SQLite ends a transaction by itself when, say, the disk is full.
#[test]
fn a_transaction_that_sqlite_ends_by_itself_takes_nothing_with_it_that_was_answered() {
    let server = Server::prepare(Kind::Sqlite, &[]);
    let db = Db::open(&server.config.database_options().unwrap()).unwrap();
    block_on(async {
        let now = server.now();
        let (go, gone) = mpsc::channel();
        let gone = Mutex::new(gone);
        // All of them wait for the first, and would be committed together.
        let (first, second, third, ()) = tokio::join!(
            db.write(now, move |tx| {
                gone.lock().unwrap().recv().unwrap();
                found(tx, "first")
            }),
            db.write(now, |tx| Ok::<_, StorageError>(diesel::sql_query("ROLLBACK").execute(tx.conn.raw())?)),
            db.write(now, |tx| found(tx, "third")),
            async { go.send(()).unwrap() },
        );
        let answered = [("first", first.is_ok()), ("second", second.is_ok()), ("third", third.is_ok())];
        assert!(!answered[1].1, "the write whose transaction went away was answered as done");
        let stored = server.select("SELECT id AS value FROM organizations ORDER BY id");
        for (name, is_done) in [answered[0], answered[2]] {
            assert_eq!(stored.iter().any(|id| id == name), is_done, "{name}");
        }
        db.write(now, |tx| found(tx, "fourth")).await.expect("the writer goes on");
    });
}

/// Each of two writes waits for the other: the server ends one of them, and it is tried again.
#[test]
fn a_write_that_postgres_ends_to_resolve_a_deadlock_is_tried_again() {
    let server = Server::prepare(Kind::Postgres, &[]);
    let db = Db::open(&server.config.database_options().unwrap()).unwrap();
    block_on(async {
        let now = server.now();
        for name in ["a", "b"] {
            let (columns, now) =
                ("id, kind, name, description, website, contact_email, created_at, updated_at", server.sql_now());
            let values = format!("'{name}', 'firm', '{name}', '', '', '', {now}, {now}");
            server.execute(&format!("INSERT INTO organizations ({columns}) VALUES ({values})"));
        }
        let both_have_begun = Arc::new(Barrier::new(2));
        let rename = |first: &'static str, second: &'static str| {
            let (both_have_begun, runs) = (both_have_begun.clone(), AtomicUsize::new(0));
            db.write(now, move |tx| {
                let run = |tx: &mut Tx<'_>, id| {
                    let sql = format!("UPDATE organizations SET name = '{first} came last' WHERE id = '{id}'");
                    Ok::<_, StorageError>(diesel::sql_query(sql).execute(tx.conn.raw())?)
                };
                run(tx, first)?;
                if runs.fetch_add(1, Ordering::SeqCst) == 0 {
                    both_have_begun.wait();
                }
                run(tx, second)
            })
        };
        let (one, other) = tokio::join!(rename("a", "b"), rename("b", "a"));
        assert_eq!((one.unwrap(), other.unwrap()), (1, 1));
        let names = server.select("SELECT name AS value FROM organizations");
        assert!(names == ["a came last"; 2] || names == ["b came last"; 2], "{names:?}");
        // The server ends one of them, or both, more than once on a slow machine, because they waited too long for a lock.
        assert!(db.stats().retries() >= 1);
    });
}

/// A host, a customer, and somebody who waits for whatever is taken.
struct House {
    market: Market,
    wanda: User,
    works: String,
}

impl House {
    async fn open(server: &Server) -> Self {
        let market = server.market(json!({ "booking_rules": { "offer_minutes": 5 } })).await;
        let wanda = server.user("Wanda").await;
        let works = wanda.found("Wanda's Works").await;
        Self { market, wanda, works }
    }

    async fn list(&self, rules: Value) -> String {
        self.market.host.list_resource(&self.market.site, json!({ "booking_rules": rules })).await
    }

    fn wish(&self, resource: &str, from: &str, to: &str) -> Value {
        let mut wish = self.market.wish(from, to);
        wish["resource_id"] = resource.into();
        wish
    }

    async fn wait(&self, mut wish: Value) {
        wish["organization_id"] = self.works.clone().into();
        self.wanda.post("/waitlist", wish).await.expect(201);
    }

    /// A hold that runs out in a quarter of an hour, and for which somebody waits.
    async fn hold(&self) -> String {
        let resource = self.list(json!({ "hold_minutes": 15 })).await;
        let wish = self.wish(&resource, "2026-11-30T15:00:00Z", "2026-11-30T16:00:00Z");
        let mut hold = wish.clone();
        hold["hold"] = true.into();
        self.market.customer.post("/bookings", hold).await.expect(201);
        self.wait(wish).await;
        resource
    }
}

/// What has been written of the bookings of a resource, and of those who wait for it.
fn written(server: &Server, resource: &str) -> Vec<String> {
    let of = |table: &str| format!("SELECT status AS value FROM {table} WHERE resource_id = '{resource}'");
    let mut written = server.select(&format!("{} UNION ALL {}", of("bookings"), of("waitlist_entries")));
    written.sort();
    written
}

on_both_databases! {
    async fn what_fails_again_and_again_keeps_nothing_else_waiting(server) {
        let house = House::open(server).await;
        let (customer, stuck) = (&house.market.customer, &house.market.resource);
        customer.patch("/me", json!({ "reminder_minutes": [60] })).await.expect(200);
        let (from, to) = ("2026-11-30T09:15:00Z", "2026-11-30T10:00:00Z");
        let broken = customer.post("/bookings", house.wish(stuck, from, to)).await.expect(201).id();
        house.wait(house.wish(stuck, from, to)).await;
        let over = house.list(json!({})).await;
        customer.post("/bookings", house.wish(&over, from, to)).await.expect(201);
        let block = json!({ "starts_at": to, "ends_at": "2026-11-30T10:30:00Z" });
        house.market.host.post(&format!("/resources/{over}/blocks"), block).await.expect(201);
        let held = house.hold().await;
        // What lies beyond the horizon comes nearer by itself: in Auckland it is 22:00, and two hours later the next day.
        let host = &house.market.host;
        let site = host.open_site(&house.market.host_organization, json!({ "timezone": "Pacific/Auckland" })).await;
        let far = host.list_resource(&site, json!({ "booking_rules": { "horizon_days": 1 } })).await;
        house.wait(house.wish(&far, "2026-12-01T12:00:00Z", "2026-12-01T13:00:00Z")).await;
        let reminded = house.list(json!({})).await;
        let soon = house.wish(&reminded, "2026-11-30T11:45:00Z", "2026-11-30T12:00:00Z");
        customer.post("/bookings", soon).await.expect(201);

        let mut conn = connect(server);
        conn.batch_execute(&match &conn {
            EitherConn::Sqlite(_) => format!(
                "CREATE TRIGGER broken BEFORE UPDATE ON bookings WHEN OLD.id = '{broken}' BEGIN SELECT RAISE(ABORT, 'broken'); END"
            ),
            EitherConn::Pg(_) => format!(
                "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$; \
                 CREATE TRIGGER broken BEFORE UPDATE ON bookings FOR EACH ROW WHEN (OLD.id = '{broken}') EXECUTE FUNCTION fail()"
            ),
        })
        .unwrap();
        server.advance(TimeDelta::hours(2));
        assert!(server.runner().run_once().await.is_err());
        assert_eq!(written(server, stuck), ["confirmed", "waiting"]);
        assert_eq!(written(server, &over), ["completed"]);
        assert_eq!(server.select("SELECT id AS value FROM blocks WHERE NOT is_over"), [""; 0]);
        assert_eq!(written(server, &held), ["expired", "held", "offered"]);
        assert_eq!(written(server, &far), ["held", "offered"]);
        assert_eq!(server.select("SELECT id AS value FROM facts WHERE kind = 'booking.remind'").len(), 1);
        conn.batch_execute(if server.kind == Kind::Sqlite { "DROP TRIGGER broken" } else { "DROP TRIGGER broken ON bookings" }).unwrap();
        server.advance(TimeDelta::minutes(1));
        server.run_jobs().await;
        assert_eq!(written(server, stuck), ["completed", "expired"]);
    }
}

/// On SQLite there is one writer, and a job waits only for the write of another.
#[test]
fn a_job_that_waits_for_a_resource_keeps_no_other_job_waiting() {
    let server = Server::start(Kind::Postgres, &[&|config| config.mail.poll_seconds = 1]);
    block_on(async {
        let house = House::open(&server).await;
        let held = house.hold().await;
        let mut elsewhere = connect(&server);
        elsewhere.batch_execute(&format!("BEGIN; SELECT 1 FROM resources WHERE id = '{held}' FOR UPDATE")).unwrap();
        server.advance(TimeDelta::minutes(20));
        let is_waiting = "SELECT CAST(pid AS TEXT) AS value FROM pg_stat_activity \
                          WHERE datname = current_database() AND wait_event_type = 'Lock'";
        until(|| !server.select(is_waiting).is_empty()).await;
        server.anonymous().post("/auth/forgot-password", json!({ "email": house.wanda.email })).await.expect(202);
        until(|| {
            server.select("SELECT template AS value FROM mails WHERE status = 'sent'").contains(&"password_reset".to_owned())
        })
        .await;
        assert_eq!(written(&server, &held), ["held", "waiting"]);
        elsewhere.batch_execute("ROLLBACK").unwrap();
        until(|| written(&server, &held) == ["expired", "held", "offered"]).await;
        let figures = server.root().get("/metrics").await.expect(200).text;
        let waited = figures.lines().find_map(|line| line.strip_prefix("database_lock_wait_seconds_sum ")).unwrap();
        assert!(waited.parse::<f64>().unwrap() > 0.01, "it has waited for {waited} seconds");
    });
}

/// Waits for what others do, ten seconds at most.
pub(crate) async fn until(is_done: impl Fn() -> bool) {
    for _ in 0..500 {
        if is_done() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it is not done");
}

/// A mail server that takes calls and says nothing keeps nothing waiting but mails.
fn with_a_silent_mail_server(kind: Kind) {
    let mut home = Server::prepare(kind, &[]);
    let server = home.another();
    let house = block_on(House::open(&server));
    let held = block_on(house.hold());
    drop(server);
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    home.config.mail.transport = Transport::Smtp;
    home.config.mail.smtp.host = "127.0.0.1".to_owned();
    home.config.mail.smtp.port = silent.local_addr().unwrap().port();
    home.config.mail.smtp.tls = Tls::None;
    home.config.mail.poll_seconds = 1;
    silent.set_nonblocking(true).unwrap();
    let server = home.another();
    block_on(async {
        let forgetful = json!({ "email": house.wanda.email });
        server.anonymous().post("/auth/forgot-password", forgetful).await.expect(202);
        let mut calls = Vec::new();
        for _ in 0..1000 {
            if calls.is_empty() {
                calls.extend(silent.accept());
                server.advance(TimeDelta::minutes(if calls.is_empty() { 0 } else { 15 }));
            } else if written(&home, &held) == ["expired", "held", "offered"] {
                // And its mail server is still silent.
                assert_eq!(home.select("SELECT id AS value FROM mails WHERE last_error IS NOT NULL"), [""; 0]);
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("after {} calls it is {:?}", calls.len(), written(&home, &held));
    });
}

#[test]
fn a_mail_server_that_never_answers_keeps_no_offer_waiting_on_sqlite() {
    with_a_silent_mail_server(Kind::Sqlite);
}

#[test]
fn a_mail_server_that_never_answers_keeps_no_offer_waiting_on_postgres() {
    with_a_silent_mail_server(Kind::Postgres);
}
