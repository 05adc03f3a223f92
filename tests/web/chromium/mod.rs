//! The web site in a real browser.

mod main_jobs;
mod maps;
mod pages;
mod repeats;
mod timeline;
