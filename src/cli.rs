//! The command line.

use std::collections::HashSet;
use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use rustix::fs::Mode;
use secrecy::SecretString;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::{self, Service};
use crate::demo::{self, Demonstration};
use crate::import::{self, DataSet};
use crate::log;
use actions::accounts::{self, NewUser};
use actions::audit_verification::Verification;
use actions::ledger::{self, Discrepancy};
use api::openapi;
use domain::email::Email;
use domain::fields::{Fields, InvalidFields};
use domain::password::Password;
use domain::resource::ResourceStatus;
use environment::checkpoint_key::CheckpointVerifier;
use environment::clock::Clock;
use environment::config::Config;
use storage::db::ReadTx;
use storage::{backup, users};

/// Sharefloor: firms list idle machinery, floor space and storage; start-ups book time slots.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Settings: every key is documented in config/default.toml. A file (--config) and environment \
variables override it: SHAREFLOOR_SERVER__LISTEN sets `listen` in [server]; DATABASE_URL=postgres://… chooses PostgreSQL. \
Without any, everything is kept in ./data."
)]
struct Arguments {
    /// A file that overrides the default settings
    #[arg(long, global = true, env = "SHAREFLOOR_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API
    ///
    /// Brings the database up to date, listens, prints the address, and stops on SIGTERM or SIGINT
    /// after the requests under way have ended.
    #[command(after_help = "Examples:
  sharefloor serve --demo
  DATABASE_URL=postgres://sharefloor@db.example/sharefloor sharefloor serve --listen 0.0.0.0:8080")]
    Serve {
        /// Address and port to listen on; port 0 takes a free one
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<SocketAddr>,
        /// Fill the database with a demonstration, if it is empty, and print how to sign in
        ///
        /// Firms, start-ups and maker spaces in London, Brussels and Rotterdam with their machines,
        /// floors and storage, booked in this week and the next. The accounts have a random password,
        /// printed once and kept in demo-accounts.txt in the data directory, one account a line:
        /// address, password, role, organization. A database that has data is left alone.
        #[arg(long)]
        demo: bool,
    },
    /// Bring the tables of the database up to date
    ///
    /// `serve` and `import` do the same before they start; this is for those who want it done
    /// beforehand. Prints the name of each migration that ran, and nothing where all is up to date.
    Migrate,
    /// Bring in spaces and their machines from files
    ///
    /// Each space becomes an organization (a maker space) with a site, each machine that somebody
    /// would book a resource. Rows that cannot be used are reported with file, line and reason; the
    /// rest goes in. Values that the files do not contain (opening hours, prices …) are assumed, and the report
    /// lists it.
    ///
    /// Everything is known by its key in the data set: importing the same files again changes
    /// nothing, changed files update the fields that the files contain, and an import that was interrupted
    /// goes on from where it was. Hours, rules, prices and status are assumed once, when a space is new;
    /// later they are the business of who runs it. A space that has an owner here is left alone.
    ///
    /// To hand a space over, an operator makes somebody its owner (POST /organizations/{id}/members).
    #[command(after_help = "Example:
  sharefloor import uk-makerspaces uk_makerspaces_2015.csv uk_makerspaces_2015_machines.csv
  sharefloor import --json okw okw_fablabs.csv >report.json")]
    Import {
        /// Report as JSON
        #[arg(long, global = true)]
        json: bool,
        #[command(subcommand)]
        files: Files,
    },
    /// Check the ledger
    #[command(subcommand)]
    Ledger(Ledger),
    /// Check the audit log
    #[command(subcommand)]
    Audit(AuditLog),
    /// Make an account that runs the installation
    ///
    /// Asks for its password, or takes the first line of standard input where that is no terminal.
    /// The address needs no proof. Operators see and manage every organization, but book for none.
    #[command(after_help = "Examples:
  sharefloor create-operator ops@example.org --name 'Olga Marsh'
  sharefloor create-operator ops@example.org <password.txt
  sharefloor create-operator --promote ada@example.org")]
    CreateOperator {
        /// The address to sign in with
        email: Email,
        /// How the person is called
        #[arg(long, default_value = "Operator")]
        name: String,
        /// Let an account that exists run the installation; its name and password stay as they are
        #[arg(long, conflicts_with = "name")]
        promote: bool,
    },
    /// Copy the embedded database into a file, also while the service runs
    ///
    /// The copy is of one moment, complete and checked; a file that exists is not overwritten. The
    /// signing key and the mails in the data directory are not part of it. To go back to a copy, stop
    /// the service, remove sharefloor.db-wal and sharefloor.db-shm, and put the copy in the place of
    /// sharefloor.db.
    ///
    /// PostgreSQL has pg_dump for this.
    #[command(after_help = "Example:
  sharefloor backup /var/backups/sharefloor-$(date +%F).db")]
    Backup {
        /// Where to write the copy
        file: PathBuf,
    },
    /// Print the OpenAPI document
    ///
    /// OpenAPI 3.1, the same as at /api/openapi.json of a running service: complete enough to generate a
    /// client from. Needs no settings and no database.
    #[command(after_help = "Example:
  sharefloor openapi >openapi.json")]
    Openapi,
}

