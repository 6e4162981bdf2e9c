//! What is true about tally sheets: types, rules, reconciliation and tabulation.
//!
//! Everything here is a pure function of its arguments: no clock, disk, network, randomness or wording.
//! Bytes come in (a pack, a payload, a transcription), values come out. Sentences for people live in the
//! application's `locales/`; this crate gives codes and arguments.
//!
//! A module imports from rows below its own (`crates/app/tests/house.rs` reads this table):
//!
//! ```text
//! rules  tabulate
//! reconcile
//! facts
//! compare  review
//! image  payload  register  versions
//! print  transcription
//! pack
//! form
//! grammar
//! journal  sheet
//! canonical  people  table  tidy
//! ```
//!
//! `pack` alone looks up: the check of a pack asks `rules` which codes exist.

pub mod canonical;
pub mod compare;
pub mod facts;
pub mod form;
pub mod grammar;
pub mod image;
pub mod journal;
pub mod pack;
pub mod payload;
pub mod people;
pub mod print;
pub mod reconcile;
pub mod register;
pub mod review;
pub mod rules;
pub mod sheet;
pub mod table;
pub mod tabulate;
pub mod tidy;
pub mod transcription;
pub mod versions;

/// A named argument of a message: what happened to which thing, in values.
pub type Args = Vec<(&'static str, String)>;
