//! The tests of the service from outside, in one binary: it links the databases and the program once.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "what fails here must stop the test")]

mod support;

mod api;
mod architecture;
mod cli;
mod databases;
mod laws;
mod mail;
mod openapi;
mod upgrades;
mod web;
mod words;
