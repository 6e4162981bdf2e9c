//! What the crate promises, seen from outside.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod agents;
mod checkpoints;
mod keys;
mod proofs;
mod statements;
mod support;
mod tree;
