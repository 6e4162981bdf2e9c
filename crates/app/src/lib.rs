//! The product: the only crate that touches the world.
//!
//! `cli` → `pipeline` → `store`; `site` writes the report; `words` holds the sentences. `tests/tidy.rs`
//! holds these edges.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program speaks on both")]

pub mod cli;
pub mod pipeline;
pub mod site;
pub mod store;
pub mod trouble;
pub mod web;
pub mod words;