/// The work on the ledger.
#[derive(Debug, Subcommand)]
enum Ledger {
    /// Compare the ledger with the bookings, payments and invoices
    ///
    /// Proves that the rows of each booking add up to what it owes (its price, its fee, or nothing), those of each payment
    /// to its amount, those of each invoice to its sums, and the stored sums to the rows. Prints each difference, and fails if there is one. Changes nothing;
    /// the service can run meanwhile.
    Verify,
}

/// The work on the audit log.
#[derive(Debug, Subcommand)]
enum AuditLog {
    /// Compare the audit log with its tree and its signed checkpoints
    ///
    /// Computes the tree again from the entries, and compares it with the root of each checkpoint, whose signature is checked. So it
    /// finds each entry that was altered, removed or inserted since it was signed. Prints each difference, and fails if there is one.
    /// Changes nothing; the service can run meanwhile.
    #[command(after_help = "Example:
  sharefloor audit verify
  sharefloor audit verify --key 'share.example+0f1e2d3c+AS…' --checkpoint kept-elsewhere.txt")]
    Verify {
        /// A further key that has signed checkpoints, from before the secret of the installation changed
        #[arg(long = "key", value_name = "KEY")]
        keys: Vec<CheckpointVerifier>,
        /// A file with a checkpoint that was kept elsewhere; the tree must begin with it
        #[arg(long = "checkpoint", value_name = "FILE")]
        checkpoints: Vec<PathBuf>,
    },
}

/// The data sets that can be imported.
#[derive(Debug, Subcommand)]
enum Files {
    /// Nesta's Open Dataset of UK Makerspaces (2015)
    ///
    /// Hand tools, furniture, materials and remarks among the machines are skipped. A booking of an
    /// imported machine is a request: nobody at the space has agreed to more. An owner of the space
    /// approves or declines it; as long as there is none, an operator.
    UkMakerspaces {
        /// The spaces: slug, name, address, postcode, region, area, lat, lon …
        spaces: PathBuf,
        /// A file of their machines: space, category, item, qty
        machines: PathBuf,
        /// Import the machines as drafts, which nobody sees until their owner lists them
        #[arg(long)]
        drafts: bool,
    },
    /// Open Know-Where's list of fab labs, by the Internet of Production Alliance
    ///
    /// It names no machines: a lab shows in the catalogue as soon as its owner lists something.
    Okw {
        /// The labs: facility_id, name, url, country, city, street, lat, lon …
        facilities: PathBuf,
    },
}

impl Files {
    fn read(&self) -> Result<DataSet, import::ImportError> {
        match self {
            Self::UkMakerspaces { spaces, machines, drafts } => {
                let status = if *drafts { ResourceStatus::Draft } else { ResourceStatus::Listed };
                import::uk_makerspaces::read(spaces, machines, status)
            }
            Self::Okw { facilities } => import::okw::read(facilities),
        }
    }
}

