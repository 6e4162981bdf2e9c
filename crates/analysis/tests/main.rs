//! Published numbers, reproduced.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "tests read published data, and say when it is not there"
)]

mod audit;
mod bad_input;
mod blank_votes;
mod claims;
mod claims_room;
mod elections;
mod estimate;
mod forensics;
mod mexico_2012;
mod missingness;
mod negative_controls;
mod published_numbers;
mod reference;
mod venezuela_2024;
