//! `tallyproof pack`.

mod gives;

use std::process::ExitCode;

use super::output::{Format, count_bar, fault_line, note, print, print_rows, say_error};
use super::{Context, Ended, exit};
use crate::pipeline::packs;
use crate::pipeline::sheets::{self, SheetsRequest};
use crate::trouble::{PackTrouble, Trouble};

/// Faults shown: whoever has more has one, many times over.
const SHOWN: usize = 200;

/// List, check and copy election packs, and make practice sheets for one.
#[derive(clap::Subcommand)]
pub(super) enum Pack {
    /// List the packs embedded in the program.
    List,
    /// Check a pack and its register; name file, line and remedy of every fault, or say what the pack gives. Exit
    /// status 1 when there are faults.
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
    /// Make practice sheets of a pack: photographs of made-up sheets with its form and code, what they say, a table
    /// of numbers for each mapping, and a copy of the pack that is marked as made up. Everything is labelled SYNTHETIC.
    #[command(after_help = "Examples:
  tallyproof pack sheets ./my-election practice
  tallyproof new trial --pack practice/my-election-practice
  tallyproof -C trial add practice/photos")]
    Sheets {
        /// Name of an embedded pack, or a folder with election.toml.
        pack: String,
        /// The new folder.
        dir: std::path::PathBuf,
        /// Sheets to make; never more than the country has tables.
        #[arg(long, default_value_t = 24, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=9_000))]
        sheets: u32,
        /// Seed of every random choice.
        #[arg(long, default_value_t = 2030)]
        seed: u64,
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
            Pack::Check { pack } => check(pack, context),
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
            Pack::Sheets { pack, dir, sheets, seed } => {
                let request = SheetsRequest { n_sheets: *sheets, seed: *seed };
                practice(&packs::find(pack)?, dir, request, context)
            }
        }
    }
}

fn check(pack: &str, context: &Context) -> Ended {
    let words = &context.words;
    match packs::find(pack) {
        Ok(loaded) => {
            note(&words.tell("pack-sound", &[("pack", loaded.pack.id.clone())]));
            gives::lines(words, &loaded).iter().for_each(|line| note(&format!("  {line}")));
            Ok(ExitCode::SUCCESS)
        }
        Err(Trouble::BadPack { file, faults }) => {
            let file = file.display().to_string();
            let shown = faults.iter().take(SHOWN);
            shown.for_each(|fault| print(&format!("{}\n", fault_line(words, &file, fault))));
            if faults.len() > SHOWN {
                note(&words.tell("pack-more", &[("n", words.int((faults.len() - SHOWN) as u64))]));
            }
            note(&words.tell("pack-faulty", &[("pack", pack.to_owned()), ("n", faults.len().to_string())]));
            Ok(exit(true))
        }
        // A register that cannot be used is the pack's fault as well.
        Err(trouble @ (Trouble::Pack(PackTrouble::RegisterRow { .. }) | Trouble::Csv { .. })) => {
            say_error(words, &trouble);
            Ok(exit(true))
        }
        Err(trouble) => Err(trouble),
    }
}

fn practice(
    loaded: &packs::LoadedPack,
    dir: &std::path::Path,
    request: SheetsRequest,
    context: &Context,
) -> Ended {
    let words = &context.words;
    let bar = count_bar(u64::from(request.n_sheets));
    let made = sheets::make(dir, loaded, request, &|n| bar.inc(n));
    bar.finish_and_clear();
    let made = made?;
    let path = |path: &std::path::Path| path.display().to_string();
    let args = [
        ("n", words.int(made.n_sheets as u64)),
        ("pack", loaded.pack.id.clone()),
        ("photos", path(&made.photos)),
        ("truth", path(&made.truth)),
        ("copy", path(&made.pack)),
    ];
    note(&words.tell("pack-sheets-made", &args));
    for (id, file) in &made.tables {
        note(&words.tell("pack-sheets-table", &[("mapping", id.clone()), ("path", path(file))]));
    }
    note(&words.tell("pack-sheets-next", &args));
    Ok(ExitCode::SUCCESS)
}
