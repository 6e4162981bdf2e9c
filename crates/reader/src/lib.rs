//! Pixels to readings: decodes photographs of tally sheets and reads the code printed on them.
//!
//! Steps, all pure (no clock, disk, network or randomness of their own): [`document::Document`] takes the pages'
//! pictures out of PDF files and TIFF files of several pages, [`image::decode_luma`] turns hostile bytes into an
//! upright grey picture within limits, and
//! [`codes::read_symbol`] climbs a ladder of decoders and preparations until a code is read.
//! What a payload means is the caller's knowledge: it is passed in as a predicate.
//!
//! A module imports from rows below its own (`crates/app/tests/house.rs` reads this table):
//!
//! ```text
//! print
//! recogniser
//! digits
//! layout  triage
//! alike  codes
//! document  image  luma  pixels
//! ```

pub mod alike;
pub mod codes;
pub mod digits;
pub mod document;
pub mod image;
pub mod layout;
mod luma;
mod pixels;
pub mod print;
pub mod recogniser;
pub mod triage;

pub use luma::Luma;
