//! `tallyproof run` and `tallyproof report`.

use std::path::Path;
use std::process::{Command, ExitCode};

use tallyproof_analysis::results::analyse_with;

use super::output::{note, print};
use super::read::{JobsArg, RecogniserArg, read_images};
use super::tabulate::headline;
use super::{Context, Ended, FAILED};
use crate::pipeline::{election, load, publish};
use crate::store::Access;
use crate::trouble::Trouble;

/// Do everything that is left to do, from reading to the report.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof -C ve24 run
  tallyproof -C ve24 run --lang es --open
  tallyproof -C ve24 run --jobs 1")]
pub(super) struct Run {
    #[command(flatten)]
    jobs: JobsArg,

    #[command(flatten)]
    recogniser: RecogniserArg,

    /// Open the report in a browser.
    #[arg(long)]
    open: bool,
}

/// Write report.html, its two languages, results.json, sheets.csv, findings.csv and false-sheets.csv into DIR/report/.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof -C ve24 report
  tallyproof -C ve24 report --lang es --open")]
pub(super) struct Report {
    /// Open the report in a browser.
    #[arg(long)]
    open: bool,
}

impl Run {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let whole = {
            let (store, loaded) = election::open(&context.folder, Access::Write)?;
            read_images(context, &store, &loaded.pack, &self.jobs, &self.recogniser, false)?
        };
        let ended = write_report(context, &context.folder, self.open)?;
        Ok(if whole { ended } else { ExitCode::from(FAILED) })
    }
}

impl Report {
    pub(super) fn run(&self, context: &Context) -> Ended {
        write_report(context, &context.folder, self.open)
    }
}

/// Analyses and publishes; the report's path goes to stdout.
pub(super) fn write_report(context: &Context, folder: &Path, open: bool) -> Ended {
    let (store, loaded) = election::open(folder, Access::Write)?;
    let (facts, audits) = load::everything(&store, loaded)?;
    let analysis = analyse_with(&facts, &audits);
    let path = publish::publish(&store, &facts, &analysis, &context.words)?;
    note(&headline(context, &analysis.results));
    print(&format!("{}\n", path.display()));
    if open {
        open_in_browser(&path)?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn open_in_browser(path: &Path) -> Result<(), Trouble> {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(target_os = "windows") {
        "explorer"
    } else {
        "xdg-open"
    };
    Command::new(opener).arg(path).status().map(drop).map_err(Trouble::io(Path::new(opener)))
}
