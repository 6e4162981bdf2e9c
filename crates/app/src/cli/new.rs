//! `tallyproof new`.

use std::path::PathBuf;
use std::process::ExitCode;

use super::output::note;
use super::{Context, Ended};
use crate::pipeline::{election, packs};

/// Make a working folder for an election.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof new ve24 --pack venezuela-2024
  tallyproof new ve24 --pack venezuela-2024 --boundaries states.geojson
  tallyproof new mine --pack ./my-election          a pack of your own (a folder with election.toml)")]
pub(super) struct New {
    /// The folder to make; it must be new or empty.
    #[arg(value_name = "DIR")]
    dir: PathBuf,

    /// Name of an embedded pack (`tallyproof pack list`), or a folder with election.toml.
    #[arg(long, value_name = "NAME|DIR")]
    pack: String,

    /// GeoJSON of areas for the map; the pack says which property joins.
    #[arg(long, value_name = "FILE")]
    boundaries: Option<PathBuf>,
}

impl New {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let loaded = packs::find(&self.pack)?;
        election::create(&self.dir, &loaded, self.boundaries.as_deref())?;
        let args = [("path", self.dir.display().to_string()), ("pack", loaded.pack.id)];
        note(&context.words.tell("new-done", &args));
        Ok(ExitCode::SUCCESS)
    }
}
