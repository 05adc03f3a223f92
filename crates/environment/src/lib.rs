//! What the process is given from outside: its configuration and the time.

pub mod clock;
pub mod config;
