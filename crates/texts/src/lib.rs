//! The texts that people read in mails and on pages, in each language, with dates, times and money in the form of the language.

pub mod amount;
pub mod catalogue;
mod details;
mod recognized;
pub mod when;
