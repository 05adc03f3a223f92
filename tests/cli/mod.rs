//! The program as it is met on the command line, on both databases where it touches one.

mod program;

mod audit;
mod backup;
mod demo;
mod help;
mod import;
mod killed;
mod ledger;
mod operator;
mod serving;
