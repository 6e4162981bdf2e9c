//! How many sheets to inspect: for every treatment of the missing tables, and to refute every claim.

use tallyproof_core::tabulate::Tabulation;

use super::alpha::Alpha;
use super::overstatement::{Bounds, Cap};
use super::{hypergeometric, kaplan_markov};
use crate::bounds::Bound;
use crate::claims::TestedClaim;
use crate::counted::Counted;

/// Risk limits planned for, in parts per million: 10 %, 5 % and 1 %.
pub const RISK_LIMITS_PPM: [u32; 3] = [100_000, 50_000, 10_000];

/// Sizes of clean samples whose bound on false sheets is shown.
pub const CLEAN_SIZES: [u64; 5] = [30, 100, 300, 1_000, 3_000];

/// Expected mean score of an ALPHA audit: one full mismatch in 1,000 sheets.
pub const EXPECTED_SCORE: f64 = 0.999;

/// A risk limit as a probability.
pub fn risk_limit(ppm: u32) -> f64 {
    f64::from(ppm) / 1e6
}

/// Draws needed at one risk limit if every sheet matches; `None` where a method cannot confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Risk limit, parts per million.
    pub risk_ppm: u32,
    /// Simple random sample, zero mismatches.
    pub simple: Option<u64>,
    /// Kaplan–Markov.
    pub kaplan_markov: Option<u64>,
    /// ALPHA, with mismatches survivable.
    pub alpha: Option<u64>,
    /// ALPHA's boldest bet, which survives none.
    pub alpha_all_in: Option<u64>,
}

/// One treatment of the missing tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Treatment {
    /// `sheets-only`, or the id of the bound whose worst case is taken off the margin.
    pub id: &'static str,
    /// V: the margin that overstatements would have to undo, votes, rounded down; `None` where the worst case
    /// leaves none, so that no inspection of the sheets can settle the outcome.
    pub v: Option<u64>,
    /// k_min: fewest sheets whose bounds sum to V; `None` also when all together do not.
    pub k_min: Option<u64>,
    /// U = Σu / V as a fraction.
    pub u: Option<(u64, u64)>,
    /// Draws needed.
    pub sizes: Vec<Sizes>,
}

/// The plan under one cap.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What a table's most votes are taken to be.
    pub cap: Cap,
    /// Σu, votes.
    pub total: u64,
    /// Largest u, votes.
    pub largest: u64,
    /// Treatments, the margin on the sheets alone first.
    pub treatments: Vec<Treatment>,
}

/// How many clean draws refute a claim whose fewest false sheets are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refutation {
    /// The claim's id.
    pub claim: String,
    /// Fewest false sheets in the reading kindest to it.
    pub n_false: u64,
    /// (risk limit in ppm, clean draws).
    pub sizes: Vec<(u32, Option<u64>)>,
}

/// Plans for both caps; only by turnout where no electors are known. Empty without a lead to audit.
pub fn plans(tab: &Tabulation, bounds: &[Bound], counted: &Counted) -> Vec<Plan> {
    let ranking = tab.totals.ranking();
    let [first, second, ..] = ranking.as_slice() else { return Vec::new() };
    if counted.is_empty() || tab.totals.winner().is_none() {
        return Vec::new();
    }
    let known = counted.electors.iter().any(Option::is_some);
    let caps = if known { vec![Cap::Electors, Cap::Turnout] } else { vec![Cap::Turnout] };
    let plan = |cap| {
        let u = Bounds::new(counted, (*first, *second), cap);
        let treatments = margins(tab, bounds)
            .into_iter()
            .map(|(id, v)| treatment(id, v, counted.len() as u64, &u))
            .collect();
        Plan { cap, total: u.total, largest: u.largest, treatments }
    };
    caps.into_iter().map(plan).collect()
}

/// V for every treatment, rounded down; `None` where nothing is left or the bound is not computable.
fn margins(tab: &Tabulation, bounds: &[Bound]) -> Vec<(&'static str, Option<u64>)> {
    let (margin, k) = (i128::from(tab.totals.margin()), i128::from(tab.n_tables_missing()));
    let (valid, n) = (i128::from(tab.totals.valid()), i128::from(tab.n_tables_seen()));
    let positive = |v: i128| u64::try_from(v).ok().filter(|&v| v > 0);
    let mut margins = vec![("sheets-only", positive(margin))];
    for bound in bounds {
        let v = match bound.id {
            "mean-table" if n > 0 => positive((margin * n - k * valid).div_euclid(n)),
            _ => bound.lead_left.and_then(whole).and_then(positive),
        };
        margins.push((bound.id, v.filter(|_| bound.flip_excluded)));
    }
    margins
}

/// Bounds other than the mean table's are whole numbers of votes.
#[allow(clippy::cast_possible_truncation, reason = "a whole number of votes, far below 2^53")]
fn whole(x: f64) -> Option<i128> {
    (x.is_finite() && x.abs() < 9e15).then(|| libm::floor(x) as i128)
}

fn treatment(id: &'static str, v: Option<u64>, n_sheets: u64, u: &Bounds) -> Treatment {
    let k_min = v.and_then(|v| u.fewest_for(v));
    let sizes = |v: u64| {
        RISK_LIMITS_PPM.map(|ppm| {
            let alpha = risk_limit(ppm);
            let plan = Alpha { n_sheets, largest: u.largest, v, expected: EXPECTED_SCORE };
            Sizes {
                risk_ppm: ppm,
                simple: k_min.and_then(|k| hypergeometric::fewest_draws(n_sheets, k, alpha)),
                kaplan_markov: kaplan_markov::fewest_draws(u.total, v, alpha),
                alpha: plan.fewest_draws(alpha),
                alpha_all_in: plan.fewest_all_in(alpha),
            }
        })
    };
    Treatment {
        id,
        v,
        k_min,
        u: v.map(|v| (u.total, v)),
        sizes: v.map(|v| sizes(v).into()).unwrap_or_default(),
    }
}

/// Clean draws that refute each claim which some sheets must be false for.
pub fn refutations(claims: &[TestedClaim], n_sheets: u64) -> Vec<Refutation> {
    let refutation = |tested: &TestedClaim| {
        let n_false = tested.budgets.first().map(|b| b.found.sheets.len() as u64).filter(|&n| n > 0)?;
        let draws = |ppm| (ppm, hypergeometric::fewest_draws(n_sheets, n_false, risk_limit(ppm)));
        Some(Refutation { claim: tested.claim.id.clone(), n_false, sizes: RISK_LIMITS_PPM.map(draws).into() })
    };
    claims.iter().filter_map(refutation).collect()
}

/// Most false sheets that n clean draws leave possible: (n, risk limit in ppm, most false).
pub fn clean_bounds(n_sheets: u64) -> Vec<(u64, u32, u64)> {
    let sizes = CLEAN_SIZES.into_iter().filter(|&n| n <= n_sheets);
    sizes
        .flat_map(|n| {
            RISK_LIMITS_PPM.map(|ppm| (n, ppm, hypergeometric::most_wrong(n_sheets, n, risk_limit(ppm))))
        })
        .collect()
}
