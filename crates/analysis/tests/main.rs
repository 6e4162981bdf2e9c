//! Published numbers, reproduced.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod venezuela_2024;
