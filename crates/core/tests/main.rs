//! Behaviour of the core from outside.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod blank_votes;
mod channels;
mod lint;
mod packs;
mod payload;
mod reconcile;
mod review;
mod review_laws;
mod reviewing;
mod rules;
mod support;
mod transcription;
mod versions;
mod words;
