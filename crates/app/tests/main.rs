//! The whole program, from outside: what it is given, what it prints, what it leaves on the disk.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod archives;
mod audit;
mod audit_bad_days;
mod bad_days;
mod bad_tables;
mod channels;
mod demo;
mod documents;
mod exports;
mod images;
mod intake;
mod keys;
mod paragraphs;
#[path = "../examples/campaign/pack.rs"]
mod practice;
mod published;
mod report;
mod strangers;
mod support;
mod tidy;
mod training;
mod workers;
