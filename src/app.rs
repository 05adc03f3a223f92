//! All wiring: the configuration becomes a running service.

use std::fs;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web;
use chrono::TimeDelta;
use secrecy::ExposeSecret as _;
use tokio::sync::{Mutex, Notify, watch};

use ::webhooks::Sender;
use actions::written_events::WrittenEvents;
use api::access_token::Keys;
use api::ended_sessions::EndedSessions;
use api::event_streams::Streams;
use api::known_keys::KnownKeys;
use api::passwords::Passwords;
use api::server;
use api::state::{JobFigures, State};
use api::turns::Turns;
use api::wrong_passwords::WrongPasswords;
use environment::checkpoint_key::CheckpointKey;
use environment::clock::Clock;
use environment::config::{self, Config, InvalidConfig, Transport};
use environment::link_key::LinkKey;
use environment::seal_key::SealKey;
use environment::second_factor_key::SecondFactorKey;
use jobs::Runner;
use jobs::calendar_imports::CalendarImports;
use jobs::webhooks::Webhooks;
use mail::Mailer;
use openid::InvalidCalls;
use outgoing::{Clients, InvalidClient};
use services::card_payments::CardPayments;
use services::openid::OpenId;
use storage::connection::UnknownScheme;
use storage::db::Db;
use storage::error::StorageError;
use stripe::{InvalidStripe, Stripe};

