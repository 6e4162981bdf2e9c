//! Methods that are not offered, and why: on real sheets their intervals cover next to nothing.

use tallyproof_analysis::calibrate::mask::{Scheme, mask, rng};
use tallyproof_analysis::estimate::population::Population;
use tallyproof_analysis::estimate::quantities::Z95;
use tallyproof_analysis::estimate::ratio::{Estimator, estimate};
use tallyproof_core::pack::Pack;

use crate::estimate::{CENTRE, PARISH, SEED, TABLE, estimation};
use crate::venezuela_2024::{PACK, facts, published, version};

const MASKS: u64 = 60;

fn first_table() -> Option<Population> {
    let v1 = published("tally-sheets-v1.csv")?;
    let pack = Pack::parse("venezuela-2024", PACK).unwrap();
    let only = version(&pack, "V1", &[], &v1);
    let estimation = estimation(&facts(pack, vec![only]));
    let (first, second) = estimation.first_two.unwrap();
    Some(estimation.population.in_three(first, second))
}

fn lead(population: &Population, table: usize) -> f64 {
    let votes = population.votes(table);
    f64::from(votes[0]) - f64::from(votes[1])
}

/// Share of masks, parishes hidden, in which `interval` (estimate and standard error) holds the lead.
fn coverage(population: &Population, interval: impl Fn(&[bool]) -> (f64, f64)) -> f64 {
    let truth: f64 = (0..population.len()).map(|table| lead(population, table)).sum();
    let covers = |number: &u64| {
        let n_hidden = population.len() * 165 / 1000;
        let seen = mask(population, Scheme::Units(PARISH), n_hidden, &mut rng(SEED, PARISH, *number));
        let (value, se) = interval(&seen);
        (value - truth).abs() <= Z95 * se
    };
    (0..MASKS).filter(covers).count() as f64 / MASKS as f64
}

/// Standard error as if every table had gone missing by itself.
fn independent_tables(population: &Population, seen: &[bool]) -> (f64, f64) {
    let whole = population.as_whole();
    let found = estimate(population, &whole, Estimator::Expansion, TABLE, Some(seen)).unwrap();
    let margin = found.margin(0, 1);
    (margin.value, margin.se.unwrap())
}

#[test]
fn intervals_of_independent_tables_are_too_narrow() {
    let Some(population) = first_table() else { return };
    let found = coverage(&population, |seen| independent_tables(&population, seen));
    assert!(found < 0.6, "published: .33 ± .03; found {found}");
}

/// Each hidden table gets the lead of the nearest table seen in the order of ids, which is its nearest
/// station by the numbering.
#[test]
fn filling_in_from_the_nearest_station_misleads() {
    let Some(population) = first_table() else { return };
    let found = coverage(&population, |seen| {
        let mut last = None;
        let mut before = vec![None; seen.len()];
        for table in 0..seen.len() {
            last = if seen[table] { Some(table) } else { last };
            before[table] = last;
        }
        let (mut total, mut after) = (0.0, None);
        for table in (0..seen.len()).rev() {
            after = if seen[table] { Some(table) } else { after };
            let near = match (before[table], after) {
                (Some(b), Some(a)) => {
                    if table - b <= a - table {
                        b
                    } else {
                        a
                    }
                }
                (b, a) => b.or(a).unwrap(),
            };
            total += lead(&population, near);
        }
        // What is filled in is then taken for known, up to the error of single tables.
        (total, independent_tables(&population, seen).1)
    });
    eprintln!("nearest station: {found}");
    assert!(found < 0.5, "{found}");
}

/// Every centre counts the same, however many tables it has: the mean of centres' means, shrunk to it, times
/// all tables. Small rural centres vote otherwise, so it is biased (informative cluster size).
#[test]
fn unweighted_shrinkage_misleads() {
    let Some(population) = first_table() else { return };
    let units = population.units(CENTRE);
    let found = coverage(&population, |seen| {
        let mut sums = vec![(0.0, 0.0); population.n_units(CENTRE)];
        for table in (0..seen.len()).filter(|&t| seen[t]) {
            let sum = &mut sums[units[table] as usize];
            *sum = (sum.0 + lead(&population, table), sum.1 + 1.0);
        }
        let means: Vec<f64> = sums.iter().filter(|s| s.1 > 0.0).map(|s| s.0 / s.1).collect();
        let n = means.len() as f64;
        let mean = means.iter().sum::<f64>() / n;
        let variance = means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / (n - 1.0) / n;
        let hidden = seen.iter().filter(|&&s| !s).count() as f64;
        let known: f64 = (0..seen.len()).filter(|&t| seen[t]).map(|t| lead(&population, t)).sum();
        (known + hidden * mean, hidden * variance.sqrt())
    });
    eprintln!("unweighted shrinkage: {found}");
    assert!(found < 0.05, "published: 0; found {found}");
}
