//! What the tests share.

#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot start must say so and stop")]

pub(crate) mod postgres;
