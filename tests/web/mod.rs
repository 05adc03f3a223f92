//! The web site, used as a browser without scripts uses it.

mod access;
mod account;
mod admin;
mod booking;
mod forms;
mod free_times;
mod hosts;
mod openid;
mod pictures;
mod problems;
mod sessions;
mod team;
