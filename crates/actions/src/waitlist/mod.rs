//! The waitlist of a resource: customers wait for a slot that is taken, in order of arrival.

pub(crate) mod entries;
mod offer;
pub(crate) mod queue;
mod requests;

pub use queue::has_work;
pub use requests::{NewEntry, get, join, leave, list, list_as_customer};
