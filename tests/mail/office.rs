//! An installation whose jobs run when a test says so.

use std::fs;
use std::sync::Arc;

use domain::fact::{Event, Fact, Subscriber};
use domain::ids::UserId;
use domain::password::PasswordHash;
use domain::principal::Principal;
use environment::config::Config;
use jobs::Runner;
use mail::Mailer;
use storage::connection::Conn;
use storage::db::{Db, Tx};
use storage::error::StorageError;
use storage::{facts, users};
use tokio::sync::Notify;

use crate::support::inbox::Mail;
use crate::support::server::{Kind, Server, calendar_imports, link_key, webhooks};

/// Writes each test once and runs it on both databases, as `<name>::sqlite` and `<name>::postgres`.
macro_rules! on_both_databases {
    ($($(#[$doc:meta])* async fn $name:ident($office:ident) $test:block)+) => {$(
        $(#[$doc])*
        async fn $name($office: &$crate::mail::office::Office) $test

        mod $name {
            use $crate::mail::office::Office;
            use $crate::support::server::{Kind, block_on};

            #[test]
            fn sqlite() {
                block_on(async { super::$name(&Office::open(Kind::Sqlite)).await });
            }

            #[test]
            fn postgres() {
                block_on(async { super::$name(&Office::open(Kind::Postgres)).await });
            }
        }
    )+};
}
pub(crate) use on_both_databases;

/// An installation: its database, its clock, its configuration.
pub(crate) struct Office {
    pub(crate) server: Server,
    pub(crate) db: Db,
}

impl Office {
    pub(crate) fn open(kind: Kind) -> Self {
        let server = Server::prepare(kind, &[]);
        let db = Db::open(&server.config.database_options().unwrap()).unwrap();
        fs::create_dir_all(server.mail_dir()).unwrap();
        Self { server, db }
    }

    /// The jobs of one server, configured as this installation but for what `configure` changes.
    pub(crate) fn runner(&self, configure: impl FnOnce(&mut Config)) -> Runner {
        let mut config = self.server.config.clone();
        configure(&mut config);
        let mailer = Mailer::new(&config, link_key(&config)).unwrap();
        let (clock, outbox) = (self.server.clock.clone(), Arc::new(Notify::new()));
        let cards = sharefloor::app::card_payments(&config, &self.db, &clock, &outbox).unwrap();
        let key = sharefloor::app::checkpoint_key(&config).expect("the secret is configured");
        let senders = (cards, webhooks(&config), calendar_imports(&config));
        Runner::new((self.db.clone(), clock), mailer, senders, key, outbox, (&config.mail, config.retention))
    }

    /// Records facts, in one transaction.
    pub(crate) async fn publish(&self, events: Vec<Event>) {
        let publish = move |tx: &mut Tx<'_>| {
            events.iter().cloned().try_for_each(|event| {
                let (id, now) = (tx.new_id(), tx.now);
                facts::insert(tx.conn, id, &Fact { principal: Principal::System, event }, &[Subscriber::Mail], now)
            })
        };
        self.db.write::<_, StorageError>(self.server.now(), publish).await.unwrap();
    }

    /// A user whose address is `name@example.org`, and who has heard of nothing yet.
    pub(crate) async fn user(&self, name: &str) -> UserId {
        let (email, name) = (format!("{name}@example.org").parse().unwrap(), name.to_owned());
        let insert = move |tx: &mut Tx<'_>| {
            let id = tx.new_id();
            users::insert(tx.conn, id, &email, &name, &PasswordHash::of_none(), None, tx.now)?;
            Ok::<_, StorageError>(id)
        };
        self.db.write(self.server.now(), insert).await.unwrap()
    }

    /// Asks a user to prove the address; the token is `token-of-<name>`.
    pub(crate) async fn ask_to_verify(&self, name: &str) {
        let user_id = self.user(name).await;
        let event = Event::VerificationRequested { user_id, token: format!("token-of-{name}") };
        self.publish(vec![event]).await;
    }

    /// The facts that the mail subscriber has not received, the oldest first.
    pub(crate) fn pending(&self) -> Vec<String> {
        self.server.select("SELECT fact_id AS value FROM deliveries WHERE state = 'pending' ORDER BY fact_id")
    }

    /// Reads from the database.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Conn) -> Result<T, StorageError> + Send + 'static,
    ) -> T {
        self.db.read(self.server.now(), move |tx| read(&mut tx.conn)).await.unwrap()
    }

    /// All messages that were written into files, the oldest first.
    pub(crate) fn files(&self) -> Vec<Mail> {
        Mail::read_all(&self.server.mail_dir())
    }

    /// Recipient, status, number of attempts and last error of every mail.
    pub(crate) fn mails(&self) -> Vec<String> {
        self.server.select(
            "SELECT recipient || ' ' || status || ' ' || attempts || ' ' || coalesce(last_error, '-') AS value \
             FROM mails ORDER BY recipient, template",
        )
    }
}