/// Runs what the command line asks for.
///
/// # Errors
/// With a message for the person at the terminal.
pub fn run() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let mut out = io::stdout();
    if matches!(arguments.command, Command::Openapi) {
        return Ok(writeln!(out, "{:#}", openapi::document())?);
    }
    // All files of the service and its backups can be read by its user only.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let mut config = Config::load(arguments.config.as_deref())?;
    let _log = log::start(&config.log)?;
    match arguments.command {
        Command::Serve { listen, demo } => {
            config.server.listen = listen.unwrap_or(config.server.listen);
            actix_web::rt::System::new().block_on(async {
                if demo {
                    fill_with_demonstration(&config).await?;
                }
                serve(config).await
            })
        }
        Command::Migrate => {
            let ran = app::migrate(&config)?;
            Ok(ran.iter().try_for_each(|name| writeln!(out, "migrated {name}"))?)
        }
        Command::Import { json, files } => {
            let data_set = files.read()?;
            actix_web::rt::System::new().block_on(import(&config, data_set, json))
        }
        Command::CreateOperator { email, name, promote } => {
            actix_web::rt::System::new().block_on(create_operator(&config, email, &name, promote))
        }
        Command::Backup { file } => {
            backup::write(&config.database_url()?, &file)?;
            Ok(writeln!(out, "wrote {}", file.display())?)
        }
        Command::Ledger(Ledger::Verify) => actix_web::rt::System::new().block_on(verify_ledger(&config)),
        Command::Audit(AuditLog::Verify { keys, checkpoints }) => {
            actix_web::rt::System::new().block_on(verify_audit(&config, keys, &checkpoints))
        }
        Command::Openapi => Ok(()),
    }
}

async fn import(config: &Config, data_set: DataSet, json: bool) -> Result<(), Box<dyn std::error::Error>> {
    let db = app::open_database(config)?;
    // Drawn on a terminal only.
    let bar = ProgressBar::new(data_set.spaces.len() as u64);
    bar.set_style(ProgressStyle::with_template("{wide_bar} {pos}/{len} spaces")?);
    let report = data_set.store(&db, Clock::System.now(), |stored| bar.inc(stored as u64)).await?;
    bar.finish_and_clear();
    let mut out = io::stdout();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?
    } else {
        write!(out, "{report}")?
    }
    Ok(())
}

async fn fill_with_demonstration(config: &Config) -> Result<(), Box<dyn std::error::Error>> {
    let (db, file) = (app::open_database(config)?, config.data_dir.join("demo-accounts.txt"));
    let Some(made) = demo::fill(&db, Clock::System.now(), &config.hasher()?, &file).await? else {
        announce(format_args!("demonstration: the database has data, and was left alone"));
        return Ok(());
    };
    let Demonstration { organizations, resources, bookings, accounts } = made;
    announce(format_args!("demonstration: {organizations} organizations, {resources} resources, {bookings} bookings"));
    announce(format_args!("sign in with address and password, for example (all accounts: {}):", file.display()));
    let mut roles = HashSet::new();
    for account in accounts.iter().filter(|account| roles.insert(account.role.as_str())) {
        announce(format_args!("  {account}"));
    }
    Ok(())
}

/// Compares the ledger with all that it is about, a part in each transaction.
async fn verify_ledger(config: &Config) -> Result<(), Box<dyn std::error::Error>> {
    let db = app::open_database(config)?;
    let (mut out, mut differ, mut next) = (io::stdout(), 0_usize, Some(ledger::Step::FIRST));
    while let Some(step) = next {
        let (found, following) = db.read(Clock::System.now(), move |tx| ledger::verify(tx, step)).await?;
        differ += found.len();
        for Discrepancy { object, found, expected } in found {
            writeln!(out, "{object}: the ledger has {found}, but should have {expected}")?;
        }
        next = following;
    }
    match differ {
        0 => Ok(writeln!(out, "the ledger agrees with all bookings, payments and invoices")?),
        1 => Err("1 difference".into()),
        several => Err(format!("{several} differences").into()),
    }
}

