//! Reading the code on a sheet: a ladder of decoders and preparations, climbed until a payload is accepted.
//!
//! A sheet's code is a QR Code of model 2; Micro QR is never looked for, because its short symbols turn up in
//! noise. More than one distinct accepted payload in one picture is a result of its own, never a silent choice.

mod finder;
mod fused;
mod ladder;
mod mesh;
mod qr;
mod rungs;
mod rxing;
#[cfg(feature = "zxing-cpp")]
mod zxing_cpp;

use crate::Luma;

pub use fused::{Prediction, read_fused};
pub use ladder::{read_symbol, read_symbol_with};
pub use rungs::{Decoder, Preparation, RUNGS, Rung};

/// A place in the upright picture: x to the right, y down, px.
pub type Point = [f32; 2];

/// Four corners in the order top left, top right, bottom right, bottom left as the *symbol* sees itself, px.
pub type Place = [Point; 4];

/// A symbol that was decoded: its error correction held.
#[derive(Debug, Clone, PartialEq)]
pub struct Symbol {
    /// The bytes the symbol carries, exactly; no character set is assumed.
    pub payload: Vec<u8>,
    /// Its outer corners in the upright picture, to within a module or so.
    pub place: Place,
    /// Name of the decoder, as in [`Decoder::name`].
    pub decoder: &'static str,
    /// Name of the rung, as in [`RUNGS`].
    pub rung: &'static str,
}

/// What a picture's codes say.
#[derive(Debug, Clone, PartialEq)]
pub enum CodeReading {
    /// When exactly one distinct payload was accepted.
    Read {
        /// The accepted symbol.
        symbol: Symbol,
        /// Other distinct symbols in the picture; none of them accepted.
        others: Vec<Symbol>,
        /// Places that look like a further symbol and did not decode, even on a second look.
        undecoded: Vec<Place>,
    },
    /// When two or more distinct payloads were accepted: two sheets in one photo, or a code over a code.
    Several {
        /// The accepted symbols, at least two, distinct in payload.
        accepted: Vec<Symbol>,
        /// Other distinct symbols.
        others: Vec<Symbol>,
    },
    /// When symbols were decoded and none was accepted.
    Foreign {
        /// The distinct symbols, at least one.
        symbols: Vec<Symbol>,
        /// What else was measured.
        hints: Hints,
    },
    /// When no symbol was decoded.
    Unread {
        /// What may be the cause.
        hints: Hints,
    },
}

/// Plain measurements of a picture whose code could not be read; judging them is the caller's.
#[derive(Debug, Clone, PartialEq)]
pub struct Hints {
    /// Columns of the upright picture, px.
    pub width_px: usize,
    /// Rows of the upright picture, px.
    pub height_px: usize,
    /// Grey levels between the 1st and 99th percentile, 0..=255.
    pub contrast: u8,
    /// Variance of the Laplacian, grey levels squared; low = blurred or blank.
    pub sharpness: f64,
    /// Places where three finder patterns lie like a symbol's: not empty means a code is there but damaged.
    pub undecoded: Vec<Place>,
    /// Single finder patterns seen at most on any rung: 1 or 2 mean a code that is cut off or covered.
    pub n_finder_patterns: usize,
    /// The ladder was not climbed to its end because the budget ran out.
    pub stopped: bool,
}

/// The symbol at `place` as the mesh decoder straightens it: a square picture of 6 px a module, light margin
/// included, modules as dark as they were measured. `None` where no symbol fits the place. For people to look at;
/// nothing is read from it.
#[must_use]
pub fn straightened(luma: &Luma, place: Place, budget: &Budget<'_>) -> Option<Luma> {
    mesh::straightened(luma, place, *budget)
}

/// How long reading may go on: asked between steps, so that this crate needs no clock.
#[derive(Clone, Copy)]
pub struct Budget<'a>(&'a (dyn Fn() -> bool + 'a));

impl<'a> Budget<'a> {
    /// A budget that lasts while `more` gives true, for example `|| start.elapsed() < limit`.
    #[must_use]
    pub fn lasting_while(more: &'a (dyn Fn() -> bool + 'a)) -> Self {
        Self(more)
    }

    /// A budget that never ends.
    #[must_use]
    pub fn unlimited() -> Self {
        Self(&|| true)
    }

    /// Whether there is some left.
    #[must_use]
    pub fn lasts(self) -> bool {
        (self.0)()
    }
}

/// What one decoder saw in one prepared picture, in that picture's pixels.
#[derive(Debug, Default)]
struct Sighting {
    symbols: Vec<(Vec<u8>, Place)>,
    undecoded: Vec<Place>,
    patterns: Vec<Pattern>,
    n_finder_patterns: usize,
}

/// A finder pattern.
#[derive(Debug, Clone, Copy)]
struct Pattern {
    centre: Point,
    /// Its side, 7 modules, px.
    side_px: f32,
}

impl Pattern {
    /// As it lies in the picture of which this one is a share of `factor`.
    fn scaled(self, factor: f32) -> Self {
        Self { centre: self.centre.map(|coordinate| coordinate / factor), side_px: self.side_px / factor }
    }
}

/// Straight distance, px.
fn distance(one: Point, other: Point) -> f32 {
    let [dx, dy] = [one[0] - other[0], one[1] - other[1]];
    (dx * dx + dy * dy).sqrt()
}
