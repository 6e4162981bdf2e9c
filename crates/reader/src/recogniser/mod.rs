//! A second recogniser: a model of the user's choice, asked about single cells of figures in dispute.
//!
//! What it answers is shown to people beside what the code says and what [`digits`](crate::digits) read. It is no
//! channel: nothing is accepted, refused or counted by it.
//!
//! The model is an ONNX file that [rten](https://docs.rs/rten) runs, built in by the feature `rten`; without it every
//! model is refused. Its contract:
//!
//! - one input, `f32 [1, 1, 30, 26]` (or a batch size left open): a cell of a line of print with a third of each
//!   neighbour, rows from top to bottom, one letter 14 samples wide, its capitals 18 samples high and its middle in the
//!   middle. A sample is `(paper - grey) / contrast` of its strip: 0 is blank paper and 1 is ink as dark as print is
//!   hereabouts; noise and stains go beyond both;
//! - one output, `f32 [1, 11]`: a score for each of the digits 0 to 9, then one for everything else (paper, leaders,
//!   letters, halves of two digits). Scores are logits: their softmax is taken for probabilities;
//! - operators whose work does not depend on the picture, so that the trial at loading shows what every run costs:
//!   those of perceptrons and convolutional nets, no loops, no shapes made from numbers, no random ones.

#[cfg(feature = "rten")]
mod engine;
#[cfg(all(test, feature = "rten"))]
mod tests;

use crate::digits::{CELL_PICTURE, CellPicture};

#[cfg(not(feature = "rten"))]
use absent::Engine;
#[cfg(feature = "rten")]
use engine::Engine;

/// Most bytes a model may have; a net for digits has a thousandth of it.
pub const MAX_MODEL_BYTES: usize = 64 << 20;

/// Scores of a cell: the digits, then everything that is none.
const SCORES: usize = 11;
/// The class of everything that is no digit.
const NO_DIGIT: usize = 10;
/// Answers below this probability are none.
const SURE: f32 = 0.9;

/// Why bytes are no recogniser.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelFault {
    /// When the program was built without the feature `rten`.
    #[error("built without the feature rten")]
    NotBuiltIn,
    /// When there are more bytes than [`MAX_MODEL_BYTES`].
    #[error("more than {MAX_MODEL_BYTES} bytes")]
    TooLarge,
    /// When the bytes are no model that can be run.
    #[error("no usable model: {0}")]
    NotAModel(String),
    /// When a model takes or gives something else than the contract says.
    #[error("{0}")]
    Contract(String),
}

/// A model that tells digits apart.
pub struct Recogniser(Engine);

/// What a recogniser sees in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A digit, 0 to 9.
    Digit(u8),
    /// No digit.
    NoDigit,
}

impl Recogniser {
    /// Whether this program can run any.
    pub const IS_BUILT_IN: bool = cfg!(feature = "rten");

    /// A model from bytes of any origin: its shapes are checked and it is tried on an empty cell. Memory that a model
    /// asks for in vain ends the process, so load one before anything depends on going on.
    ///
    /// # Errors
    /// [`ModelFault`] when the bytes cannot be run or are no model of the contract.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ModelFault> {
        if bytes.len() > MAX_MODEL_BYTES {
            return Err(ModelFault::TooLarge);
        }
        let recogniser = Self(Engine::load(bytes)?);
        let empty = [0.0; CELL_PICTURE[0] * CELL_PICTURE[1]];
        recogniser.probabilities(&empty).map_err(ModelFault::Contract)?;
        Ok(recogniser)
    }

    /// What it sees in a cell; `None` where it is not sure, or fails.
    pub(crate) fn look(&self, cell: &CellPicture) -> Option<Seen> {
        let probabilities = self.probabilities(cell).ok()?;
        let class = probabilities.iter().position(|share| *share >= SURE)?;
        Some(if class == NO_DIGIT { Seen::NoDigit } else { Seen::Digit(u8::try_from(class).ok()?) })
    }

    fn probabilities(&self, cell: &CellPicture) -> Result<[f32; SCORES], String> {
        let scores: [f32; SCORES] = self
            .0
            .run(cell)?
            .try_into()
            .map_err(|scores: Vec<f32>| format!("{} scores instead of {SCORES}", scores.len()))?;
        if scores.iter().all(|score| score.is_finite()) {
            Ok(crate::digits::softmax(scores))
        } else {
            Err("a score is no finite number".into())
        }
    }
}

impl std::fmt::Debug for Recogniser {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Recogniser")
    }
}

/// Stands in for the engine where none is built in: it cannot be made.
#[cfg(not(feature = "rten"))]
mod absent {
    use super::{CellPicture, ModelFault};

    pub(super) struct Engine(std::convert::Infallible);

    impl Engine {
        #[allow(clippy::needless_pass_by_value, reason = "the signature of the engine that is built in")]
        pub(super) fn load(_: Vec<u8>) -> Result<Self, ModelFault> {
            Err(ModelFault::NotBuiltIn)
        }

        pub(super) fn run(&self, _: &CellPicture) -> Result<Vec<f32>, String> {
            match self.0 {}
        }
    }
}
