//! The desk.
pub mod snapshot;
