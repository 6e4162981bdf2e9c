//! The estimate, the sensitivity line, the running result and robustness, as published.

use std::collections::BTreeMap;

use serde::Serialize;
use tallyproof_core::facts::Facts;
use tallyproof_core::pack::Pack;

use super::{ById, by_id};
use crate::arrivals::Arrivals;
use crate::estimate::late::Shift;
use crate::estimate::quantities::Figure;
use crate::estimate::ratio::{Absent, Estimate, Estimator};
use crate::estimate::{Estimation, FEW_CLUSTERS};
use crate::number::{fixed, share};
use crate::robustness::Group;
use crate::sensitivity::{Sensitivity, thresholds};

/// The estimate of the full result.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "field by field in docs/reference/results.md")]
pub struct PublishedEstimate {
    pub estimator: &'static str,
    pub estimator_reason: &'static str,
    pub sheets_sha256: String,
    pub clustering: PublishedClustering,
    pub absent: Option<&'static str>,
    pub warnings: Vec<&'static str>,
    pub assumption: &'static str,
    pub n_tables: u64,
    pub n_tables_total: u64,
    pub electors: Option<u64>,
    pub votes: ById<Option<PublishedInterval>>,
    pub shares: ById<Option<PublishedInterval>>,
    pub margin: Option<PublishedInterval>,
    pub ratio: Option<PublishedInterval>,
    pub covariance: Vec<Vec<Option<f64>>>,
    pub probabilities: Vec<PublishedProbability>,
    pub estimators: Vec<PublishedEstimator>,
    pub observed_shifts: Vec<PublishedShift>,
}

