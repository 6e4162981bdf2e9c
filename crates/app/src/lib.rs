//! The product: the only crate that touches the world.
//!
//! A module imports from rows below its own (`crates/app/tests/house.rs` reads this table):
//!
//! ```text
//! cli
//! web
//! pipeline
//! site  store
//! trouble  words
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program speaks on both")]

pub mod cli;
pub mod pipeline;
pub mod site;
pub mod store;
pub mod trouble;
pub mod web;
pub mod words;
