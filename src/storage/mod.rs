//! The only code that knows the database: one file for each noun, and the door in [`db`].

pub mod connection;
pub mod db;
pub mod error;
pub mod migrations;
pub mod types;

mod schema;
