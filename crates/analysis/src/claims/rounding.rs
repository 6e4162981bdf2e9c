//! Were published counts computed from rounded shares and a total?
//!
//! A count c of a total T is suspiciously near a share of d decimals when c is the whole number next to
//! j · T / 10^(d+2) for some j. For three parts of T the chance of that is counted exactly, on the lattice
//! of all (a, b, c) with a + b + c = T:
//!
//! - spacing = T / D with D = 10^(d+2); residual r = the largest |count − round(j · spacing)|;
//! - `lattice` = triples as near to shares / all C(T + 2, 2) triples;
//! - `in_cell` = the same among triples that round to the announced shares;
//! - `hostile` = the probability of the announced counts under the multinomial distribution that makes them
//!   most likely: no model of independent votes gives more.
//!
//! What it does not show: that the shares were invented. The simplest reading of a small value is that the
//! counts were computed from rounded shares and a total, which somebody may have been handed.

use tallyproof_core::pack::{Claim, Scope};

use crate::holm::holm;

/// Decimals of percent that are scanned.
const PRECISIONS: [u32; 3] = [0, 1, 2];

/// Totals that counts can be shares of.
const BASES: [&str; 2] = ["valid", "voters"];

/// One scan: three parts of a total at one precision.
#[derive(Clone, Debug, PartialEq)]
pub struct Rounding {
    /// What the parts are shares of: `valid` or `voters`.
    pub base: &'static str,
    /// Decimals of percent.
    pub decimals: u32,
    /// The parts: the two largest, and all others together; votes.
    pub parts: [u64; 3],
    /// What they are parts of, votes.
    pub total: u64,
    /// Each part's distance from the nearest whole number that a share gives, votes.
    pub residuals: [u64; 3],
    /// Triples of shares that add up to 100 % and whose rounded counts add up to the total; counted only
    /// where the residuals could be unusual.
    pub n_triples: Option<u64>,
    /// Triples of counts that round to the same shares.
    pub n_in_cell: Option<u64>,
    /// Chance of residuals as small among all triples; 1 where they are not unusual.
    pub lattice: f64,
    /// The same among triples that round to the announced shares.
    pub in_cell: f64,
    /// Largest chance that any multinomial distribution gives.
    pub hostile: f64,
    /// `lattice`, adjusted by Holm's method for the whole family scanned.
    pub adjusted: f64,
}

/// Scans every claim about the country; gives (index of the claim, scan), and the size of the family: three
/// precisions × two bases × claims, whether or not each could be computed.
pub fn scan(claims: &[Claim]) -> (Vec<(usize, Rounding)>, u64) {
    let scanned: Vec<(usize, [u64; 3], &Claim)> = claims
        .iter()
        .enumerate()
        .filter(|(_, claim)| claim.scope == Scope::Country)
        .filter_map(|(i, claim)| Some((i, parts(claim)?, claim)))
        .collect();
    let n_tests = (scanned.len() * PRECISIONS.len() * BASES.len()) as u64;
    let mut found = Vec::new();
    for (index, parts, claim) in scanned {
        for base in BASES {
            // The third part is what is left of the base: others, and null votes where voters are the base.
            let whole = claim.total(base).filter(|&t| t >= parts[0].saturating_add(parts[1]) && t > 0);
            let Some(total) = whole else { continue };
            let parts = [parts[0], parts[1], total - parts[0] - parts[1]];
            found.extend(PRECISIONS.iter().filter_map(|&d| Some((index, rounding(base, d, parts, total)?))));
        }
    }
    let p: Vec<f64> = found.iter().map(|(_, rounding)| rounding.lattice).collect();
    for ((_, rounding), adjusted) in found.iter_mut().zip(holm(&p, n_tests)) {
        rounding.adjusted = adjusted;
    }
    (found, n_tests)
}

/// The two largest single figures, and what is left of the valid votes.
fn parts(claim: &Claim) -> Option<[u64; 3]> {
    let singles = claim.items.iter().filter(|item| item.selections.len() == 1);
    let mut votes: Vec<u64> = singles.filter_map(|item| item.votes).collect();
    votes.sort_unstable_by(|a, b| b.cmp(a));
    let [first, second, ..] = votes.as_slice() else { return None };
    let left = claim.totals.valid?.checked_sub(first.checked_add(*second)?)?;
    Some([*first, *second, left])
}

