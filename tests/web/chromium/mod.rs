//! The web site in a real browser.

mod main_jobs;
mod pages;
mod repeats;
mod timeline;
