//! `tallyproof calibrate`.

use std::process::ExitCode;

use tallyproof_analysis::calibrate::{Calibration, FEWEST_MASKS, Request, calibrate};
use tallyproof_analysis::results::{analyse, level_id};

use super::output::{Format, note, print_json, print_rows};
use super::read::JobsArg;
use super::{Context, Ended, FormatArg};
use crate::pipeline::{election, load, publish};
use crate::store::Access;
use crate::trouble::Trouble;

/// Hide counted sheets in many ways and measure how often the intervals hold the truth.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof -C ve24 calibrate
  tallyproof -C ve24 calibrate --masks 1000 --seed 20240728 --hidden 165
  tallyproof -C ve24 calibrate --format csv > calibration.csv

The outcome is kept as report/calibration.json; the next report shows it beside the intervals.")]
pub(super) struct Calibrate {
    /// Masks for each way of hiding.
    #[arg(long, value_name = "N", default_value_t = FEWEST_MASKS, value_parser = clap::value_parser!(u32).range(200..=100_000))]
    masks: u32,

    /// Seed of every draw: the same seed and sheets give the same bytes.
    #[arg(long, value_name = "SEED", default_value_t = 20_240_728)]
    seed: u64,

    /// Tables to hide, in thousandths; as many as are missing without it.
    #[arg(long, value_name = "PER_MILLE", value_parser = clap::value_parser!(u32).range(1..=900))]
    hidden: Option<u32>,

    #[command(flatten)]
    jobs: JobsArg,
    #[command(flatten)]
    format: FormatArg,
}

impl Calibrate {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, loaded) = election::open(&context.folder, Access::Write)?;
        let facts = load::facts(&store, loaded)?;
        let analysis = analyse(&facts);
        let request = Request { seed: self.seed, n_masks: self.masks, hidden_per_mille: self.hidden };
        let pack = &facts.pack;
        let run = || {
            let level = |level| level_id(pack, level);
            calibrate(&analysis.estimation, request, level, |s| pack.selections[s].id.clone())
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.jobs.count()).build();
        let calibration = pool.map_or_else(|_| run(), |pool| pool.install(run));
        let calibration = calibration.ok_or(Trouble::NothingToCalibrate)?;
        let path = publish::keep_calibration(&store, &calibration)?;
        match self.format.format {
            Format::Json => print_json(&calibration),
            format => print_table(format, &calibration),
        }
        let masks = context.words.int(self.masks);
        let path = path.display().to_string();
        note(&context.words.tell("calibrate-done", &[("masks", masks), ("file", path)]));
        Ok(ExitCode::SUCCESS)
    }
}

fn print_table(format: Format, calibration: &Calibration) {
    let header = [
        "hidden",
        "hidden_level",
        "estimator",
        "level",
        "figure",
        "n_estimates",
        "coverage",
        "bias",
        "rmse",
        "mean_width",
    ];
    let cell = |x: Option<f64>| x.map(|x| x.to_string()).unwrap_or_default();
    let rows: Vec<Vec<String>> = calibration
        .rows
        .iter()
        // An estimator that lacks its electors gave no estimate; only the JSON says so for each figure.
        .filter(|row| row.n_estimates > 0)
        .map(|row| {
            let names = [&row.hidden, &row.hidden_level, &row.estimator, &row.level, &row.figure];
            let figures = [row.coverage, row.bias, row.rmse, row.mean_width].map(cell);
            let names = names.into_iter().cloned();
            names.chain([row.n_estimates.to_string()]).chain(figures).collect()
        })
        .collect();
    print_rows(format, &header, &rows, &[5, 6, 7, 8, 9]);
}
