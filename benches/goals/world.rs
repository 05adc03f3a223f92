//! What the measurements are made on: databases, a world of hosts and resources in them, and the
//! service over them.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use actions::error::Error;
use actions::precondition::IfMatch;
use actions::{Caller, billing, organizations, resources, sites};
use api::access_token::Keys;
use chrono::TimeDelta;
use diesel::RunQueryDsl as _;
use diesel::connection::SimpleConnection as _;
use domain::billing::NewBilling;
use domain::card_account::CardSetup;
use domain::ids::{Identifier as _, OrganizationId, ResourceId, SessionId, SiteId, UserId};
use domain::organization::NewOrganization;
use domain::permissions::Permissions;
use domain::resource::NewResource;
use domain::site::NewSite;
use domain::time::UtcTime;
use environment::clock::Clock;
use serde_json::json;
use storage::connection::{Conn, Synchronous};
use storage::db::{Db, Options, Tx};
use storage::sessions;

use crate::cpu;
use crate::postgres;

/// The secret of the services that are measured.
const SIGNING_KEY: &str = "the secret of all servers in the benchmarks";

/// A database that is empty at first.
pub(crate) enum Place {
    /// A file.
    Sqlite(tempfile::TempDir),
    /// On a server with its own, durable defaults.
    Postgres(postgres::Server, postgres::Database),
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir_in(std::env::current_dir().unwrap().join("target")).unwrap())
    }

    pub(crate) fn postgres() -> Self {
        let server = postgres::Server::start(&["shared_buffers=256MB", "max_wal_size=4GB"]);
        let database = server.fresh_database();
        Self::Postgres(server, database)
    }

    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite, synchronous=FULL",
            Self::Postgres(..) => "PostgreSQL",
        }
    }

    fn url(&self) -> String {
        match self {
            Self::Sqlite(directory) => format!("sqlite://{}", directory.path().join("sharefloor.db").display()),
            Self::Postgres(_, database) => database.url.clone(),
        }
    }

    /// Opens it within this process.
    pub(crate) fn open(&self) -> Db {
        let url = self.url().parse().unwrap();
        Db::open(&Options { url, synchronous: Synchronous::Full, connections: 16, wait: Duration::from_secs(10) }).unwrap()
    }

    /// The processor time of the database, where it is a process of its own.
    pub(crate) fn cpu(&self) -> Duration {
        match self {
            Self::Sqlite(_) => Duration::ZERO,
            Self::Postgres(server, _) => cpu::of_tree(server.pid()),
        }
    }
}

/// Someone who hosts and books.
#[derive(Clone, Copy)]
pub(crate) struct Person {
    pub(crate) caller: Caller,
    pub(crate) organization: OrganizationId,
}

impl Person {
    /// What the person sends with each request.
    pub(crate) fn token(self) -> String {
        let keys = Keys::new(SIGNING_KEY.as_bytes(), TimeDelta::hours(12));
        keys.sign(self.caller.user_id, self.caller.session_id, Clock::System.now()).unwrap()
    }
}

/// A person with an organization.
pub(crate) fn person(tx: &mut Tx<'_>) -> Result<Person, Error> {
    let (user_id, session_id): (UserId, SessionId) = (tx.new_id(), tx.new_id());
    let now = match tx.conn.is_sqlite() {
        true => tx.now.micros().to_string(),
        false => format!("TIMESTAMP '{}'", tx.now.to_chrono().naive_utc()),
    };
    let columns = "id, email, name, password_hash, email_verified_at, created_at, updated_at";
    let values = format!("'{user_id}', '{user_id}@example.org', 'Somebody', '', {now}, {now}, {now}");
    diesel::sql_query(format!("INSERT INTO users ({columns}) VALUES ({values})")).execute(tx.conn.raw()).unwrap();
    let caller = Caller { user_id, key: None, session_id, must_be_verified: true, permissions: Permissions::ALL };
    sessions::insert(tx.conn, session_id, user_id, ("", ""), tx.now, tx.now + TimeDelta::days(30))?;
    let new: NewOrganization = serde_json::from_value(json!({ "kind": "firm", "name": "Rotor Works" })).unwrap();
    let organization = organizations::create(tx, caller, &new.read()?)?.id;
    Ok(Person { caller, organization })
}

/// A site that is open on weekdays.
pub(crate) fn site(
    tx: &mut Tx<'_>,
    host: Person,
    latitude: f64,
    longitude: f64,
    hours: serde_json::Value,
) -> Result<SiteId, Error> {
    let new: NewSite = serde_json::from_value(json!({
        "name": "Main hall", "latitude": latitude, "longitude": longitude, "timezone": "Europe/London", "opening_hours": hours,
        "address": { "line1": "1 Foundry Lane", "city": "London", "country": "GB" },
    }))
    .unwrap();
    Ok(sites::create(tx, host.caller, host.organization, &new.read()?)?.id)
}

/// The tariffs of the resources that are measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tariff {
    /// A price by the hour.
    Flat,
    /// Also bands by weekday, hour and season, day, week and month rates, discounts, and VAT of the host.
    Full,
}

