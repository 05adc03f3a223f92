//! Sharefloor's binary: runs what the command line asks for.

use std::io::{self, Write as _};
use std::process::ExitCode;

fn main() -> ExitCode {
    match sharefloor::cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "sharefloor: {error}");
            ExitCode::FAILURE
        }
    }
}
