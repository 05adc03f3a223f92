//! Sharefloor: firms list machinery, spare floor and storage; start-ups book time slots for a fee.
//!
//! This package is the program: the command line and the wiring. The layers are crates of their own, below `crates/`; see
//! ARCHITECTURE.md.

pub mod app;
pub mod cli;
pub mod demo;
pub mod import;
mod log;
