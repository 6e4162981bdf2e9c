//! A picture's signature: what is kept of it to find it again.

#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded by the frame's size")]

use super::corners::{self, Feature, PARTS};
use super::frame::{factor_of, frames};
use super::transform::Affine;
use crate::Luma;

/// Sizes of frame that features are taken from. A crop of a twentieth on every side makes a frame 1.11 times as large as
/// the uncropped picture's: the two sizes then meet within 3 %, which descriptions bear.
const SIZES: [f32; 2] = [1.0, 1.08];
/// Features kept of each.
const PER_SIZE: usize = 40;
/// Bytes of one feature: two coordinates and 128 bits.
const FEATURE_BYTES: usize = 20;
/// Bytes before the features: the picture's sides.
const HEAD_BYTES: usize = 8;

/// Up to 80 features of a picture and its size: at most 1,608 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    width_px: u32,
    height_px: u32,
    features: Vec<Feature>,
}

impl Signature {
    /// The signature of an upright picture; `None` when it has no corner that a signature could be made of.
    #[must_use]
    pub fn of(picture: &Luma) -> Option<Self> {
        let mut features = Vec::with_capacity(PER_SIZE * SIZES.len());
        for (frame, times) in frames(picture, SIZES)?.iter().zip(SIZES) {
            features.extend(corners::features(frame, PER_SIZE, times));
        }
        let side = |px: usize| u32::try_from(px).ok();
        let (width_px, height_px) = (side(picture.width_px())?, side(picture.height_px())?);
        (!features.is_empty()).then_some(Self { width_px, height_px, features })
    }

    /// As bytes: sides in px, then column, row (1/16 px of the frame) and description of each feature, big-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD_BYTES + FEATURE_BYTES * self.features.len());
        bytes.extend(self.width_px.to_be_bytes());
        bytes.extend(self.height_px.to_be_bytes());
        for feature in &self.features {
            feature.at.iter().for_each(|part| bytes.extend(part.to_be_bytes()));
            bytes.extend(feature.bits.to_be_bytes());
        }
        bytes
    }

    /// From [`Self::to_bytes`]; `None` of anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (width, rest) = bytes.split_first_chunk::<4>()?;
        let (height, rest) = rest.split_first_chunk::<4>()?;
        let (features, more) = rest.as_chunks::<FEATURE_BYTES>();
        let (width_px, height_px) = (u32::from_be_bytes(*width), u32::from_be_bytes(*height));
        if !more.is_empty() || features.len() > PER_SIZE * SIZES.len() || width_px == 0 || height_px == 0 {
            return None;
        }
        let feature = |bytes: &[u8; FEATURE_BYTES]| {
            let [a, b, c, d, bits @ ..] = *bytes;
            let at = [[a, b], [c, d]].map(u16::from_be_bytes);
            Feature { at, bits: u128::from_be_bytes(bits) }
        };
        Some(Self { width_px, height_px, features: features.iter().map(feature).collect() })
    }

    pub(super) fn features(&self) -> &[Feature] {
        &self.features
    }

    /// Sides of the frame, px.
    pub(super) fn frame_px(&self) -> [f32; 2] {
        let (width, height) = (self.width_px as f32, self.height_px as f32);
        [width, height].map(|side| side * factor_of(width, height))
    }

    /// From the frame to the picture.
    pub(super) fn to_picture(&self) -> Affine {
        Affine::scaling(1.0 / factor_of(self.width_px as f32, self.height_px as f32))
    }

    /// From the picture to the frame.
    pub(super) fn to_frame(&self) -> Affine {
        Affine::scaling(factor_of(self.width_px as f32, self.height_px as f32))
    }
}

impl Feature {
    /// Its place in the frame, px.
    pub(super) fn place(&self) -> [f32; 2] {
        self.at.map(|part| f32::from(part) / PARTS)
    }

    /// Its description after `quarters` turns clockwise of the picture.
    pub(super) fn turned(&self, quarters: u32) -> u128 {
        self.bits.rotate_left(32 * quarters)
    }
}
