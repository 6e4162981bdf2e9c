//! Same picture twice: finds files that were made from one picture, however they were compressed, scaled, cropped
//! or turned since.
//!
//! ```text
//! Luma ──Signature::of──► 80 local descriptors ──candidates──► pairs ──compare──► Comparison
//! (once per picture, kept)                      (all pictures)         (both pictures' pixels)
//! ```
//!
//! All sheets of an election look alike, so nothing that a form shares may decide. Three things set one picture
//! apart from another of the same form, or of the same sheet: its figures and signatures; the light, folds and
//! table around them; and how all of it lies in the frame. The search finds features that lie alike in both frames
//! up to one similarity transform. The comparison then demands that the pixels agree, block by block, background
//! included, under one affine transform: editing keeps that, and a second look through a lens does not.
//!
//! A picture in which somebody exchanged a part (its code, say) is still the same picture: the comparison says which
//! share of the blocks agrees.
//!
//! **What it cannot do**: mirror images, perspective warps, pictures of a picture, turns between 12° and 78°, crops
//! that take more than about a quarter of a side, pictures without texture.

mod corners;
mod frame;
mod geometry;
mod keys;
mod pixels;
mod search;
mod signature;
mod transform;

pub use pixels::{Comparison, compare};
pub use search::{Candidate, candidates};
pub use signature::Signature;
pub use transform::Affine;

/// Version of signature, search and comparison together: what other versions found is looked for again.
pub const VERSION: u32 = 1;
