//! The hidden verb under which the program reads pictures for another one of itself.

use std::path::PathBuf;
use std::process::ExitCode;

use super::Ended;
use crate::pipeline::{packs, workers};
use crate::trouble::Trouble;

/// Reads pictures from standard input, frame by frame.
#[derive(clap::Args)]
#[command(hide = true)]
pub(super) struct ReadWorker {
    /// The pack's folder.
    pack: PathBuf,
}

impl ReadWorker {
    pub(super) fn run(&self) -> Ended {
        let loaded = packs::from_dir(&self.pack)?;
        workers::serve(&loaded.pack, std::io::stdin().lock(), std::io::stdout().lock())
            .map_err(Trouble::io(&self.pack))?;
        Ok(ExitCode::SUCCESS)
    }
}
