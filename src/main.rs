//! Sharefloor's binary: runs what the command line asks for.

use std::process::ExitCode;

fn main() -> ExitCode {
    match sharefloor::cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sharefloor: {error}");
            ExitCode::FAILURE
        }
    }
}
