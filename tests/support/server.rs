//! The real service in this process, on a database of its own, and clients that call it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::{self, JoinHandle};

use chrono::TimeDelta;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection};
use domain::time::UtcTime;
use environment::clock::Clock;
use environment::config::Config;
use environment::link_key::LinkKey;
use jobs::Runner;
use jobs::calendar_imports::CalendarImports;
use jobs::webhooks::Webhooks;
use mail::Mailer;
use secrecy::ExposeSecret as _;
use sharefloor::app::{self, Service};
use storage::db::Db;

use super::client::Client;
use super::postgres::{self, Database};

/// Writes each test once and runs it on both databases, as `<name>::sqlite` and `<name>::postgres`. What follows the name of
/// the server changes the configuration that it starts with.
macro_rules! on_both_databases {
    ($($(#[$doc:meta])* async fn $name:ident($server:ident $(, $configure:expr)?) $test:block)+) => {$(
        $(#[$doc])*
        async fn $name($server: &$crate::support::server::Server) $test

        mod $name {
            use $crate::support::server::{Kind, Server, block_on};

            fn run(kind: Kind) {
                let server = Server::start(kind, &[$(&$configure)?]);
                block_on(super::$name(&server));
            }

            #[test]
            fn sqlite() {
                run(Kind::Sqlite);
            }

            #[test]
            fn postgres() {
                run(Kind::Postgres);
            }
        }
    )+};
}
pub(crate) use on_both_databases;

/// Runs what a test awaits.
pub(crate) fn block_on<F: Future>(test: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts").block_on(test)
}

/// A server with two workers, for tests of what its workers share.
pub(crate) fn with_two_workers(config: &mut Config) {
    config.server.workers = 2;
}

/// Which database a server keeps its data in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A file in a directory of its own.
    Sqlite,
    /// A database of its own on the server that the tests share.
    Postgres,
}

/// A running service. It stops, and its data goes, when this is dropped.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) url: String,
    /// Stands still until the test moves it.
    pub(crate) clock: Clock,
    /// What it was started with.
    pub(crate) config: Config,
    /// Which database it has.
    pub(crate) kind: Kind,
    running: Option<(actix_web::dev::ServerHandle, JoinHandle<std::io::Result<()>>)>,
    // Dropped after the thread has ended.
    _database: Option<Database>,
    _data: Option<tempfile::TempDir>,
}

/// The time at which a server's clock stands at first: a Monday in winter, at nine in the morning in London.
pub(crate) const START: &str = "2026-11-30T09:00:00Z";

/// The address of a new SQLite database in `directory`, empty and migrated: the migrations take half of the time of a short test.
fn fresh_file(directory: &Path) -> String {
    static MIGRATED: OnceLock<Vec<u8>> = OnceLock::new();
    let url = |directory: &Path| format!("sqlite://{}", directory.join("test.db").display());
    let migrated = MIGRATED.get_or_init(|| {
        let directory = tempfile::tempdir().expect("a directory is made");
        Db::migrate(&url(directory.path()).parse().expect("a URL of SQLite")).expect("the migrations run");
        fs::read(directory.path().join("test.db")).expect("it is a file")
    });
    fs::write(directory.join("test.db"), migrated).expect("a file is written");
    url(directory)
}

/// The key that signs the links in the mails of a service.
pub(crate) fn link_key(config: &Config) -> LinkKey {
    LinkKey::new(config.auth.signing_key.expose_secret().as_bytes())
}

/// The parts with which the service sends events to webhooks.
pub(crate) fn webhooks(config: &Config) -> Webhooks {
    app::webhooks(config, config.auth.signing_key.expose_secret().as_bytes()).expect("clients can be made")
}

/// The parts with which the service reads calendars.
pub(crate) fn calendar_imports(config: &Config) -> CalendarImports {
    app::calendar_imports(config).expect("clients can be made")
}

impl Server {
    /// A service that is ready, over an empty database.
    pub(crate) fn start(kind: Kind, configure: &[&dyn Fn(&mut Config)]) -> Self {
        Self::prepare(kind, configure).run()
    }

