//! `tallyproof backup`.

use std::path::PathBuf;
use std::process::ExitCode;

use super::output::{count_bar, note, say_error};
use super::{Context, Ended, FAILED};
use crate::pipeline::backup::backup;

/// Back the working folder up, and check the backup. The desk may be running.
///
/// A second backup into the same folder copies only what is new; one that is stopped leaves the one before it whole.
/// A backup holds names and private parts as the folder does: keep it as safe. Keys to sign with are not in it.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof -C ve24 backup --to /media/disk/ve24-backup
  tallyproof -C ve24 backup --to ve24-2024-07-29.zip        one file, written whole

Then: tallyproof restore /media/disk/ve24-backup ve24-again")]
pub(super) struct Backup {
    /// The backup's folder, new or that of an earlier backup; or a file that ends in .zip.
    #[arg(long, value_name = "DIR|FILE")]
    to: PathBuf,
}

impl Backup {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let words = &context.words;
        let bar = count_bar(1);
        let made = backup(&context.folder, &self.to, &|done, of| {
            bar.set_length(of);
            bar.set_position(done);
        });
        bar.finish_and_clear();
        let made = made?;
        let args = [
            ("path", self.to.display().to_string()),
            ("events", words.int(made.head.events)),
            ("head", made.head.head.clone()),
            ("files", words.int(made.head.files)),
            ("new", words.int(made.n_new)),
            ("bytes", words.int(made.new_bytes)),
        ];
        note(&words.tell("backup-done", &args));
        made.faults.iter().for_each(|fault| say_error(words, fault));
        Ok(if made.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
    }
}
