//! Sharefloor: firms list machinery, spare floor and storage; start-ups book time slots for a fee.
//!
//! Arrows go one way: `domain ← storage ← actions ← { http, jobs } ← app`; see ARCHITECTURE.md.

pub mod actions;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod http;
pub mod import;
pub mod jobs;
pub mod mail;
pub mod storage;
