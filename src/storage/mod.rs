//! The only code that knows the database: one file for each noun, and the door in [`db`].

pub mod allocations;
pub mod audit;
pub mod backlog;
pub mod backup;
pub mod blocks;
pub mod booking_groups;
pub mod bookings;
pub mod certification_kinds;
pub mod certifications;
pub mod connection;
pub mod db;
pub mod error;
pub mod holdings;
pub mod idempotency_keys;
pub mod mails;
pub mod members;
pub mod migrations;
pub mod one_time_tokens;
pub mod operators;
pub mod organizations;
pub mod outbox;
pub mod reminders;
pub mod resource_links;
pub mod resources;
pub mod search;
pub mod series;
pub mod sessions;
pub mod sites;
pub mod terms;
pub mod terms_acceptances;
pub mod training_seats;
pub mod trainings;
pub mod types;
pub mod users;
pub mod waitlist_entries;

mod schema;
