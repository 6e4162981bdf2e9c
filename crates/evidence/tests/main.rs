//! What the crate promises, seen from outside.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests read published data, and say when it is not there"
)]

mod agents;
mod checkpoints;
mod elections;
mod hostile_archives;
mod keys;
mod nist;
mod proofs;
mod statements;
mod support;
mod tables;
mod tables_published;
mod tables_reference;
mod tree;
