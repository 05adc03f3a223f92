//! Series: bookings made from one recurrence rule.

mod attempt;
mod book;
mod find;
mod left_out;
mod moves;
mod record;
mod reschedule;

pub use book::{NewSeries, Preview, create, explain, preview};
pub use find::{Whole, expire_and_offer, get, list};
pub use left_out::{LeftOut, add, explain_left_out};
pub use moves::{approve, cancel, confirm, decline};
pub use reschedule::{NewSlots, Rescheduled, reschedule};
