//! `tallyproof add`.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use super::output::{Format, count_bar, note, print_json, print_rows};
use super::{Context, Ended, FormatArg};
use crate::pipeline::election;
use crate::pipeline::intake::{Skipped, add, estimate};
use crate::store::Access;

/// Skipped files shown to people; `--format csv` or `json` gives all.
const SHOWN: usize = 20;

/// Take in photographs of sheets: files, folders, patterns and zip archives of JPEG, PNG, WebP and TIFF, and scans
/// in PDF and multi-page TIFF files, page by page.
/// Originals are kept byte for byte under their SHA-256; adding them again changes nothing.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof add photos/
  tallyproof add 'batch-*/*.jpg' evening.zip --source observers
  tallyproof add scanned.pdf                 each page an image
  tallyproof add photos/ --format json")]
pub(super) struct Add {
    /// What to take in.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Who they came from: letters, digits, - and _. It is published: use a pseudonym.
    #[arg(long, value_name = "NAME", default_value = "images")]
    source: String,

    #[command(flatten)]
    format: FormatArg,
}

impl Add {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, _) = election::open(&context.folder, Access::Write)?;
        let bar = count_bar(estimate(&self.paths));
        let taken = add(&store, &self.paths, &self.source, &|n| bar.set_position(n));
        bar.finish_and_clear();
        let taken = taken?;
        let words = &context.words;
        match self.format.format {
            Format::Json => print_json(&json!({
                "seen": taken.n_seen, "new": taken.n_new, "again": taken.n_again, "known": taken.n_known,
                "unread": taken.n_unread,
                "skipped": taken.skipped.iter().map(|(file, why)| json!({"file": file, "reason": why.code()}))
                    .collect::<Vec<_>>(),
            })),
            Format::Csv => {
                let row = |(file, why): &(String, Skipped)| vec![file.clone(), why.code().to_owned()];
                print_rows(
                    Format::Csv,
                    &["file", "reason"],
                    &taken.skipped.iter().map(row).collect::<Vec<_>>(),
                    &[],
                );
            }
            Format::Table => {
                for (file, why) in taken.skipped.iter().take(SHOWN) {
                    let reason = words.say(&format!("skipped-{}", why.code()));
                    note(&format!("{}: {reason}", tallyproof_core::tidy::plain(file)));
                }
            }
        }
        let n = |n: u64| words.int(n);
        note(&words.tell(
            "add-counts",
            &[
                ("seen", n(taken.n_seen)),
                ("new", n(taken.n_new)),
                ("again", n(taken.n_again)),
                ("known", n(taken.n_known)),
                ("skipped", n(taken.skipped.len() as u64)),
            ],
        ));
        if taken.n_unread > 0 {
            note(&words.tell("add-unread", &[("n", n(taken.n_unread))]));
        }
        Ok(ExitCode::SUCCESS)
    }
}
