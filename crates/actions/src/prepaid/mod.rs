//! Prepaid credit: customers buy packages, and their bookings and seats in trainings use the credit.

mod changes;
pub(crate) mod cover;
pub mod expiry;
mod refunds;
pub mod sales;
pub(crate) mod seats;
pub mod standing;
