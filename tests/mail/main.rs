//! The way of a message: from the outbox into the queue, and out of the queue to its reader.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "what fails here must stop the test")]

#[path = "../support/mod.rs"]
mod support;

mod bookings;
mod cleanup;
mod office;
mod operators;
mod post_office;
mod queue;
mod reminders;
mod smtp;
