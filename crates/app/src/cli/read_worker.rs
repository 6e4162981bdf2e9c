//! The hidden verb under which the program reads pictures for another one of itself.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::Ended;
use crate::pipeline::weights::Weights;
use crate::pipeline::{packs, workers};
use crate::trouble::{Outcome, Trouble};

/// Reads pictures from standard input, frame by frame.
#[derive(clap::Args)]
#[command(hide = true)]
pub(super) struct ReadWorker {
    /// The pack's folder.
    pack: PathBuf,
    /// A file of weights, named by its SHA-256; those the program comes with without it.
    weights: Option<PathBuf>,
}

impl ReadWorker {
    pub(super) fn run(&self) -> Ended {
        let loaded = packs::from_dir(&self.pack)?;
        let weights = weights(self.weights.as_deref())?;
        workers::serve(&loaded.pack, &weights, std::io::stdin().lock(), std::io::stdout().lock())
            .map_err(Trouble::io(&self.pack))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The weights in a file named by its SHA-256, or those the program comes with.
pub(super) fn weights(kept: Option<&Path>) -> Outcome<Weights> {
    match kept {
        Some(path) => Weights::kept(path, &path.file_name().unwrap_or_default().to_string_lossy()),
        None => Ok(Weights::shipped()),
    }
}
