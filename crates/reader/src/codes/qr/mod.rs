//! QR Code model 2 as ISO/IEC 18004:2015 lays it down: tables, patterns, error correction and bit stream.
//!
//! Written for symbols of which a photograph shows only a part: every step takes confidences and erasures where
//! a library's decoder takes bits.

mod bits;
mod decode;
mod format;
mod gf256;
mod reed_solomon;
mod template;
mod version;

pub(crate) use bits::{Known, byte_segment, payload};
pub(crate) use decode::{Codewords, Sampled, corrected, weakest_first};
#[cfg(test)]
pub(crate) use reed_solomon::{chance_of_correction, parity};
pub(crate) use template::{Module, Position, Template};
#[cfg(test)]
pub(crate) use version::Level;
pub(crate) use version::{Blocks, Version};
