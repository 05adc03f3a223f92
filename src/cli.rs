//! The command line.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

use crate::app::Service;
use crate::clock::Clock;
use crate::config::{Config, LogFormat};
use crate::http::openapi;
use crate::storage::db::Db;

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
    Serve {
        /// Address and port to listen on; port 0 takes a free one
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<SocketAddr>,
    },
    /// Bring the tables of the database up to date
    Migrate,
    /// Print the OpenAPI document
    Openapi,
}

/// Runs what the command line asks for.
///
/// # Errors
/// With what to tell the person at the terminal.
pub fn run() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let mut out = io::stdout();
    if matches!(arguments.command, Command::Openapi) {
        return Ok(writeln!(out, "{:#}", openapi::document())?);
    }
    let mut config = Config::load(arguments.config.as_deref())?;
    start_logging(&config)?;
    match arguments.command {
        Command::Serve { listen } => {
            config.server.listen = listen.unwrap_or(config.server.listen);
            actix_web::rt::System::new().block_on(serve(config))
        }
        Command::Migrate => {
            let ran = Db::migrate(&config.database_url()?)?;
            Ok(ran.iter().try_for_each(|name| writeln!(out, "migrated {name}"))?)
        }
        Command::Openapi => Ok(()),
    }
}

async fn serve(config: Config) -> Result<(), Box<dyn std::error::Error>> {
    let service = Service::start(config, Clock::System)?;
    let handle = service.handle();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    actix_web::rt::spawn(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        tracing::info!("stopping");
        handle.stop(true).await;
    });
    writeln!(io::stdout(), "listening on http://{}", service.address)?;
    Ok(service.run().await?)
}

fn start_logging(config: &Config) -> Result<(), Box<dyn std::error::Error>> {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log.filter)?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match config.log.format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
