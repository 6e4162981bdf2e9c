//! Pixels to readings: decodes photographs of tally sheets.
//!
//! Pure (no clock, disk, network or randomness of its own): [`image::decode_luma`] turns hostile bytes into an
//! upright grey picture within limits.

pub mod image;
mod luma;

pub use luma::Luma;
