//! Printed digits: what stands in one cell of a line of print.
//!
//! Three steps, each in its own file:
//!
//! 1. `strip`: the photograph along one line of text, sampled where the layout believes a figure to stand;
//! 2. `features`: gradients of a window of the strip by direction and place, in units of the print's contrast;
//! 3. `net`: two small perceptrons (Rumelhart, Hinton, Williams, Nature 323, 1986). The first says how far the
//!    window is from a digit's middle, because a layout is good to about a quarter of a cell only; the second says
//!    which digit stands in the window once it is moved there. Looking twice is faster than looking at many
//!    displaced windows, and does not favour whichever of them looks most like some digit by chance.
//!
//! Weights are whole numbers and so are their sums; what is left is added in one order. The same picture gives the
//! same numbers on every machine.
//!
//! What it cannot do: read handwriting, letters, proportional faces or digits lying down. It was taught by sheets of
//! our own renderer; [`train`] adapts it to a printer whose sheets have been read through their code.

mod features;
mod lessons;
mod net;
mod strip;
pub mod train;
mod worsen;

pub use lessons::Shown;
pub use net::NetFault;

use std::sync::OnceLock;

pub(crate) use features::{Features, Gradients};
use net::Perceptron;
pub(crate) use strip::{CELL, CELL_PICTURE, CellPicture, HALF, REACH, Strip, WINDOW};

/// Digits, a second shape of the zero, and three things that are none.
pub(crate) const CLASSES: usize = 14;
/// Class of a zero that is slashed or dotted; small and blurred it looks like an 8 of another face, so it must be
/// told apart from the open one, of which a printer prints one or the other.
pub(crate) const MARKED_ZERO: usize = 10;
/// Classes that are digits.
pub(crate) const DIGITS: usize = 11;
/// Class of an empty cell.
pub(crate) const BLANK: usize = 11;
/// Class of what leads the eye from a label to its figure: dots or a line.
pub(crate) const LEADER: usize = 12;
/// Class of everything else: letters, halves of two digits, scribbles.
pub(crate) const OTHER: usize = 13;
/// How far across, how far down, and whether a digit is near at all.
const PLACE_OUTPUTS: usize = 3;

/// Weights that read printed digits.
#[derive(Clone, PartialEq)]
pub struct Net {
    place: Perceptron,
    class: Perceptron,
}

/// What a window's neighbourhood holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nudge {
    /// From the window's middle to the digit's, in samples of the strip.
    pub(crate) by: [f32; 2],
    /// Probability that a digit is near, 0..=1.
    pub(crate) digit: f32,
}

/// Probability of each class, 0..=1.
pub(crate) type Classes = [f32; CLASSES];

impl Net {
    /// The weights this program comes with, made by `examples/teach`.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static NET: OnceLock<Net> = OnceLock::new();
        NET.get_or_init(|| {
            Self::from_bytes(include_bytes!("../../weights/digits.bin"))
                .expect("invariant: a test reads the weights this program comes with")
        })
    }

    /// Where a digit stands near a window.
    pub(crate) fn place(&self, features: &Features) -> Nudge {
        let [across, down, digit]: [f32; PLACE_OUTPUTS] = self.place.outputs(features);
        let limit = CELL as f32 / 2.0;
        let by = [across, down].map(|part| (part * CELL as f32).clamp(-limit, limit));
        Nudge { by, digit: 1.0 / (1.0 + libm::expf(-digit)) }
    }

    /// What stands in a window.
    pub(crate) fn classify(&self, features: &Features) -> Classes {
        softmax(self.class.outputs(features))
    }
}

/// What paper and print look like around a figure.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Around {
    /// Paper less print, grey levels: the figure's own, but where that is far below its neighbours' there is no print
    /// in its place, and theirs says how dark print would be.
    pub(crate) contrast: f32,
    /// Paper of the neighbours, grey level.
    pub(crate) paper: f32,
}

/// The surroundings of each of a sheet's strips, in printed order.
pub(crate) fn around<'a>(strips: impl IntoIterator<Item = &'a Strip>) -> Vec<Around> {
    const NEIGHBOURS: usize = 5;
    const LEAST_SHARE: f32 = 0.45;
    let (contrasts, papers): (Vec<f32>, Vec<f32>) =
        strips.into_iter().map(|strip| (strip.contrast, strip.paper)).unzip();
    let middle = |of: &[f32], at: usize| {
        let mut near = of[at.saturating_sub(NEIGHBOURS)..(at + NEIGHBOURS + 1).min(of.len())].to_vec();
        near.sort_by(f32::total_cmp);
        near[near.len() / 2]
    };
    let around = |(at, own): (usize, &f32)| Around {
        contrast: own.max(LEAST_SHARE * middle(&contrasts, at)),
        paper: middle(&papers, at),
    };
    contrasts.iter().enumerate().map(around).collect()
}

/// Sums as probabilities.
pub(crate) fn softmax<const N: usize>(sums: [f32; N]) -> [f32; N] {
    let largest = sums.iter().fold(f32::NEG_INFINITY, |most, sum| most.max(*sum));
    let shares = sums.map(|sum| libm::expf(sum - largest));
    let total: f32 = shares.iter().sum();
    shares.map(|share| share / total)
}

impl std::fmt::Debug for Net {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [place, class] = [&self.place, &self.class].map(|part| part.hidden.n_outputs());
        write!(out, "Net(place {place}, class {class} hidden units)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_weights_are_a_net_and_small() {
        let bytes = include_bytes!("../../weights/digits.bin");
        assert!(bytes.len() <= 100_000);
        assert_eq!(Net::from_bytes(bytes).unwrap().to_bytes(), bytes);
    }

    #[test]
    fn probabilities_add_up() {
        assert!((softmax([1000.0, 999.0, -1000.0]).iter().sum::<f32>() - 1.0).abs() < 1e-6);
    }
}