/// Why the service did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A file or directory cannot be used.
    #[error("{0}: {1}")]
    File(String, #[source] io::Error),
    /// The database cannot be opened.
    #[error("cannot open the database: {0}")]
    Database(#[from] StorageError),
    /// The database is of no kind that is known.
    #[error(transparent)]
    DatabaseUrl(#[from] UnknownScheme),
    /// A setting makes no sense.
    #[error(transparent)]
    Config(#[from] InvalidConfig),
    /// The account at Stripe cannot be used.
    #[error(transparent)]
    Stripe(#[from] InvalidStripe),
    /// Providers of sign-ins cannot be called.
    #[error(transparent)]
    OpenId(#[from] InvalidCalls),
    /// No requests can be sent to webhooks and for calendars.
    #[error(transparent)]
    Outgoing(#[from] InvalidClient),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
}

/// A service that is ready: it listens, its database is open.
pub struct Service {
    /// Where it listens.
    pub address: SocketAddr,
    server: Server,
    jobs: Runner,
    /// The event streams, and the parts that they need.
    streams: (Arc<Streams>, Db, Clock, Arc<Notify>),
}

impl Service {
    /// Makes everything ready. To be called inside of actix's runtime.
    ///
    /// # Errors
    /// When a setting, a file, the database or the address cannot be used.
    pub fn start(config: Config, clock: Clock) -> Result<Self, StartError> {
        let db = open_database(&config)?;
        let secret = signing_key(&config)?;
        let links = LinkKey::new(secret.as_bytes());
        let token_lifetime = TimeDelta::minutes(config.auth.access_token_minutes.into());
        let keys = Keys::new(secret.as_bytes(), token_lifetime);
        let listen = config.server.listen;
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        let passwords = Passwords::new(config.hasher()?, processors);
        let mailer = Mailer::new(&config, links.clone())?;
        if config.mail.transport == Transport::File {
            make_dir(&config.mail_dir())?;
        }
        let outbox = Arc::new(Notify::new());
        let card_payments = card_payments(&config, &db, &clock, &outbox)?;
        let openid = OpenId::new(db.clone(), clock.clone(), &config)?;
        let webhooks = webhooks(&config, secret.as_bytes())?;
        let (secrets, told, events) = (webhooks.secrets.clone(), webhooks.told.clone(), webhooks.events.clone());
        let streams = (Arc::new(Streams::default()), db.clone(), clock.clone(), told);
        let senders = (card_payments.clone(), webhooks, calendar_imports(&config)?);
        let checkpoint_key = CheckpointKey::new(secret.as_bytes(), &config.public_url);
        let settings = (&config.mail, config.retention);
        let jobs = Runner::new((db.clone(), clock.clone()), mailer, senders, checkpoint_key.clone(), outbox.clone(), settings);
        let progress = jobs.progress();
        let report_jobs = Box::new(move |now| {
            let figures = progress.iter().map(|of| JobFigures { job: of.job, last_success: of.last_success(), lag: of.lag(now) });
            figures.collect()
        });
        // SQLite has one writer. On PostgreSQL most connections are left to operations that take less time.
        let heavy = if db.is_sqlite() { 1 } else { (config.database.connections / 4).max(1) as usize };
        let turns = Turns::new(processors, heavy, config.limits.enabled);
        let wrong_passwords = WrongPasswords::new(if config.limits.enabled { config.limits.wrong_passwords_per_hour } else { 0 });
        let state = web::Data::new(State {
            db,
            clock,
            config,
            keys,
            links,
            second_factors: SecondFactorKey::new(secret.as_bytes()),
            secrets,
            checkpoint_key,
            card_payments,
            openid,
            outbox,
            passwords,
            report_jobs,
            last_write: Mutex::default(),
            turns,
            known_keys: Arc::new(KnownKeys::default()),
            ended_sessions: EndedSessions::new(token_lifetime),
            streams: streams.0.clone(),
            events,
            wrong_passwords,
        });
        let (server, address) = server::bind(state, ::web::configure).map_err(|error| StartError::Listen(listen, error))?;
        Ok(Self { address, server, jobs, streams })
    }

    /// The handle that stops the service.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// The event streams, to be closed before the service stops: they do not end by themselves.
    pub fn streams(&self) -> Arc<Streams> {
        self.streams.0.clone()
    }

    /// Serves, and does the jobs, until it is stopped; requests and deliveries under way end first.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn run(self) -> io::Result<()> {
        let (stop, mut stopped) = watch::channel(());
        let mut streams_stopped = stopped.clone();
        let serve = async {
            let served = self.server.await;
            drop(stop);
            served
        };
        let (streams, db, clock, told) = self.streams;
        let streams = streams.run(db, clock, told, async { drop(streams_stopped.changed().await) });
        let (served, (), ()) = tokio::join!(serve, self.jobs.run(async { drop(stopped.changed().await) }), streams);
        served
    }
}

/// Payments by card with the account that is configured.
///
/// # Errors
/// When the account cannot be used.
pub fn card_payments(config: &Config, db: &Db, clock: &Clock, outbox: &Arc<Notify>) -> Result<CardPayments, InvalidStripe> {
    let stripe = Stripe::new(&config.stripe)?;
    Ok(CardPayments::new(db.clone(), clock.clone(), outbox.clone(), stripe, config))
}

/// The parts with which events are sent to webhooks. `secret` is that of the installation.
///
/// # Errors
/// When no client can be made.
pub fn webhooks(config: &Config, secret: &[u8]) -> Result<Webhooks, InvalidClient> {
    let (sender, secrets) = (Sender::new(&config.webhooks)?, SealKey::new(secret));
    Ok(Webhooks { sender, secrets, events: Arc::new(WrittenEvents::new(api::events::to_json)), told: Arc::default() })
}

/// Returns the key that signs checkpoints of the audit log.
///
/// # Errors
/// When the secret of the installation cannot be read.
pub fn checkpoint_key(config: &Config) -> Result<CheckpointKey, StartError> {
    Ok(CheckpointKey::new(signing_key(config)?.as_bytes(), &config.public_url))
}

/// The parts with which the calendars of hosts are read.
///
/// # Errors
/// When no client can be made.
pub fn calendar_imports(config: &Config) -> Result<CalendarImports, InvalidClient> {
    let (networks, config) = (&config.webhooks.allowed_networks, &config.calendar_imports);
    let clients = Clients::new("Sharefloor-Calendars/1", networks, Duration::from_secs(config.timeout_seconds))?;
    Ok(CalendarImports { clients, every: TimeDelta::minutes(config.every_minutes.into()) })
}

/// Opens the database as it is configured, with its tables up to date.
///
/// # Errors
/// When the data directory or the database cannot be used.
pub fn open_database(config: &Config) -> Result<Db, StartError> {
    make_dir(&config.data_dir)?;
    Ok(Db::open(&config.database_options()?)?)
}

/// Runs all pending migrations of the database and returns their names.
///
/// # Errors
/// When the data directory or the database cannot be used.
pub fn migrate(config: &Config) -> Result<Vec<String>, StartError> {
    make_dir(&config.data_dir)?;
    Ok(Db::migrate(&config.database_url()?)?)
}

/// Creates a directory that only its owner can enter, or closes one that an older release left open to others.
fn make_dir(dir: &Path) -> Result<(), StartError> {
    let made = fs::create_dir_all(dir).and_then(|()| fs::set_permissions(dir, fs::Permissions::from_mode(0o700)));
    made.map_err(|error| StartError::File(dir.display().to_string(), error))
}

/// The secret that tokens are signed with: as configured, or a random one kept in the data
/// directory, for its owner's eyes only.
fn signing_key(config: &Config) -> Result<String, StartError> {
    let configured = config.auth.signing_key.expose_secret();
    if !configured.is_empty() {
        return Ok(configured.to_owned());
    }
    let path = config.data_dir.join("signing.key");
    let failed = |error| StartError::File(path.display().to_string(), error);
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(mut file) => {
            let key: String = rand::random::<[u8; 32]>().iter().map(|byte| format!("{byte:02x}")).collect();
            file.write_all(key.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
            Ok(key)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let key = fs::read_to_string(&path).map_err(failed)?;
            match config::check_signing_key(&key) {
                Ok(()) => Ok(key),
                Err(problem) => Err(failed(io::Error::other(format!("the key {problem}. Remove the file to make a new one")))),
            }
        }
        Err(error) => Err(failed(error)),
    }
}
