//! Reading as the pipeline sees it: bytes in, payloads and faults out.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what went wrong by failing"
)]

mod alike;
mod codes;
mod corpus;
mod documents;
mod figures;
#[path = "../examples/forms/mod.rs"]
mod forms;
mod images;
mod jpeg;
mod make;
mod mutated;
mod recogniser;
mod strangers;
#[path = "../examples/alike/treat.rs"]
mod treat;
mod triage;
