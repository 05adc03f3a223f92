//! A real PostgreSQL for the tests: one server a process, a fresh database in milliseconds.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::{Connection as _, PgConnection, RunQueryDsl as _};
use storage::db::Db;

/// Settings for tests that do not ask what survives a crash of the database's machine.
pub(crate) const FAST: &[&str] = &[
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum=off",
    "jit=off",
    // The plans of queries took a third of the server's time. Over the few rows of a test any plan will do.
    "plan_cache_mode=force_generic_plan",
    "join_collapse_limit=1",
    "from_collapse_limit=1",
    "shared_buffers=32MB",
    "max_wal_size=1GB",
    // A statement stops waiting for a lock before the default, so that PostgreSQL would never count a circle.
    "deadlock_timeout=20ms",
];

/// A migrated, empty database of its own, on the server that the tests of this process share.
pub(crate) fn fresh_database() -> Database {
    static SHARED: OnceLock<Server> = OnceLock::new();
    SHARED.get_or_init(|| Server::start(FAST)).fresh_database()
}

/// A server of its own. It stops, and its files go, when this is dropped or the process ends in whatever way.
pub(crate) struct Server {
    supervisor: Child,
    directory: String,
    databases: AtomicUsize,
}

/// A database that goes when this is dropped, whoever is still connected.
pub(crate) struct Database {
    server: String,
    name: String,
    /// What `DATABASE_URL` takes.
    pub(crate) url: String,
}

impl Server {
    /// Starts a server with `settings` over PostgreSQL's own defaults, which keep what was committed.
    pub(crate) fn start(settings: &[&str]) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", include_str!("postgres.sh"), "sh", "serve"]).args(settings).current_dir("/");
        // In a process group of its own, an interrupt from the terminal does not keep it from cleaning up.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        // PostgreSQL refuses to run as root.
        if fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0) {
            let (user, group) = unprivileged_user();
            command.uid(user).gid(group).env_remove("TMPDIR");
        }
        let mut supervisor = command.spawn().expect("sh starts");
        let mut output = BufReader::new(supervisor.stdout.take().expect("its output is piped"));
        let mut said = String::new();
        output.read_line(&mut said).expect("it writes UTF-8");
        let Some(directory) = said.strip_prefix("ready ").map(|directory| directory.trim_end().to_owned()) else {
            output.read_to_string(&mut said).expect("it writes UTF-8");
            panic!("{}", said.trim_end());
        };
        let server = Self { supervisor, directory, databases: AtomicUsize::new(0) };
        execute(&server.url("postgres"), "CREATE DATABASE migrated").expect("the template is created");
        Db::migrate(&server.url("migrated").parse().expect("a URL of PostgreSQL")).expect("the migrations run");
        server
    }

    /// A migrated, empty database of its own.
    pub(crate) fn fresh_database(&self) -> Database {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let server = self.url("postgres");
        execute(&server, &format!("CREATE DATABASE {name} TEMPLATE migrated")).expect("a database is created");
        Database { url: self.url(&name), server, name }
    }

    /// The process that the server's processes descend from.
    #[allow(dead_code, reason = "only the benchmarks ask")]
    pub(crate) fn pid(&self) -> u32 {
        self.supervisor.id()
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://sharefloor@/{database}?host={}", self.directory)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Fails when the server has gone before it, and the database with the server.
        let _ = execute(&self.server, &format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

fn execute(url: &str, sql: &str) -> Result<(), Box<dyn std::error::Error>> {
    diesel::sql_query(sql).execute(&mut PgConnection::establish(url)?)?;
    Ok(())
}

/// The user and the group, by number, that a server started by root runs as.
fn unprivileged_user() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").expect("/etc/passwd can be read");
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| {
            let mut fields =
                users.lines().map(|line| line.split(':')).find(|fields| fields.clone().next() == Some(name))?.skip(2);
            Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
        })
        .expect("root needs a user named postgres or nobody to run PostgreSQL as")
}
