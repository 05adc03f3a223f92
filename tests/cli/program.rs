//! The program, started as anybody would, in a directory of its own.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Text;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection};

use crate::support::client::Client;
use crate::support::postgres::{self, Database};

/// Writes each test once and runs it on both databases, as `<name>::sqlite` and `<name>::postgres`.
macro_rules! on_both_databases {
    ($($(#[$doc:meta])* fn $name:ident($home:ident) $test:block)+) => {$(
        $(#[$doc])*
        fn $name($home: &$crate::cli::program::Home) $test

        mod $name {
            use $crate::cli::program::Home;

            #[test]
            fn sqlite() {
                super::$name(&Home::on_sqlite());
            }

            #[test]
            fn postgres() {
                super::$name(&Home::on_postgres());
            }
        }
    )+};
}
pub(crate) use on_both_databases;

/// A directory to work in, and a database. Both go when this is dropped.
pub(crate) struct Home {
    directory: tempfile::TempDir,
    database: Option<Database>,
}

impl Home {
    /// With the embedded database, as it is without any settings.
    pub(crate) fn on_sqlite() -> Self {
        Self { directory: tempfile::tempdir().expect("a directory is made"), database: None }
    }

    /// With a database of its own on the server that the tests share.
    pub(crate) fn on_postgres() -> Self {
        Self { database: Some(postgres::fresh_database()), ..Self::on_sqlite() }
    }

    /// Whether the database is the embedded one.
    pub(crate) const fn is_sqlite(&self) -> bool {
        self.database.is_none()
    }

    /// Where a file in the directory is.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file into the directory.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).expect("the directory can be written");
    }

    /// The program with these arguments, without settings from outside.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sharefloor"));
        command.args(arguments).current_dir(self.directory.path()).stdin(Stdio::null()).env_clear();
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", &database.url);
        }
        command.env("SHAREFLOOR_LOG__FILTER", "warn");
        // Passwords need not cost much here.
        command.env("SHAREFLOOR_AUTH__ARGON2_MEMORY_KIB", "8").env("SHAREFLOOR_AUTH__ARGON2_PASSES", "1");
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Ended::from(self.command(arguments).output().expect("the program starts"))
    }

    /// Starts the service on a free port, and waits until it is ready.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Serving {
        self.serve_as(arguments, |command| command)
    }

    /// The same, with what `configure` changes.
    pub(crate) fn serve_as(&self, arguments: &[&str], configure: impl FnOnce(&mut Command) -> &mut Command) -> Serving {
        let arguments = [&["serve", "--listen", "127.0.0.1:0"], arguments].concat();
        let mut command = self.command(&arguments);
        let mut process = configure(command.stdout(Stdio::piped())).spawn().expect("the program starts");
        let output = BufReader::new(process.stdout.take().expect("its output is piped"));
        let mut serving = Serving { url: String::new(), said: String::new(), process, output };
        let mut line = String::new();
        while serving.output.read_line(&mut line).expect("it writes UTF-8") > 0 {
            if let Some(url) = line.strip_prefix("listening on ") {
                url.trim_end().clone_into(&mut serving.url);
                return serving;
            }
            serving.said.push_str(&line);
            line.clear();
        }
        panic!("the service did not start, but said: {}", serving.said);
    }

    /// The rows of the one text column, named `value`, that SQL selects.
    pub(crate) fn select(&self, sql: &str) -> Vec<String> {
        match &self.database {
            None => select_from(&self.path("data/sharefloor.db"), sql),
            Some(database) => {
                let mut connection = PgConnection::establish(&database.url).expect("the database answers");
                texts(diesel::sql_query(sql).load(&mut connection).unwrap_or_else(|error| panic!("{sql}: {error}")))
            }
        }
    }

    /// Runs SQL that both databases understand.
    pub(crate) fn execute(&self, sql: &str) {
        match &self.database {
            None => connect(&self.path("data/sharefloor.db")).batch_execute(sql),
            Some(database) => PgConnection::establish(&database.url).expect("the database answers").batch_execute(sql),
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

/// As [`Home::select`], from a file of SQLite.
pub(crate) fn select_from(file: &Path, sql: &str) -> Vec<String> {
    texts(diesel::sql_query(sql).load(&mut connect(file)).unwrap_or_else(|error| panic!("{sql}: {error}")))
}

fn connect(file: &Path) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(file.to_str().expect("a path in UTF-8")).expect("the database answers");
    connection.batch_execute("PRAGMA busy_timeout = 10000").expect("the setting is known");
    connection
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    value: String,
}

fn texts(rows: Vec<Row>) -> Vec<String> {
    rows.into_iter().map(|row| row.value).collect()
}

/// What a run of the program left behind.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) is_success: bool,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("it writes UTF-8");
        Self { is_success: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Ended {
    /// What it said, if it did what it was asked.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert!(self.is_success, "{self:?}");
        self.out
    }

    /// Why it did not do what it was asked, in one line.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        assert!(!self.is_success && self.out.is_empty(), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
        self.err
    }
}

/// A service that runs. It is killed when this is dropped.
pub(crate) struct Serving {
    /// Where it listens.
    pub(crate) url: String,
    /// What it said before it was ready.
    pub(crate) said: String,
    process: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Serving {
    /// Somebody who has not signed in.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.url.clone())
    }

    /// Asks it to stop.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.process.id())]).status();
        assert!(sent.expect("sh starts").success());
    }

    /// Waits for its end, and answers whether it ended well, and what it said since it was ready.
    pub(crate) fn wait(mut self) -> (bool, String) {
        let mut said = String::new();
        self.output.read_to_string(&mut said).expect("it writes UTF-8");
        (self.process.wait().expect("it is a child").success(), said)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
