//! Jobs that die in the middle: each thing that they do happens once all the same, and nothing waits for ever.

use chrono::TimeDelta;
use diesel::connection::SimpleConnection as _;
use serde_json::json;
use storage::connection::EitherConn;

use super::books::{Books, connect};
use crate::support::server::{Kind, Server, on_both_databases};

/// Where a job dies: before it does this to a table, as soon as so many rows fit.
struct Death {
    event: &'static str,
    table: &'static str,
    condition: &'static str,
}

impl Death {
    /// How many rows there are that it counts.
    fn count(&self, server: &Server) -> usize {
        server.select(&format!("SELECT CAST(1 AS TEXT) AS value FROM {} WHERE {}", self.table, self.condition)).len()
    }

    /// From now on whoever comes to it when there are so many rows dies, and the transaction with it.
    fn prepare(&self, conn: &mut EitherConn, rows: usize) {
        let Self { event, table, condition } = self;
        let is_time = format!("(SELECT count(*) FROM {table} WHERE {condition}) >= {rows}");
        conn.batch_execute(&match conn {
            EitherConn::Sqlite(_) => {
                format!("CREATE TRIGGER death BEFORE {event} ON {table} WHEN {is_time} BEGIN SELECT RAISE(ROLLBACK, 'dead'); END")
            }
            EitherConn::Pg(_) => format!(
                "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                     IF {is_time} THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; \
                 END $$; \
                 CREATE TRIGGER death BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION die()"
            ),
        })
        .unwrap();
    }

    fn avert(&self, conn: &mut EitherConn) {
        conn.batch_execute(&match conn {
            EitherConn::Sqlite(_) => "DROP TRIGGER death".to_owned(),
            EitherConn::Pg(_) => format!("DROP TRIGGER death ON {}; DROP FUNCTION die()", self.table),
        })
        .unwrap();
    }
}

/// A house in which much comes due by itself within two hours, after which no server runs.
async fn house(kind: Kind) -> Server {
    let home = Server::prepare(kind, &[]);
    let server = home.another();
    let market = server.market(json!({ "capacity": { "quantity": 9, "unit": "unit" } })).await;
    let (customer, at) = (&market.customer, |time: &str| format!("2026-11-30T{time}:00Z"));
    let list = async |rules: serde_json::Value| market.host.list_resource(&market.site, json!({ "booking_rules": rules })).await;
    let wish = |resource: &str, from: &str, to: &str| {
        let mut wish = market.wish(&at(from), &at(to));
        wish["resource_id"] = resource.into();
        wish
    };
    // An hour before they start their booker is reminded of these.
    customer.patch("/me", json!({ "reminder_minutes": [60] })).await.expect(200);
    for start in ["11:15", "11:30", "11:30", "11:45"] {
        customer.post("/bookings", wish(&market.resource, start, "13:00")).await.expect(201);
    }
    // Nobody answers these requests,
    let asked = list(json!({ "requires_approval": true, "answer_minutes": 60 })).await;
    let mut series = wish(&asked, "15:00", "16:00");
    series["rule"] = "FREQ=DAILY;COUNT=3".into();
    customer.post("/series", series).await.expect(201);
    customer.post("/bookings", wish(&asked, "17:00", "18:00")).await.expect(201);
    // nobody comes,
    let missed = list(json!({ "no_show_minutes": 15 })).await;
    customer.post("/bookings", wish(&missed, "09:30", "10:45")).await.expect(201);
    // nobody leaves though the next is coming,
    let overrun = list(json!({})).await;
    let used = customer.post("/bookings", wish(&overrun, "09:15", "10:00")).await.expect(201).id();
    customer.post(&format!("/bookings/{used}/check-in"), json!({})).await.expect(200);
    customer.post("/bookings", wish(&overrun, "10:15", "10:45")).await.expect(201);
    // and nobody confirms this hold, for which somebody waits.
    let held = list(json!({ "hold_minutes": 15 })).await;
    let mut hold = wish(&held, "15:00", "16:00");
    hold["hold"] = json!(true);
    customer.post("/bookings", hold).await.expect(201);
    let wanda = server.user("Wanda").await;
    let mut wait = wish(&held, "15:00", "16:00");
    wait["organization_id"] = wanda.found("Wanda's Works").await.into();
    wanda.post("/waitlist", wait).await.expect(201);
    // Who may work at the machine must soon be certified anew.
    let kinds = format!("/organizations/{}/certification-kinds", market.host_organization);
    let kind = market.host.post(&kinds, json!({ "name": "Laser safety" })).await.expect(201).id();
    let granted = json!({ "email": customer.email, "expires_at": "2026-12-30T10:00:00Z" });
    market.host.post(&format!("/certification-kinds/{kind}/certifications"), granted).await.expect(201);
    server.run_jobs().await;
    drop(server);
    home.run_jobs().await;
    home
}

