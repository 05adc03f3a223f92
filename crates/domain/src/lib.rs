//! The words and laws of sharing: pure functions and values, without input or output, clock, environment or database.

pub mod alternatives;
pub mod availability;
pub mod bank_account;
pub mod bank_statement;
pub mod billing;
pub mod block;
pub mod booking;
pub mod booking_group;
pub mod certification;
pub mod closing;
#[cfg(feature = "columns")]
pub mod columns;
pub mod country;
pub mod email;
pub mod fact;
pub mod fields;
pub mod figures;
pub mod geo;
pub mod ids;
pub mod interval;
pub mod invitation;
pub mod invoice;
pub mod ledger;
pub mod length;
mod levels;
pub mod limits;
pub mod mail;
pub mod money;
pub mod notification;
pub mod open_invoices;
pub mod opening_hours;
pub mod order;
pub mod organization;
pub mod out_of_order;
pub mod paging;
mod part_of_year;
pub mod password;
pub mod payment;
pub mod payment_match;
pub mod permissions;
pub mod pricing;
pub mod principal;
pub mod problem;
pub mod public_holidays;
pub mod recurrence;
pub mod resource;
pub mod resource_links;
pub mod rules;
pub mod secret_token;
pub mod series;
pub mod site;
pub mod slot;
pub mod terms;
pub mod text_enum;
pub mod time;
pub mod training;
pub mod user;
pub mod vat_number;
pub mod waitlist;
pub mod wall_clock;
pub mod words;

mod grid;
mod spans;

#[cfg(test)]
mod oracle;
