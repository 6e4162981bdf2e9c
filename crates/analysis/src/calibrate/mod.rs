//! Masking calibration: how often the intervals hold what is known to be true.
//!
//! The counted sheets are taken for the whole country. Some are hidden as sheets go missing, every estimator
//! estimates the whole from the rest, and its 95 % interval covers the known total or does not. Over many
//! masks that is a *measured coverage*, with bias, root mean square error and width beside it.
//!
//! What it does not show: coverage when sheets are missing because of how they voted, beyond the two ways
//! that are tried; and anything about the tables that nobody has seen. The idea is that of the bootstrap
//! check of quick counts; figures of known elections are in `docs/method.md`.

pub mod mask;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tallyproof_core::tidy::json;

use crate::estimate::Estimation;
use crate::estimate::population::{Population, Whole};
use crate::estimate::quantities::Figure;
use crate::estimate::ratio::{Estimate, Estimator, estimate};
use crate::number::{fixed, float, ratio};
use mask::{Scheme, mask, rng};

/// Fewest masks: the standard error of a coverage near 95 % is then below 1.6 points.
pub const FEWEST_MASKS: u32 = 200;

/// Tables hidden where nothing is missing, in thousandths: as much as was missing in Venezuela 2024.
const HIDDEN_BY_DEFAULT: u64 = 165;

/// Masks a thread takes at once: fixed, so that the order of sums does not depend on threads.
const CHUNK: usize = 16;

/// What a run was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Seed of every draw.
    pub seed: u64,
    /// Masks for each way of hiding.
    pub n_masks: u32,
    /// Tables to hide, thousandths; as many as are missing without it.
    pub hidden_per_mille: Option<u32>,
}

/// The published outcome: a function of the counted sheets and the request, kept as `calibration.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "field by field in docs/reference/results.md")]
pub struct Calibration {
    pub schema_version: u32,
    pub seed: u64,
    pub n_masks: u32,
    pub hidden_per_mille: u32,
    pub n_tables: u64,
    pub sheets_sha256: String,
    pub first: String,
    pub second: String,
    pub default_estimator: String,
    pub clustering_level: String,
    pub rows: Vec<Row>,
}

/// One way of hiding, estimator, level of clustering and figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "see Calibration")]
pub struct Row {
    pub hidden: String,
    pub hidden_level: String,
    pub estimator: String,
    pub level: String,
    pub figure: String,
    pub truth: Option<f64>,
    pub n_estimates: u32,
    pub coverage: Option<f64>,
    pub bias: Option<f64>,
    pub rmse: Option<f64>,
    pub mean_width: Option<f64>,
}

/// Figures that are calibrated: lead, share of the first, ratio of the first two.
pub const FIGURES: [&str; 3] = ["margin", "share", "ratio"];

impl Calibration {
    /// Whether it speaks of these sheets.
    pub fn fits(&self, estimation: &Estimation) -> bool {
        self.sheets_sha256 == estimation.population.sha256()
    }

    /// The bytes of `calibration.json`.
    pub fn to_json(&self) -> Vec<u8> {
        // Plain owned values always serialise.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        let mut bytes = json(&text).into_owned().into_bytes();
        bytes.push(b'\n');
        bytes
    }

    /// The row of one way of hiding for the figures that the report shows.
    pub fn shown(&self, hidden: &str, hidden_level: &str, figure: &str) -> Option<&Row> {
        self.rows.iter().find(|row| {
            row.hidden == hidden
                && row.hidden_level == hidden_level
                && row.figure == figure
                && row.estimator == self.default_estimator
                && row.level == self.clustering_level
        })
    }
}

/// Runs it. `None` when fewer than two tables count, or nobody has votes: there is nothing to hide.
///
/// `level_id` names a level of the population; `selection_id` a selection.
pub fn calibrate(
    estimation: &Estimation,
    request: Request,
    level_id: impl Fn(usize) -> String,
    selection_id: impl Fn(usize) -> String,
) -> Option<Calibration> {
    let (first, second) = estimation.first_two?;
    let population = estimation.population.in_three(first, second);
    let n_tables = population.len() as u64;
    if n_tables < 2 || (0..population.len()).all(|t| population.votes(t).iter().all(|&v| v == 0)) {
        return None;
    }
    let hidden = hidden_per_mille(request, estimation);
    let schemes = Scheme::all(&population, estimation.clustering.level);
    let mut rows = Vec::new();
    for (number, &scheme) in schemes.iter().enumerate() {
        for measured in measure(&population, scheme, number, request, hidden) {
            rows.push(measured.row(scheme, &level_id));
        }
    }
    Some(Calibration {
        schema_version: 1,
        seed: request.seed,
        n_masks: request.n_masks,
        hidden_per_mille: hidden,
        n_tables,
        sheets_sha256: estimation.population.sha256(),
        first: selection_id(first),
        second: selection_id(second),
        default_estimator: estimation.default.0.code().to_owned(),
        clustering_level: level_id(estimation.clustering.level),
        rows,
    })
}

