//! What the tests share.

pub(crate) mod browser;
pub(crate) mod calendars;
pub(crate) mod chromium;
pub(crate) mod client;
pub(crate) mod contract;
pub(crate) mod inbox;
pub(crate) mod itip;
pub(crate) mod openid;
pub(crate) mod people;
pub(crate) mod postgres;
pub(crate) mod queries;
pub(crate) mod receiver;
pub(crate) mod server;
pub(crate) mod stripe;
