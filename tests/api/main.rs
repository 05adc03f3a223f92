//! The API as its callers meet it, on both databases.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "what fails here must stop the test")]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod audit;
mod auth;
mod availability;
mod blocks;
mod booking_groups;
mod booking_life;
mod booking_moves;
mod booking_offers;
mod bookings;
mod certifications;
mod conventions;
mod disclosure;
mod docs;
mod me;
mod members;
mod metrics;
mod organizations;
mod out_of_order;
mod problems;
mod protection;
mod resource_links;
mod resources;
mod rules;
mod search;
mod series;
mod terms;
mod trainings;
mod waitlist;
mod waitlist_line;
mod waitlist_offers;