    /// One more service over the same database, which must outlive it.
    pub(crate) fn another(&self) -> Self {
        // Mails are found in one place, whichever of the two writes them.
        let (url, clock, config, kind) = (String::new(), self.clock.clone(), self.config.clone(), self.kind);
        Self { url, clock, config, kind, running: None, _database: None, _data: None }.run()
    }

    /// Starts what was prepared.
    pub(crate) fn run(mut self) -> Self {
        let (config, clock) = (self.config.clone(), self.clock.clone());
        let (started, start) = mpsc::channel();
        let thread = thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let service = Service::start(config, clock).expect("the service starts");
                started.send((service.address, service.handle())).expect("the test waits for it");
                service.run().await
            })
        });
        let (address, handle) = start.recv().expect("the service starts");
        self.url = format!("http://{address}");
        self.running = Some((handle, thread));
        self
    }

    /// All that a service needs, over an empty database; nothing listens and no job runs.
    pub(crate) fn prepare(kind: Kind, configure: &[&dyn Fn(&mut Config)]) -> Self {
        // What the service complains of is shown with a test that fails.
        let _ = tracing_subscriber::fmt().with_env_filter("warn").with_test_writer().try_init();
        let data = tempfile::tempdir().expect("a directory is made");
        let database = (kind == Kind::Postgres).then(postgres::fresh_database);
        let mut config = Config::load(None).expect("the defaults are good");
        config.data_dir = data.path().to_owned();
        config.database.url = match &database {
            Some(database) => database.url.clone().into(),
            None => fresh_file(data.path()).into(),
        };
        config.database.synchronous = storage::connection::Synchronous::Normal;
        config.database.connections = 8;
        config.server.listen = ([127, 0, 0, 1], 0).into();
        // Each worker compiles all routes, which takes as long as most tests.
        config.server.workers = 1;
        config.server.shutdown_seconds = 1;
        config.auth.signing_key = "the secret of all servers in the tests".into();
        // A test that moves the clock by days is not about signing in.
        config.auth.access_token_minutes = 10 * 365 * 24 * 60;
        config.auth.argon2_memory_kib = 8;
        config.auth.argon2_passes = 1;
        config.mail.transport = environment::config::Transport::File;
        config.limits.enabled = false;
        for change in configure {
            change(&mut config);
        }
        let clock = Clock::manual(START.parse::<chrono::DateTime<chrono::Utc>>().expect("an instant").into());
        Self { url: String::new(), clock, config, kind, running: None, _database: database, _data: Some(data) }
    }

    /// Somebody who has not signed in.
    pub(crate) fn anonymous(&self) -> Client {
        Client::new(format!("{}/api/v1", self.url))
    }

    /// Calls what lies outside of `/api/v1`.
    pub(crate) fn root(&self) -> Client {
        Client::new(self.url.clone())
    }

    /// What time it is for the service.
    pub(crate) fn now(&self) -> UtcTime {
        self.clock.now()
    }

    /// The same as SQL writes it.
    pub(crate) fn sql_now(&self) -> String {
        self.sql_at(TimeDelta::zero())
    }

    /// The instant that is `later` than now, as SQL writes it.
    pub(crate) fn sql_at(&self, later: TimeDelta) -> String {
        let at = self.now() + later;
        match self.kind {
            Kind::Sqlite => at.micros().to_string(),
            Kind::Postgres => format!("TIMESTAMP '{}'", at.to_chrono().naive_utc()),
        }
    }

    /// Lets time pass.
    pub(crate) fn advance(&self, time: TimeDelta) {
        self.clock.set(self.clock.now() + time);
    }

    /// The jobs of a second server that runs beside the first, when the test says so.
    pub(crate) fn runner(&self) -> Runner {
        let db = Db::open(&self.config.database_options().expect("they are good")).expect("the database answers");
        let mailer = Mailer::new(&self.config, link_key(&self.config)).expect("it can be made");
        let outbox = Arc::default();
        let cards = app::card_payments(&self.config, &db, &self.clock, &outbox).expect("the account can be used");
        let senders = (cards, webhooks(&self.config), calendar_imports(&self.config));
        let key = app::checkpoint_key(&self.config).expect("the secret is configured");
        Runner::new((db, self.clock.clone()), mailer, senders, key, outbox, (&self.config.mail, self.config.retention))
    }

    /// Does all that is due, as a second server would.
    pub(crate) async fn run_jobs(&self) {
        self.runner().run_once().await.expect("it is done");
    }

    /// Does so until all that was to be told is sent, by the service itself or here.
    pub(crate) async fn tell_all(&self) {
        let waiting = "SELECT id AS value FROM mails WHERE status = 'queued' UNION ALL SELECT fact_id FROM deliveries WHERE state = 'pending'";
        for _ in 0..500 {
            self.run_jobs().await;
            if self.select(waiting).is_empty() {
                return;
            }
        }
        panic!("it is not sent");
    }

    /// Where messages are written.
    pub(crate) fn mail_dir(&self) -> PathBuf {
        self.config.mail_dir()
    }

    /// Runs SQL that both databases understand, and answers how many rows it changed.
    pub(crate) fn execute(&self, sql: &str) -> usize {
        self.query(sql, |sql, pg| sql.execute(pg), |sql, sqlite| sql.execute(sqlite))
    }

    /// Whether the database refuses this SQL for this reason.
    pub(crate) fn refuses(&self, sql: &str, reason: &str) -> bool {
        let is_refusal = |result: diesel::QueryResult<usize>| {
            Ok(matches!(result, Err(diesel::result::Error::DatabaseError(_, told)) if told.message() == reason))
        };
        self.query(sql, |sql, pg| is_refusal(sql.execute(pg)), |sql, sqlite| is_refusal(sql.execute(sqlite)))
    }

    /// Whether the database does not do what SQL says, for whatever reason.
    pub(crate) fn fails(&self, sql: &str) -> bool {
        let is_error = |result: diesel::QueryResult<usize>| Ok(result.is_err());
        self.query(sql, |sql, pg| is_error(sql.execute(pg)), |sql, sqlite| is_error(sql.execute(sqlite)))
    }

    /// The rows of the one text column, named `value`, that SQL selects.
    pub(crate) fn select(&self, sql: &str) -> Vec<String> {
        let rows: Vec<Row> = self.query(sql, |sql, pg| sql.load(pg), |sql, sqlite| sql.load(sqlite));
        rows.into_iter().map(|row| row.value).collect()
    }

    /// Keeps every write waiting until what this answers is dropped.
    pub(crate) fn hold_writes(&self) -> Box<dyn std::any::Any> {
        use diesel::connection::SimpleConnection as _;
        use secrecy::ExposeSecret as _;
        let url = self.config.database.url.expose_secret();
        match url.strip_prefix("sqlite://") {
            None => {
                let mut held = PgConnection::establish(url).expect("the database answers");
                held.batch_execute("BEGIN; LOCK TABLE organizations, users, bookings").expect("nobody else holds them");
                Box::new(held)
            }
            Some(path) => {
                let mut held = SqliteConnection::establish(path).expect("the database answers");
                held.batch_execute("PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE").expect("whoever writes comes to an end");
                Box::new(held)
            }
        }
    }

    fn query<T>(
        &self,
        sql: &str,
        on_postgres: impl FnOnce(diesel::query_builder::SqlQuery, &mut PgConnection) -> diesel::QueryResult<T>,
        on_sqlite: impl FnOnce(diesel::query_builder::SqlQuery, &mut SqliteConnection) -> diesel::QueryResult<T>,
    ) -> T {
        use diesel::connection::SimpleConnection as _;
        use secrecy::ExposeSecret as _;
        let url = self.config.database.url.expose_secret();
        let query = diesel::sql_query(sql);
        let result = match url.strip_prefix("sqlite://") {
            None => on_postgres(query, &mut PgConnection::establish(url).expect("the database answers")),
            Some(path) => {
                let mut sqlite = SqliteConnection::establish(path).expect("the database answers");
                sqlite.batch_execute("PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON").expect("the settings are known");
                on_sqlite(query, &mut sqlite)
            }
        };
        result.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = diesel::sql_types::Text)]
    value: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // The order to stop is given by the call; only the end of it is awaited.
        let Some((handle, thread)) = self.running.take() else { return };
        drop(handle.stop(false));
        let ended = thread.join();
        if !thread::panicking() {
            ended.expect("the service did not panic").expect("the service ended well");
        }
    }
}
