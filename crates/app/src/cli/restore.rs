//! `tallyproof restore`.

use std::path::PathBuf;
use std::process::ExitCode;

use super::output::{count_bar, note, print, say_error};
use super::{Context, Ended, FAILED};
use crate::pipeline::backup::restore;

/// Restore a backup into a new folder, after checking every part of it. Nothing is ever written over.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof restore /media/disk/ve24-backup ve24-again
  tallyproof restore ve24-2024-07-29.zip ve24-again

Then: tallyproof -C ve24-again status")]
pub(super) struct Restore {
    /// The backup: a folder, or a .zip file.
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,

    /// The folder to make.
    #[arg(value_name = "NEWDIR")]
    folder: PathBuf,
}

impl Restore {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let words = &context.words;
        let bar = count_bar(1);
        let restored = restore(&self.backup, &self.folder, &|done, of| {
            bar.set_length(of);
            bar.set_position(done);
        });
        bar.finish_and_clear();
        let restored = restored?;
        let args = [
            ("path", self.folder.display().to_string()),
            ("made", restored.head.made.clone()),
            ("events", words.int(restored.head.events)),
            ("head", restored.head.head.clone()),
            ("files", words.int(restored.head.files)),
        ];
        note(&words.tell("restore-done", &args));
        restored.faults.iter().for_each(|fault| say_error(words, fault));
        print(&format!("{}\n", self.folder.display()));
        Ok(if restored.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
    }
}