/// `None` when a figure is too large to count with.
fn rounding(base: &'static str, decimals: u32, parts: [u64; 3], total: u64) -> Option<Rounding> {
    let d = 100 * 10i128.pow(decimals);
    let t = i128::from(total);
    // A billion votes keep every product below 2^63.
    if t > 1_000_000_000 {
        return None;
    }
    let units = parts.map(|part| round_half_up(i128::from(part) * d, t));
    let nearest = units.map(|unit| round_half_up(unit * t, d));
    let residuals = [0, 1, 2].map(|i| (i128::from(parts[i]) - nearest[i]).abs());
    let r = residuals.into_iter().max().unwrap_or(0);
    let residuals = residuals.map(|residual| u64::try_from(residual).unwrap_or(u64::MAX));
    let mut result = Rounding {
        base,
        decimals,
        parts,
        total,
        residuals,
        n_triples: None,
        n_in_cell: None,
        lattice: 1.0,
        in_cell: 1.0,
        hostile: 1.0,
        adjusted: 1.0,
    };
    // Farther than a sixth of the spacing in the worst part is nothing to wonder at, and below that the
    // neighbourhoods of two triples never meet.
    if 6 * r * d > t || 6 * d > t || units.iter().sum::<i128>() != d {
        return Some(result);
    }
    let near = [-1, 0, 1].map(|e| n_near(r, e));
    let (n_triples, n_points) = count_triples(t, d, near);
    let all = (t + 2) * (t + 1) / 2;
    let here = near[index_of(t - nearest.iter().sum::<i128>())?];
    let cell = n_in_cell(units, t, d);
    result.n_triples = u64::try_from(n_triples).ok();
    result.n_in_cell = u64::try_from(cell).ok();
    result.lattice = (n_points as f64 / all as f64).min(1.0);
    result.in_cell = if cell > 0 { (here as f64 / cell as f64).min(1.0) } else { 1.0 };
    result.hostile = (here as f64 * multinomial_at_mode(parts)).min(1.0);
    Some(result)
}

fn round_half_up(numerator: i128, denominator: i128) -> i128 {
    (2 * numerator + denominator).div_euclid(2 * denominator)
}

/// Index of a sum of three rounding errors: −1, 0 or 1.
fn index_of(e: i128) -> Option<usize> {
    usize::try_from(e + 1).ok().filter(|&i| i < 3)
}

/// Points (x, y, z) of [−r, r]³ with x + y + z = e.
fn n_near(r: i128, e: i128) -> i128 {
    let n_for = |x: i128| {
        // y and z = e − x − y both lie in [−r, r].
        let (low, high) = ((e - x - r).max(-r), (e - x + r).min(r));
        (high - low + 1).max(0)
    };
    (-r..=r).map(n_for).sum()
}

/// Over all (i, j, k) with i + j + k = D: how many have rounded counts that add up to T, and how many
/// lattice points lie within the residual of any.
fn count_triples(t: i128, d: i128, near: [i128; 3]) -> (i128, i128) {
    // Below 10^9, so that no sum here leaves 32 bits.
    let rounded: Vec<i32> =
        (0..=d).filter_map(|unit| i32::try_from(round_half_up(unit * t, d)).ok()).collect();
    let falling: Vec<i32> = rounded.iter().rev().copied().collect();
    let total = i32::try_from(t).unwrap_or(i32::MAX);
    // Three rounding errors add up to −1, 0 or 1: their sum and the sum of their squares say how many there are of
    // each. No branch and no check in the innermost of fifty million steps, so that they are taken many at a time.
    let (mut sum, mut squares) = (0i128, 0i128);
    for (i, first) in rounded.iter().enumerate() {
        let left = total - first;
        let (mut row_sum, mut row_squares) = (0i32, 0i32);
        for (second, third) in rounded.iter().zip(&falling[i..]) {
            let error = left.wrapping_sub(*second).wrapping_sub(*third);
            row_sum = row_sum.wrapping_add(error);
            row_squares = row_squares.wrapping_add(error.wrapping_mul(error));
        }
        sum += i128::from(row_sum);
        squares += i128::from(row_squares);
    }
    let by_error = [(squares - sum) / 2, (d + 1) * (d + 2) / 2 - squares, (squares + sum) / 2];
    let points = by_error.iter().zip(near).map(|(n, near)| n * near).sum();
    (by_error[1], points)
}

