//! The ladder as data: one entry per rung, in the order they are climbed.

use std::borrow::Cow;

#[cfg(feature = "zxing-cpp")]
use super::zxing_cpp;
use super::{Budget, Pattern, Place, Sighting, mesh, rxing};
use crate::{Luma, pixels};

/// Most pixels a preparation works on; larger pictures are brought down to this first, so that memory and time
/// stay bounded. A strip of 900 x 3,300 px has 3 million.
const MAX_PREPARED_PX: f32 = 16e6;

/// Who looks for symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoder {
    /// The Rust port of ZXing, crate `rxing`.
    Rxing,
    /// zxing-cpp, C++; behind the feature of that name.
    #[cfg(feature = "zxing-cpp")]
    ZxingCpp,
    /// The mesh-fit decoder of this crate, for symbols on paper that is not a plane.
    Mesh,
}

/// What is done to the picture before a decoder sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Preparation {
    /// Nothing.
    Whole,
    /// Gaussian blur: joins dots, drowns noise.
    Blurred {
        /// Standard deviation, px.
        sigma: f32,
    },
    /// Made smaller by area averaging.
    Scaled {
        /// Of the original side, 0..=1.
        factor: f32,
    },
    /// Unsharp mask, against blur.
    Sharpened {
        /// Standard deviation of the blur that is subtracted, px.
        sigma: f32,
        /// Times the detail is added.
        amount: f32,
    },
    /// Made smaller, smoothed, then local z-score: against shadow, fading and grain.
    Flattened {
        /// Of the original side, 0..=1.
        factor: f32,
        /// Standard deviation of the Gaussian that smooths, px after scaling; 0 = none.
        sigma: f32,
        /// Half the side of the neighbourhood, px after scaling.
        radius_px: usize,
    },
}

/// What a decoder may know and must heed.
#[derive(Clone, Copy)]
pub(super) struct Sought<'a> {
    /// Places of the picture as photographed where earlier rungs located a symbol and did not decode it.
    pub(super) undecoded: &'a [Place],
    /// Finder patterns that earlier rungs saw, seen most often first.
    pub(super) patterns: &'a [Pattern],
    /// Whether a payload can be this election's.
    pub(super) accept: &'a dyn Fn(&[u8]) -> bool,
    pub(super) budget: Budget<'a>,
}

/// One rung: a decoder on a prepared picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rung {
    /// Its name in readings; stable between versions.
    pub name: &'static str,
    /// Who looks.
    pub decoder: Decoder,
    /// At what.
    pub preparation: Preparation,
}

/// The ladder. Its order is measured (`examples/corpus --worsen`: 60 sheets, each made worse in 11 ways): first
/// what reads most everyday photographs for the least time, then whatever adds most to those above it.
pub const RUNGS: &[Rung] = &[
    Rung { name: "whole", decoder: Decoder::Rxing, preparation: Preparation::Whole },
    #[cfg(feature = "zxing-cpp")]
    Rung { name: "cpp-whole", decoder: Decoder::ZxingCpp, preparation: Preparation::Whole },
    #[cfg(feature = "zxing-cpp")]
    Rung {
        name: "cpp-flattened",
        decoder: Decoder::ZxingCpp,
        preparation: Preparation::Flattened { factor: 1.0, sigma: 0.0, radius_px: 40 },
    },
    #[cfg(feature = "zxing-cpp")]
    Rung {
        name: "cpp-blurred",
        decoder: Decoder::ZxingCpp,
        preparation: Preparation::Blurred { sigma: 1.0 },
    },
    Rung { name: "blurred", decoder: Decoder::Rxing, preparation: Preparation::Blurred { sigma: 2.0 } },
    Rung {
        name: "smoothed-flattened",
        decoder: Decoder::Rxing,
        preparation: Preparation::Flattened { factor: 0.7, sigma: 1.0, radius_px: 28 },
    },
    Rung {
        name: "sharpened",
        decoder: Decoder::Rxing,
        preparation: Preparation::Sharpened { sigma: 4.0, amount: 3.5 },
    },
    Rung {
        name: "flattened",
        decoder: Decoder::Rxing,
        preparation: Preparation::Flattened { factor: 0.7, sigma: 0.0, radius_px: 28 },
    },
    Rung { name: "mesh", decoder: Decoder::Mesh, preparation: Preparation::Whole },
];

impl Decoder {
    /// Its name in readings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rxing => "rxing",
            #[cfg(feature = "zxing-cpp")]
            Self::ZxingCpp => "zxing-cpp",
            Self::Mesh => "tallyproof",
        }
    }

    fn look(self, luma: &Luma, sought: &Sought<'_>) -> Sighting {
        match self {
            Self::Rxing => rxing::look(luma, sought.budget),
            #[cfg(feature = "zxing-cpp")]
            Self::ZxingCpp => zxing_cpp::look(luma),
            Self::Mesh => mesh::look(luma, sought),
        }
    }
}

impl Rung {
    /// What this rung sees, in pixels of `luma`.
    pub(super) fn look(&self, luma: &Luma, sought: &Sought<'_>) -> Sighting {
        let (prepared, factor) = self.preparation.apply(luma);
        let mut sighting = self.decoder.look(&prepared, sought);
        let places = sighting.symbols.iter_mut().map(|(_, place)| place).chain(&mut sighting.undecoded);
        places.flatten().flatten().for_each(|coordinate| *coordinate /= factor);
        sighting.patterns.iter_mut().for_each(|pattern| *pattern = pattern.scaled(factor));
        sighting
    }
}

impl Preparation {
    /// The picture a decoder would see, and its size as a share of `luma`'s: a place in it, divided by that
    /// share, is a place in `luma`.
    #[must_use]
    pub fn apply(self, luma: &Luma) -> (Cow<'_, Luma>, f32) {
        let cap = (MAX_PREPARED_PX / luma.pixels().len() as f32).sqrt().min(1.0);
        let factor = match self {
            Self::Whole => return (Cow::Borrowed(luma), 1.0),
            Self::Scaled { factor } | Self::Flattened { factor, .. } => factor.min(cap),
            Self::Blurred { .. } | Self::Sharpened { .. } => cap,
        };
        let base = if factor < 1.0 { Cow::Owned(pixels::scale(luma, factor)) } else { Cow::Borrowed(luma) };
        let prepared = match self {
            Self::Whole | Self::Scaled { .. } => base,
            Self::Blurred { sigma } => Cow::Owned(pixels::blur(&base, sigma)),
            Self::Sharpened { sigma, amount } => Cow::Owned(pixels::unsharp(&base, sigma, amount)),
            Self::Flattened { sigma, radius_px, .. } => {
                let smooth = if sigma > 0.0 { Cow::Owned(pixels::blur(&base, sigma)) } else { base };
                Cow::Owned(pixels::flatten(&smooth, radius_px))
            }
        };
        (prepared, factor)
    }
}
