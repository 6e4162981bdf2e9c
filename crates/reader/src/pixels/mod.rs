//! Pixel arithmetic: the preparations that rungs apply before they look for a code.

mod binarize;
mod filter;
mod measure;
mod scale;

pub(crate) use binarize::binarize;
pub(crate) use filter::{blur, box_mean, flatten, unsharp};
pub(crate) use measure::{contrast, sharpness};
pub(crate) use scale::{reduce, scale};
