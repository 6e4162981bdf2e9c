//! What a stranger can check: the bundle, its hashes and signatures, and its verification.
//!
//! Builds without image, web and SQL code. What is published is derived here, by the same functions, whoever
//! asks: the publisher from a working folder, the stranger from a bundle. Like `core`, this crate holds codes
//! and values: the words around them live with the programs.
//!
//! A module imports from rows below its own (`crates/app/tests/house.rs` reads this table):
//!
//! ```text
//! compare
//! verify
//! audits  derived  facts  published
//! ledger  statement
//! images  proof  witness
//! bag  checkpoint  exports
//! kept  ssh  tables  tree
//! disclosure  error  fault  figures  layout  seen
//! ```

pub mod audits;
pub mod bag;
pub mod checkpoint;
pub mod compare;
pub mod derived;
pub mod disclosure;
mod error;
pub mod exports;
pub mod facts;
pub mod fault;
pub mod figures;
pub mod images;
pub mod kept;
pub mod layout;
pub mod ledger;
pub mod proof;
pub mod published;
pub mod seen;
pub mod ssh;
pub mod statement;
pub mod tables;
pub mod tree;
pub mod verify;
pub mod witness;

pub use error::EvidenceError;
