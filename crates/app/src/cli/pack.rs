//! `tallyproof pack`.

use std::process::ExitCode;

use super::output::{Format, fault_line, note, print, print_rows};
use super::{Context, Ended, exit};
use crate::pipeline::packs;
use crate::trouble::Trouble;

/// List, check and copy election packs.
#[derive(clap::Subcommand)]
pub(super) enum Pack {
    /// List the packs embedded in the program.
    List,
    /// Check a pack; name file, line and remedy of every fault. Exit status 1 when there are any.
    #[command(after_help = "Examples:
  tallyproof pack check venezuela-2024
  tallyproof pack check ./my-election")]
    Check {
        /// Name of an embedded pack, or a folder with election.toml.
        pack: String,
    },
    /// Copy a pack's files into a folder, to start one of your own.
    #[command(after_help = "Example:
  tallyproof pack copy venezuela-2024 ./my-election")]
    Copy {
        /// Name of an embedded pack, or a folder with election.toml.
        pack: String,
        /// The new folder.
        dir: std::path::PathBuf,
    },
}

impl Pack {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let words = &context.words;
        match self {
            Pack::List => {
                let mut rows = Vec::new();
                for id in packs::embedded() {
                    let pack = packs::find(&id)?.pack;
                    let title = tallyproof_analysis::results::Words::from(&pack.title);
                    rows.push(vec![id, pack.date, words.of(&title).to_owned()]);
                }
                print_rows(Format::Table, &["pack", "date", "title"], &rows, &[]);
                Ok(ExitCode::SUCCESS)
            }
            Pack::Check { pack } => match packs::find(pack) {
                Ok(loaded) => {
                    note(&words.tell("pack-sound", &[("pack", loaded.pack.id)]));
                    Ok(ExitCode::SUCCESS)
                }
                Err(Trouble::BadPack { file, faults }) => {
                    let file = file.display().to_string();
                    faults.iter().for_each(|fault| print(&format!("{}\n", fault_line(words, &file, fault))));
                    note(
                        &words
                            .tell("pack-faulty", &[("pack", pack.clone()), ("n", faults.len().to_string())]),
                    );
                    Ok(exit(true))
                }
                Err(trouble) => Err(trouble),
            },
            Pack::Copy { pack, dir } => {
                let loaded = packs::find(pack)?;
                if dir.exists() {
                    return Err(Trouble::FolderExists(dir.clone()));
                }
                packs::write(dir, &loaded)?;
                note(
                    &words.tell(
                        "pack-copied",
                        &[("pack", loaded.pack.id), ("path", dir.display().to_string())],
                    ),
                );
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}
