//! The web site, used as a browser without scripts uses it, and in a real browser.

mod access;
mod account;
mod admin;
mod booking;
mod calendar_feeds;
mod certifications;
mod chromium;
mod figures;
mod finding;
mod forms;
mod free_times;
mod groups;
mod hosts;
mod imports;
mod live;
mod managing;
mod money;
mod openid;
mod pictures;
mod problems;
mod series;
mod sessions;
mod team;
mod timeline;
mod waitlist;
