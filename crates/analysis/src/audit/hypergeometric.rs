//! Simple random samples without replacement that found nothing.
//!
//! If K of N sheets are wrong, n draws all miss them with probability
//!
//!   Π_{j<n} (N − K − j) / (N − j).
//!
//! Three questions are answered with it: how large n must be for a given K (the zero-mismatch plan), what n
//! clean draws leave possible (the bound on false sheets), and the risk so far. The product is summed in
//! logarithms, largest term first in size, so that it neither underflows nor loses digits.
//! A risk holds only while every draw matched: one mismatch ends the plan.

/// How far a sum of logarithms can lie from the fraction it stands for, relatively: with fewer than 10⁶ sheets,
/// terms of at most 15 and 53 bits.
const TIE: f64 = 1e-11;

/// Whether a risk is within the limit α. Risks that are exactly α, such as 7 in 140, are.
pub fn within(risk: f64, alpha: f64) -> bool {
    risk <= alpha * (1.0 + TIE)
}

/// P(all n draws of N miss K): 1 for n = 0, 0 where n + K > N.
pub fn miss_all(n_sheets: u64, n_wrong: u64, n_drawn: u64) -> f64 {
    if n_drawn == 0 || n_wrong == 0 {
        return 1.0;
    }
    if n_drawn.saturating_add(n_wrong) > n_sheets {
        return 0.0;
    }
    // The product is the same with K and n exchanged: take the shorter.
    let (few, many) = (n_drawn.min(n_wrong), n_drawn.max(n_wrong));
    let term = |j: u64| libm::log1p(-(many as f64) / (n_sheets - j) as f64);
    libm::exp((0..few).map(term).sum())
}

/// Fewest clean draws after which the risk that K or more sheets are wrong is at most α; `None` when K = 0,
/// which no sample can find.
pub fn fewest_draws(n_sheets: u64, n_wrong: u64, alpha: f64) -> Option<u64> {
    if n_wrong == 0 || n_wrong > n_sheets {
        return None;
    }
    // All of N − K + 1 draws cannot miss.
    Some(least(1, n_sheets - n_wrong + 1, |n| within(miss_all(n_sheets, n_wrong, n), alpha)))
}

/// Most wrong sheets that n clean draws leave possible at confidence 1 − α: the largest K with
/// P(all miss) > α.
pub fn most_wrong(n_sheets: u64, n_drawn: u64, alpha: f64) -> u64 {
    let most = n_sheets.saturating_sub(n_drawn.min(n_sheets));
    least(0, most + 1, |k| k > most || within(miss_all(n_sheets, k, n_drawn), alpha)).saturating_sub(1)
}

/// Most wrong sheets that `n_drawn` draws with `n_found` wrong among them leave possible at confidence 1 − α:
/// the largest K with P(at most so many found) > α.
pub fn most_wrong_given(n_sheets: u64, n_drawn: u64, n_found: u64, alpha: f64) -> u64 {
    let n_drawn = n_drawn.min(n_sheets);
    let n_found = n_found.min(n_drawn);
    if n_found == 0 {
        return most_wrong(n_sheets, n_drawn, alpha);
    }
    let most = n_sheets - (n_drawn - n_found);
    let fails = |k: u64| k > most || within(at_most(n_sheets, k, n_drawn, n_found), alpha);
    least(n_found, most + 1, fails).saturating_sub(1).max(n_found)
}

/// P(at most `n_found` of K wrong sheets among n draws of N).
fn at_most(n_sheets: u64, n_wrong: u64, n_drawn: u64, n_found: u64) -> f64 {
    let first = (n_drawn + n_wrong).saturating_sub(n_sheets);
    let ln_choose = |n: u64, k: u64| ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k);
    let ln_all = ln_choose(n_sheets, n_drawn);
    let pmf = |j: u64| libm::exp(ln_choose(n_wrong, j) + ln_choose(n_sheets - n_wrong, n_drawn - j) - ln_all);
    (first..=n_found.min(n_wrong).min(n_drawn)).map(pmf).sum::<f64>().min(1.0)
}

fn ln_factorial(n: u64) -> f64 {
    libm::lgamma(n as f64 + 1.0)
}

/// Least value in `low..=high` for which `holds`, given that it holds from some value on, `high` included.
fn least(mut low: u64, mut high: u64, holds: impl Fn(u64) -> bool) -> u64 {
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}
