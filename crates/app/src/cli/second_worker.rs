//! The hidden verb under which the program asks a model for another one of itself.

use std::path::PathBuf;
use std::process::ExitCode;

use super::Ended;
use super::read_worker::weights;
use crate::pipeline::{packs, second};
use crate::trouble::Trouble;

/// Answers questions from standard input, frame by frame.
#[derive(clap::Args)]
#[command(hide = true)]
pub(super) struct SecondWorker {
    /// The pack's folder.
    pack: PathBuf,
    /// The model.
    model: PathBuf,
    /// Hex SHA-256 of the model.
    sha256: String,
    /// A file of weights, named by its SHA-256; those the program comes with without it.
    weights: Option<PathBuf>,
}

impl SecondWorker {
    pub(super) fn run(&self) -> Ended {
        let loaded = packs::from_dir(&self.pack)?;
        let weights = weights(self.weights.as_deref())?;
        let (input, output) = (std::io::stdin().lock(), std::io::stdout().lock());
        second::serve(&loaded.pack, &weights, &self.model, &self.sha256, input, output)
            .map_err(Trouble::io(&self.model))?;
        Ok(ExitCode::SUCCESS)
    }
}
