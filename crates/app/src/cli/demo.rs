//! `tallyproof demo`.