fn hidden_per_mille(request: Request, estimation: &Estimation) -> u32 {
    let (n, all) = (estimation.population.len() as u64, estimation.whole.n_tables);
    let missing = if all > n { (all - n) * 1000 / all } else { HIDDEN_BY_DEFAULT };
    let asked = request.hidden_per_mille.map_or(missing, u64::from);
    u32::try_from(asked.clamp(1, 900)).unwrap_or(900)
}

/// Sums over masks of one estimator, level and figure.
struct Measured {
    estimator: Estimator,
    level: usize,
    figure: usize,
    truth: Option<f64>,
    n: u32,
    n_covered: u32,
    error: f64,
    square_error: f64,
    width: f64,
}

/// Measures every estimator at every level under one way of hiding.
fn measure(
    population: &Population,
    scheme: Scheme,
    number: usize,
    request: Request,
    hidden_per_mille: u32,
) -> Vec<Measured> {
    let whole = population.as_whole();
    let n_hidden = population.len() * hidden_per_mille as usize / 1000;
    let truth = truths(population, &whole);
    let mut measured: Vec<Measured> = Estimator::ALL
        .into_iter()
        .flat_map(|e| (0..population.n_levels()).flat_map(move |l| (0..3).map(move |f| (e, l, f))))
        .map(|(estimator, level, figure)| Measured::new(estimator, level, figure, truth[figure]))
        .collect();
    let masks: Vec<u64> = (0..u64::from(request.n_masks)).collect();
    let of_mask = |&mask_number: &u64| {
        let mut rng = rng(request.seed, number, mask_number);
        let seen = mask(population, scheme, n_hidden, &mut rng);
        figures_of(population, &whole, &seen)
    };
    let found: Vec<Vec<Option<Figure>>> =
        masks.par_chunks(CHUNK).flat_map_iter(|chunk| chunk.iter().map(of_mask)).collect();
    for figures in &found {
        measured.iter_mut().zip(figures).for_each(|(sum, figure)| sum.add(*figure));
    }
    measured
}

/// Figures of every estimator, level and kind, in the order of `measure`.
fn figures_of(population: &Population, whole: &Whole, seen: &[bool]) -> Vec<Option<Figure>> {
    let mut found = Vec::with_capacity(Estimator::ALL.len() * population.n_levels() * 3);
    for estimator in Estimator::ALL {
        let mut absent = false;
        for level in 0..population.n_levels() {
            // What is absent at one level is absent at all.
            let estimate =
                if absent { None } else { estimate(population, whole, estimator, level, Some(seen)).ok() };
            absent = estimate.is_none();
            found.extend(estimate.as_ref().map_or([None; 3], figures));
        }
    }
    found
}

/// Margin, share and ratio; those without a standard error are no interval.
pub fn figures(estimate: &Estimate) -> [Option<Figure>; 3] {
    let figures = [Some(estimate.margin(0, 1)), estimate.share(0), estimate.ratio(0, 1)];
    figures.map(|figure| figure.filter(|f| f.se.is_some()))
}

fn truths(population: &Population, whole: &Whole) -> [Option<f64>; 3] {
    let all = estimate(population, whole, Estimator::Expansion, 0, None).ok();
    let values = |e: &Estimate| [Some(e.margin(0, 1)), e.share(0), e.ratio(0, 1)].map(|f| f.map(|f| f.value));
    all.as_ref().map_or([None; 3], values)
}

impl Measured {
    fn new(estimator: Estimator, level: usize, figure: usize, truth: Option<f64>) -> Self {
        let (n, n_covered) = (0, 0);
        let (error, square_error, width) = (0.0, 0.0, 0.0);
        Self { estimator, level, figure, truth, n, n_covered, error, square_error, width }
    }

    fn add(&mut self, figure: Option<Figure>) {
        let (Some(figure), Some(truth)) = (figure, self.truth) else { return };
        let error = figure.value - truth;
        self.n += 1;
        self.n_covered += u32::from(figure.covers(truth));
        self.error += error;
        self.square_error += error * error;
        self.width += figure.interval().map_or(0.0, |(low, high)| high - low);
    }

    fn row(&self, scheme: Scheme, level_id: &impl Fn(usize) -> String) -> Row {
        let digits = if self.figure == 0 { 1 } else { 6 };
        let n = float(self.n.into());
        let mean = |sum: f64| if self.n > 0 { fixed(sum / n, digits) } else { None };
        let rmse = (self.n > 0).then(|| libm::sqrt(self.square_error / n));
        Row {
            hidden: scheme.code().to_owned(),
            hidden_level: level_id(scheme.level()),
            estimator: self.estimator.code().to_owned(),
            level: level_id(self.level),
            figure: FIGURES[self.figure].to_owned(),
            truth: self.truth.and_then(|t| fixed(t, digits)),
            n_estimates: self.n,
            coverage: ratio(self.n_covered.into(), self.n.into(), 4),
            bias: mean(self.error),
            rmse: rmse.and_then(|x| fixed(x, digits)),
            mean_width: mean(self.width),
        }
    }
}
