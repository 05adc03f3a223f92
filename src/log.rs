//! The log of the process, on standard error.

use std::backtrace::Backtrace;
use std::io::{self, IsTerminal as _};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

use environment::config::{Log, LogFormat};

/// The largest number of lines that wait to be written. Further lines are dropped.
const LINES: usize = 16_384;

/// Starts the log. The service never waits for it: a thread of its own writes the lines, and drops those that it cannot write
/// because the disk is full or because the reader of a pipe is slow or has ended.
///
/// Returns a guard that writes the last lines when it is dropped.
///
/// # Errors
/// When the filter of the configuration is invalid.
pub(crate) fn start(config: &Log) -> Result<WorkerGuard, Box<dyn std::error::Error>> {
    let filter = EnvFilter::try_new(&config.filter)?;
    let (writer, guard) = NonBlockingBuilder::default().buffered_lines_limit(LINES).thread_name("log").finish(io::stderr());
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(io::stderr().is_terminal())
        // Otherwise a line that cannot be written is reported on standard error, which panics if that fails, too.
        .log_internal_errors(false);
    match config.format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, backtrace = %Backtrace::capture(), "a thread panicked")));
    Ok(guard)
}
