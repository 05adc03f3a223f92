//! The only code that uses the database: one file for each noun, and [`db`], which opens transactions.

pub mod allocations;
pub mod audit;
pub mod backup;
pub mod blocks;
pub mod booking_groups;
pub mod booking_offers;
pub mod booking_proposals;
pub mod booking_rules;
pub mod bookings;
pub mod certification_kinds;
pub mod certifications;
pub mod connection;
pub mod contact_tokens;
pub mod contacts;
pub mod db;
pub mod digest_letters;
pub mod due;
mod either_conn;
pub mod email_changes;
pub mod error;
pub mod facts;
pub mod idempotency_keys;
pub mod invitations;
pub mod ledger;
pub mod mails;
pub mod members;
pub mod migrations;
pub mod one_time_tokens;
pub mod operators;
pub mod organizations;
pub mod out_of_order_warnings;
pub mod payments;
pub mod queue_lengths;
pub mod quotas;
pub mod relationships;
pub mod reminders;
pub mod resource_links;
pub mod resource_locks;
pub mod resources;
pub mod search;
pub mod search_words;
pub mod series;
pub mod sessions;
mod shared_quotas;
pub mod sites;
pub mod stats;
pub mod terms;
pub mod terms_acceptances;
pub mod training_seats;
pub mod trainings;
pub mod types;
pub mod users;
pub mod waitlist_entries;
pub mod write_probe;

mod paging;
mod schema;
mod schema_joins;
mod schema_money;
mod transaction;
mod visibility;
mod writer;

pub use schema::Column;

/// Every table, with its columns.
pub const TABLES: [&[(&str, &[Column])]; 2] = [schema::TABLES, schema_money::TABLES];