/// What everybody has been told.
fn told(home: &Server) -> Vec<String> {
    home.select("SELECT template || ' ' || recipient || ' ' || status AS value FROM mails ORDER BY 1")
}

/// The events that programs have received.
fn events(home: &Server) -> Vec<String> {
    home.select("SELECT kind AS value FROM organization_events ORDER BY 1")
}

fn statuses(home: &Server) -> Vec<String> {
    home.select("SELECT status AS value FROM bookings UNION ALL SELECT status FROM waitlist_entries ORDER BY 1")
}

/// What two hours come to where nothing dies, and where two servers die at every other point that they can come to.
async fn live_and_die(kind: Kind, death: Death) {
    let quiet = house(kind).await;
    quiet.advance(TimeDelta::hours(2));
    quiet.run_jobs().await;
    quiet.run_jobs().await;
    quiet.tell_all().await;
    assert_eq!(told(&quiet).iter().filter(|mail| mail.starts_with("booking_reminder")).count(), 4, "{:?}", told(&quiet));

    let deadly = house(kind).await;
    assert_ne!(told(&quiet), told(&deadly));
    deadly.advance(TimeDelta::hours(2));
    let mut conn = connect(&deadly);
    let (before, mut rows) = (death.count(&deadly), 0);
    loop {
        death.prepare(&mut conn, before + rows);
        let (mut one, mut other) = (deadly.runner(), deadly.runner());
        let (one, other) = tokio::join!(one.run_once(), other.run_once());
        death.avert(&mut conn);
        // What the dead had taken in hand is taken over when it is clear that they are dead.
        deadly.execute("UPDATE mails SET next_attempt_at = created_at WHERE status = 'queued'");
        let waiting = "SELECT id AS value FROM mails WHERE status = 'queued' UNION ALL \
                       SELECT fact_id FROM deliveries WHERE state = 'pending'";
        if one.is_ok() && other.is_ok() && deadly.select(waiting).is_empty() {
            break;
        }
        rows += 2;
        assert!(rows < 100, "it never ends");
    }
    assert!(rows > 5, "they have written {rows} rows and are done");
    deadly.run_jobs().await;
    deadly.tell_all().await;
    assert_eq!(told(&deadly), told(&quiet));
    assert_eq!(statuses(&deadly), statuses(&quiet));
    assert_eq!(events(&deadly), events(&quiet));
    let messages = |home: &Server| std::fs::read_dir(home.mail_dir()).unwrap().count();
    assert_eq!(messages(&deadly), messages(&quiet));
    Books::read(&mut conn).assert_exact();
}

const fn when_it_writes(table: &'static str) -> Death {
    Death { event: "INSERT", table, condition: "TRUE" }
}

on_both_databases! {
    async fn what_a_job_notes_that_dies_is_undone_and_done_again(server) {
        live_and_die(server.kind, when_it_writes("audit")).await;
    }

    async fn what_a_job_tells_that_dies_is_told_once(server) {
        live_and_die(server.kind, when_it_writes("facts")).await;
    }

    async fn what_a_job_tells_programs_that_dies_is_told_once(server) {
        live_and_die(server.kind, when_it_writes("organization_events")).await;
    }

    async fn what_a_job_writes_that_dies_is_written_to_each_once(server) {
        live_and_die(server.kind, when_it_writes("mails")).await;
    }

    async fn what_a_job_sends_that_dies_is_there_once(server) {
        live_and_die(server.kind, Death { event: "UPDATE", table: "mails", condition: "status = 'sent'" }).await;
    }
}