/// Triples of counts of T that round to these units.
fn n_in_cell(units: [i128; 3], t: i128, d: i128) -> i128 {
    // round_half_up(c · D / T) = u  ⇔  (2u − 1) T ≤ 2 D c < (2u + 1) T.
    let low = units.map(|u| ((2 * u - 1) * t).div_euclid(2 * d) + i128::from((2 * u - 1) * t % (2 * d) != 0));
    let high = units.map(|u| ((2 * u + 1) * t - 1).div_euclid(2 * d));
    let n_for = |a: i128| {
        let (least, most) = ((t - a - high[2]).max(low[1].max(0)), (t - a - low[2].max(0)).min(high[1]));
        (most - least + 1).max(0)
    };
    (low[0].max(0)..=high[0].min(t)).map(n_for).sum()
}

/// T! / (a! b! c!) · (a/T)^a (b/T)^b (c/T)^c, by Stirling's series: the powers cancel exactly, so nothing
/// large is ever subtracted. Source: Loader, "Fast and accurate computation of binomial probabilities" (2000).
fn multinomial_at_mode(parts: [u64; 3]) -> f64 {
    let total: u64 = parts.iter().sum();
    // ln n! − (n ln n − n); for 0 it is 0.
    let above = |n: u64| {
        let x = n as f64;
        match n {
            0 => 0.0,
            1..=15 => (1..=n).map(|i| libm::log(i as f64)).sum::<f64>() - x * libm::log(x) + x,
            _ => {
                let x2 = x * x;
                let series = (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / x2) / x2) / x;
                0.5 * libm::log(2.0 * std::f64::consts::PI * x) + series
            }
        }
    };
    libm::exp(above(total) - parts.iter().map(|&n| above(n)).sum::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every triple of a small total, one by one.
    #[test]
    fn lattice_counting_equals_enumeration() {
        for (t, d) in [(700i128, 100i128), (1_234, 100), (997, 100)] {
            let near = [-1, 0, 1].map(|e| n_near(0, e));
            let is_near = |c: i128| {
                let unit = round_half_up(c * d, t);
                round_half_up(unit * t, d) == c
            };
            let mut n = 0;
            let mut cell = 0;
            let units = [round_half_up(t / 2 * d, t), round_half_up(t / 3 * d, t)];
            let units = [units[0], units[1], d - units[0] - units[1]];
            for a in 0..=t {
                for b in 0..=t - a {
                    let c = t - a - b;
                    let found = [a, b, c].map(|x| round_half_up(x * d, t));
                    n +=
                        i128::from(is_near(a) && is_near(b) && is_near(c) && found.iter().sum::<i128>() == d);
                    cell += i128::from(found == units);
                }
            }
            assert_eq!(count_triples(t, d, near).1, n, "{t}");
            assert_eq!(n_in_cell(units, t, d), cell, "{t}");
        }
    }

    #[test]
    fn a_binomial_is_a_multinomial_with_an_empty_part() {
        // C(4, 2) / 2^4.
        assert!((multinomial_at_mode([2, 2, 0]) - 0.375).abs() < 1e-12);
        // C(40, 20) / 2^40, from exact integers.
        assert!((multinomial_at_mode([20, 20, 0]) - 137_846_528_820.0 / 1_099_511_627_776.0).abs() < 1e-10);
    }

    #[test]
    fn an_empty_total_or_part_gives_no_nonsense() {
        let empty = rounding("valid", 1, [0, 0, 600_000], 600_000).unwrap();
        assert!(empty.lattice > 0.0 && empty.hostile <= 1.0 && empty.in_cell <= 1.0);
        assert!(rounding("valid", 2, [1, 1, 0], 2).unwrap().lattice == 1.0);
        assert!(rounding("valid", 2, [u64::MAX / 4, 1, 1], u64::MAX / 4 + 2).is_none());
    }
}
