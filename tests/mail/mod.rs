//! The way of a message: from the outbox into the queue, and out of the queue to its reader.

mod bookings;
mod calendars;
mod cleanup;
mod digests;
mod facts;
mod languages;
mod office;
mod operators;
mod order;
mod post_office;
mod queue;
mod reminders;
mod smtp;