/// A figure with its standard error and 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see PublishedEstimate")]
pub struct PublishedInterval {
    pub value: Option<f64>,
    pub se: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// The level of clustering.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see PublishedEstimate")]
pub struct PublishedClustering {
    pub level: String,
    pub reason: &'static str,
    pub above: Option<String>,
    pub empty_units: Vec<PublishedEmptiness>,
}

/// Wholly empty units of one level.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see PublishedEstimate")]
pub struct PublishedEmptiness {
    pub level: String,
    pub n_empty_units: u64,
    pub n_tables: u64,
    pub share_of_missing: Option<f64>,
}

/// P(ratio ≥ r).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see PublishedEstimate")]
pub struct PublishedProbability {
    pub id: String,
    pub ratio: u32,
    pub probability: Option<f64>,
}

/// One estimator at one level of clustering.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see PublishedEstimate")]
pub struct PublishedEstimator {
    pub id: String,
    pub estimator: &'static str,
    pub level: String,
    pub role: &'static str,
    pub absent: Option<&'static str>,
    pub n_clusters: Option<u64>,
    pub n_tables: Option<u64>,
    pub size_seen: Option<u64>,
    pub size_total: Option<u64>,
    pub margin: Option<PublishedInterval>,
    pub share: Option<PublishedInterval>,
    pub ratio: Option<PublishedInterval>,
}

/// Late sheets against early ones.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see PublishedEstimate")]
pub struct PublishedShift {
    pub id: String,
    pub source: String,
    pub older: String,
    pub newer: String,
    pub level: String,
    pub n_late: u64,
    pub n_compared: u64,
    pub shift: PublishedInterval,
}

/// The sensitivity line.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see PublishedEstimate")]
pub struct PublishedSensitivity {
    pub assumption: &'static str,
    pub missing_valid: Option<f64>,
    pub tipping: Vec<PublishedTipping>,
    pub points: Vec<PublishedPoint>,
}

/// One tipping point.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see PublishedEstimate")]
pub struct PublishedTipping {
    pub id: String,
    pub ratio: u32,
    pub votes: Option<f64>,
    pub share_of_missing: Option<f64>,
    pub shift: Option<f64>,
    pub possible: bool,
}

/// One point of the line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see PublishedEstimate")]
pub struct PublishedPoint {
    pub shift: Option<f64>,
    pub share_first: Option<f64>,
    pub share_second: Option<f64>,
    pub ratio: Option<f64>,
}

/// The running result of one source.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see PublishedEstimate")]
pub struct PublishedArrivals {
    pub source: String,
    pub points: Vec<PublishedArrival>,
}

/// One point of a running result.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see PublishedEstimate")]
pub struct PublishedArrival {
    pub n_tables: u64,
    pub version: String,
    pub share_first: Option<f64>,
    pub share_second: Option<f64>,
}

/// One group of sheets, in or out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see PublishedEstimate")]
pub struct PublishedGroup {
    pub id: String,
    pub kind: &'static str,
    pub of: String,
    pub counted: bool,
    pub n_sheets: u64,
    pub votes: ById<u64>,
    pub otherwise: ById<u64>,
    pub leading_otherwise: Option<String>,
    pub changes_leader: bool,
    pub fewest_to_go: Option<u64>,
    pub fewest_to_change: Option<u64>,
}

/// Which words the numbers have earned.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see PublishedEstimate")]
pub struct PublishedWording {
    pub evidence: &'static str,
    pub lead: &'static str,
}

/// Digits of a vote, and of a share or ratio.
const VOTES: usize = 1;
const SHARES: usize = 6;

fn interval(figure: Figure, digits: usize) -> PublishedInterval {
    published(figure, figure.interval(), digits)
}

/// Of a share.
fn share_interval(figure: Figure) -> PublishedInterval {
    published(figure, figure.interval_within(0.0, 1.0), SHARES)
}

/// Of votes of all tables, which are not fewer than those counted already; or of a ratio, from 0.
fn interval_from(least: f64, figure: Figure, digits: usize) -> PublishedInterval {
    published(figure, figure.interval_within(least, f64::INFINITY), digits)
}

fn published(figure: Figure, ends: Option<(f64, f64)>, digits: usize) -> PublishedInterval {
    PublishedInterval {
        value: fixed(figure.value, digits),
        se: figure.se.and_then(|se| fixed(se, digits)),
        low: ends.and_then(|(low, _)| fixed(low, digits)),
        high: ends.and_then(|(_, high)| fixed(high, digits)),
    }
}

/// Id of a level of the population: the pack's, or `table`.
pub fn level_id(pack: &Pack, level: usize) -> String {
    pack.levels.get(level).map_or_else(|| "table".to_owned(), |l| l.id.clone())
}

pub(super) fn estimate(facts: &Facts, estimation: &Estimation) -> PublishedEstimate {
    let pack = &facts.pack;
    let clustering = &estimation.clustering;
    let chosen = estimation.chosen();
    let some = chosen.ok();
    let pair = estimation.first_two;
    let population = &estimation.population;
    let counted =
        |i: usize| -> f64 { (0..population.len()).map(|table| f64::from(population.votes(table)[i])).sum() };
    let of_pair = |value: &dyn Fn(&Estimate, usize, usize) -> Option<PublishedInterval>| {
        let (a, b) = pair?;
        value(some?, a, b)
    };
    PublishedEstimate {
        estimator: estimation.default.0.code(),
        estimator_reason: estimation.default.1.code(),
        sheets_sha256: estimation.population.sha256(),
        clustering: PublishedClustering {
            level: level_id(pack, clustering.level),
            reason: clustering.reason.code(),
            above: clustering.level.checked_sub(1).map(|above| level_id(pack, above)),
            empty_units: clustering
                .empty
                .iter()
                .map(|e| PublishedEmptiness {
                    level: level_id(pack, e.level),
                    n_empty_units: e.n_empty_units,
                    n_tables: e.n_tables,
                    share_of_missing: share(e.n_tables, e.n_missing),
                })
                .collect(),
        },
        absent: chosen.err().map(Absent::code),
        warnings: warnings(estimation, some),
        assumption: "units-missing-without-regard-to-votes",
        n_tables: some.map_or(0, |e| e.n_tables),
        n_tables_total: estimation.whole.n_tables,
        electors: estimation.whole.electors,
        votes: by_id(pack, |i| some.map(|e| interval_from(counted(i), e.votes(i), VOTES))),
        shares: by_id(pack, |i| some.and_then(|e| Some(share_interval(e.share(i)?)))),
        margin: of_pair(&|e, a, b| Some(interval(e.margin(a, b), VOTES))),
        ratio: of_pair(&|e, a, b| Some(interval_from(0.0, e.ratio(a, b)?, SHARES))),
        covariance: some.map(covariance).unwrap_or_default(),
        probabilities: probabilities(estimation, some),
        estimators: estimators(pack, estimation),
        observed_shifts: estimation.shifts.iter().map(|s| shift(pack, s)).collect(),
    }
}

/// What a reader must know before using the interval.
fn warnings(estimation: &Estimation, chosen: Option<&Estimate>) -> Vec<&'static str> {
    let missing = chosen.is_some_and(|e| e.size.0 < e.size.1);
    let mut warnings = Vec::new();
    if missing && chosen.is_some_and(|e| e.covariance.is_none()) {
        // No interval, and nothing to say of its width.
        return vec!["one-cluster"];
    } else if missing && chosen.is_some_and(|e| e.n_clusters < FEW_CLUSTERS) {
        warnings.push("few-clusters");
    }
    match estimation.clustering.reason.code() {
        "assumed" => warnings.push("level-assumed"),
        "widest-still-empty" => warnings.push("level-too-low"),
        _ => {}
    }
    warnings
}

