//! Statistics on tally sheets. Deterministic: the same digits on every machine.
//!
//! Bounds before models; every number with its formula, its inputs and its assumption. Like `core`, this
//! crate holds codes and values: the words around them live in the application's `locales/`.

pub mod bounds;
pub mod claims;
pub mod number;
pub mod results;
pub mod tables;
