//! Published numbers, reproduced.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests read published data, and say when it is not there"
)]

mod reference;
mod venezuela_2024;
