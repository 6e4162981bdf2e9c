//! Behaviour of the core from outside.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod packs;
mod support;
mod transcription;
