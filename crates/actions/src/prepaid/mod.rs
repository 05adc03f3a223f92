//! Prepaid credit: customers buy packages, and their bookings use the credit.

mod changes;
pub(crate) mod cover;
pub mod expiry;
mod refunds;
pub mod sales;
pub mod standing;
