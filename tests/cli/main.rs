//! The program as it is met on the command line, on both databases where it touches one.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "what fails here must stop the test")]

#[path = "../support/mod.rs"]
mod support;

mod program;

mod backup;
mod demo;
mod help;
mod import;
mod killed;
mod operator;
mod serving;
