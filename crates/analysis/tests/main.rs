//! Published numbers, reproduced.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod reference;
mod venezuela_2024;
