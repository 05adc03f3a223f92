//! The inputs of the process from outside: its configuration and the time.

pub mod checkpoint_key;
pub mod clock;
pub mod config;
pub mod link_key;
pub mod openid_provider;
pub mod seal_key;
pub mod second_factor_key;
