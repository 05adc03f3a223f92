//! Bookings: making them, and each change in their life.

pub(crate) mod access;
mod deposits;
pub(crate) mod draft;
pub mod due;
pub(crate) mod journal;
pub(crate) mod judge;
mod moves;
pub(crate) mod operators;
mod place;
mod proposals;
pub(crate) mod reschedule;
pub(crate) mod together;
pub(crate) mod transition;

mod book;
mod buffer;
mod explain;
mod fees;
mod find;
mod host_offer;
mod in_use;
mod quote;

pub use access::possible_moves;
pub use book::book;
pub use deposits::{NewDepositReturn, return_deposit, return_due_deposits};
pub use draft::NewBooking;
pub use explain::{Clash, explain};
pub use fees::waive_fee;
pub use find::{Search, contacts, get, history, list};
pub use moves::{approve, cancel, check_in, check_out, confirm, decline, no_show};
pub use proposals::{
    NewProposal, accept_proposal, decline_proposal, explain_proposal, get_proposal, list_proposals, propose, withdraw_proposal,
};
pub use quote::{Quote, quote};
pub use reschedule::{Reschedule, Rescheduled, explain_move, reschedule};