/// Compares the audit log with its tree and its checkpoints, a part in each transaction.
async fn verify_audit(
    config: &Config,
    mut keys: Vec<CheckpointVerifier>,
    kept: &[PathBuf],
) -> Result<(), Box<dyn std::error::Error>> {
    keys.push(app::checkpoint_key(config)?.verifier()?);
    let check = move |note: &str| {
        let signed = keys.iter().find_map(|key| key.verify(note));
        signed.ok_or_else(|| "its signature is not valid".to_owned())
    };
    let kept = kept.iter().map(fs::read_to_string).collect::<Result<Vec<_>, _>>()?;
    let (db, mut out, mut differ) = (app::open_database(config)?, io::stdout(), 0_usize);
    let (mut verification, mut has_more) = (Verification::new(Arc::new(check), kept), true);
    while has_more {
        let step = move |tx: &mut ReadTx| {
            let (found, has_more) = verification.go_on(tx)?;
            Ok::<_, actions::error::Error>((verification, found, has_more))
        };
        let found;
        (verification, found, has_more) = db.read(Clock::System.now(), step).await?;
        differ += found.len();
        for difference in found {
            writeln!(out, "{difference}")?;
        }
    }
    let Verification { signed, waiting, erased, .. } = &verification;
    match differ {
        0 => Ok(writeln!(
            out,
            "the audit log agrees with its tree of {} entries and {signed} checkpoints; {waiting} entries wait to be added; {erased} have \
             an erased part",
            verification.size()
        )?),
        1 => Err("1 difference".into()),
        several => Err(format!("{several} differences").into()),
    }
}

async fn create_operator(config: &Config, email: Email, name: &str, promote: bool) -> Result<(), Box<dyn std::error::Error>> {
    let db = app::open_database(config)?;
    let now = Clock::System.now();
    let address = email.clone();
    let known = db.read(now, move |tx| users::find_by_email(&mut tx.conn, &address)).await?;
    let user = match (known, promote) {
        (Some(user), true) => db.write(now, move |tx| accounts::make_operator(tx, user.id)).await?,
        (None, true) => return Err(format!("{email} has no account").into()),
        (Some(_), false) => {
            return Err(format!("{email} has an account; --promote makes it one that runs the installation").into());
        }
        (None, false) => {
            let mut fields = Fields::default();
            let called = fields.line("the name", name, domain::limits::Name::RANGE);
            let password = Password::read(&mut fields, "the password", &ask_password()?, &[email.as_str(), name]);
            let (name, password) = fields.finish(|| Some((called?, password?))).map_err(|InvalidFields(errors)| {
                errors.iter().map(|error| format!("{} {}", error.pointer, error.detail)).collect::<Vec<_>>().join("; ")
            })?;
            let password_hash = config.hasher()?.hash(&password, rand::random()).map_err(|error| error.to_string())?;
            let new = NewUser { email, name, password_hash, language: None };
            db.write(now, move |tx| accounts::create_operator(tx, &new)).await?
        }
    };
    Ok(writeln!(io::stdout(), "{} runs the installation", user.email)?)
}

/// Asks twice on a terminal; elsewhere takes the first line of standard input.
fn ask_password() -> Result<SecretString, Box<dyn std::error::Error>> {
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).into());
    }
    let (password, again) = (rpassword::prompt_password("Password: ")?, rpassword::prompt_password("Once more: ")?);
    if password == again { Ok(password.into()) } else { Err("the two passwords are not the same".into()) }
}

/// Prints a line about the service. Where it cannot be printed, the service runs without it.
fn announce(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stdout(), "{line}");
}

async fn serve(config: Config) -> Result<(), Box<dyn std::error::Error>> {
    let service = Service::start(config, Clock::System)?;
    let (handle, streams) = (service.handle(), service.streams());
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    actix_web::rt::spawn(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        tracing::info!("stopping");
        streams.close();
        handle.stop(true).await;
    });
    announce(format_args!("listening on http://{}", service.address));
    Ok(service.run().await?)
}
