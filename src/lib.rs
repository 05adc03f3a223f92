//! Sharefloor: firms list machinery, spare floor and storage; start-ups book time slots for a fee.

pub mod domain;
pub mod storage;