fn covariance(estimate: &Estimate) -> Vec<Vec<Option<f64>>> {
    let k = estimate.totals.len();
    let rows = estimate.covariance.iter().flat_map(|c| c.chunks(k));
    rows.map(|row| row.iter().map(|&x| fixed(x, VOTES)).collect()).collect()
}

fn probabilities(estimation: &Estimation, chosen: Option<&Estimate>) -> Vec<PublishedProbability> {
    let (Some((a, b)), Some(estimate)) = (estimation.first_two, chosen) else { return Vec::new() };
    let (mut first, mut second) = (0i128, 0i128);
    for table in 0..estimation.population.len() {
        first += i128::from(estimation.population.votes(table)[a]);
        second += i128::from(estimation.population.votes(table)[b]);
    }
    let probability = |ratio: u32| PublishedProbability {
        id: ratio.to_string(),
        ratio,
        probability: estimate.probability_of_ratio(a, b, f64::from(ratio)).and_then(|p| fixed(p, SHARES)),
    };
    thresholds(first, second).into_iter().map(probability).collect()
}

/// The default at every level, and the others at the chosen one.
fn estimators(pack: &Pack, estimation: &Estimation) -> Vec<PublishedEstimator> {
    let chosen = estimation.clustering.level;
    let mut published = Vec::new();
    for estimator in Estimator::ALL {
        for level in 0..estimation.population.n_levels() {
            let role = match level.cmp(&chosen) {
                std::cmp::Ordering::Equal => "chosen",
                std::cmp::Ordering::Less => "above",
                // Below the level at which sheets go missing an interval is too narrow.
                std::cmp::Ordering::Greater => "below",
            };
            if estimator == estimation.default.0 || level == chosen {
                published.push(one(pack, estimation, estimator, level, role));
            }
        }
    }
    published
}

fn one(
    pack: &Pack,
    estimation: &Estimation,
    estimator: Estimator,
    level: usize,
    role: &'static str,
) -> PublishedEstimator {
    let found = estimation.at(estimator, level);
    let some = found.ok();
    let pair = estimation.first_two;
    PublishedEstimator {
        id: format!("{}:{}", estimator.code(), level_id(pack, level)),
        estimator: estimator.code(),
        level: level_id(pack, level),
        role,
        absent: found.err().map(Absent::code),
        n_clusters: some.map(|e| e.n_clusters),
        n_tables: some.map(|e| e.n_tables),
        size_seen: some.map(|e| e.size.0),
        size_total: some.map(|e| e.size.1),
        margin: some.zip(pair).map(|(e, (a, b))| interval(e.margin(a, b), VOTES)),
        share: some.zip(pair).and_then(|(e, (a, _))| Some(share_interval(e.share(a)?))),
        ratio: some.zip(pair).and_then(|(e, (a, b))| Some(interval_from(0.0, e.ratio(a, b)?, SHARES))),
    }
}

