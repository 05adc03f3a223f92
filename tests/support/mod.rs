//! What the tests share.

#![allow(dead_code, unused_imports, unused_macros, reason = "each test binary uses a part of it")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot start must say so and stop")]

pub(crate) mod client;
pub(crate) mod contract;
pub(crate) mod inbox;
pub(crate) mod people;
pub(crate) mod postgres;
pub(crate) mod server;
