//! The performance goals, measured:
//! `cargo bench --bench goals [-- bookings availability search money pages hostile webhooks rest instructions]`.
//! Figures of one run on one machine; compare ratios, for machines and their neighbours differ.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that fails must stop"
)]
#![allow(missing_docs, reason = "a program, not a library")]

#[path = "../../tests/support/postgres.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod postgres;

mod bookings;
mod browser;
mod cpu;
mod finding;
mod hostile;
mod instructions;
mod load;
mod money;
mod pages;
mod rest;
mod webhooks;
mod world;

use std::time::Duration;

use world::Place;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let seconds = |seconds| Duration::from_secs(seconds);
    tokio::task::LocalSet::new().block_on(&runtime, async {
        if is_wanted("instructions") {
            instructions::measure().await;
        }
        for place in [Place::sqlite, Place::postgres] {
            if is_wanted("bookings") {
                bookings::measure(place, seconds(5)).await;
            }
            if is_wanted("availability") {
                finding::availability(place, seconds(3)).await;
            }
            if is_wanted("search") {
                finding::search(place, seconds(3)).await;
            }
            if is_wanted("money") {
                money::measure(place, seconds(3)).await;
            }
            if is_wanted("pages") {
                pages::measure(place, seconds(3)).await;
            }
            if is_wanted("hostile") {
                hostile::measure(place, seconds(20)).await;
            }
            if is_wanted("webhooks") {
                webhooks::measure(place).await;
            }
            if is_wanted("rest") {
                rest::measure(place).await;
            }
        }
    });
}
