//! `tallyproof train`.

use std::process::ExitCode;

use super::output::{Format, count_bar, note, print_json, print_rows};
use super::read::JobsArg;
use super::{Context, Ended, FormatArg};
use crate::pipeline::election;
use crate::pipeline::train::{Score, reset, teach};
use crate::store::Access;

/// Teach the reader of printed figures by sheets whose codes were read, and keep what it learned if it is better.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof -C ve24 train
  tallyproof -C ve24 train --sheets 2000
  tallyproof -C ve24 train --reset         read with the weights that the program comes with again

A fifth of the tables teaches nothing: on them old and new weights are compared. The new ones read from then
on only if they read more figures exactly, none more wrongly, and accept no more altered values. The journal
keeps both scores and the hash of the weights. Images read before keep their readings until
tallyproof read --again.")]
pub(super) struct Train {
    /// Most sheets to learn from and to measure on.
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u16).range(50..=5_000))]
    sheets: u16,

    /// Read with the weights that the program comes with again.
    #[arg(long, conflicts_with = "sheets")]
    reset: bool,

    #[command(flatten)]
    jobs: JobsArg,
    #[command(flatten)]
    format: FormatArg,
}

impl Train {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, loaded) = election::open(&context.folder, Access::Write)?;
        let words = &context.words;
        if self.reset {
            reset(&store)?;
            note(&words.tell("train-reset", &[]));
            return Ok(ExitCode::SUCCESS);
        }
        // Sheets held out are looked at twice; a bar that ends early misleads nobody.
        let bar = count_bar(u64::from(self.sheets));
        let trained = teach(&store, &loaded.pack, self.sheets.into(), self.jobs.count(), &|n| bar.inc(n));
        bar.finish_and_clear();
        let trained = trained?;
        match self.format.format {
            Format::Json => print_json(&trained),
            format => {
                let header = ["weights", "sha256", "figures", "exact", "wrong", "altered", "accepted"];
                let row = |name: &str, sha256: &str, score: &Score| -> Vec<String> {
                    let counts = [score.figures, score.exact, score.wrong, score.altered, score.accepted];
                    let names = [name.to_owned(), sha256[..16].to_owned()];
                    names.into_iter().chain(counts.map(|count| count.to_string())).collect()
                };
                let rows = [
                    row("old", &trained.old_sha256, &trained.old),
                    row("new", &trained.new_sha256, &trained.new),
                ];
                print_rows(format, &header, &rows, &[2, 3, 4, 5, 6]);
            }
        }
        let args = [("taught", words.int(trained.n_taught)), ("held", words.int(trained.n_held_out))];
        note(&words.tell("train-sheets", &args));
        note(&words.tell(if trained.adopted { "train-adopted" } else { "train-refused" }, &[]));
        Ok(ExitCode::SUCCESS)
    }
}