fn shift(pack: &Pack, shift: &Shift) -> PublishedShift {
    let (older, newer) = &shift.versions;
    PublishedShift {
        id: format!("{}:{older}:{newer}:{}", shift.source, level_id(pack, shift.level)),
        source: shift.source.clone(),
        older: shift.versions.0.clone(),
        newer: shift.versions.1.clone(),
        level: level_id(pack, shift.level),
        n_late: shift.n_late,
        n_compared: shift.n_compared,
        shift: interval(shift.shift, SHARES),
    }
}

pub(super) fn sensitivity(line: &Sensitivity) -> PublishedSensitivity {
    PublishedSensitivity {
        assumption: "missing-tables-as-large-as-mean",
        missing_valid: fixed(line.missing_valid, VOTES),
        tipping: line
            .tipping
            .iter()
            .map(|t| PublishedTipping {
                id: t.ratio.to_string(),
                ratio: t.ratio,
                votes: fixed(t.votes(), VOTES),
                share_of_missing: fixed(t.share_of_missing(), SHARES),
                shift: fixed(t.shift(), SHARES),
                possible: t.possible(),
            })
            .collect(),
        points: line
            .points
            .iter()
            .map(|p| PublishedPoint {
                shift: fixed(p.shift, SHARES),
                share_first: fixed(p.share_first, SHARES),
                share_second: fixed(p.share_second, SHARES),
                ratio: p.ratio.and_then(|r| fixed(r, SHARES)),
            })
            .collect(),
    }
}

pub(super) fn arrivals(arrivals: &Arrivals) -> PublishedArrivals {
    let point = |p: &crate::arrivals::Point| PublishedArrival {
        n_tables: p.n_tables,
        version: p.version.clone(),
        share_first: share(p.first, p.valid),
        share_second: share(p.second, p.valid),
    };
    PublishedArrivals { source: arrivals.source.clone(), points: arrivals.points.iter().map(point).collect() }
}

pub(super) fn group(pack: &Pack, group: &Group) -> PublishedGroup {
    PublishedGroup {
        id: format!("{}:{}:{}", group.kind.code(), group.id, if group.counted { "in" } else { "out" }),
        kind: group.kind.code(),
        of: group.id.clone(),
        counted: group.counted,
        n_sheets: group.n_sheets,
        votes: by_id(pack, |i| group.votes[i]),
        otherwise: by_id(pack, |i| group.otherwise[i]),
        leading_otherwise: group.leading_otherwise.map(|i| pack.selections[i].id.clone()),
        changes_leader: group.changes_leader,
        fewest_to_go: group.fewest_to_go,
        fewest_to_change: group.fewest_to_change,
    }
}

/// Formulas of these figures.
pub(super) fn formulas() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([
        ("estimate.votes", "sum over strata of X × Σy / Σx; expansion: x = 1, X = tables in all"),
        ("estimate.covariance", "G/(G−1) × Σ s sᵀ, s = Σ over a cluster of (y − r x) × (X/Σx) × √(1 − Σx/X)"),
        ("estimate.shares", "votes / Σ votes; se by the delta method"),
        ("estimate.ratio", "votes(leading) / votes(second); se by the delta method"),
        ("estimate.probabilities", "Φ((votes(leading) − r × votes(second)) / se)"),
        ("sensitivity.missing_valid", "n_tables_missing × valid / n_tables_seen"),
        (
            "sensitivity.tipping.votes",
            "(votes(leading) + missing_valid × (share(leading) + share(second)) − r × votes(second)) / (1 + r)",
        ),
        (
            "robustness.fewest_to_go",
            "fewest sheets, largest votes(leading) − votes(rival) first, summing to the margin",
        ),
        (
            "robustness.fewest_to_change",
            "fewest sheets, largest votes(leading) − votes(rival) + ballots first, summing to the margin",
        ),
    ])
}
