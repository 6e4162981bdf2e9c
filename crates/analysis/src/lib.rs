//! Statistics on tally sheets. Deterministic: the same digits on every machine.
//!
//! Bounds before models; every number with its formula, its inputs and its assumption. Like `core`, this
//! crate holds codes and values: the words around them live in the application's `locales/`.
//!
//! A module imports from rows below its own (`crates/app/tests/house.rs` reads this table):
//!
//! ```text
//! tables
//! results
//! audit  calibrate  wording
//! bounds  claims  estimate  forensics  sensitivity
//! arrivals  counted  holm  number  robustness
//! ```

pub mod arrivals;
pub mod audit;
pub mod bounds;
pub mod calibrate;
pub mod claims;
pub mod counted;
pub mod estimate;
pub mod forensics;
pub mod holm;
pub mod number;
pub mod results;
pub mod robustness;
pub mod sensitivity;
pub mod tables;
pub mod wording;