impl Tariff {
    fn json(self) -> serde_json::Value {
        match self {
            Self::Flat => json!({ "currency": "GBP", "rate": 1200, "per": "hour" }),
            Self::Full => json!({
                "currency": "GBP", "rate": 1200, "per": "hour", "minimum_charge": 300,
                "day_rate": 8000, "week_rate": 35_000, "month_rate": 120_000,
                "bands": [
                    { "name": "Peak", "rate": 1500, "hours": { "mon": [["09:00", "17:00"]], "wed": [["09:00", "17:00"]] } },
                    { "name": "Night", "rate": 700, "hours": { "fri": [["22:00", "06:00"]], "sat": [["22:00", "06:00"]] } },
                    { "name": "Winter", "rate": 1000, "from": "12-01", "to": "02-28" },
                ],
                "discounts": [
                    { "name": "Start-up rate", "percent": 30, "kinds": ["startup"] },
                    { "name": "Early", "percent": 5, "ahead_min_minutes": 10_080 },
                ],
                "volume_discounts": [{ "over": 50_000, "percent": 10 }],
            }),
        }
    }
}

/// Lets a host charge VAT.
pub(crate) fn charge_vat(tx: &mut Tx<'_>, host: Person) -> Result<(), Error> {
    let billing: NewBilling = serde_json::from_value(json!({ "country": "GB", "vat": { "rate": 2000 } })).unwrap();
    billing::update(tx, host.caller, host.organization, &IfMatch::Any, CardSetup::None, |_| billing.read())?;
    Ok(())
}

/// A machine that is listed. Its operator can run several, because one user books many machines at once.
pub(crate) fn resource(tx: &mut Tx<'_>, host: Person, site: SiteId, tariff: Tariff) -> Result<ResourceId, Error> {
    let new: NewResource = serde_json::from_value(json!({
        "kind": "machine", "name": "Lathe", "category": "lathe", "status": "listed",
        "booking_rules": { "grid_minutes": 15, "min_minutes": 15, "horizon_days": 1095, "operator_can_run_several": true },
        "tariff": tariff.json(),
    }))
    .unwrap();
    Ok(resources::create(tx, host.caller, site, &new.read()?)?.id)
}

/// Stores many allocations in the transaction under way, as if blocks had made them. PostgreSQL is
/// spared the judgement of each.
pub(crate) fn store_allocations(conn: &mut Conn, rows: &[(ResourceId, UtcTime, UtcTime)]) {
    if !conn.is_sqlite() {
        conn.batch_execute("SET LOCAL session_replication_role = replica").unwrap();
    }
    let longest = rows.iter().map(|(_, from, to)| to.minutes_since(*from)).max().unwrap_or_default();
    let is_sqlite = conn.is_sqlite();
    let at = |time: UtcTime| match is_sqlite {
        true => time.micros().to_string(),
        false => format!("'{}'", time.to_chrono().naive_utc()),
    };
    for rows in rows.chunks(1000) {
        let values: Vec<String> = rows
            .iter()
            .map(|(resource, from, to)| {
                let id = domain::ids::AllocationId::new(from.millis(), rand::random());
                format!("('{id}', 'block', '{resource}', {}, {}, 1)", at(*from), at(*to))
            })
            .collect();
        let columns = "id, claimed_by, resource_id, starts_at, ends_at, quantity";
        conn.batch_execute(&format!("INSERT INTO allocations ({columns}) VALUES {}", values.join(", "))).unwrap();
    }
    conn.batch_execute(&format!(
        "UPDATE resources SET longest_allocation_minutes = {longest} WHERE longest_allocation_minutes < {longest}"
    ))
    .unwrap();
    conn.batch_execute("ANALYZE").unwrap();
}

/// The service, as a process of its own.
pub(crate) struct Service {
    child: Child,
    /// Where it listens.
    pub(crate) address: String,
    /// How long it took to be ready.
    pub(crate) started_in: Duration,
    data: tempfile::TempDir,
}

impl Service {
    pub(crate) fn start(place: &Place) -> Self {
        Self::start_with(place, &[], &[("LIMITS__ENABLED", "false")])
    }

    /// Starts it with settings, as the argument of another program if one is named.
    pub(crate) fn start_with(place: &Place, program: &[&str], settings: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir_in(std::env::current_dir().unwrap().join("target")).unwrap();
        let began = Instant::now();
        // `MEASURED_PROGRAM` measures another build, such as an earlier release.
        let measured = std::env::var_os("MEASURED_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_sharefloor").into());
        let words: Vec<_> = program.iter().map(OsStr::new).chain([measured.as_os_str()]).collect();
        let mut command = Command::new(words[0]);
        if !program.is_empty() {
            // How many connections the pool opens depends on the time that requests take; each would count as a hundred requests.
            command.env("SHAREFLOOR_DATABASE__CONNECTIONS", "1");
        }
        let mut child = command
            .args(&words[1..])
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("DATABASE_URL", place.url())
            .env("SHAREFLOOR_DATA_DIR", data.path())
            .env("SHAREFLOOR_AUTH__SIGNING_KEY", SIGNING_KEY)
            .envs(settings.iter().map(|(name, value)| (format!("SHAREFLOOR_{name}"), value)))
            .env("SHAREFLOOR_LOG__FILTER", "error")
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| line.unwrap().strip_prefix("listening on http://").map(ToOwned::to_owned)).unwrap();
        Self { child, address, started_in: began.elapsed(), data }
    }

    /// Where it keeps its files.
    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }

    /// Ends it as a supervisor does, and waits until it has ended.
    pub(crate) fn stop(mut self) {
        Command::new("kill").arg(self.pid().to_string()).status().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
