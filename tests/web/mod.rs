//! The web site, used as a browser without scripts uses it.

mod access;
mod booking;
mod forms;
mod free_times;
mod hosts;
mod sessions;
